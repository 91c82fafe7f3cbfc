import { logDensity, quantile } from "../../autograd/quantiles.ts";
import { ArgumentError, describe, readOptions } from "../../gpu/index.ts";
import type { Bound, TruncatedNormal } from "../../transforms/index.ts";
import { checkBound, checkComponents, componentsOf, frozen, isLearnable, numberAt } from "./bounds.ts";
import {
  estimatorText,
  type Family,
  type GpuTools,
  made,
  rounded,
  SMOOTH,
  type SmoothOptions,
  sharing,
  tailsOf,
  type Value,
} from "./family.ts";
import { above, HALF, mills, standardQuantile } from "./quantile.ts";

/**
 * Normal, cut off below `lo` and above `hi`: of the values of `normal(mean, std)` those that lie between. `mean` may lie outside, far
 * in a tail too. All four may be tensors; their gradients are those of the quantile, dx / dθ = −(∂F / ∂θ) / density. A learned
 * `std` may become negative, and learned ends may change places: the distribution is the same. Between ends that are numbers there is
 * the score function, too, of `mean` and `std`.
 * @throws ArgumentError for a number that is NaN, infinite, a `std` that is not positive, or ends that are upside down; for
 * `estimator: "scoreFunction"` where an end learns, as it would be biased
 */
export function truncatedNormal(
  mean: Bound,
  std: Bound,
  lo: Bound,
  hi: Bound,
  options?: SmoothOptions,
): TruncatedNormal {
  const { estimator = "pathwise", ...read } = readOptions<SmoothOptions>("truncatedNormal", options, SMOOTH);
  checkBound("mean", mean, "linear");
  checkBound("std", std, "log");
  checkBound("lo", lo, "linear");
  checkBound("hi", hi, "linear");
  const all = { mean, std, lo, hi };
  for (const [name, bound] of Object.entries(all))
    for (const other of Object.values(all)) checkComponents(name, other, bound);
  for (let k = 0; k < Math.max(...Object.values(all).map(componentsOf)); k++) {
    const [a, b] = [numberAt(lo, k), numberAt(hi, k)];
    if (a > b) throw new ArgumentError("lo", `${a}, above hi = ${b}`, "a number that is at most hi");
  }
  for (const [name, end] of Object.entries({ lo, hi }))
    if (estimator === "scoreFunction" && isLearnable(end))
      throw new ArgumentError(
        "estimator",
        `${describe(estimator)} with a ${name} that learns`,
        "pathwise, or ends that are numbers: as ends move, a score function would be biased",
      );
  return made(TRUNCATED_NORMAL, {
    distribution: "truncatedNormal",
    mean: frozen(mean),
    std: frozen(std),
    lo: frozen(lo),
    hi: frozen(hi),
    estimator,
    ...sharing(read),
  });
}

export const TRUNCATED_NORMAL: Family<TruncatedNormal> = {
  bounds: ({ mean, std, lo, hi }) => [
    ["mean", mean],
    ["std", std],
    ["lo", lo],
    ["hi", hi],
  ],
  support: ({ lo, hi }, k) => [[numberAt(lo, k), numberAt(hi, k)]],
  value,
  ...rounded(value),
  hasWhole: ({ lo, hi }, k) => !(Math.ceil(numberAt(lo, k)) > Math.floor(numberAt(hi, k))),
  draw: (of, tools) => tools.keep(quantile("truncatedNormal", tailsOf(tools), onGpu(of, tools))),
  logProb: (of, tools) => tools.keep(logDensity("truncatedNormal", tailsOf(tools), onGpu(of, tools))),
  text: ({ mean, std, lo, hi, estimator }) => ({
    given: [mean, std, lo, hi],
    options: estimatorText(estimator, "pathwise"),
  }),
};

const onGpu = ({ mean, std, lo, hi }: TruncatedNormal, { bound }: GpuTools) =>
  Object.entries({ mean, std, lo, hi }).map(([name, value]) => bound(name, value));

function value(of: TruncatedNormal, components: number): Value {
  const quantiles = Array.from({ length: components }, (_, k) =>
    truncatedQuantile(
      numberAt(of.mean, k),
      numberAt(of.std, k),
      Math.fround(numberAt(of.lo, k)),
      Math.fround(numberAt(of.hi, k)),
    ),
  );
  return (u, k) => Math.fround(quantiles[k](u + HALF, 1 - u - HALF));
}

/** Beyond this the tails are solved for by their logarithm. */
const FAR = 5;

/** The quantile of a share p, q being 1 − p. The WGSL twin is shaders/tensor/truncated_normal.wgsl. */
export function truncatedQuantile(mean: number, std: number, lo: number, hi: number): (p: number, q: number) => number {
  const [a, b] = [(lo - mean) / std, (hi - mean) / std];
  const inside = (x: number) => Math.min(Math.max(x, lo), hi);
  if (a > FAR) {
    const step = tail(a, b);
    return (p, q) => inside(lo + std * step(p, q));
  }
  if (b < -FAR) {
    const step = tail(-b, -a);
    return (p, q) => inside(hi - std * step(q, p));
  }
  const [belowA, belowB, aboveA, aboveB] = [above(-a), above(-b), above(a), above(b)];
  return (p, q) => inside(mean + std * standardQuantile(belowA * q + belowB * p, aboveA * q + aboveB * p));
}

/**
 * How far above a, which is far above 0, lies the point below which is a share p of what is between a and b: the d at which
 * ln Q(a + d) / Q(a) = −d (a + d / 2) + ln M(a + d) / M(a) is ln(q + p Q(b) / Q(a)). The left is concave, so that Newton's steps
 * from beyond come nearer and never cross.
 */
function tail(a: number, b: number): (p: number, q: number) => number {
  const ratio = mills(a);
  const ends = Math.exp((-(b - a) * (b + a)) / 2) * (mills(b) / ratio);
  return (p, q) => {
    const goal = Math.log(q + p * ends);
    let d = (-2 * goal) / (a + Math.sqrt(a * a - 2 * goal));
    for (let i = 0; i < 4; i++) {
      const m = mills(a + d);
      d += m * (-d * (a + d / 2) + Math.log(m / ratio) - goal);
    }
    return d;
  };
}
