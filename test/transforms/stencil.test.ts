import { describe, expect, test, vi } from "vitest";
import {
  ArgumentError,
  apply,
  bilateralBlur,
  boxBlur,
  contrast,
  dilation,
  erosion,
  explain,
  filter2d,
  grad,
  medianBlur,
  motionBlur,
  parameter,
  ShapeError,
  tensor,
} from "../../src/index.ts";
import { testGpu } from "../gpu.ts";
import type { Shape4 } from "../reference/index.ts";
import { type Case, check, weightsFor } from "./check.ts";

const device = testGpu();
vi.setConfig({ testTimeout: 60_000 });

const one = [1, 1, 5, 9] satisfies Shape4;
const far = (count: number) => [Array.from({ length: count }, (_, i) => Math.sin(i * i + 1) / 2)];
const holes = (h: number, w: number) =>
  Array.from({ length: h }, (_, r) => Array.from({ length: w }, (_, q) => Number((r * w + q) % 3 !== 1)));

// Small kernels are written out, larger ones loops: over rows, or over all cells. Medians of many are counted.
describe("kernels of every form", () => {
  test.each<Case>([
    { name: "medianBlur", options: { kernelSize: [7, 9], padding: "reflection" }, range: [-30, 60] },
    { name: "medianBlur", options: { kernelSize: [3, 17], padding: "border" }, range: [-30, 60] },
    { name: "filter2d", params: { kernel: far(26) }, options: { kernelSize: [2, 13], padding: "symmetric" } },
    { name: "filter2d", params: { kernel: far(15) }, options: { kernelSize: [5, 3], behaviour: "conv" } },
    {
      name: "dilation",
      params: { element: far(20) },
      options: { kernelSize: [5, 4], kernel: holes(5, 4) },
      range: [0, 9],
    },
    {
      name: "erosion",
      params: { element: far(26) },
      options: { kernelSize: [2, 13], kernel: holes(2, 13), origin: [0, 3], padding: "circular" },
      range: [0, 9],
    },
    { name: "boxBlur", options: { kernelSize: [34, 3], padding: "reflection" } },
  ])("$name $options", async (made) => {
    await check(device.gpu, [made], { shape: one });
  });
});

// Where rows are whole quads, four neighbouring pixels share what they read: those of a rank are seen so, of any form gathered. In loops and
// written out, with holes, and with values of their own for each cell.
describe("four pixels at a time", () => {
  test.each<Case>([
    { name: "medianBlur", options: { kernelSize: [3, 5], padding: "symmetric" }, range: [-30, 60] },
    { name: "medianBlur", options: { kernelSize: [5, 1] }, range: [-30, 60] },
    { name: "filter2d", params: { kernel: far(26) }, options: { kernelSize: [2, 13], padding: "zeros" } },
    {
      name: "dilation",
      params: { element: far(20) },
      options: { kernelSize: [5, 4], kernel: holes(5, 4) },
      range: [0, 9],
    },
  ])("$name $options", async (made) => {
    await check(device.gpu, [made], { shape: [1, 4, 5, 8] });
  });
});

test.each([5, 8])(
  "neighbours that have the median's value share its gradient, padding too, in rows of %i",
  async (w) => {
    const h = 4;
    const around = (i: number) =>
      Array.from({ length: 9 }, (_, k) => [Math.floor(i / w) + Math.floor(k / 3) - 1, (i % w) + (k % 3) - 1]).map(
        ([r, c]) => (r >= 0 && r < h && c >= 0 && c < w ? r * w + c : -1),
      );
    const values = Array.from({ length: h * w }, (_, i) => (i * i + 3 * i) % 4);
    const seed = weightsFor(h * w, 4);
    const expected = new Float32Array(h * w);
    for (let i = 0; i < h * w; i++) {
      const seen = around(i).map((at) => values[at] ?? 0);
      const median = seen.toSorted((a, b) => a - b)[4];
      const ties = seen.filter((value) => value === median).length;
      for (const at of around(i)) if (values[at] === median) expected[at] += seed[i] / ties;
    }
    const x = tensor(device.gpu, values, [1, 1, h, w], { requiresGrad: true });
    const [g] = grad(apply(x, medianBlur()), [x], { gradient: tensor(device.gpu, seed, [1, 1, h, w]) });
    (await g.read()).forEach((value, i) => {
      expect(value, `pixel ${i}`).toBeCloseTo(expected[i], 5);
    });
  },
);

