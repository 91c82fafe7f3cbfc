/** Bands of frequencies, in float64: the bank as the paper's appendix makes it of a wavelet. */

import { type Case64, type Reference64, row } from "../image.ts";
import { correlated } from "./stencil.ts";

const convolved = (a: number[], b: number[]): number[] =>
  Array.from({ length: a.length + b.length - 1 }, (_, i) => a.reduce((sum, v, k) => sum + v * (b[i - k] ?? 0), 0));
const interleaved = (a: number[]): number[] => a.flatMap((v, i) => (i === 0 ? [v] : [0, v]));
const root = Math.sqrt(3);
const sym2 = [1 - root, 3 - root, 3 + root, 1 + root].map((v) => v / (4 * Math.SQRT2));
const power = (h: number[]): number[] => convolved(h, h.toReversed()).map((v) => v / 2);
const low = power(sym2);
const high = power(sym2.map((v, k) => (k % 2 ? -v : v)));

/** Four filters of 43 weights: each stage splits off the upper half of what is left. */
const bank = [1, 2, 3].reduce(
  (filters, stage) => {
    const next = filters.map((filter) => convolved(interleaved(filter), low));
    const start = (next[0].length - high.length) / 2;
    for (const [k, v] of high.entries()) next[stage][start + k] += v;
    return next;
  },
  [[1], [0], [0], [0]],
);

const frequencyBands: Reference64 = (x, params, options) => {
  const padding = (options.padding as string | undefined) ?? "reflection";
  const gains = Array.from({ length: x.shape[0] }, (_, n) => row(params, "gains", n, [1, 1, 1, 1]));
  const filters = gains.map((own) => bank[0].map((_, t) => own.reduce((sum, g, i) => sum + g * bank[i][t], 0)));
  const amount = gains.map((own) => {
    if (!options.normalized) return 1;
    const shares = own.map((g, i) => 1 + ((i === 0 ? 10 : 1) / 13) * (g * g - 1));
    return 1 / shares.reduce((a, b) => a * b);
  });
  const middle = (bank[0].length - 1) / 2;
  const across = correlated(
    x,
    filters.map((filter) => [filter]),
    [0, middle],
    padding,
  );
  return correlated(
    across,
    filters.map((filter, n) => filter.map((v) => [v * amount[n]])),
    [middle, 0],
    padding,
  );
};

export const references: Record<string, Reference64> = { frequencyBands };

export const cases: Case64[] = [
  {
    name: "frequencyBands",
    params: {
      gains: [
        [0.8, 1.3, 0.6, 1.7],
        [1.2, 0.4, 1.5, 0.9],
      ],
    },
    options: { normalized: true, padding: "symmetric" },
  },
];
