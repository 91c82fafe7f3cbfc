import { describe, expect, it } from "vitest";
import { around, bernoulli, type Sampled, sequential, uniform } from "../../src/augment/index.ts";
import { ArgumentError, ShapeError, TensorStateError } from "../../src/gpu/index.ts";
import { type Tensor, tensor } from "../../src/tensor/index.ts";
import {
  brightness,
  brightnessShift,
  contrast,
  gaussianBlur,
  horizontalFlip,
  normalize,
  rotate,
  scale,
} from "../../src/transforms/index.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();
const random = () =>
  sequential([
    rotate({ angle: uniform(-30, 30), p: 0.5 }),
    brightness({ factor: uniform(0.8, 1.2) }),
    horizontalFlip({ p: 0.5 }),
    contrast({ factor: uniform(0.5, 2, { scale: "log" }), p: 0.8 }),
    brightnessShift({ shift: around(0, 0.1), p: bernoulli(0.3) }),
  ]);

const image = (n: number, c = 3, size = 8): Tensor =>
  tensor(
    device.gpu,
    Float32Array.from({ length: n * c * size * size }, (_, i) => ((Math.sin(i * 12.9898) * 43758.5453) % 0.5) + 0.5),
    [n, c, size, size],
  );

/** What one sample got. */
const row = (params: Sampled, i: number) =>
  params.transforms.map(({ on, params: values }) => [
    on?.[i],
    ...Object.values(values).map((v) => (Array.isArray(v) ? v[i] : v)),
  ]);

describe("sampling", () => {
  it("is reproducible, and differs by seed, step and sample", () => {
    const at = (seed: number, step: number) => JSON.stringify(random().sample(16, { seed, step }).transforms);
    expect(at(1, 2)).toBe(at(1, 2));
    expect(new Set([at(1, 2), at(2, 2), at(1, 3)]).size).toBe(3);
    const params = random().sample(16, { step: 0 });
    expect(new Set(Array.from({ length: 16 }, (_, i) => JSON.stringify(row(params, i)))).size).toBe(16);
  });

  it("draws a sample's parameters from its own key: batch size, order and other calls do not matter", () => {
    const pipeline = random();
    const all = pipeline.sample(64, { seed: 5, step: 9 });
    pipeline.sample(3, { seed: 6, step: 1 });
    const some = pipeline.sample(3, { seed: 5, step: 9, samples: [40, 7, 63] });
    for (const [i, sample] of [40, 7, 63].entries()) expect(row(some, i)).toEqual(row(all, sample));
  });

  it("does not depend on the transforms around", () => {
    const alone = sequential([brightness({ factor: uniform(0.8, 1.2) })]).sample(8, { step: 4 }).transforms[0];
    const among = random().sample(8, { step: 4 }).transforms[1];
    expect(alone).toEqual(among);
    const keyed = (list: Parameters<typeof sequential>[0]) => sequential(list).sample(8, { step: 4 }).transforms.at(-1);
    const second = rotate({ angle: uniform(-30, 30), key: "second" });
    expect(keyed([rotate({ angle: uniform(0, 1) }), second])).toEqual(keyed([second]));
  });

  it("does not depend on whether other parameters of the transform are random", () => {
    const both = sequential([scale({ x: uniform(0.5, 2), y: uniform(0.5, 2), p: 0.5 })]).sample(8, { step: 1 })
      .transforms[0];
    const one = sequential([scale({ x: 1, y: uniform(0.5, 2) })]).sample(8, { step: 1 }).transforms[0];
    expect(one.params.y).toEqual(both.params.y);
    expect(both.params.x).not.toEqual(both.params.y);
  });

  it("keeps to the ranges and to p", () => {
    const { transforms } = random().sample(4000, { step: 1 });
    const ranges = [[-30, 30], [0.8, 1.2], [], [0.5, 2], [-0.1, 0.1]].map((range) => range.map(Math.fround));
    const p = [0.5, undefined, 0.5, 0.8, 0.3];
    transforms.forEach(({ on, params }, i) => {
      const share = on?.reduce((a, b) => a + b, 0);
      if (p[i] === undefined) expect(on).toBe(undefined);
      else expect(Math.abs(share! / 4000 - p[i])).toBeLessThan(0.03);
      const values = Object.values(params).find(Array.isArray) as number[] | undefined;
      if (!values) return;
      const [lo, hi] = ranges[i];
      expect(Math.min(...values)).toBeGreaterThanOrEqual(lo);
      expect(Math.max(...values)).toBeLessThanOrEqual(hi);
      expect(values.every((value) => Math.fround(value) === value)).toBe(true);
      const middle = values.reduce((a, b) => a + b, 0) / 4000;
      const mean = i === 3 ? (hi - lo) / Math.log(hi / lo) : (lo + hi) / 2;
      expect(Math.abs(middle - mean)).toBeLessThan(0.03 * (hi - lo));
    });
  });

  it("gives one distribution one draw, and two distributions two", () => {
    const zoom = uniform(0.5, 2);
    const kept = sequential([scale({ x: zoom, y: zoom })]).sample(4, { step: 0 }).transforms[0].params;
    expect(kept.x).toEqual(kept.y);
    const blur = sequential([gaussianBlur({ sigma: uniform(0.1, 2), kernelSize: 5 })]).sample(4, { step: 0 })
      .transforms[0].params;
    expect(blur.sigmaX).toEqual(blur.sigmaY);
  });

  it("draws vector parameters by component, or once for all", () => {
    const fill = (shared: boolean) => {
      const pipeline = sequential([rotate({ angle: 10, padding: "fill", fill: uniform(0, 1, { shared }) })]);
      expect(() => pipeline.sample(2, { step: 0 })).toThrow(/^shape: got nothing.*rotate\.fill/);
      return pipeline.sample(2, { step: 0, shape: [2, 3, 8, 8] }).transforms[0].params.fill as number[][];
    };
    expect(new Set(fill(false).flat()).size).toBe(6);
    expect(fill(true).map((values) => new Set(values).size)).toEqual([1, 1]);
    const own = sequential([normalize({ mean: uniform([0, 1, 2], [1, 2, 3]), std: 1 })]);
    const rows = own.sample(5, { step: 0, shape: [5, 3, 8, 8] }).transforms[0].params.mean as number[][];
    for (const values of rows) expect(values.map(Math.floor)).toEqual([0, 1, 2]);
  });
});