// Each sample's line is crossed along the axis that it is closer to.
describe("lines of motion", () => {
  test.each([
    { padding: "zeros", kernelSize: 9, angle: [[-20], [75]] },
    { padding: "symmetric", kernelSize: 13, angle: [[-130], [12]] },
    { padding: "circular", kernelSize: 7, angle: [[44], [83]] },
    { padding: "border", kernelSize: 5, angle: [[176], [-47]] },
  ])("along either axis, $padding, $kernelSize", async ({ angle, ...options }) => {
    const params = { angle, direction: [[0.4], [-0.9]] };
    await check(device.gpu, [{ name: "motionBlur", params, options }], { shape: [2, 1, 5, 11] });
  });

  test("what has no weight is not seen, and an angle that is NaN is that of its sample alone", async () => {
    const { gpu } = device;
    const values = weightsFor(2 * 45, 3);
    values[20] = Number.NaN;
    const seed = weightsFor(2 * 45, 4);
    seed[24] = Number.POSITIVE_INFINITY;
    const x = tensor(gpu, values, [2, 1, 5, 9], { requiresGrad: true });
    const y = apply(x, motionBlur({ kernelSize: 3, angle: tensor(gpu, [90, Number.NaN], [2]) }));
    const [g] = grad(y, [x], { gradient: tensor(gpu, seed, [2, 1, 5, 9]) });
    const lost = (of: Float32Array) => Array.from(of.keys()).filter((i) => !Number.isFinite(of[i]));
    const second = Array.from({ length: 45 }, (_, i) => 45 + i);
    expect(lost(await y.read())).toEqual([11, 20, 29, ...second]);
    expect(lost(await g.read())).toEqual([15, 24, 33, ...second]);
  });
});

// Neighbouring windows of equal weights share sums: of several stretches of values, of one, and of so many that they are added in a loop.
describe("boxes", () => {
  test.each([
    { kernelSize: [1, 6], padding: "circular" },
    { kernelSize: [1, 7], padding: "zeros" },
    { kernelSize: [1, 13], padding: "border" },
    { kernelSize: [1, 40], padding: "symmetric" },
    { kernelSize: [1, 75], padding: "zeros" },
    { kernelSize: [78, 1], padding: "reflection" },
  ])("of $kernelSize, $padding", async (options) => {
    const [height] = options.kernelSize;
    await check(device.gpu, [{ name: "boxBlur", options }], { shape: height > 1 ? [1, 1, 41, 3] : [1, 1, 3, 41] });
  });

  test("see NaN and infinity where they lie in the box, and nowhere else", async () => {
    const { gpu } = device;
    const values = weightsFor(80, 3);
    values[20] = Number.NaN;
    const seed = weightsFor(80, 4);
    seed[50] = Number.POSITIVE_INFINITY;
    const x = tensor(gpu, values, [1, 1, 1, 80], { requiresGrad: true });
    const y = apply(x, boxBlur({ kernelSize: [1, 6] }));
    const [g] = grad(y, [x], { gradient: tensor(gpu, seed, [1, 1, 1, 80]) });
    const lost = (of: Float32Array) => Array.from(of.keys()).filter((i) => !Number.isFinite(of[i]));
    expect(lost(await y.read())).toEqual([17, 18, 19, 20, 21, 22]);
    expect(lost(await g.read())).toEqual([48, 49, 50, 51, 52, 53]);
  });
});

