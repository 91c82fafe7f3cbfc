import { describe, expect, test, vi } from "vitest";
import {
  ArgumentError,
  apply,
  brightness,
  declare,
  denormalize,
  erasing,
  explain,
  gaussianBlur,
  grad,
  invert,
  mul,
  normalize,
  parameter,
  resize,
  type Tensor,
  tensor,
} from "../../src/index.ts";
import { testGpu } from "../gpu.ts";
import { two } from "../reference/image.ts";
import { type Case, check } from "./check.ts";

const device = testGpu();
vi.setConfig({ testTimeout: 60_000 });
const sigma = { sigmaX: two(1.1, 0.7), sigmaY: two(0.8, 1.6) };

describe("gaussian blur", () => {
  test.each(["reflection", "symmetric", "border", "circular"])("%s, a window wider than the image", async (padding) => {
    await check(device.gpu, [{ name: "gaussianBlur", params: sigma, options: { kernelSize: [9, 13], padding } }], {
      shape: [2, 2, 3, 5],
    });
  });
  // Where an image is larger than a thread's share and the window, borders have a pass of their own.
  test.each(["reflection", "symmetric", "zeros", "border", "circular"])(
    "%s, an image of several blocks",
    async (padding) => {
      const options = { kernelSize: [3, 5], padding };
      await check(device.gpu, [{ name: "gaussianBlur", params: sigma, options }], { shape: [2, 1, 20, 22] });
    },
  );
  test.each(["reflection", "symmetric", "circular"])("%s, a wide window on several blocks", async (padding) => {
    const params = { sigmaX: [[0.9]], sigmaY: [[1.7]] };
    const options = { kernelSize: [11, 3], padding };
    await check(device.gpu, [{ name: "gaussianBlur", params, options }], { shape: [1, 1, 33, 20] });
  });
  // A blur is linear: pulled back it has to be its transpose, <A x, g> = <x, Aᵀ g>, wherever blocks and borders meet.
  test.each(["reflection", "symmetric", "border", "circular"] as const)(
    "%s, the transpose of every small size",
    async (padding) => {
      const wave = (size: number, phase: number) =>
        Float32Array.from({ length: size }, (_, i) => Math.sin(1.3 * i + phase));
      const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
        Array.from(a).reduce((sum, v, i) => sum + v * b[i], 0);
      for (const kernelSize of [3, 5, 11, 17]) {
        for (let width = Math.max(2, kernelSize >> 1); width <= 45; width += 1 + (width >> 4)) {
          const shape = [1, 1, 2, width];
          const values = { x: wave(2 * width, 0), g: wave(2 * width, 2) };
          const x = tensor(device.gpu, values.x, shape, { requiresGrad: true });
          const y = apply(x, gaussianBlur({ sigma: kernelSize / 3, kernelSize: [1, kernelSize], padding }));
          const [gradient] = grad(y, [x], { gradient: tensor(device.gpu, values.g, shape) });
          const there = dot(await y.read(), values.g);
          const back = dot(values.x, await gradient.read());
          expect(Math.abs(there - back), `${kernelSize} taps, ${width} pixels`).toBeLessThan(2e-5 * width);
        }
      }
    },
  );
  test("a window of many pairs of pixels", async () => {
    const params = { sigmaX: [[6.5]], sigmaY: [[5.2]] };
    const options = { kernelSize: [35, 41], padding: "reflection" };
    await check(device.gpu, [{ name: "gaussianBlur", params, options }], { shape: [1, 1, 36, 22], noImage: true });
  });
  // Its weights are applied one by one, and where there are many, in a loop.
  test("a window that promises no symmetry is the same", async () => {
    const { declaration } = gaussianBlur;
    const single = declare<{ sigmaX: Tensor; sigmaY: Tensor; kernelSize: [number, number] }>({
      ...declaration,
      name: "singleBlur",
      symmetric: false,
    });
    const shape = [2, 1, 36, 22];
    const wave = (phase: number) => Float32Array.from({ length: 2 * 36 * 22 }, (_, i) => Math.sin(1.3 * i + phase));
    const [pairs, singles] = await Promise.all(
      [gaussianBlur, single].map(async (blur) => {
        const x = tensor(device.gpu, wave(0), shape, { requiresGrad: true });
        const [sigmaX, sigmaY] = [parameter(device.gpu, [6.5, 5.2]), parameter(device.gpu, [1.1, 0.8])];
        const y = apply(x, blur({ sigmaX, sigmaY, kernelSize: [5, 41] }));
        const all = [y, ...grad(y, [x, sigmaX, sigmaY], { gradient: tensor(device.gpu, wave(2), shape) })];
        return Promise.all(all.map(async (values) => Array.from(await values.read())));
      }),
    );
    for (const [k, values] of pairs.entries())
      for (const [i, value] of values.entries()) expect(Math.abs(value - singles[k][i])).toBeLessThan(2e-5);
  });
  // Linear points of numbers run on what the window stores, and their pull-back on what its transpose loads.
  const box = { x: two(1.3, 2.2), y: two(2.2, 0.4), width: two(3.1, 2.3), height: two(2.3, 9.3), value: two(0.3, 0.8) };
  const tail: Case[] = [
    { name: "erasing", params: box, fixed: true },
    { name: "normalize", params: { mean: [[0.4, 0.5, 0.3]], std: [[0.2, 0.3, 0.5]] }, fixed: true },
  ];
  test.each([
    ["reflection", [5, 7], [2, 3, 7, 8]],
    ["zeros", [5, 7], [2, 3, 7, 8]],
    ["border", [3, 3], [2, 3, 9, 5]],
    ["circular", [5, 3], [2, 3, 21, 6]],
    ["reflection", [3, 3], [2, 3, 34, 3]],
    ["symmetric", [5, 7], [2, 3, 6, 9]],
    ["reflection", [13, 9], [2, 3, 5, 6]],
  ] as const)("%s of %o on %o, with linear points that follow", async (padding, kernelSize, shape) => {
    const blur = { name: "gaussianBlur", params: sigma, options: { kernelSize: [...kernelSize], padding } };
    await check(device.gpu, [blur, ...tail], { shape: [...shape] });
  });
  test.each([1, 4])(
    "linear points that follow on %i channels, with coins, are those of a pass of their own",
    async (c) => {
      const { gpu } = device;
      const shape = [3, c, 6, 7];
      const values = Float32Array.from({ length: 3 * c * 42 }, (_, i) => 0.5 + 0.4 * Math.sin(1.7 * i));
      const seed = tensor(gpu, values.map(Math.cos), shape);
      const perChannel = (from: number) => Array.from({ length: c }, (_, k) => from + 0.1 * k);
      const points = [
        invert({ max: [1, 0.9, 1.2], on: [1, 0, 1] }),
        erasing({ x: 1, y: [0, 1, 2], width: 2.5, height: 3, value: 0.2, on: [0, 1, 1] }),
        normalize({ mean: perChannel(0.4), std: perChannel(0.2) }),
        denormalize({ mean: perChannel(0.1), std: perChannel(0.9) }),
      ];
      const [found, expected] = await Promise.all(
        [true, false].map(async (fused) => {
          const x = tensor(gpu, values, shape, { requiresGrad: true });
          const width = parameter(gpu, [0.7, 1.1, 1.6]);
          const blur = gaussianBlur({ sigma: width, kernelSize: 5 });
          const y = fused ? apply(x, [blur, ...points]) : apply(apply(x, blur), points);
          const gradients = grad(y, [x, width], { gradient: seed });
          return Promise.all([y, ...gradients].map(async (t) => Array.from(await t.read())));
        }),
      );
      found.forEach((list, k) => {
        list.forEach((value, i) =>
          expect(value, `${["result", "image", "sigma"][k]} ${i}`).toBeCloseTo(expected[k][i], 4),
        );
      });
      expect(explain([gaussianBlur({ sigma: 1 }), ...points], shape).passes).toHaveLength(1);
    },
  );
  test("between points and maps", async () => {
    await check(device.gpu, [
      { name: "brightness", params: { factor: two(1.2, 0.8) } },
      { name: "gaussianBlur", params: sigma, options: { kernelSize: [3, 5] } },
      { name: "contrast", params: { factor: two(1.2, 0.8), pivot: two(0.4, 0.5) } },
    ]);
  });
  test("the size of the window follows from numbers, and is asked for beside tensors", async () => {
    const x = tensor(device.gpu, new Float32Array(75).fill(0.5), [1, 3, 5, 5]);
    const y = await apply(x, [gaussianBlur({ sigma: 0.8 }), brightness({ factor: 2 })]).read();
    for (const v of y) expect(v).toBeCloseTo(1, 5);
    expect(() => apply(x, gaussianBlur({ sigma: parameter(device.gpu, [1]) }))).toThrow(ArgumentError);
    expect(() => gaussianBlur({ sigma: 1, kernelSize: 4 })).toThrow(/odd/);
  });
});

