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

export const references: Record<string, Reference64> = { autocontrast, normalizeMinMax, standardize };

/** Its squares. */
export const overflows = ["standardize"];

export const cases: Case64[] = [
  { name: "autocontrast", range: [0.2, 0.7] },
  { name: "normalizeMinMax", params: { min: two(-0.4, 0.1), max: two(1.7, 0.8) } },
  { name: "standardize" },
];
