/** Colour spaces and curves of tone in float64. */

import { build, type Case64, pixel, type Reference64, row, scalar, two } from "../image.ts";
import { clamp, clip, frac, hsvToRgb, needColour, perChannel, perColour, rgbToHsv as toHsv } from "../pointwise.ts";

/** A transform of a pixel's three channels. */
const ofColour =
  (name: string, f: (x: number[], clipped: boolean) => number[], clips = true): Reference64 =>
  (x, _, o) => {
    needColour(x, name);
    const clipped = ((o.clip as boolean | undefined) ?? clips) && clips !== undefined;
    return perColour(x, (rgb) => f(rgb, clipped));
  };

const times = (rows: number[][], x: number[]): number[] =>
  rows.map((entries) => entries.reduce((sum, entry, i) => sum + entry * x[i], 0));
const unit = (values: number[], clipped: boolean) => (clipped ? values.map((v) => clamp(v, 0, 1)) : values);

/** The inverse of a 3 x 3 matrix by its adjugate. */
function inverted([[a, b, c], [d, e, f], [g, h, i]]: number[][]): number[][] {
  const rows = [
    [e * i - f * h, c * h - b * i, b * f - c * e],
    [f * g - d * i, a * i - c * g, c * d - a * f],
    [d * h - e * g, b * g - a * h, a * e - b * d],
  ];
  const det = a * rows[0][0] + b * rows[1][0] + c * rows[2][0];
  return rows.map((entries) => entries.map((entry) => entry / det));
}

const TO_XYZ = [
  [0.412453, 0.35758, 0.180423],
  [0.212671, 0.71516, 0.072169],
  [0.019334, 0.119193, 0.950227],
];
const FROM_XYZ = inverted(TO_XYZ);
const WHITE = [0.95047, 1, 1.08883];

const toLinear = (v: number) => (v > 0.04045 ? ((v + 0.055) / 1.055) ** 2.4 : v / 12.92);
const fromLinear = (v: number) => (v > 0.0031308 ? 1.055 * v ** (1 / 2.4) - 0.055 : 12.92 * v);

function hls([r, g, b]: number[]): number[] {
  const [high, low] = [Math.max(r, g, b), Math.min(r, g, b)];
  const l = (high + low) / 2;
  return [toHsv([r, g, b])[0], l, high === low ? 0 : (high - low) / (1 - Math.abs(2 * l - 1))];
}

/** As CSS has it: l − a · max(−1, min(k − 3, 9 − k, 1)), k = (n + 12 h) mod 12. */
const fromHls = ([h, l, s]: number[]): number[] =>
  [0, 8, 4].map((n) => {
    const k = (n + 12 * frac(h)) % 12;
    return l - s * Math.min(l, 1 - l) * Math.max(-1, Math.min(k - 3, 9 - k, 1));
  });

function lab(rgb: number[]): number[] {
  const [x, y, z] = times(TO_XYZ, rgb.map(toLinear))
    .map((v, i) => v / WHITE[i])
    .map((t) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 4 / 29));
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

function fromLab([l, a, b]: number[]): number[] {
  const y = (l + 16) / 116;
  const xyz = [y + a / 500, y, Math.max(y - b / 200, 0)].map(
    (f, i) => WHITE[i] * (f > 0.2068966 ? f ** 3 : (f - 4 / 29) / 7.787),
  );
  return times(FROM_XYZ, xyz).map(fromLinear);
}

/** u' and v' of a colour. */
const chromaticity = ([x, y, z]: number[]) => [(4 * x) / (x + 15 * y + 3 * z), (9 * y) / (x + 15 * y + 3 * z)];

function luv(rgb: number[]): number[] {
  const xyz = times(TO_XYZ, rgb.map(toLinear));
  if (xyz[1] === 0) return [0, 0, 0];
  const l = xyz[1] > 0.008856 ? 116 * Math.cbrt(xyz[1]) - 16 : 903.3 * xyz[1];
  const [[u, v], [un, vn]] = [chromaticity(xyz), chromaticity(WHITE)];
  return [l, 13 * l * (u - un), 13 * l * (v - vn)];
}

/** From v' = 9Y / d and u' = 4X / d: d = 9Y / v', X = u' d / 4, and Z is what is left of d. */
function fromLuv([l, u, v]: number[]): number[] {
  if (l === 0) return [0, 0, 0];
  const [un, vn] = chromaticity(WHITE);
  const [a, b] = [un + u / (13 * l), vn + v / (13 * l)];
  const y = l > 7.999625 ? ((l + 16) / 116) ** 3 : l / 903.3;
  const d = (9 * y) / b;
  const x = (a * d) / 4;
  return times(FROM_XYZ, [x, y, (d - x - 15 * y) / 3]).map(fromLinear);
}

const luma = ([r, g, b]: number[]) => 0.299 * r + 0.587 * g + 0.114 * b;

const colorMatrix: Reference64 = (x, p, o) => {
  needColour(x, "colorMatrix");
  return build(x.shape, (n, c, i, j) => {
    const m = row(p, "matrix", n, [1, 0, 0, 0, 1, 0, 0, 0, 1]);
    let sum = row(p, "offset", n, [0, 0, 0])[c];
    for (let k = 0; k < 3; k++) sum += m[3 * c + k] * pixel(x, n, k, i, j);
    return o.clip === true ? clamp(sum, 0, 1) : sum;
  });
};

