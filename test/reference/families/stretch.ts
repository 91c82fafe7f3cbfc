/** Points that look at statistics of each channel, in float64. What is no number is left out of extremes and histograms. */

import { build, type Case64, type Image64, indexOf, pixel, type Reference64, scalar, two } from "../image.ts";

/** The values of one channel of one image. */
function plane({ data, shape }: Image64, n: number, c: number): Float64Array {
  const from = indexOf(shape, n, c, 0, 0);
  return data.subarray(from, from + shape[2] * shape[3]);
}

/** Each channel by itself: `f` gets all of its values, and says what becomes of one. */
function perPlane(x: Image64, f: (values: Float64Array, n: number) => (v: number) => number): Image64 {
  const made = Array.from({ length: x.shape[0] }, (_, n) =>
    Array.from({ length: x.shape[1] }, (_, c) => f(plane(x, n, c), n)),
  );
  return build(x.shape, (n, c, i, j) => made[n][c](pixel(x, n, c, i, j)));
}

function extremes(values: Float64Array): [low: number, high: number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const v of values) {
    if (v < low) low = v;
    if (v > high) high = v;
  }
  return [low, high];
}

const autocontrast: Reference64 = (x) =>
  perPlane(x, (values) => {
    const [low, high] = extremes(values);
    return (v) => (high > low ? (v - low) / (high - low) : v);
  });

const normalizeMinMax: Reference64 = (x, p) =>
  perPlane(x, (values, n) => {
    const [low, high] = extremes(values);
    const [min, max] = [scalar(p, "min", n, 0), scalar(p, "max", n, 1)];
    return (v) => min + ((max - min) * (v - low)) / (high - low + 1e-6);
  });

const standardize: Reference64 = (x) =>
  perPlane(x, (values) => {
    const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
    const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length;
    return (v) => (v - mean) / Math.sqrt(variance + 1e-5);
  });

/** Where a value stands among 256 levels: counted by equal widths, looked up by what is stored in eight bits. */
const level = (v: number, width: number) =>
  Math.min(Math.max(Math.floor(width * v + (width === 255 ? 2 ** -14 : 0)), 0), 255);

/** The table of a channel; null where there is nothing to spread. */
function table(values: Float64Array): number[] | null {
  const counts = new Array<number>(256).fill(0);
  for (const v of values) if (!Number.isNaN(v)) counts[level(v, 256)]++;
  const total = counts.reduce((sum, count) => sum + count, 0);
  const step = Math.floor((total - (counts.findLast((count) => count > 0) ?? 0)) / 255);
  if (step === 0) return null;
  let below = 0;
  return counts.map((count) => {
    const entry = Math.min(Math.floor((below + Math.floor(step / 2)) / step), 255) / 255;
    below += count;
    return entry;
  });
}

/** OpenCV's table: from the darkest level there is, 0, on; null for one level. */
function tableCv(values: Float64Array): number[] | null {
  const counts = new Array<number>(256).fill(0);
  for (const v of values) if (!Number.isNaN(v)) counts[byteOf(v)]++;
  const darkest = counts.findIndex((count) => count > 0);
  const rest = counts.reduce((sum, count, i) => (i > darkest ? sum + count : sum), 0);
  if (rest === 0) return null;
  const scale = Math.fround(255 / rest);
  let sum = 0;
  return counts.map((count, i) => {
    if (i <= darkest) return 0;
    sum += count;
    const f = Math.fround(sum * scale);
    const isTie = f - Math.floor(f) === 0.5;
    return (isTie ? 2 * Math.round(f / 2) : Math.round(f)) / 255;
  });
}

const byteOf = (v: number): number => Math.floor(Math.min(Math.max(v, 0), 1) * 255 + 0.5);

const equalizeHist: Reference64 = (x) =>
  perPlane(x, (values) => {
    const entries = tableCv(values);
    return (v) => (entries && !Number.isNaN(v) ? entries[byteOf(v)] : v);
  });

const equalizedHist: Reference64 = (x, p, o, context) => {
  if (o.estimator === "none") return equalizeHist(x, p, o, context);
  return perPlane(x, (values) => {
    const entries = o.estimator === "straightThrough" ? null : tableCv(values);
    return (v) => {
      if (!entries) return v;
      const i = byteOf(v);
      return entries[i] + (255 * v - i) * (entries[i] - entries[Math.max(i - 1, 0)]);
    };
  });
};

const equalize: Reference64 = (x) =>
  perPlane(x, (values) => {
    const entries = table(values);
    return (v) => (entries && !Number.isNaN(v) ? entries[level(v, 255)] : v);
  });

/** Straight lines from entry to entry, or the image itself. */
const equalized: Reference64 = (x, p, o, context) => {
  if (o.estimator === "none") return equalize(x, p, o, context);
  return perPlane(x, (values) => {
    const entries = o.estimator === "straightThrough" ? null : table(values);
    return (v) => {
      if (!entries) return v;
      const i = level(v, 255);
      return entries[i] + (255 * v - i) * (entries[Math.min(i + 1, 255)] - entries[i]);
    };
  });
};

export const references: Record<string, Reference64> = {
  autocontrast,
  equalize,
  equalizeHist,
  normalizeMinMax,
  standardize,
};

export const surrogates: Record<string, Reference64> = { equalize: equalized, equalizeHist: equalizedHist };

/** Its squares. */
export const overflows = ["standardize"];

export const cases: Case64[] = [
  { name: "autocontrast", range: [0.2, 0.7] },
  { name: "normalizeMinMax", params: { min: two(-0.4, 0.1), max: two(1.7, 0.8) } },
  { name: "standardize" },
  // More than 255 pixels a channel, none of them near the edge of a level: what moves by a difference leaves the table as it is.
  ...["equalize", "equalizeHist"].flatMap((name) =>
    ["slope", "straightThrough"].map(
      (estimator): Case64 => ({
        name,
        options: { estimator },
        shape: [2, 3, 17, 17],
        levels: name === "equalize" ? 51 : 102,
        range: [0, 0.44],
      }),
    ),
  ),
];
