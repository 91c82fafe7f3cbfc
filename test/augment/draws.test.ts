import { describe, expect, test } from "vitest";
import { bernoulli, sequential, uniform } from "../../src/augment/index.ts";
import { ArgumentError, ShapeError } from "../../src/gpu/index.ts";
import {
  apply,
  brightness,
  choose,
  declare,
  gaussianNoise,
  grad,
  invert,
  parameter,
  posterize,
  saltAndPepper,
  type Tensor,
  type Transform,
  tensor,
} from "../../src/index.ts";
import { openGpu, testGpu } from "../gpu.ts";
import { fromArray } from "../reference/image.ts";
import { reference } from "../reference/index.ts";

const device = testGpu();
const flat = (n: number, c = 3, h = 6, w = 8, gpu = device.gpu): Tensor =>
  tensor(gpu, new Float32Array(n * c * h * w).fill(0.5), [n, c, h, w]);

/** The noise of each sample. */
async function noiseOf(y: Tensor): Promise<number[][]> {
  const values = Array.from(await y.read());
  const each = values.length / y.shape[0];
  return Array.from({ length: y.shape[0] }, (_, n) => values.slice(n * each, (n + 1) * each));
}

describe("random numbers in the shader", () => {
  test("have the bits of TypeScript for seeds whose words would be NaN or infinite as floats", async () => {
    const words = [0x7f800001, 0x7fc00000, 0xffffffff, 0x7f800000, 0x80000000, 0, 1];
    const seeds = [...words, ...words.map((low) => 0x1fffff * 2 ** 32 + low)];
    const shape = [seeds.length, 3, 3, 5] as [number, number, number, number];
    const x = flat(...shape);
    const image = fromArray(await x.read(), shape);
    const rows = seeds.map((seed) => [seed]);
    const salted = await apply(x, saltAndPepper({ amount: 0.5, seed: seeds })).read();
    expect(salted).toEqual(Float32Array.from(reference.saltAndPepper(image, { amount: [[0.5]], seed: rows }, {}).data));
    const noisy = await apply(x, gaussianNoise({ seed: seeds })).read();
    const right = reference.gaussianNoise(image, { seed: rows }, {}).data;
    expect(Math.max(...noisy.map((v, i) => Math.abs(v - right[i])))).toBeLessThan(2e-6);
  });

  test("one seed gives every sample numbers of its own, one for each sample what that has alone", async () => {
    const [a, b, c] = await noiseOf(apply(flat(3), gaussianNoise({ seed: 5 })));
    expect(a).not.toEqual(b);
    expect(b).not.toEqual(c);
    const listed = await noiseOf(apply(flat(3), gaussianNoise({ seed: [9, 5, 9] })));
    expect(listed[1]).toEqual(a);
    expect(listed[0]).toEqual(listed[2]);
    expect((await noiseOf(apply(flat(1), gaussianNoise({ seed: 5 }))))[0]).toEqual(a);
  });

  test("depend on the place, not on the size of the image", async () => {
    const small = await apply(flat(1, 3, 4, 5), gaussianNoise({ seed: 1 })).read();
    const large = await apply(flat(1, 3, 9, 7), gaussianNoise({ seed: 1 })).read();
    for (let c = 0; c < 3; c++)
      for (let i = 0; i < 4; i++)
        for (let j = 0; j < 5; j++) expect(small[(c * 4 + i) * 5 + j]).toBe(large[(c * 9 + i) * 7 + j]);
  });

  test("are normal, and independent of those of other channels, places, samples and seeds", async () => {
    const [h, w] = [64, 64];
    const values = Array.from(await apply(flat(2, 4, h, w), gaussianNoise({ seed: 3 })).read(), (v) => v - 0.5);
    const planes = Array.from({ length: 8 }, (_, k) => values.slice(k * h * w, (k + 1) * h * w));
    const mean = (list: number[]) => list.reduce((a, b) => a + b, 0) / list.length;
    const bound = 4.5 / Math.sqrt(h * w);
    for (const plane of planes) {
      expect(Math.abs(mean(plane))).toBeLessThan(bound);
      expect(Math.abs(mean(plane.map((v) => v * v)) - 1)).toBeLessThan(Math.SQRT2 * bound);
      expect(Math.abs(mean(plane.map((v) => v ** 4)) - 3)).toBeLessThan(Math.sqrt(96) * bound);
      // Shares beyond one, two and three deviations.
      for (const [limit, share] of [
        [1, 0.3173],
        [2, 0.0455],
        [3, 0.0027],
      ])
        expect(Math.abs(plane.filter((v) => Math.abs(v) > limit).length / plane.length - share)).toBeLessThan(
          4.5 * Math.sqrt((share * (1 - share)) / plane.length),
        );
      expect(Math.abs(mean(plane.map((v, i) => v * plane[(i + 1) % plane.length])))).toBeLessThan(bound);
      expect(Math.abs(mean(plane.map((v, i) => v * plane[(i + w) % plane.length])))).toBeLessThan(bound);
    }
    for (let a = 0; a < 8; a++)
      for (let b = 0; b < a; b++) expect(Math.abs(mean(planes[a].map((v, i) => v * planes[b][i])))).toBeLessThan(bound);
    const other = Array.from(await apply(flat(1, 1, h, w), gaussianNoise({ seed: 4 })).read(), (v) => v - 0.5);
    expect(Math.abs(mean(other.map((v, i) => v * planes[0][i])))).toBeLessThan(bound);
  });

  test("hit as many pixels as they should, all channels at once or each by itself", async () => {
    const [h, w] = [64, 64];
    for (const perChannel of [false, true]) {
      const y = await apply(
        flat(1, 3, h, w),
        saltAndPepper({ amount: 0.3, saltVsPepper: 0.8, perChannel, seed: 2 }),
      ).read();
      const channels = [0, 1, 2].map((c) => Array.from(y.slice(c * h * w, (c + 1) * h * w)));
      for (const channel of channels) {
        const hit = channel.filter((v) => v !== 0.5);
        expect(Math.abs(hit.length / (h * w) - 0.3)).toBeLessThan(4.5 * Math.sqrt(0.21 / (h * w)));
        expect(Math.abs(hit.filter((v) => v === 1).length / hit.length - 0.8)).toBeLessThan(
          4.5 * Math.sqrt(0.16 / hit.length),
        );
      }
      const equal = channels[0].filter((v, i) => v === channels[1][i] && v === channels[2][i]).length;
      if (perChannel) expect(equal).toBeLessThan(0.6 * h * w);
      else expect(equal).toBe(h * w);
    }
  });

  test("are the same in a batch that is split to fit a device's bindings", async () => {
    const small = await openGpu({ maxStorageBufferBindingSize: 2 ** 16 });
    const shape = [7, 3, 40, 44] as const;
    const transform = gaussianNoise({ std: 0.1, seed: 11 });
    const whole = await apply(flat(...shape), transform).read();
    expect(await apply(flat(...shape, small), transform).read()).toEqual(whole);
    small.destroy();
  });

  test("are drawn again for the gradient, among other points", async () => {
    const { gpu } = device;
    const x = tensor(gpu, new Float32Array(48).fill(0.5), [1, 3, 4, 4], { requiresGrad: true });
    const std = parameter(gpu, [0.2]);
    const y = apply(x, [invert(), gaussianNoise({ std, seed: 3 }), brightness({ factor: 2, clip: false })]);
    const noise = Array.from(await y.read(), (v) => (v / 2 - 0.5) / 0.2);
    const [gx, gs] = grad(y, [x, std], { gradient: tensor(gpu, new Float32Array(48).fill(1), [1, 3, 4, 4]) });
    expect(new Set(await gx.read())).toEqual(new Set([-2]));
    expect((await gs.read())[0]).toBeCloseTo(
      noise.reduce((sum, z) => sum + 2 * z, 0),
      3,
    );
  });

  test("can be drawn by transforms of one's own", async () => {
    const grain = declare({
      name: "grainOfTheTest",
      kind: "point",
      draws: 2,
      wgsl: `import package::lib::draw::{ Draw, uniform_joint, uniform_own };
struct Params { amount: f32 }
fn forward(x: vec3f, p: Params, a: Draw, b: Draw) -> vec3f { return x + p.amount * (uniform_own(a) - uniform_joint(b).x); }
fn backward(x: vec3f, p: Params, a: Draw, b: Draw, gy: vec3f, gp: ptr<function, Params>) -> vec3f {
  (*gp).amount += dot(gy, uniform_own(a) - uniform_joint(b).x);
  return gy;
}`,
      params: { amount: { default: 0.1, unit: "intensity", doc: "how much" } },
      doc: "y = x + amount · (u − v)",
      source: "this test",
    });
    const y = Array.from(await apply(flat(1), grain({ amount: 1, seed: 1 })).read(), (v) => v - 0.5);
    expect(Math.min(...y)).toBeGreaterThan(-1);
    expect(Math.max(...y)).toBeLessThan(1);
    expect(new Set(y).size).toBeGreaterThan(100);
  });
});

