import { expect, test } from "vitest";
import * as ag from "../../src/index.ts";
import { values } from "../autograd/values.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();

/** Random numbers of a shape, others at every call. */
const draws = (asked: (readonly number[])[] = []) => {
  return (shape: readonly number[]) => {
    asked.push(shape);
    const size = shape.reduce((a, b) => a * b);
    return ag.tensor(device.gpu, values(size, 0, 1, asked.length), [...shape]);
  };
};

test("the shapes that are asked for, and that of the result", async () => {
  for (const [h, w, ...rest] of [
    [5, 9, [3, 5], [2, 3], [5, 9]],
    [1, 1, [3, 3], [2, 2]],
    [9, 3, [3, 9], [2, 5]],
  ] as [number, number, ...number[][]][]) {
    const asked: (readonly number[])[] = [];
    const field = ag.diamondSquare([2, 3, h, w], { random: draws(asked), normalizeRange: [0, 1] });
    expect(field.shape).toEqual([2, 3, h, w]);
    expect(asked.map((shape) => shape.slice(2)).slice(0, 2)).toEqual(rest.slice(0, 2));
    expect((await field.read()).every((v) => v >= 0 && v <= 1)).toBe(true);
  }
});

test("gradients of roughness and scale", async () => {
  const [roughness, randomScale] = [0.3, 0.9].map((v) => ag.parameter(device.gpu, [v, v / 2]));
  await ag.assertGradients(
    (r, s) => ag.diamondSquare([2, 1, 7, 9], { random: draws(), roughness: r, randomScale: s }),
    [roughness, randomScale],
  );
});

test("what does not fit is refused", () => {
  const random = () => ag.zeros(device.gpu, [2]);
  expect(() => ag.diamondSquare([1, 1, 4, 4], { random })).toThrow(/random of diamondSquare\(\): got \[2\]/);
  expect(() => ag.diamondSquare([1, 4, 4], { random: draws() })).toThrow(/\[N, C, H, W\]/);
  expect(() => ag.diamondSquare([1, 1, 4, 4], { random: draws(), roughness: Number.NaN })).toThrow(/finite/);
});
