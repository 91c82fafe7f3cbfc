/** Thresholds in float64, and what is differentiated in the place of their jumps. */

import {
  build,
  type Case64,
  channel,
  type Image64,
  type Params64,
  pixel,
  type Reference64,
  scalar,
  two,
} from "../image.ts";

/** What a value becomes on either side of the threshold. */
function sides(mode: unknown, v: number, t: number, max: number): [low: number, high: number] {
  if (mode === "binaryInv") return [max, 0];
  if (mode === "trunc") return [v, t];
  if (mode === "tozero") return [0, v];
  return mode === "tozeroInv" ? [v, 0] : [0, max];
}

const sigmoid = (v: number) => 1 / (1 + Math.exp(-v));
const softnessOf = (o: Record<string, unknown>) => (o.softness as number | undefined) ?? 0.05;

const threshold: Reference64 = (x, p, o) =>
  build(x.shape, (...at) => {
    const [v, t] = [pixel(x, ...at), scalar(p, "threshold", at[0], 0.5)];
    const [low, high] = sides(o.mode, v, t, scalar(p, "max", at[0], 1));
    return Number.isNaN(v) ? v : v > t ? high : low;
  });

/** The threshold that a case has, from which differences move it by less than its digits. */
const before = (value: number): number => Math.round(value * 1000) / 1000;

const thresholded: Reference64 = (x, p, o, context) => {
  const estimator = o.estimator ?? "straightThrough";
  if (estimator === "none" || o.mode === "trunc") return threshold(x, p, o, context);
  const isConstant = o.mode === undefined || o.mode === "binary" || o.mode === "binaryInv";
  return build(x.shape, (...at) => {
    const [v, t] = [pixel(x, ...at), scalar(p, "threshold", at[0], 0.5)];
    const [low, high] = sides(o.mode, v, t, scalar(p, "max", at[0], 1));
    if (estimator === "soft") return low + sigmoid((v - t) / softnessOf(o)) * (high - low);
    if (context.wrt === "params") return low + ((v > before(t) ? 1 : 0) - (t - before(t))) * (high - low);
    return isConstant ? low + v * (high - low) : v > t ? high : low;
  });
};

/** A mask over the channels of each pixel, by a function of one channel. */
function masked(x: Image64, o: Record<string, unknown>, inside: (v: number, n: number, c: number) => number): Image64 {
  const [n, channels, h, w] = x.shape;
  const maskOf = (k: number, i: number, j: number) => {
    let m = 1;
    for (let c = 0; c < channels; c++) m *= inside(pixel(x, k, c, i, j), k, c);
    return m;
  };
  return build([n, o.mask ? 1 : channels, h, w], (k, c, i, j) => maskOf(k, i, j) * (o.mask ? 1 : pixel(x, k, c, i, j)));
}

const bounds = (p: Params64, n: number, c: number) => [channel(p, "lower", n, c), channel(p, "upper", n, c)];

const inRange: Reference64 = (x, p, o) =>
  masked(x, o, (v, n, c) => {
    const [lower, upper] = bounds(p, n, c);
    return v >= lower && v <= upper ? 1 : 0;
  });

const softlyInRange: Reference64 = (x, p, o, context) =>
  o.estimator === "none"
    ? inRange(x, p, o, context)
    : masked(x, o, (v, n, c) => {
        const [lower, upper] = bounds(p, n, c);
        return sigmoid((v - lower) / softnessOf(o)) * sigmoid((upper - v) / softnessOf(o));
      });

export const references: Record<string, Reference64> = { threshold, inRange };

export const surrogates: Record<string, Reference64> = { threshold: thresholded, inRange: softlyInRange };

const LEVELS = { threshold: two(0.45, 0.62), max: two(0.9, 0.7) };
const BOUNDS = {
  lower: [
    [0.1, 0.05, 0.2],
    [0.3, 0.1, 0.02],
  ],
  upper: [
    [0.8, 0.95, 0.9],
    [0.99, 0.85, 0.9],
  ],
};

export const cases: Case64[] = [
  { name: "threshold", params: LEVELS },
  { name: "threshold", params: LEVELS, options: { mode: "binaryInv", estimator: "soft" } },
  { name: "threshold", params: { threshold: LEVELS.threshold }, options: { mode: "trunc" } },
  { name: "threshold", params: { threshold: LEVELS.threshold }, options: { mode: "tozero" } },
  { name: "threshold", params: { threshold: LEVELS.threshold }, options: { mode: "tozeroInv", estimator: "soft" } },
  { name: "threshold", options: { mode: "tozero", estimator: "none" } },
  { name: "inRange", params: BOUNDS },
  { name: "inRange", params: BOUNDS, options: { mask: true, softness: 0.2 } },
];
