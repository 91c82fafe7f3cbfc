import { describe, expect, test } from "vitest";
import { Gpu } from "../../src/gpu/index.ts";
import {
  apply,
  brightness,
  contrastAboutMean,
  crop,
  erasing,
  explain,
  gaussianBlur,
  grad,
  grayscale,
  horizontalFlip,
  hue,
  normalize,
  parameter,
  resize,
  rotate,
  scale,
  square,
  sum,
  type Tensor,
  type Transform,
  tensor,
  warp,
} from "../../src/index.ts";
import { byteLength, count, type DType } from "../../src/tensor/index.ts";
import { testGpu } from "../gpu.ts";
import { guarded, type Seen } from "./guarded.ts";

const device = testGpu();

/** A chain, made for a device, with the shape and storage that it is tried on; `dtype` is that of the result. */
interface Case {
  shape: number[];
  input?: DType;
  dtype?: "f32" | "f16" | "u8";
  chain: (p: (...values: number[]) => Tensor, channels: number) => Transform[];
}

const C = (channels: number, value: number) => Array.from({ length: channels }, (_, i) => value + i / 10);
const CASES: Record<string, Case> = {
  "points, learned": {
    shape: [2, 3, 5, 7],
    chain: (p, c) => [
      brightness({ factor: p(1.1, 0.8) }),
      hue({ turns: p(0.1) }),
      normalize({ mean: p(...C(c, 0.1)), std: p(...C(c, 1)) }),
    ],
  },
  "a statistic behind a coin": {
    shape: [2, 4, 6, 6],
    chain: (p) => [
      brightness({ factor: p(0.9), on: [0, 1] }),
      contrastAboutMean({ factor: p(1.2) }),
      contrastAboutMean({ factor: 0.8 }),
    ],
  },
  "a gate, to one channel, from u8": {
    shape: [2, 3, 5, 6],
    input: "u8",
    chain: (p) => [brightness({ factor: p(0.9), on: p(0.5, 1) }), grayscale({ channels: 1 })],
  },
  "rgba8 to f16": { shape: [1, 4, 5, 5], input: "rgba8", dtype: "f16", chain: () => [brightness({ factor: 0.7 })] },
  "a map, then one channel": {
    shape: [2, 3, 7, 8],
    chain: (p) => [rotate({ angle: p(20) }), grayscale({ channels: 1 })],
  },
  "maps of another size, bicubic, with fill": {
    shape: [2, 3, 9, 10],
    chain: (p) => [
      scale({ x: p(1.2), interpolation: "bicubic", padding: "fill", fill: p(0.1, 0.2, 0.3) }),
      crop({ x: 1, y: 2, width: 5, height: 6 }),
      horizontalFlip({ on: [1, 0] }),
      brightness({ factor: p(0.9) }),
    ],
  },
  "a projective map with mirrors, of five channels in f16": {
    shape: [2, 5, 6, 7],
    input: "f16",
    chain: (p) => [warp({ matrix: p(1.1, 0.1, 0.3, -0.1, 0.9, 0.2, 0.01, 0.02, 1), padding: "symmetric" })],
  },
  "a window, with points": {
    shape: [2, 3, 18, 21],
    chain: (p) => [
      gaussianBlur({ sigmaX: p(1.1), sigmaY: p(0.8), kernelSize: [5, 7] }),
      normalize({ mean: 0.1, std: 2 }),
      erasing({ x: 1, y: 2, width: 3, height: 3 }),
    ],
  },
  "a window that is larger than the image": {
    shape: [1, 2, 5, 4],
    input: "u8",
    chain: (p) => [gaussianBlur({ sigma: p(2), kernelSize: 35, padding: "symmetric" })],
  },
  "a resize that filters, to u8": {
    shape: [2, 3, 12, 13],
    dtype: "u8",
    chain: () => [resize({ width: 5, height: 7 }), brightness({ factor: 0.9 })],
  },
};

async function run(gpu: Gpu, { shape, input = "f32", dtype, chain }: Case) {
  const size = count(shape);
  const pixels = Array.from({ length: size }, (_, i) => ((i * 7919) % 101) / 101);
  const isBytes = input === "u8" || input === "rgba8";
  const x = tensor(gpu, isBytes ? pixels.map((v) => Math.round(255 * v)) : pixels, shape, {
    dtype: input,
    requiresGrad: !isBytes,
  });
  const learned: Tensor[] = [];
  const transforms = chain((...values) => {
    const made = parameter(gpu, values);
    learned.push(made);
    return made;
  }, shape[1]);
  const y = apply(x, transforms, { dtype });
  const inputs = [x, ...learned].filter(({ requiresGrad }) => requiresGrad);
  const gradients =
    inputs.length && y.requiresGrad
      ? grad(
          y.dtype === "f32" ? sum(square(y as Tensor<"f32">)) : y,
          inputs,
          y.dtype === "f32" ? {} : { gradient: tensor(gpu, new Float32Array(y.size).fill(0.5), y.shape) },
        )
      : [];
  const read = await Promise.all([y, ...gradients].map((each) => each.read()));
  return { read, images: imagesOf(transforms, shape, input, dtype) };
}

/** Bytes of the images of a chain, whatever their storage. */
function imagesOf(transforms: Transform[], shape: number[], input: DType, dtype?: "f32" | "f16" | "u8"): Set<number> {
  const shapes = explain(transforms, shape, { input, dtype }).passes.flatMap(({ input: before, output }) => [
    before,
    output,
    // What lies between the axes of a resize.
    [...before.slice(0, 3), output[3]],
  ]);
  const widths = new Set<number>();
  for (const each of shapes) for (const type of ["f32", "f16", "u8"] as const) widths.add(byteLength(each, type));
  if (input === "rgba8") widths.add(byteLength(shape, "rgba8"));
  return widths;
}

/** A dispatch says how much of images it reads and writes; that of the border reads and writes a part. */
function expectDeclared({ label, declared, bound }: Seen, images: Set<number>): void {
  if (!/^(point|map|window|banded)_/.test(label) || /^(window_table|map_parameters)/.test(label)) return;
  const bytes = bound.filter((each) => images.has(each)).reduce((a, b) => a + b, 0);
  if (bytes === 0) return;
  const [least, most] = label.startsWith("window_fold") ? [1, 2 * bytes] : [0.5 * bytes, 2 * bytes];
  expect(declared, `${label} binds ${bytes} bytes of images`).toBeGreaterThanOrEqual(least);
  expect(declared, `${label} binds ${bytes} bytes of images`).toBeLessThanOrEqual(most);
}

describe.each([
  ["as a program on the processor shares them out", true],
  ["as a GPU shares them out", false],
])("no kernel leaves its buffers, with threads %s", (_, software) => {
  test.each(Object.entries(CASES))("%s", async (_, each) => {
    const info = { ...device.gpu.info, software };
    const plain = new Gpu(device.gpu.device, false, info);
    const guard = guarded(device.gpu.device, info);
    const [expected, got] = [await run(plain, each), await run(guard.gpu, each)];
    expect(await guard.written()).toEqual([]);
    expect(got.read).toEqual(expected.read);
    for (const seen of guard.dispatches) expectDeclared(seen, got.images);
    plain.destroy();
  });
});
