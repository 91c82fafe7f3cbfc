import { describe, expect, test } from "vitest";
import { record } from "../../src/autograd/graph.ts";
import {
  add,
  backward,
  grad,
  log,
  matmul,
  mean,
  mul,
  noGrad,
  relu,
  reshape,
  sigmoid,
  square,
  sub,
  sum,
} from "../../src/autograd/index.ts";
import { GraphError, ShapeError, TensorStateError } from "../../src/gpu/index.ts";
import { parameter, type Tensor, tensor } from "../../src/tensor/index.ts";
import { openGpu, testGpu } from "../gpu.ts";
import { values } from "./values.ts";

const device = testGpu();
const read = async (t: Tensor | null) => [...(await t!.read())];

describe("backward", () => {
  test("adds up when a tensor is used twice, and over calls", async () => {
    const x = parameter(device.gpu, [1, 2, 3]);
    backward(sum(add(mul(x, x), mul(x, 4))));
    expect(await read(x.grad)).toEqual([6, 8, 10]);
    backward(sum(mul(x, 2)));
    expect(await read(x.grad)).toEqual([8, 10, 12]);
  });

  test("of a sum gives both sides memory of their own", async () => {
    const { gpu } = device;
    const [a, b, seed] = [parameter(gpu, [1, 2]), parameter(gpu, [3, 4]), tensor(gpu, [5, 6])];
    backward(add(a, b), { gradient: seed });
    a.grad!.write([0, 0]);
    seed.write([9, 9]);
    expect(await read(b.grad)).toEqual([5, 6]);
    expect(await read(a.grad)).toEqual([0, 0]);
  });

  test("of a leaf, and of one value", async () => {
    const x = parameter(device.gpu, 3);
    backward(x);
    expect(await read(x.grad)).toEqual([1]);
    expect(await read(grad(x, [x])[0])).toEqual([1]);
  });

  test("frees the graph unless it is retained", async () => {
    const x = parameter(device.gpu, [1, 2]);
    const loss = sum(square(x));
    backward(loss, { retain: true });
    backward(loss);
    expect(await read(x.grad)).toEqual([4, 8]);
    expect(() => backward(loss)).toThrow(GraphError);
    expect(() => backward(loss)).toThrow(/The graph of "sum" was freed.*retain: true/);
    expect(() => backward(sum(mul(loss, 2)))).toThrow(/was freed/);
    expect(await read(x.grad)).toEqual([4, 8]);
  });

  test("needs a seed unless the output is one value", async () => {
    const { gpu } = device;
    const x = parameter(gpu, [1, 2, 3]);
    const y = square(x);
    expect(() => backward(y)).toThrow(/The output \[3\] is not a scalar.*\{ gradient \}/);
    expect(() => backward(y, { gradient: tensor(gpu, [1, 2]) })).toThrow(ShapeError);
    expect(() => backward(y, { gradient: tensor(gpu, [1, 2, 3], [3], { dtype: "f16" }) as never })).toThrow(
      /gradient: got a tensor of f16/,
    );
    expect(x.grad).toBeNull();
    backward(y, { gradient: tensor(gpu, [1, 0, -1]), retain: true });
    expect(await read(x.grad)).toEqual([2, 0, -6]);
    // The name that it had before.
    const [g] = grad(y, [x], { seed: tensor(gpu, [0, 1, 0]), retain: true });
    expect(await read(g)).toEqual([0, 4, 0]);
    const both = { seed: tensor(gpu, [0, 1, 0]), gradient: tensor(gpu, [0, 1, 0]) };
    expect(() => grad(y, [x], both)).toThrow(/seed of grad\(\): got a tensor beside gradient/);
    expect(() => backward(y, { gradient: null as never })).toThrow(/gradient: got null/);
    expect(() => backward(y, { retainGraph: true } as never)).toThrow(/retainGraph: .*did you mean "retain"/);
  });

  test("refuses a saved tensor that was changed in place, and leaves every gradient as it was", async () => {
    const { gpu } = device;
    const [x, w] = [parameter(gpu, [1, 2]), parameter(gpu, [3, 4])];
    const loss = sum(mul(square(x), w));
    x.write([5, 6]);
    expect(() => backward(loss)).toThrow(/A tensor that "square" saved for backward was changed in place/);
    expect([x.grad, w.grad]).toEqual([null, null]);
  });

  test("does not mind a change of what it does not need", async () => {
    const x = parameter(device.gpu, [1, 2]);
    const loss = sum(mul(x, 3));
    x.write([5, 6]);
    backward(loss);
    expect(await read(x.grad)).toEqual([3, 3]);
  });

  test("stops at detach, noGrad and constants", async () => {
    const { gpu } = device;
    const x = parameter(gpu, [2]);
    backward(sum(mul(x, square(x).detach())));
    expect(await read(x.grad)).toEqual([4]);
    expect(noGrad(() => square(x)).requiresGrad).toBe(false);
    expect(() => backward(sum(tensor(gpu, [1])))).toThrow(/Nothing that the output depends on requires a gradient/);
  });

  test("goes through memory that the caller has freed", async () => {
    const x = parameter(device.gpu, values(300));
    const a = square(x);
    const b = relu(a);
    const loss = sum(b);
    a.dispose();
    b.dispose();
    // The pool would hand the memory to these, were it free.
    for (let i = 0; i < 4; i++) tensor(device.gpu, new Float32Array(300).fill(99));
    backward(loss);
    const [gradient, data] = [await read(x.grad), await read(x)];
    expect(gradient).toEqual(data.map((v) => Math.fround(2 * v)));
  });

  test("of long chains", async () => {
    const x = parameter(device.gpu, [1]);
    let y: Tensor = x;
    for (let i = 0; i < 3000; i++) y = add(y, 1);
    backward(sum(y));
    expect(await read(x.grad)).toEqual([1]);
  });
});

