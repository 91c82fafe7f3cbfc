import { add, mul } from "../../autograd/index.ts";
import { ArgumentError, readOptions } from "../../gpu/index.ts";
import type { Bound, Normal } from "../../transforms/index.ts";
import { checkBound, checkComponents, componentsOf, frozen, LARGEST, numberAt } from "./bounds.ts";
import { type DistributionOptions, type Family, made, rounded, SHARING, sharing, table, type Value } from "./family.ts";
import { FARTHEST, standardNormal } from "./quantile.ts";

/**
 * Normal: mean + std z, z being the quantile of a uniform number of 24 bits, so that no draw lies further than 5.42 `std` from
 * `mean`; a parameter has to allow that far. Where one of the two is a tensor, the gradient reaches it (z is fixed). A learned
 * `std` may become negative: the distribution is the same.
 * @throws ArgumentError for a number that is NaN, infinite, or a negative `std`
 */
export function normal(mean: Bound, std: Bound, options?: DistributionOptions): Normal {
  const read = readOptions<DistributionOptions>("normal", options, SHARING);
  checkBound("mean", mean, "linear");
  checkBound("std", std, "linear", 0);
  checkComponents("std", mean, std);
  for (let k = 0; k < Math.max(componentsOf(mean), componentsOf(std)); k++) {
    const [m, s] = [numberAt(mean, k), numberAt(std, k)];
    if (Math.abs(m) + FARTHEST * s > LARGEST)
      throw new ArgumentError("std", `${s} around ${m}`, "a range that f32 can hold");
  }
  return made(NORMAL, { distribution: "normal", mean: frozen(mean), std: frozen(std), ...sharing(read) });
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
  text: ({ mean, std }) => ({ given: [mean, std], options: [] }),
};

function value(of: Normal, components: number): Value {
  const mean = table(components, (k) => numberAt(of.mean, k));
  const std = table(components, (k) => numberAt(of.std, k));
  return (u, k) => Math.fround(mean[k] + std[k] * standardNormal(u));
}
