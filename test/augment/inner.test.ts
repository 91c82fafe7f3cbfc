import { describe, expect, it } from "vitest";
import {
  blend,
  describeSamples,
  oneOf,
  randomOrder,
  sequential,
  sometimes,
  type Tree,
  uniform,
  within,
} from "../../src/augment/index.ts";
import { backward, mul, sum } from "../../src/autograd/index.ts";
import { apply } from "../../src/compiler/index.ts";
import { parameter, type Tensor, tensor } from "../../src/tensor/index.ts";
import { brightness, gamma, invert, mixup, resize, rotate } from "../../src/transforms/index.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();
const N = 4;
const SHAPE = [N, 3, 4, 5];
const EACH = 60;
const pixels = Float32Array.from({ length: N * EACH }, (_, i) => (Math.abs(Math.sin((i + 1) * 12.9898)) * 43.7) % 1);
const batch = () => tensor(device.gpu, pixels, SHAPE);
const values = async (x: Tensor) => (await x.read()) as Float32Array;
const sampleOf = (all: Float32Array, n: number) => all.slice(n * EACH, (n + 1) * EACH);
const one = (n: number) => tensor(device.gpu, sampleOf(pixels, n), [1, ...SHAPE.slice(1)]);
const worst = (a: Float32Array, b: Float32Array) => Math.max(...a.map((v, i) => Math.abs(v - b[i])));

const bright = () => brightness({ factor: uniform(0.4, 0.6), clip: false });
const mask = Float32Array.from({ length: N * 20 }, (_, i) => [0, 1, 0.25, 0.5][(i * 7) % 4]);

/** How much of a pixel of a channel is what the links make, by each way to say so. */
const ways: [string, (links: Tree) => Tree, (n: number, c: number, at: number, by: number) => number][] = [
  ["a drawn share", (links) => blend(links, uniform(0.2, 0.8)), (_n, _c, _at, by) => by],
  ["a mask", (links) => within(tensor(device.gpu, mask, [N, 1, 4, 5]), links), (n, _, at) => mask[n * 20 + at]],
  ["channels", (links) => within({ channels: [0, 2] }, links), (_, c) => Number(c !== 1)],
  [
    "a box",
    (links) => within({ box: [1, 1, 4, 3] }, links),
    (_, _c, at) => Number(at % 5 >= 1 && at % 5 < 4 && at >= 5 && at < 15),
  ],
];

describe.each(ways)("links within %s", (name, make, share) => {
  it("give each sample what they make of it alone, in its share; equal bits in a batch of one, and replayed", async () => {
    const pipeline = sequential(
      [gamma({ gamma: 2 }), oneOf([make([bright(), rotate({ angle: uniform(20, 40) })]), []])],
      { seed: 1 },
    );
    const y = await values(pipeline(batch(), { step: 3 }));
    const drawn = JSON.parse(JSON.stringify(pipeline.sample(N, { step: 3 })));
    const [, outer, first, second] = drawn.transforms;
    expect(drawn.transforms.map((each: { name: string }) => each.name).slice(2)).toEqual(["brightness", "rotate"]);
    expect(new Set(drawn.choices[0].chosen)).toEqual(new Set([0, 1]));
    for (let n = 0; n < N; n++) {
      const x = await values(apply(one(n), gamma({ gamma: 2 })));
      const turned = await values(
        apply(tensor(device.gpu, x, [1, ...SHAPE.slice(1)]), [
          brightness({ factor: first.params.factor[n], clip: false }),
          rotate({ angle: second.params.angle[n] }),
        ]),
      );
      const expected = x.map((v, i) => {
        const by = drawn.choices[0].chosen[n] === 1 ? 0 : share(n, Math.floor(i / 20), i % 20, outer.params.by?.[n]);
        return by * turned[i] + (1 - by) * v;
      });
      expect(worst(sampleOf(y, n), expected)).toBeLessThan(2e-6);
      if (name !== "a mask") expect(await values(pipeline(one(n), { step: 3, samples: [n] }))).toEqual(sampleOf(y, n));
    }
    expect(await values(pipeline.replay(batch(), drawn))).toEqual(y);
  });
});

