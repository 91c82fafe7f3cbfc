/** Block transforms in float64: JPEG as a differentiable codec, and pixelate. */

import {
  build,
  type Case64,
  type Image64,
  type Params64,
  pixel,
  type Reference64,
  row,
  scalar,
  two,
} from "../image.ts";

/** Rows of equal length. */
type Plane = Float64Array[];

/** Annex K of the JPEG standard, rows of vertical frequency. */
// biome-ignore format: a table
export const LUMA = [
  16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
  18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
];
/** Quantisation of chroma: 99 but for the lowest frequencies. */
export const CHROMA = Array.from({ length: 64 }, (_, k) => {
  const known = ["17 18 24 47", "18 21 26 66", "24 26 56", "47 66"][k >> 3]?.split(" ") ?? [];
  return Number(known[k & 7] ?? 99);
});

/** Whole numbers, and how a value between them counts: `soft` is Shin and Song's polynomial, `hard` is the number alone. */
interface Rounding {
  round: (v: number) => number;
  floor: (v: number) => number;
  between: (v: number, low: number, high: number) => number;
}

/** To the nearest, halves to the even one. */
const nearest = (v: number): number => {
  const low = Math.floor(v);
  return v - low === 0.5 ? low + (low % 2 === 0 ? 0 : 1) : Math.round(v);
};

const soft: Rounding = {
  round: (v) => nearest(v) + (v - nearest(v)) ** 3,
  floor: (v) => Math.floor(v) + (v - 0.5 - Math.floor(v)) ** 3,
  between: (v, low, high) => {
    if (v > high) return high - 0.02 * (Math.exp(high - v) - 1);
    return v < low ? low + 0.02 * (Math.exp(v - low) - 1) : v;
  },
};

const hard: Rounding = {
  round: nearest,
  floor: Math.floor,
  between: (v, low, high) => Math.min(Math.max(v, low), high),
};

/** Scaled by quality: 100 / 2 means half of it, and 50 the table itself. */
export function quantisation(table: readonly number[], quality: number, { floor, between }: Rounding = soft): number[] {
  const scale = floor(quality < 50 ? 5000 / quality : 200 - 2 * quality);
  return table.map((entry) => floor(between((entry * scale + 50) / 100, 1, 255)));
}

/** cos((2x + 1) u π / 16) / 2, less for u = 0, by [u][x]. */
const COSINES = Array.from({ length: 8 }, (_, u) =>
  Float64Array.from(
    { length: 8 },
    (_, x) => (u === 0 ? Math.SQRT1_2 : 1) * 0.5 * Math.cos(((2 * x + 1) * u * Math.PI) / 16),
  ),
);

/** The cosine transform of each of eight lines of a block, or its inverse. */
function along(block: Float64Array, stride: number, step: number, inverse: boolean): Float64Array {
  const result = new Float64Array(64);
  for (let line = 0; line < 8; line++)
    for (let a = 0; a < 8; a++) {
      let sum = 0;
      for (let b = 0; b < 8; b++) sum += (inverse ? COSINES[b][a] : COSINES[a][b]) * block[line * stride + b * step];
      result[line * stride + a * step] = sum;
    }
  return result;
}

/** A plane whose sides 8 divides, block by block. */
function coded(plane: Plane, table: readonly number[], { round }: Rounding): Plane {
  const result = plane.map((line) => new Float64Array(line.length));
  const block = new Float64Array(64);
  for (let y = 0; y < plane.length; y += 8)
    for (let x = 0; x < plane[0].length; x += 8) {
      for (let k = 0; k < 64; k++) block[k] = 255 * plane[y + (k >> 3)][x + (k & 7)] - 128;
      const spectrum = along(along(block, 8, 1, false), 1, 8, false);
      for (let k = 0; k < 64; k++) spectrum[k] = round(spectrum[k] / table[k]) * table[k];
      const back = along(along(spectrum, 8, 1, true), 1, 8, true);
      for (let k = 0; k < 64; k++) result[y + (k >> 3)][x + (k & 7)] = (back[k] + 128) / 255;
    }
  return result;
}

/** A plane with sides `scale` times as long; `value` gives each line of it from one of the plane. */
function separable(
  plane: Plane,
  scale: number,
  value: (at: (i: number) => number, k: number, size: number) => number,
): Plane {
  const rows = plane.map((line) =>
    Float64Array.from({ length: line.length * scale }, (_, k) => value((i) => line[i], k, line.length)),
  );
  return Array.from({ length: plane.length * scale }, (_, k) =>
    Float64Array.from(rows[0], (_, j) => value((i) => rows[i][j], k, rows.length)),
  );
}

const SIDE = Math.exp(-2) / (1 + 2 * Math.exp(-2));

/** Halves both sides as Kornia does: a Gaussian of three taps with a deviation of 1/2, then means of two by two. */
const halved = (plane: Plane): Plane =>
  separable(plane, 0.5, (at, k, size) => {
    const blurred = (i: number) =>
      (1 - 2 * SIDE) * at(i) + SIDE * (at(Math.abs(i - 1)) + at(i + 1 < size ? i + 1 : i - 1));
    return (blurred(2 * k) + blurred(2 * k + 1)) / 2;
  });

