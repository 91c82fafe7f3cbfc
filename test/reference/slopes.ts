/**
 * Derivatives along random directions: a whole gradient is checked with a few runs of the reference, however many pixels
 * there are. An error anywhere in it shows in the first direction or two.
 */
import { numericGradient, type VjpOptions, weightedSum } from "./difference.ts";
import { type Image64, type Params64, randomNumbers, type Transform64 } from "./image.ts";
import { referenceChain } from "./index.ts";

/** The derivative of Σ weights · chain(x) along a direction. */
export interface Slope {
  direction: Float64Array;
  slope: number;
  /** The function has a kink within the step, so that the slope says little. */
  isKink: boolean;
}

export interface SlopeOptions extends Pick<VjpOptions, "compose" | "steps" | "tolerance"> {
  /** Step in the image; 1e-5 unless given. */
  step?: number;
  /** How many directions of the image, and of a parameter of very many values; 8 unless given. */
  directions?: number;
  seed?: number;
}

export interface ChainSlopes {
  /** Those without a kink; fewer than asked for where kinks are everywhere. */
  image: Slope[];
  /** Per transform, per parameter that was given: along each of its values where they are few, else along directions. */
  params: Record<string, Slope[]>[];
}

/** Parameters of more values than this get random directions, too. */
const FEW = 40;

/** Steps of either sign, none of them small. */
function randomDirection(size: number, draw: () => number): Float64Array {
  return Float64Array.from({ length: size }, () => (draw() < 0.5 ? -1 : 1) * (0.5 + draw()));
}

const unitDirection = (size: number, at: number): Float64Array => {
  const direction = new Float64Array(size);
  direction[at] = 1;
  return direction;
};

function slopeAlong(
  f: (values: Float64Array) => number,
  at: ArrayLike<number>,
  direction: Float64Array,
  step: number | undefined,
  tolerance: number | undefined,
): Slope {
  const moved = ([t]: Float64Array): number => f(direction.map((d, i) => at[i] + t * d));
  const { gradient, kinkCount } = numericGradient(moved, Float64Array.of(0), { step, tolerance });
  return { direction, slope: gradient[0], isKink: kinkCount > 0 };
}

/** Slopes of Σ weights · chain(x) in the image and in every parameter given. */
export function slopesOf(
  chain: readonly Transform64[],
  x: Image64,
  weights: ArrayLike<number>,
  { directions = 8, seed = 1, step, steps, tolerance, compose }: SlopeOptions = {},
): ChainSlopes {
  const draw = randomNumbers(seed);
  const loss = (links: readonly Transform64[], image: Image64, wrt: "image" | "params"): number =>
    weightedSum(weights, referenceChain([...links], image, { compose, wrt }));
  const image: Slope[] = [];
  // A direction on a kink says little: another is taken.
  for (let left = 5 * directions; left > 0 && image.length < directions; left--) {
    const found = slopeAlong(
      (data) => loss(chain, { data, shape: x.shape }, "image"),
      x.data,
      randomDirection(x.data.length, draw),
      step,
      tolerance,
    );
    if (!found.isKink) image.push(found);
  }
  const params = chain.map((transform, k) =>
    Object.fromEntries(
      Object.entries(transform.params).map(([name, rows]) => {
        const flat = rows.flat();
        const changed = (values: Float64Array): Transform64[] => {
          const replaced: Params64 = { ...transform.params, [name]: rowsLike(values, rows) };
          return chain.with(k, { ...transform, params: replaced });
        };
        const along =
          flat.length <= FEW
            ? flat.map((_, i) => unitDirection(flat.length, i))
            : Array.from({ length: directions }, () => randomDirection(flat.length, draw));
        const f = (values: Float64Array): number => loss(changed(values), x, "params");
        return [name, along.map((direction) => slopeAlong(f, flat, direction, steps?.[name], tolerance))];
      }),
    ),
  );
  return { image, params };
}

/** A flat array in rows like those of `like`. */
function rowsLike(flat: ArrayLike<number>, like: number[][]): number[][] {
  let i = 0;
  return like.map((r) => r.map(() => flat[i++]));
}

/** How far a gradient is from slopes that were measured, relative to its largest value (at least 1); kinks are left out. */
export function slopeError(gradient: ArrayLike<number>, slopes: readonly Slope[]): { error: number; compared: number } {
  const scale = Array.from(gradient).reduce((most, v) => Math.max(most, Math.abs(v)), 1);
  const smooth = slopes.filter(({ isKink }) => !isKink);
  let error = 0;
  for (const { direction, slope } of smooth) {
    if (direction.length !== gradient.length)
      throw new Error(`${gradient.length} gradients, ${direction.length} expected`);
    let sum = 0;
    for (let i = 0; i < direction.length; i++) sum += direction[i] * gradient[i];
    const own = Math.abs(sum - slope) / scale;
    error = Number.isNaN(own) ? Number.POSITIVE_INFINITY : Math.max(error, own);
  }
  return { error, compared: smooth.length };
}
