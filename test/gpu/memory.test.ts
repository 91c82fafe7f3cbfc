import { describe, expect, test, vi } from "vitest";
import { add, backward, mean, mul, square } from "../../src/autograd/index.ts";
import { apply } from "../../src/compiler/index.ts";
import { type Gpu, OutOfMemoryError } from "../../src/gpu/index.ts";
import { Recent } from "../../src/gpu/recent.ts";
import { parameter, type Tensor, tensor } from "../../src/tensor/index.ts";
import { brightness, gamma, resize, type Transform } from "../../src/transforms/index.ts";
import { openGpu, testGpu } from "../gpu.ts";

const device = testGpu();
const MB = 2 ** 20;

/** Lets the device hold so many bytes of large buffers at once; what would be more is refused. Says the most that it held. */
function limitMemory(gpu: Gpu, bytes: number): { most: number; refused: number; bytes: number } {
  const create = gpu.device.createBuffer.bind(gpu.device);
  const state = { refused: 0, bytes, most: 0 };
  let held = 0;
  gpu.device.createBuffer = (descriptor) => {
    const { size } = descriptor;
    if (size < 4096) return create(descriptor);
    if (held + size > state.bytes) {
      state.refused++;
      return create({ ...descriptor, size: 2 ** 40 });
    }
    const buffer = create(descriptor);
    const destroy = buffer.destroy.bind(buffer);
    held += size;
    state.most = Math.max(state.most, held);
    let isAlive = true;
    buffer.destroy = () => {
      if (isAlive) held -= size;
      isAlive = false;
      destroy();
    };
    return buffer;
  };
  return state;
}

const values = (n: number, at: number) => new Float32Array(n).fill(at);

describe("the pool", () => {
  test("keeps what recorded commands use when it is trimmed", async () => {
    const { gpu } = device;
    const ends: Tensor[] = [];
    for (let i = 0; i < 4; i++) {
      const x = tensor(gpu, values(2000 + 500 * i, i));
      const y = square(x);
      ends.push(mul(y, 2));
      for (const t of [x, y]) t.dispose();
      gpu.pool.trim();
    }
    expect(await Promise.all(ends.map(async (end) => (await end.read()).at(-1)))).toEqual([0, 2, 8, 18]);
    for (const end of ends) end.dispose();
    await gpu.sync();
    gpu.pool.trim();
    expect(gpu.stats.bytesPooled).toBe(0);
  });

  test("keeps what a caller's encoder uses when it is trimmed", async () => {
    const { gpu } = device;
    const x = tensor(gpu, [1, 2, 3]);
    const h = square(x);
    const y = add(h, 1);
    await gpu.ready();
    const encoder = gpu.device.createCommandEncoder();
    const submitted = gpu.encode(encoder);
    h.dispose();
    gpu.pool.trim();
    gpu.device.queue.submit([encoder.finish()]);
    submitted();
    expect([...(await y.read())]).toEqual([2, 5, 10]);
  });

  test("holds no more than loops need, over a thousand sizes", async () => {
    const gpu = await openGpu();
    let [most, largest] = [0, 0];
    for (let i = 0; i < 1000; i++) {
      const bytes = 4096 + ((i * 7919) % 1000) * 12_000;
      const three = [1, 2, 3].map(() => gpu.allocate(bytes));
      largest = Math.max(largest, gpu.stats.bytesInUse);
      for (const storage of three) storage.release();
      await gpu.flush();
      most = Math.max(most, gpu.stats.bytesPooled);
    }
    expect(gpu.stats.bytesInUse).toBe(0);
    expect(largest).toBeGreaterThan(34 * MB);
    expect(most).toBeLessThanOrEqual(Math.max(64 * MB, 2 * largest));
    // A small loop after the large one gives the rest back, too.
    for (let i = 0; i < 100; i++) await gpu.flush();
    expect(gpu.stats.bytesPooled).toBeLessThanOrEqual(64 * MB);
    gpu.destroy();
    expect(gpu.stats.bytesPooled).toBe(0);
  });

  test("makes nothing anew in loops of large sizes that take turns", async () => {
    const gpu = await openGpu();
    const round = async () => {
      for (const n of [36, 40]) {
        const two = [1, 2].map(() => gpu.allocate(n * MB));
        for (const storage of two) storage.release();
        await gpu.flush();
      }
    };
    await round();
    const { buffersCreated } = gpu.stats;
    for (let i = 0; i < 5; i++) await round();
    expect(gpu.stats.buffersCreated).toBe(buffersCreated);
    gpu.destroy();
  });
});

