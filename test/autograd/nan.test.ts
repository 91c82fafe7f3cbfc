import { describe, expect, test } from "vitest";
import * as ops from "../../src/autograd/index.ts";
import { ArgumentError } from "../../src/gpu/index.ts";
import { parameter, type Tensor, tensor } from "../../src/tensor/index.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();
const { NaN: nan } = Number;
const inf = Infinity;
const all = async (t: Tensor) => [...(await t.read())];

const unary: Record<string, { f: (x: Tensor) => Tensor; ref: (x: number) => number }> = {
  neg: { f: ops.neg, ref: (x) => -x },
  exp: { f: ops.exp, ref: Math.exp },
  log: { f: ops.log, ref: Math.log },
  sqrt: { f: ops.sqrt, ref: Math.sqrt },
  square: { f: ops.square, ref: (x) => x * x },
  abs: { f: ops.abs, ref: Math.abs },
  tanh: { f: ops.tanh, ref: Math.tanh },
  sigmoid: { f: ops.sigmoid, ref: (x) => 1 / (1 + Math.exp(-x)) },
  relu: { f: ops.relu, ref: (x) => Math.max(x, 0) },
  expm1: { f: ops.expm1, ref: Math.expm1 },
  log1p: { f: ops.log1p, ref: Math.log1p },
  softplus: { f: ops.softplus, ref: (x) => (x === inf ? inf : Math.log1p(Math.exp(x))) },
  clamp: { f: (x) => ops.clamp(x, -1, 2), ref: (x) => Math.min(Math.max(x, -1), 2) },
  sign: { f: ops.sign, ref: Math.sign },
  floor: { f: ops.floor, ref: Math.floor },
};

describe("NaN and infinity", () => {
  for (const [name, { f, ref }] of Object.entries(unary)) {
    test(`${name} is what the number's own function says`, async () => {
      const data = [nan, inf, -inf, 0, 1];
      const read = await all(f(tensor(device.gpu, data)));
      data.forEach((x, i) => {
        const expected = ref(x);
        const given = `${name}(${x}) = ${read[i]}`;
        if (Number.isFinite(expected)) expect(Math.abs(read[i] - expected), given).toBeLessThan(1e-6);
        else expect(read[i], given).toBe(expected);
      });
    });
  }

  test("sin and cos of NaN are NaN", async () => {
    for (const f of [ops.sin, ops.cos]) expect((await all(f(tensor(device.gpu, [nan, 0]))))[0]).toBe(nan);
  });

  test("travels through functions of two values, whichever it is", async () => {
    const [a, b] = [tensor(device.gpu, [nan, 1, nan, 1]), tensor(device.gpu, [1, nan, nan, 1])];
    for (const f of [ops.add, ops.sub, ops.mul, ops.div, ops.maximum, ops.minimum, ops.atan2])
      expect((await all(f(a, b))).map(Number.isNaN), f.name).toEqual([true, true, true, false]);
    expect(await all(ops.pow(tensor(device.gpu, [nan, nan, 2]), tensor(device.gpu, [0, 2, nan])))).toEqual([
      1,
      nan,
      nan,
    ]);
    for (const f of [ops.maximum, ops.minimum]) {
      expect(await all(f(tensor(device.gpu, [nan, 1]), 1)), f.name).toEqual([nan, 1]);
      const x = parameter(device.gpu, [nan, 1]);
      ops.backward(ops.sum(f(x, 1)));
      expect(await all(x.grad!)).toEqual([1, 0.5]);
    }
  });

  test("travels through reductions, softmax, and the gradient of a relu", async () => {
    const data = new Array(40_000).fill(1);
    data[12_345] = nan;
    const x = tensor(device.gpu, data, [4, 10_000]);
    for (const f of [ops.sum, ops.mean, ops.max, ops.min]) {
      expect(await all(f(x)), f.name).toEqual([nan]);
      expect((await all(f(x, 1))).map(Number.isNaN), f.name).toEqual([false, true, false, false]);
    }
    for (const f of [ops.softmax, ops.logSoftmax]) {
      const y = await all(f(tensor(device.gpu, [nan, 1, 0, 0], [2, 2])));
      expect(y.map(Number.isNaN), f.name).toEqual([true, true, false, false]);
    }
    const leaf = parameter(device.gpu, [nan, 1, -1]);
    ops.backward(ops.sum(ops.relu(leaf)));
    expect(await all(leaf.grad!)).toEqual([1, 1, 0]);
  });
});

describe("floor", () => {
  test("is a constant, and straight-through as its documentation shows", async () => {
    const x = parameter(device.gpu, [-2, -0.5, 0, 3.75, 1e9]);
    expect([ops.floor(x).requiresGrad, await all(ops.floor(x))]).toEqual([false, [-2, -1, 0, 3, 1e9]]);
    const y = ops.add(x, ops.sub(ops.floor(x), x).detach());
    ops.backward(ops.sum(y));
    expect((await all(y)).slice(0, 4)).toEqual([-2, -1, 0, 3]);
    expect(await all(x.grad!)).toEqual([1, 1, 1, 1, 1]);
  });
});

describe("sign", () => {
  test("is a constant: nothing flows through it, and backward says so", async () => {
    const x = parameter(device.gpu, [-2, 0, 3, 0.5]);
    const y = ops.sign(x);
    expect([y.requiresGrad, await all(y)]).toEqual([false, [-1, 0, 1, 1]]);
    expect(() => ops.backward(ops.sum(ops.sign(x)))).toThrow(/requires a gradient/);
    ops.backward(ops.sum(ops.mul(x, ops.sign(x))));
    expect(await all(x.grad!)).toEqual([-1, 0, 1, 1]);
  });

  test("is straight-through as its documentation shows", async () => {
    const x = parameter(device.gpu, [-2, 0, 3]);
    const y = ops.add(x, ops.sub(ops.sign(x), x).detach());
    ops.backward(ops.sum(y));
    expect(await all(y)).toEqual([-1, 0, 1]);
    expect(await all(x.grad!)).toEqual([1, 1, 1]);
  });
});

describe("maximum and minimum", () => {
  test("share the gradient of equal values, broadcast in either operand", async () => {
    for (const [f, of1, of2] of [
      [ops.maximum, 0, 1],
      [ops.minimum, 1, 0],
    ] as const) {
      const a = parameter(device.gpu, [1, 2, 3, 2], [2, 2]);
      const b = parameter(device.gpu, [2]);
      ops.backward(ops.sum(f(a, b)));
      expect(await all(a.grad!), f.name).toEqual([of1, 0.5, of2, 0.5]);
      expect(await all(b.grad!), f.name).toEqual([of2 + 0.5 + of1 + 0.5]);
    }
  });

  test("are what max and min of two tensors name", () => {
    const [a, b] = [tensor(device.gpu, [1, 2]), tensor(device.gpu, [2, 1])];
    expect(() => ops.max(a, b as never)).toThrow(/options of max\(\).*use maximum\(a, b\)/);
    expect(() => ops.min(a, b as never)).toThrow(/options of min\(\).*use minimum\(a, b\)/);
    for (const f of [ops.sum, ops.mean]) expect(() => f(a, b as never)).toThrow(ArgumentError);
  });
});