it("draws are those of a flat pipeline; links in each other and in any order", async () => {
  const flat = sequential([bright(), invert({ p: 0.5 })]).sample(N, { step: 1 }).transforms;
  const nested = sequential([blend([bright(), blend([invert({ p: 0.5 })], 0.5)], 0.5)]);
  const { transforms } = nested.sample(N, { step: 1 });
  expect([transforms[1], transforms[3]]).toEqual(flat);
  const y = await values(nested(batch(), { step: 1 }));
  const expected = pixels.map((v, i) => {
    const n = Math.floor(i / EACH);
    const dark = v * (flat[0].params.factor as number[])[n];
    return 0.5 * v + 0.5 * (flat[1].on![n] ? 0.5 : dark);
  });
  expect(worst(y, expected)).toBeLessThan(1e-6);
  const learned = parameter(device.gpu, [1, 1]);
  const side = sequential([oneOf([blend([invert()], 0.5), brightness({ factor: 0.5 })], { weights: learned })]);
  const sides = await values(side(batch(), { step: 2 }));
  const drawn = await side.read(side.sample(N, { step: 2 }));
  expect(await values(side.replay(batch(), drawn))).toEqual(sides);
  const which = drawn.choices![0].chosen as number[];
  expect(new Set(which).size).toBe(2);
  expect(
    worst(
      sides,
      pixels.map((v, i) => (which[Math.floor(i / EACH)] === 0 ? 0.5 : 0.5 * v)),
    ),
  ).toBeLessThan(1e-6);
  expect(side.explain(SHAPE).passes.length).toBeGreaterThan(2);
  const order = sequential([randomOrder([blend(invert(), 0.5), brightness({ factor: 2, clip: false })])]);
  const chosen = order.sample(N, { step: 2 }).choices![0].chosen as number[][];
  const ordered = await values(order(batch(), { step: 2 }));
  expect(
    worst(
      ordered,
      pixels.map((_, i) => (chosen[Math.floor(i / EACH)][0] === 0 ? 1 : 0.5)),
    ),
  ).toBeLessThan(1e-6);
});

it("gradients reach a learned share, a mask, the links' bounds and the image, each in its share", async () => {
  const { gpu } = device;
  const weights = Float32Array.from(pixels, (_, i) => Math.sin(i));
  const by = parameter(gpu, [0.3]);
  const lo = parameter(gpu, [0.5]);
  const field = parameter(gpu, mask, [N, 1, 4, 5]);
  const x = parameter(gpu, pixels, SHAPE);
  const pipeline = sequential([
    blend([brightness({ factor: uniform(lo, 1.5), clip: false })], by),
    within(field, [invert()]),
  ]);
  backward(sum(mul(tensor(gpu, weights, SHAPE), pipeline(x, { step: 1 }))));
  const units = pipeline.sample(N, { step: 1 }).transforms[1].units.factor as number[];
  const grads = { by: 0, lo: 0 };
  const ofMask = new Float32Array(mask.length);
  const ofImage = new Float32Array(pixels.length);
  pixels.forEach((v, i) => {
    const n = Math.floor(i / EACH);
    const at = n * 20 + (i % 20);
    const factor = 0.5 + units[n] * (1.5 - 0.5);
    const mixed = 0.3 * v * factor + 0.7 * v;
    const slope = weights[i] * (1 - 2 * mask[at]);
    grads.by += slope * (v * factor - v);
    grads.lo += slope * 0.3 * v * (1 - units[n]);
    ofMask[at] += weights[i] * (1 - 2 * mixed);
    ofImage[i] = slope * (0.3 * factor + 0.7);
  });
  expect(await by.grad!.item()).toBeCloseTo(grads.by, 4);
  expect(await lo.grad!.item()).toBeCloseTo(grads.lo, 4);
  expect(worst(await values(field.grad!), ofMask)).toBeLessThan(1e-5);
  expect(worst(await values(x.grad!), ofImage)).toBeLessThan(1e-5);
});

it("a colour space costs no pass; explain() shows what runs within", async () => {
  const space = sequential([within("hsv", [brightness({ factor: 1, clip: false })]), invert()]);
  expect(space.explain(SHAPE).passes.map(({ transforms }) => transforms)).toEqual([
    ["rgbToHsv", "brightness", "hsvToRgb", "invert"],
  ]);
  expect(
    worst(
      await values(space(batch())),
      pixels.map((v) => 1 - v),
    ),
  ).toBeLessThan(2e-6);
  const passes = sequential([blend([bright(), invert()], 0.5), invert()]).explain(SHAPE).passes;
  expect(passes.map(({ transforms }) => transforms)).toEqual([["brightness", "invert"], ["blend"], ["invert"]]);
});

it("steps leave memory as it was; the parts print as they were written", () => {
  const { gpu } = device;
  const tree = blend([within({ channels: [1] }, [rotate({ angle: 3 })])], uniform(0, 1), { key: "b" });
  const x = batch();
  const pipeline = sequential([tree]);
  const bytesAfter = (step: number) => {
    pipeline(x, { step }).dispose();
    return gpu.stats.bytesInUse;
  };
  const bytes = bytesAfter(0);
  expect(Array.from({ length: 10 }, (_, step) => bytesAfter(step + 1))).toEqual(new Array(10).fill(bytes));
  expect(String(tree)).toBe('blend([within({ channels: [1] }, [rotate({ angle: 3 })])], uniform(0, 1), { key: "b" })');
});

