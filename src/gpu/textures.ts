import imageExportWgsl from "../../shaders/pass/image_export.wgsl";
import imageImportWgsl from "../../shaders/pass/image_import.wgsl";
import { ArgumentError, LimitError } from "./errors.ts";
import type { Gpu } from "./gpu.ts";
import { guarded } from "./guard.ts";
import type { Storage } from "./storage.ts";
import { linkShader } from "./wesl.ts";

/** What a texture's pixels become in a tensor. */
export interface TextureFormat {
  /** The number of its kernel. */
  kernel: number;
  bytesPerPixel: number;
  /** Whether it becomes planes of f32; rgba8 pixels otherwise. */
  float: boolean;
}

/** The texture formats that can be read. */
export const TEXTURE_FORMATS: Readonly<Record<string, TextureFormat>> = {
  rgba8unorm: { kernel: 0, bytesPerPixel: 4, float: false },
  "rgba8unorm-srgb": { kernel: 0, bytesPerPixel: 4, float: false },
  bgra8unorm: { kernel: 1, bytesPerPixel: 4, float: false },
  "bgra8unorm-srgb": { kernel: 1, bytesPerPixel: 4, float: false },
  rgba16float: { kernel: 2, bytesPerPixel: 8, float: true },
  rgba32float: { kernel: 3, bytesPerPixel: 16, float: true },
};

const rowBytes = (width: number, bytesPerPixel: number) => Math.ceil((width * bytesPerPixel) / 256) * 256;

/** Where the pixels of a texture go: the first word of the image, and how many channels of a float format. */
export interface TextureTarget {
  storage: Storage;
  firstWord: number;
  channels: number;
}

/**
 * Copies a texture's first mip level and layer. The copy runs at once, before what is recorded; making it a tensor is
 * recorded. `to.storage` is one that {@link Gpu.allocateForUpload} gave.
 */
export function importTexture(gpu: Gpu, texture: GPUTexture, to: TextureTarget): void {
  const { width, height } = texture;
  const { kernel, bytesPerPixel, float } = TEXTURE_FORMATS[texture.format];
  const bytesPerRow = rowBytes(width, bytesPerPixel);
  if (kernel === 0 && bytesPerRow === width * 4) {
    gpu.immediate("copy of a texture", to.storage, (encoder) =>
      encoder.copyTextureToBuffer({ texture }, { buffer: to.storage.buffer, offset: to.firstWord * 4, bytesPerRow }, [
        width,
        height,
      ]),
    );
    return;
  }
  const limit = gpu.limits.maxStorageBufferBindingSize;
  if (to.storage.size > limit)
    throw new LimitError("maxStorageBufferBindingSize", to.storage.size, limit, "Reading textures into one tensor");
  const rows = gpu.allocateForUpload(bytesPerRow * height);
  gpu.immediate("copy of a texture", rows, (encoder) =>
    encoder.copyTextureToBuffer({ texture }, { buffer: rows.buffer, bytesPerRow }, [width, height]),
  );
  const pipeline = gpu.pipeline({
    key: `pass::image_import ${kernel}`,
    label: "image import",
    access: "rwu",
    constants: { format: kernel },
    source: () => linkShader(imageImportWgsl),
  });
  const words = gpu.uniform([width, height, bytesPerRow / 4, float ? to.channels : 1, to.firstWord, 0, 0, 0]);
  gpu.dispatch({
    pipeline,
    bindings: [rows, to.storage, words],
    groups: [Math.ceil(width / 64), height],
    bytes: width * height * bytesPerPixel * 2,
  });
  rows.release();
}

// Uploads happen in the order of the queue, so that one texture of a size serves every frame.
const textures = new WeakMap<Gpu, Map<string, GPUTexture>>();
const KEPT_TEXTURES = 4;

function texturesOf(gpu: Gpu): Map<string, GPUTexture> {
  let kept = textures.get(gpu);
  if (kept) return kept;
  const all = new Map<string, GPUTexture>();
  textures.set(gpu, (kept = all));
  gpu.onPressure(() => {
    for (const texture of all.values()) texture.destroy();
    all.clear();
  });
  return kept;
}

function textureFor(gpu: Gpu, width: number, height: number): GPUTexture {
  const kept = texturesOf(gpu);
  const key = `${width}x${height}`;
  const texture = kept.get(key) ?? makeTexture(gpu, width, height, () => kept.delete(key));
  // Last in the order of the map, which is that of use.
  kept.delete(key);
  kept.set(key, texture);
  for (const [oldest, old] of kept) {
    if (kept.size <= KEPT_TEXTURES) break;
    old.destroy();
    kept.delete(oldest);
  }
  return texture;
}

/** @param failed called later, where there was no memory: the next upload asks again */
function makeTexture(gpu: Gpu, width: number, height: number, failed: () => void): GPUTexture {
  const usage = GPUTextureUsage.COPY_DST | GPUTextureUsage.COPY_SRC | GPUTextureUsage.RENDER_ATTACHMENT;
  const { made, refusal } = guarded(gpu.device, () =>
    gpu.device.createTexture({ size: [width, height], format: "rgba8unorm", usage, label: "augrad upload" }),
  );
  refusal.then((error) => error && failed());
  return made;
}

