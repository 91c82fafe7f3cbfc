import { expect, test } from "vitest";
import { backward, clamp, gradcheck, mul, square, sum } from "../../src/autograd/index.ts";
import { ArgumentError, GraphError, ShapeError, TensorStateError } from "../../src/gpu/index.ts";
import { adam } from "../../src/optim/index.ts";
import { type DType, parameter, type Tensor, tensor } from "../../src/tensor/index.ts";
import { openGpu, testGpu } from "../gpu.ts";

const device = testGpu();
const read = async (t: Tensor<DType>) => [...(await t.read())];

test("values of every storage type are copied, in the order of commands", async () => {
  for (const dtype of ["f32", "f16", "u8", "rgba8"] as DType[]) {
    const shape = [1, 3, 1, 5];
    const size = dtype === "rgba8" ? 20 : 15;
    const data = Array.from({ length: size }, (_, i) => i + 1);
    const from = tensor(device.gpu, data, shape, { dtype });
    const to = tensor(device.gpu, new Array(size).fill(0), shape, { dtype });
    expect(to.copyFrom(from)).toBe(to);
    from.write(new Array(size).fill(9));
    expect(await read(to), dtype).toEqual(data);
    expect((await read(from))[0], dtype).toBe(9);
  }
});

test("a parameter goes on learning from what was copied, without a read-back", async () => {
  const p = parameter(device.gpu, [0.5, 2, -3]);
  const optimizer = adam([p], { learningRate: 0.1 });
  const before = device.gpu.stats.submissions;
  for (let i = 0; i < 3; i++) {
    backward(sum(square(p)));
    optimizer.step();
    optimizer.zeroGrad();
    p.copyFrom(clamp(p, 0, 1));
  }
  expect(device.gpu.stats.submissions).toBe(before);
  const values = await read(p);
  expect(values.every((v) => v >= 0 && v <= 1)).toBe(true);
  expect([p.requiresGrad, p.origin, p.grad]).toEqual([true, null, null]);
  expect((await gradcheck((v) => mul(v, v), [p], { reference: ([v]) => v.map((x) => x * x) })).ok).toBe(true);
});

test("a graph that saved what is overwritten refuses to run backward; one that saved the source does not", async () => {
  const [a, b] = [parameter(device.gpu, [1, 2]), parameter(device.gpu, [3, 4])];
  const loss = sum(square(a));
  const other = sum(square(b));
  a.copyFrom(b);
  expect(() => backward(loss)).toThrow(GraphError);
  backward(other);
  expect(await read(b.grad!)).toEqual([6, 8]);
});

test("copying a tensor, or a view of its memory, onto itself changes nothing", async () => {
  const a = parameter(device.gpu, [1, 2]);
  const loss = sum(square(a));
  a.copyFrom(a).copyFrom(a.detach());
  backward(loss);
  expect([await read(a), await read(a.grad!)]).toEqual([
    [1, 2],
    [2, 4],
  ]);
});

test("refuses what it cannot copy, by name", async () => {
  const { gpu } = device;
  const a = parameter(gpu, [1, 2]);
  for (const wrong of [null, undefined, [1, 2], "a", 3, { shape: [2] }])
    expect(() => a.copyFrom(wrong as never), String(wrong)).toThrow(/^source of copyFrom\(\): got/);
  expect(() => a.copyFrom(tensor(gpu, [1, 2], [2, 1]))).toThrow(ShapeError);
  expect(() => a.copyFrom(tensor(gpu, [1, 2], [2], { dtype: "f16" }) as never)).toThrow(/a tensor of f16.*cast/);
  const elsewhere = await openGpu();
  expect(() => a.copyFrom(tensor(elsewhere, [1, 2]))).toThrow(ArgumentError);
  elsewhere.destroy();
  const gone = tensor(gpu, [1, 2]);
  gone.dispose();
  expect(() => a.copyFrom(gone)).toThrow(TensorStateError);
  const result = square(a);
  expect(() => result.copyFrom(a)).toThrow(/the result of "square".*detach\(\)/);
  result.detach().copyFrom(a);
  expect(await read(result)).toEqual([1, 2]);
});
