// Linear operations along one axis, as rows of weights: what each value of the result is made of.
import type { BandRow } from "../language/declare.ts";

export type { BandRow };

/** Weights by index, as the row that they are. */
function rowOf(weights: ReadonlyMap<number, number>): BandRow {
  if (weights.size === 0) return { start: 0, weights: [0] };
  const indices = [...weights.keys()];
  const start = Math.min(...indices);
  const length = Math.max(...indices) - start + 1;
  return { start, weights: Array.from({ length }, (_, k) => weights.get(start + k) ?? 0) };
}

function add(weights: Map<number, number>, index: number | null, weight: number): void {
  if (index !== null && weight !== 0) weights.set(index, (weights.get(index) ?? 0) + weight);
}

const modulo = (i: number, period: number): number => i - period * Math.floor(i / period);

/** The index that is seen at `i`; null for none. */
function seen(i: number, size: number, padding: string): number | null {
  if (i >= 0 && i < size) return i;
  if (padding === "border") return i < 0 ? 0 : size - 1;
  if (padding === "circular") return modulo(i, size);
  if (padding === "symmetric") {
    const r = modulo(i, 2 * size);
    return Math.min(r, 2 * size - 1 - r);
  }
  if (padding !== "reflection") return null;
  if (size === 1) return 0;
  const r = modulo(i, 2 * (size - 1));
  return Math.min(r, 2 * (size - 1) - r);
}

const BINOMIAL = [1, 4, 6, 4, 1];

/** The sum of five neighbours, weighted 1, 4, 6, 4, 1 over 16. */
export const binomial = (size: number, padding: string): BandRow[] =>
  Array.from({ length: size }, (_, i) => {
    const weights = new Map<number, number>();
    BINOMIAL.forEach((weight, t) => {
      add(weights, seen(i + t - 2, size, padding), weight / 16);
    });
    return rowOf(weights);
  });

/** Linear interpolation with half-pixel centres; the nearest pixel beyond the outermost centres. */
export const linear = (before: number, after: number): BandRow[] =>
  Array.from({ length: after }, (_, j) => {
    const at = Math.min(Math.max(((j + 0.5) * before) / after - 0.5, 0), before - 1);
    const first = Math.floor(at);
    const weights = new Map<number, number>();
    add(weights, first, 1 - (at - first));
    add(weights, first + 1, at - first);
    return rowOf(weights);
  });

/** Values at even places, means between them, and the last one twice. */
export const doubled = (before: number): BandRow[] =>
  Array.from({ length: 2 * before }, (_, j) => {
    const first = j >> 1;
    return j % 2 === 0 || first + 1 === before ? { start: first, weights: [1] } : { start: first, weights: [0.5, 0.5] };
  });

/** One operation after another, which stands on the right. */
export const product = (after: readonly BandRow[], before: readonly BandRow[]): BandRow[] =>
  after.map(({ start, weights }) => {
    const sums = new Map<number, number>();
    weights.forEach((outer, k) => {
      if (outer === 0) return;
      const row = before[start + k];
      row.weights.forEach((inner, t) => {
        add(sums, row.start + t, outer * inner);
      });
    });
    return rowOf(sums);
  });
