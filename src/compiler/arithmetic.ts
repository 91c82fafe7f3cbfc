/** What declarations of mixes compute with: numbers, or tensors of one number per sample. */
import { add, clamp, div, mul, sqrt, sub } from "../autograd/index.ts";
import type { Shape, Tensor } from "../tensor/index.ts";
import type { Arithmetic, MixArguments, MixFrame, MixPart, MixSpec, Transform } from "../transforms/index.ts";
import { outputSize } from "./outcome.ts";

/** A number for all samples, or a tensor `[N]` of one each. */
export type Value = number | Tensor;

export const NUMBERS: Arithmetic<number> = {
  of: (value) => value,
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  within: (a, lo, hi) => Math.min(Math.max(a, lo), hi),
  root: Math.sqrt,
};

/** Below that a root is a straight line. */
const STEEPEST = 1e-6;

/** Numbers stay numbers as long as no tensor meets them. */
export const TENSORS: Arithmetic<Value> = {
  of: (value) => value,
  add: (a, b) => (typeof a === "number" && typeof b === "number" ? a + b : add(a, b)),
  sub: (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : sub(a, b)),
  mul: (a, b) => (typeof a === "number" && typeof b === "number" ? a * b : mul(a, b)),
  within: (a, lo, hi) => (typeof a === "number" ? NUMBERS.within(a, lo, hi) : clamp(a, lo, hi)),
  root: (a) => (typeof a === "number" ? NUMBERS.root(a) : div(a, sqrt(clamp(a, STEEPEST, Infinity)))),
};

/** Sizes before and after a mix of images of this shape. */
export function mixFrame(transform: Transform, shape: Shape): MixFrame {
  const [, , outHeight, outWidth] = outputSize(transform, shape);
  return { width: shape[3], height: shape[2], outWidth, outHeight };
}

/** Which parts a mix has, whatever its values are: what they are of values of 0. None, where its declaration says nothing of them. */
export function partsOf(transform: Transform, shape: Shape): readonly MixPart<number>[] {
  const { params, mix } = transform.declaration;
  const none = Object.fromEntries(Object.keys(params).map((name) => [name, 0]));
  return mix?.parts?.(none, mixFrame(transform, shape), NUMBERS, transform.options) ?? [];
}

/** Whether a mix moves the pixels of its own sample by a shift that its declaration says. */
export const isShifted = (transform: Transform, shape: Shape): boolean =>
  partsOf(transform, shape)[0]?.shift !== undefined;

/** The edges of what a part is seen in, within the result. */
export function edgesOf<V>({ shift, edges }: MixPart<V>, frame: MixFrame, of: Arithmetic<V>): [V, V, V, V] {
  const { width, height, outWidth, outHeight } = frame;
  const [x, y] = shift ?? [of.of(0), of.of(0)];
  const [x0, y0, x1, y1] = edges ?? [x, y, of.add(x, of.of(width)), of.add(y, of.of(height))];
  return [of.within(x0, 0, outWidth), of.within(y0, 0, outHeight), of.within(x1, 0, outWidth), of.within(y1, 0, outHeight)]; // biome-ignore format: four edges
}

/** How much of each source is in the result of a mix. */
export function sharesOf<V>({ parts, shares: sharesOf }: MixSpec, ...given: MixArguments<V>): readonly V[] {
  if (!parts) return sharesOf!(...given);
  const [, frame, of] = given;
  const shares = parts(...given).map((part) => (part.under ? null : shareOf(part, frame, of)));
  const others = shares.reduce((sum: V | null, share) => {
    if (share === null) return sum;
    return sum === null ? share : of.add(sum, share);
  }, null);
  return shares.map((share) => share ?? of.sub(of.of(1), others!));
}

function shareOf<V>(part: MixPart<V>, frame: MixFrame, of: Arithmetic<V>): V {
  const { weight, edges, shift } = part;
  const whole = part.area === undefined && edges === undefined && shift === undefined;
  if (whole && weight !== undefined) return weight;
  const area = part.area ?? areaOf(part, frame, of);
  return weight === undefined ? area : of.mul(weight, area);
}

function areaOf<V>(part: MixPart<V>, frame: MixFrame, of: Arithmetic<V>): V {
  const [x0, y0, x1, y1] = edgesOf(part, frame, of);
  const whole = of.of(1 / (frame.outWidth * frame.outHeight));
  return of.mul(whole, of.mul(of.sub(x1, x0), of.sub(y1, y0)));
}
