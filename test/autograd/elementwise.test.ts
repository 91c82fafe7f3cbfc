import { describe, expect, test } from "vitest";
import * as ops from "../../src/autograd/index.ts";
import { ArgumentError, ShapeError } from "../../src/gpu/index.ts";
import { broadcastShapes, full, parameter, type Shape, type Tensor, tensor } from "../../src/tensor/index.ts";
import { testGpu } from "../gpu.ts";
import { broadcast, values } from "./values.ts";

const device = testGpu();

const unaryOps: Record<string, { f: (x: Tensor) => Tensor; ref: (x: number) => number; lo?: number; hi?: number }> = {
  neg: { f: ops.neg, ref: (x) => -x },
  exp: { f: ops.exp, ref: Math.exp },
  log: { f: ops.log, ref: Math.log, lo: 0.1, hi: 5 },
  expm1: { f: ops.expm1, ref: Math.expm1 },
  log1p: { f: ops.log1p, ref: Math.log1p, lo: -0.9, hi: 5 },
  sqrt: { f: ops.sqrt, ref: Math.sqrt, lo: 0.1, hi: 5 },
  square: { f: ops.square, ref: (x) => x * x },
  abs: { f: ops.abs, ref: Math.abs },
  sin: { f: ops.sin, ref: Math.sin, lo: -60, hi: 60 },
  cos: { f: ops.cos, ref: Math.cos, lo: -60, hi: 60 },
  tanh: { f: ops.tanh, ref: Math.tanh },
  sigmoid: { f: ops.sigmoid, ref: (x) => 1 / (1 + Math.exp(-x)), lo: -8, hi: 8 },
  relu: { f: ops.relu, ref: (x) => Math.max(x, 0) },
  softplus: { f: ops.softplus, ref: (x) => Math.log1p(Math.exp(x)), lo: -8, hi: 8 },
  clamp: { f: (x) => ops.clamp(x, -0.5, 1), ref: (x) => Math.min(Math.max(x, -0.5), 1) },
  "pow(x, 3)": { f: (x) => ops.pow(x, 3), ref: (x) => x ** 3 },
  "pow(x, -2.5)": { f: (x) => ops.pow(x, -2.5), ref: (x) => x ** -2.5, lo: 0.3, hi: 3 },
  "pow(2, x)": { f: (x) => ops.pow(2, x), ref: (x) => 2 ** x },
  "x + 3": { f: (x) => ops.add(x, 3), ref: (x) => x + 3 },
  "3 - x": { f: (x) => ops.sub(3, x), ref: (x) => 3 - x },
  "x - 3": { f: (x) => ops.sub(x, 3), ref: (x) => x - 3 },
  "x * -1.5": { f: (x) => ops.mul(x, -1.5), ref: (x) => x * -1.5 },
  "2 / x": { f: (x) => ops.div(2, x), ref: (x) => 2 / x, lo: 0.4, hi: 3 },
  "x / 7": { f: (x) => ops.div(x, 7), ref: (x) => x / 7 },
  "maximum(x, 0.3)": { f: (x) => ops.maximum(x, 0.3), ref: (x) => Math.max(x, 0.3) },
  "minimum(0.3, x)": { f: (x) => ops.minimum(0.3, x), ref: (x) => Math.min(x, 0.3) },
};

