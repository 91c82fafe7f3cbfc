/** Where a map has no places, no numbers, or more than one pixel to choose from. */
import { describe, expect, test, vi } from "vitest";
import {
  apply,
  brightness,
  crop,
  grad,
  grayscale,
  type MapSettings,
  parameter,
  perspective,
  rotate,
  scale,
  shear,
  sum,
  type Transform,
  tensor,
  translate,
  warp,
} from "../../src/index.ts";
import { testGpu } from "../gpu.ts";
import { numericVjp } from "../reference/difference.ts";
import { randomImage } from "../reference/image.ts";
import { referenceChain } from "../reference/index.ts";
import { weightsFor } from "./check.ts";

const device = testGpu();
vi.setConfig({ testTimeout: 60_000 });
const PADDINGS = ["zeros", "border", "reflection", "symmetric", "fill"] as const;

describe("the horizon through pixels", () => {
  // w = 1 − x / 4, and 1 − y / 2: column 4 of the output, and row 2, are on the line.
  const lines = [
    { matrix: [1, 0, 0, 0, 1, 0, 0.25, 0, 1], on: (x: number, _: number) => x === 4 },
    { matrix: [1, 0, 0, 0, 1, 0, 0, 0.5, 1], on: (_: number, y: number) => y === 2 },
  ];
  test.each(PADDINGS)("%s: as the mathematics has it on both sides, and nothing on the line", async (padding) => {
    const [width, height] = [9, 7];
    const image = randomImage([1, 2, height, width], 4);
    for (const { matrix, on } of lines) {
      const chain = [{ name: "warp", params: { matrix: [matrix], fill: [[0.3, 0.6]] }, options: { padding } }];
      const x = tensor(device.gpu, Float32Array.from(image.data), image.shape, { requiresGrad: true });
      const m = parameter(device.gpu, matrix);
      const y = apply(x, warp({ matrix: m, padding, fill: padding === "fill" ? [0.3, 0.6] : 0 }));
      const seen = await y.read();
      const expected = referenceChain(chain, image).data;
      seen.forEach((v, i) => expect(Math.abs(v - expected[i]), `pixel ${i}`).toBeLessThan(1e-4));
      const onLine = seen.filter((_, i) => on(i % width, Math.floor(i / width) % height));
      const shown =
        padding === "fill" ? onLine.map((_, i) => (i < onLine.length / 2 ? 0.3 : 0.6)) : onLine.map(() => 0);
      onLine.forEach((v, i) => expect(v).toBeCloseTo(shown[i], 6));
      // The line moves with the matrix: what is on it jumps, and has no derivative.
      const w = weightsFor(y.size, 6).map((v, i) => (on(i % width, Math.floor(i / width) % height) ? 0 : v));
      const [gx, gm] = grad(y, [x, m], { gradient: tensor(device.gpu, w, y.shape) });
      const numeric = numericVjp(chain, image, w, { steps: { matrix: 1e-7 } });
      (await gx.read()).forEach((v, i) => expect(Math.abs(v - numeric.x.gradient[i])).toBeLessThan(1e-3));
      const { gradient, kinks } = numeric.params[0].matrix;
      const largest = Math.max(...gradient[0].map(Math.abs));
      (await gm.read()).forEach((v, i) => {
        if (kinks[0][i]) expect(v).toSatisfy(Number.isFinite);
        else expect(Math.abs(v - gradient[0][i]) / largest, `matrix[${i}]`).toBeLessThan(1e-3);
      });
    }
  });
  test("just behind the last row of a plane that is no whole number of quads", async () => {
    const matrix = parameter(device.gpu, [1.05, 0.05, 0.095, 0, 1, 0, 0, 0.5, 1]);
    for (const size of [
      [1, 1, 2, 3],
      [1, 1, 2, 4],
    ]) {
      const x = tensor(device.gpu, weightsFor(size[2] * size[3]), size);
      const [gm] = grad(sum(apply(x, warp({ matrix }))), [matrix]);
      expect(await gm.read()).toSatisfy((g: Float32Array) => g.every(Number.isFinite));
    }
  });
  test("pixels that are looked at from behind the last one of a plane do not count", async () => {
    // Three pixels of the output look at row 0, and their slopes reach row 1. A fourth one would look at row 1.
    const x = tensor(device.gpu, [1, 2, 3, 4, 5, 6, Number.NaN, 8, 9], [1, 1, 3, 3]);
    const shift = parameter(device.gpu, [0]);
    const y = apply(x, [
      translate({ x: shift, y: shift }),
      crop({ width: 3, height: 1 }),
      brightness({ factor: shift }),
    ]);
    expect(await grad(sum(y), [shift])[0].read()).toSatisfy((g: Float32Array) => Number.isFinite(g[0]));
  });
});

