import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as ops from "../../src/autograd/index.ts";
import { ArgumentError, ShapeError } from "../../src/gpu/index.ts";
import { count, parameter, type Shape, type Tensor, tensor } from "../../src/tensor/index.ts";
import { testGpu } from "../gpu.ts";
import { broadcastIndex, values } from "./values.ts";

const device = testGpu();
const { NaN: nan } = Number;

/** Shapes of rank 1 to 6, and an axis of them. */
const shapeAndAxis = fc
  .array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 6 })
  .chain((shape) => fc.tuple(fc.constant(shape), fc.integer({ min: -shape.length, max: shape.length - 1 })));

/** The places of one dimension of a flat index. */
const placeOf = (shape: Shape, axis: number, i: number) => Math.floor(i / count(shape.slice(axis + 1))) % shape[axis];
/** The flat index with another place along an axis. */
const moved = (shape: Shape, axis: number, i: number, to: number) =>
  i + (to - placeOf(shape, axis, i)) * count(shape.slice(axis + 1));

async function readAll(...tensors: Tensor[]): Promise<number[][]> {
  const read = await Promise.all(tensors.map(async (t) => [...(await t.read())]));
  for (const t of tensors) t.dispose();
  return read;
}

describe("argmax and argmin", () => {
  /** The first extreme along an axis; the first NaN before all. */
  function located(x: readonly number[], shape: Shape, axis: number, better: (a: number, b: number) => boolean) {
    return x.flatMap((_, i) => {
      if (placeOf(shape, axis, i) !== 0) return [];
      let best = 0;
      for (let k = 1; k < shape[axis]; k++) {
        const [v, w] = [x[moved(shape, axis, i, k)], x[moved(shape, axis, i, best)]];
        if (!Number.isNaN(w) && (Number.isNaN(v) || better(v, w))) best = k;
      }
      return [best];
    });
  }

  test("find the first of equal values, and NaN before all, along any axis of any shape", async () => {
    const value = fc.constantFrom(-2, -1, 0, 1, 2, Infinity, -Infinity, nan);
    const property = fc.asyncProperty(shapeAndAxis, fc.infiniteStream(value), async ([shape, axis], stream) => {
      const data = [...stream.take(count(shape))];
      const at = axis < 0 ? axis + shape.length : axis;
      const x = tensor(device.gpu, data, shape);
      const [most, least] = [ops.argmax(x, axis), ops.argmin(x, { axis, keepDims: true })];
      expect(most.shape).toEqual(shape.filter((_, i) => i !== at));
      expect(least.shape).toEqual(shape.map((s, i) => (i === at ? 1 : s)));
      const [a, b] = await readAll(most, least);
      expect(a).toEqual(located(data, shape, at, (v, w) => v > w));
      expect(b).toEqual(located(data, shape, at, (v, w) => v < w));
      x.dispose();
    });
    await fc.assert(property, { numRuns: 40 });
  });

  test("search all values in row-major order unless an axis is given", async () => {
    const x = tensor(device.gpu, [3, 1, 5, 0, 5, 2], [2, 3]);
    const [most, least] = [ops.argmax(x), ops.argmin(x, { keepDims: true })];
    expect([most.shape, least.shape]).toEqual([[], [1, 1]]);
    expect(await readAll(most, least)).toEqual([[2], [3]]);
    expect(await readAll(ops.argmax(tensor(device.gpu, 7)))).toEqual([[0]]);
  });

  test("search many values in several levels", async () => {
    const data = new Float32Array(300_001);
    for (const at of [299_999, 123_457, 123_458]) data[at] = 1;
    data[77] = -1;
    const x = tensor(device.gpu, data);
    expect(await readAll(ops.argmax(x), ops.argmin(x))).toEqual([[123_457], [77]]);
    const tall = ops.reshape(x, [300_001, 1]);
    expect(await readAll(ops.argmax(tall, 0), ops.argmin(tall, 0))).toEqual([[123_457], [77]]);
  });

  test("have no gradient, and refuse what they cannot use", () => {
    const x = parameter(device.gpu, values(6), [2, 3]);
    expect(ops.argmax(x, 1).requiresGrad).toBe(false);
    for (const wrong of [
      2,
      -3,
      0.5,
      nan,
      "1",
      null,
      [0],
      { axis: "1" },
      { axis: null },
      { dim: 1 },
      { keepDims: 1 },
      x,
    ])
      expect(() => ops.argmax(x, wrong as never), String(wrong)).toThrow(ArgumentError);
    expect(() => ops.argmax(x, { dim: 1 } as never)).toThrow(/options\.dim: .*axis.*argmax/);
    expect(() => ops.argmin([1, 2] as never)).toThrow(/^x of argmin\(\): got/);
    expect(() => ops.argmax(tensor(device.gpu, 1), 0)).toThrow(/axis of argmax\(\)/);
  });
});

