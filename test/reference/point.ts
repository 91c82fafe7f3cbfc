/** Point transforms in float64: every output pixel depends on its own pixel (and on statistics of its image). */

import { build, channel, type Image64, type Options64, type Params64, pixel, row, scalar } from "./image.ts";

type Point = (x: Image64, params: Params64, options: Options64) => Image64;

const GREY = [0.299, 0.587, 0.114];

const clamp = (v: number, low: number, high: number): number => Math.min(Math.max(v, low), high);

/** Clips to 0..1 unless options.clip is false. */
const clip = (v: number, options: Options64): number => (options.clip === false ? v : clamp(v, 0, 1));

const frac = (v: number): number => v - Math.floor(v);

function needColour(x: Image64, name: string): void {
  if (x.shape[1] !== 3) throw new Error(`${name} needs 3 channels, given ${x.shape[1]}`);
}

function grey(x: Image64, n: number, i: number, j: number, weights = GREY): number {
  let sum = 0;
  for (let c = 0; c < 3; c++) sum += weights[c] * pixel(x, n, c, i, j);
  return sum;
}

/** Channel-wise transform y = f(x, n, c). */
function perChannel(x: Image64, f: (v: number, n: number, c: number) => number): Image64 {
  return build(x.shape, (n, c, i, j) => f(pixel(x, n, c, i, j), n, c));
}

/** Transform of the colour of a pixel. */
function perColour(x: Image64, f: (rgb: number[], n: number) => number[]): Image64 {
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

const brightness: Point = (x, p, o) => perChannel(x, (v, n) => clip(v * scalar(p, "factor", n, 1), o));

const brightnessShift: Point = (x, p, o) => perChannel(x, (v, n) => clip(v + scalar(p, "shift", n, 0), o));

const contrast: Point = (x, p, o) =>
  perChannel(x, (v, n) => {
    const pivot = scalar(p, "pivot", n, 0.5);
    return clip((v - pivot) * scalar(p, "factor", n, 1) + pivot, o);
  });

const contrastAboutMean: Point = (x, p, o) => {
  const means = Array.from({ length: x.shape[0] }, (_, n) => greyMean(x, n));
  return perChannel(x, (v, n) => {
    const factor = scalar(p, "factor", n, 1);
    return clip(factor * v + (1 - factor) * means[n], o);
  });
};

const saturation: Point = (x, p, o) => {
  needColour(x, "saturation");
  return build(x.shape, (n, c, i, j) => {
    const factor = scalar(p, "factor", n, 1);
    return clip(factor * pixel(x, n, c, i, j) + (1 - factor) * grey(x, n, i, j), o);
  });
};

const hsvSaturation: Point = (x, p) => {
  needColour(x, "hsvSaturation");
  return perColour(x, (rgb, n) => {
    const [h, s, v] = rgbToHsv(rgb);
    return hsvToRgb([h, clamp(s * scalar(p, "factor", n, 1), 0, 1), v]);
  });
};

const hue: Point = (x, p) => {
  needColour(x, "hue");
  return perColour(x, (rgb, n) => {
    // S and V as S · V: where V is 0, S alone says nothing.
    const v = Math.max(...rgb);
    const chroma = v - Math.min(...rgb);
    const shares = hsvToRgb([frac(rgbToHsv(rgb)[0] + scalar(p, "turns", n, 0)), 1, 1]);
    return shares.map((share) => v - chroma * (1 - share));
  });
};

const gamma: Point = (x, p, o) =>
  perChannel(x, (v, n) => clip(scalar(p, "gain", n, 1) * Math.max(v, 0) ** scalar(p, "gamma", n, 1), o));

const invert: Point = (x, p) => perChannel(x, (v, n) => scalar(p, "max", n, 1) - v);

const grayscale: Point = (x, p, o) => {
  needColour(x, "grayscale");
  const channels = (o.channels as number | undefined) ?? 3;
  return build([x.shape[0], channels, x.shape[2], x.shape[3]], (n, _, i, j) =>
    grey(x, n, i, j, row(p, "weights", n, GREY)),
  );
};

const normalize: Point = (x, p) => perChannel(x, (v, n, c) => (v - channel(p, "mean", n, c)) / channel(p, "std", n, c));

const denormalize: Point = (x, p) => perChannel(x, (v, n, c) => v * channel(p, "std", n, c) + channel(p, "mean", n, c));

/** How much of pixel i, which spans [i, i+1], lies in [start, start+length]. */
const coverage = (i: number, start: number, length: number): number =>
  clamp(Math.min(i + 1, start + length) - Math.max(i, start), 0, 1);

const erasing: Point = (x, p) =>
  build(x.shape, (n, c, i, j) => {
    const covered =
      coverage(j, scalar(p, "x", n), scalar(p, "width", n)) * coverage(i, scalar(p, "y", n), scalar(p, "height", n));
    const value = channel(p, "value", n, c, 0);
    if (covered === 0) return pixel(x, n, c, i, j);
    return covered === 1 ? value : value * covered + pixel(x, n, c, i, j) * (1 - covered);
  });

export const points: Record<string, Point> = {
  brightness,
  brightnessShift,
  contrast,
  contrastAboutMean,
  saturation,
  hsvSaturation,
  hue,
  gamma,
  invert,
  grayscale,
  normalize,
  denormalize,
  erasing,
};
