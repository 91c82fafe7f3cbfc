/** Reading an image at a fractional position: interpolation and padding, tap by tap. */

import { type Image64, pixel } from "./image.ts";

export type Interpolation = "nearest" | "bilinear" | "bicubic";
export type Padding = "zeros" | "border" | "reflection" | "symmetric" | "fill" | "circular";

/**
 * The index that stands for index i of an axis of n pixels; -1 where nothing does (zeros, fill).
 * reflection mirrors about the centres of the edge pixels (d c b | a b c d | c b a),
 * symmetric about the edges (b a | a b c d | d c).
 */
export function padIndex(i: number, n: number, padding: Padding): number {
  if (i >= 0 && i < n) return i;
  const wrap = (v: number, period: number): number => ((v % period) + period) % period;
  switch (padding) {
    case "border":
      return i < 0 ? 0 : n - 1;
    case "circular":
      return wrap(i, n);
    case "reflection": {
      if (n === 1) return 0;
      const k = wrap(i, 2 * n - 2);
      return k < n ? k : 2 * n - 2 - k;
    }
    case "symmetric": {
      const k = wrap(i, 2 * n);
      return k < n ? k : 2 * n - 1 - k;
    }
    default:
      return -1;
  }
}

/** Rounds to the nearest integer, halves to the even one, as PyTorch's grid_sample and WGSL's round do. */
export function roundHalfEven(v: number): number {
  const low = Math.floor(v);
  const rest = v - low;
  if (rest !== 0.5) return rest < 0.5 ? low : low + 1;
  return low % 2 === 0 ? low : low + 1;
}

/** Keys' cubic kernel; a = -0.75 in sampling (PyTorch, OpenCV), -0.5 in anti-aliased resizing (PIL). */
export function cubic(t: number, a: number): number {
  const d = Math.abs(t);
  if (d <= 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  if (d < 2) return a * (((d - 5) * d + 8) * d - 4);
  return 0;
}

/** The taps (index before padding, weight) of one axis at position v. */
export function taps(v: number, interpolation: Interpolation): [number, number][] {
  if (interpolation === "nearest") return [[roundHalfEven(v), 1]];
  const base = Math.floor(v);
  const offsets = interpolation === "bilinear" ? [0, 1] : [-1, 0, 1, 2];
  return offsets.map((offset) => {
    const distance = v - (base + offset);
    return [base + offset, interpolation === "bilinear" ? 1 - Math.abs(distance) : cubic(distance, -0.75)];
  });
}

/** Places farther outside count as that far: f32 has no fractions of pixels there. */
const FAR = 4e6;
const held = (v: number): number => Math.min(Math.max(v, -FAR), FAR);

/**
 * The value of plane (n, c) at (x, y). Outside: 0, or `fill`, or a mirrored pixel. A place that is not finite, on the horizon
 * of a map, sees nothing: 0, or `fill`, with any padding.
 */
export function sample(
  image: Image64,
  n: number,
  c: number,
  x: number,
  y: number,
  interpolation: Interpolation,
  padding: Padding,
  fill = 0,
): number {
  const outside = padding === "fill" ? fill : 0;
  if (!Number.isFinite(x) || !Number.isFinite(y)) return outside;
  const [, , H, W] = image.shape;
  const across = taps(held(x), interpolation).map(([j, wx]) => [padIndex(j, W, padding), wx]);
  let sum = 0;
  for (const [i, wy] of taps(held(y), interpolation)) {
    const row = padIndex(i, H, padding);
    for (const [column, wx] of across) {
      if (wx * wy === 0) continue;
      sum += wy * wx * (row < 0 || column < 0 ? outside : pixel(image, n, c, row, column));
    }
  }
  return sum;
}

/** Reads pixels of an image; a negative index reads 0. */
export function pixelReader(image: Image64): (n: number, c: number, y: number, x: number) => number {
  return (n, c, y, x) => (y < 0 || x < 0 ? 0 : pixel(image, n, c, y, x));
}
