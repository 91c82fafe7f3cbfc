import { describe, expect, it } from "vitest";
import { bernoulli, oneOf, type Sampled, sequential, type Tree, uniform } from "../../src/augment/index.ts";
import { backward, mul, sum } from "../../src/autograd/index.ts";
import { apply } from "../../src/compiler/index.ts";
import { parameter, type Tensor, tensor } from "../../src/tensor/index.ts";
import { brightness, choose, gamma, horizontalFlip, invert, rotate } from "../../src/transforms/index.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();
const N = 8;
const EACH = 30;
const SHAPE = [N, 1, 5, 6];
const pixels = Float32Array.from(
  { length: N * EACH },
  (_, i) => Math.abs(Math.sin((i + 1) * 12.9898) * 43758.5453) % 1,
);
const batch = () => tensor(device.gpu, pixels, SHAPE);
const values = async (x: Tensor) => (await x.read()) as Float32Array;
const sampleOf = (all: Float32Array, n: number) => all.slice(n * EACH, (n + 1) * EACH);
const worst = (a: Float32Array, b: Float32Array) => Math.max(...a.map((v, i) => Math.abs(v - b[i])));

/** The links that the samples got, for each `oneOf`. */
const chosenOf = ({ choices }: Sampled): number[][] =>
  choices!.flatMap(({ name, chosen }) => (name === "oneOf" ? [chosen as number[]] : []));

const links = (): Tree[] => [
  brightness({ factor: uniform(0.4, 0.6) }),
  [invert(), rotate({ angle: uniform(20, 40) })],
  horizontalFlip({ p: 0.5 }),
  [],
];

describe("a sample", () => {
  it("gets its link as it would alone, and no other; equal bits in a batch of one, and replayed", async () => {
    const pipeline = sequential([oneOf(links()), gamma({ gamma: uniform(0.5, 2) })], { seed: 4 });
    const y = await values(pipeline(batch(), { step: 2 }));
    const drawn: Sampled = JSON.parse(JSON.stringify(pipeline.sample(N, { step: 2 })));
    expect(drawn.choices![0].name).toBe("oneOf");
    const [chosen] = chosenOf(drawn);
    expect(new Set(chosen)).toEqual(new Set([0, 1, 2, 3]));
    const of = (transform: string, param: string, n: number) =>
      (drawn.transforms.find((each) => each.name === transform)!.params[param] as number[])[n];
    const flips = drawn.transforms.find((each) => each.name === "horizontalFlip")!.on!;
    expect(new Set(flips)).toEqual(new Set([0, 1]));
    for (let n = 0; n < N; n++) {
      const one = tensor(device.gpu, sampleOf(pixels, n), [1, ...SHAPE.slice(1)]);
      const alone = [
        () => [brightness({ factor: of("brightness", "factor", n) })],
        () => [invert(), rotate({ angle: of("rotate", "angle", n) })],
        () => (flips[n] ? [horizontalFlip()] : []),
        () => [],
      ][chosen[n]]();
      const expected = await values(apply(one, [...alone, gamma({ gamma: of("gamma", "gamma", n) })]));
      expect(worst(sampleOf(y, n), expected)).toBeLessThan(2e-6);
      expect(await values(pipeline(one, { step: 2, samples: [n] }))).toEqual(sampleOf(y, n));
    }
    expect(await values(pipeline.replay(batch(), drawn))).toEqual(y);
    expect(await values(pipeline.replay(batch(), await pipeline.read(drawn)))).toEqual(y);
  });

  it("keeps its draws whatever selections stand around it, and the draws of its links stay those of a flat pipeline", () => {
    const flat = sequential([rotate({ angle: uniform(0, 1) }), brightness({ factor: uniform(0.5, 1), p: 0.5 })]);
    const among = sequential([
      oneOf([rotate({ angle: uniform(0, 1) }), brightness({ factor: uniform(0.5, 1), p: 0.5 })]),
      oneOf([invert(), []]),
    ]);
    const { transforms, choices } = among.sample(64, { step: 3 });
    expect(transforms.slice(0, 2)).toEqual(flat.sample(64, { step: 3 }).transforms);
    expect(choices![0].chosen).not.toEqual(choices![1].chosen);
    const alone = sequential([oneOf([[], invert()])]);
    expect(alone.sample(64, { step: 3 }).choices![0]).toEqual(choices![0]);
    expect(alone.sample(3, { step: 3, samples: [40, 7, 63] }).choices![0].chosen).toEqual(
      [40, 7, 63].map((i) => choices![0].chosen[i]),
    );
    const keyed = (before: Tree[]) => sequential([...before, oneOf([[], invert()], { key: "a" })]);
    expect(keyed([oneOf([invert()])]).sample(64, { step: 3 }).choices![1]).toEqual(
      keyed([]).sample(64, { step: 3 }).choices![0],
    );
  });
});