describe("in a pipeline", () => {
  const pipeline = () =>
    sequential([gaussianNoise({ std: uniform(0.1, 0.2) }), saltAndPepper({ amount: 0.2, p: 0.7 })]);

  test("a recipe has the seeds, and its replay the bits", async () => {
    const random = pipeline();
    const x = flat(4);
    const direct = await random(x, { step: 3, seed: 8 }).read();
    const recipe = JSON.parse(JSON.stringify(random.sample(4, { step: 3, seed: 8 })));
    const { seed } = recipe.transforms[0].params;
    expect(seed).toHaveLength(4);
    expect(seed.every(Number.isSafeInteger)).toBe(true);
    expect(new Set(seed).size).toBe(4);
    expect(await random.replay(x, recipe).read()).toEqual(direct);
    expect(await random.replay(x, await random.read(recipe)).read()).toEqual(direct);
    // Without the pipeline, too.
    const [noisy, salted] = recipe.transforms;
    const alone = [gaussianNoise(noisy.params), saltAndPepper({ ...salted.params, on: salted.on })];
    expect(await apply(x, alone).read()).toEqual(direct);
  });

  test("a sample's noise depends on its identity, the step and the seed, not on its batch or on what stands around", async () => {
    const noise = sequential([gaussianNoise()]);
    const all = await noiseOf(noise(flat(6), { step: 2 }));
    const some = await noiseOf(noise(flat(2), { step: 2, samples: [4, 1] }));
    expect(some).toEqual([all[4], all[1]]);
    const among = sequential([invert(), saltAndPepper({ amount: 0 }), gaussianNoise()]);
    expect(await noiseOf(among(flat(6), { step: 2 }))).toEqual(all);
    expect((await noiseOf(noise(flat(6), { step: 3 })))[0]).not.toEqual(all[0]);
    expect((await noiseOf(noise(flat(6), { step: 2, seed: 1 })))[0]).not.toEqual(all[0]);
    const twice = sequential([gaussianNoise({ std: 1 }), gaussianNoise({ std: -0 }), gaussianNoise({ key: "b" })]);
    const [first, , third] = twice.sample(1, { step: 2 }).transforms;
    expect(first.params.seed).not.toEqual(third.params.seed);
  });

  test("a seed that was given stays", async () => {
    const fixed = sequential([gaussianNoise({ seed: 4 })]);
    const right = await apply(flat(2), gaussianNoise({ seed: 4 })).read();
    expect(await fixed(flat(2)).read()).toEqual(right);
    expect(fixed.sample(2).transforms[0].params.seed).toBe(4);
  });

  test("within a choice, and with a learned coin", async () => {
    const { gpu } = device;
    const chosen = sequential([choose([gaussianNoise(), invert()], [0, 1])]);
    const [a, b] = await noiseOf(chosen(flat(2), { step: 0 }));
    expect(new Set(a).size).toBeGreaterThan(100);
    expect(new Set(b)).toEqual(new Set([0.5]));
    const p = parameter(gpu, [0.5]);
    const tossed = sequential([gaussianNoise({ p: bernoulli(p) })]);
    const y = tossed(flat(8), { step: 0 });
    const changed = (await noiseOf(y)).map((list) => new Set(list).size > 1);
    expect(new Set(changed).size).toBe(2);
    const [g] = grad(y, [p], { gradient: tensor(gpu, new Float32Array(y.size).fill(1), y.shape) });
    expect((await g.read())[0]).not.toBe(0);
  });

  test("whole numbers are drawn whole, each as likely", () => {
    const n = 7000;
    const { transforms } = sequential([posterize({ bits: uniform(2, 8) })]).sample(n, { step: 0 });
    const bits = transforms[0].params.bits as number[];
    for (let b = 2; b <= 8; b++) {
      const share = bits.filter((v) => v === b).length / n;
      expect(Math.abs(share - 1 / 7)).toBeLessThan(4.5 * Math.sqrt(6 / 49 / n));
    }
    expect(bits.every((v) => Number.isInteger(v) && v >= 2 && v <= 8)).toBe(true);
  });
});

