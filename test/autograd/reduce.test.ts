import { describe, expect, test } from "vitest";
import * as ops from "../../src/autograd/index.ts";
import { broadcastShapes, count, parameter, type Shape, type Tensor, tensor } from "../../src/tensor/index.ts";
import { testGpu } from "../gpu.ts";
import { broadcastIndex, values } from "./values.ts";

const device = testGpu();

/** Folds the values that share an output, in float64. */
function fold(
  x: ArrayLike<number>,
  shape: Shape,
  axes: readonly number[],
  f: (group: number[]) => number,
): Float64Array {
  const kept = shape.map((size, i) => (axes.includes(i) ? 1 : size));
  const groups: number[][] = Array.from({ length: count(kept) }, () => []);
  for (let i = 0; i < x.length; i++) groups[broadcastIndex(kept, shape, i)].push(x[i]);
  return Float64Array.from(groups, f);
}

const total = (group: number[]) => group.reduce((a, b) => a + b, 0);
const reductions = {
  sum: { f: ops.sum, ref: total },
  mean: { f: ops.mean, ref: (g: number[]) => total(g) / g.length },
  max: { f: ops.max, ref: (g: number[]) => Math.max(...g) },
  min: { f: ops.min, ref: (g: number[]) => Math.min(...g) },
};

describe("reductions", () => {
  for (const [name, { f, ref }] of Object.entries(reductions)) {
    for (const axes of [[0, 1, 2], [0], [1], [2], [0, 2], [-1, -2], []]) {
      test(`${name} over [${axes}]`, async () => {
        const shape = [3, 4, 8];
        const x = parameter(device.gpu, values(96), shape);
        const at = axes.map((axis) => (axis < 0 ? axis + 3 : axis));
        await ops.assertGradients((v) => f(v, { axes }), [x], { reference: ([v]) => fold(v, shape, at, ref), name });
        const kept = f(x, { axes, keepDims: true });
        expect(kept.shape).toEqual(shape.map((size, i) => (at.includes(i) ? 1 : size)));
        expect(f(x, axes).shape).toEqual(shape.filter((_, i) => !at.includes(i)));
      });
    }
  }

  for (const [size, axes] of [
    [[100_003], [0]],
    [[2, 150_000], [1]],
    [[150_000, 2], [0]],
    [
      [5, 3, 40, 41],
      [0, 2, 3],
    ],
    [[20_000, 4], [1]],
    [[700, 300], [1]],
  ] as [number[], number[]][]) {
    test(`of many values: [${size}] over [${axes}]`, async () => {
      const data = values(count(size), -1, 2);
      const x = tensor(device.gpu, data, size);
      for (const [name, { f, ref }] of Object.entries(reductions)) {
        if (name.startsWith("m") && name !== "mean" && count(axes.map((i) => size[i])) > 60_000) continue;
        const y = await f(x, axes).read();
        const expected = fold(data, size, axes, ref);
        const worst = expected.reduce((most, e, i) => Math.max(most, Math.abs(e - y[i]) / Math.max(1, Math.abs(e))), 0);
        expect(worst, name).toBeLessThan(2e-6);
      }
      expect(await ops.max(x).item()).toBe(data.reduce((a, b) => Math.max(a, b)));
    });
  }

  test("are the same, bit for bit, every time", async () => {
    const x = tensor(device.gpu, values(50_000), [50_000]);
    const first = await ops.sum(x).item();
    for (let i = 0; i < 3; i++) expect(await ops.sum(x).item()).toBe(first);
  });

  test("winners of max share the gradient", async () => {
    const x = parameter(device.gpu, [1, 5, 5, 0, 5, 2], [2, 3]);
    ops.backward(ops.sum(ops.max(x, 1)));
    expect([...(await x.grad!.read())]).toEqual([0, 0.5, 0.5, 0, 1, 0]);
  });

  test("refuse axes that are not there", () => {
    const x = tensor(device.gpu, values(6), [2, 3]);
    expect(() => ops.sum(x, 2)).toThrow(/axes of sum\(\): got 2; allowed is a whole number from -2 to 1/);
    expect(() => ops.mean(x, [0, -2])).toThrow(/every axis once/);
  });
});

describe("softmax", () => {
  const shape = [3, 5, 2];
  const soft = (x: ArrayLike<number>, axis: number) => {
    const powers = Float64Array.from(x, Math.exp);
    const sums = fold(powers, shape, [axis], total);
    const kept = shape.map((size, i) => (i === axis ? 1 : size));
    return powers.map((p, i) => p / sums[broadcastIndex(kept, shape, i)]);
  };
  for (const axis of [0, 1, -1]) {
    test(`over axis ${axis}`, async () => {
      const at = axis < 0 ? 2 : axis;
      const x = parameter(device.gpu, values(30, -3, 3), shape);
      await ops.assertGradients((v) => ops.softmax(v, axis), [x], { reference: ([v]) => soft(v, at) });
      await ops.assertGradients((v) => ops.logSoftmax(v, axis), [x], { reference: ([v]) => soft(v, at).map(Math.log) });
    });
  }

  test("of large values", async () => {
    const y = await ops.logSoftmax(tensor(device.gpu, [1000, 0, -1000])).read();
    expect([...y]).toEqual([0, -1000, -2000]);
  });
});

