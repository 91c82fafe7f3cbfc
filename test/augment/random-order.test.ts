import { beforeAll, describe, expect, it } from "vitest";
import {
  describeSamples,
  oneOf,
  randomOrder,
  type Sampled,
  sequential,
  someOf,
  type Tree,
  takeSamples,
  uniform,
} from "../../src/augment/index.ts";
import { placed, placesOf } from "../../src/augment/orders.ts";
import { grad, sum } from "../../src/autograd/index.ts";
import { apply } from "../../src/compiler/index.ts";
import { parameter, type Tensor, tensor } from "../../src/tensor/index.ts";
import {
  brightness,
  gamma,
  gaussianBlur,
  invert,
  medianBlur,
  rotate,
  type Transform,
} from "../../src/transforms/index.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();
const values = async (x: Tensor) => (await x.read()) as Float32Array;
const far = (a: ArrayLike<number>, b: ArrayLike<number>) => Math.max(...Array.from(a, (v, i) => Math.abs(v - b[i])));

const orders = (of: readonly number[]): number[][] =>
  of.length === 0 ? [[]] : of.flatMap((k) => orders(of.filter((j) => j !== k)).map((rest) => [k, ...rest]));

describe("placesOf", () => {
  const point = [invert()];
  const map = [rotate({ angle: 9 })];
  const blur = [gaussianBlur({ sigma: 1 })];
  it.each([
    ["points", [point, point, point, point]],
    ["maps", [map, map, map]],
    ["others", [blur, blur, blur, blur]],
    ["points and maps", [map, point, map, point, point]],
    ["one of each", [blur, map, point]],
    ["all kinds", [blur, map, point, blur, map, []]],
    ["lists of several kinds", [[...map, ...point], [...map, ...point], point]],
    ["nothing that runs", [[], []]],
    ["one", [blur]],
  ] as [string, Transform[][]][])("%s: every order of some links is to be found", (_, links) => {
    const places = placesOf(links);
    const all = [...links.keys()];
    for (let mask = 0; mask < 2 ** links.length; mask++)
      for (const order of orders(all.filter((k) => (mask >> k) & 1))) {
        const at = placed(order, places);
        expect(at.map((place) => places[place])).toEqual(order);
        expect(at.every((place, i) => i === 0 || place > at[i - 1])).toBe(true);
      }
  });

  it("says what it promises about passes", () => {
    for (const k of [1, 2, 3, 4, 5]) expect(placesOf(new Array(k).fill(point)).length).toBe(k * k - k + 1);
    expect(placesOf([map, map, point]).filter((k) => k === 0).length).toBeLessThanOrEqual(4);
    expect(placesOf([blur, point, point, point]).filter((k) => k === 0).length).toBe(1);
    expect(placesOf([blur, blur, blur, point]).filter((k) => k < 3).length).toBe(7);
  });
});

/** What a sample got, one transform after the other. */
function alone(drawn: Sampled, order: readonly number[], i: number): Transform[] {
  const at = (k: number, name: string) => (drawn.transforms[k].params[name] as number[])[i];
  const make = [
    () => brightness({ factor: at(0, "factor"), clip: false }),
    () => rotate({ angle: at(1, "angle") }),
    () => gamma({ gamma: 2 }),
  ];
  return order.map((k) => make[k]());
}

const THREE: readonly Tree[] = [
  brightness({ factor: uniform(0.5, 0.9), clip: false }),
  rotate({ angle: uniform(10, 40) }),
  gamma({ gamma: 2 }),
];

describe.each([
  ["randomOrder", randomOrder(THREE)],
  ["someOf", someOf([1, 3], THREE, { order: "random" })],
] as const)("%s", (name, selection) => {
  const N = 24;
  const shape = [N, 1, 5, 4];
  const pixels = Float32Array.from({ length: N * 20 }, (_, i) => 0.2 + (((i * 7) % 11) / 11) * 0.6);
  const pipeline = sequential([selection], { seed: 5 });
  let y: Float32Array;
  let drawn: Sampled;
  beforeAll(async () => {
    y = await values(pipeline(tensor(device.gpu, pixels, shape), { step: 2 }));
    drawn = JSON.parse(JSON.stringify(pipeline.sample(N, { step: 2 })));
  });

  it("gives each sample what it would get alone, in its order", async () => {
    expect(drawn.transforms.map(({ name }) => name)).toHaveLength(3);
    expect(drawn.choices![0].name).toBe(name);
    const names = drawn.transforms.map(({ name }) => ["brightness", "rotate", "gamma"].indexOf(name));
    // Recipes list transforms as they first run, links are numbered as they were given.
    const ofLink: Sampled = { ...drawn, transforms: [0, 1, 2].map((k) => drawn.transforms[names.indexOf(k)]) };
    const chosen = drawn.choices![0].chosen as number[][];
    expect(new Set(chosen.map(String)).size).toBeGreaterThan(4);
    for (let i = 0; i < 12; i++) {
      const x = tensor(device.gpu, pixels.slice(20 * i, 20 * i + 20), [1, 1, 5, 4]);
      let one: Tensor = x;
      // One by one, so that the order is what is tested, and not how a chain is planned.
      for (const transform of alone(ofLink, chosen[i], i)) one = apply(one, transform);
      expect(far(await values(one), y.subarray(20 * i, 20 * i + 20))).toBeLessThan(3e-6);
    }
  });

  it("is replayed, moved to another batch and told", async () => {
    expect(await values(pipeline.replay(tensor(device.gpu, pixels, shape), drawn))).toEqual(y);
    const some = takeSamples(pipeline, drawn, [7, 3]);
    const two = Float32Array.from([...pixels.slice(140, 160), ...pixels.slice(60, 80)]);
    const moved = await values(pipeline.replay(tensor(device.gpu, two, [2, 1, 5, 4]), some));
    expect(moved).toEqual(Float32Array.from([...y.slice(140, 160), ...y.slice(60, 80)]));
    const chosen = drawn.choices![0].chosen as number[][];
    const log = describeSamples(pipeline, drawn);
    const told = log.map((each) => each.map(({ name }) => ["brightness", "rotate", "gamma"].indexOf(name)));
    expect(told).toEqual(chosen);
  });

  it("does not depend on the batch", async () => {
    const x = tensor(device.gpu, pixels.slice(180, 200), [1, 1, 5, 4]);
    expect(await values(pipeline(x, { step: 2, samples: [9] }))).toEqual(y.slice(180, 200));
  });
});

