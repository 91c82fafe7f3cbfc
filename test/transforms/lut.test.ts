import { describe, expect, test } from "vitest";
import {
  ArgumentError,
  apply,
  brightness,
  contrastAboutMean,
  explain,
  grad,
  invert,
  type ListValue,
  lut,
  parameter,
  raindrops,
  ShapeError,
  sequential,
  type Tensor,
  tensor,
  uniform,
} from "../../src/index.ts";
import { openGpu, testGpu } from "../gpu.ts";
import { lookUp } from "../reference/families/levels.ts";
import { type Image64, randomImage, type Shape4 } from "../reference/image.ts";
import { reference } from "../reference/index.ts";
import { weightsFor } from "./check.ts";

// What a list is besides one list for all samples, which the suite of all transforms checks.

const device = testGpu();
const curve = (length: number, n: number, c: number) =>
  Array.from({ length }, (_, k) => Math.fround(0.5 + 0.45 * Math.sin(1 + 1.3 * k + 2 * n + 5 * c)));
const tablesOf = (samples: number, tables: number, length: number) =>
  Array.from({ length: samples }, (_, n) => Array.from({ length: tables }, (__, c) => curve(length, n, c)));
const imageOf = (image: Image64, requiresGrad = true): Tensor =>
  tensor(device.gpu, Float32Array.from(image.data), image.shape, { requiresGrad });

