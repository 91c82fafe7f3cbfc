import {
  ArgumentError,
  check,
  describe,
  type Gpu,
  having,
  LimitError,
  number,
  oneOf,
  readOptions,
  ShapeError,
} from "../gpu/index.ts";
import { type ImageLayout, presentPixels, readPixels } from "../gpu/textures.ts";
import { DTYPES, type DType, planeStride } from "./dtype.ts";
import type { Pixels } from "./images.ts";
import { show } from "./shape.ts";
import { Tensor } from "./tensor.ts";

/** Which image of a batch to show, and how. */
export interface DrawOptions {
  /** Which of the N images; 0 unless given. */
  index?: number;
  /**
   * `2d` reads the image back and puts it on a canvas (or one that has a 2d context already); `webgpu` copies it there on
   * the GPU, for animations, and makes the canvas a WebGPU one, opaque. `2d` unless given, and always without a real GPU:
   * Chromium's WebGPU process on SwiftShader crashes on a WebGPU canvas.
   */
  context?: "2d" | "webgpu";
}

const INDEX = number({ least: 0, whole: true });
const A_CANVAS = having("an HTMLCanvasElement or OffscreenCanvas", "getContext");

function layoutOf(tensor: Tensor<DType>, index = 0): ImageLayout {
  if (!(tensor instanceof Tensor))
    throw new ArgumentError("tensor", describe(tensor), "a tensor [N, C, H, W], [C, H, W] or [H, W]");
  const { shape, dtype } = tensor;
  const rank = shape.length;
  const [n, channels, height, width] = rank === 2 ? [1, 1, ...shape] : rank === 3 ? [1, ...shape] : shape;
  if (rank < 2 || rank > 4 || ![1, 3, 4].includes(channels))
    throw new ShapeError("tensor", show(shape), "[N, C, H, W], [C, H, W] or [H, W], with 1, 3 or 4 channels");
  if (rank < 4 && dtype !== "f32")
    throw new ShapeError("tensor", `${show(shape)} of ${dtype}`, `[N, C, H, W] for ${dtype}`);
  check("index", index, number({ least: 0, most: n - 1, whole: true }));
  const { gpu, storage } = tensor;
  gpu.assertAlive();
  const limit = gpu.limits.maxComputeWorkgroupsPerDimension;
  if (height > limit)
    throw new LimitError("maxComputeWorkgroupsPerDimension", height, limit, "An image of so many rows");
  if (tensor.byteLength > gpu.limits.maxStorageBufferBindingSize) {
    throw new LimitError(
      "maxStorageBufferBindingSize",
      tensor.byteLength,
      gpu.limits.maxStorageBufferBindingSize,
      "Showing a tensor of this size",
    );
  }
  const stride = dtype === "f32" ? width * height : planeStride(shape, dtype);
  const first = index * (dtype === "rgba8" ? width * height : channels * stride);
  return { storage, dtype: DTYPES.indexOf(dtype), width, height, channels, first, stride };
}

/**
 * One image of a tensor (`[N, C, H, W]`, `[C, H, W]` or `[H, W]`; one channel is grey, four have alpha) as `ImageData`,
 * clipped to 0..1 and rounded; where there is no `ImageData`, as in Node, as an object like it.
 */
export async function toImageData(tensor: Tensor<DType>, options?: Pick<DrawOptions, "index">): Promise<ImageData> {
  return pixelsOf(layoutOf(tensor, readOptions("toImageData", options, { index: INDEX }).index), tensor.gpu);
}

async function pixelsOf(layout: ImageLayout, gpu: Gpu): Promise<ImageData> {
  const data = new Uint8ClampedArray(await readPixels(gpu, layout));
  if (typeof ImageData !== "undefined") return new ImageData(data, layout.width, layout.height);
  const pixels: Pixels = { data, width: layout.width, height: layout.height };
  return pixels as ImageData;
}

/** Shows one image of a tensor on a canvas, which takes its size. Resolves when it is there. */
export async function draw(
  tensor: Tensor<DType>,
  canvas: HTMLCanvasElement | OffscreenCanvas,
  options?: DrawOptions,
): Promise<void> {
  const { index, context: wanted = "2d" } = readOptions<DrawOptions>("draw", options, {
    index: INDEX,
    context: oneOf("2d", "webgpu"),
  });
  const layout = layoutOf(tensor, index);
  check("canvas", canvas, A_CANVAS);
  const kind = tensor.gpu.info.software ? "2d" : wanted;
  const context = canvas.getContext(kind) as CanvasRenderingContext2D | GPUCanvasContext | null;
  if (!context)
    throw new ArgumentError(
      "canvas",
      `one that has no ${kind} context, as it has another already`,
      `a fresh canvas, or the context that it has`,
    );
  if (canvas.width !== layout.width) canvas.width = layout.width;
  if (canvas.height !== layout.height) canvas.height = layout.height;
  if (kind === "webgpu") return presentPixels(tensor.gpu, layout, context as GPUCanvasContext);
  (context as CanvasRenderingContext2D).putImageData(await pixelsOf(layout, tensor.gpu), 0, 0);
}
