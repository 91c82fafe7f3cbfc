import { count, type Shape } from "./shape.ts";

/**
 * How values lie in a buffer: `f32` and `f16` store numbers, `u8` stores 0..255 for 0..1.
 * `rgba8` is a `u8` image as canvases have it: four bytes a pixel, [N, 4 or 3, H, W] seen from outside.
 */
export type DType = "f32" | "f16" | "u8" | "rgba8";

/** All of them, for checks. */
export const DTYPES: readonly DType[] = ["f32", "f16", "u8", "rgba8"];

/**
 * Values from the start of one plane to the next. Types below four bytes are packed in words, and a plane starts at a
 * whole quad, so that a pass reads and writes four pixels at a time and no two threads share a word.
 */
export function planeStride(shape: Shape, dtype: DType): number {
  const plane = planeSize(shape);
  return dtype === "f32" || dtype === "rgba8" ? plane : Math.ceil(plane / 4) * 4;
}

/** Values of one plane: the last two sizes of an image, all of anything else. */
export const planeSize = (shape: Shape): number => (shape.length === 4 ? shape[2] * shape[3] : count(shape));

/** How many values the data of a tensor has: four a pixel for `rgba8`, whatever its channels. */
export const valueCount = (shape: Shape, dtype: DType): number =>
  dtype === "rgba8" ? shape[0] * shape[2] * shape[3] * 4 : count(shape);

/** Bytes of a tensor. */
export function byteLength(shape: Shape, dtype: DType): number {
  if (dtype === "f32") return count(shape) * 4;
  if (dtype === "rgba8") return shape[0] * shape[2] * shape[3] * 4;
  const planes = count(shape) / planeSize(shape);
  return planes * planeStride(shape, dtype) * (dtype === "f16" ? 2 : 1);
}

const bits = new Uint32Array(1);
const float = new Float32Array(bits.buffer);

/** IEEE half precision, rounding to nearest even. */
export function toHalf(value: number): number {
  float[0] = value;
  const f = bits[0];
  const sign = (f >>> 16) & 0x8000;
  const exponent = (f >>> 23) & 0xff;
  const mantissa = f & 0x7fffff;
  if (exponent === 0xff) return sign | 0x7c00 | (mantissa ? 0x200 : 0);
  const e = exponent - 112;
  if (e >= 31) return sign | 0x7c00;
  if (e <= 0) {
    if (e < -10) return sign;
    const m = mantissa | 0x800000;
    const shift = 14 - e;
    const half = m >>> shift;
    const rest = m & ((1 << shift) - 1);
    const middle = 1 << (shift - 1);
    return sign | (half + (rest > middle || (rest === middle && half & 1) ? 1 : 0));
  }
  const half = (e << 10) | (mantissa >>> 13);
  const rest = mantissa & 0x1fff;
  return sign | (half + (rest > 0x1000 || (rest === 0x1000 && half & 1) ? 1 : 0));
}

/** The number that 16 bits of IEEE half precision stand for. */
export function fromHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 31;
  const mantissa = half & 1023;
  if (exponent === 31) return mantissa ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  return sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}
