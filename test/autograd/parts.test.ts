import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import * as ops from "../../src/autograd/index.ts";
import type { Gpu } from "../../src/gpu/index.ts";
import { adam, type Optimizer, sgd } from "../../src/optim/index.ts";
import { count, full, parameter, type Tensor, tensor } from "../../src/tensor/index.ts";
import { openGpu, testGpu } from "../gpu.ts";
import { values } from "./values.ts";

const device = testGpu();

/** Lets the operations believe that a binding may have no more than so many bytes: a real device has 128 MiB at least. */
function limitBindings(gpu: Gpu, bytes: number): () => void {
  const get = (limits: GPUSupportedLimits, name: keyof GPUSupportedLimits) =>
    name === "maxStorageBufferBindingSize" ? bytes : limits[name];
  Object.defineProperty(gpu, "limits", {
    configurable: true,
    value: new Proxy(gpu.device.limits, { get } as ProxyHandler<GPUSupportedLimits>),
  });
  const spy = vi.spyOn(gpu, "dispatch");
  return () => {
    for (const [{ bindings, pipeline }] of spy.mock.calls)
      for (const { size } of bindings.slice(0, -1)) expect(size, pipeline.label).toBeLessThanOrEqual(bytes);
    unlimit();
  };
}

function unlimit(): void {
  Reflect.deleteProperty(device.gpu, "limits");
  vi.restoreAllMocks();
}
afterEach(unlimit);

/** Result and gradients of a function, all values in a row. */
async function all(f: (...inputs: Tensor[]) => Tensor, inputs: readonly Tensor[]): Promise<number[][]> {
  using _scope = device.gpu.scope();
  const y = f(...inputs);
  if (!y.requiresGrad) return [[...(await y.read())]];
  const gradient = tensor(device.gpu, values(y.size, -1, 1, 9), y.shape);
  const gradients = ops.grad(y, inputs, { gradient });
  const read = await Promise.all([y, ...gradients].map(async (t) => [...(await t.read())]));
  return read;
}

/** A function on a device of tiny bindings gives what it gives elsewhere. */
async function same(f: (...inputs: Tensor[]) => Tensor, shapes: readonly number[][], exact: boolean, bytes = 1024) {
  const inputs = shapes.map((shape, i) => parameter(device.gpu, values(count(shape), 0.2, 2, i), shape));
  const expected = await all(f, inputs);
  const check = limitBindings(device.gpu, bytes);
  const found = await all(f, inputs);
  check();
  for (const input of inputs) input.dispose();
  if (exact) return expect(found).toEqual(expected);
  for (const [i, part] of expected.entries()) {
    const largest = Math.max(1, ...part.map(Math.abs));
    const worst = part.reduce((most, v, k) => Math.max(most, Math.abs(v - found[i][k])), 0);
    expect(found[i].length).toBe(part.length);
    expect(worst / largest).toBeLessThan(5e-6);
  }
}

