import { describe, expect, it } from "vitest";
import { ArgumentError, ShapeError, TensorStateError } from "../../src/gpu/index.ts";
import { adam, type Optimizer, sgd } from "../../src/optim/index.ts";
import { parameter, type Tensor, tensor } from "../../src/tensor/index.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();

const start = Array.from({ length: 200 }, (_, i) => Math.sin(i));
const gradients = [0, 1, 2, 3].map((t) => start.map((_, i) => Math.cos(i * (t + 1)) * (i % 7 === 0 ? 0 : 1)));

async function run(make: (x: Tensor) => Optimizer): Promise<Float32Array> {
  const x = parameter(device.gpu, start);
  const optimizer = make(x);
  for (const gradient of gradients) {
    x.grad = tensor(device.gpu, gradient);
    optimizer.step();
    optimizer.zeroGrad();
    expect(x.grad).toBe(null);
  }
  const values = (await x.read()) as Float32Array;
  optimizer.dispose();
  x.dispose();
  return values;
}

function close(actual: Float32Array, expected: number[]): void {
  const worst = Math.max(...expected.map((value, i) => Math.abs(value - actual[i])));
  expect(worst).toBeLessThan(2e-6);
}

describe("optimisers", () => {
  it("sgd with momentum follows its formula", async () => {
    for (const momentum of [0, 0.9]) {
      const x = [...start];
      const v = start.map(() => 0);
      for (const gradient of gradients) {
        for (let i = 0; i < x.length; i++) {
          v[i] = momentum * v[i] + gradient[i];
          x[i] -= 0.1 * v[i];
        }
      }
      close(await run((p) => sgd([p], { learningRate: 0.1, momentum })), x);
    }
  });

  it("adam follows its formula, bias correction included", async () => {
    const x = [...start];
    const m = start.map(() => 0);
    const v = start.map(() => 0);
    gradients.forEach((gradient, t) => {
      for (let i = 0; i < x.length; i++) {
        m[i] = 0.9 * m[i] + 0.1 * gradient[i];
        v[i] = 0.999 * v[i] + 0.001 * gradient[i] ** 2;
        x[i] -= (0.1 * (m[i] / (1 - 0.9 ** (t + 1)))) / (Math.sqrt(v[i] / (1 - 0.999 ** (t + 1))) + 1e-8);
      }
    });
    close(await run((p) => adam([p], { learningRate: 0.1 })), x);
  });

  it("maximises what the same with the other sign minimises, bit for bit", async () => {
    const makers = [
      (p: Tensor, maximize: boolean) => sgd([p], { learningRate: 0.1, momentum: 0.9, maximize }),
      (p: Tensor, maximize: boolean) => adam([p], { learningRate: 0.1, maximize }),
    ];
    for (const make of makers) {
      const end = async (maximize: boolean) => {
        const p = parameter(device.gpu, start);
        const optimizer = make(p, maximize);
        for (const gradient of gradients) {
          p.grad = tensor(
            device.gpu,
            gradient.map((g) => (maximize ? -g : g)),
          );
          optimizer.step();
          optimizer.zeroGrad();
        }
        optimizer.dispose();
        return [...(await p.read())];
      };
      expect(await end(true)).toEqual(await end(false));
    }
    const x = parameter(device.gpu, [0]);
    for (const wrong of [1, "true", null])
      for (const make of [sgd, adam] as unknown as ((p: Tensor[], o: object) => Optimizer)[])
        expect(() => make([x], { learningRate: 1, maximize: wrong })).toThrow(/maximize.*true or false/);
  });

  it("leaves a parameter without gradient alone, and one of many updates", async () => {
    const a = parameter(device.gpu, [1, 2]);
    const b = parameter(device.gpu, [3]);
    a.grad = tensor(device.gpu, [1, 1]);
    const optimizer = sgd([a, b], { learningRate: 1 });
    optimizer.learningRate = 0.5;
    optimizer.step();
    expect([...(await a.read()), ...(await b.read())]).toEqual([0.5, 1.5, 3]);
  });

  it("makes nothing new in steady state", async () => {
    const x = parameter(device.gpu, start);
    const optimizer = adam([x], { learningRate: 0.1 });
    const steady = async () => {
      x.grad = tensor(device.gpu, gradients[0]);
      optimizer.step();
      optimizer.zeroGrad();
      await device.gpu.flush();
    };
    for (let i = 0; i < 3; i++) await steady();
    const before = { ...device.gpu.stats };
    for (let i = 0; i < 20; i++) await steady();
    const after = device.gpu.stats;
    for (const count of ["buffersCreated", "pipelinesCreated", "bindGroupsCreated", "bytesInUse"] as const) {
      expect(after[count]).toBe(before[count]);
    }
  });

  it("refuses what it cannot use", () => {
    const x = parameter(device.gpu, [1, 2]);
    const still = tensor(device.gpu, [1]);
    for (const list of [[], [still], [x, x], [1], undefined] as unknown as Tensor[][]) {
      expect(() => sgd(list, { learningRate: 1 })).toThrow(ArgumentError);
    }
    for (const wrong of [-1, Number.NaN, Infinity, "1" as unknown as number]) {
      expect(() => sgd([x], { learningRate: wrong })).toThrow(/^learningRate: got/);
      expect(() => adam([x], { epsilon: wrong })).toThrow(/^epsilon: got/);
    }
    expect(() => sgd([x], { learningRate: 1, momentum: 1 })).toThrow(/^momentum: got/);
    expect(() => adam([x], { betas: [0.9, 1] })).toThrow(/^betas\[1\]: got/);
    const optimizer = sgd([x], { learningRate: 1 });
    expect(() => {
      optimizer.learningRate = -1;
    }).toThrow(ArgumentError);
    x.grad = tensor(device.gpu, [1]);
    expect(() => optimizer.step()).toThrow(ShapeError);
    x.dispose();
    expect(() => optimizer.step()).toThrow(TensorStateError);
  });
});
