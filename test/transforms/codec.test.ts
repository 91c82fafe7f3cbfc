import { describe, expect, test, vi } from "vitest";
import {
  apply,
  brightness,
  contrastAboutMean,
  erasing,
  explain,
  gamma,
  gaussianNoise,
  grad,
  grayscale,
  jpeg,
  normalize,
  parameter,
  pixelate,
  type Tensor,
  type Transform,
  tensor,
} from "../../src/index.ts";
import { testGpu } from "../gpu.ts";
import { hardJpeg, straightJpeg } from "../reference/families/codec.ts";
import { randomImage, type Shape4 } from "../reference/image.ts";
import { reference } from "../reference/index.ts";
import { weightsFor } from "./check.ts";

const device = testGpu();
vi.setConfig({ testTimeout: 60_000 });
const SHAPE: Shape4 = [1, 3, 9, 18];
const image = randomImage(SHAPE, 5);
const weights = weightsFor(image.data.length);
const dot = (list: ArrayLike<number>) => Array.from(list).reduce((sum, v, i) => sum + v * weights[i], 0);

const run = (quality: number, estimator: "polynomial" | "straightThrough" = "polynomial") => {
  const { gpu } = device;
  const x = tensor(gpu, Float32Array.from(image.data), SHAPE, { requiresGrad: true });
  const q = parameter(gpu, [quality]);
  const y = apply(x, jpeg({ quality: q, estimator }));
  const [gx, gq] = grad(y, [x, q], { gradient: tensor(gpu, weights, SHAPE) });
  return Promise.all([y, gx, gq].map((t) => t.read()));
};

describe("jpeg", () => {
  // At 50 the formula of the scale bends, and at 89 a step of the quantisation is a whole number.
  test.each([1, 2, 10, 25, 49.99, 50, 89, 99, 100])("at a quality of %d", async (quality) => {
    const [y, gx, gq] = await run(quality);
    const right = (q: number) => reference.jpeg(image, { quality: [[q]] }, {}).data;
    const expected = right(Math.fround(quality));
    y.forEach((v, i) => expect(Math.abs(v - expected[i]), `value ${i}`).toBeLessThan(2e-4));
    expect(gx.every(Number.isFinite)).toBe(true);
    expect(Number.isFinite(gq[0])).toBe(true);
    // From the side on which nothing jumps: the scale falls with the quality, and is at least the whole number.
    const h = 1e-7 * quality;
    const at = (k: number) => dot(right(Math.fround(quality) - k * h));
    const slope = (-3 * at(0) + 4 * at(1) - at(2)) / (-2 * h);
    // On that side of 50 is the other branch.
    if (quality !== 50) expect(Math.abs(gq[0] - slope) / Math.max(1, Math.abs(slope))).toBeLessThan(1e-3);
  });

  test.each([12, 50, 83])("hard rounding is an encoder's, its gradient straight-through, at %i", async (quality) => {
    const [y, gx, gq] = await run(quality, "straightThrough");
    const expected = hardJpeg(image, { quality: [[quality]] }).data;
    y.forEach((v, i) => expect(Math.abs(v - expected[i]), `value ${i}`).toBeLessThan(2e-4));
    const f = straightJpeg(image, { quality: [[quality]] });
    const direction = weightsFor(image.data.length, 7);
    const moved = (t: number) => image.data.map((v, i) => v + t * direction[i]);
    const slope =
      (dot(f({ shape: SHAPE, data: moved(1e-6) }, quality).data) -
        dot(f({ shape: SHAPE, data: moved(-1e-6) }, quality).data)) /
      2e-6;
    const found = gx.reduce((sum, v, i) => sum + v * direction[i], 0);
    expect(Math.abs(found - slope) / Math.max(1, Math.abs(slope))).toBeLessThan(1e-3);
    const ofQuality = (dot(f(image, quality + 1e-4).data) - dot(f(image, quality).data)) / 1e-4;
    expect(Math.abs(gq[0] - ofQuality) / Math.max(1, Math.abs(ofQuality))).toBeLessThan(2e-3);
  });

  // Whole tiles, and padded ones: kernels of their own.
  test.each([16, 17])("leaves samples alone by their coin, %i pixels wide", async (width) => {
    const { gpu } = device;
    const shape: Shape4 = [3, 3, 16, width];
    const values = Float32Array.from(randomImage(shape, 8).data);
    const seed = weightsFor(values.length);
    const each = values.length / 3;
    const of = async (on?: number[]) => {
      const x = tensor(gpu, values, shape, { requiresGrad: true });
      const q = parameter(gpu, [30, 60, 90]);
      const y = apply(x, jpeg({ quality: q, on }));
      return Promise.all([y, ...grad(y, [x, q], { gradient: tensor(gpu, seed, shape) })].map((t) => t.read()));
    };
    const [y, gx, gq] = await of([0, 1, 0]);
    const whole = await of();
    for (const n of [0, 2]) {
      expect(y.slice(n * each, (n + 1) * each)).toEqual(values.slice(n * each, (n + 1) * each));
      expect(gx.slice(n * each, (n + 1) * each)).toEqual(seed.slice(n * each, (n + 1) * each));
      expect(gq[n]).toBe(0);
    }
    expect(y.slice(each, 2 * each)).toEqual(whole[0].slice(each, 2 * each));
    expect(gx.slice(each, 2 * each)).toEqual(whole[1].slice(each, 2 * each));
    expect(gq[1]).toBe(whole[2][1]);
  });

  test("is a pass that reads f32, and stores what follows as any type", () => {
    const { passes } = explain([jpeg(), brightness(), pixelate()], [1, 3, 20, 20], { input: "u8" });
    expect(passes.map(({ kind, transforms }) => [kind, transforms.length])).toEqual([
      ["point", 0],
      ["block", 2],
      ["block", 1],
    ]);
    expect(passes.map(({ ended }) => ended).slice(1)).toEqual(["pixelate looks at other pixels", "end of the chain"]);
    expect(explain([jpeg(), brightness()], [1, 3, 20, 20], { dtype: "u8" }).passes).toHaveLength(1);
    expect(explain([jpeg(), contrastAboutMean()], [1, 3, 20, 20]).passes.map(({ ended }) => ended)[0]).toBe(
      "contrastAboutMean needs the mean of the resampled image",
    );
  });

  test("refuses what it cannot encode", () => {
    const { gpu } = device;
    const grey = tensor(gpu, new Float32Array(64), [1, 1, 8, 8]);
    expect(() => apply(grey, jpeg())).toThrow(/3 channels/);
    expect(() => apply(tensor(gpu, new Float32Array(192), [1, 3, 8, 8]), jpeg({ quality: 0 }))).toThrow(/jpeg.quality/);
    expect(() => jpeg({ estimator: "none" as "polynomial" })).toThrow(/estimator/);
  });
});

