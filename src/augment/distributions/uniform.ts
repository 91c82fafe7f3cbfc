import { add, clamp, exp, log, mul, sub } from "../../autograd/index.ts";
import { ArgumentError, readOptions } from "../../gpu/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import type { Bound, Uniform } from "../../transforms/index.ts";
import { checkBound, checkComponents, componentsOf, frozen, LARGEST, numberAt } from "./bounds.ts";
import { type Family, type GpuTools, made, rounded, sharing, table, type Value } from "./family.ts";
import { wholeAt } from "./integers.ts";
import { ENDS, type EndsOptions, RANGE, type RangeOptions, scaleText } from "./range.ts";

/**
 * Uniform on [lo, hi]: lo + u (hi - lo) with u in [0, 1), in f32. With `scale: "log"`, lo (hi / lo)^u.
 * Where a bound is a tensor the draw is made on the GPU, and its gradient reaches the bound.
 * @throws ArgumentError for bounds that are NaN, infinite or upside down, or not positive with `scale: "log"`
 */
export function uniform(lo: Bound, hi: Bound, options?: RangeOptions): Uniform {
  const { scale = "linear", ...read } = readOptions<RangeOptions>("uniform", options, RANGE);
  checkBound("lo", lo, scale);
  checkBound("hi", hi, scale);
  const rows = Math.max(componentsOf(lo), componentsOf(hi));
  checkComponents("hi", lo, hi);
  for (let i = 0; i < rows; i++) {
    const a = numberAt(lo, i);
    const b = numberAt(hi, i);
    if (a > b) throw new ArgumentError("lo", `${a}, above hi = ${b}`, "a number that is at most hi");
    if (Math.abs(b - a) > LARGEST)
      throw new ArgumentError("hi", `${b}, ${b - a} above lo`, "a range that f32 can hold");
  }
  return made(UNIFORM, {
    distribution: "uniform",
    lo: frozen(lo),
    hi: frozen(hi),
    scale,
    ...sharing(read),
  });
}

/**
 * Uniform in the logarithm, on [lo, hi]: `uniform(lo, hi, { scale: "log" })`, as which it prints. Halves and doubles are as likely.
 * @throws ArgumentError for bounds that are not finite and positive, or upside down
 */
export function logUniform(lo: Bound, hi: Bound, options?: EndsOptions): Uniform {
  return uniform(lo, hi, { scale: "log", ...readOptions<EndsOptions>("logUniform", options, ENDS) });
}

const f32 = Math.fround;

/** A bound of a logarithmic range that was learned down to 0 counts as this. */
const LEAST = 1e-37;

export const UNIFORM: Family<Uniform> = {
  bounds: ({ lo, hi }) => [
    ["lo", lo],
    ["hi", hi],
  ],
  support: ({ lo, hi }, k) => [[numberAt(lo, k), numberAt(hi, k)]],
  value,
  whole(of, components) {
    if (of.scale === "log") return rounded(value).whole(of, components);
    const least = table(components, (k) => Math.ceil(numberAt(of.lo, k)));
    const most = table(components, (k) => Math.floor(numberAt(of.hi, k)));
    return (u, k) => wholeAt(u, least[k], most[k]);
  },
  hasWhole: ({ lo, hi }, k) => !(Math.ceil(numberAt(lo, k)) > Math.floor(numberAt(hi, k))),
  draw(of, tools) {
    const { keep } = tools;
    const lo = tools.bound("lo", of.lo);
    const hi = tools.bound("hi", of.hi);
    const u = tools.upload(tools.units);
    if (of.scale === "linear") return keep(add(lo, keep(mul(u, keep(sub(hi, lo))))));
    const logLo = logarithm(lo, tools);
    return keep(exp(keep(add(logLo, keep(mul(u, difference(logarithm(hi, tools), logLo, tools)))))));
  },
  text: (of) => ({ given: [of.lo, of.hi], options: scaleText(of) }),
};

function value(of: Uniform, components: number): Value {
  const lo = table(components, (k) => f32(numberAt(of.lo, k)));
  const hi = table(components, (k) => f32(numberAt(of.hi, k)));
  if (of.scale === "log") return (u, k) => Math.min(f32(lo[k] * (hi[k] / lo[k]) ** u), hi[k]);
  const span = table(components, (k) => f32(hi[k] - lo[k]));
  return (u, k) => Math.min(f32(lo[k] + f32(u * span[k])), hi[k]);
}

function logarithm(bound: Tensor | number, { keep }: GpuTools): Tensor | number {
  return typeof bound === "number" ? Math.log(bound) : keep(log(keep(clamp(bound, LEAST, Infinity))));
}

function difference(a: Tensor | number, b: Tensor | number, { keep }: GpuTools): Tensor | number {
  return typeof a === "number" && typeof b === "number" ? a - b : keep(sub(a, b));
}
