import { describe, expect, test, vi } from "vitest";
import {
  apply,
  concat,
  elastic,
  explain,
  fisheye,
  type Gpu,
  grad,
  parameter,
  remap,
  reshape,
  rotate,
  sequential,
  type Tensor,
  tensor,
  transpose,
  uniform,
} from "../../src/index.ts";
import { testGpu } from "../gpu.ts";
import { numbersIn, placesIn } from "../reference/families/field.ts";

// What a field looks through: the forms in which it may come, and what is wrong with others.

const device = testGpu();
const SHAPE = [2, 3, 7, 8];
const values = numbersIn(2, 3 * 7 * 8, 3, 0, 1).flat();
const image = (gpu: Gpu = device.gpu) => tensor(gpu, values, SHAPE, { requiresGrad: true });
const places = placesIn(5, 6, 9);
const weights = (gpu: Gpu, shape: readonly number[]) =>
  tensor(
    gpu,
    Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => Math.cos(1.7 * i)),
    shape,
  );
const list = async (t: Tensor) => Array.from(await t.read());

/** Result, gradient of the image, and gradients of what it looks through. */
async function run(transform: Parameters<typeof apply>[1], leaves: readonly Tensor[], x = image()) {
  const y = apply(x, transform);
  const gradients = grad(y, [x, ...leaves], { gradient: weights(x.gpu, y.shape) });
  return Promise.all([y, ...gradients].map(list));
}

describe("forms of a grid", () => {
  test("planes, pairs side by side, and one map for each axis are the same", async () => {
    const { gpu } = device;
    const grid = parameter(gpu, places.flat(), [2, 2, 5, 6]);
    const planes = await run(remap({ grid }), [grid]);
    const pairs = parameter(gpu, await list(transpose(grid.detach(), [0, 2, 3, 1])), [2, 5, 6, 2]);
    const beside = await run(remap({ grid: pairs }), [pairs]);
    expect(beside.slice(0, 2)).toEqual(planes.slice(0, 2));
    const turned = await list(transpose(tensor(gpu, beside[2], [2, 5, 6, 2]), [0, 3, 1, 2]));
    expect(turned).toEqual(planes[2]);
    const [mapX, mapY] = [0, 1].map((c) =>
      parameter(
        gpu,
        places.flatMap((row) => row.slice(c * 30, c * 30 + 30)),
        [2, 5, 6],
      ),
    );
    const apart = await run(remap({ mapX, mapY }), [mapX, mapY]);
    expect(apart.slice(0, 2)).toEqual(planes.slice(0, 2));
    const both = apart.slice(2).map((own) => reshape(tensor(gpu, own, [2, 5, 6]), [2, 1, 5, 6]));
    expect(await list(concat(both, 1))).toEqual(planes[2]);
  });

  test("one for all samples gets the gradients of all", async () => {
    const { gpu } = device;
    const one = parameter(gpu, places[0], [1, 2, 5, 6]);
    const [y, image, own] = await run(remap({ grid: one }), [one]);
    const two = parameter(gpu, [...places[0], ...places[0]], [2, 2, 5, 6]);
    const each = await run(remap({ grid: two }), [two]);
    expect(y).toEqual(each[0]);
    expect(image).toEqual(each[1]);
    own.forEach((v, i) => expect(v).toBeCloseTo(each[2][i] + each[2][i + 60], 4));
  });

  test("a place that is no number shows NaN, and nothing else does", async () => {
    const { gpu } = device;
    const broken = places.flat();
    const at = 60 + 7;
    broken[at] = Number.NaN;
    const grid = parameter(gpu, broken, [2, 2, 5, 6]);
    const [y, gx, own] = await run(remap({ grid }), [grid]);
    const whole = parameter(gpu, places.flat(), [2, 2, 5, 6]);
    const [right, , ownRight] = await run(remap({ grid: whole }), [whole]);
    y.forEach((v, i) => {
      if (i >= 90 && i % 30 === 7) expect(v).toBeNaN();
      else expect(v).toBe(right[i]);
    });
    expect(gx.every(Number.isFinite)).toBe(true);
    own.forEach((v, i) => i % 30 !== 7 && expect(v).toBe(ownRight[i]));
  });
});