it("labels stay where they are, and a log has what stands within", async () => {
  const pipeline = sequential([blend([gamma({ gamma: 2 })], 0.5), sometimes(0, within({ channels: [0] }, invert()))]);
  const boxes = tensor(device.gpu, [1, 1, 3, 3], [1, 1, 4]);
  const moved = pipeline(
    { image: one(0), boxes, mask: tensor(device.gpu, mask.slice(0, 20), [1, 1, 4, 5]) },
    { step: 1 },
  );
  expect(await values(moved.boxes as Tensor)).toEqual(Float32Array.of(1, 1, 3, 3));
  expect(await values(moved.mask as Tensor)).toEqual(mask.slice(0, 20));
  const [log] = describeSamples(pipeline, pipeline.sample(1, { step: 1 }));
  expect(log.map(({ name }) => name)).toEqual(["blend", "gamma"]);
});

it("bad input is refused by name", () => {
  for (const bad of ["0", null, undefined, {}, true])
    expect(() => blend([invert()], bad as never)).toThrow(/^by of blend\(\): got/);
  expect(() => sequential([blend([invert()], 1.5)])(batch())).toThrow(/^blend\.by: got 1.5/);
  expect(() => sequential([blend([invert()], uniform(0, 2))])).toThrow(/^blend\.by: got a range from 0 to 2/);
  expect(() => blend([1 as never], 0.5)).toThrow(/^links\[0\] of blend\(\): got 1/);
  expect(() => blend([invert(), mixup({ lambda: 0.5, partner: [0, 1, 2, 3] })], 0.5)).toThrow(
    /^links\[1\] of blend\(\): got mixup/,
  );
  const learned = parameter(device.gpu, [0, 1]);
  expect(() => within({ channels: [0] }, [oneOf([invert(), []], { weights: learned })])).toThrow(
    /^links\[0\] of within\(\): got oneOf\(\) that learns/,
  );
  for (const bad of ["rgb", "__proto__", 1, null, {}, { box: [0, 0, 1, 1], channels: [0] }])
    expect(() => within(bad as never, [invert()])).toThrow(/^where of within\(\): got/);
  for (const bad of [[], [0.5], [-1], [0, 0], 1, [Number.NaN]])
    expect(() => within({ channels: bad as number[] }, [invert()])).toThrow(/^channels of within\(\): got/);
  expect(() => within({ box: "all" as never }, [invert()])).toThrow(/^box of within\(\): got/);
  expect(() => sequential([within({ box: [0, 1] }, [invert()])])(batch())).toThrow(/^within\.box: got/);
  expect(() => sequential([within({ channels: [3] }, [invert()])])(batch())).toThrow(
    /^channels of within\(\): got \[3\]/,
  );
  expect(() => sequential([within(tensor(device.gpu, [1], [1, 1, 1, 1]), [invert()])])(batch())).toThrow(
    /^within\.mask: got/,
  );
  expect(() => sequential([blend([resize({ height: 2, width: 2 })], 0.5)])(batch())).toThrow(
    /^links of blend\(\): got links from \[4, 3, 4, 5\] to \[4, 3, 2, 2\]/,
  );
  expect(() => apply(batch(), blend([invert()], 0.5))).toThrow(/^transforms: got a part of a pipeline/);
});

it("refuses labels where links move pixels of which something stays, and leaves them where links do not", async () => {
  const x = tensor(device.gpu, new Float32Array(48).fill(0.5), [1, 3, 4, 4]);
  const keypoints = tensor(device.gpu, [[[1, 2]]]);
  const mask = tensor(device.gpu, new Float32Array(16).fill(1), [1, 1, 4, 4]);
  for (const moving of [
    blend([rotate({ angle: 20 })], 0.5),
    within({ channels: [1] }, [invert(), rotate({ angle: 20 })]),
    blend([within({ channels: [0] }, [rotate({ angle: 20 })])], 0.5),
  ])
    for (const labels of [{ keypoints }, { mask }])
      expect(() => sequential([moving])({ image: x, ...labels })).toThrow(
        /links of (blend|within)\(\).*rotate, which moves pixels/,
      );
  const still = sequential([blend([invert()], 0.5)])({ image: x, keypoints });
  expect(Array.from(await still.keypoints.read())).toEqual([1, 2]);
});
