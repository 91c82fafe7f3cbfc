import { afterEach, describe, expect, test, vi } from "vitest";
import {
  affine,
  apply,
  brightness,
  contrast,
  contrastAboutMean,
  type Gpu,
  gaussianBlur,
  grad,
  grayscale,
  LimitError,
  normalize,
  parameter,
  resize,
  rotate,
  saturation,
  type Tensor,
  type Transform,
  tensor,
} from "../../src/index.ts";
import { openGpu, testGpu } from "../gpu.ts";

const device = testGpu();

/** Lets the compiler believe that a binding may have no more than so many bytes: the limit of a real device is 128 MiB at least. */
function limitBindings(gpu: Gpu, bytes: number): void {
  const get = (limits: GPUSupportedLimits, name: keyof GPUSupportedLimits) =>
    name === "maxStorageBufferBindingSize" ? bytes : limits[name];
  Object.defineProperty(gpu, "limits", {
    configurable: true,
    value: new Proxy(gpu.device.limits, { get } as ProxyHandler<GPUSupportedLimits>),
  });
}
afterEach(() => {
  Reflect.deleteProperty(device.gpu, "limits");
  vi.restoreAllMocks();
});

/** The largest buffer that a dispatch bound since. */
function watchBindings(gpu: Gpu): () => number {
  const spy = vi.spyOn(gpu, "dispatch");
  return () =>
    Math.max(
      ...spy.mock.calls.flatMap(([{ bindings }]) => bindings.map((binding) => (binding as { size: number }).size)),
    );
}

const N = 7;
const SHAPE = [N, 3, 6, 8];
const each = (f: (n: number) => number) => Array.from({ length: N }, (_, n) => f(n));
const noise = (length: number) =>
  Float32Array.from({ length }, (_, i) => Math.abs(Math.sin(i * 12.9898) * 43758.5453) % 1);

interface Leaves {
  one: Tensor;
  all: Tensor;
  rows: Tensor;
  column: Tensor;
}
const chains: [string, (leaves: Leaves) => Transform[]][] = [
  [
    "points",
    ({ one, all, rows }) => [
      brightness({ factor: each((n) => 0.8 + n / 10) }),
      contrast({ factor: all, pivot: one }),
      normalize({ mean: rows, std: [0.5, 0.6, 0.7] }),
    ],
  ],
  [
    "coins and gates",
    ({ all, column }) => [saturation({ factor: all, on: each((n) => n % 2) }), brightness({ factor: 1.3, on: column })],
  ],
  ["statistics", ({ one, all }) => [contrastAboutMean({ factor: all }), brightness({ factor: one })]],
  ["fewer channels", ({ rows, all }) => [grayscale({ weights: rows, channels: 1 }), brightness({ factor: all })]],
  [
    "maps",
    ({ one, all }) => [
      rotate({ angle: all, on: each((n) => (n === 3 ? 0 : 1)) }),
      affine({ scaleX: one, shearY: each((n) => n), padding: "fill", fill: [0.1, 0.2, 0.3] }),
      brightness({ factor: one }),
    ],
  ],
  ["windows", ({ one, all }) => [gaussianBlur({ sigmaX: all, sigmaY: one, kernelSize: 3 })]],
  [
    "resizes",
    ({ all }) => [resize({ width: 5, height: 9 }), brightness({ factor: all }), resize({ width: 3, height: 3 })],
  ],
];

async function run(chain: (typeof chains)[number][1], dtype: "f32" | "f16" | "u8") {
  const { gpu } = device;
  const values = noise(N * 144);
  const x = tensor(gpu, dtype === "u8" ? Uint8Array.from(values, (v) => v * 255) : values, SHAPE, {
    dtype,
    requiresGrad: dtype !== "u8",
  });
  const leaves = {
    one: parameter(gpu, 0.9),
    all: parameter(
      gpu,
      each((n) => 0.7 + n / 12),
    ),
    rows: parameter(
      gpu,
      noise(N * 3).map((v) => 0.2 + v / 2),
      [N, 3],
    ),
    column: parameter(
      gpu,
      each((n) => n / 10),
      [N, 1],
    ),
  };
  const list = chain(leaves);
  const before = gpu.stats.bytesInUse;
  const y = apply(x, list);
  const seed = tensor(gpu, noise(y.size), y.shape);
  const used = Object.values(leaves).filter((leaf) =>
    list.some(({ params, on }) => on === leaf || Object.values(params).includes(leaf)),
  );
  const gradients = grad(y, [...(x.requiresGrad ? [x] : []), ...used], { gradient: seed });
  const result = {
    y: await y.read(),
    gradients: await Promise.all(gradients.map(async (g) => ({ shape: g.shape, values: await g.read() }))),
  };
  for (const made of [y, seed, ...gradients]) made.dispose();
  return { ...result, left: gpu.stats.bytesInUse - before };
}

