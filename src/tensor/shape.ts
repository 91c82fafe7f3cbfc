import { ArgumentError, describe, ShapeError } from "../gpu/index.ts";

/** Sizes of a tensor, whole numbers of at least 1; images are `[N, C, H, W]`. `[]` is a scalar. */
export type Shape = readonly number[];

/** `[4, 3, 224, 224]`, as every message prints a shape. */
export const show = (shape: Shape): string => `[${shape.join(", ")}]`;

/** How many values a shape has. */
export function count(shape: Shape): number {
  let product = 1;
  for (let i = 0; i < shape.length; i++) product *= shape[i];
  return product;
}

/** A shape that nobody can change: a tensor's is not its caller's. */
export const frozen = (shape: Shape): Shape => (Object.isFrozen(shape) ? shape : Object.freeze([...shape]));

/** Whether two shapes are equal. */
export const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((size, i) => size === b[i]);

/** Checks that a shape has positive whole sizes. */
export function checkShape(shape: Shape, argument = "shape"): void {
  // A hole of an array is skipped by every(), and undefined in a copy.
  const fine = Array.isArray(shape) && Array.from(shape).every((size) => Number.isSafeInteger(size) && size > 0);
  if (!fine) throw new ArgumentError(argument, describe(shape), "an array of whole numbers, each at least 1");
}

/** Checks that x is a batch of images, `[N, C, H, W]`. */
export function checkImage(shape: Shape, argument = "x"): void {
  if (shape.length === 4) return;
  const fix = shape.length === 3 ? `: reshape(${argument}, ${show([1, ...shape])}) makes a batch of one` : "";
  throw new ShapeError(argument, show(shape), `[N, C, H, W]${fix}`);
}

/** The shape of `a` and `b` together, by NumPy's rule. */
export function broadcastShapes(a: Shape, b: Shape, what = "shapes"): number[] {
  const rank = Math.max(a.length, b.length);
  const out: number[] = new Array(rank);
  for (let i = 0; i < rank; i++) {
    const x = a[a.length - rank + i] ?? 1;
    const y = b[b.length - rank + i] ?? 1;
    if (x !== y && x !== 1 && y !== 1)
      throw new ShapeError(what, `${show(a)} and ${show(b)}`, "sizes that are equal or 1");
    out[i] = x === 1 ? y : x;
  }
  return out;
}