describe("functions of one tensor", () => {
  for (const [name, { f, ref, lo, hi }] of Object.entries(unaryOps)) {
    test(name, async () => {
      const x = parameter(device.gpu, values(37, lo, hi), [37]);
      const report = await ops.assertGradients(f, [x], { reference: ([v]) => v.map(ref), name });
      expect(report.checked).toBeGreaterThan(30);
    });
  }

  test("at the edges of their range", async () => {
    const { gpu } = device;
    const read = async (t: Tensor) => [...(await t.read())];
    expect(await read(ops.log(tensor(gpu, [0, 1])))).toEqual([-Infinity, 0]);
    expect(await read(ops.tanh(tensor(gpu, [-100, 100])))).toEqual([-1, 1]);
    expect(await read(ops.sigmoid(tensor(gpu, [-200, 200])))).toEqual([0, 1]);
    expect(await read(ops.softplus(tensor(gpu, [-200, 200])))).toEqual([0, 200]);
    expect(await read(ops.pow(tensor(gpu, [0, -2, -2, 0]), tensor(gpu, [0, 3, 2, 2])))).toEqual([1, -8, 4, 0]);
    expect(await read(ops.clamp(tensor(gpu, [-5, 5]), 0, Infinity))).toEqual([0, 5]);
  });

  test("expm1 and log1p are as exact near 0 as elsewhere", async () => {
    const sizes = Array.from({ length: 240 }, (_, i) => Math.fround(1e-30 * 10 ** (i / 8)));
    const x = [...sizes, ...sizes.map((v) => -v)].filter((v) => v > -0.999);
    for (const [f, formula] of [
      [ops.expm1, Math.expm1],
      [ops.log1p, Math.log1p],
    ] as const) {
      const y = await f(tensor(device.gpu, x)).read();
      for (const [i, v] of x.entries()) expect(Math.abs(y[i] / formula(v) - 1), `${f.name} ${v}`).toBeLessThan(1e-6);
    }
    expect([...(await ops.expm1(tensor(device.gpu, [0, -200, 200])).read())]).toEqual([0, -1, Infinity]);
    expect([...(await ops.log1p(tensor(device.gpu, [0, -1, -2, Infinity])).read())]).toEqual([
      0,
      -Infinity,
      Number.NaN,
      Infinity,
    ]);
  });

  test("gradients at kinks are as documented", async () => {
    const { gpu } = device;
    const at = async (f: (x: Tensor) => Tensor, x: number) => {
      const leaf = parameter(gpu, [x]);
      ops.backward(ops.sum(f(leaf)));
      return leaf.grad!.item();
    };
    expect(await at(ops.abs, 0)).toBe(0);
    expect(await at(ops.relu, 0)).toBe(0);
    expect(await at((x) => ops.clamp(x, 0, 1), 0)).toBe(1);
    expect(await at((x) => ops.clamp(x, 0, 1), 1)).toBe(1);
    expect(await at((x) => ops.clamp(x, 0, 1), 1.001)).toBe(0);
    expect(await at((x) => ops.maximum(x, 2), 2)).toBe(0.5);
    expect(await at((x) => ops.pow(x, 2), 0)).toBe(0);
  });
});

const binaryOps: Record<
  string,
  { f: (a: Tensor, b: Tensor) => Tensor; ref: (a: number, b: number) => number; lo?: number; hi?: number }
> = {
  add: { f: ops.add, ref: (a, b) => a + b },
  sub: { f: ops.sub, ref: (a, b) => a - b },
  mul: { f: ops.mul, ref: (a, b) => a * b },
  div: { f: ops.div, ref: (a, b) => a / b, lo: 0.4, hi: 3 },
  pow: { f: ops.pow, ref: (a, b) => a ** b, lo: 0.4, hi: 3 },
  maximum: { f: ops.maximum, ref: Math.max },
  minimum: { f: ops.minimum, ref: Math.min },
  atan2: { f: ops.atan2, ref: Math.atan2 },
};

const shapes: [Shape, Shape][] = [
  [
    [5, 7],
    [5, 7],
  ],
  [
    [2, 3, 4],
    [3, 1],
  ],
  [
    [4, 1],
    [1, 6],
  ],
  [[], [3, 3]],
  [
    [2, 3, 2, 2],
    [3, 1, 1],
  ],
  [
    [2, 3, 4, 4],
    [2, 3, 1, 1],
  ],
  [
    [3, 1, 8],
    [2, 1, 5, 1],
  ],
  [
    [2, 1, 2, 1, 2, 1],
    [1, 3, 1, 2, 1, 2],
  ],
];

