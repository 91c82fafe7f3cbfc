/** What point transforms in float64 are made of: every output pixel depends on its own pixel (and on statistics of its image). */

import { build, type Image64, type Options64, pixel } from "./image.ts";

export const GREY = [0.299, 0.587, 0.114];

export const clamp = (v: number, low: number, high: number): number => Math.min(Math.max(v, low), high);

/** Clips to 0..1 unless options.clip is false. */
export const clip = (v: number, options: Options64): number => (options.clip === false ? v : clamp(v, 0, 1));

/** In [0, 1): what rounds to 1 is 0, as a turn is. */
export const frac = (v: number): number => {
  const f = v - Math.floor(v);
  return f >= 1 ? 0 : f;
};

export function needColour(x: Image64, name: string): void {
  if (x.shape[1] !== 3) throw new Error(`${name} needs 3 channels, given ${x.shape[1]}`);
}

export function grey(x: Image64, n: number, i: number, j: number, weights = GREY): number {
  let sum = 0;
  for (let c = 0; c < 3; c++) sum += weights[c] * pixel(x, n, c, i, j);
  return sum;
}

/** Channel-wise transform y = f(x, n, c). */
export function perChannel(x: Image64, f: (v: number, n: number, c: number) => number): Image64 {
  return build(x.shape, (n, c, i, j) => f(pixel(x, n, c, i, j), n, c));
}

/** Transform of the colour of a pixel. */
export function perColour(x: Image64, f: (rgb: number[], n: number) => number[]): Image64 {
  return build(
    x.shape,
    (n, c, i, j) =>
      f(
        [0, 1, 2].map((k) => pixel(x, n, k, i, j)),
        n,
      )[c],
  );
}

/** H in turns [0, 1), S = (max - min) / max (0 where max is 0), V = max. Ties of the maximum: red, then green. */
export function rgbToHsv([r, g, b]: number[]): number[] {
  const v = Math.max(r, g, b);
  const d = v - Math.min(r, g, b);
  const s = v === 0 ? 0 : d / v;
  if (d === 0) return [0, s, v];
  const sextant = v === r ? (g - b) / d : v === g ? 2 + (b - r) / d : 4 + (r - g) / d;
  return [frac(sextant / 6), s, v];
}

export function hsvToRgb([h, s, v]: number[]): number[] {
  return [5, 3, 1].map((offset) => {
    const k = (((offset + 6 * h) % 6) + 6) % 6;
    return v - v * s * clamp(Math.min(k, 4 - k), 0, 1);
  });
}

/** Mean over the pixels of image n: of its grey where C = 3, else of all its channels. */
export function greyMean(x: Image64, n: number): number {
  const [, C, H, W] = x.shape;
  let sum = 0;
  for (let i = 0; i < H; i++) {
    for (let j = 0; j < W; j++) {
      if (C === 3) sum += grey(x, n, i, j);
      else for (let c = 0; c < C; c++) sum += pixel(x, n, c, i, j) / C;
    }
  }
  return sum / (H * W);
}
