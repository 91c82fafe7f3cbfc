/** What declarations of mixes compute with: numbers, or tensors of one number per sample. */
import { add, clamp, mul, sub } from "../autograd/index.ts";
import type { Shape, Tensor } from "../tensor/index.ts";
import type { Arithmetic, MixFrame, Transform } from "../transforms/index.ts";
import { outputSize } from "./outcome.ts";

/** A number for all samples, or a tensor `[N]` of one each. */
export type Value = number | Tensor;

export const NUMBERS: Arithmetic<number> = {
  of: (value) => value,
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  within: (a, lo, hi) => Math.min(Math.max(a, lo), hi),
};

/** Numbers stay numbers as long as no tensor meets them. */
export const TENSORS: Arithmetic<Value> = {
  of: (value) => value,
  add: (a, b) => (typeof a === "number" && typeof b === "number" ? a + b : add(a, b)),
  sub: (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : sub(a, b)),
  mul: (a, b) => (typeof a === "number" && typeof b === "number" ? a * b : mul(a, b)),
  within: (a, lo, hi) => (typeof a === "number" ? NUMBERS.within(a, lo, hi) : clamp(a, lo, hi)),
};

/** Sizes before and after a mix of images of this shape. */
export function mixFrame(transform: Transform, shape: Shape): MixFrame {
  const [, , outHeight, outWidth] = outputSize(transform, shape);
  return { width: shape[3], height: shape[2], outWidth, outHeight };
}
