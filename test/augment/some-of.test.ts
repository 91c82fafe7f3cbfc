import { describe, expect, it } from "vitest";
import { oneOf, type Sampled, sequential, someOf, sometimes, type Tree, uniform } from "../../src/augment/index.ts";
import { apply } from "../../src/compiler/index.ts";
import { parameter, type Tensor, tensor } from "../../src/tensor/index.ts";
import { brightness, gamma, invert, rotate, type Transform } from "../../src/transforms/index.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();
const values = async (x: Tensor) => (await x.read()) as Float32Array;

/** Two points in a row. */
const two = (factor: number, power: number): Transform[] => [
  brightness({ factor, clip: false }),
  gamma({ gamma: power }),
];
/** What the points below make of a pixel: another order is another value. */
const STEPS: ((x: number) => number)[] = [(x) => 2 * x, (x) => 1 - x, (x) => x ** 2];
const points = (): Tree[] => [brightness({ factor: 2, clip: false }), invert(), gamma({ gamma: 2 })];

const start = (n: number) => Float32Array.from({ length: n }, (_, i) => 0.1 + (0.3 * i) / n);
const imagesOf = (pixels: Float32Array) => tensor(device.gpu, pixels, [pixels.length, 1, 1, 1]);
const parsed = (recipe: Sampled): Sampled => JSON.parse(JSON.stringify(recipe));

describe("someOf", () => {
  const N = 48;
  it("gives each sample its links, in the order given; alone, in a batch and replayed", async () => {
    const pipeline = sequential([someOf([0, 3], points())], { seed: 2 });
    const pixels = start(N);
    const y = await values(pipeline(imagesOf(pixels), { step: 1 }));
    const drawn = parsed(pipeline.sample(N, { step: 1 }));
    const chosen = drawn.choices![0].chosen as number[][];
    expect(new Set(chosen.map(String)).size).toBe(8);
    const expected = chosen.map((row, n) => row.reduce((x, k) => STEPS[k](x), pixels[n]));
    expect(Math.max(...expected.map((v, n) => Math.abs(v - y[n])))).toBeLessThan(1e-6);
    expect(await values(pipeline.replay(imagesOf(pixels), drawn))).toEqual(y);
    for (const n of [0, 17, 40])
      expect(await values(pipeline(imagesOf(pixels.slice(n, n + 1)), { step: 1, samples: [n] }))).toEqual(
        y.slice(n, n + 1),
      );
    expect(pipeline.explain([N, 1, 1, 1]).passes.map(({ kind }) => kind)).toEqual(["point"]);
  });

  it.each([
    [2, [0, 0, 1, 0, 0]],
    [
      [1, 4],
      [0, 0.25, 0.25, 0.25, 0.25],
    ],
    [0, [1, 0, 0, 0, 0]],
    [4, [0, 0, 0, 0, 1]],
  ] as [number | [number, number], number[]][])("%j: so many links, and each set as likely", (count, shares) => {
    const total = 20000;
    const pipeline = sequential([someOf(count, [invert(), [], invert(), invert()])]);
    const near = (found: number, p: number) =>
      expect(Math.abs(found - total * p)).toBeLessThanOrEqual(5 * Math.sqrt(total * p * (1 - p)));
    const sets = new Map<string, number>();
    const sizes = [0, 0, 0, 0, 0];
    for (let step = 0; step < 10; step++)
      for (const row of pipeline.sample(total / 10, { step }).choices![0].chosen as number[][]) {
        sets.set(String(row), (sets.get(String(row)) ?? 0) + 1);
        sizes[row.length]++;
      }
    const ways = [1, 4, 6, 4, 1];
    sizes.forEach((found, size) => {
      near(found, shares[size]);
      const alike = [...sets].filter(([set]) => (set === "" ? 0 : set.split(",").length) === size);
      expect(alike.length).toBe(shares[size] > 0 ? ways[size] : 0);
      for (const [, times] of alike) near(times, shares[size] / ways[size]);
    });
  });
});

describe("sometimes", () => {
  it("throws one coin for all of its links, and each transform's own besides", async () => {
    const N = 64;
    const pipeline = sequential([
      sometimes(0.5, [brightness({ factor: uniform(0.5, 1.5), clip: false }), invert({ p: 0.5 })]),
    ]);
    const pixels = start(N);
    const y = await values(pipeline(imagesOf(pixels), { step: 1 }));
    const drawn = parsed(pipeline.sample(N, { step: 1 }));
    const chosen = drawn.choices![0].chosen as number[];
    const factor = drawn.transforms[0].params.factor as number[];
    const own = drawn.transforms[1].on!;
    const expected = chosen.map((taken, n) => {
      const x = pixels[n] * factor[n];
      return taken ? (own[n] ? 1 - x : x) : pixels[n];
    });
    expect(Math.max(...expected.map((v, n) => Math.abs(v - y[n])))).toBeLessThan(1e-6);
    expect(new Set(chosen.map((taken, n) => 2 * taken + own[n])).size).toBe(4);
    expect(await values(pipeline.replay(imagesOf(pixels), drawn))).toEqual(y);
  });

  it.each([0, 0.2, 1])("p = %d is its rate", (p) => {
    const total = 20000;
    const pipeline = sequential([sometimes(p, invert())]);
    let found = 0;
    for (let step = 0; step < 10; step++)
      found += (pipeline.sample(total / 10, { step }).choices![0].chosen as number[]).reduce((a, b) => a + b, 0);
    expect(Math.abs(found - total * p)).toBeLessThanOrEqual(5 * Math.sqrt(total * p * (1 - p)));
  });
});

