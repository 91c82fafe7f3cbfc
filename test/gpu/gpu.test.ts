import { describe, expect, test } from "vitest";
import { add, backward, mul, neg, relu, square, sum } from "../../src/autograd/index.ts";
import {
  ArgumentError,
  adoptDevice,
  DeviceLostError,
  Gpu,
  LimitError,
  PassError,
  type PipelineRequest,
} from "../../src/gpu/index.ts";
import { fromBuffer, parameter, type Tensor, tensor, zeros } from "../../src/tensor/index.ts";
import { openGpu, testGpu } from "../gpu.ts";

const device = testGpu();
const read = async (t: Tensor) => [...(await t.read())];

let unique = 0;
/** A kernel that no cache knows: it adds `amount` to one value, in place. */
function request(amount: number, body = `x[0] += ${amount}.0;`): PipelineRequest {
  const key = `test ${unique++}`;
  const source = () => `@group(0) @binding(0) var<storage, read_write> x: array<f32>; // ${key}
@compute @workgroup_size(1) fn main() { ${body} }`;
  return { key, label: `${key} kernel`, access: "w", source };
}
const bump = (gpu: Gpu, x: Tensor, amount: number) =>
  gpu.dispatch({ pipeline: gpu.pipeline(request(amount)), bindings: [x.storage], groups: [1] });

describe("recording", () => {
  test("runs in order, whatever is still compiling", async () => {
    const { gpu } = device;
    const x = tensor(gpu, [1]);
    const results: Tensor[] = [];
    for (let i = 0; i < 5; i++) {
      bump(gpu, x, 1);
      results.push(mul(x, 10 ** i));
      void gpu.flush();
    }
    expect(await Promise.all(results.map((y) => y.item()))).toEqual([2, 30, 400, 5000, 60000]);
  });

  test("submits before flush returns once everything is compiled", async () => {
    const { gpu } = device;
    const x = tensor(gpu, [2]);
    await neg(x).read();
    const { submissions } = gpu.stats;
    neg(x);
    neg(x);
    void gpu.flush();
    expect(gpu.stats.submissions).toBe(submissions + 1);
    await gpu.flush();
    expect(gpu.stats.submissions).toBe(submissions + 1);
  });

  test("an upload does not overtake a recorded read", async () => {
    const { gpu } = device;
    const x = tensor(gpu, [1, 2]);
    const y = mul(x, 10);
    x.write([3, 4]);
    const z = mul(x, 10);
    expect([await read(y), await read(z)]).toEqual([
      [10, 20],
      [30, 40],
    ]);
  });

  test("an upload does not overtake a step that waits for its pipeline", async () => {
    const { gpu } = device;
    const x = tensor(gpu, [1]);
    bump(gpu, x, 100);
    const y = mul(x, 2);
    const flushed = gpu.flush();
    x.write([5]);
    const z = mul(x, 2);
    await flushed;
    expect([await y.item(), await z.item()]).toEqual([202, 10]);
  });

  test("an upload does not land in memory that a waiting step still uses", async () => {
    const { gpu } = device;
    const x = tensor(gpu, [1]);
    bump(gpu, x, 1);
    const y = mul(x, 2);
    void gpu.flush();
    x.dispose();
    const others = Array.from({ length: 4 }, (_, i) => tensor(gpu, [50 + i]));
    expect(await y.item()).toBe(4);
    expect(await Promise.all(others.map((t) => t.item()))).toEqual([50, 51, 52, 53]);
  });
});