describe.each(chains)("a batch that no binding could hold is split, not refused: %s", (_, chain) => {
  test.each(["f32", "f16", "u8"] as const)("%s", async (dtype) => {
    const whole = await run(chain, dtype);
    // Room for three of the seven samples; and for one.
    for (const bytes of [144 * 4 * 3, 144 * 4 + 8]) {
      limitBindings(device.gpu, bytes);
      const largest = watchBindings(device.gpu);
      const split = await run(chain, dtype);
      // The pool rounds up by an eighth at most.
      expect(largest()).toBeLessThanOrEqual(Math.ceil((bytes * 1.125) / 256) * 256);
      vi.restoreAllMocks();
      expect(split.y).toEqual(whole.y);
      split.gradients.forEach(({ shape, values }, i) => {
        const expected = whole.gradients[i];
        expect(shape).toEqual(expected.shape);
        // Sums over the batch are added up in another order; what belongs to a sample has equal bits.
        if (shape.length > 0) expect(values).toEqual(expected.values);
        else
          expect(Math.abs(values[0] - expected.values[0])).toBeLessThan(
            1e-4 * Math.max(1, Math.abs(expected.values[0])),
          );
      });
      expect(split.left, "bytes left").toBeLessThanOrEqual(whole.left + 40 * 1024);
    }
  });
});

test("into a caller's tensor", async () => {
  const { gpu } = device;
  const x = tensor(gpu, noise(N * 144), SHAPE);
  const into = tensor(gpu, new Float32Array(N * 144), SHAPE);
  const expected = await apply(x, [rotate({ angle: 20 }), gaussianBlur({ sigma: 1 })]).read();
  limitBindings(gpu, 144 * 4 * 2);
  const y = apply(x, [rotate({ angle: 20 }), gaussianBlur({ sigma: 1 })], { into });
  expect(y.storage).toBe(into.storage);
  expect(await into.read()).toEqual(expected);
});

test("one sample that no binding could hold is refused", () => {
  const { gpu } = device;
  const x = tensor(gpu, noise(N * 144), SHAPE);
  limitBindings(gpu, 144 * 4 - 4);
  expect(() => apply(x, brightness())).toThrow(LimitError);
  expect(() => apply(x, brightness())).toThrow(
    "One sample of [7, 3, 6, 8] -> [7, 3, 6, 8] needs 576, and this device's maxStorageBufferBindingSize is 572.",
  );
});

/** A device with the limits that every WebGPU device has, and no more. */
const small = () => openGpu({ maxStorageBufferBindingSize: 2 ** 27, maxBufferSize: 2 ** 28 });

test("a real batch of more than the device's limit", async () => {
  const gpu = await small();
  const limit = gpu.limits.maxStorageBufferBindingSize;
  // In f32 it would take 5 % more than a binding may have.
  const [h, w] = [1024, 1000];
  const n = Math.ceil((1.05 * limit) / (3 * h * w * 4));
  expect(limit).toBe(2 ** 27);
  const bytes = new Uint8Array(n * 3 * h * w);
  for (let i = 0; i < bytes.length; i += 997) bytes[i] = i % 251;
  const x = tensor(gpu, bytes, [n, 3, h, w], { dtype: "u8" });
  const y = apply(x, brightness({ factor: Array.from({ length: n }, (_, i) => (i % 2 ? 1 : 0.5)) }), { dtype: "u8" });
  const read = (await y.read()) as Uint8Array;
  let wrong = 0;
  for (let i = 0; i < bytes.length; i += 997) {
    const expected = Math.floor(i / (3 * h * w)) % 2 ? bytes[i] : bytes[i] / 2;
    if (Math.abs(read[i] - expected) > 0.51) wrong++;
  }
  expect(wrong).toBe(0);
  gpu.destroy();
});

describe("many tiny images", () => {
  test("more than one line of workgroups has threads", async () => {
    const { gpu } = device;
    const n = 65535 * 64 + 77;
    const x = tensor(gpu, new Float32Array(n).fill(0.25), [n, 1, 1, 1]);
    const factor = tensor(
      gpu,
      Float32Array.from({ length: n }, (_, i) => 1 + (i % 3)),
    );
    const y = apply(x, brightness({ factor, clip: false }));
    const values = await y.read();
    let wrong = 0;
    for (let i = 0; i < n; i++) if (values[i] !== 0.25 * (1 + (i % 3))) wrong++;
    expect(wrong).toBe(0);
    for (const made of [x, y, factor]) made.dispose();
    gpu.pool.trim();
  });
  test("more than one line has workgroups, and their sums", async () => {
    const { gpu } = device;
    const n = 65535 + 77;
    const x = tensor(gpu, new Float32Array(n).fill(0.25), [n, 1, 1, 1]);
    const factor = parameter(
      gpu,
      Float32Array.from({ length: n }, (_, i) => 1 + (i % 3)),
    );
    const y = apply(x, brightness({ factor, clip: false }));
    const [gradient] = grad(y, [factor], {
      gradient: tensor(
        gpu,
        Float32Array.from({ length: n }, (_, i) => i % 5),
        y.shape,
      ),
    });
    const slopes = await gradient.read();
    let wrong = 0;
    for (let i = 0; i < n; i++) if (slopes[i] !== 0.25 * (i % 5)) wrong++;
    expect(wrong).toBe(0);
  });
});

test("a tensor that an operation cannot bind is told by name", async () => {
  const gpu = await small();
  const limit = gpu.limits.maxStorageBufferBindingSize;
  const storage = gpu.allocate(limit + 4);
  const { dispatches } = gpu.stats;
  expect(() =>
    gpu.dispatch({
      pipeline: gpu.pipeline({
        key: "none",
        label: "none",
        access: "w",
        source: () => "@compute @workgroup_size(1) fn main() {}",
      }),
      bindings: [storage],
      groups: [1],
    }),
  ).toThrow(/A tensor that none binds needs \d+, and this device's maxStorageBufferBindingSize is \d+/);
  expect(gpu.stats.dispatches).toBe(dispatches);
  gpu.destroy();
});