describe("gather", () => {
  const taken = (x: ArrayLike<number>, xs: Shape, axis: number, index: readonly number[], is: Shape, out: Shape) =>
    Float64Array.from({ length: count(out) }, (_, i) => {
      const at = index[broadcastIndex(is, out, i)];
      // The place along the axis is replaced, so that only the other dimensions of x broadcast.
      const beside = out.map((s, d) => (d === axis ? xs[d] : s));
      const flat = out.reduce((to, _, d) => to * beside[d] + (d === axis ? at : placeOf(out, d, i)), 0);
      return x[broadcastIndex(xs, beside, flat)];
    });

  test("takes values along any axis, and broadcasts beside it, with the gradient of float64", async () => {
    const cases = fc.tuple(shapeAndAxis, fc.integer({ min: 1, max: 5 }), fc.nat(99), fc.nat(63), fc.nat(63));
    const property = fc.asyncProperty(cases, async ([[shape, axis], places, shift, onesOfX, onesOfIndex]) => {
      const at = axis < 0 ? axis + shape.length : axis;
      const xs = shape.map((s, d) => (d !== at && (onesOfX >> d) & 1 ? 1 : s));
      const is = shape.map((s, d) => (d === at ? places : (onesOfIndex >> d) & 1 ? 1 : s));
      const out = is.map((s, d) => (d === at ? s : Math.max(s, xs[d])));
      const index = values(count(is), 0, xs[at], shift).map((v) => Math.min(Math.floor(v), xs[at] - 1));
      const x = parameter(device.gpu, values(count(xs), -2, 2, shift), xs);
      const places_ = tensor(device.gpu, index, is);
      await ops.assertGradients((v) => ops.gather(v, { axis, index: places_ }), [x], {
        reference: ([v]) => taken(v, xs, at, index, is, out),
        samples: 12,
      });
      for (const used of [x, places_]) used.dispose();
    });
    await fc.assert(property, { numRuns: 30 });
  });

  test("takes slices by an index of one dimension", async () => {
    const table = parameter(device.gpu, values(12), [4, 3]);
    const index = tensor(device.gpu, [2, 0, 2, 3, 2]);
    const rows = [2, 0, 2, 3, 2];
    const reference = ([v]: readonly Float64Array[]) =>
      Float64Array.from(rows.flatMap((r) => [...v.slice(3 * r, 3 * r + 3)]));
    const report = await ops.assertGradients((v) => ops.gather(v, { axis: 0, index }), [table], { reference });
    expect(report.checked).toBe(12);
  });

  test("adds up the gradients of a place in a fixed order: equal bits every time", async () => {
    const places = 3000;
    const index = tensor(
      device.gpu,
      values(places, 0, 7, 3).map((v) => Math.floor(v)),
    );
    const gradient = tensor(device.gpu, values(places, -1, 1, 4));
    const expected = new Float32Array(900);
    const [at, g] = [await index.read(), await gradient.read()];
    at.forEach((to, k) => {
      expected[to] = Math.fround(expected[to] + g[k]);
    });
    for (let run = 0; run < 2; run++) {
      const x = parameter(device.gpu, values(900));
      const [gx] = ops.grad(ops.gather(x, { axis: 0, index }), [x], { gradient });
      expect([...(await gx.read())]).toEqual([...expected]);
    }
  });

  test("gives NaN where the index names no place, and no gradient there", async () => {
    const x = parameter(device.gpu, [1, 2, 3]);
    const index = tensor(device.gpu, [0, -1, 3, 0.5, nan, Infinity, 1e30, 2]);
    const y = ops.gather(x, { axis: 0, index });
    expect([...(await y.read())]).toEqual([1, nan, nan, nan, nan, nan, nan, 3]);
    const [gx] = ops.grad(y, [x], { gradient: tensor(device.gpu, new Float32Array(8).fill(1)) });
    expect([...(await gx.read())]).toEqual([1, 0, 1]);
  });

  test("refuses what does not fit", () => {
    const x = tensor(device.gpu, values(6), [2, 3]);
    const index = tensor(device.gpu, [0, 1], [2, 1]);
    const call = (options: unknown) => () => ops.gather(x, options as never);
    expect(call({ axis: 1, index: tensor(device.gpu, values(3), [3, 1]) })).toThrow(ShapeError);
    expect(call({ axis: 1, index: tensor(device.gpu, 0) })).toThrow(/index of gather\(\): got \[\]/);
    expect(call({ axis: 1, index: parameter(device.gpu, [0, 1], [2, 1]) })).toThrow(/a place has no gradient/);
    expect(() => ops.gather(tensor(device.gpu, 1), { axis: 0, index })).toThrow(/x of gather\(\)/);
    const wrong = [
      undefined,
      null,
      "x",
      index,
      [index],
      {},
      { index },
      { axis: 1 },
      { axis: 2, index },
      { axis: "1", index },
    ];
    for (const options of [...wrong, { axis: 1, index: [0, 1] }, { axis: 1, index: null }, { axis: 1, index, dim: 1 }])
      expect(call(options), String(options)).toThrow(ArgumentError);
  });
});

describe("oneHot", () => {
  test("marks the places that there are, in shapes of rank 0 to 5", async () => {
    for (const shape of [[], [4], [2, 2], [2, 1, 2], [1, 2, 1, 2], [2, 1, 1, 2, 1]]) {
      const index = tensor(device.gpu, [1, -1, nan, 2].slice(0, count(shape)), shape);
      const y = ops.oneHot(index, 3);
      expect(y.shape).toEqual([...shape, 3]);
      const rows = [0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
      expect(await readAll(y)).toEqual([rows.slice(0, 3 * count(shape))]);
    }
  });

  test("refuses what it cannot use", () => {
    const index = tensor(device.gpu, [0, 1]);
    for (const wrong of [0, -1, 1.5, nan, Infinity, "3", null, undefined, [3], { classes: 3 }])
      expect(() => ops.oneHot(index, wrong as never), String(wrong)).toThrow(/^classes of oneHot\(\): got/);
    expect(() => ops.oneHot([0, 1] as never, 2)).toThrow(/^index of oneHot\(\): got/);
    expect(() => ops.oneHot(parameter(device.gpu, [0]), 2)).toThrow(/a place has no gradient/);
    expect(() => ops.oneHot(tensor(device.gpu, [0], [1, 1, 1, 1, 1, 1]), 2)).toThrow(ShapeError);
  });
});