it("all orders are as likely", () => {
  const total = 12000;
  const drawn = sequential([randomOrder([invert(), gamma({ gamma: 2 }), rotate({ angle: 3 })])]).sample(total, {
    step: 0,
  });
  const found = new Map<string, number>();
  for (const order of drawn.choices![0].chosen as number[][])
    found.set(String(order), (found.get(String(order)) ?? 0) + 1);
  expect(found.size).toBe(6);
  for (const [, times] of found) expect(Math.abs(times - total / 6)).toBeLessThan(5 * Math.sqrt((total / 6) * (5 / 6)));
});

it("takes as few passes as it says", () => {
  const kinds = (tree: Tree) =>
    sequential([tree])
      .explain([2, 3, 32, 32])
      .passes.map(({ kind }) => kind);
  expect(kinds(randomOrder([invert(), gamma({ gamma: 2 }), brightness({ factor: 2 })]))).toEqual(["point"]);
  expect(kinds(randomOrder([rotate({ angle: 3 }), rotate({ angle: 9 })]))).toEqual(["map"]);
  expect(
    kinds(randomOrder([medianBlur({ kernelSize: 3 }), invert(), gamma({ gamma: 2 })])).filter(
      (kind) => kind === "stencil",
    ),
  ).toHaveLength(1);
});

it("learned bounds get the gradient of the places at which each sample ran", async () => {
  const N = 6;
  const hi = parameter(device.gpu, [0.9], [1]);
  const make = (hi: Tensor | number) =>
    sequential([randomOrder([brightness({ factor: uniform(0.5, hi), clip: false }), gamma({ gamma: 2 }), invert()])]);
  const pixels = Float32Array.from({ length: N }, (_, i) => 0.2 + 0.1 * i);
  const run = (of: Tensor | number) => sum(make(of)(tensor(device.gpu, pixels, [N, 1, 1, 1]), { step: 4 }));
  const [slope] = grad(run(hi), [hi]);
  const [above, below] = [await values(run(0.92)), await values(run(0.88))];
  expect((await values(slope))[0]).toBeCloseTo((above[0] - below[0]) / 0.04, 2);
});

it("stands in others, and others in it, with draws of their own", async () => {
  const N = 8;
  const inner = oneOf([brightness({ factor: 0.5, clip: false }), gamma({ gamma: 3 })]);
  const pipeline = sequential([someOf([0, 2], [randomOrder([inner, invert()]), gamma({ gamma: 2 })])]);
  const pixels = Float32Array.from({ length: N }, (_, i) => 0.15 + 0.1 * i);
  const y = await values(pipeline(tensor(device.gpu, pixels, [N, 1, 1, 1]), { step: 1 }));
  const [some, order, one] = pipeline.sample(N, { step: 1 }).choices!.map(({ chosen }) => chosen) as number[][][];
  const expected = pixels.map((x, i) => {
    const inside = (v: number) =>
      order[i].reduce((u, k) => (k === 1 ? 1 - u : (one[i] as unknown as number) === 0 ? u / 2 : u ** 3), v);
    return some[i].reduce((v, k) => (k === 0 ? inside(v) : v ** 2), x);
  });
  expect(far(y, expected)).toBeLessThan(3e-6);
});

it("refuses recipes with an order that there is not", () => {
  const pipeline = sequential([randomOrder([invert(), gamma({ gamma: 2 })])]);
  const drawn = pipeline.sample(1, { step: 0 });
  const x = tensor(device.gpu, [0.5], [1, 1, 1, 1]);
  for (const chosen of [[[0]], [[0, 0]], [[0, 2]], [[0, 1, 0]], [0], [[0, Number.NaN]]])
    expect(() =>
      pipeline.replay(x, { ...drawn, choices: [{ name: "randomOrder", chosen: chosen as number[][] }] }),
    ).toThrow(/params\.choices\[0\]\.chosen\[0\].*from 0 to 1, all of them/);
  expect(() => randomOrder([])).toThrow(/at least one/);
  expect(() => someOf(1, [invert()], { order: "shuffled" as never })).toThrow(/order/);
  expect(String(randomOrder([invert()], { key: "o" }))).toBe('randomOrder([invert()], { key: "o" })');
  expect(String(someOf(1, [invert()], { order: "random" }))).toBe('someOf(1, [invert()], { order: "random" })');
});
