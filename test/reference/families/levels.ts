/** Tone with steps, in float64: solarize, posterize and tables, and what is differentiated in the place of their jumps. */

import {
  build,
  type Case64,
  type Image64,
  type Options64,
  type Params64,
  pixel,
  type Reference64,
  scalar,
  two,
} from "../image.ts";
import { clamp } from "../pointwise.ts";

/** What solarize compares with its threshold. */
function shifted(v: number, p: Params64, o: Options64, n: number): number {
  const moved = v + scalar(p, "addition", n, 0);
  return o.clip === false ? moved : clamp(moved, 0, 1);
}

const solarize: Reference64 = (x, p, o) =>
  build(x.shape, (...at) => {
    const v = shifted(pixel(x, ...at), p, o, at[0]);
    return v < scalar(p, "threshold", at[0], 0.5) ? v : 1 - v;
  });

/** Differences move every number that is given; bits are a whole one. */
const bitsOf = (p: Params64, n: number): number => Math.round(scalar(p, "bits", n, 3));

/** A value in units of the steps of posterize. */
const levelOf = (v: number, bits: number): number => (255 * v + 2 ** -14) / 2 ** (8 - bits);

const posterize: Reference64 = (x, p) =>
  build(x.shape, (...at) => {
    const bits = bitsOf(p, at[0]);
    const v = pixel(x, ...at);
    if (bits === 8) return v;
    return bits === 0 ? 0 : (Math.floor(levelOf(v, bits)) * 2 ** (8 - bits)) / 255;
  });

/** A table read between its entries, or at the nearest: for each sample, or for all, one for all channels, or one each. */
export function lookUp(x: Image64, tables: number[][][], interpolation: unknown): Image64 {
  return build(x.shape, (...at) => {
    const rows = tables[tables.length === 1 ? 0 : at[0]];
    const table = rows[rows.length === 1 ? 0 : at[1]];
    const v = pixel(x, ...at);
    if (Number.isNaN(v)) return v;
    const t = clamp(v, 0, 1) * (table.length - 1);
    if (interpolation === "nearest") return table[Math.floor(t + 0.5)];
    const i = Math.min(Math.floor(t), table.length - 2);
    return table[i] + (t - i) * (table[i + 1] - table[i]);
  });
}

const lut: Reference64 = (x, p, o) => lookUp(x, [p.table], o.interpolation);

/** A place between two entries has the gradient of the line between them, for the nearest one too. */
const looked: Reference64 = (x, p, o, { wrt }) => lookUp(x, [p.table], wrt === "image" ? "linear" : o.interpolation);

const estimatorOf = (o: Options64): string => (o.estimator as string | undefined) ?? "straightThrough";

/** The point that a value of a case was moved from, by less than differences are taken over: cases have three digits. */
const before = (value: number): number => Math.round(value * 1000) / 1000;

/** Soft: a sigmoid in place of the step. Straight through: the step is what it is, and moves as the threshold does. */
const solarized: Reference64 = (x, p, o, context) => {
  const estimator = estimatorOf(o);
  if (estimator === "none" || (estimator === "straightThrough" && context.wrt !== "params"))
    return solarize(x, p, o, context);
  return build(x.shape, (...at) => {
    const v = shifted(pixel(x, ...at), p, o, at[0]);
    const threshold = scalar(p, "threshold", at[0], 0.5);
    const softness = (o.softness as number | undefined) ?? 0.05;
    const step =
      estimator === "soft"
        ? 1 / (1 + Math.exp(-(v - threshold) / softness))
        : (v < before(threshold) ? 0 : 1) - (threshold - before(threshold));
    return v + step * (1 - 2 * v);
  });
};

/** Soft: between two jumps a tanh, from the one level to the next. Straight through: no levels at all. */
const posterized: Reference64 = (x, p, o, context) => {
  const estimator = estimatorOf(o);
  if (estimator === "none") return posterize(x, p, o, context);
  return build(x.shape, (...at) => {
    const bits = bitsOf(p, at[0]);
    const v = pixel(x, ...at);
    if (bits === 0) return 0;
    if (bits === 8 || estimator === "straightThrough") return v;
    const k = (o.softness as number | undefined) ?? 0.1;
    const t = levelOf(v, bits);
    const next = Math.round(t);
    const soft = next - 0.5 + Math.tanh((t - next) / (2 * k)) / (2 * Math.tanh(1 / (4 * k)));
    return (soft * 2 ** (8 - bits)) / 255;
  });
};

export const references: Record<string, Reference64> = { solarize, posterize, lut };

export const surrogates: Record<string, Reference64> = { solarize: solarized, posterize: posterized, lut: looked };

const SOLARIZE = { threshold: two(0.45, 0.62), addition: two(0.1, -0.08) };

export const cases: Case64[] = [
  { name: "solarize", params: SOLARIZE },
  { name: "solarize", params: SOLARIZE, options: { estimator: "soft", softness: 0.1 } },
  { name: "solarize", params: { addition: SOLARIZE.addition }, options: { estimator: "none", clip: false } },
  { name: "posterize", params: { bits: two(3, 2) } },
  { name: "posterize", params: { bits: two(3, 5) }, options: { estimator: "soft", softness: 0.2 } },
  { name: "lut", params: { table: [[0.1, 0.15, 0.5, 0.9, 0.8]] } },
  { name: "lut", params: { table: [[0.1, 0.15, 0.5, 0.9, 0.8]] }, options: { interpolation: "nearest" } },
];