describe("applying", () => {
  it("gives the bits of its sample, replayed from JSON", async () => {
    const x = image(6);
    const pipeline = random();
    const direct = await pipeline(x, { seed: 3, step: 7 }).read();
    const params = JSON.parse(JSON.stringify(pipeline.sample(6, { seed: 3, step: 7 })));
    expect(await pipeline.apply(x, { seed: 3, step: 7 }).read()).toEqual(direct);
    expect(await pipeline.replay(x, params).read()).toEqual(direct);
    expect(await pipeline(x, { seed: 3, step: 8 }).read()).not.toEqual(direct);
  });

  it("changes each image as it would alone", async () => {
    const x = image(6);
    const values = (await x.read()) as Float32Array;
    const pipeline = random();
    const whole = (await pipeline(x, { step: 7 }).read()) as Float32Array;
    const each = x.size / 6;
    for (const i of [0, 3, 5]) {
      const one = tensor(device.gpu, values.slice(i * each, (i + 1) * each), [1, 3, 8, 8]);
      expect(await pipeline(one, { step: 7, samples: [i] }).read()).toEqual(whole.slice(i * each, (i + 1) * each));
    }
  });

  it("replays what was edited", async () => {
    const x = image(2, 1, 4);
    const pipeline = sequential([brightness({ factor: uniform(0.2, 0.4), clip: false, p: 0.5 })]);
    const params = pipeline.sample(2, { step: 0 });
    params.transforms[0].on = [1, 0];
    params.transforms[0].params.factor = [2, 2];
    const values = (await x.read()) as Float32Array;
    expect(await pipeline.replay(x, params).read()).toEqual(values.map((v, i) => (i < 16 ? 2 * v : v)));
  });

  it("takes a pipeline without anything random, without a step", async () => {
    const x = image(2, 1, 4);
    const values = (await x.read()) as Float32Array;
    const pipeline = sequential([brightness({ factor: [2, 0.5], clip: false })]);
    expect(await pipeline(x).read()).toEqual(values.map((v, i) => (i < 16 ? 2 : 0.5) * v));
    expect(await sequential([])(x).read()).toEqual(values);
  });
});

