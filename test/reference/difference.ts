/** Gradients by central differences, with a check that finds kinks. */

import type { Image64, Params64, Transform64 } from "./image.ts";
import { type ChainOptions, referenceChain } from "./index.ts";

export interface NumericGradient {
  /** d f / d values, Richardson-extrapolated from two step sizes. */
  gradient: Float64Array;
  /** 1 where the function has a kink or a jump within the step, so that the gradient there says little. */
  kinks: Uint8Array;
  kinkCount: number;
}

export interface DifferenceOptions {
  /** Absolute step (default 1e-5). */
  step?: number;
  /** How far slopes may disagree, relative to max(1, |slope|), before a kink is reported (default 1e-5). */
  tolerance?: number;
  /** Indices (of the input image, in numericVjp) to differentiate; the others stay 0 and are no kinks (default: all). */
  indices?: number[];
}

/**
 * The gradient of f at `values`. Slopes are taken with steps h and h/2. A kink shows either as central slopes
 * that disagree, or (where it lies exactly on the point, so that both agree) as a gap between the left and the right
 * slope that does not halve with the step.
 */
export function numericGradient(
  f: (values: Float64Array) => number,
  values: Float64Array,
  options: DifferenceOptions = {},
): NumericGradient {
  const { step = 1e-5, tolerance = 1e-5 } = options;
  const point = Float64Array.from(values);
  const gradient = new Float64Array(values.length);
  const kinks = new Uint8Array(values.length);
  const middle = f(point);
  let kinkCount = 0;
  const at = (i: number, delta: number): number => {
    point[i] = values[i] + delta;
    const result = f(point);
    point[i] = values[i];
    return result;
  };
  for (const i of options.indices ?? values.keys()) {
    const slopes = [step, step / 2].map((h) => {
      const right = at(i, h);
      const left = at(i, -h);
      return { central: (right - left) / (2 * h), gap: Math.abs(right - 2 * middle + left) / h };
    });
    const [coarse, fine] = slopes;
    gradient[i] = (4 * fine.central - coarse.central) / 3;
    const allowed = tolerance * Math.max(1, Math.abs(fine.central));
    const disagree = Math.abs(coarse.central - fine.central) > allowed;
    const corner = fine.gap > allowed && fine.gap > 0.75 * coarse.gap;
    if (disagree || corner || !Number.isFinite(gradient[i])) {
      kinks[i] = 1;
      kinkCount++;
    }
  }
  return { gradient, kinks, kinkCount };
}

export interface ParamGradient {
  /** Like the parameter: one row per sample. */
  gradient: number[][];
  kinks: boolean[][];
  kinkCount: number;
}

export interface ChainGradient {
  /** The gradient of the input image. */
  x: NumericGradient;
  /** Per transform, per parameter that was given. */
  params: Record<string, ParamGradient>[];
  /** All kinks, of input and parameters. */
  kinkCount: number;
}

export interface VjpOptions extends DifferenceOptions, ChainOptions {
  /** Differentiate the input image (default true; it takes 4 runs per element). */
  input?: boolean;
  /** Parameters that are not differentiated, by name: those that have no gradient. */
  without?: readonly string[];
  /** Steps for single parameters, by name; a projective matrix, say, wants less than an angle. */
  steps?: Record<string, number>;
}

export const weightedSum = (weights: ArrayLike<number>, out: Image64): number => {
  if (weights.length !== out.data.length) throw new Error(`${weights.length} weights for ${out.data.length} outputs`);
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += weights[i] * out.data[i];
  return sum;
};

/** Gradients of L = sum(weights * chain(x)) in the input and in every parameter given. */
export function numericVjp(
  transforms: Transform64[],
  x: Image64,
  weights: ArrayLike<number>,
  options: VjpOptions = {},
): ChainGradient {
  const loss = (chain: Transform64[], image: Image64, wrt: "image" | "params"): number =>
    weightedSum(weights, referenceChain(chain, image, { ...options, wrt }));
  const nothing = { gradient: new Float64Array(x.data.length), kinks: new Uint8Array(x.data.length), kinkCount: 0 };
  const input =
    options.input === false
      ? nothing
      : numericGradient((data) => loss(transforms, { data, shape: x.shape }, "image"), x.data, options);

  const wanted = (all: Params64) => Object.entries(all).filter(([name]) => !options.without?.includes(name));
  const params = transforms.map((transform, k) =>
    Object.fromEntries(
      wanted(transform.params).map(([name, rows]) => {
        const changed = (flat: Float64Array): Transform64[] => {
          const replaced: Params64 = { ...transform.params, [name]: unflatten(flat, rows) };
          return transforms.with(k, { ...transform, params: replaced });
        };
        const { tolerance } = options;
        const step = options.steps?.[name] ?? options.step;
        const flatRows = Float64Array.from(rows.flat());
        const result = numericGradient((flat) => loss(changed(flat), x, "params"), flatRows, { step, tolerance });
        const entry: ParamGradient = {
          gradient: unflatten(result.gradient, rows),
          kinks: unflatten(result.kinks, rows).map((r) => r.map((v) => v === 1)),
          kinkCount: result.kinkCount,
        };
        return [name, entry];
      }),
    ),
  );
  const ofParams = params.flatMap((entries) => Object.values(entries)).reduce((sum, e) => sum + e.kinkCount, 0);
  return { x: input, params, kinkCount: input.kinkCount + ofParams };
}

/** A flat array in rows like those of `like`. */
function unflatten(flat: ArrayLike<number>, like: number[][]): number[][] {
  let i = 0;
  return like.map((r) => r.map(() => flat[i++]));
}

export interface Comparison {
  /** Largest |actual - expected| where there is no kink. */
  maxError: number;
  /** Largest |expected| where there is no kink. */
  scale: number;
  compared: number;
  /** Positions left out because of a kink. */
  leftOut: number;
}

/** Compares a gradient with a numeric one, leaving kinks out and counting them. */
export function compareGradient(actual: ArrayLike<number>, expected: NumericGradient): Comparison {
  if (actual.length !== expected.gradient.length)
    throw new Error(`${actual.length} gradients, ${expected.gradient.length} expected`);
  const result: Comparison = { maxError: 0, scale: 0, compared: 0, leftOut: 0 };
  for (let i = 0; i < actual.length; i++) {
    if (expected.kinks[i] === 1) {
      result.leftOut++;
      continue;
    }
    const error = Math.abs(actual[i] - expected.gradient[i]);
    result.maxError = Number.isNaN(error) ? Number.POSITIVE_INFINITY : Math.max(result.maxError, error);
    result.scale = Math.max(result.scale, Math.abs(expected.gradient[i]));
    result.compared++;
  }
  return result;
}
