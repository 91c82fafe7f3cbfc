import { describe, expect, test } from "vitest";
import { apply, backward, mul, parameter, registry, reshape, sum, tensor, warp } from "../../src/index.ts";
import { testGpu } from "../gpu.ts";
import { exampleOf, exampleTransform } from "./examples.ts";

// A parameter whose values are a matrix may come as one.

const device = testGpu();
const SHAPE = [2, 3, 6, 5];
const image = Array.from({ length: 180 }, (_, i) => 0.5 + 0.4 * Math.sin(1.3 * i));
const weights = Array.from({ length: 180 }, (_, i) => Math.cos(i));
const matrices = [...registry.values()].flatMap((declaration) =>
  Object.entries(declaration.params).flatMap(([param, { cells }]) =>
    cells ? [[`${declaration.name}.${param}`, declaration, param, cells] as const] : [],
  ),
);

describe("rows and columns", () => {
  test.each(matrices)("of %s", async (_, declaration, param, [rows, columns]) => {
    const example = exampleOf(declaration, param)!;
    const x = tensor(device.gpu, image, SHAPE);
    const run = (value: unknown) => apply(x, exampleTransform(declaration, { [param]: value }));
    const flat = [...(await run(example).read())];
    const nested = Array.from({ length: rows }, (_, r) => example.slice(r * columns, (r + 1) * columns));
    expect([...(await run(nested).read())]).toEqual(flat);
    for (const shape of [
      [rows, columns],
      [1, rows, columns],
      [2, rows, columns],
    ]) {
      const n = shape.length === 3 ? shape[0] : 1;
      const list = Array.from({ length: n }, () => example).flat();
      const [matrix, row] = [parameter(device.gpu, list, shape), parameter(device.gpu, list, [n, rows * columns])];
      for (const leaf of [matrix, row]) {
        const y = run(leaf);
        for (const [i, v] of (await y.read()).entries()) expect(v).toBeCloseTo(flat[i], 5);
        backward(sum(mul(y, reshape(tensor(device.gpu, weights.slice(0, y.size)), y.shape))));
      }
      expect(matrix.grad!.shape).toEqual(shape);
      expect([...(await matrix.grad!.read())]).toEqual([...(await row.grad!.read())]);
    }
  });

  test("other shapes are refused, by names of those that fit", () => {
    const x = tensor(device.gpu, image, SHAPE);
    for (const shape of [
      [3, 2],
      [3, 3, 3],
      [2, 2, 3],
      [1, 2, 3, 3],
    ]) {
      const matrix = tensor(device.gpu, new Array(shape.reduce((a, b) => a * b)).fill(1), shape);
      expect(() => apply(x, warp({ matrix }))).toThrow(
        /^warp.matrix: got a tensor .*; allowed is .*\[9\] or \[2, 9\], \[3, 3\] or \[2, 3, 3\]/,
      );
    }
    for (const wrong of [
      [
        [1, 0, 0],
        [0, 1],
        [0, 0, 1],
      ],
      [
        [1, 0, 0],
        [0, 1, 0],
      ],
      [[[1, 0, 0]], 2, 3],
    ])
      expect(() => apply(x, warp({ matrix: wrong as never }))).toThrow(/^warp.matrix/);
    expect(() =>
      apply(
        x,
        warp({
          matrix: [
            [1, 0, 0],
            [0, 0, 0],
            [0, 0, 1],
          ],
        }),
      ),
    ).toThrow(/singular/);
    expect(() =>
      apply(
        x,
        warp({
          matrix: [
            [1, 0, 0],
            [0, Number.NaN, 0],
            [0, 0, 1],
          ],
        }),
      ),
    ).toThrow(/^warp.matrix\[4\]/);
  });
});
