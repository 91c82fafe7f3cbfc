/** Selecting the value of one rank out of a list, as exchanges of pairs. */

/** An exchange: the smaller value goes to `low`, the larger one to `high`. */
export interface Exchange {
  low: number;
  high: number;
  /** Whether what becomes of either place is looked at again. */
  keepsLow: boolean;
  keepsHigh: boolean;
}

/** Paeth's nineteen exchanges for the median of nine, which then stands in place 4 (Graphics Gems, 1990; order by Smith, 1996). */
const MEDIAN_OF_NINE: readonly (readonly [number, number])[] = [
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
function sorting(n: number): [number, number][] {
  const pairs: [number, number][] = [];
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

/** The exchanges that bring the value of `rank`, counted from the smallest, to the place `rank`; what that does not need is left out. */
export function selection(n: number, rank: number): Exchange[] {
  const pairs = n === 9 && rank === 4 ? MEDIAN_OF_NINE : sorting(n);
  const looked = new Set([rank]);
  const kept: Exchange[] = [];
  for (const [low, high] of [...pairs].reverse()) {
    const exchange = { low, high, keepsLow: looked.has(low), keepsHigh: looked.has(high) };
    if (!exchange.keepsLow && !exchange.keepsHigh) continue;
    looked.add(low).add(high);
    kept.push(exchange);
  }
  return kept.reverse();
}
