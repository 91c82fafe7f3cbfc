import { ArgumentError, describe, ShapeError } from "../gpu/index.ts";
import { Tensor } from "../tensor/index.ts";
import type { Distribution, ParamSpec, ParamValue } from "../transforms/index.ts";
import { gapOf } from "../transforms/language/declare.ts";
import { drawsOnGpu, hasWhole, type Interval, intervalsOf, jointOf, support, widthsOf } from "./distributions/index.ts";

// Whether what is drawn is what a parameter allows.

/** Something that looks like a distribution but is none would otherwise surface deep in the compiler. */
export function checkFixed(argument: string, value: ParamValue): void {
  const fits =
    typeof value === "number" || Array.isArray(value) || ArrayBuffer.isView(value) || value instanceof Tensor;
  if (!fits) throw new ArgumentError(argument, describe(value), "a number, an array, a tensor or a distribution");
}

/** A range in words; NaN stands for a bound that lives on the GPU. */
function rangeOf(lo: number, hi: number): string {
  if (lo === hi) return String(lo);
  const [from, to] = [lo, hi].map((bound) => (Number.isNaN(bound) ? "a learned bound" : bound));
  return `a range from ${from} to ${to}`;
}

export function checkFit(argument: string, distribution: Distribution, spec: ParamSpec, size: number | "C"): void {
  const joint = jointOf(distribution);
  if (joint && !joint.fits(spec))
    throw new ArgumentError(
      argument,
      `${distribution.distribution}(...)`,
      `a number, or another distribution: this one is for ${joint.allowed}`,
    );
  if (spec.role === "key" || (spec.list && !joint)) {
    const allowed = spec.list
      ? "numbers or a tensor: a list is not drawn"
      : "nothing, or a whole number: sequential draws it";
    throw new ArgumentError(argument, `${distribution.distribution}(...)`, allowed);
  }
  if (spec.gradient === false && drawsOnGpu(distribution))
    throw new ArgumentError(argument, "a learned bound", `bounds that are numbers: ${spec.doc} has no gradient`);
  for (const [name, components] of widthsOf(distribution)) {
    if (components !== 1 && size !== "C" && components !== size) {
      throw new ShapeError(`${argument}, ${name}`, `${components} components`, size === 1 ? "one" : `one or ${size}`);
    }
  }
  if (spec.integer && !hasWhole(distribution, 0)) {
    const [lo, hi] = support(distribution, 0);
    throw new ArgumentError(argument, rangeOf(lo, hi), `a range with a whole number in it (${spec.unit})`);
  }
  const most = Math.max(...widthsOf(distribution).map(([, components]) => components), 1);
  for (let k = 0; k < most; k++)
    for (const interval of intervalsOf(distribution, k)) checkInterval(argument, interval, spec);
}

function checkInterval(argument: string, interval: Interval, spec: ParamSpec): void {
  const [lo, hi] = interval.map(Math.fround);
  if (lo < (spec.min ?? -Infinity) || hi > (spec.max ?? Infinity)) {
    const allowed = [
      spec.min !== undefined ? `at least ${spec.min}` : "",
      spec.max !== undefined ? `at most ${spec.max}` : "",
    ];
    throw new ArgumentError(argument, rangeOf(lo, hi), `${allowed.filter(Boolean).join(" and ")} (${spec.unit})`);
  }
  const gap = gapOf(spec);
  if (gap > 0 && lo < gap && hi > -gap)
    throw new ArgumentError(argument, rangeOf(lo, hi), `a range without 0 (${spec.unit})`);
}
