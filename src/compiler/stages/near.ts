/** Whether a field's places are expected so near to their pixels that its gradient is gathered. */
import type { ParamSpec, Transform } from "../../transforms/index.ts";
import type { Bound, BoundValue } from "../pass.ts";

/** Output pixels that may see a source pixel at most, where its gradient is gathered: `lib/near.wgsl` has the measurements. */
const MOST: Readonly<Record<string, number>> = { nearest: 4, bilinear: 20, bicubic: 36 };

/** Taps on either side of a pixel that looks so far. */
const TAPS: Readonly<Record<string, (reach: number) => number>> = {
  nearest: (reach) => Math.floor(reach + 0.5),
  bilinear: (reach) => Math.ceil(reach),
  bicubic: (reach) => Math.ceil(reach) + 1,
};

/**
 * Whether a field says so of all samples. It need not be right: places are measured, and samples that look farther are scattered.
 * A tensor counts as the parameter's default, and where it has none nothing is known.
 */
export function isNear(
  { declaration, options }: Transform,
  values: Bound["values"],
  samples: number,
  [height, width]: readonly [number, number],
): boolean {
  const { reach, params } = declaration;
  if (!reach) return false;
  const most = MOST[String(options.interpolation)];
  const taps = TAPS[String(options.interpolation)];
  const differ = Object.values(values).some((value) => "numbers" in value && value.strides[0] > 0);
  for (let n = 0; n < (differ ? samples : 1); n++) {
    const own = Object.entries(values).map(([name, value]) => [name, rowOf(value, n, params[name])] as const);
    const [x, y] = reach(Object.fromEntries(own), options, { width, height });
    // What is NaN is not near.
    if (!((2 * taps(x) + 1) * (2 * taps(y) + 1) <= most)) return false;
  }
  return true;
}

/** A sample's values of a parameter. */
function rowOf(value: BoundValue, n: number, { default: usual = Number.NaN, size }: ParamSpec): readonly number[] {
  const width = typeof size === "number" ? size : 1;
  if ("tensor" in value) return new Array(width).fill(usual);
  const [bySample, byComponent] = value.strides;
  return Array.from({ length: width }, (_, k) => value.numbers[n * bySample + k * byComponent]);
}