describe("encode", () => {
  test("records into a caller's encoder", async () => {
    const { gpu } = device;
    const x = tensor(gpu, [1, 2, 3]);
    const y = add(square(x), 1);
    await gpu.ready();
    const encoder = gpu.device.createCommandEncoder();
    const submitted = gpu.encode(encoder);
    // Before the caller submits, augrad goes on; none of this may touch what the encoder uses.
    const others = [tensor(gpu, [7, 7, 7]), mul(tensor(gpu, [1, 1, 1]), 9)];
    x.write([100, 100, 100]);
    gpu.device.queue.submit([encoder.finish()]);
    submitted();
    expect(await read(y)).toEqual([2, 5, 10]);
    expect(await read(x)).toEqual([100, 100, 100]);
    expect(await Promise.all(others.map(read))).toEqual([
      [7, 7, 7],
      [9, 9, 9],
    ]);
  });

  test("leaves memory that it used alone until it is submitted", async () => {
    const { gpu } = device;
    const x = tensor(gpu, [1, 2, 3]);
    const h = square(x);
    const y = add(h, 1);
    await gpu.ready();
    const encoder = gpu.device.createCommandEncoder();
    const submitted = gpu.encode(encoder);
    h.dispose();
    const z = mul(tensor(gpu, [1, 1, 1]), 9);
    await gpu.flush();
    gpu.device.queue.submit([encoder.finish()]);
    submitted();
    expect(await read(z)).toEqual([9, 9, 9]);
    expect(await read(y)).toEqual([2, 5, 10]);
  });

  test("throws the error of a pass that does not compile once, and encodes what is sound", async () => {
    const { gpu } = device;
    const [x, z] = [tensor(gpu, [1, 2, 3]), tensor(gpu, [0, 0, 0])];
    await square(x).read();
    const y = square(x);
    gpu.dispatch({ pipeline: gpu.pipeline(request(0, "nonsense")), bindings: [z.storage], groups: [1] });
    await gpu.ready();
    expect(() => gpu.encode(gpu.device.createCommandEncoder())).toThrow(PassError);
    for (let step = 0; step < 2; step++) {
      const sound = mul(x, step);
      const encoder = gpu.device.createCommandEncoder();
      const submitted = gpu.encode(encoder);
      gpu.device.queue.submit([encoder.finish()]);
      submitted();
      expect(await read(sound)).toEqual([step, 2 * step, 3 * step]);
    }
    expect(await read(y)).toEqual([1, 4, 9]);
    await expect(z.read()).rejects.toBeInstanceOf(PassError);
  });

  test("asks for ready() while a pipeline compiles", async () => {
    const { gpu } = device;
    const x = tensor(gpu, [1]);
    bump(gpu, x, 1);
    expect(() => gpu.encode(gpu.device.createCommandEncoder())).toThrow(/still compiling: await gpu.ready\(\)/);
    await gpu.flush();
  });
});

