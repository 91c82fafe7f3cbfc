/** Draws whose values depend on each other: orders, choices of some, and partners in a batch. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  ArgumentError,
  apply,
  channelDropout,
  channelShuffle,
  invert,
  jigsaw,
  mixup,
  mosaic,
  partners,
  permutation,
  rotate,
  type Sampled,
  sequential,
  subset,
  tensor,
  uniform,
} from "../../src/index.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const sorted = (list: readonly number[]): number[] => [...list].sort((a, b) => a - b);
const rowsOf = (sampled: Sampled, param: string): number[][] => sampled.transforms[0].params[param] as number[][];
const seeds = fc.record({ seed: fc.nat(), step: fc.nat() });

describe("permutation", () => {
  test("draws an order of channels and of tiles, one for each sample", () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 4 }), (keys, c, rows) => {
        const shuffled = sequential([channelShuffle({ order: permutation() })]);
        for (const row of rowsOf(shuffled.sample(3, { ...keys, shape: [3, c, 2, 2] }), "order"))
          expect(sorted(row)).toEqual(upTo(c));
        const puzzle = sequential([jigsaw({ permutation: permutation(), grid: [rows, 2] })]);
        for (const row of rowsOf(puzzle.sample(3, keys), "permutation")) expect(sorted(row)).toEqual(upTo(2 * rows));
        const whole = sequential([jigsaw({ permutation: permutation(), grid: 1 })]);
        expect(rowsOf(whole.sample(3, keys), "permutation")).toEqual([[0], [0], [0]]);
      }),
      { numRuns: 30 },
    );
  });

  test("all orders are equally likely, and a sample's is the same in any batch", () => {
    const shuffled = sequential([channelShuffle({ order: permutation() })]);
    const n = 3000;
    const rows = rowsOf(shuffled.sample(n, { step: 1, shape: [n, 3, 1, 1] }), "order");
    const counts = new Map<string, number>();
    for (const row of rows) counts.set(row.join(), (counts.get(row.join()) ?? 0) + 1);
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - n / 6)).toBeLessThan(5 * Math.sqrt((n * 5) / 36));
    const alone = shuffled.sample(1, { step: 1, samples: [77], shape: [1, 3, 1, 1] });
    expect(rowsOf(alone, "order")[0]).toEqual(rows[77]);
  });
});

test("subset draws as many ones as it says, each channel as often", () => {
  const n = 2000;
  for (const count of [0, 1, 3, 4]) {
    const rows = rowsOf(
      sequential([channelDropout({ drop: subset(count) })]).sample(n, { step: 2, shape: [n, 4, 1, 1] }),
      "drop",
    );
    for (const row of rows) expect(row.filter((each) => each === 1)).toHaveLength(count);
    for (const c of upTo(4)) {
      const hits = rows.filter((row) => row[c] === 1).length;
      expect(Math.abs(hits - (n * count) / 4)).toBeLessThanOrEqual(5 * Math.sqrt((n * count * (4 - count)) / 16));
    }
  }
});

describe("partners", () => {
  const mix = sequential([mixup({ partner: partners(), lambda: 0.5 })]);
  const drawn = (sampled: Sampled) => sampled.transforms[0].params.partner as number[];

  test("each sample is the partner of one, none its own, and the batch's order does not matter", () => {
    const identities = fc.uniqueArray(fc.nat(1e6), { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(seeds, identities, fc.nat(), (keys, samples, turn) => {
        const pairs = (list: number[]) => {
          const chosen = drawn(mix.sample(list.length, { ...keys, samples: list }));
          expect(sorted(chosen)).toEqual(upTo(list.length));
          chosen.forEach((partner, i) => expect(partner).not.toBe(i));
          return new Map(chosen.map((partner, i) => [list[i], list[partner]]));
        };
        const by = turn % samples.length;
        const before = pairs(samples);
        for (const [sample, partner] of pairs([...samples.slice(by), ...samples.slice(0, by)]))
          expect(before.get(sample)).toBe(partner);
      }),
      { numRuns: 50 },
    );
    expect(drawn(mix.sample(1, { step: 0 }))).toEqual([0]);
  });

  test("all pairs are equally likely, the partners of a mosaic are drawn apart, and steps differ", () => {
    const times = 1200;
    const first = upTo(times).map((step) => drawn(mix.sample(4, { step }))[0]);
    for (const k of [1, 2, 3]) {
      const hits = first.filter((each) => each === k).length;
      expect(Math.abs(hits - times / 3)).toBeLessThan(5 * Math.sqrt((times * 2) / 9));
    }
    const rows = rowsOf(sequential([mosaic({ partners: partners(), x: 1, y: 1 })]).sample(16, { step: 0 }), "partners");
    for (const k of [0, 1, 2]) expect(sorted(rows.map((row) => row[k]))).toEqual(upTo(16));
    expect(rows.map((row) => row[0])).not.toEqual(rows.map((row) => row[1]));
  });

  test("what was drawn is mixed, and a recipe has it: as JSON it replays to the same bits", async () => {
    using scope = device.gpu.scope();
    const x = tensor(device.gpu, [0.1, 0.2, 0.4, 0.8], [4, 1, 1, 1]);
    const augment = sequential([mixup({ partner: partners(), lambda: 0 })]);
    const y = await augment(x, { step: 3 }).read();
    const recipe = JSON.parse(JSON.stringify(augment.sample(4, { step: 3 }))) as Sampled;
    expect(await augment.replay(x, recipe).read()).toEqual(y);
    const before = await x.read();
    expect(Array.from(y)).toEqual(drawn(recipe).map((partner) => before[partner]));
    void scope;
  });
});

test("they print as they were made, and are refused where they make no sense, by the parameter's name", () => {
  expect(String(sequential([channelDropout({ drop: subset(2) }), mixup({ partner: partners(), lambda: 1 })]))).toBe(
    "sequential([channelDropout({ drop: subset(2) }), mixup({ partner: partners(), lambda: 1 })])",
  );
  const wrong: [string, () => unknown][] = [
    ["rotate.angle", () => sequential([rotate({ angle: permutation() })])],
    ["rotate.angle", () => sequential([rotate({ angle: partners() })])],
    ["invert.max", () => sequential([invert({ max: subset(1) })])],
    ["mixup.partner", () => sequential([mixup({ partner: permutation(), lambda: 1 })])],
    ["channelShuffle.order", () => sequential([channelShuffle({ order: partners() })])],
    ["channelDropout.drop", () => sequential([channelDropout({ drop: permutation() })])],
    ["jigsaw.permutation", () => sequential([jigsaw({ permutation: uniform(0, 3) as never, grid: 2 })])],
    ["count of subset()", () => subset(1.5)],
    ["count of subset()", () => subset(-1)],
    ["count of subset()", () => subset(Number.NaN)],
    ["count of subset()", () => sequential([channelDropout({ drop: subset(4) })]).sample(1, { step: 0, shape: [1, 3, 1, 1] })],
  ]; // biome-ignore format: rows
  for (const [argument, call] of wrong) {
    expect(call).toThrow(ArgumentError);
    expect(call).toThrow(argument);
  }
  const x = tensor(device.gpu, [0.5], [1, 1, 1, 1]);
  expect(() => apply(x, mixup({ partner: partners(), lambda: 1 }))).toThrow("sequential");
  x.dispose();
});