// They are linear: pulled back they have to be their transposes, wherever images of a pixel are.
test.each(["reflection", "symmetric", "border", "circular"] as const)(
  "a kernel larger than the image sees it again and again, %s, and so does its transpose",
  async (padding) => {
    const { gpu } = device;
    for (const [h, w] of [
      [1, 1],
      [1, 5],
      [2, 3],
      [4, 2],
    ]) {
      const shape = [1, 2, h, w];
      const values = weightsFor(2 * h * w, 5);
      const seed = weightsFor(2 * h * w, 7);
      const x = tensor(gpu, values, shape, { requiresGrad: true });
      const kernel = Array.from({ length: 4 }, (_, r) => Array.from({ length: 7 }, (_, q) => Math.cos(3 * r + q)));
      const y = apply(x, filter2d({ kernel, padding }));
      const [back] = grad(y, [x], { gradient: tensor(gpu, seed, shape) });
      const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, v, i) => sum + v * b[i], 0);
      const [there, here] = [dot(await y.read(), seed), dot(values, await back.read())];
      expect(Math.abs(there - here), `${h} x ${w}`).toBeLessThan(2e-4);
    }
  },
);

describe("points that follow", () => {
  const points: Case[] = [
    { name: "contrast", params: { factor: [[1.3], [0.8]] } },
    { name: "brightness", params: { factor: [[0.7], [0.9]] } },
  ];
  test.each<Case>([
    { name: "medianBlur", options: { kernelSize: 3 }, range: [0.2, 0.8] },
    { name: "filter2d", params: { kernel: far(9) }, options: { kernelSize: 3, normalized: true } },
    { name: "sharpness", params: { factor: [[0.4], [0.7]] } },
  ])("run in the pass of $name", async (made) => {
    await check(device.gpu, [made, ...points], { shape: [2, 3, 3, 8], kinks: 4 });
  });
  test("as many as make a loop over the four pixels of a quad", async () => {
    const many = Array.from(
      { length: 21 },
      (_, i): Case => ({ name: "brightness", params: { factor: [[1 + 0.01 * i]] } }),
    );
    const median: Case = { name: "medianBlur", options: { kernelSize: [1, 3] }, range: [0.2, 0.4] };
    await check(device.gpu, [median, ...many], { shape: [1, 1, 2, 4] });
  });
  test("and the plan says so", () => {
    const chain = [medianBlur(), contrast({ factor: 0.7 }), bilateralBlur({ sigmaColor: 0.2, sigmaSpace: 1 })];
    const { passes } = explain(chain, [2, 3, 16, 16]);
    expect(passes.map(({ kind, transforms }) => [kind, transforms])).toEqual([
      ["stencil", ["medianBlur", "contrast"]],
      ["program", ["bilateralBlur"]],
    ]);
    expect(passes[0].ended).toBe("bilateralBlur looks at other pixels");
  });
});

test("a coin of 0 leaves a sample alone, and its gradient", async () => {
  const { gpu } = device;
  const shape = [2, 3, 5, 5];
  const values = weightsFor(150, 3);
  const seed = weightsFor(150, 4);
  for (const make of [
    (on: number[]) => medianBlur({ on }),
    (on: number[]) => bilateralBlur({ sigmaColor: 0.4, sigmaSpace: 1, kernelSize: 3, on }),
    (on: number[]) => filter2d({ kernel: parameter(gpu, far(9)[0], [3, 3]), on }),
    (on: number[]) => boxBlur({ on }),
  ]) {
    const run = async (on: number[]) => {
      const x = tensor(gpu, values, shape, { requiresGrad: true });
      const y = apply(x, make(on));
      const [g] = grad(y, [x], { gradient: tensor(gpu, seed, shape) });
      return [await y.read(), await g.read()];
    };
    const [y, g] = await run([0, 1]);
    const [whole, wholeG] = await run([1, 1]);
    expect(y.subarray(0, 75)).toEqual(values.subarray(0, 75));
    expect(g.subarray(0, 75)).toEqual(seed.subarray(0, 75));
    expect(y.subarray(75)).toEqual(whole.subarray(75));
    expect(g.subarray(75)).toEqual(wholeG.subarray(75));
  }
});