describe("tables of samples and channels", () => {
  const FORMS: [what: string, shape: Shape4, rows: number, tables: number, length: number][] = [
    ["one for all", [2, 3, 5, 6], 1, 1, 4],
    ["one per sample", [3, 3, 4, 8], 3, 1, 7],
    ["one per channel", [2, 3, 5, 5], 1, 3, 5],
    ["one per sample and channel", [2, 3, 4, 4], 2, 3, 2],
    ["of a grey image", [2, 1, 5, 6], 2, 1, 16],
    ["of four channels", [2, 4, 3, 6], 2, 4, 3],
    ["of seven channels", [2, 7, 5, 3], 1, 7, 6],
    ["of one pixel, with 256 entries", [1, 3, 1, 1], 1, 3, 256],
  ];
  test.each(FORMS)("%s", async (_, shape, rows, count, length) => {
    const { gpu } = device;
    const image = randomImage(shape, 5, -0.1, 1.1);
    const tables = tablesOf(rows, count, length);
    const x = imageOf(image);
    const table = parameter(gpu, tables.flat(2), [rows, count, length]);
    const weights = weightsFor(image.data.length);
    for (const interpolation of ["linear", "nearest"] as const) {
      const y = apply(x, lut({ table, interpolation }));
      const right = lookUp(image, tables, interpolation).data;
      const found = await y.read();
      // A place among the entries is rounded in proportion to how many there are.
      expect(Math.max(...found.map((v, i) => Math.abs(v - right[i])))).toBeLessThan(1e-6 + 3e-8 * length);
      expect(await apply(x, lut({ table: tables, interpolation })).read()).toEqual(found);
      // The result is linear in the table: an entry's gradient is what the entry alone makes of the loss.
      const [gx, gt] = grad(y, [x, table], { gradient: tensor(gpu, weights, shape) });
      const own = await gt.read();
      expect(gt.shape).toEqual([rows, count, length]);
      for (let k = 0; k < own.length; k += length > 16 ? 37 : 1) {
        const unit = tables.map((list, n) =>
          list.map((__, c) => Array.from({ length }, (___, i) => Number((n * count + c) * length + i === k))),
        );
        const sum = lookUp(image, unit, interpolation).data.reduce((total, v, i) => total + v * weights[i], 0);
        expect(Math.abs(own[k] - sum)).toBeLessThan(2e-5);
      }
      // The image has the slope of the line between two entries, and none beyond the ends.
      const slopes = await gx.read();
      for (const [i, v] of image.data.entries()) {
        const n = Math.floor(i / (image.data.length / shape[0]));
        const c = Math.floor(i / (shape[2] * shape[3])) % shape[1];
        const list = tables[rows === 1 ? 0 : n][count === 1 ? 0 : c];
        const at = Math.min(Math.floor(v * (length - 1)), length - 2);
        const slope = v < 0 || v > 1 ? 0 : (list[at + 1] - list[at]) * (length - 1);
        expect(Math.abs(slopes[i] - weights[i] * slope)).toBeLessThan(2e-5 * length);
      }
    }
  });

  test("a row of numbers for each sample, and typed arrays", async () => {
    const image = randomImage([3, 3, 4, 4], 2);
    const x = imageOf(image);
    const rows = tablesOf(3, 1, 5);
    const right = await apply(x, lut({ table: rows })).read();
    expect(await apply(x, lut({ table: rows.map(([list]) => list) })).read()).toEqual(right);
    expect(await apply(x, lut({ table: tensor(device.gpu, rows.flat(2), [3, 5]) })).read()).toEqual(right);
    const one = await apply(x, lut({ table: rows[0][0] })).read();
    expect(await apply(x, lut({ table: Float32Array.from(rows[0][0]) })).read()).toEqual(one);
    expect(await apply(x, lut({ table: [rows[0][0]] })).read()).toEqual(one);
  });

  test("256 entries of an 8-bit image: each level has its own", async () => {
    const { gpu } = device;
    const levels = Uint8Array.from({ length: 256 }, (_, i) => i);
    const table = Array.from(levels, (i) => Math.fround(((i * 97) % 256) / 255));
    const x = tensor(gpu, levels, [1, 1, 16, 16], { dtype: "u8" });
    for (const interpolation of ["linear", "nearest"] as const)
      for (const [i, v] of (await apply(x, lut({ table, interpolation })).read()).entries())
        expect(Math.abs(v - table[i])).toBeLessThan(interpolation === "nearest" ? 1e-9 : 2e-5);
  });

  test("lists of other lengths are other code, in one chain and one after the other", async () => {
    const image = randomImage([1, 3, 4, 4], 8);
    const x = imageOf(image);
    const [a, b] = [curve(4, 0, 0), curve(9, 1, 1)];
    const right = lookUp(lookUp(image, [[a]], "linear"), [[b]], "linear").data;
    const both = await apply(x, [lut({ table: a }), invert(), invert(), lut({ table: b })]).read();
    expect(Math.max(...both.map((v, i) => Math.abs(v - right[i])))).toBeLessThan(1e-5);
    const other = await apply(x, [lut({ table: b }), lut({ table: a })]).read();
    const swapped = lookUp(lookUp(image, [[b]], "linear"), [[a]], "linear").data;
    expect(Math.max(...other.map((v, i) => Math.abs(v - swapped[i])))).toBeLessThan(1e-5);
    expect(explain([lut({ table: a }), brightness(), lut({ table: b })], [1, 3, 4, 4]).passes).toHaveLength(1);
  });

  test("before a statistic, whose gradient reaches the table too", async () => {
    const { gpu } = device;
    const shape: Shape4 = [2, 3, 5, 5];
    const image = randomImage(shape, 4);
    const list = curve(5, 0, 0);
    const table = parameter(gpu, list);
    const weights = weightsFor(image.data.length);
    const y = apply(imageOf(image), [lut({ table }), contrastAboutMean({ factor: 1.5, clip: false })]);
    const [g] = grad(y, [table], { gradient: tensor(gpu, weights, shape) });
    // Linear in the table, too.
    const loss = (own: number[]) =>
      reference
        .contrastAboutMean(lookUp(image, [[own]], "linear"), { factor: [[1.5]] }, { clip: false })
        .data.reduce((total, v, i) => total + v * weights[i], 0);
    for (const [k, v] of (await g.read()).entries())
      expect(Math.abs(v - loss(list.map((_, i) => Number(i === k))))).toBeLessThan(2e-5);
  });

  test("what has no part is not looked at, and NaN stays", async () => {
    const { gpu } = device;
    const table = [0.2, Infinity, Number.NaN, 0.7];
    const x = tensor(gpu, [0, 1, 5, -3, Number.NaN, 0.1], [1, 1, 1, 6]);
    const y = await apply(x, lut({ table: tensor(gpu, table) })).read();
    expect(Array.from(y.slice(0, 4))).toEqual([0.2, 0.7, 0.7, 0.2].map(Math.fround));
    expect(y[4]).toBeNaN();
    expect(y[5]).toBe(Infinity);
  });

  test("a batch that is split, and the gradient of one table for all of it", async () => {
    const small = await openGpu({ maxStorageBufferBindingSize: 2 ** 16 });
    const shape: Shape4 = [7, 3, 40, 44];
    const image = randomImage(shape, 6);
    const weights = weightsFor(image.data.length);
    const list = curve(24, 0, 0);
    const [whole, parts] = await Promise.all(
      [device.gpu, small].map(async (gpu) => {
        const table = parameter(gpu, list);
        const y = apply(tensor(gpu, Float32Array.from(image.data), shape), lut({ table }));
        const [g] = grad(y, [table], { gradient: tensor(gpu, weights, shape) });
        return [await y.read(), await g.read()];
      }),
    );
    expect(parts[0]).toEqual(whole[0]);
    for (const [k, v] of whole[1].entries()) expect(Math.abs(parts[1][k] - v)).toBeLessThan(1e-3);
    small.destroy();
  });

  test("in a pipeline: a recipe has the table", async () => {
    const image = randomImage([2, 3, 4, 4], 8);
    const table = tablesOf(2, 3, 4);
    const pipeline = sequential([lut({ table, p: 0.5 }), brightness({ factor: uniform(0.5, 1) })]);
    const right = await pipeline(imageOf(image), { step: 1 }).read();
    const recipe = JSON.parse(JSON.stringify(pipeline.sample(2, { step: 1 })));
    expect(recipe.transforms[0].params.table).toEqual(table);
    expect(await pipeline.replay(imageOf(image), recipe).read()).toEqual(right);
  });
});

