/** Selecting values by their ranks, as exchanges of pairs. */

import { range } from "./stencil-cells.ts";

/** An exchange: the smaller value goes to `low`, the larger one to `high`. */
export interface Exchange {
  low: number;
  high: number;
  /** Whether what becomes of either place is looked at again. */
  keepsLow: boolean;
  keepsHigh: boolean;
}

type Pair = readonly [low: number, high: number];

/** Paeth's nineteen exchanges for the median of nine, which then stands in place 4 (Graphics Gems, 1990; order by Smith, 1996). */
const MEDIAN_OF_NINE: readonly Pair[] = [
  [1, 2],
  [4, 5],
  [7, 8],
  [0, 1],
  [3, 4],
  [6, 7],
  [1, 2],
  [4, 5],
  [7, 8],
  [0, 3],
  [5, 8],
  [4, 7],
  [3, 6],
  [1, 4],
  [2, 5],
  [4, 7],
  [4, 2],
  [6, 4],
  [4, 2],
];

/** Batcher's merge exchange sort of `n` values (Knuth, The Art of Computer Programming 3, algorithm 5.2.2 M). */
function sorting(n: number): Pair[] {
  const pairs: Pair[] = [];
  const top = 2 ** (Math.ceil(Math.log2(Math.max(n, 2))) - 1);
  for (let p = top; p > 0; p = Math.floor(p / 2)) {
    let q = top;
    let r = 0;
    let d = p;
    for (;;) {
      for (let i = 0; i < n - d; i++) if ((i & p) === r) pairs.push([i, i + d]);
      if (q === p) break;
      d = q - p;
      q /= 2;
      r = p;
    }
  }
  return pairs;
}

/** Passes that bring the `passes` largest of `n` values to their places, each the largest that is left. */
const largest = (n: number, passes: number): Pair[] =>
  range(passes).flatMap((done) => range(n - 1 - done).map((i): Pair => [i, i + 1]));

/** The same for the smallest. */
const smallest = (n: number, passes: number): Pair[] =>
  largest(n, passes).map(([low, high]): Pair => [n - 1 - high, n - 1 - low]);

/** The exchanges that bring values to the places `ranks`, the others left out, and which of their two values is looked at again. */
function needed(pairs: readonly Pair[], ranks: readonly number[]): Exchange[] {
  const looked = new Set(ranks);
  const kept: Exchange[] = [];
  for (const [low, high] of [...pairs].reverse()) {
    const exchange = { low, high, keepsLow: looked.has(low), keepsHigh: looked.has(high) };
    if (!exchange.keepsLow && !exchange.keepsHigh) continue;
    looked.add(low).add(high);
    kept.push(exchange);
  }
  return kept.reverse();
}

/** How many comparisons and choices exchanges are. */
const workOf = (exchanges: readonly Exchange[]): number =>
  exchanges.reduce((sum, { keepsLow, keepsHigh }) => sum + 1 + Number(keepsLow) + Number(keepsHigh), 0);

/** The exchanges that bring the values of `ranks`, counted from the smallest, to the places of these numbers: the least work that is known. */
export function selection(n: number, ranks: readonly number[]): Exchange[] {
  const known = [
    sorting(n),
    largest(n, n - Math.min(...ranks)),
    smallest(n, Math.max(...ranks) + 1),
    ...(n === 9 && ranks.join() === "4" ? [MEDIAN_OF_NINE] : []),
  ].map((pairs) => needed(pairs, ranks));
  return known.reduce((best, other) => (workOf(other) < workOf(best) ? other : best));
}

/** How the value of one rank of a matrix is found once its columns are sorted. */
export interface Sieve {
  /** The places of each row, once it is sorted, too, that may hold the value. */
  places: readonly (readonly number[])[];
  /** The rank of the value among what lies in these places. */
  rank: number;
}

/**
 * Rows that are sorted after the columns leave the columns sorted. So what stands in row r and column c is no smaller than all that lies above
 * and to the left of it, and no larger than all below and to the right: most places cannot hold the value.
 */
export function sieve(height: number, width: number, rank: number): Sieve {
  const behind = height * width - 1 - rank;
  const isBelow = (r: number, c: number) => (height - r) * (width - c) - 1 > behind;
  const isAbove = (r: number, c: number) => (r + 1) * (c + 1) - 1 > rank;
  const places = range(height).map((r) => range(width).filter((c) => !isBelow(r, c) && !isAbove(r, c)));
  const below = range(height).flatMap((r) => range(width).filter((c) => isBelow(r, c))).length;
  return { places, rank: rank - below };
}