describe("grad", () => {
  test("of leaves and intermediate tensors, leaving .grad alone", async () => {
    const { gpu } = device;
    const [x, w] = [parameter(gpu, [1, 2]), parameter(gpu, [3, 4])];
    const h = mul(x, w);
    const loss = sum(square(h));
    const [gh, gx, gl, again] = grad(loss, [h, x, loss, h]);
    expect(await read(gh)).toEqual([6, 16]);
    expect(await read(gx)).toEqual([18, 64]);
    expect(await read(gl)).toEqual([1]);
    expect(await read(again)).toEqual([6, 16]);
    expect([x.grad, w.grad]).toEqual([null, null]);
  });

  test("names an input without influence", () => {
    const { gpu } = device;
    const [x, other] = [parameter(gpu, [1, 2]), parameter(gpu, [3, 4])];
    expect(() => grad(sum(x), [x, other])).toThrow(/inputs\[1\] \[2\] does not influence the output/);
  });

  test("asks a step for what was asked for, and for what leads there", async () => {
    const { gpu } = device;
    const [x, w, idle] = [parameter(gpu, [1, 2]), parameter(gpu, [3, 4]), tensor(gpu, [5, 6])];
    const asked: (readonly boolean[])[] = [];
    // A sum of three, by the rule of its gradient.
    const plus = (...of: Tensor[]) =>
      record("plus", of, { shape: [2], storage: of[0].storage.retain() }, [], (g, _, needs) => {
        asked.push(needs);
        return of.map(() => g.detach());
      });
    const step = () => plus(square(x), square(w), idle);
    expect(await read(grad(sum(step()), [x])[0])).toEqual([2, 4]);
    expect(await read(grad(sum(step()), [w])[0])).toEqual([6, 8]);
    backward(sum(step()));
    expect(asked).toEqual([
      [true, false, false],
      [false, true, false],
      [true, true, false],
    ]);
    expect([await read(x.grad), await read(w.grad), idle.grad]).toEqual([[2, 4], [6, 8], null]);
  });
});

describe("tensors", () => {
  test("of two devices do not mix", async () => {
    const other = await openGpu();
    const [a, b] = [tensor(device.gpu, [1]), tensor(other, [1])];
    expect(() => add(a, b)).toThrow(TensorStateError);
    expect(() => add(a, b)).toThrow(/two different devices/);
    other.destroy();
  });

  test("that were disposed of are refused", async () => {
    const a = tensor(device.gpu, [1, 2]);
    a.dispose();
    expect(() => add(a, 1)).toThrow(/This tensor \[2\] was disposed of/);
    await expect(a.read()).rejects.toThrow(TensorStateError);
    expect(() => a.write([1, 2])).toThrow(TensorStateError);
  });

  test("that share memory free it with the last of them", async () => {
    const a = tensor(device.gpu, [1, 2, 3, 4]);
    const b = reshape(a, [2, 2]);
    const before = device.gpu.stats.bytesInUse;
    a.dispose();
    expect(device.gpu.stats.bytesInUse).toBe(before);
    expect(await read(b)).toEqual([1, 2, 3, 4]);
    b.dispose();
    expect(device.gpu.stats.bytesInUse).toBeLessThan(before);
  });

  test("are freed with their scope, but for gradients and what was kept", async () => {
    const { gpu } = device;
    const x = parameter(gpu, values(100));
    const before = gpu.stats.bytesInUse;
    const kept = (() => {
      using scope = gpu.scope();
      const loss = scope.keep(mean(square(x)));
      backward(loss);
      return loss;
    })();
    await kept.item();
    expect(await read(x.grad)).toHaveLength(100);
    kept.dispose();
    x.grad!.dispose();
    x.grad = null;
    expect(gpu.stats.bytesInUse).toBe(before);
  });
});

