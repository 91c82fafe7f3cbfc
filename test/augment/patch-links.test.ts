import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  bernoulli,
  blend,
  describeSamples,
  frames,
  mixture,
  oneOf,
  type Pipeline,
  patches,
  sequential,
  sometimes,
  type Tree,
  takeSamples,
  uniform,
} from "../../src/augment/index.ts";
import { assertGradients, slice } from "../../src/autograd/index.ts";
import { fromRecipe, toRecipe } from "../../src/recipes.ts";
import { parameter, type Tensor, tensor } from "../../src/tensor/index.ts";
import { brightness, centerCrop, gaussianNoise, horizontalFlip, invert, resize } from "../../src/transforms/index.ts";
import { testGpu } from "../gpu.ts";

// patches as a link: what stands around it, and what stands within it.

const device = testGpu();
const C = 2;
const pixelsOf = (size: number) =>
  Float32Array.from({ length: size }, (_, i) => (Math.abs(Math.sin(i + 1)) * 43.7) % 1);
const images = (n: number, h: number, w: number) => tensor(device.gpu, pixelsOf(n * C * h * w), [n, C, h, w]);
const values = async (x: Tensor) => (await x.read()) as Float32Array;
/** With streams of their own, which do not depend on what stands beside them. */
const links = (key = ""): Tree => [
  horizontalFlip({ p: 0.5, key: `flip${key}` }),
  brightness({ factor: uniform(0.4, 0.9), key: `brightness${key}` }),
  gaussianNoise({ std: 0.1, key: `noise${key}` }),
];
const noisy = (key: string) => brightness({ factor: uniform(0.5, 1), key });
const sampleOf = async (x: Tensor, i: number) => values(slice(x, 0, i, i + 1));
const round = (value: unknown) => JSON.parse(JSON.stringify(value));

it("in a row, it does what it does alone: any grid, before and behind other links, replayed and read back", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 2 })),
      fc.record({
        padding: fc.constantFrom("same" as const, "valid" as const),
        same: fc.constantFrom("image" as const, "patch" as const),
        sameOnBatch: fc.boolean(),
      }),
      fc.nat(100),
      async (grid, of, step) => {
        const before = [noisy("a"), resize({ height: 7, width: 5 })];
        const whole = sequential([
          before,
          patches(links(), { grid, ...of }),
          [noisy("b")],
          horizontalFlip({ p: 0.5, key: "c" }),
        ]);
        const x = images(3, 5, 6);
        const y = await values(whole(x, { step }));
        const first = sequential(before)(x, { step });
        const cut = patches(links(), { grid, ...of })(first, { step });
        expect(await values(sequential([noisy("b"), horizontalFlip({ p: 0.5, key: "c" })])(cut, { step }))).toEqual(y);
        const params = round(whole.sample(3, { step }));
        expect(await values(whole.replay(x, params))).toEqual(y);
        const again = fromRecipe(round(await toRecipe(whole as Pipeline))) as Pipeline;
        expect(String(again)).toBe(String(whole));
        expect(await values(again(x, { step }))).toEqual(y);
        const [a, b] = [whole(x, { step, samples: [7, 8, 9] }), whole(slice(x, 0, 1, 2), { step, samples: [8] })];
        if (!of.sameOnBatch) expect(await sampleOf(a, 1)).toEqual(await values(b));
      },
    ),
    { numRuns: 8 },
  );
});

it("in selections: whoever takes it gets it, others nothing of it", async () => {
  const part = (key: string) => patches(links(key), { grid: [2, 2] });
  const x = images(8, 4, 6);
  const pipeline = sequential([oneOf([part(""), [noisy("a")], []]), sometimes(0.5, part("2"))]);
  const params = round(pipeline.sample(8, { step: 2 }));
  const [one, some] = params.choices.map(({ chosen }: { chosen: number[] }) => chosen);
  const y = pipeline(x, { step: 2 });
  const alone = [part(""), sequential([noisy("a")]), sequential([])];
  for (let i = 0; i < 8; i++) {
    const own = { step: 2, samples: [i] };
    const first = alone[one[i]](slice(x, 0, i, i + 1), own);
    expect(await sampleOf(y, i)).toEqual(await values(some[i] ? part("2")(first, own) : first));
  }
  expect(new Set([...one, ...some.map((each: number) => each + 3)]).size).toBe(5);
  expect(await values(pipeline.replay(x, params))).toEqual(await values(y));
});