describe("draws", () => {
  const SAMPLES = 2000;
  const STEPS = 10;
  const total = SAMPLES * STEPS;
  const drawn = (pipeline: ReturnType<typeof sequential>) =>
    Array.from({ length: STEPS }, (_, step) => chosenOf(pipeline.sample(SAMPLES, { step })));
  const near = (count: number, p: number) =>
    expect(Math.abs(count - total * p)).toBeLessThanOrEqual(5 * Math.sqrt(total * p * (1 - p)));

  it.each([
    [undefined, [1 / 3, 1 / 3, 1 / 3]],
    [
      [1, 0, 3],
      [0.25, 0, 0.75],
    ],
    [
      [0, 5e-324, 0],
      [0, 1, 0],
    ],
    [
      [1e307, 2e307, 5e307],
      [0.125, 0.25, 0.625],
    ],
  ])("weights %j give their shares", (weights, shares) => {
    const three = () => oneOf([invert(), [], invert()], { weights });
    const all = drawn(sequential([three(), three()]));
    const counts = [0, 0, 0];
    const pairs = [0, 0, 0];
    for (const [a, b] of all)
      a.forEach((k, i) => {
        counts[k]++;
        if (b[i] === k) pairs[k]++;
      });
    shares.forEach((share, k) => {
      near(counts[k], share);
      // Two selections are independent of each other.
      near(pairs[k], share * share);
    });
    // Steps, too: a sample is not always the same.
    const again = all[0][0].filter((k, i) => k === all[1][0][i]).length / SAMPLES;
    const same = shares.reduce((a, b) => a + b * b, 0);
    expect(Math.abs(again - same)).toBeLessThanOrEqual(5 * Math.sqrt((same * (1 - same)) / SAMPLES));
  });

  it("of one within another go to samples that took the outer link", async () => {
    const pipeline = sequential([oneOf([oneOf([brightness({ factor: 2, clip: false }), []]), invert()])]);
    const x = tensor(device.gpu, new Float32Array(64).fill(0.25), [64, 1, 1, 1]);
    const y = await values(pipeline(x, { step: 1 }));
    const [outer, inner] = chosenOf(pipeline.sample(64, { step: 1 }));
    expect(Array.from(y)).toEqual(outer.map((k, i) => (k === 1 ? 0.75 : inner[i] === 0 ? 0.5 : 0.25)));
    expect(new Set(y).size).toBe(3);
  });
});

it("costs one pass among points, and among maps and points; explain() says so", () => {
  const kinds = (...tree: Tree[]) =>
    sequential(tree)
      .explain(SHAPE)
      .passes.map(({ kind }) => kind);
  const points = [brightness({ factor: uniform(0.5, 1) }), invert({ p: 0.5 }), gamma({ gamma: 2 })];
  expect(kinds(oneOf(points))).toEqual(["point"]);
  expect(kinds(oneOf([...points, rotate({ angle: uniform(0, 9) }), horizontalFlip()]))).toEqual(["map"]);
  expect(kinds(oneOf([oneOf(points), []]), invert())).toEqual(["point"]);
});