describe("tensors larger than a binding", () => {
  test("go through functions of values, broadcast or not, to the same bits", async () => {
    const shape = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 5 });
    const mask = fc.tuple(fc.nat(31), fc.nat(31));
    const pick = fc.constantFrom(ops.add, ops.mul, ops.div, ops.maximum);
    const property = fc.asyncProperty(shape, mask, pick, fc.nat(2), async (given, [a, b], f, tail) => {
      const out = [...given, [1, 40, 130][tail]];
      if (count(out) > 12_000) return;
      const ones = (bits: number) => out.map((s, d) => ((bits >> d) & 1 ? 1 : s));
      // Gradients that are summed over a broadcast are added up in another order.
      await same((x, y) => f(x, y), [ones(a), ones(b)], false);
      await same((x, y) => ops.greater(x, y), [ones(a), ones(b)], true);
    });
    await fc.assert(property, { numRuns: 12 });
    for (const shape of [[2000], [1999], [700, 3], [5, 401]]) {
      await same((x) => ops.exp(x), [shape], true);
      await same((x) => ops.clamp(ops.sub(2, x), 0.5, 1), [shape], true);
      await same((x, y) => ops.add(ops.mul(x, x), y), [shape, shape], true);
      await same((x, y) => ops.where(ops.greater(x, 1).detach(), x, ops.pow(y, 2)), [shape, shape], true);
    }
  });

  test("are reduced over any axes", async () => {
    const shapes = [[3000], [3, 700], [700, 3], [2, 5, 300], [4, 3, 7, 9], [2, 3, 2, 250]];
    for (const shape of shapes) {
      const axes = fc.sample(fc.subarray(shape.map((_, i) => i)), { numRuns: 1, seed: shape[0] });
      for (const some of [shape.map((_, i) => i), ...axes]) {
        for (const f of [ops.sum, ops.mean]) await same((x) => f(x, some), [shape], false);
        for (const f of [ops.max, ops.min]) await same((x) => f(x, { axes: some, keepDims: true }), [shape], true);
      }
    }
    await same((x) => ops.softmax(x, 1), [[6, 300]], false);
    await same((x) => ops.logSoftmax(x, 0), [[40, 30]], false);
  });

  test("are transposed, sliced, joined, broadcast and reshaped to the same bits", async () => {
    await same((x) => ops.transpose(x), [[40, 33]], true);
    await same((x) => ops.transpose(x, [2, 0, 1]), [[7, 11, 13]], true);
    await same((x) => ops.slice(x, 1, 3, -2), [[9, 90]], true);
    await same(
      (x, y) => ops.concat([x, y], 1),
      [
        [20, 30],
        [20, 7],
      ],
      true,
    );
    await same((x) => ops.broadcastTo(x, [9, 20, 11]), [[20, 1]], false);
    await same((x) => ops.reshape(x, [-1, 10]), [[20, 30]], true);
  });

  test("are multiplied as matrices", async () => {
    for (const [a, b] of [
      [
        [40, 30],
        [30, 20],
      ],
      [
        [300, 4],
        [4, 3],
      ],
      [
        [2, 500],
        [500, 3],
      ],
      [
        [1, 1000],
        [1000, 1],
      ],
      [
        [3, 20, 10],
        [10, 30],
      ],
      [
        [2, 1, 20, 6],
        [3, 6, 11],
      ],
    ])
      await same(ops.matmul, [a, b], false);
  });

  test("are changed by optimisers", async () => {
    const end = async (make: (p: Tensor) => Optimizer) => {
      const p = parameter(device.gpu, values(1000));
      const optimizer = make(p);
      for (let t = 0; t < 3; t++) {
        p.grad = tensor(device.gpu, values(1000, -1, 1, t));
        optimizer.step();
        optimizer.zeroGrad();
      }
      optimizer.dispose();
      return [...(await p.read())];
    };
    for (const make of [
      (p: Tensor) => adam([p], { learningRate: 0.1 }),
      (p: Tensor) => sgd([p], { learningRate: 0.1, momentum: 0.9 }),
    ]) {
      const expected = await end(make);
      const check = limitBindings(device.gpu, 1024);
      expect(await end(make)).toEqual(expected);
      check();
    }
  });

  test("have a loss, on a device that binds 128 MiB", async () => {
    const gpu = await openGpu({ maxStorageBufferBindingSize: 2 ** 27, maxBufferSize: 2 ** 28 });
    const limit = gpu.limits.maxStorageBufferBindingSize;
    const size = limit / 4 + 1000;
    const x = full(gpu, [size], 0, { requiresGrad: true });
    gpu.write(x.storage, Float32Array.of(3, -5), 4 * (size - 2));
    const loss = ops.sum(ops.relu(x));
    ops.backward(loss);
    expect(await loss.item()).toBe(3);
    const end = await gpu.read(x.grad!.storage, 16, 4 * (size - 4));
    expect([...new Float32Array(end)]).toEqual([0, 0, 1, 0]);
    gpu.destroy();
  });

  test("name the limit where an operation cannot go in parts, before anything is recorded", () => {
    const { gpu } = device;
    const x = tensor(gpu, values(600), [1, 1, 20, 30]);
    limitBindings(gpu, 1024);
    for (const f of [
      () => ops.argmax(x, 3),
      () => ops.conv2d(x, x),
      () => ops.gather(x, { axis: 0, index: full(gpu, [1], 0) }),
    ])
      expect(f).toThrow(/maxStorageBufferBindingSize/);
    // It has a small result, and a gradient of 40 by 20 on the way to 40 by 1.
    const column = parameter(gpu, values(40), [40, 1]);
    const row = full(gpu, [1, 20], 0);
    expect(() => ops.gather(column, { axis: 0, index: row })).toThrow(/maxStorageBufferBindingSize/);
    expect(gpu.dispatch).not.toHaveBeenCalled();
    expect(ops.gather(column.detach(), { axis: 0, index: row }).shape).toEqual([1, 20]);
  });
});