describe("within each other", () => {
  it("a patch of a patch has the identity of (patch, patch)", async () => {
    const whole = patches([noisy("a"), patches(links(), { grid: [2, 1] })], { grid: [1, 2] });
    const x = images(2, 4, 6);
    const y = await values(whole(x, { step: 3 }));
    const halves = [0, 1].flatMap((n) => [0, 3].map((at) => slice(slice(x, 0, n, n + 1), 3, at, at + 3)));
    const { samples } = frames([], { same: "frame" }).sample([2, 2, C, 4, 3]);
    const inner = sequential([noisy("a"), patches(links(), { grid: [2, 1] })]);
    const found = await Promise.all(
      halves.map((half, i) => values(inner(half, { step: 3, samples: [samples[i]] }) as Tensor)),
    );
    for (let i = 0; i < y.length; i++) {
      const [column, row] = [i % 6, Math.floor(i / 6)];
      const [n, rest] = [Math.floor(row / (C * 4)), row % (C * 4)];
      expect(y[i]).toBe(found[2 * n + Math.floor(column / 3)][rest * 3 + (column % 3)]);
    }
    const params = round(whole.sample(2, { step: 3 }));
    expect(
      params.transforms.map((each: { name: string; params: { factor?: number[] } }) => [
        each.name,
        each.params.factor?.length,
      ]),
    ).toEqual([
      ["patches", undefined],
      ["brightness", 4],
      ["patches", undefined],
      ["horizontalFlip", undefined],
      ["brightness", 8],
      ["gaussianNoise", undefined],
    ]);
    expect(await values(whole.replay(x, params))).toEqual(y);
    // In another batch, and in a log.
    const last = takeSamples(whole, params, [1]);
    expect(await values(whole.replay(slice(x, 0, 1, 2), last))).toEqual(y.slice(y.length / 2));
    expect(
      describeSamples(whole, params)[1]
        .filter(({ name }) => name === "brightness")
        .map(({ piece }) => piece),
    ).toEqual([0, 1, 0, 1, 2, 3]);
  });

  it("in frames, and under blend", async () => {
    const part = [patches(links(), { grid: [2, 2] }), blend([patches([invert()], { grid: [1, 2] })], 0.25)];
    const clips = tensor(device.gpu, pixelsOf(2 * 2 * C * 16), [2, 2, C, 4, 4]);
    const video = frames(part, { same: "frame" });
    const { samples } = video.sample(clips.shape, { step: 1 });
    const alone = sequential(part)(images(4, 4, 4), { step: 1, samples });
    expect(await values(video(clips, { step: 1 }))).toEqual(await values(alone as Tensor));
    const half = sequential([blend([patches([invert()], { grid: [1, 2] })], 0.5)])(images(1, 4, 4));
    expect(Math.max(...(await values(half as Tensor)).map((v) => Math.abs(v - 0.5)))).toBeLessThan(1e-6);
  });
});