describe("what learns within a link", () => {
  const learned = (value: number) => parameter(device.gpu, [value]);
  const weights = Float32Array.from(pixels, (v, i) => Math.sin(i) + v);

  it("has the gradients of the samples that got it", async () => {
    const lo = learned(0.5);
    const hi = learned(1.5);
    const p = learned(0.6);
    const pipeline = sequential([
      oneOf([brightness({ factor: uniform(lo, hi), clip: false }), invert({ p: bernoulli(p) })]),
    ]);
    const y = pipeline(batch(), { step: 1 });
    backward(sum(mul(tensor(device.gpu, weights, SHAPE), y)));
    const drawn = pipeline.sample(N, { step: 1 });
    const [chosen] = chosenOf(drawn);
    const units = drawn.transforms[0].units.factor as number[];
    const slope = (k: number, f: (n: number, i: number) => number) =>
      Array.from({ length: N * EACH }, (_, i) =>
        chosen[Math.floor(i / EACH)] === k ? f(Math.floor(i / EACH), i) : 0,
      ).reduce((a, b) => a + b, 0);
    expect(await lo.grad!.item()).toBeCloseTo(
      slope(0, (n, i) => (1 - units[n]) * weights[i] * pixels[i]),
      4,
    );
    expect(await hi.grad!.item()).toBeCloseTo(
      slope(0, (n, i) => units[n] * weights[i] * pixels[i]),
      4,
    );
    // Straight through the coin: what inverting changes.
    expect(await p.grad!.item()).toBeCloseTo(
      slope(1, (_, i) => weights[i] * (1 - 2 * pixels[i])),
      4,
    );
    const before = await values(y);
    expect(await values(pipeline.replay(batch(), drawn))).toEqual(before);
    expect(await values(pipeline.replay(batch(), await pipeline.read(drawn)))).toEqual(before);
  });

  it("gates and choices within it stay with its samples", async () => {
    const gate = tensor(
      device.gpu,
      Float32Array.from({ length: N }, () => 0.5),
      [N],
    );
    const index = tensor(
      device.gpu,
      Float32Array.from({ length: N }, (_, n) => n % 2),
      [N],
    );
    for (const given of [index, Array.from({ length: N }, (_, n) => n % 2)]) {
      const pipeline = sequential([
        oneOf([invert({ on: gate }), choose([brightness({ factor: 0.5 }), gamma({ gamma: 2 })], given), []]),
      ]);
      const [chosen] = chosenOf(pipeline.sample(N, { step: 1 }));
      const y = await values(pipeline(batch(), { step: 1 }));
      const expected = pixels.map((v, i) => {
        const n = Math.floor(i / EACH);
        return [0.5, n % 2 ? v * v : 0.5 * v, v][chosen[n]];
      });
      expect(new Set(chosen).size).toBe(3);
      expect(worst(y, expected)).toBeLessThan(1e-6);
      expect(await values(pipeline.replay(batch(), pipeline.sample(N, { step: 1 })))).toEqual(y);
    }
  });
});

it("steps leave memory as it was", () => {
  const { gpu } = device;
  const p = bernoulli(parameter(gpu, [0.6]));
  const pipeline = sequential([oneOf([invert({ p }), choose([invert()], tensor(gpu, [0])), []])]);
  const x = batch();
  const bytesAfter = (step: number) => {
    pipeline(x, { step }).dispose();
    return gpu.stats.bytesInUse;
  };
  const bytes = bytesAfter(0);
  expect(Array.from({ length: 20 }, (_, step) => bytesAfter(step + 1))).toEqual(new Array(20).fill(bytes));
});

it("prints as it was written", () => {
  const tree = oneOf([invert(), [brightness({ factor: uniform(0.5, 1) }), []]], { weights: [1, 2], key: "a" });
  expect(String(tree)).toBe(
    'oneOf([invert(), [brightness({ factor: uniform(0.5, 1) }), []]], { weights: [1, 2], key: "a" })',
  );
  expect(String(sequential([tree, oneOf([invert()])]))).toBe(`sequential([${tree}, oneOf([invert()])])`);
});