it("they stand in each other; an image goes through what it got, maps included", async () => {
  const N = 8;
  const EACH = 20;
  const shape = [N, 1, 4, 5];
  const pixels = Float32Array.from({ length: N * EACH }, (_, i) => ((i * 7) % 11) / 11);
  const pipeline = sequential([
    sometimes(0.7, sequential([someOf([1, 2], [rotate({ angle: uniform(10, 40) }), oneOf([invert(), two(0.5, 2)])])])),
  ]);
  const y = await values(pipeline(tensor(device.gpu, pixels, shape), { step: 3 }));
  const drawn = pipeline.sample(N, { step: 3 });
  const [outer, some, one] = drawn.choices!.map(({ chosen }) => chosen) as [number[], number[][], number[]];
  expect(drawn.choices!.map(({ name }) => name)).toEqual(["sometimes", "someOf", "oneOf"]);
  const angle = drawn.transforms[0].params.angle as number[];
  expect(new Set(outer).size).toBe(2);
  for (let n = 0; n < N; n++) {
    const rows = (outer[n] ? some[n] : []).map((k) =>
      k === 0 ? [rotate({ angle: angle[n] })] : one[n] === 0 ? [invert()] : two(0.5, 2),
    );
    const x = tensor(device.gpu, pixels.slice(n * EACH, (n + 1) * EACH), [1, 1, 4, 5]);
    const expected = await values(apply(x, rows.flat()));
    const got = y.slice(n * EACH, (n + 1) * EACH);
    expect(Math.max(...got.map((v, i) => Math.abs(v - expected[i])))).toBeLessThan(2e-6);
  }
  expect(await values(pipeline.replay(tensor(device.gpu, pixels, shape), drawn))).toEqual(y);
});

it("they print as they were written", () => {
  const tree = [
    someOf(1, [invert()]),
    someOf([0, 2], [invert(), []], { key: "k" }),
    sometimes(0.25, [invert()], { key: "c" }),
  ];
  expect(tree.map(String)).toEqual([
    "someOf(1, [invert()])",
    'someOf([0, 2], [invert(), []], { key: "k" })',
    'sometimes(0.25, [invert()], { key: "c" })',
  ]);
  expect(String(sometimes(0.5, invert()))).toBe("sometimes(0.5, invert())");
});

describe("bad input", () => {
  it("is refused when the selection is made", () => {
    for (const bad of [-1, 3, 0.5, Number.NaN, "1", null, undefined, [1], [2, 1], [0, 3], [0, 1, 2]])
      expect(() => someOf(bad as number, [invert(), []])).toThrow(
        /^count of someOf\(\): got .*from 0 to 2, or \[least, most\]/,
      );
    expect(() => someOf(1, [])).toThrow(/^links of someOf\(\): got no link/);
    for (const bad of [-0.1, 1.1, Number.NaN, "1", null, undefined, uniform(0, 1), parameter(device.gpu, [0, 1])])
      expect(() => sometimes(bad as number, [invert()])).toThrow(
        /^p of sometimes\(\): got .*; allowed is .*from 0 to 1/,
      );
    expect(() => sometimes(0.5, [invert(), 1 as never])).toThrow(/^links\[1\] of sometimes\(\): got 1/);
    expect(() => sequential([sometimes(0.5, [invert({ key: "a" }), invert({ key: "a" })])])).toThrow(
      /^transforms\[0\]\.links\[1\]\.key/,
    );
  });

  it("is refused with its place in the recipe", () => {
    const pipeline = sequential([someOf([0, 2], [invert(), [], invert()]), sometimes(0.5, invert())]);
    const edited = (i: number, value: unknown) => () => {
      const recipe = pipeline.sample(2, { step: 0 });
      (recipe.choices![i].chosen as unknown[])[1] = value;
      return pipeline.replay(imagesOf(start(2)), recipe);
    };
    for (const bad of [0, null, "0", [3], [-1], [0.5], [1, 0], [1, 1], [0, 1, 2, 3], [[0]], [Number.NaN]])
      expect(edited(0, bad)).toThrow(/^params\.choices\[0\]\.chosen\[1\]: got .*whole numbers from 0 to 2, ascending/);
    for (const bad of [2, -1, 0.5, true, null, [0]])
      expect(edited(1, bad)).toThrow(/^params\.choices\[1\]\.chosen\[1\]: got .*allowed is 0 or 1/);
    // More than would be drawn is what a recipe may say, as with any other draw.
    expect(edited(0, [0, 1, 2])).not.toThrow();
  });
});