describe("errors", () => {
  test("a shader that does not compile names its pass and its line; what it would have changed stays in error", async () => {
    const { gpu } = device;
    const [x, other] = [tensor(gpu, [1]), tensor(gpu, [2])];
    const bad = request(0, "x[0] = nonsense;");
    gpu.dispatch({ pipeline: gpu.pipeline(bad), bindings: [x.storage], groups: [1] });
    const error = await gpu.flush().catch((e) => e);
    expect(error).toBeInstanceOf(PassError);
    expect(error.message).toContain(`"${bad.label}" does not compile`);
    expect(error.message).toMatch(/line 2: .*nonsense/);
    expect(await mul(other, 3).item()).toBe(6);
    for (let i = 0; i < 2; i++) await expect(mul(x, 3).item()).rejects.toBe(error);
    x.write([1]);
    expect(await mul(x, 3).item()).toBe(3);
  });

  test("a refused step names its passes", async () => {
    const gpu = await openGpu();
    const x = tensor(gpu, [1]);
    const y = mul(x, 2);
    gpu.copy(x.storage, 0, y.storage, 0, 1 << 20);
    const error = await y.read().catch((e) => e);
    expect(error).toBeInstanceOf(PassError);
    expect(error.passes).toEqual(["mul"]);
    expect(await mul(x, 2).item()).toBe(2);
    gpu.destroy();
  });

  test("a lost device says so, and can be had anew", async () => {
    const gpu = await openGpu();
    const x = parameter(gpu, [1, 2]);
    const reading = square(x).read();
    gpu.device.destroy();
    await expect(reading).rejects.toBeInstanceOf(DeviceLostError);
    await gpu.device.lost;
    expect(gpu.lost).toBe(true);
    expect(() => add(x, 1)).toThrow(DeviceLostError);
    expect(() => tensor(gpu, [1])).toThrow(/Call gpu.renew\(\)/);
    expect(() => x.write([1, 2])).toThrow(DeviceLostError);
    await expect(x.read()).rejects.toBeInstanceOf(DeviceLostError);
    const again = await gpu.renew();
    const y = parameter(again, [1, 2]);
    backward(sum(square(y)));
    expect(await read(y.grad!)).toEqual([2, 4]);
    expect(() => add(x, y)).toThrow(DeviceLostError);
    again.destroy();
    await expect(async () => tensor(again, [1])).rejects.toBeInstanceOf(DeviceLostError);
  });

  test("a loss that is announced only after what it broke was refused is still called a loss", async () => {
    const owner = await openGpu();
    // As Firefox does: everything under way is refused first, by a DOMException, and `lost` resolves a task later.
    const dropped = new DOMException("dropped", "OperationError");
    const compile = () => owner.device.lost.then(() => Promise.reject(dropped));
    let isCompiling = false;
    const late = owner.device.lost.then((lost) => new Promise((next) => setTimeout(() => next(lost), 8)));
    const raw = new Proxy(owner.device, {
      get(target, key) {
        if (key === "lost") return late;
        if (key === "createComputePipelineAsync" && isCompiling) return compile;
        const value = Reflect.get(target, key, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    const gpu = new Gpu(raw, false, owner.info);
    const x = tensor(gpu, [1, 2]);
    const known = await square(x).read();
    expect([...known]).toEqual([1, 4]);
    const reading = [square(x).read(), x.read()];
    isCompiling = true;
    bump(gpu, x, 1);
    const waiting = [...reading, gpu.flush(), x.read(), gpu.sync()].map((promise) => promise.catch((error) => error));
    owner.device.destroy();
    for (const error of await Promise.all(waiting)) expect(error).toBeInstanceOf(DeviceLostError);
  });

  test("what the device cannot hold is refused before it is tried", async () => {
    const gpu = await openGpu({ maxBufferSize: 1 << 28, maxStorageBufferBindingSize: 1 << 27 });
    const { dispatches, buffersCreated } = gpu.stats;
    expect(() => zeros(gpu, [(1 << 26) + 1])).toThrow(LimitError);
    expect(() => zeros(gpu, [(1 << 26) + 1])).toThrow(/maxBufferSize is 268435456/);
    const wide = fromBuffer(gpu, gpu.device.createBuffer({ size: (1 << 27) + 4, usage: 140 }), [(1 << 25) + 1]);
    expect(() => bump(gpu, wide, 1)).toThrow(
      /needs 134217732, and this device's maxStorageBufferBindingSize is 134217728/,
    );
    expect(gpu.stats).toMatchObject({ dispatches, buffersCreated });
    gpu.destroy();
  });
});

describe("an adopted device", () => {
  test("is used, and never destroyed", async () => {
    const owner = await openGpu();
    const gpu = adoptDevice(owner.device);
    expect(adoptDevice(owner.device)).toBe(gpu);
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    // 20 bytes: not a whole number of quads.
    const buffer = owner.device.createBuffer({ size: 20, usage });
    owner.device.queue.writeBuffer(buffer, 0, Float32Array.of(1, 2, 3, 4, 5));
    for (let i = 0; i < 3; i++) {
      const x = fromBuffer(gpu, buffer, [5], { requiresGrad: true });
      expect(x.buffer).toBe(buffer);
      const y = relu(mul(x, 2));
      expect(await read(y)).toEqual([2, 4, 6, 8, 10]);
      expect(await sum(y).item()).toBe(30);
      backward(sum(square(y)));
      expect(await read(x.grad!)).toEqual([8, 16, 24, 32, 40]);
      x.dispose();
    }
    expect(() => fromBuffer(gpu, buffer, [6])).toThrow(/buffer: got 20 bytes; allowed is at least 24 bytes/);
    const plain = owner.device.createBuffer({ size: 20, usage: GPUBufferUsage.STORAGE });
    expect(() => fromBuffer(gpu, plain, [5])).toThrow(ArgumentError);
    gpu.destroy();
    expect(await read(add(tensor(owner, [1]), 1))).toEqual([2]);
    await expect(gpu.renew()).rejects.toThrow(/belongs to another engine/);
    owner.destroy();
  });

  test("takes a copy of a buffer, which its owner may then use for something else", async () => {
    const { gpu } = device;
    // As another engine's result is: a pooled buffer that is larger, and cannot be written to.
    const { device: raw } = gpu;
    const staged = raw.createBuffer({ size: 32, usage: GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST });
    const reused = (data: number[]) => raw.queue.writeBuffer(staged, 0, Float32Array.from(data));
    reused([1, 2, 3, 4, 9, 9]);
    expect(() => fromBuffer(gpu, staged, [4])).toThrow(/usage with STORAGE/);
    const before = gpu.stats.bytesInUse;
    const x = fromBuffer(gpu, staged, [4], { copy: true, requiresGrad: true });
    const squared = square(x);
    const loss = sum(squared);
    await gpu.flush();
    reused([70, 70, 70, 70, 70, 70]);
    backward(loss);
    expect(await read(x.grad!)).toEqual([2, 4, 6, 8]);
    expect(await read(x)).toEqual([1, 2, 3, 4]);
    for (const t of [x, squared, loss]) t.dispose();
    expect(gpu.stats.bytesInUse).toBe(before);
    const write = raw.createBuffer({ size: 32, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
    expect(() => fromBuffer(gpu, write, [4], { copy: true })).toThrow(
      /buffer: got usage 9; allowed is usage with COPY_SRC/,
    );
    expect(() => fromBuffer(gpu, staged, [4], { copy: 1 as never })).toThrow(/copy: got 1; allowed is true or false/);
  });

  test("the same buffer again needs no new bind group", async () => {
    const { gpu } = device;
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const buffer = gpu.device.createBuffer({ size: 1024, usage });
    const step = async () => {
      using _ = gpu.scope();
      square(fromBuffer(gpu, buffer, [256]));
      await gpu.flush();
    };
    for (let i = 0; i < 3; i++) await step();
    const { bindGroupsCreated } = gpu.stats;
    for (let i = 0; i < 5; i++) await step();
    expect(gpu.stats.bindGroupsCreated).toBe(bindGroupsCreated);
  });
});

test("stats count what was made", async () => {
  const { gpu } = device;
  const before = gpu.stats;
  const x = tensor(gpu, new Float32Array(1000).fill(1));
  const y = relu(x);
  await y.read();
  const after = gpu.stats;
  expect(after.dispatches - before.dispatches).toBe(1);
  expect(after.submissions - before.submissions).toBe(1);
  expect(after.bytesInUse - before.bytesInUse).toBeGreaterThanOrEqual(8000);
  x.dispose();
  y.dispose();
  expect(gpu.stats.bytesInUse).toBe(before.bytesInUse);
  expect(gpu.info.description).not.toBe("");
});

test("profile measures every pass", async () => {
  const { gpu } = device;
  const x = tensor(gpu, new Float32Array(1 << 16).fill(1));
  const times = await gpu.profile(() => {
    sum(square(x));
  });
  if (!gpu.device.features.has("timestamp-query")) return expect(times).toBeNull();
  expect(times!.map((t) => t.label)).toEqual(["square", "sum", "sum", "sum"].slice(0, times!.length));
  expect(times![0].bytes).toBe(1 << 19);
  expect(times!.every((t) => t.milliseconds >= 0)).toBe(true);
});
