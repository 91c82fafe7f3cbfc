import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomApply, sequential, someOf } from "../../src/augment/index.ts";
import { tensor } from "../../src/tensor/index.ts";
import { invert } from "../../src/transforms/index.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();
const links = (count: number) => Array.from({ length: count }, () => invert());
const chosenBy = (pipeline: ReturnType<typeof sequential>, n: number) =>
  pipeline.sample(n, { step: 1 }).choices![0].chosen;

/** Probability of each sequence of `left` further links of weights, drawn one after the other. */
function sequences(weights: readonly number[], left: number, before: readonly number[] = []): Map<string, number> {
  if (left === 0) return new Map([[String(before), 1]]);
  const free = weights.map((w, k) => (before.includes(k) ? 0 : w));
  const sum = free.reduce((a, b) => a + b, 0);
  return new Map(
    free.flatMap((w, k) =>
      w === 0
        ? []
        : [...sequences(weights, left - 1, [...before, k])].map(
            ([name, p]) => [name, (p * w) / sum] as [string, number],
          ),
    ),
  );
}

describe("weights", () => {
  it.each([
    [[3, 1, 0, 2], 2],
    [[1, 5, 1], 3],
    [[0, 0, 4], 1],
  ])("%j: %d of them, one drawn after the other", (weights, count) => {
    const total = 20000;
    const random = chosenBy(sequential([someOf(count, links(weights.length), { weights, order: "random" })]), total);
    const found = new Map<string, number>();
    for (const row of random) found.set(String(row), (found.get(String(row)) ?? 0) + 1);
    const expected = sequences(weights, count);
    expect(new Set(found.keys())).toEqual(new Set(expected.keys()));
    for (const [name, p] of expected)
      expect(Math.abs(found.get(name)! - total * p)).toBeLessThanOrEqual(5 * Math.sqrt(total * p * (1 - p)));
    // In the order given the same links run.
    const given = chosenBy(sequential([someOf(count, links(weights.length), { weights })]), total) as number[][];
    expect(given).toEqual((random as number[][]).map((row) => row.toSorted((a, b) => a - b)));
  });
});

it("a count is that of Kornia's random_apply, p that of torchvision's RandomApply", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), fc.nat(5), fc.nat(5), (size, a, b) => {
      const [least, most] = [Math.min(a, b, size), Math.min(Math.max(a, b), size)];
      for (const [count, from, to] of [
        [least, least, least],
        [[least], least, size],
        [[least, most], least, most],
        [true, size, size],
      ] as const) {
        const rows = chosenBy(sequential([randomApply(links(size), { count })]), 400) as number[][];
        expect(Math.min(...rows.map((row) => row.length))).toBe(from);
        expect(Math.max(...rows.map((row) => row.length))).toBe(to);
        for (const row of rows) expect(new Set(row).size).toBe(row.length);
      }
      const orders = chosenBy(sequential([randomApply(links(2), { count: 2 })]), 200) as number[][];
      expect(new Set(orders.map(String)).size).toBe(2);
    }),
    { numRuns: 20 },
  );
  const coins = (p?: number) =>
    (chosenBy(sequential([randomApply(links(2), { p })]), 4000) as number[]).reduce((sum, coin) => sum + coin, 0) /
    4000;
  expect(Math.abs(coins() - 0.5)).toBeLessThan(0.04);
  expect(Math.abs(coins(0.2) - 0.2)).toBeLessThan(0.04);
});

it("prints as what it is; bad input is refused", () => {
  expect(String(randomApply([invert()], { p: 0.3, key: "a" }))).toBe('sometimes(0.3, [invert()], { key: "a" })');
  expect(String(randomApply([invert(), []], { count: true, weights: [1, 2] }))).toBe(
    'someOf(2, [invert(), []], { weights: [1, 2], order: "random" })',
  );
  expect(String(randomApply([invert(), []], { count: [1], order: "given" }))).toBe("someOf([1, 2], [invert(), []])");
  const bad = (options: object) => () => randomApply([invert(), []], options as never);
  expect(bad({ p: 0.5, count: 1 })).toThrow(/^p of randomApply\(\): got 0.5; allowed is nothing beside a count/);
  expect(bad({ weights: [1, 1] })).toThrow(/^weights of randomApply\(\): got .*nothing without a count/);
  expect(bad({ order: "random" })).toThrow(/^order of randomApply\(\)/);
  expect(bad({ p: 2 })).toThrow(/^p: got 2/);
  expect(bad({ chance: 1 })).toThrow(/chance/);
  for (const count of [3, [2, 1], [0, 3], 1.5, [], "1", false, [Number.NaN]])
    expect(bad({ count })).toThrow(/^count of someOf\(\): got/);
  expect(bad({ count: 2, weights: [1, 0] })).toThrow(/there are 1 links with a weight above 0/);
  for (const weights of [[1], [1, -1], [0, 0], [1, Number.NaN], "12", 1])
    expect(bad({ count: 1, weights })).toThrow(/^weights(\[1\])? of someOf\(\): got/);
  expect(bad({ count: 1, weights: tensor(device.gpu, [1, 1]) })).toThrow(/^weights of someOf\(\): .*oneOf\(\) learn/);
  expect(() => randomApply([], { count: 0 })).toThrow(/^links of randomApply\(\): got no link/);
});