describe("what is refused", () => {
  const fail = (call: () => unknown): Error => {
    try {
      call();
    } catch (error) {
      return error as Error;
    }
    throw new Error("nothing was thrown");
  };
  const of = (transform: Transform) => fail(() => apply(flat(2), transform));

  test.each([
    [
      "no seed",
      () => of(gaussianNoise()),
      /^gaussianNoise\.seed: got nothing; allowed is a whole number from 0 to 2\^53 - 1, or 2 of them/,
    ],
    [
      "half a seed",
      () => of(gaussianNoise({ seed: 0.5 })),
      /^gaussianNoise\.seed: got 0\.5; allowed is a whole number/,
    ],
    ["a negative one", () => of(gaussianNoise({ seed: -1 })), /^gaussianNoise\.seed: got -1;/],
    [
      "one that is too large",
      () => of(gaussianNoise({ seed: 2 ** 53 })),
      /^gaussianNoise\.seed: got 9007199254740992;/,
    ],
    ["a wrong one among some", () => of(gaussianNoise({ seed: [1, 1.5] })), /^gaussianNoise\.seed\[1\]: got 1\.5;/],
    ["NaN", () => fail(() => gaussianNoise({ seed: Number.NaN })), /^gaussianNoise\.seed: got NaN;/],
    [
      "a tensor",
      () => of(gaussianNoise({ seed: tensor(device.gpu, [1, 2]) as never })),
      /^gaussianNoise\.seed: got a tensor; allowed is a whole number/,
    ],
    [
      "a distribution",
      () => fail(() => sequential([gaussianNoise({ seed: uniform(0, 1) as never })])),
      /^gaussianNoise\.seed: got uniform\(\.\.\.\); allowed is nothing, or a whole number/,
    ],
    [
      "a gradient of what has none",
      () => of(posterize({ bits: parameter(device.gpu, [3]) })),
      /^posterize\.bits: got a tensor that requires a gradient; .*how many bits are kept has no gradient/,
    ],
    ["2.5 bits", () => of(posterize({ bits: [2, 2.5] })), /^posterize\.bits\[1\]: got 2\.5; allowed is a whole number/],
    [
      "bits between two whole numbers",
      () => fail(() => sequential([posterize({ bits: uniform(2.2, 2.8) })])),
      /^posterize\.bits: got a range from 2\.2.* to 2\.8.*; allowed is a range with a whole number in it/,
    ],
    [
      "bits with learned bounds",
      () => fail(() => sequential([posterize({ bits: uniform(parameter(device.gpu, [2]), 8) })])),
      /^posterize\.bits: got a learned bound;/,
    ],
    [
      "no such estimator",
      () => fail(() => posterize({ estimator: "hard" as never })),
      /^posterize\.estimator: got string "hard"/,
    ],
    ["no softness", () => fail(() => posterize({ softness: 0 })), /^posterize\.softness: got 0; allowed is /],
  ])("%s", (_, call, message) => {
    const error = call();
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error.message).toMatch(message);
  });

  test("a list of another length, and a recipe without seeds", () => {
    expect(of(gaussianNoise({ seed: [1, 2, 3] }))).toBeInstanceOf(ShapeError);
    const pipeline = sequential([gaussianNoise()]);
    const recipe = pipeline.sample(2, { step: 0 });
    delete recipe.transforms[0].params.seed;
    expect(fail(() => pipeline.replay(flat(2), recipe)).message).toMatch(
      /^params\.transforms\[0\]\.params\.seed: got nothing; allowed is 2 whole numbers/,
    );
    expect(() => pipeline(flat(2))).toThrow(/^step: got nothing/);
  });

  test("declarations that draw wrongly", () => {
    const base = { kind: "point" as const, wgsl: "", params: {}, doc: "nothing", source: "this test" };
    expect(fail(() => declare({ ...base, name: "a1", draws: 0 })).message).toMatch(/^draws of a1: got 0;/);
    expect(fail(() => declare({ ...base, name: "a2", draws: 1, linear: true })).message).toMatch(/^draws of a2/);
    expect(fail(() => declare({ ...base, name: "a3", draws: 1, kind: "map" })).message).toMatch(
      /^draws of a3: got a map/,
    );
    const seed = { unit: "seed", doc: "another one" };
    expect(fail(() => declare({ ...base, name: "a4", draws: 1, params: { seed } })).message).toMatch(
      /^params of a4: got seed/,
    );
  });

  test("whole numbers of a tensor are rounded to those that are allowed", async () => {
    const x = tensor(
      device.gpu,
      Float32Array.from({ length: 5 * 8 }, (_, i) => (i % 8) / 8),
      [5, 1, 1, 8],
    );
    const bits = tensor(device.gpu, [2.4, 2.6, -3, 99, 7.5]);
    const right = await apply(x, posterize({ bits: [2, 3, 0, 8, 8] })).read();
    expect(await apply(x, posterize({ bits })).read()).toEqual(right);
  });
});