describe("bad input", () => {
  it("is refused when the selection is made", () => {
    const two = () => [invert(), []];
    const weighted = (weights: unknown) => () => oneOf(two(), { weights: weights as number[] });
    expect(() => oneOf([])).toThrow(/^links of oneOf\(\): got no link/);
    expect(() => oneOf(invert() as never)).toThrow(/^links of oneOf\(\): got/);
    expect(() => oneOf([invert(), [1 as never]])).toThrow(/^links\[1\]\[0\] of oneOf\(\): got 1/);
    expect(() => oneOf([sequential([invert()], { seed: 1 })])).toThrow(
      /^links\[0\] of oneOf\(\): got a pipeline with seed/,
    );
    expect(weighted([1])).toThrow(/^weights of oneOf\(\): got 1 numbers; allowed is 2 numbers/);
    for (const bad of [-1, Number.NaN, Infinity, "1", null])
      expect(weighted([1, bad])).toThrow(/^weights\[1\] of oneOf\(\): got .*; allowed is a finite number at least 0/);
    expect(weighted([0, 0])).toThrow(/^weights of oneOf\(\): got a sum of 0/);
    expect(weighted([1e308, 1e308])).toThrow(/^weights of oneOf\(\): got a sum of Infinity/);
    expect(weighted(3)).toThrow(/^weights of oneOf\(\): got 3/);
    expect(weighted(parameter(device.gpu, [1, 2, 3]))).toThrow(/^weights of oneOf\(\): got a tensor of 3 values/);
    expect(() => oneOf(two(), { wieghts: [1, 2] } as never)).toThrow(/did you mean "weights"/);
    expect(() => sequential([oneOf(two(), { key: "a" }), invert({ key: "a" })])).toThrow(/^transforms\[1\]\.key/);
    expect(() => apply(batch(), oneOf(two()) as never)).toThrow(/^transforms\[0\]: got/);
    expect(() => sequential([oneOf([invert()])])(batch())).toThrow(/^step: got nothing/);
    expect(() => sequential([oneOf([invert({ on: [1, 0] }), []])])(batch(), { step: 1 })).toThrow(/^invert\.on: got 2/);
  });

  it("is refused with its place in the recipe", () => {
    const pipeline = sequential([oneOf([invert(), []])]);
    const x = tensor(device.gpu, [0.25, 0.25], [2, 1, 1, 1]);
    const edited = (edit: (recipe: { choices: unknown }) => void) => () => {
      const recipe = pipeline.sample(2, { step: 0 });
      edit(recipe as never);
      return pipeline.replay(x, recipe);
    };
    for (const bad of [2, -1, 0.5, "0", null, [0], Number.NaN])
      expect(edited((r) => (r.choices = [{ name: "oneOf", chosen: [0, bad] }]))).toThrow(
        /^params\.choices\[0\]\.chosen\[1\]: got .*; allowed is a whole number from 0 to 1/,
      );
    expect(edited((r) => delete r.choices)).toThrow(/^params\.choices: got undefined; allowed is 1 choices/);
    expect(edited((r) => (r.choices = [null]))).toThrow(/^params\.choices\[0\]: got null/);
    expect(edited((r) => (r.choices = [{ name: "someOf", chosen: [0, 0] }]))).toThrow(/^params\.choices\[0\]\.name/);
    expect(edited((r) => (r.choices = [{ name: "oneOf", chosen: [0] }]))).toThrow(
      /^params\.choices\[0\]\.chosen: got 1/,
    );
    const hostile = JSON.parse('{ "name": "oneOf", "chosen": [0, 1], "__proto__": { "a": 1 } }');
    expect(edited((r) => (r.choices = [hostile]))).toThrow(/^params\.choices\[0\]/);
    const plain = sequential([invert()]);
    expect(() => plain.replay(x, { ...plain.sample(2), choices: [{ name: "oneOf", chosen: [0, 0] }] })).toThrow(
      /^params\.choices: got 1 choices; allowed is 0/,
    );
  });

  it("what is edited is replayed", async () => {
    const pipeline = sequential([oneOf([invert(), []])]);
    const x = tensor(device.gpu, [0.25, 0.25], [2, 1, 1, 1]);
    const recipe = pipeline.sample(2, { step: 0 });
    for (const chosen of [
      [0, 1],
      [1, 0],
    ]) {
      recipe.choices![0].chosen = chosen;
      expect(Array.from(await values(pipeline.replay(x, recipe)))).toEqual(chosen.map((k) => [0.75, 0.25][k]));
    }
  });
});
