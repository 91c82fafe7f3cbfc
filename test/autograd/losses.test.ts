import { describe, expect, test } from "vitest";
import * as ops from "../../src/autograd/index.ts";
import { ArgumentError, ShapeError } from "../../src/gpu/index.ts";
import { count, parameter, type Shape, tensor } from "../../src/tensor/index.ts";
import { testGpu } from "../gpu.ts";
import { values } from "./values.ts";

const device = testGpu();

/** In float64, row by row; `shares` are the targets of every class. */
function losses(x: ArrayLike<number>, shares: ArrayLike<number>, shape: Shape, smoothing: number): Float64Array {
  const at = Math.min(1, shape.length - 1);
  const [classes, step] = [shape[at], count(shape.slice(at + 1))];
  return Float64Array.from({ length: count(shape) / classes }, (_, row) => {
    const start = Math.floor(row / step) * classes * step + (row % step);
    const places = Array.from({ length: classes }, (_, k) => start + k * step);
    const greatest = Math.max(...places.map((i) => x[i]));
    const log = greatest + Math.log(places.reduce((sum, i) => sum + Math.exp(x[i] - greatest), 0));
    return places.reduce((loss, i) => {
      const t = (1 - smoothing) * shares[i] + smoothing / classes;
      return t === 0 ? loss : loss - t * (x[i] - log);
    }, 0);
  });
}

const reduced = {
  mean: (each: Float64Array) => [each.reduce((a, b) => a + b) / each.length],
  sum: (each: Float64Array) => [each.reduce((a, b) => a + b)],
  none: (each: Float64Array) => each,
};

/** The shares that stand for indices of classes. */
function sharesOf(index: readonly number[], shape: Shape): number[] {
  const at = Math.min(1, shape.length - 1);
  const [classes, step] = [shape[at], count(shape.slice(at + 1))];
  return Array.from({ length: count(shape) }, (_, i) => {
    const row = Math.floor(i / (classes * step)) * step + (i % step);
    return Number(Math.floor(i / step) % classes === index[row]);
  });
}

describe("crossEntropy", () => {
  const shapes = [[5], [4, 3], [2, 4, 3], [2, 3, 2, 2], [1, 1], [2, 2, 1, 2, 1, 2]];
  for (const reduction of ["mean", "sum", "none"] as const) {
    for (const labelSmoothing of [0, 0.1, 1]) {
      test(`${reduction}, with smoothing ${labelSmoothing}: indices and shares, with gradients`, async () => {
        for (const shape of shapes) {
          const at = Math.min(1, shape.length - 1);
          const rows = shape.filter((_, i) => i !== at);
          const index = values(count(rows), 0, shape[at], 2).map(Math.floor);
          const logits = parameter(device.gpu, values(count(shape), -3, 3, 1), shape);
          const shares = parameter(device.gpu, values(count(shape), 0.1, 1, 5), shape);
          const labels = tensor(device.gpu, index, rows);
          const options = { reduction, labelSmoothing };
          const reference = ([x, t]: readonly Float64Array[]) =>
            reduced[reduction](losses(x, t.length === x.length && t !== x ? t : [], shape, labelSmoothing));
          const hard = ([x]: readonly Float64Array[]) =>
            reduced[reduction](losses(x, sharesOf(index, shape), shape, labelSmoothing));
          const tolerance = { samples: 10, tolerance: 2e-4 };
          await ops.assertGradients((x) => ops.crossEntropy(x, labels, options), [logits], {
            reference: hard,
            ...tolerance,
          });
          await ops.assertGradients((x, t) => ops.crossEntropy(x, t, options), [logits, shares], {
            reference,
            ...tolerance,
          });
          expect(ops.crossEntropy(logits, labels, options).shape).toEqual(reduction === "none" ? rows : []);
        }
      });
    }
  }

  test("is exact where logits are large, and ignores classes that are ruled out", async () => {
    const logits = parameter(device.gpu, [1000, 0, -1000, 0, -Infinity, 0], [2, 3]);
    const labels = tensor(device.gpu, [1, 0]);
    const each = ops.crossEntropy(logits, labels, { reduction: "none" });
    const [a, b] = await each.read();
    expect(a).toBe(1000);
    expect(b).toBeCloseTo(Math.LN2, 6);
    ops.backward(ops.sum(each));
    const gradient = [...(await logits.grad!.read())];
    [1, -1, 0, -0.5, 0, 0.5].forEach((expected, i) => expect(gradient[i]).toBeCloseTo(expected, 6));
    const soft = ops.crossEntropy(logits, ops.oneHot(labels, 3), { reduction: "none" });
    expect([...(await soft.read())]).toEqual([a, b]);
  });

  test("is NaN for an index that names no class and for NaN logits, in that row alone", async () => {
    const logits = parameter(device.gpu, [0, 0, 0, 0, Number.NaN, 0, 0, 0, 0, 0], [5, 2]);
    const labels = tensor(device.gpu, [0, 2, 0, -1, 0.5]);
    const each = ops.crossEntropy(logits, labels, { reduction: "none" });
    const wrong = [...(await each.read())].map(Number.isNaN);
    expect(wrong).toEqual([false, true, true, true, true]);
    ops.backward(ops.sum(each));
    const gradient = [...(await logits.grad!.read())];
    expect(gradient.slice(0, 2)).toEqual([-0.5, 0.5]);
    expect(gradient.slice(2).every(Number.isNaN)).toBe(true);
  });

  test("takes one dispatch and a sum forward, and one backward", async () => {
    const logits = parameter(device.gpu, values(12), [4, 3]);
    const labels = tensor(device.gpu, [0, 1, 2, 0]);
    const step = async () => {
      logits.grad?.dispose();
      logits.grad = null;
      ops.backward(ops.crossEntropy(logits, labels));
      await device.gpu.sync();
    };
    await step();
    const before = device.gpu.stats.dispatches;
    await step();
    expect(device.gpu.stats.dispatches - before).toBe(3);
  });

  test("refuses what it cannot use", () => {
    const logits = tensor(device.gpu, values(6), [2, 3]);
    const labels = tensor(device.gpu, [0, 1]);
    expect(() => ops.crossEntropy(logits, tensor(device.gpu, [0, 1], [2, 1]))).toThrow(ShapeError);
    expect(() => ops.crossEntropy(tensor(device.gpu, 1), tensor(device.gpu, 0))).toThrow(/logits of crossEntropy\(\)/);
    expect(() => ops.crossEntropy(logits, parameter(device.gpu, [0, 1]))).toThrow(/indices that require a gradient/);
    for (const wrong of [null, "mean", [], labels, { reduction: "avg" }, { reduction: null }, { labelSmoothing: 1.1 }])
      expect(() => ops.crossEntropy(logits, labels, wrong as never), String(wrong)).toThrow(ArgumentError);
    expect(() => ops.crossEntropy(logits, labels, { label_smoothing: 0.1 } as never)).toThrow(/labelSmoothing/);
    expect(() => ops.crossEntropy(logits, [0, 1] as never)).toThrow(/^targets of crossEntropy\(\): got/);
    expect(() => ops.crossEntropy(null as never, labels)).toThrow(/^logits of crossEntropy\(\): got/);
  });
});
