import { describe, expect, test } from "vitest";
import {
  apply,
  brightness,
  cast,
  contrast,
  contrastAboutMean,
  crop,
  type DType,
  gamma,
  gaussianBlur,
  grad,
  horizontalFlip,
  hue,
  invert,
  ones,
  parameter,
  resize,
  rotate,
  ShapeError,
  saturation,
  type Tensor,
  type Transform,
  tensor,
} from "../../src/index.ts";
import { fromHalf, toHalf } from "../../src/tensor/dtype.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();

/** Odd sizes: planes end in the middle of a quad, or of a word. */
const SHAPES = [
  [2, 3, 5, 7],
  [3, 3, 3, 3],
  [2, 3, 4, 6],
];
const count = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
const bytesOf = (shape: readonly number[], seed = 1) =>
  Uint8Array.from({ length: count(shape) }, (_, i) => Math.imul(i + seed, 2654435761) >>> 24);
const worst = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  expect(a.length).toBe(b.length);
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i] - b[i]));
  return most;
};
const half = (v: number) => fromHalf(toHalf(v));

const chains: [string, (parameters: { factor: Tensor; angle: Tensor }) => Transform[]][] = [
  ["point", ({ factor }) => [brightness({ factor }), hue({ turns: 0.1 }), saturation({ factor: 0.7 })]],
  ["statistic", ({ factor }) => [contrastAboutMean({ factor }), gamma({ gamma: 0.8 })]],
  ["map", ({ angle }) => [rotate({ angle }), horizontalFlip(), brightness({ factor: 0.9 })]],
  [
    "point and window",
    ({ factor }) => [invert(), gaussianBlur({ sigma: factor, kernelSize: 3 }), contrast({ factor })],
  ],
  ["anti-aliased resize", () => [resize({ width: 3, height: 2 })]],
];

interface Result {
  values: ArrayLike<number>;
  gradients: ArrayLike<number>[];
}

/** Applies a chain, and pulls a fixed gradient back to its image and parameter where they take one. */
async function run(
  values: ArrayLike<number>,
  shape: number[],
  dtype: DType,
  chain: (typeof chains)[number][1],
  result?: "f32" | "f16" | "u8",
): Promise<Result> {
  const { gpu } = device;
  const differentiable = dtype === "f32" || dtype === "f16";
  const x = tensor(gpu, values, shape, { dtype, requiresGrad: differentiable });
  const factor = parameter(
    gpu,
    Array.from({ length: shape[0] }, (_, n) => 1.1 + 0.2 * n),
  );
  const angle = parameter(
    gpu,
    Array.from({ length: shape[0] }, (_, n) => 12 + 30 * n),
  );
  const list = chain({ factor, angle });
  const y = apply(x, list, result ? { dtype: result } : {});
  const seed = tensor(
    gpu,
    Float32Array.from({ length: y.size }, (_, i) => Math.sin(i * 1.3)),
    y.shape,
  );
  const used = [factor, angle].filter((p) => list.some(({ params }) => Object.values(params).includes(p)));
  const wanted = [...(differentiable ? [x] : []), ...used];
  const gradients = wanted.length ? grad(y, wanted, { gradient: seed }) : [];
  for (const gradient of gradients) expect(gradient.dtype).toBe("f32");
  const read = await y.read();
  return {
    values: result === "u8" ? Float32Array.from(read, (v) => v / 255) : read,
    gradients: await Promise.all(gradients.map((g) => g.read())),
  };
}

