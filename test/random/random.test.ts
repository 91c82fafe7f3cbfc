/** Every random class, by what it was made from: what it draws, and what Kornia's classes have in common. */
import { describe, expect, test } from "vitest";
import { RandomMotionBlur, reshape, type Sampled, sequential, slice, type Tensor } from "../../src/index.ts";
import { testGpu } from "../gpu.ts";
import { CASES } from "./cases.ts";
import { ALL, classes, inputOf, isOfVolumes, mixes, N, rowsOf } from "./classes.ts";

const device = testGpu();

test("there is a case for every class, and no other", () => {
  expect(Object.keys(CASES).sort()).toEqual(classes.map(([name]) => name).sort());
});

test("RandomMotionBlur of several sizes has one size and one angle with sameOnBatch, others at other steps", () => {
  const blur = RandomMotionBlur({ kernelSize: [3, 7], angle: 90, direction: 0.5, p: 0.5, sameOnBatch: true });
  const draws = [...Array(12).keys()].map((step) => {
    const { choices, transforms } = sequential([blur]).sample(5, { step });
    for (const list of [choices![0].chosen, ...transforms.flatMap(({ on, params }) => [on, params.angle])])
      expect(new Set(list as number[]).size).toBe(1);
    return choices![0].chosen[0];
  });
  expect(new Set(draws)).toEqual(new Set([0, 1, 2]));
});

describe.each(classes)("%s", (name, make) => {
  const { settings = {}, drawn = {}, still = false, sizes = false, p: chance = sizes ? 1 : 0.5 } = CASES[name];
  const { declaration, p } = make.random;
  const all = sizes ? 1 : ALL;

  test("draws what Kornia documents, with its probability", () => {
    expect(make.random.name).toBe(name);
    expect(p).toBe(chance);
    const { transforms } = sequential([make(settings)]).sample(400, { step: 3, shape: [400, 3, 8, 8] });
    const [{ on, params, name: of }] = transforms;
    expect(of).toBe(declaration.name);
    const rate = on === undefined ? 1 : on.reduce((sum, each) => sum + each, 0) / 400;
    expect(Math.abs(rate - p)).toBeLessThanOrEqual(5 * Math.sqrt((p * (1 - p)) / 400));
    for (const [param, [lo, hi]] of Object.entries(drawn)) {
      const values = [params[param]].flat(3) as number[];
      expect(Math.min(...values)).toBeGreaterThanOrEqual(Math.fround(lo));
      expect(Math.max(...values)).toBeLessThanOrEqual(Math.fround(hi));
      // 400 draws fill a range but for a tenth.
      expect(Math.max(...values) - Math.min(...values)).toBeGreaterThan(0.9 * (hi - lo));
    }
    expect(
      sequential([make({ ...settings, p: 1 })]).sample(9, { step: 1, shape: [9, 3, 8, 8] }).transforms[0].on,
    ).toBeUndefined();
  });

  test("with sameOnBatch all samples get one draw, but for the partners of a mix", () => {
    const augment = sequential([make({ ...settings, sameOnBatch: true, ...(sizes ? {} : { p: 0.5 }) })]);
    const draw = (step: number) => augment.sample(5, { step, shape: [5, 3, 8, 8] }).transforms[0];
    const partners = Object.entries(declaration.params).flatMap(([param, { role }]) =>
      role === "partner" ? [param] : [],
    );
    for (const [what, values] of Object.entries({ ...draw(0).params, on: draw(0).on }))
      if (Array.isArray(values) && values.length === 5 && !partners.includes(what))
        expect(new Set(values.map((each) => JSON.stringify(each))).size, what).toBe(1);
    const steps = [...Array(20).keys()].map((step) => JSON.stringify(draw(step)));
    if (!sizes || !still) expect(new Set(steps).size).toBeGreaterThan(1);
  });

  test("samples and steps differ, equal keys do not, a sample is what it is alone, and a recipe replays", async () => {
    using _scope = device.gpu.scope();
    const x = inputOf(device.gpu, make);
    const augment = sequential([make({ ...settings, p: all })]);
    const read = async (y: Tensor) => rowsOf((await y.read()) as Float32Array, y.shape[0]);
    const first = await read(augment(x, { step: 0 }));
    expect(first.flatMap((row) => [...row]).every(Number.isFinite)).toBe(true);
    expect(await read(augment(x, { step: 0 }))).toEqual(first);
    const distinct = new Set(first.map((row) => row.join())).size;
    if (still) expect(distinct).toBe(1);
    else {
      expect(distinct).toBeGreaterThan(1);
      expect(await read(augment(x, { step: 1 }))).not.toEqual(first);
    }
    const recipe = JSON.parse(JSON.stringify(augment.sample(N, { step: 0, shape: x.shape }))) as Sampled;
    expect(await read(augment.replay(x, recipe))).toEqual(first);
    if (!mixes(make)) {
      const alone = augment(slice(x, 0, 2, 3), { step: 0, samples: [2] });
      expect(await read(alone)).toEqual([first[2]]);
      if (isOfVolumes(make)) return;
      const single = augment(reshape(slice(x, 0, 2, 3), x.shape.slice(1)), { step: 0, samples: [2] });
      expect(single.shape).toEqual(alone.shape.slice(1));
      expect(await single.read()).toEqual(first[2]);
    }
  });

  if (!sizes)
    test("samples that the coin leaves out stay as they are, bit for bit", async () => {
      using scope = device.gpu.scope();
      const x = inputOf(device.gpu, make);
      const before = rowsOf((await x.read()) as Float32Array);
      const read = async (y: Tensor) => rowsOf((await y.read()) as Float32Array);
      expect(await read(sequential([make({ ...settings, p: 0 })])(x, { step: 0 }))).toEqual(before);
      const half = sequential([make({ ...settings, p: 0.5 })]);
      const coinsOf = (step: number) => half.sample(N, { step, shape: x.shape }).transforms[0].on!;
      const step = [...Array(20).keys()].find((each) => new Set(coinsOf(each)).size === 2)!;
      const after = await read(half(x, { step }));
      for (const [i, on] of coinsOf(step).entries()) if (on === 0) expect(after[i]).toEqual(before[i]);
      void scope;
    });
});