describe("what a graph saved is freed", () => {
  // Every way to end a graph without backward; each returns what it leaves alive.
  const forward = (x: Tensor): Tensor => {
    const a = square(x);
    const b = sigmoid(a);
    const c = mul(a, b);
    for (const t of [a, b]) t.dispose();
    return c;
  };
  const ways: Record<string, (gpu: Tensor["gpu"], x: Tensor) => void> = {
    "with its scope": (gpu, x) => {
      using _ = gpu.scope();
      mean(forward(x));
    },
    "with its only result": (_, x) => forward(x).dispose(),
    "with the last of two results that share it": (_, x) => {
      const y = forward(x);
      const ends = [sum(y), mean(y)];
      y.dispose();
      for (const end of ends) end.dispose();
    },
    "with a result that was computed further by noGrad and detach": (_, x) => {
      const y = forward(x);
      const outside = [noGrad(() => square(y)), y.detach()];
      for (const t of [y, ...outside]) t.dispose();
    },
    "after a backward that retained it": (_, x) => {
      const y = forward(x);
      const loss = sum(y);
      backward(loss, { retain: true });
      for (const t of [y, loss]) t.dispose();
      x.grad!.dispose();
      x.grad = null;
    },
    "after a backward through one of two results": (_, x) => {
      const y = forward(x);
      const squared = square(y);
      const ends = [sum(y), sum(squared)];
      for (const t of [y, squared]) t.dispose();
      backward(ends[0]);
      for (const end of ends) end.dispose();
      x.grad!.dispose();
      x.grad = null;
    },
    "at the end of a long chain": (_, x) => {
      let y = square(x);
      for (let i = 0; i < 20_000; i++) {
        const next = i % 2 ? reshape(y, [100]) : reshape(y, [10, 10]);
        y.dispose();
        y = next;
      }
      y.dispose();
    },
  };
  test.each(Object.entries(ways))("%s", async (_, way) => {
    const { gpu } = device;
    const x = parameter(gpu, values(100));
    way(gpu, x);
    const before = gpu.stats.bytesInUse;
    for (let i = 0; i < 3; i++) way(gpu, x);
    expect(gpu.stats.bytesInUse).toBe(before);
    // Of the parameter alone: all else is free.
    x.dispose();
    expect(before - gpu.stats.bytesInUse).toBe(512);
  });

  test("but not before: a kept result has its whole graph", async () => {
    const { gpu } = device;
    const x = parameter(gpu, [1, 2, 3]);
    const kept = (() => {
      using scope = gpu.scope();
      return scope.keep(sum(square(mul(x, 2))));
    })();
    for (let i = 0; i < 8; i++) tensor(gpu, [9, 9, 9]);
    backward(kept);
    expect(await read(x.grad)).toEqual([8, 16, 24]);
    kept.dispose();
    expect(() => backward(kept)).toThrow(/was freed .*when its result was disposed of/);
  });

  test("when backward is stopped half-way, but for gradients that arrived", () => {
    const { gpu } = device;
    const x = parameter(gpu, values(100));
    const stopped = record("stopped", [x], { shape: [100], storage: x.storage.retain() }, [], (g) => {
      square(g);
      throw new Error("stopped");
    });
    const loss = sum(square(stopped));
    const before = gpu.stats.bytesInUse;
    expect(() => backward(loss)).toThrow("stopped");
    expect(gpu.stats.bytesInUse).toBe(before);
  });
});

test("a loop of equal steps makes no new buffer, pipeline or bind group, and keeps its memory", async () => {
  const { gpu } = device;
  const x = tensor(gpu, values(32 * 10), [32, 10]);
  const target = tensor(gpu, values(32, 0, 1), [32, 1]);
  const w = parameter(gpu, values(10), [10, 1]);
  const b = parameter(gpu, [0], [1]);
  let first = 0;
  let last = 0;
  const step = async (i: number) => {
    using scope = gpu.scope();
    const p = sigmoid(add(matmul(x, w), b));
    const loss = mean(square(sub(log(add(p, 0.1)), log(add(target, 0.1)))));
    backward(loss);
    for (const leaf of [w, b]) {
      const next = noGrad(() => sub(leaf, mul(leaf.grad!, 0.1)));
      gpu.copy(next.storage, 0, leaf.storage, 0, leaf.byteLength);
      leaf.grad!.dispose();
      leaf.grad = null;
    }
    scope.keep(loss);
    if (i === 0) first = await loss.item();
    else if (i === 99) last = await loss.item();
    else await gpu.flush();
    loss.dispose();
  };
  for (let i = 0; i < 3; i++) await step(i);
  const settled = gpu.stats;
  for (let i = 3; i < 100; i++) await step(i);
  const { buffersCreated, pipelinesCreated, bindGroupsCreated, bytesInUse, bytesPooled } = gpu.stats;
  expect({ buffersCreated, pipelinesCreated, bindGroupsCreated, bytesInUse, bytesPooled }).toEqual({
    buffersCreated: settled.buffersCreated,
    pipelinesCreated: settled.pipelinesCreated,
    bindGroupsCreated: settled.bindGroupsCreated,
    bytesInUse: settled.bytesInUse,
    bytesPooled: settled.bytesPooled,
  });
  expect(last).toBeLessThan(first / 2);
});