describe("when memory is short", () => {
  test("what nobody uses is freed, and the step runs as if nothing had been", async () => {
    const step = async (gpu: Gpu, n: number): Promise<number[]> => {
      using _ = gpu.scope();
      const x = tensor(gpu, values(n, 3), [n], { requiresGrad: true });
      const loss = mean(square(add(x, 1)));
      backward(loss);
      const found = [await loss.item(), (await x.grad!.read())[n - 1] * n];
      return found;
    };
    // Each of these needs other sizes than those before, and there is memory for the largest alone.
    const sizes = [400_000, 500_000, 600_000, 700_000, 300_000, 650_000];
    const roomy = await openGpu();
    const needed = limitMemory(roomy, Infinity);
    await step(roomy, Math.max(...sizes));
    roomy.destroy();
    const gpu = await openGpu();
    const memory = limitMemory(gpu, needed.most);
    for (const n of sizes) {
      const [loss, slope] = await step(gpu, n);
      expect(loss).toBeCloseTo(16, 4);
      expect(slope).toBeCloseTo(8, 3);
    }
    expect(memory.refused).toBeGreaterThan(2);
    await gpu.sync();
    gpu.destroy();
  });

  test("an upload, a result and a read-back that have none say so, and nothing else is wrong", async () => {
    const gpu = await openGpu();
    const small = tensor(gpu, values(1000, 7));
    const memory = limitMemory(gpu, 6 * MB);
    const x = tensor(gpu, values(MB, 2));
    const sound = add(small, 1);
    const tooMuch = add(x, 1);
    await expect(tooMuch.read()).rejects.toBeInstanceOf(OutOfMemoryError);
    await expect(tooMuch.read()).rejects.toThrow(/Out of GPU memory/);
    expect((await sound.read())[9]).toBe(8);
    const upload = tensor(gpu, values(MB, 2));
    const unsound = add(upload, 1);
    await expect(unsound.read()).rejects.toBeInstanceOf(OutOfMemoryError);
    // The read-back needs as much again as the tensor.
    await expect(x.read()).rejects.toBeInstanceOf(OutOfMemoryError);
    await gpu.sync().catch((error) => expect(error).toBeInstanceOf(OutOfMemoryError));
    // Once there is memory again, the size is not broken, and what was there is as it was.
    memory.bytes = 100 * MB;
    expect((await x.read())[MB - 1]).toBe(2);
    for (const t of [tooMuch, upload, unsound]) t.dispose();
    for (let i = 0; i < 3; i++) {
      const y = add(x, i);
      expect((await y.read())[MB - 1]).toBe(2 + i);
      y.dispose();
    }
    await gpu.sync();
    const { bytesInUse } = gpu.stats;
    expect(bytesInUse).toBeLessThan(5 * MB);
    gpu.destroy();
  });
});

test("what is kept for later calls is made anew where there was no memory for it", async () => {
  const gpu = await openGpu();
  const shape = [600, 3, 2, 400];
  const x = tensor(gpu, values(600 * 3 * 800, 0.5), shape);
  const chains = [
    [brightness({ factor: Array.from({ length: 600 }, (_, n) => 1 + n / 1000) }), gamma({ gamma: Array(600).fill(1) })],
    [resize({ width: 100, height: 2 })],
  ];
  const last = async (chain: Transform[]) => {
    using _ = gpu.scope();
    return (await apply(x, chain).read()).at(-1)!;
  };
  const expected = [0.5 * 1.599, 0.5];
  await x.read();
  const memory = limitMemory(gpu, 0);
  for (const chain of chains) await expect(last(chain)).rejects.toBeInstanceOf(OutOfMemoryError);
  await gpu.sync().catch((error) => expect(error).toBeInstanceOf(OutOfMemoryError));
  memory.bytes = Infinity;
  for (const [i, chain] of chains.entries()) {
    const first = await last(chain);
    expect(first).toBeCloseTo(expected[i], 4);
    expect(await last(chain)).toBe(first);
  }
  await gpu.sync();
  gpu.destroy();
});

