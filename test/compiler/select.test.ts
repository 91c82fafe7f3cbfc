import { describe, expect, test } from "vitest";
import { type Exchange, selection, sieve } from "../../src/compiler/kinds/stencil-select.ts";

const range = (n: number): number[] => Array.from({ length: n }, (_, k) => k);

/** What is not kept becomes NaN, so that nobody can use it. */
function exchanged(values: readonly number[], exchanges: readonly Exchange[]): number[] {
  const at = [...values];
  for (const { low, high, keepsLow, keepsHigh } of exchanges) {
    const [a, b] = [at[low], at[high]];
    at[low] = keepsLow ? Math.min(a, b) : Number.NaN;
    at[high] = keepsHigh ? Math.max(a, b) : Number.NaN;
  }
  return at;
}

/** Lists of 0 and 1, all of them where they are few: what selects in these, selects in any (Knuth, 5.3.4). */
function lists(n: number): number[][] {
  if (n <= 9) return range(2 ** n).map((bits) => range(n).map((i) => (bits >> i) & 1));
  return range(100).map((seed) => range(n).map((i) => Number(Math.sin(i * i + 7 * i + seed) > (seed % 9) / 5 - 0.8)));
}

const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);

describe.each([1, 2, 3, 5, 8, 9, 15, 25])("%i values", (n) => {
  const sets = [...range(n).map((rank) => [rank]), range(n), range(n).slice(-2), range(n).slice(0, 3)];
  test("of any ranks", () => {
    const selections = sets.map((ranks) => ({ ranks, exchanges: selection(n, ranks) }));
    for (const values of lists(n)) {
      const right = sorted(values);
      for (const { ranks, exchanges } of selections) {
        const found = exchanged(values, exchanges);
        if (ranks.some((rank) => found[rank] !== right[rank])) expect(found, `${values}: ${ranks}`).toEqual(right);
      }
    }
  });
});

test.each([
  [1, 1],
  [3, 3],
  [1, 9],
  [5, 1],
  [2, 4],
  [5, 3],
  [5, 5],
])("a matrix of %i x %i, columns first", (height, width) => {
  for (const rank of range(height * width)) {
    const { places, rank: left } = sieve(height, width, rank);
    const needed = range(height).filter((r) => places[r].length > 0);
    const ofColumns = selection(height, needed);
    const ofRows = needed.map((r) => selection(width, places[r]));
    const ofRest = selection(places.flat().length, [left]);
    for (const values of lists(height * width)) {
      const columns = range(width).map((c) =>
        exchanged(
          range(height).map((r) => values[r * width + c]),
          ofColumns,
        ),
      );
      const rest = needed.flatMap((r, k) => {
        const row = exchanged(
          columns.map((column) => column[r]),
          ofRows[k],
        );
        return places[r].map((place) => row[place]);
      });
      const found = exchanged(rest, ofRest)[left];
      if (found !== sorted(values)[rank]) expect(found, `${values}: ${rank}`).toBe(sorted(values)[rank]);
    }
  }
});

test("a median of 3 x 3 is the one of three", () => {
  expect(sieve(3, 3, 4)).toEqual({ places: [[2], [1], [0]], rank: 1 });
});