/** Blocks with parameters that learn, and points of all sorts behind them; planes in whole rows of quads, and others. */
const FOLLOWED: Record<string, { shape: Shape4; block: (p: Learn) => Transform; points: (p: Learn) => Transform[] }> = {
  "jpeg, a gate, a coin, places": {
    shape: [2, 3, 16, 20],
    block: (p) => jpeg({ quality: p(35, 80) }),
    points: (p) => [
      brightness({ factor: p(1.2, 0.7), on: p(0.4, 1) }),
      erasing({ x: 3, y: 2, width: 5.5, height: 4, value: p(0.3), on: [0, 1] }),
      normalize({ mean: p(0.4, 0.5, 0.6), std: 0.3 }),
    ],
  },
  "jpeg of some samples, draws, another number of channels": {
    shape: [3, 3, 7, 9],
    block: (p) => jpeg({ quality: p(35, 80, 60), on: [1, 0, 1] }),
    points: (p) => [
      gaussianNoise({ std: p(0.1, 0.2, 0.3), seed: 5 }),
      gamma({ gamma: p(1.3), on: [0, 1, 1] }),
      grayscale({ channels: 1 }),
    ],
  },
};

type Learn = (...values: number[]) => Tensor;

describe("points that follow", () => {
  test.each(Object.entries(FOLLOWED))("%s: as in a pass of their own", async (_, { shape, block, points }) => {
    const { gpu } = device;
    const learns: Tensor[] = [];
    const learn: Learn = (...values) => {
      learns.push(parameter(gpu, values));
      return learns[learns.length - 1];
    };
    const x = tensor(gpu, Float32Array.from(randomImage(shape, 9).data), shape, { requiresGrad: true });
    const [head, tail] = [block(learn), points(learn)];
    const { passes } = explain([head, ...tail], shape);
    expect(passes.map(({ transforms }) => transforms.length)).toEqual([1 + tail.length]);
    const read = async (y: Tensor, wanted: Tensor[]) => {
      const gradient = tensor(gpu, weightsFor(y.size), y.shape);
      return Promise.all([y, ...grad(y, wanted, { gradient })].map((each) => each.read()));
    };
    const near = (found: ArrayLike<number>, expected: ArrayLike<number>, what: string) => {
      const scale = Math.max(1, ...Array.from(expected, Math.abs));
      Array.from(expected, (v, i) => expect(Math.abs(found[i] - v) / scale, `${what}: ${i}`).toBeLessThan(1e-5));
    };
    const together = await read(apply(x, [head, ...tail]), [x, ...learns]);
    const apart = await read(apply(apply(x, head), tail), [x, ...learns]);
    together.forEach((list, k) => {
      expect(list.some((v) => v !== 0)).toBe(true);
      near(list, apart[k], `${k}`);
    });
    // The points' own parameters ask for nothing before them.
    const own = learns[learns.length - 1];
    const [, alone] = await read(apply(x.detach(), [head, ...tail]), [own]);
    near(alone, apart[1 + learns.length], "a point's parameter alone");
    const half = apply(x, [head, ...tail], { dtype: "f16" });
    expect(half.dtype).toBe("f16");
    for (const [i, v] of (await half.read()).entries()) expect(Math.abs(v - apart[0][i])).toBeLessThan(2e-3);
  });
});

test("the kernels of blocks are the same, whatever follows", () => {
  const { gpu } = device;
  const x = tensor(gpu, new Float32Array(192), [1, 3, 8, 8]);
  const keysOf = (chain: Transform[]) => {
    const asked = vi.spyOn(gpu, "pipeline");
    apply(x, chain).dispose();
    const keys = asked.mock.calls.map(([{ key }]) => key).filter((key) => key.startsWith("block_"));
    asked.mockRestore();
    return keys;
  };
  const alone = keysOf([jpeg({ on: [1] })]);
  expect(alone).toHaveLength(2);
  expect(keysOf([jpeg({ on: [1] }), brightness({ factor: 0.9, on: [1] }), grayscale({ channels: 1 })])).toEqual(alone);
});

test("a block of more pixels than a thread has room for is refused", () => {
  const x = tensor(device.gpu, new Float32Array(64), [1, 1, 8, 8]);
  expect(() => apply(x, pixelate({ blockSize: 25 }))).toThrow(
    /pixelate.blockSize: got \[25, 25\]; allowed is at most 576/,
  );
  expect(() => pixelate({ blockSize: 0 })).toThrow(/blockSize/);
});