describe.each(chains)("%s", (_, chain) => {
  test.each(SHAPES.map((shape) => [shape]))("f16 in and out, %j", async (shape) => {
    const values = Array.from(bytesOf(shape), (b) => half(b / 255));
    const [expected, actual] = [await run(values, shape, "f32", chain), await run(values, shape, "f16", chain)];
    // Half precision has 11 bits; between passes a value is stored in it, too.
    expect(worst(actual.values, expected.values)).toBeLessThan(2e-3);
    actual.gradients.forEach((gradient, i) => {
      const scale = Math.max(1, ...Array.from(expected.gradients[i], Math.abs));
      expect(worst(gradient, expected.gradients[i]) / scale).toBeLessThan(4e-3);
    });
  });
  test.each(SHAPES.map((shape) => [shape]))("u8 in, %j", async (shape) => {
    const bytes = bytesOf(shape);
    const expected = await run(
      Float32Array.from(bytes, (b) => b / 255),
      shape,
      "f32",
      chain,
    );
    const actual = await run(bytes, shape, "u8", chain);
    expect(worst(actual.values, expected.values)).toBeLessThan(1e-5);
    const gradients = expected.gradients.slice(1);
    actual.gradients.forEach((gradient, i) => {
      expect(worst(gradient, gradients[i])).toBeLessThan(1e-4 * Math.max(1, ...Array.from(gradients[i], Math.abs)));
    });
  });
  test.each([[[2, 3, 5, 7]], [[3, 3, 3, 3]]])("rgba8 in, its alpha left out, %j", async (shape) => {
    const [n, , h, w] = shape;
    const pixels = bytesOf([n, 4, h, w]);
    const planar = Float32Array.from({ length: count(shape) }, (_, i) => {
      const [at, plane] = [i % (h * w), Math.floor(i / (h * w))];
      return pixels[(Math.floor(plane / 3) * h * w + at) * 4 + (plane % 3)] / 255;
    });
    const [expected, actual] = [await run(planar, shape, "f32", chain), await run(pixels, shape, "rgba8", chain)];
    expect(worst(actual.values, expected.values)).toBeLessThan(1e-5);
  });
  test("u8 out rounds to the nearest of 256 levels", async () => {
    const values = Array.from(bytesOf(SHAPES[0]), (b) => b / 255);
    const [expected, actual] = [
      await run(values, SHAPES[0], "f32", chain),
      await run(values, SHAPES[0], "f32", chain, "u8"),
    ];
    const clipped = Array.from(expected.values, (v) => Math.min(1, Math.max(0, v)));
    expect(worst(actual.values, clipped)).toBeLessThan(0.5 / 255 + 1e-4);
    actual.gradients.forEach((gradient, i) => expect(gradient).toEqual(expected.gradients[i]));
  });
  test("dtype decides the storage of the result", async () => {
    const values = Array.from(bytesOf(SHAPES[0]), (b) => half(b / 255));
    const full = await run(values, SHAPES[0], "f32", chain);
    const small = await run(values, SHAPES[0], "f32", chain, "f16");
    expect(worst(small.values, Array.from(full.values, half))).toBeLessThan(1e-3);
    const wide = await run(values, SHAPES[0], "f16", chain, "f32");
    expect(worst(wide.values, full.values)).toBeLessThan(1e-3);
  });
});

describe("rgba8 with its alpha", () => {
  const shape = [2, 4, 5, 7];
  const pixels = bytesOf(shape, 5);
  const planar = Float32Array.from({ length: count(shape) }, (_, i) => {
    const [at, plane] = [i % 35, Math.floor(i / 35)];
    return pixels[(Math.floor(plane / 4) * 35 + at) * 4 + (plane % 4)] / 255;
  });
  test.each([
    ["points", [invert({ max: 0.9 })]],
    ["maps", [rotate({ angle: 20, padding: "border" }), crop({ width: 6, height: 3 })]],
    ["windows", [gaussianBlur({ sigma: 0.8 })]],
    ["resizes", [resize({ width: 3, height: 3 })]],
    ["nothing", []],
  ])("is a fourth channel to %s", async (_, chain) => {
    const x = tensor(device.gpu, pixels, shape, { dtype: "rgba8" });
    const expected = await apply(tensor(device.gpu, planar, shape), chain).read();
    expect(worst(await apply(x, chain).read(), expected)).toBeLessThan(1e-5);
  });
  test("is refused by what works on colours", () => {
    const x = tensor(device.gpu, pixels, shape, { dtype: "rgba8" });
    expect(() => apply(x, [invert(), hue({ turns: 0.1 })])).toThrow(ShapeError);
    expect(() => apply(x, hue({ turns: 0.1 }))).toThrow(/^x: got 4 channels; allowed is 3 channels, for hue/);
  });
});