it("patchwise: a link for each patch, in one chain", async () => {
  const x = images(2, 4, 6);
  const each: Tree[] = [invert(), [brightness({ factor: 0.5 }), horizontalFlip()], [], [invert({ p: 0.5 })]];
  const pipeline = patches(each, { grid: [2, 2], patchwise: true });
  const params = round(pipeline.sample(2, { step: 1 }));
  expect(params.choices).toEqual([{ name: "patchwise", chosen: [0, 1, 2, 3, 0, 1, 2, 3] }]);
  const y = await values(pipeline(x, { step: 1 }));
  const pixels = pixelsOf(x.size);
  // Of the last one.
  const { on: coins } = params.transforms.find(({ on }: { on?: number[] }) => on);
  for (let i = 0; i < y.length; i++) {
    const [column, row, n] = [i % 6, Math.floor(i / 6) % 4, Math.floor(i / (C * 24))];
    const patch = 2 * Math.floor(row / 2) + Math.floor(column / 3);
    const mirrored = pixels[i - (column % 3) + (2 - (column % 3))];
    const expected = [1 - pixels[i], 0.5 * mirrored, pixels[i], coins[4 * n + 3] ? 1 - pixels[i] : pixels[i]][patch];
    expect(Math.abs(y[i] - expected)).toBeLessThan(1e-6);
  }
  expect(await values(pipeline.replay(x, params))).toEqual(y);
  expect(String(pipeline)).toBe(
    "patches([invert({ }), [brightness({ factor: 0.5 }), horizontalFlip({ })], [], [invert({ p: 0.5 })]], { grid: [2, 2], patchwise: true })".replaceAll(
      "({ })",
      "()",
    ),
  );
  const document = round(await toRecipe(pipeline));
  expect(document.transforms[0]).toMatchObject({ part: "patches", grid: [2, 2], patchwise: true });
  expect(await values((fromRecipe(document) as Pipeline)(x, { step: 1 }))).toEqual(y);
  expect(() => patches([invert()], { grid: [2, 1], patchwise: true })).toThrow(
    /^links of patches\(\): got 1 links; allowed is 2 links, one for each patch/,
  );
});

it("what learns within patches runs side by side there, with its gradient", async () => {
  const x = parameter(
    device.gpu,
    pixelsOf(C * 16).map((v) => 0.2 + 0.6 * v),
    [1, C, 4, 4],
  );
  const weights = parameter(device.gpu, [1, 2, 1.5]);
  const p = parameter(device.gpu, [0.4]);
  await assertGradients(
    (on, w) =>
      patches(
        [oneOf([invert(), [brightness({ factor: 0.7, clip: false })], []], { weights: w, estimator: "relaxed" })],
        { grid: [2, 2] },
      )(on, { step: 2 }) as Tensor,
    [x, weights],
  );
  const pipeline = sequential([
    patches([sometimes(bernoulli(p, { estimator: "scoreFunction" }), [invert()]), mixture([invert()])], {
      grid: [2, 2],
    }),
  ]);
  const params = pipeline.sample(1, { step: 1 });
  const units = params.choices![0] as { units: number[][] };
  expect(units.units).toHaveLength(4);
  const expected = units.units.reduce((sum, [u]) => sum + Math.log(u < 0.4 ? 0.4 : 0.6), 0);
  expect(await pipeline.logProb(params).item()).toBeCloseTo(expected, 4);
  const y = await values(pipeline.replay(x, params) as Tensor);
  expect(await values(pipeline.replay(x, await pipeline.read(params)) as Tensor)).toEqual(y);
  expect(() => pipeline({ image: x }, { step: 1 })).toThrow(
    /^pipeline of an object: got a pipeline with links side by side/,
  );
});

it("storage types, one image, a list of images, another size", async () => {
  const pipeline = sequential([
    patches(links(), { grid: [2, 2], padding: "valid" }),
    centerCrop({ height: 2, width: 2 }),
  ]);
  const half = tensor(device.gpu, pixelsOf(C * 30), [1, C, 5, 6], { dtype: "f16" });
  const y = pipeline(half, { step: 1 });
  expect([y.dtype, y.shape]).toEqual(["f16", [1, C, 2, 2]]);
  const [a, b] = [images(1, 5, 6), images(1, 4, 7)];
  const both = pipeline(
    [a, b].map((each) => slice(each, 0, 0, 1)),
    { step: 1 },
  );
  for (const [i, each] of [a, b].entries())
    expect(await sampleOf(both, i)).toEqual(await values(pipeline(each, { step: 1, samples: [i] })));
  expect(() => sequential([patches([], { seed: 1 })])).toThrow(/^transforms\[0\]: got a pipeline with seed of its own/);
  const shrinks = patches([centerCrop({ height: 1, width: 1 })], { grid: [2, 2], padding: "valid" });
  expect(() => sequential([sometimes(0.5, shrinks)])(a, { step: 1 })).toThrow(/links of sometimes.*keep the size/);
});