/** Doubles both sides by linear interpolation between half-pixel centres. */
const doubled = (plane: Plane): Plane =>
  separable(plane, 2, (at, k, size) => {
    const own = k >> 1;
    const next = Math.min(Math.max(own + (k % 2 === 0 ? -1 : 1), 0), size - 1);
    return 0.75 * at(own) + 0.25 * at(next);
  });

/** Encoded and decoded, with numbers rounded as it is said. */
function encoded(x: Image64, params: Params64, rounding: Rounding): Image64 {
  const [samples, , H, W] = x.shape;
  const [high, wide] = [16 * Math.ceil(H / 16), 16 * Math.ceil(W / 16)];
  const decoded = Array.from({ length: samples }, (_, n) => {
    const rgb = [0, 1, 2].map((c) =>
      Array.from({ length: high }, (_, i) =>
        Float64Array.from({ length: wide }, (_, j) => pixel(x, n, c, Math.min(i, H - 1), Math.min(j, W - 1))),
      ),
    );
    const luma = rgb[0].map((line, i) => line.map((r, j) => 0.299 * r + 0.587 * rgb[1][i][j] + 0.114 * rgb[2][i][j]));
    const chroma = ([channel, factor]: readonly [number, number]) =>
      halved(luma.map((line, i) => line.map((y, j) => (rgb[channel][i][j] - y) * factor + 0.5)));
    const quality = scalar(params, "quality", n, 50);
    const ofLuma = quantisation(row(params, "quantizationTableY", n, LUMA), quality, rounding);
    const ofChroma = quantisation(row(params, "quantizationTableC", n, CHROMA), quality, rounding);
    const [blue, red] = (
      [
        [2, 0.564],
        [0, 0.713],
      ] as const
    ).map((what) => doubled(coded(chroma(what), ofChroma, rounding)));
    return { luma: coded(luma, ofLuma, rounding), blue, red };
  });
  return build(x.shape, (n, c, i, j) => {
    const [y, cb, cr] = [decoded[n].luma[i][j], decoded[n].blue[i][j] - 0.5, decoded[n].red[i][j] - 0.5];
    const value = [y + 1.403 * cr, y - 0.714 * cr - 0.344 * cb, y + 1.773 * cb][c];
    return Math.min(Math.max(value, 0), 1);
  });
}

/** Params quality, quantizationTableY, quantizationTableC; option estimator: polynomial (default) or straightThrough. */
const jpeg: Reference64 = (x, params, options) =>
  encoded(x, params, options.estimator === "straightThrough" ? hard : soft);

/** With whole numbers, as an encoder has them. */
export const hardJpeg = (x: Image64, params: Params64): Image64 => encoded(x, params, hard);

/** What has the derivatives of hard rounding with straight-through: what rounding takes from a number stays what it is at `x`. */
export function straightJpeg(x: Image64, params: Params64): (moved: Image64, quality: number) => Image64 {
  const rests: number[] = [];
  const noted = (rule: (v: number) => number) => (v: number) => {
    const value = rule(v);
    rests.push(value - v);
    return value;
  };
  encoded(x, params, { ...hard, round: noted(hard.round), floor: noted(hard.floor) });
  return (moved, quality) => {
    let at = 0;
    const shifted = (v: number) => v + rests[at++];
    return encoded(moved, { ...params, quality: [[quality]] }, { ...hard, round: shifted, floor: shifted });
  };
}

/** Param amount; option blockSize [height, width]: a part of each block is its mean over what it has of the image. */
const pixelate: Reference64 = (x, params, options) => {
  const [, , H, W] = x.shape;
  const size = options.blockSize as number | [number, number];
  const [high, wide] = typeof size === "number" ? [size, size] : size;
  return build(x.shape, (n, c, i, j) => {
    const [top, left] = [i - (i % high), j - (j % wide)];
    let sum = 0;
    let count = 0;
    for (let y = top; y < Math.min(top + high, H); y++)
      for (let z = left; z < Math.min(left + wide, W); z++) {
        sum += pixel(x, n, c, y, z);
        count++;
      }
    const v = pixel(x, n, c, i, j);
    return v + scalar(params, "amount", n, 1) * (sum / count - v);
  });
};

export const references: Record<string, Reference64> = { jpeg, pixelate };

/** Tables of their own for each sample, a little away from the standard's. */
const varied = (table: readonly number[]): number[][] =>
  [0, 1].map((n) => table.map((entry, k) => entry + (n ? 0.37 : 2.61) * (1 + ((k * 7) % 5))));

const CODED = { steps: { quality: 1e-6 }, forward: 1e-4, backward: 1e-3 };

export const cases: Case64[] = [
  { name: "jpeg", params: { quality: two(37.3, 81.6) }, shape: [2, 3, 9, 7], ...CODED },
  // No padding: a kernel of its own.
  { name: "jpeg", params: { quality: two(71.9, 23.4) }, shape: [2, 3, 16, 32], ...CODED },
  {
    name: "jpeg",
    params: { quality: two(62.3, 11.7), quantizationTableY: varied(LUMA), quantizationTableC: varied(CHROMA) },
    shape: [2, 3, 2, 3],
    ...CODED,
  },
  { name: "pixelate", params: { amount: two(0.8, 0.35) }, options: { blockSize: [3, 2] } },
];