describe("what is refused", () => {
  const x = (): Tensor => tensor(device.gpu, new Float32Array(2 * 3 * 16), [2, 3, 4, 4]);
  const fail = (table: unknown): Error => {
    try {
      apply(x(), lut({ table: table as ListValue }));
    } catch (error) {
      return error as Error;
    }
    throw new Error("nothing was thrown");
  };
  const allowed = "K numbers \\(K of 2 to 256\\), 2 rows of K, \\[2, 3, K\\], or a tensor of such a shape";

  test.each([
    ["one entry", () => [1], "an array of 1 values"],
    ["no entry", () => [], "an array of 0 values"],
    ["too many", () => new Float32Array(257), "an array of 257 values"],
    [
      "rows of another batch",
      () => [
        [0, 1],
        [0, 1],
        [0, 1],
      ],
      "an array of 3 by 2 values",
    ],
    [
      "tables of other channels",
      () => [
        [
          [0, 1],
          [0, 1],
        ],
      ],
      "an array of 1 by 2 by 2 values",
    ],
    ["four levels", () => [[[[0, 1]]]], "an array of 1 by 1 by 1 by 2 values"],
    ["a tensor of one entry", () => tensor(device.gpu, [1]), "a tensor \\[1\\]"],
    ["a tensor of another batch", () => tensor(device.gpu, new Float32Array(12), [3, 4]), "a tensor \\[3, 4\\]"],
    ["a scalar", () => tensor(device.gpu, [1], []), "a tensor \\[\\]"],
  ])("%s", (_, make, given) => {
    const error = fail(make());
    expect(error).toBeInstanceOf(ShapeError);
    expect(error.message).toMatch(new RegExp(`^lut\\.table: got ${given}; allowed is ${allowed}`));
  });

  test("rows of other lengths, what is no number, and what is no list", () => {
    expect(
      fail([
        [0, 1, 2],
        [0, 1],
      ]).message,
    ).toMatch(/^lut\.table\[1\]: got 2 values; allowed is 3 values, as in the first/);
    expect(fail([0, Number.NaN]).message).toMatch(/^lut\.table\[1\]: got NaN; allowed is a finite number/);
    expect(
      fail([
        [0, 1],
        [0, "1"],
      ]).message,
    ).toMatch(/^lut\.table\[1\]\[1\]: got string "1"/);
    expect(fail(0.5).message).toMatch(/^lut\.table: got 0\.5; allowed is K numbers/);
    expect(fail(uniform(0, 1)).message).toMatch(/^lut\.table: got a distribution/);
    expect(fail(tensor(device.gpu, [0, 1], [2], { dtype: "f16" })).message).toMatch(/^lut\.table: got a tensor of f16/);
    expect(() => sequential([lut({ table: uniform(0, 1) as never })])).toThrow(
      /^lut\.table: got uniform\(\.\.\.\); allowed is numbers or a tensor: a list is not drawn/,
    );
    expect(() => lut({} as never)).toThrow(ArgumentError);
  });
});

test("lists that go together have one length", () => {
  const x = tensor(device.gpu, new Float32Array(2 * 3 * 4 * 5), [2, 3, 4, 5]);
  const rain = (a: ListValue, b: ListValue) => () => apply(x, raindrops({ x: a, y: b }));
  expect(rain([1, 2, 3], [0, 1])).toThrow(/^raindrops\.y: got 2 values; allowed is 3, as many as raindrops\.x has/);
  expect(rain([1, 2], [[0, 1, 2], [2, 1, 0]])).toThrow(ShapeError); // biome-ignore format: rows
  expect(rain([1, 2, 3], [[0, 1, 2], [2, 1, 0]])).not.toThrow(); // biome-ignore format: rows
});
