/** Which way random maps turn and move, and what crops cut out. */
import { describe, expect, test } from "vitest";
import {
  apply,
  fiveCrop,
  RandomAffine,
  RandomCrop,
  RandomResizedCrop,
  RandomRotation,
  RandomTranslate,
  sequential,
  type Tensor,
  type Transform,
  tenCrop,
  tensor,
} from "../../src/index.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();

/** Pixels that say where they are: 10 · row + column, over 100. */
const numbered = (height: number, width: number, n = 1): Tensor => {
  const one = Array.from({ length: height * width }, (_, i) => (10 * Math.floor(i / width) + (i % width)) / 100);
  return tensor(device.gpu, Array.from({ length: n }, () => one).flat(), [n, 1, height, width]);
};

/** What comes out, as the numbers of pixels. */
async function seen(transforms: readonly Transform[], x: Tensor, step = 0): Promise<number[]> {
  using scope = device.gpu.scope();
  const y = await sequential(transforms)(x, { step }).read();
  void scope;
  return Array.from(y as Float32Array, (value) => Math.round(value * 1e4) / 100);
}

test("positive angles turn counter-clockwise, of RandomRotation and RandomAffine alike; y points down", async () => {
  const x = numbered(3, 3);
  const turned = [2, 12, 22, 1, 11, 21, 0, 10, 20];
  expect(await seen([RandomRotation({ degrees: [90, 90], p: 1 })], x)).toEqual(turned);
  expect(await seen([RandomAffine({ degrees: [90, 90], p: 1 })], x)).toEqual(turned);
  const moved = [0, 0, 0, 0, 0, 1, 0, 10, 11];
  expect(await seen([RandomTranslate({ translateX: [1 / 3, 1 / 3], translateY: [1 / 3, 1 / 3], p: 1 })], x)).toEqual(
    moved.map((value) => value),
  );
});

test("RandomAffine's scale is one draw for both axes, its translate one for each", () => {
  const augment = sequential([RandomAffine({ degrees: 0, translate: [0.1, 0.1], scale: [0.5, 2] })]);
  const { params } = augment.sample(8, { step: 1 }).transforms[0];
  expect(params.scaleX).toEqual(params.scaleY);
  expect(params.x).not.toEqual(params.y);
});

describe("RandomCrop", () => {
  test("cuts out whole pixels, at every place", async () => {
    const [height, width, n] = [5, 4, 60];
    const values = await seen([RandomCrop({ size: [3, 2] })], numbered(height, width, n));
    const corners = Array.from({ length: n }, (_, i) => values.slice(6 * i, 6 * i + 6)).map((window) => {
      expect(window.map((value) => value - window[0])).toEqual([0, 1, 10, 11, 20, 21]);
      return window[0];
    });
    expect([...new Set(corners)].sort((a, b) => a - b)).toEqual([0, 1, 2, 10, 11, 12, 20, 21, 22]);
  });

  test("with padding, or of a smaller image, shows what lies beyond", async () => {
    const padded = await seen([RandomCrop({ size: 4, padding: 1, fill: 0.99 })], numbered(4, 4, 40));
    expect(padded.filter((value) => value === 99).length).toBeGreaterThan(100);
    const larger = await seen([RandomCrop({ size: [4, 3], fill: 0.99 })], numbered(2, 3, 30));
    const tops = Array.from({ length: 30 }, (_, i) => larger.slice(12 * i, 12 * i + 12).findIndex((v) => v !== 99) / 3);
    expect([...new Set(tops)].sort()).toEqual([0, 1, 2]);
    for (let i = 0; i < 30; i++)
      expect(larger.slice(12 * i, 12 * i + 12).filter((v) => v !== 99)).toEqual([0, 1, 2, 10, 11, 12]);
  });
});

test("RandomResizedCrop of the whole image shows all of it, also where it is not square", async () => {
  const whole = await seen([RandomResizedCrop({ size: [3, 4], scale: [1, 1], ratio: [4 / 3, 4 / 3] })], numbered(3, 4));
  expect(whole).toEqual([0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 23]);
});

test("fiveCrop and tenCrop take corners and middle, and those of the mirrored image", async () => {
  const x = numbered(4, 5);
  const of = async (chain: Transform | Transform[]) =>
    Array.from((await apply(x, chain).read()) as Float32Array, (value) => Math.round(100 * value));
  const five = await Promise.all(fiveCrop({ size: [1, 2] }).map(of));
  expect(five).toEqual([[0, 1], [3, 4], [30, 31], [33, 34], [11, 12]]); // biome-ignore format: rows
  const ten = await Promise.all(tenCrop({ size: [1, 2] }).map(of));
  expect(ten.slice(0, 5)).toEqual(five);
  expect(ten.slice(5, 7)).toEqual([[4, 3], [1, 0]]); // biome-ignore format: rows
  expect(() => fiveCrop({ size: 0 })).toThrow("fiveCrop.size");
  expect(() => tenCrop({} as never)).toThrow("tenCrop.size");
});