describe("a parameter that is no number", () => {
  const [N, C, H, W] = [3, 2, 6, 7];
  const run = async (
    map: (values: ReturnType<typeof parameter>, padding: MapSettings["padding"]) => Transform,
    values: number[][],
    padding: MapSettings["padding"],
  ) => {
    const p = parameter(device.gpu, values.flat(), values[0].length > 1 ? [N, values[0].length] : [N]);
    const x = tensor(device.gpu, weightsFor(N * C * H * W), [N, C, H, W], { requiresGrad: true });
    const y = apply(x, map(p, padding));
    const gradients = grad(y, [x, p], { gradient: tensor(device.gpu, weightsFor(y.size, 2), y.shape) });
    const read = await Promise.all([y, ...gradients].map((t) => t.read()));
    return read.map((all) =>
      [0, 1, 2].map((n) => Array.from(all.subarray((n * all.length) / N, ((n + 1) * all.length) / N))),
    );
  };
  const corners = [0, 0, 6, 0, 6, 5, 0, 5];
  test.each([
    ["shear", (x, padding) => shear({ x, padding }), [10]],
    ["translate", (x, padding) => translate({ x, padding }), [1.3]],
    ["scale", (x, padding) => scale({ x, padding }), [1.2]],
    [
      "warp, which has no inverse at 0",
      (matrix, padding) => warp({ matrix, padding }),
      [1.2, 0, 0.3, 0, 1, 0, 0, 0, 1],
    ],
    [
      "perspective",
      (endPoints, padding) => perspective({ startPoints: corners, endPoints, padding }),
      [0.5, 0.2, 5.7, 0.4, 6.4, 5.1, 0.1, 4.6],
    ],
  ] as [string, Parameters<typeof run>[0], number[]][])("gives NaN for its own sample: %s", async (name, map, fine) => {
    for (const padding of ["zeros", "symmetric"] as const) {
      const clean = await run(map, [fine, fine, fine], padding);
      for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, ...(name.endsWith("at 0") ? [0] : [])]) {
        const [y, gx, gp] = await run(map, [fine, [bad, ...fine.slice(1)], fine], padding);
        for (const [got, expected] of [
          [y, clean[0]],
          [gx, clean[1]],
          [gp, clean[2]],
        ]) {
          expect([got[0], got[2]]).toEqual([expected[0], expected[2]]);
          expect(got[1].every(Number.isNaN)).toBe(true);
        }
      }
    }
  });
});

describe("pixels that are no numbers", () => {
  test.each(["nearest", "bilinear", "bicubic"] as const)(
    "are seen where they have a weight: %s",
    async (interpolation) => {
      for (const padding of ["zeros", "reflection"] as const) {
        const values = weightsFor(2 * 5 * 6);
        values[8] = Number.NaN;
        values[21] = Number.POSITIVE_INFINITY;
        const x = tensor(device.gpu, values, [2, 1, 5, 6]);
        const shown = await apply(x, translate({ x: 2, y: -1, interpolation, padding })).read();
        // Column 2 of row 1 goes to column 4 of row 0, column 3 of row 3 to column 5 of row 2; mirrors show each once more.
        expect([...shown.keys()].filter((i) => Number.isNaN(shown[i]))).toEqual(padding === "zeros" ? [4] : [0, 4]);
        expect([...shown.keys()].filter((i) => shown[i] === Number.POSITIVE_INFINITY)).toEqual(
          padding === "zeros" ? [17] : [17, 29],
        );
      }
    },
  );
  test("do not reach other samples", async () => {
    const values = weightsFor(3 * 35);
    values.fill(Number.NaN, 35, 70);
    for (const padding of PADDINGS) {
      const x = tensor(device.gpu, values, [3, 1, 5, 7], { requiresGrad: true });
      const y = apply(x, rotate({ angle: [10, 20, 30], padding }));
      const gradient = tensor(device.gpu, values, y.shape);
      for (const all of [await y.read(), await grad(y, [x], { gradient })[0].read()]) {
        expect(all.every((v, i) => (i >= 35 && i < 70) || Number.isFinite(v))).toBe(true);
        expect(all.subarray(35, 70).some(Number.isNaN)).toBe(true);
      }
    }
  });
});

describe("nearest", () => {
  test.each([
    ["shear", shear({ x: -45, interpolation: "nearest", padding: "border" }), 12, 9],
    ["half a turn of a right angle", rotate({ angle: 45, interpolation: "nearest", padding: "reflection" }), 10, 12],
    ["half pixels", translate({ x: 1.5, y: -0.5, interpolation: "nearest", padding: "symmetric" }), 7, 5],
    ["far away", translate({ x: 1e7, interpolation: "nearest", padding: "symmetric" }), 7, 5],
    ["doubled", scale({ x: 2, y: 2, interpolation: "nearest" }), 8, 8],
  ] as const)("the gradient of a pixel goes where it looked: %s", async (_, map, width, height) => {
    const size = width * height;
    const values = Float32Array.from({ length: size }, (_, i) => i + 1);
    const shown = await apply(tensor(device.gpu, values, [1, 1, height, width]), map).read();
    // Sample k has a gradient in pixel k alone.
    const x = tensor(device.gpu, new Float32Array(size * size), [size, 1, height, width], { requiresGrad: true });
    const one = new Float32Array(size * size);
    for (let k = 0; k < size; k++) one[k * size + k] = 1;
    const y = apply(x, map);
    const gx = await grad(y, [x], { gradient: tensor(device.gpu, one, y.shape) })[0].read();
    shown.forEach((v, k) => {
      const expected = values.map((own) => Number(own === v));
      expect(gx.subarray(k * size, (k + 1) * size), `pixel ${k}`).toEqual(expected);
    });
  });
});

test("a point behind a map may change the number of channels", async () => {
  const shape = [2, 3, 7, 8];
  const x = tensor(device.gpu, weightsFor(2 * 3 * 56), shape, { requiresGrad: true });
  const gradient = tensor(device.gpu, weightsFor(2 * 56, 3), [2, 1, 7, 8]);
  const chain = [rotate({ angle: 20 }), grayscale({ channels: 1 })];
  const fused = await grad(apply(x, chain), [x], { gradient })[0].read();
  const apart = await grad(apply(apply(x, chain[0]), chain[1]), [x], { gradient })[0].read();
  expect(Math.max(...fused.map((v, i) => Math.abs(v - apart[i])))).toBeLessThan(1e-5);
});