/** A canvas on the processor that shows a video frame. */
function asCanvas(frame: VideoFrame | HTMLVideoElement, width: number, height: number): OffscreenCanvas {
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext("2d", { willReadFrequently: true })!.drawImage(frame, 0, 0, width, height);
  return canvas;
}

const isVideo = (source: PixelSource): source is VideoFrame | HTMLVideoElement =>
  /Video/.test(Object.prototype.toString.call(source));

/** Anything with pixels that WebGPU can copy. */
export type PixelSource =
  | ImageBitmap
  | ImageData
  | HTMLImageElement
  | HTMLVideoElement
  | VideoFrame
  | HTMLCanvasElement
  | OffscreenCanvas;

/**
 * Copies what a bitmap, canvas or video shows now, as rgba8 with straight alpha in sRGB.
 * @throws ArgumentError where its pixels may not be read
 */
export function importSource(
  gpu: Gpu,
  source: PixelSource,
  width: number,
  height: number,
  argument: string,
  to: TextureTarget,
): void {
  const texture = textureFor(gpu, width, height);
  const copy = (from: PixelSource) =>
    gpu.device.queue.copyExternalImageToTexture({ source: from }, { texture }, [width, height]);
  try {
    if (isVideo(source)) copyVideo(gpu, source, (frame) => copy(frame ?? asCanvas(source, width, height)));
    else copy(source);
  } catch (error) {
    throw new ArgumentError(
      argument,
      `a source that cannot be read (${(error as Error).message})`,
      "one of this page's own origin, open, with pixels",
    );
  }
  importTexture(gpu, texture, to);
}

/**
 * Copies a frame directly where that is possible, else by way of a canvas (`copy(null)`): Firefox refuses frames and video
 * elements, and Chromium's WebGPU process on SwiftShader crashes on them.
 */
function copyVideo(
  gpu: Gpu,
  source: VideoFrame | HTMLVideoElement,
  copy: (frame: VideoFrame | HTMLVideoElement | null) => void,
): void {
  if (!gpu.info.software && !refusesVideo.has(gpu)) {
    try {
      copy(source);
      return;
    } catch {
      refusesVideo.add(gpu);
    }
  }
  copy(null);
}
const refusesVideo = new WeakSet<Gpu>();

/** An image in a buffer, as {@link exportPixels} reads it. */
export interface ImageLayout {
  storage: Storage;
  /** 0: f32; 1: f16; 2: u8; 3: rgba8. */
  dtype: number;
  width: number;
  height: number;
  channels: number;
  /** Where the image starts, and from plane to plane, in values. */
  first: number;
  stride: number;
}

/** Records an image as rgba8 pixels, in rows of `rowBytes`. The caller releases the storage. */
function exportPixels(gpu: Gpu, image: ImageLayout, bytesPerRow: number): Storage {
  const { width, height } = image;
  const pixels = gpu.allocate(bytesPerRow * height);
  const pipeline = gpu.pipeline({
    key: `pass::image_export ${image.dtype}`,
    label: "image export",
    access: "rwu",
    constants: { dtype: image.dtype },
    source: () => linkShader(imageExportWgsl),
  });
  const words = gpu.uniform([width, height, bytesPerRow / 4, image.channels, image.first, image.stride, 0, 0]);
  gpu.dispatch({
    pipeline,
    bindings: [image.storage, pixels, words],
    groups: [Math.ceil(width / 64), height],
    bytes: width * height * 8,
  });
  return pixels;
}

/** The image as rgba8 bytes, row by row. */
export async function readPixels(gpu: Gpu, image: ImageLayout): Promise<ArrayBuffer> {
  const pixels = exportPixels(gpu, image, image.width * 4);
  try {
    return await gpu.read(pixels, image.width * image.height * 4);
  } finally {
    pixels.release();
  }
}

/** Shows the image on a canvas that this device draws to, without reading it back. Resolves when it is submitted. */
export async function presentPixels(gpu: Gpu, image: ImageLayout, context: GPUCanvasContext): Promise<void> {
  const { width, height } = image;
  context.configure({
    device: gpu.device,
    format: "rgba8unorm",
    usage: GPUTextureUsage.COPY_DST | GPUTextureUsage.RENDER_ATTACHMENT,
    alphaMode: "opaque",
  });
  const bytesPerRow = rowBytes(width, 4);
  const pixels = exportPixels(gpu, image, bytesPerRow);
  try {
    await gpu.flush();
    gpu.immediate("copy to a canvas", null, (encoder) =>
      encoder.copyBufferToTexture({ buffer: pixels.buffer, bytesPerRow }, { texture: context.getCurrentTexture() }, [
        width,
        height,
      ]),
    );
  } finally {
    pixels.release();
  }
}