describe("what is kept for speed is bounded", () => {
  test("uniforms are destroyed, but for those in use", async () => {
    const gpu = await openGpu();
    const create = gpu.device.createBuffer.bind(gpu.device);
    let alive = 0;
    gpu.device.createBuffer = (descriptor) => {
      const buffer = create(descriptor);
      if (!(descriptor.usage & GPUBufferUsage.UNIFORM)) return buffer;
      const destroy = buffer.destroy.bind(buffer);
      alive++;
      buffer.destroy = () => {
        alive--;
        destroy();
      };
      return buffer;
    };
    const held = gpu.uniform([123456]).retain();
    const x = parameter(gpu, [1]);
    const ends: Tensor[] = [];
    for (let i = 0; i < 20_000; i++) {
      gpu.uniform([i, 1, 2]);
      if (i % 1000 === 0) ends.push(mul(x, i));
      if (i % 5000 === 0) await gpu.flush();
    }
    expect(alive).toBeLessThanOrEqual(8192 + 5000);
    expect(await Promise.all(ends.map((end) => end.item()))).toEqual(ends.map((_, i) => 1000 * i));
    expect(gpu.uniform([123456])).toBe(held);
    held.release();
    await gpu.sync();
    gpu.destroy();
    expect(alive).toBe(0);
  });

  test("Recent keeps what is used, whatever else comes", () => {
    const dropped: number[] = [];
    const recent = new Recent<number>(100, (value) => value % 10 !== 0 && dropped.push(value) > 0);
    recent.set("a", 1);
    for (let i = 2; i < 1000; i++) {
      recent.set(`k${i}`, i);
      if (i % 40 === 0) expect(recent.get("a")).toBe(1);
      expect(recent.size - Math.ceil(i / 10)).toBeLessThanOrEqual(100);
    }
    expect(dropped).not.toContain(1);
    expect(recent.get("k500")).toBe(500);
    expect(recent.get("k501")).toBeUndefined();
    recent.clear();
    expect(recent.get("a")).toBeUndefined();
    expect(recent.get("k500")).toBe(500);
  });
});

describe("tensors that nobody frees", () => {
  test("are counted, and a warning comes once, though not for parameters, scopes or what is freed", () => {
    const { gpu } = device;
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const before = process.env.NODE_ENV;
    try {
      const leak = (count: number) => Array.from({ length: count }, (_, i) => tensor(gpu, [i]));
      for (let i = 0; i < 700; i++) parameter(gpu, [i]);
      for (let i = 0; i < 700; i++) add(parameter(gpu, [1]), i).dispose();
      for (let i = 0; i < 3; i++) {
        using _ = gpu.scope();
        leak(600);
      }
      let y = square(parameter(gpu, [1]));
      for (let i = 0; i < 700; i++) {
        const next = square(y);
        y.dispose();
        y = next;
      }
      expect(warn).not.toHaveBeenCalled();
      process.env.NODE_ENV = "production";
      const first = leak(600);
      expect(warn).not.toHaveBeenCalled();
      for (const t of first) t.dispose();
      process.env.NODE_ENV = "development";
      leak(300);
      expect(warn).not.toHaveBeenCalled();
      leak(300);
      expect(warn).toHaveBeenCalledTimes(1);
      expect(warn.mock.calls[0][0]).toMatch(/^augrad: \d+ tensors are alive .*gpu.scope\(\)/);
      leak(600);
      expect(warn).toHaveBeenCalledTimes(1);
    } finally {
      process.env.NODE_ENV = before;
      warn.mockRestore();
    }
  });
});