describe("bad input", () => {
  it("is refused when the pipeline is made", () => {
    const list = (value: unknown) => () => sequential(value as []);
    expect(list(undefined)).toThrow(/^transforms: got undefined/);
    expect(list([1])).toThrow(/^transforms\[0\]: got 1/);
    expect(list([rotate])).toThrow(/^transforms\[0\]: got a function/);
    expect(() => sequential([], { seed: -1 })).toThrow(/^seed: got -1/);
    for (const p of [-0.1, 1.1, Number.NaN, "1", [0.5], uniform(0, 1), null]) {
      expect(() => sequential([horizontalFlip({ p: p as number })])).toThrow(/^horizontalFlip\.p: got/);
    }
    expect(() => sequential([horizontalFlip({ p: 0.5, on: [1] })])).toThrow(/^horizontalFlip\.p: got p beside on/);
    expect(() => sequential([gaussianBlur({ sigma: uniform(-1, 1), kernelSize: 3 })])).toThrow(
      /^gaussianBlur\.sigmaX: got a range from -1 to 1/,
    );
    expect(() => sequential([scale({ x: uniform(-1, 1) })])).toThrow(
      /^scale\.x: got a range from -1 to 1; allowed is a range without 0/,
    );
    expect(() => sequential([rotate({ angle: uniform([0, 1], 2) })])).toThrow(ShapeError);
    expect(() => sequential([rotate({ angle: {} as number })])).toThrow(/^rotate\.angle: got object \{/);
    expect(() => sequential([rotate({ key: "a" }), horizontalFlip({ key: "a" })])).toThrow(/^transforms\[1\]\.key/);
  });

  it("is refused when images or draws do not fit", () => {
    const pipeline = random();
    const x = image(2);
    expect(() => pipeline(x)).toThrow(/^step: got nothing/);
    for (const bad of [-1, 0.5, Number.NaN, Infinity, "1"]) {
      expect(() => pipeline(x, { step: bad as number })).toThrow(/^step: got/);
      expect(() => pipeline(x, { step: 0, seed: bad as number })).toThrow(/^seed: got/);
      expect(() => pipeline(x, { step: 0, samples: [0, bad as number] })).toThrow(/^samples\[1\]: got/);
    }
    expect(() => pipeline(x, { step: 0, samples: [1] })).toThrow(ShapeError);
    expect(() => pipeline(tensor(device.gpu, [1]), { step: 0 })).toThrow(ShapeError);
    expect(() => pipeline([1] as unknown as Tensor, { step: 0 })).toThrow(/^x\[0\]: got 1/);
    for (const n of [0, -1, 1.5]) expect(() => pipeline.sample(n, { step: 0 })).toThrow(/^n: got/);
    expect(() => pipeline.sample(2, { step: 0, shape: [3, 3, 8, 8] })).toThrow(ShapeError);
    x.dispose();
    expect(() => pipeline(x, { step: 0 })).toThrow(TensorStateError);
  });

  it("is refused when a sampled value does not fit", () => {
    const pipeline = random();
    const x = image(2);
    const edited = (edit: (params: Sampled) => void) => () => {
      const params = pipeline.sample(2, { step: 0 });
      edit(params);
      return pipeline.replay(x, params);
    };
    expect(() => pipeline.replay(x, null as unknown as Sampled)).toThrow(/^params: got null/);
    expect(() => pipeline.replay(x, pipeline.sample(3, { step: 0 }))).toThrow(ShapeError);
    expect(edited((p) => void p.transforms.pop())).toThrow(/^params\.transforms: got 4 transforms/);
    expect(edited((p) => void p.transforms.reverse())).toThrow(/^params\.transforms\[0\]\.name/);
    expect(edited((p) => (p.transforms[0].on = [1, 2]))).toThrow(/^params\.transforms\[0\]\.on/);
    expect(edited((p) => delete p.transforms[0].on)).toThrow(/^params\.transforms\[0\]\.on: got nothing/);
    expect(edited((p) => delete p.transforms[0].params.angle)).toThrow(
      /^params\.transforms\[0\]\.params\.angle: got nothing/,
    );
    expect(edited((p) => (p.transforms[0].params.angel = 1))).toThrow(/^params\.transforms\[0\]\.params\.angel/);
    expect(edited((p) => (p.transforms[0].params.angle = "1" as unknown as number))).toThrow(ArgumentError);
    expect(edited((p) => ((p as { version: number }).version = 2))).toThrow(/^params\.version/);
  });
});