describe("typed errors at the call", () => {
  const grid = (shape: number[], dtype: "f32" | "f16" = "f32") =>
    tensor(device.gpu, new Float32Array(shape.reduce((a, b) => a * b)), shape, { dtype }) as Tensor;
  const x = () => image();
  test.each<[string, () => unknown, RegExp]>([
    ["no grid", () => remap({} as never), /^remap\.grid: got nothing; allowed is where each pixel/],
    ["one map of two", () => apply(x(), remap({ mapX: grid([2, 5, 6]) } as never)), /^remap\.grid: got array/],
    [
      "a grid of three",
      () => apply(x(), remap({ grid: grid([2, 3, 5, 6]) })),
      /^remap\.grid: got a tensor \[2, 3, 5, 6\]; allowed is a tensor \[2, 2, H, W\] or \[2, H, W, 2\]/,
    ],
    [
      "of other samples",
      () => apply(x(), remap({ grid: grid([3, 2, 5, 6]) })),
      /^remap\.grid: got a tensor \[3, 2, 5, 6\]/,
    ],
    [
      "maps of two sizes",
      () => apply(x(), remap({ mapX: grid([2, 5, 6]), mapY: grid([2, 5, 7]) })),
      /^remap\.grid: got a tensor \[2, 5, 6\] and a tensor \[2, 5, 7\]/,
    ],
    ["another type", () => apply(x(), remap({ grid: grid([2, 2, 5, 6], "f16") })), /^remap\.grid: got a tensor of f16/],
    ["numbers", () => apply(x(), remap({ grid: [1, 2] as never })), /^remap\.grid: got array \[1, 2\]/],
    [
      "noise of another size",
      () => apply(x(), elastic({ noise: grid([2, 2, 8, 7]) })),
      /^elastic\.noise: got a tensor \[2, 2, 8, 7\]; allowed is a tensor \[2, 2, 7, 8\]/,
    ],
    ["an even Gaussian", () => elastic({ noise: grid([2, 2, 7, 8]), kernelSize: 4 }), /^elastic\.kernelSize: got 4/],
    ["no exponent", () => fisheye({} as never), /^fisheye\.gamma: got nothing/],
    [
      "freed",
      () => {
        const gone = grid([2, 2, 5, 6]);
        gone.dispose();
        return apply(x(), remap({ grid: gone }));
      },
      /^remap\.grid: got a tensor \[2, 2, 5, 6\] that was disposed of/,
    ],
    [
      "a coin that changes the size",
      () => apply(x(), { ...remap({ grid: grid([2, 2, 5, 6]) }), on: [0, 1] }),
      /^remap\.p: got a probability/,
    ],
  ])("%s", (_, call, message) => {
    expect(call).toThrow(message);
  });
});

test("a plan needs only outlines, and says that maps fold into the field", () => {
  const noise = { shape: [2, 2, 7, 8], dtype: "f32" } as unknown as Tensor;
  const plan = explain([rotate({ angle: 10 }), elastic({ noise, kernelSize: 3 })], SHAPE);
  expect(plan.passes.map(({ kind, transforms }) => [kind, transforms])).toEqual([
    ["line", ["gaussianBlur"]],
    ["field", ["rotate", "elastic"]],
  ]);
  const grid = { shape: [1, 2, 4, 3], dtype: "f32" } as unknown as Tensor;
  expect(explain(remap({ grid }), SHAPE).passes.at(-1)!.output).toEqual([2, 3, 4, 3]);
});

test("sequential draws the strength, and leaves samples alone", async () => {
  const { gpu } = device;
  const noise = tensor(gpu, numbersIn(2, 112, 5, -1, 1).flat(), [2, 2, 7, 8]);
  const alpha = parameter(gpu, [0.5]);
  const drawn = sequential([elastic({ noise, sigma: 1, kernelSize: 3, alpha: uniform(0, alpha), p: 0.5 })]);
  const x = image();
  const y = drawn(x, { step: 3 });
  const { on } = drawn.sample(2, { step: 3 }).transforms[0];
  const found = await list(y);
  on?.forEach((applies, n) => {
    const own = found.slice(n * 168, n * 168 + 168);
    if (applies) expect(own).not.toEqual(values.slice(n * 168, n * 168 + 168));
    else expect(own).toEqual(values.slice(n * 168, n * 168 + 168));
  });
  expect(on?.some((applies) => applies === 1)).toBe(true);
  const [slope] = grad(y, [alpha], { gradient: weights(gpu, y.shape) });
  expect((await slope.read())[0]).not.toBe(0);
});

test("a batch that one binding cannot hold runs in parts", async () => {
  const { gpu } = device;
  const data = numbersIn(5, 3 * 24 * 32, 4, 0, 1).flat();
  const all = numbersIn(5, 2 * 24 * 32, 6, 0, 20).flat();
  const x = () => tensor(gpu, data, [5, 3, 24, 32], { requiresGrad: true });
  const grid = () => parameter(gpu, all, [5, 2, 24, 32]);
  const whole = grid();
  const right = await run(remap({ grid: whole }), [whole], x());
  // Two samples fit; a real device has 128 MiB at least.
  const bytes = 2 * 4 * 3 * 24 * 32 + 100;
  const get = (limits: GPUSupportedLimits, name: keyof GPUSupportedLimits) =>
    name === "maxStorageBufferBindingSize" ? bytes : limits[name];
  Object.defineProperty(gpu, "limits", {
    configurable: true,
    value: new Proxy(gpu.device.limits, { get } as ProxyHandler<GPUSupportedLimits>),
  });
  const spy = vi.spyOn(gpu, "dispatch");
  try {
    const parted = grid();
    expect(await run(remap({ grid: parted }), [parted], x())).toEqual(right);
    const forward = spy.mock.calls.filter(([{ pipeline }]) => pipeline.label.startsWith("field_forward"));
    expect(forward.length).toBeGreaterThan(1);
    for (const [{ bindings, pipeline }] of spy.mock.calls)
      for (const { size } of bindings.slice(1)) expect(size, pipeline.label).toBeLessThanOrEqual(bytes);
  } finally {
    Reflect.deleteProperty(gpu, "limits");
    vi.restoreAllMocks();
  }
});
