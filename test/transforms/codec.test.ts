import { describe, expect, test, vi } from "vitest";
import { apply, explain, grad, jpeg, parameter, pixelate, tensor } from "../../src/index.ts";
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

  test("is a pass of its own, which reads f32", () => {
    const { passes } = explain([jpeg(), pixelate()], [1, 3, 20, 20], { input: "u8" });
    expect(passes.map(({ kind }) => kind)).toEqual(["point", "block", "block"]);
  });

  test("refuses what it cannot encode", () => {
    const { gpu } = device;
    const grey = tensor(gpu, new Float32Array(64), [1, 1, 8, 8]);
    expect(() => apply(grey, jpeg())).toThrow(/3 channels/);
    expect(() => apply(tensor(gpu, new Float32Array(192), [1, 3, 8, 8]), jpeg({ quality: 0 }))).toThrow(/jpeg.quality/);
    expect(() => jpeg({ estimator: "none" as "polynomial" })).toThrow(/estimator/);
  });
});

test("a block of more pixels than a thread has room for is refused", () => {
  const x = tensor(device.gpu, new Float32Array(64), [1, 1, 8, 8]);
  expect(() => apply(x, pixelate({ blockSize: 25 }))).toThrow(
    /pixelate.blockSize: got \[25, 25\]; allowed is at most 576/,
  );
  expect(() => pixelate({ blockSize: 0 })).toThrow(/blockSize/);
});