test("a kernel is a matrix, one per sample, or a tensor of either", async () => {
  const { gpu } = device;
  const x = tensor(gpu, weightsFor(40), [2, 1, 4, 5]);
  const kernel = [
    [1, 2, 0],
    [-1, 0.5, 3],
  ];
  const expected = await apply(x, filter2d({ kernel })).read();
  for (const given of [
    [kernel, kernel],
    tensor(gpu, kernel.flat(), [2, 3]),
    tensor(gpu, kernel.flat(), [1, 2, 3]),
    tensor(gpu, [...kernel.flat(), ...kernel.flat()], [2, 2, 3]),
  ])
    expect(await apply(x, filter2d({ kernel: given })).read()).toEqual(expected);
  expect(await apply(x, filter2d({ kernel: kernel.flat(), kernelSize: [2, 3] })).read()).toEqual(expected);
});

test("packed images are read as they are", async () => {
  const { gpu } = device;
  const bytes = Uint8Array.from({ length: 60 }, (_, i) => (i * 37) % 256);
  const whole = tensor(
    gpu,
    Float32Array.from(bytes, (v) => v / 255),
    [1, 3, 4, 5],
  );
  const packed = tensor(gpu, bytes, [1, 3, 4, 5], { dtype: "u8" });
  expect(explain(dilation(), [1, 3, 4, 5], { input: "u8" }).passes).toHaveLength(1);
  const [found, expected] = [await apply(packed, dilation()).read(), await apply(whole, dilation()).read()];
  expect(Math.max(...found.map((v, i) => Math.abs(v - expected[i])))).toBeLessThan(1e-6);
});

describe("what is refused", () => {
  const x = () => tensor(device.gpu, new Float32Array(4 * 20), [1, 4, 4, 5]);
  test.each<[string, () => unknown, typeof ArgumentError | typeof ShapeError, RegExp]>([
    [
      "an even median",
      () => medianBlur({ kernelSize: 4 }),
      ArgumentError,
      /medianBlur\.kernelSize: got 4; allowed is an odd/,
    ],
    ["a kernel of no cells", () => filter2d({ kernel: [[]] }), ArgumentError, /filter2d\.kernel/],
    ["rows of two lengths", () => filter2d({ kernel: [[1, 2], [3]] }), ArgumentError, /filter2d\.kernel.*equal length/],
    [
      "a kernel that is not of its size",
      () => filter2d({ kernel: [[1, 2]], kernelSize: 3 }),
      ArgumentError,
      /a kernel of 1 x 2; allowed is one of 3 x 3/,
    ],
    [
      "a kernel for another batch",
      () => apply(x(), filter2d({ kernel: tensor(device.gpu, new Float32Array(18), [2, 3, 3]) })),
      ShapeError,
      /filter2d\.kernel: got a tensor \[2, 3, 3\]; allowed is .*\[3, 3\] or \[1, 3, 3\]/,
    ],
    [
      "a kernel larger than what it has to lie in",
      () => apply(x(), filter2d({ kernel: far(25)[0], kernelSize: 5, padding: "valid" })),
      ShapeError,
      /filter2d: got \[1, 4, 0, 1\]/,
    ],
    ["a motion of one pixel", () => apply(x(), motionBlur({ angle: 3, kernelSize: 1 })), ArgumentError, /at least 3/],
    [
      "an origin beside the kernel",
      () => apply(x(), erosion({ origin: [3, 0] })),
      ArgumentError,
      /erosion\.origin: got \[3, 0\]/,
    ],
    ["no cell at all", () => dilation({ kernel: [[0, 0]] }), ArgumentError, /dilation\.kernel/],
    [
      "cells that are no cells",
      () => dilation({ kernel: [[0, 2]] as never }),
      ArgumentError,
      /rows of equal length of 0 and 1/,
    ],
  ])("%s", (_, call, type, message) => {
    expect(call).toThrow(type);
    expect(call).toThrow(message);
  });
});
