import { expect, test, vi } from "vitest";
import { apply, canny, clahe, explain, grad, parameter, sequential, tensor } from "../../src/index.ts";
import { testGpu } from "../gpu.ts";
import { fromArray, type Shape4 } from "../reference/image.ts";
import { reference } from "../reference/index.ts";

const device = testGpu();
vi.setConfig({ testTimeout: 60_000 });

/** A bright line that winds to the middle, its contrast falling as it goes: one edge, strong only where it begins. */
function spiral(size: number): Float32Array {
  const image = new Float32Array(size * size);
  let [x, y, dx, dy] = [2, 2, 1, 0];
  const isFree = (a: number, b: number) => a > 1 && b > 1 && a < size - 2 && b < size - 2 && image[b * size + a] === 0;
  for (let step = 0; step < size * size; step++) {
    image[y * size + x] = 0.2 + 0.6 * Math.exp(-step / 40);
    const near = [2, 3, 4].every((k) => isFree(x + k * dx, y + k * dy));
    if (!isFree(x + dx, y + dy) || !near) [dx, dy] = [-dy, dx];
    if (!isFree(x + dx, y + dy)) break;
    [x, y] = [x + dx, y + dy];
  }
  return image;
}

test("hysteresis follows an edge to its end, however it winds", async () => {
  const size = 41;
  const shape: Shape4 = [2, 1, size, size];
  // In the second sample no edge is strong.
  const one = spiral(size);
  const values = Float32Array.from([...one, ...one.map((v) => Math.min(v, 0.25))]);
  const settings = { lowThreshold: 0.3, highThreshold: 1.4, sigmaX: 0.5, sigmaY: 0.5, kernelSize: 3 };
  const params = Object.fromEntries(
    Object.entries(settings).flatMap(([name, v]) => (name === "kernelSize" ? [] : [[name, [[v]]]])),
  );
  const found = await apply(tensor(device.gpu, values, shape), canny(settings)).read();
  const right = reference.canny(fromArray(values, shape), params, { kernelSize: [3, 3] }).data;
  expect(Array.from(found)).toEqual(Array.from(right));
  const loose = reference.canny(fromArray(values, shape), params, { kernelSize: [3, 3], hysteresis: false }).data;
  const count = (list: ArrayLike<number>, value: number) => Array.from(list).filter((v) => v === value).length;
  expect(count(found, 1), "weak edges were joined").toBeGreaterThan(3 * count(loose, 1));
  expect(found.slice(size * size).every((v) => v === 0)).toBe(true);
});

test("explain says what a program costs", () => {
  const [pass] = explain([canny()], [2, 3, 16, 16]).passes;
  expect(pass).toMatchObject({ kind: "program", output: [2, 1, 16, 16], dispatches: { forward: 9, backward: 8 } });
  expect(
    explain([clahe({ gridSize: 2 }), clahe({ gridSize: 2 })], [2, 3, 16, 16], { input: "u8" }).passes,
  ).toHaveLength(3);
});

test("a batch of programs is split where one binding is too small, with equal results", async () => {
  const { gpu } = device;
  const shape: Shape4 = [5, 1, 12, 12];
  const values = Float32Array.from({ length: 720 }, (_, i) => 0.5 + 0.45 * Math.sin(i * 1.3));
  const run = async () => {
    const x = tensor(gpu, values, shape, { requiresGrad: true });
    const clip = parameter(gpu, [20, 30, 5, 12, 25]);
    const y = apply(x, clahe({ clipLimit: clip, gridSize: 2 }));
    const all = [y, ...grad(y, [x, clip], { gradient: tensor(gpu, values.map(Math.cos), shape) })];
    return Promise.all(all.map(async (t) => Array.from(await t.read())));
  };
  const whole = await run();
  const bytes = 2 * 4 * 4 * 256 + 64;
  const get = (limits: GPUSupportedLimits, name: keyof GPUSupportedLimits) =>
    name === "maxStorageBufferBindingSize" ? bytes : limits[name];
  Object.defineProperty(gpu, "limits", {
    configurable: true,
    value: new Proxy(gpu.device.limits, { get } as ProxyHandler<GPUSupportedLimits>),
  });
  try {
    expect(await run()).toEqual(whole);
  } finally {
    Reflect.deleteProperty(gpu, "limits");
  }
});

test("refuses images that it cannot work on, and coins where channels change", () => {
  const { gpu } = device;
  const x = tensor(gpu, new Float32Array(2 * 3 * 6 * 8), [2, 3, 6, 8]);
  expect(() => apply(x, clahe())).toThrow(/clahe.gridSize: got 8 x 8 tiles on 6 x 8 pixels; allowed is/);
  expect(() => apply(x, canny({ kernelSize: [13, 3] }))).toThrow(/canny.kernelSize: got 13 x 3 on 6 x 8 pixels/);
  expect(() => apply(x, canny({ on: [0, 1] }))).toThrow(/canny.p: .*number of channels from 3 to 1/);
  expect(() => sequential([canny({ p: 0.5 })])(x, { step: 0 })).toThrow(/canny.p/);
  expect(() => canny({ kernelSize: 4 })).toThrow(/odd/);
});
