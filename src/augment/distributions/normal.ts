import { abs, add, div, log, mul, noGrad, square, sub } from "../../autograd/index.ts";
import { ArgumentError, readOptions } from "../../gpu/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import type { Bound, Normal } from "../../transforms/index.ts";
import { checkBound, checkComponents, componentsOf, frozen, LARGEST, numberAt } from "./bounds.ts";
import {
  estimatorText,
  type Family,
  type GpuTools,
  made,
  rounded,
  SMOOTH,
  type SmoothOptions,
  sharing,
  table,
  type Value,
} from "./family.ts";
import { FARTHEST, standardNormal } from "./quantile.ts";

/**
 * Normal: mean + std z, z being the quantile of a uniform number of 24 bits, so that no draw lies further than 5.42 `std` from
 * `mean`; a parameter has to allow that far. Where one of the two is a tensor, the gradient reaches it (z is fixed). A learned
 * `std` may become negative: the distribution is the same.
 * @throws ArgumentError for a number that is NaN, infinite, or a negative `std`
 */
export function normal(mean: Bound, std: Bound, options?: SmoothOptions): Normal {
  const { estimator = "pathwise", ...read } = readOptions<SmoothOptions>("normal", options, SMOOTH);
  checkBound("mean", mean, "linear");
  checkBound("std", std, "linear", 0);
  checkComponents("std", mean, std);
  for (let k = 0; k < Math.max(componentsOf(mean), componentsOf(std)); k++) {
    const [m, s] = [numberAt(mean, k), numberAt(std, k)];
    if (Math.abs(m) + FARTHEST * s > LARGEST)
      throw new ArgumentError("std", `${s} around ${m}`, "a range that f32 can hold");
  }
  return made(NORMAL, { distribution: "normal", mean: frozen(mean), std: frozen(std), estimator, ...sharing(read) });
}

export const NORMAL: Family<Normal> = {
  bounds: ({ mean, std }) => [
    ["mean", mean],
    ["std", std],
  ],
  support({ mean, std }, k) {
    const reach = FARTHEST * numberAt(std, k);
    return [[numberAt(mean, k) - reach, numberAt(mean, k) + reach]];
  },
  value,
  ...rounded(value),
  draw(of, { bound, keep, upload, units }) {
    const mean = bound("mean", of.mean);
    const std = bound("std", of.std);
    return keep(add(mean, keep(mul(upload(units.map(standardNormal)), std))));
  },
  logProb(of, { bound, keep, upload, units }) {
    const mean = bound("mean", of.mean);
    const std = bound("std", of.std);
    const z = upload(units.map(standardNormal));
    const x = noGrad(() => keep(add(mean, keep(mul(z, std)))));
    const squares = keep(square(keep(div(keep(sub(x, mean)), std))));
    const scale = typeof std === "number" ? Math.log(std) : keep(log(keep(abs(std))));
    return keep(sub(keep(mul(squares, -0.5)), plusHalfLogTau(scale, keep)));
  },
  text: ({ mean, std, estimator }) => ({ given: [mean, std], options: estimatorText(estimator, "pathwise") }),
};

/** ln std + ½ ln 2π */
const plusHalfLogTau = (scale: Tensor | number, keep: GpuTools["keep"]): Tensor | number => {
  const half = 0.5 * Math.log(2 * Math.PI);
  return typeof scale === "number" ? scale + half : keep(add(scale, half));
};

function value(of: Normal, components: number): Value {
  const mean = table(components, (k) => numberAt(of.mean, k));
  const std = table(components, (k) => numberAt(of.std, k));
  return (u, k) => Math.fround(mean[k] + std[k] * standardNormal(u));
}