describe("functions of two tensors", () => {
  for (const [name, { f, ref, lo, hi }] of Object.entries(binaryOps)) {
    for (const [as, bs] of shapes) {
      if (name !== "mul" && name !== "div" && as.length > 3) continue;
      test(`${name} [${as}] [${bs}]`, async () => {
        const { gpu } = device;
        const size = (shape: Shape) => shape.reduce((p, n) => p * n, 1);
        const a = parameter(gpu, values(size(as), lo, hi, 1), as);
        const b = parameter(gpu, values(size(bs), lo, hi, 2), bs);
        const out = broadcastShapes(as, bs);
        await ops.assertGradients(f, [a, b], { reference: ([x, y]) => broadcast(ref, x, as, y, bs, out), name });
      });
    }
  }

  test("only one of them learns", async () => {
    const { gpu } = device;
    const a = parameter(gpu, values(6, 0.5, 2), [6]);
    const b = tensor(gpu, values(6, 0.5, 2, 5), [6]);
    for (const [name, { f, ref }] of Object.entries(binaryOps)) {
      await ops.assertGradients(f, [a, b], { reference: ([x, y]) => x.map((v, i) => ref(v, y[i])), name });
      await ops.assertGradients((x, y) => f(y, x), [a, b], {
        reference: ([x, y]) => x.map((v, i) => ref(y[i], v)),
        name,
      });
    }
  });

  test("atan2 is right all around, on the axes and at the middle", async () => {
    const { gpu } = device;
    const angles = Array.from({ length: 720 }, (_, i) => ((i - 360) * Math.PI) / 360);
    const around = angles.map((angle) => [3 * Math.sin(angle), 3 * Math.cos(angle)]);
    const points = [...around, [0, 0], [0, 2], [0, -2], [2, 0], [-2, 0], [1e-30, 1e-30], [1e20, -1e20]].map((pair) =>
      pair.map(Math.fround),
    );
    const [a, b] = [0, 1].map((i) =>
      tensor(
        gpu,
        points.map((pair) => pair[i]),
      ),
    );
    const given = await ops.atan2(a, b).read();
    points.forEach(([y, x], i) => {
      expect(Math.abs(given[i] - Math.atan2(y, x)), `${y}, ${x}`).toBeLessThan(5e-7);
    });
  });

  test("equal values share the gradient of maximum", async () => {
    const { gpu } = device;
    const a = parameter(gpu, [1, 2, 3]);
    const b = parameter(gpu, [1, 3, 2]);
    ops.backward(ops.sum(ops.maximum(a, b)));
    expect([...(await a.grad!.read())]).toEqual([0.5, 0, 1]);
    expect([...(await b.grad!.read())]).toEqual([0.5, 1, 0]);
  });

  test("comparisons and where", async () => {
    const { gpu } = device;
    const x = parameter(gpu, values(24), [2, 3, 4]);
    const b = parameter(gpu, values(4, -2, 2, 9), [4]);
    const condition = ops.greater(tensor(gpu, values(12, -1, 1, 3), [3, 4]), 0);
    const picks = [...(await condition.read())];
    expect(picks.every((v) => v === 0 || v === 1)).toBe(true);
    await ops.assertGradients((v, w) => ops.where(condition, v, w), [x, b], {
      reference: ([v, w]) => v.map((y, i) => (picks[i % 12] ? y : w[i % 4])),
    });
    await ops.assertGradients((w) => ops.where(condition, 2, w), [b], {
      reference: ([w]) => Float64Array.from(picks, (p, i) => (p ? 2 : w[i % 4])),
    });
    expect(ops.greater(x, b).requiresGrad).toBe(false);
    expect([...(await ops.lessEqual(tensor(gpu, [1, 2, 3]), 2).read())]).toEqual([1, 1, 0]);
    expect([...(await ops.equal(2, tensor(gpu, [1, 2, 3])).read())]).toEqual([0, 1, 0]);
  });

  test("more workgroups than one dimension holds", async () => {
    const { gpu } = device;
    const n = 65_536 * 256 + 5;
    const x = full(gpu, [n], 0);
    x.gpu.write(x.storage, Float32Array.of(7), (n - 1) * 4);
    // A buffer that ends inside a quad takes the narrow kernel: force it through a one-sided view.
    const y = ops.add(x, 1);
    expect(new Float32Array(await gpu.read(y.storage, 8, (n - 2) * 4))).toEqual(Float32Array.of(1, 8));
    for (const t of [x, y]) t.dispose();
    gpu.pool.trim();
  });
});

describe("bad input", () => {
  test("is refused by name, before anything is recorded", () => {
    const { gpu } = device;
    const x = tensor(gpu, [1, 2, 3]);
    const half = tensor(gpu, [1, 2, 3], [3], { dtype: "f16" });
    const before = gpu.stats;
    expect(() => ops.add(x, tensor(gpu, [1, 2]))).toThrow(ShapeError);
    expect(() => ops.add(x, tensor(gpu, [1, 2]))).toThrow(/a and b of add\(\): got \[3\] and \[2\]/);
    expect(() => ops.exp(half as never)).toThrow(
      /x of exp\(\): got a tensor of f16; allowed is a tensor of f32: use cast/,
    );
    expect(() => ops.mul(x, Number.NaN)).toThrow(/b of mul\(\): got NaN/);
    expect(() => ops.mul(2, 3)).toThrow(ArgumentError);
    expect(() => ops.add(x, [1, 2, 3] as unknown as number)).toThrow(/b of add\(\): got array \[1, 2, 3\]/);
    expect(() => ops.clamp(x, 1, 0)).toThrow(/lo of clamp/);
    expect(() => ops.where(parameter(gpu, [1]), x, x)).toThrow(/condition of where/);
    expect(() => ops.exp(tensor(gpu, [1], [1, 1, 1, 1, 1, 1, 1]))).toThrow(/at most 6 dimensions/);
    expect(gpu.stats.dispatches).toBe(before.dispatches);
  });
});