describe("anti-aliasing resize against its float64 reference", () => {
  test.each([
    ["bilinear", 4, 3],
    ["bilinear", 3, 11],
    ["bicubic", 5, 4],
    ["bicubic", 11, 5],
  ])("%s to %i x %i", async (interpolation, width, height) => {
    // torchvision and PIL filter a bicubic resize along axes that grow, too; the reference interpolates those.
    await check(device.gpu, [{ name: "resize", options: { interpolation, width, height } }], { shape: [2, 2, 7, 9] });
  });
  test("after other maps", async () => {
    await check(device.gpu, [
      { name: "rotate", params: { angle: two(20, -35) } },
      { name: "resize", options: { width: 4, height: 4 } },
    ]);
  });
});

describe("a resize that filters saves nothing for its backward pass", () => {
  const values = Float32Array.from({ length: 2 * 3 * 8 * 8 }, (_, i) => Math.sin(i));

  test("what came in may be written to, and freed", async () => {
    const { gpu } = device;
    const x = tensor(gpu, values, [2, 3, 8, 8], { requiresGrad: true });
    const gradient = async (between: (image: Tensor) => void) => {
      const image = mul(x, 1);
      const before = gpu.stats.bytesInUse;
      const y = apply(image, resize({ width: 5, height: 4 }));
      between(image);
      const more = gpu.stats.bytesInUse - before;
      const [g] = grad(y, [x], { gradient: tensor(gpu, values.subarray(0, y.size), y.shape) });
      return { values: await g.read(), more };
    };
    const plain = await gradient(() => {});
    const written = await gradient((image) => image.write(values.map((v) => -v)));
    const freed = await gradient((image) => image.dispose());
    expect(written.values).toEqual(plain.values);
    expect(freed.values).toEqual(plain.values);
    expect(freed.more).toBeLessThan(plain.more);
  });
});