describe("storage", () => {
  test.each(["f16", "u8"] as const)("%s without a transform converts, there and back", async (dtype) => {
    for (const shape of [
      [1, 1, 1, 1],
      [2, 2, 3, 3],
      [1, 5, 2, 3],
    ]) {
      const bytes = bytesOf(shape);
      const x = tensor(
        device.gpu,
        Float32Array.from(bytes, (b) => b / 255),
        shape,
      );
      const packed = apply(x, [], { dtype });
      expect(packed.dtype).toBe(dtype);
      expect(packed.byteLength).toBe(
        shape[0] * shape[1] * Math.ceil((shape[2] * shape[3]) / 4) * (dtype === "f16" ? 8 : 4),
      );
      const back = await apply(packed, [], { dtype: "f32" }).read();
      expect(worst(back, await x.read())).toBeLessThan(dtype === "f16" ? 5e-4 : 1e-6);
    }
  });
  test("f16 has what does not fit as infinite, NaN as NaN, and leaves the other half of the word alone", async () => {
    const outside = [65520, 7e4, -1e5, 1e12, -1e30, 3e38, Infinity, -Infinity, Number.NaN];
    const values = outside.flatMap((v) => [0.25, v, v, -0.375, 65519, v, v]);
    const x = tensor(device.gpu, Float32Array.from(values), [1, 1, 7, values.length / 7]);
    for (const chain of [[], [horizontalFlip(), horizontalFlip()]]) {
      const half = apply(x, chain, { dtype: "f16" });
      const expected = values.map((v) => fromHalf(toHalf(v)));
      expect([...(await half.read())]).toEqual(expected);
      expect([...(await cast(half, "f32").read())]).toEqual(expected);
    }
  });

  test("f16 stays f16 along a chain of passes", async () => {
    const x = tensor(
      device.gpu,
      bytesOf(SHAPES[0]).map((b) => b / 255),
      SHAPES[0],
      { dtype: "f16" },
    );
    expect(apply(x, [brightness(), rotate({ angle: 3 }), gaussianBlur({ sigma: 1 })]).dtype).toBe("f16");
    expect(apply(x, []).dtype).toBe("f16");
    expect(apply(x, [], { dtype: "f32" }).dtype).toBe("f32");
  });
});

describe("coins and fills", () => {
  const shape = [3, 3, 5, 6];
  const values = Float32Array.from(bytesOf(shape), (b) => b / 255);
  test("a sample that a window's coin leaves out stays as it is, backward too", async () => {
    const { gpu } = device;
    const sigma = () => parameter(gpu, [0.9, 1.1, 1.3]);
    const on = [1, 0, 1];
    const results = [];
    for (const coin of [on, undefined]) {
      const x = tensor(gpu, values, shape, { requiresGrad: true });
      const sigmas = sigma();
      const y = apply(x, gaussianBlur({ sigma: sigmas, kernelSize: 5, on: coin }));
      const seed = tensor(
        gpu,
        Float32Array.from({ length: y.size }, (_, i) => Math.cos(i)),
        y.shape,
      );
      const [gx, gs] = grad(y, [x, sigmas], { gradient: seed });
      results.push({ y: await y.read(), gx: await gx.read(), gs: await gs.read(), seed: await seed.read() });
    }
    const [tossed, all] = results;
    const each = 3 * 30;
    for (const n of [0, 2]) {
      expect(tossed.y.slice(n * each, (n + 1) * each)).toEqual(all.y.slice(n * each, (n + 1) * each));
      expect(tossed.gx.slice(n * each, (n + 1) * each)).toEqual(all.gx.slice(n * each, (n + 1) * each));
      expect(tossed.gs[n]).toBe(all.gs[n]);
    }
    expect(tossed.y.slice(each, 2 * each)).toEqual(values.slice(each, 2 * each));
    expect(tossed.gx.slice(each, 2 * each)).toEqual(tossed.seed.slice(each, 2 * each));
    expect(tossed.gs[1]).toBe(0);
  });
  test("equal chains with fills in different places do not share their code", async () => {
    const { gpu } = device;
    const x = tensor(gpu, values, shape);
    const fill = [0.1, 0.5, 0.9];
    const plain = await apply(x, [horizontalFlip(), rotate({ angle: 30, padding: "fill", fill })]).read();
    const both = await apply(x, [
      horizontalFlip({ padding: "fill", fill: 0.7 }),
      rotate({ angle: 30, padding: "fill", fill }),
    ]).read();
    expect(both).toEqual(plain);
    const last = await apply(x, [
      rotate({ angle: 30, padding: "fill", fill }),
      horizontalFlip({ padding: "fill", fill: 0.7 }),
    ]).read();
    const turned = await apply(x, [rotate({ angle: 30, padding: "fill", fill }), horizontalFlip()]).read();
    expect(last).toEqual(turned);
  });
});

test("cast changes the storage, and lets gradients through", async () => {
  const bytes = Uint8Array.from({ length: 2 * 3 * 3 * 5 }, (_, i) => (i * 37) % 256);
  const frames = tensor(device.gpu, bytes, [2, 3, 3, 5], { dtype: "u8" });
  const f32 = cast(frames, "f32");
  expect(f32.dtype).toBe("f32");
  const read = await f32.read();
  bytes.forEach((v, i) => {
    expect(read[i]).toBeCloseTo(v / 255, 6);
  });
  const x = tensor(device.gpu, read, [2, 3, 3, 5], { requiresGrad: true });
  const half = cast(x, "f16");
  expect(half.dtype).toBe("f16");
  const [g] = grad(half, [x], { gradient: ones(device.gpu, x.shape) });
  expect(await g.read()).toEqual(new Float32Array(90).fill(1));
});