const adjustLog: Reference64 = (x, p, o) =>
  perChannel(x, (v, n) => {
    const positive = Math.max(v, 0);
    return clip(scalar(p, "gain", n, 1) * (o.inverse ? 2 ** positive - 1 : Math.log2(1 + positive)), o);
  });

const adjustSigmoid: Reference64 = (x, p, o) =>
  perChannel(x, (v, n) => {
    const s = 1 / (1 + Math.exp(scalar(p, "gain", n, 10) * (scalar(p, "cutoff", n, 0.5) - v)));
    return o.inverse ? 1 - s : s;
  });

export const references: Record<string, Reference64> = {
  rgbToHsv: ofColour("rgbToHsv", toHsv),
  hsvToRgb: ofColour("hsvToRgb", ([h, s, v]) => hsvToRgb([frac(h), s, v])),
  rgbToHls: ofColour("rgbToHls", hls),
  hlsToRgb: ofColour("hlsToRgb", fromHls),
  rgbToLinearRgb: (x) => perChannel(x, toLinear),
  linearRgbToRgb: (x) => perChannel(x, fromLinear),
  rgbToXyz: ofColour("rgbToXyz", (rgb) => times(TO_XYZ, rgb)),
  xyzToRgb: ofColour("xyzToRgb", (xyz) => times(FROM_XYZ, xyz)),
  rgbToLab: ofColour("rgbToLab", lab),
  labToRgb: ofColour("labToRgb", (x, clipped) => unit(fromLab(x), clipped)),
  rgbToLuv: ofColour("rgbToLuv", luv),
  luvToRgb: ofColour("luvToRgb", fromLuv),
  rgbToYcbcr: ofColour("rgbToYcbcr", (x) => [luma(x), 0.564 * (x[2] - luma(x)) + 0.5, 0.713 * (x[0] - luma(x)) + 0.5]),
  ycbcrToRgb: ofColour("ycbcrToRgb", ([y, cb, cr], clipped) => {
    const [b, r] = [cb - 0.5, cr - 0.5];
    return unit([y + 1.403 * r, y - 0.714 * r - 0.344 * b, y + 1.773 * b], clipped);
  }),
  rgbToYuv: ofColour("rgbToYuv", (x) =>
    times(
      [
        [0.299, 0.587, 0.114],
        [-0.147, -0.289, 0.436],
        [0.615, -0.515, -0.1],
      ],
      x,
    ),
  ),
  yuvToRgb: ofColour("yuvToRgb", ([y, u, v]) => [y + 1.14 * v, y - 0.396 * u - 0.581 * v, y + 2.029 * u]),
  sepia: ofColour(
    "sepia",
    (x, clipped) =>
      unit(
        times(
          [
            [0.393, 0.769, 0.189],
            [0.349, 0.686, 0.168],
            [0.272, 0.534, 0.131],
          ],
          x,
        ),
        clipped,
      ),
    false,
  ),
  colorMatrix,
  adjustLog,
  adjustSigmoid,
};

/** Powers and products: pixels far from 0..1, or next to 0, over- or underflow f32 on the way. */
export const overflows = true;

const matrix = [
  [0.9, 0.2, -0.1, 0.1, 0.8, 0.2, -0.2, 0.3, 1.1],
  [0.3, 0.6, 0.2, -0.4, 1.2, 0.1, 0.5, -0.3, 0.7],
];
const offset = [
  [0.05, -0.1, 0.2],
  [-0.3, 0.1, 0],
];

export const cases: Case64[] = [
  { name: "rgbToHsv" },
  { name: "hsvToRgb" },
  { name: "hsvToRgb", range: [-1, 1] },
  { name: "rgbToHls" },
  { name: "hlsToRgb" },
  { name: "rgbToLinearRgb" },
  { name: "rgbToLinearRgb", range: [-0.1, 0.1] },
  { name: "linearRgbToRgb" },
  { name: "linearRgbToRgb", range: [-0.01, 0.01] },
  { name: "rgbToXyz" },
  { name: "xyzToRgb" },
  { name: "rgbToLab" },
  { name: "rgbToLab", range: [0, 0.1] },
  { name: "labToRgb", range: [5, 60] },
  { name: "labToRgb", range: [1, 60], options: { clip: false } },
  { name: "rgbToLuv" },
  { name: "rgbToLuv", range: [0.02, 0.04] },
  { name: "luvToRgb", range: [9, 60] },
  { name: "luvToRgb", range: [3, 9] },
  { name: "rgbToYcbcr" },
  { name: "ycbcrToRgb" },
  { name: "ycbcrToRgb", options: { clip: false } },
  { name: "rgbToYuv" },
  { name: "yuvToRgb" },
  { name: "sepia" },
  { name: "sepia", options: { clip: true } },
  { name: "colorMatrix", params: { matrix, offset } },
  { name: "colorMatrix", params: { matrix, offset }, options: { clip: true } },
  { name: "adjustLog", params: { gain: two(0.8, 1.3) } },
  { name: "adjustLog", params: { gain: two(0.8, 1.3) }, options: { inverse: true, clip: false } },
  { name: "adjustSigmoid", params: { cutoff: two(0.5, 0.3), gain: two(10, 6) } },
  { name: "adjustSigmoid", params: { cutoff: two(0.5, 0.3), gain: two(10, 6) }, options: { inverse: true } },
];