const flat = (x: ArrayLike<number>) => Float64Array.from(x);

describe("shapes", () => {
  const shape = [2, 3, 4];
  const leaf = () => parameter(device.gpu, values(24), shape);

  test("reshape", async () => {
    await ops.assertGradients((v) => ops.square(ops.reshape(v, [4, -1])), [leaf()], {
      reference: ([v]) => v.map((x) => x * x),
    });
    expect(ops.reshape(leaf(), [-1]).shape).toEqual([24]);
    expect(() => ops.reshape(leaf(), [5, -1])).toThrow(/shape of reshape\(\)/);
    expect(() => ops.reshape(leaf(), [2, 3])).toThrow(/a shape of 24 values, like \[2, 3, 4\]/);
  });

  test("broadcastTo", async () => {
    const out = [3, 2, 3, 4];
    const x = parameter(device.gpu, values(6), [2, 3, 1]);
    const reference = ([v]: readonly Float64Array[]) =>
      Float64Array.from({ length: 72 }, (_, i) => v[broadcastIndex([2, 3, 1], out, i)]);
    await ops.assertGradients((v) => ops.broadcastTo(v, out), [x], { reference });
    expect(() => ops.broadcastTo(x, [2, 3])).toThrow(/shape of broadcastTo/);
  });

  test("transpose", async () => {
    const order = [2, 0, 1];
    const reference = ([v]: readonly Float64Array[]) =>
      Float64Array.from({ length: 24 }, (_, i) => {
        const [a, b, c] = [Math.floor(i / 6), Math.floor(i / 3) % 2, i % 3];
        return v[b * 12 + c * 4 + a];
      });
    await ops.assertGradients((v) => ops.transpose(v, order), [leaf()], { reference });
    expect(ops.transpose(leaf()).shape).toEqual([2, 4, 3]);
    expect(() => ops.transpose(leaf(), [0, 0, 1])).toThrow(/every axis of/);
  });

  test("slice", async () => {
    const reference = ([v]: readonly Float64Array[]) => flat([...v].filter((_, i) => Math.floor(i / 4) % 3 >= 1));
    await ops.assertGradients((v) => ops.slice(v, 1, 1), [leaf()], { reference });
    await ops.assertGradients((v) => ops.slice(v, -1, -3, -1), [leaf()], {
      reference: ([v]) => flat([...v].filter((_, i) => i % 4 === 1 || i % 4 === 2)),
    });
    expect(() => ops.slice(leaf(), 1, 2, 2)).toThrow(/start < end, within the 3 of axis 1/);
  });

  test("concat", async () => {
    const b = parameter(device.gpu, values(8, -1, 1, 4), [2, 1, 4]);
    const c = tensor(device.gpu, values(16, -1, 1, 5), [2, 2, 4]);
    const reference = ([x, y, z]: readonly Float64Array[]) =>
      flat(
        [0, 1].flatMap((n) => [
          ...x.slice(n * 12, n * 12 + 12),
          ...y.slice(n * 4, n * 4 + 4),
          ...z.slice(n * 8, n * 8 + 8),
        ]),
      );
    await ops.assertGradients((x, y, z) => ops.concat([x, y, z], 1), [leaf(), b, c], { reference });
    expect(() => ops.concat([leaf(), b])).toThrow(/tensors\[1\] of concat\(\): got \[2, 1, 4\]/);
    expect(() => ops.concat([])).toThrow(/at least one tensor/);
  });
});

describe("matmul", () => {
  const product = (a: ArrayLike<number>, as: Shape, b: ArrayLike<number>, bs: Shape) => {
    const [m, k] = as.slice(-2);
    const n = bs[bs.length - 1];
    const batch = broadcastShapes(as.slice(0, -2), bs.slice(0, -2));
    const out: number[] = [];
    for (let p = 0; p < count(batch); p++) {
      const [pa, pb] = [
        broadcastIndex(as.slice(0, -2), batch, p) * m * k,
        broadcastIndex(bs.slice(0, -2), batch, p) * k * n,
      ];
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) {
          let sum = 0;
          for (let l = 0; l < k; l++) sum += a[pa + i * k + l] * b[pb + l * n + j];
          out.push(sum);
        }
      }
    }
    return Float64Array.from(out);
  };
  for (const [as, bs] of [
    [
      [3, 4],
      [4, 5],
    ],
    [
      [2, 3, 4],
      [4, 2],
    ],
    [
      [1, 3, 4],
      [5, 4, 2],
    ],
    [
      [2, 1, 3, 2],
      [4, 2, 3],
    ],
  ]) {
    test(`[${as}] · [${bs}]`, async () => {
      const a = parameter(device.gpu, values(count(as), -1, 1, 1), as);
      const b = parameter(device.gpu, values(count(bs), -1, 1, 2), bs);
      await ops.assertGradients(ops.matmul, [a, b], { reference: ([x, y]) => product(x, as, y, bs) });
    });
  }
  test("names both shapes when they do not fit", () => {
    const make = (shape: number[]): Tensor => tensor(device.gpu, values(count(shape)), shape);
    expect(() => ops.matmul(make([2, 3]), make([2, 3]))).toThrow(/\[2, 3\] and \[2, 3\]; allowed is \[\.\.\., m, k\]/);
  });
});
