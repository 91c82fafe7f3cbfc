import { ArgumentError, type Gpu, LimitError, oneOf, readOptions, ShapeError } from "../gpu/index.ts";
import { importSource, importTexture, type PixelSource, TEXTURE_FORMATS, type TextureTarget } from "../gpu/textures.ts";
import { checkGpu } from "./create.ts";
import { byteLength, type DType } from "./dtype.ts";
import { type Shape, show } from "./shape.ts";
import { Tensor } from "./tensor.ts";

/** How to read images. */
export interface ImageOptions {
  /** 3 leaves the alpha out, 4 keeps it, straight (not premultiplied). 3 unless given. */
  channels?: 3 | 4;
}

/** What an `ImageData` is: four bytes a pixel, row by row. Node has none of its own, so that any such object will do. */
export interface Pixels {
  /** Red, green, blue and alpha of every pixel, 0..255, not premultiplied. */
  readonly data: Uint8ClampedArray | Uint8Array;
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
}

type Size = readonly [width: number, height: number];
/** One image, or several for a batch. */
export type Many<T> = T | readonly T[];

const tagOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);
const showSize = ([width, height]: Size): string => `${width} × ${height} pixels`;

/** What errors call a source, and the function that takes it. */
const FUNCTIONS = {
  image: "fromImageData",
  img: "fromImage",
  bitmap: "fromImageBitmap",
  canvas: "fromCanvas",
  frame: "fromVideoFrame",
  texture: "fromTexture",
} as const;
type Source = keyof typeof FUNCTIONS;

interface Batch<T, D extends DType> {
  sources: readonly T[];
  /** How errors name a source. */
  name: (i: number) => string;
  width: number;
  height: number;
  channels: number;
  shape: Shape;
  dtype: D;
  bytes: number;
}

/** Checks a batch of sources. */
function batch<T, D extends DType = "rgba8">(
  gpu: Gpu,
  given: Many<T>,
  what: Source,
  options: ImageOptions | undefined,
  sizeOf: (source: T, argument: string) => Size,
  dtype = "rgba8" as D,
): Batch<T, D> {
  checkGpu(gpu);
  const { channels = 3 } = readOptions<ImageOptions>(FUNCTIONS[what], options, { channels: oneOf(3, 4) });
  const sources = (Array.isArray(given) ? Array.from(given) : [given]) as T[];
  if (sources.length === 0) throw new ArgumentError(what, "an empty array", "at least one image");
  const name = (i: number) => (Array.isArray(given) ? `${what}[${i}]` : what);
  const sizes = sources.map((source, i) => {
    const size = sizeOf(source, name(i));
    if (!size.every((n) => Number.isInteger(n) && n > 0))
      throw new ShapeError(name(i), showSize(size), "an image of at least one pixel, with whole sizes");
    return size;
  });
  const [width, height] = sizes[0];
  sizes.forEach((size, i) => {
    if (size[0] !== width || size[1] !== height)
      throw new ShapeError(name(i), showSize(size), `the size of ${name(0)}, ${showSize(sizes[0])}`);
  });
  const shape: Shape = [sources.length, channels, height, width];
  const bytes = byteLength(shape, dtype);
  if (bytes > gpu.limits.maxBufferSize)
    throw new LimitError("maxBufferSize", bytes, gpu.limits.maxBufferSize, `A tensor ${show(shape)} of ${dtype}`);
  return { sources, name, width, height, channels, shape, dtype, bytes };
}

function checkTextureSize(gpu: Gpu, width: number, height: number): void {
  const limit = gpu.limits.maxTextureDimension2D;
  if (Math.max(width, height) > limit)
    throw new LimitError(
      "maxTextureDimension2D",
      Math.max(width, height),
      limit,
      `An image of ${showSize([width, height])}`,
    );
}

/**
 * Images from `ImageData`, or any object with its `data`, `width` and `height`, as a tensor `[N, 3 or 4, H, W]` of `rgba8`;
 * the first pass that reads it converts.
 * @throws ArgumentError for anything else, ShapeError when sizes differ
 */
export function fromImageData(gpu: Gpu, image: Many<Pixels>, options?: ImageOptions): Tensor<"rgba8"> {
  const sizeOf = (source: Pixels, argument: string): Size => {
    const bytes = source?.data;
    if (!(bytes instanceof Uint8ClampedArray || bytes instanceof Uint8Array)) {
      throw new ArgumentError(argument, tagOf(source), "an ImageData, or { data: Uint8ClampedArray, width, height }");
    }
    const { width, height } = source;
    if (bytes.length !== width * height * 4)
      throw new ShapeError(
        `data of ${argument}`,
        `${bytes.length} bytes`,
        `${width * height * 4} bytes: four for each of ${showSize([width, height])}`,
      );
    return [width, height];
  };
  return filled(gpu, batch(gpu, image, "image", options, sizeOf), (source, _, { storage, firstWord }) =>
    gpu.write(storage, source.data, firstWord * 4),
  );
}

/** Copies what sources show now, through a texture. */
function fromSources<T extends PixelSource>(
  gpu: Gpu,
  given: Many<T>,
  what: Source,
  options: ImageOptions | undefined,
  sizeOf: (source: T, argument: string) => Size,
): Tensor<"rgba8"> {
  const checked = batch(gpu, given, what, options, sizeOf);
  const { name, width, height } = checked;
  checkTextureSize(gpu, width, height);
  return filled(gpu, checked, (source, i, target) => importSource(gpu, source, width, height, name(i), target));
}

/** A tensor of a checked batch, with every image put in its place; nothing stays allocated when that fails. */
function filled<T, D extends DType>(
  gpu: Gpu,
  { sources, shape, dtype, bytes, channels }: Batch<T, D>,
  put: (source: T, i: number, target: TextureTarget) => void,
): Tensor<D> {
  const storage = gpu.allocateForUpload(bytes);
  try {
    for (const [i, source] of sources.entries()) {
      put(source, i, { storage, firstWord: (i * bytes) / 4 / sources.length, channels });
    }
  } catch (error) {
    storage.release();
    throw error;
  }
  return new Tensor(gpu, shape, dtype, storage);
}

/** Images from open `ImageBitmap`s of one size, as a tensor `[N, 3 or 4, H, W]` of `rgba8`. */
export function fromImageBitmap(gpu: Gpu, bitmap: Many<ImageBitmap>, options?: ImageOptions): Tensor<"rgba8"> {
  return fromSources(gpu, bitmap, "bitmap", options, (source, argument) => {
    if (tagOf(source) !== "ImageBitmap")
      throw new ArgumentError(argument, tagOf(source), "an ImageBitmap, as createImageBitmap() makes");
    if (source.width === 0) throw new ArgumentError(argument, "an ImageBitmap that was closed", "an open ImageBitmap");
    return [source.width, source.height];
  });
}

/**
 * Images that `<img>` elements of one size show, in their own size, as a tensor `[N, 3 or 4, H, W]` of `rgba8`. Waits until
 * they are loaded and decoded.
 * @throws ArgumentError for an image that cannot be loaded or decoded, or whose pixels belong to another origin
 */
export async function fromImage(
  gpu: Gpu,
  img: Many<HTMLImageElement>,
  options?: ImageOptions,
): Promise<Tensor<"rgba8">> {
  const elements = Array.isArray(img) ? (img as HTMLImageElement[]) : [img as HTMLImageElement];
  const name = (i: number) => (Array.isArray(img) ? `img[${i}]` : "img");
  checkGpu(gpu);
  readOptions<ImageOptions>("fromImage", options, { channels: oneOf(3, 4) });
  for (const [i, element] of elements.entries()) checkElement(element, name(i));
  const bitmaps = await Promise.all(elements.map((element, i) => decoded(element, name(i))));
  try {
    const given = Array.isArray(img) ? bitmaps : bitmaps[0];
    return fromSources(gpu, given, "img", options, ({ width, height }) => [width, height]);
  } finally {
    for (const bitmap of bitmaps) bitmap.close();
  }
}

function checkElement(element: HTMLImageElement, argument: string): void {
  if (tagOf(element) === "HTMLImageElement") return;
  const elsewhere =
    "where there is no page, as in Node, decode the file to { data, width, height } for fromImageData()";
  throw new ArgumentError(argument, tagOf(element), `an HTMLImageElement (${elsewhere})`);
}

async function decoded(element: HTMLImageElement, argument: string): Promise<ImageBitmap> {
  try {
    await element.decode();
    return await createImageBitmap(element, { premultiplyAlpha: "none" });
  } catch (error) {
    const source = element.currentSrc || element.src;
    const what = source ? `${source.slice(0, 80)}, which cannot be decoded` : "an image without a source";
    throw new ArgumentError(
      argument,
      `${what} (${(error as Error).message})`,
      "an image that can be loaded and decoded",
    );
  }
}

/** What canvases of one size show now, as a tensor `[N, 3 or 4, H, W]` of `rgba8`. */
export function fromCanvas(
  gpu: Gpu,
  canvas: Many<HTMLCanvasElement | OffscreenCanvas>,
  options?: ImageOptions,
): Tensor<"rgba8"> {
  return fromSources(gpu, canvas, "canvas", options, (source, argument) => {
    const tag = tagOf(source);
    if (tag !== "HTMLCanvasElement" && tag !== "OffscreenCanvas")
      throw new ArgumentError(argument, tag, "an HTMLCanvasElement or OffscreenCanvas");
    return [source.width, source.height];
  });
}

/** The frames of `VideoFrame`s, or those that video elements show now, as a tensor `[N, 3 or 4, H, W]` of `rgba8`. */
export function fromVideoFrame(
  gpu: Gpu,
  frame: Many<VideoFrame | HTMLVideoElement>,
  options?: ImageOptions,
): Tensor<"rgba8"> {
  return fromSources(gpu, frame, "frame", options, (source, argument) => {
    const tag = tagOf(source);
    if (tag === "VideoFrame") {
      const { displayWidth, displayHeight, codedWidth } = source as VideoFrame;
      if (codedWidth === 0) throw new ArgumentError(argument, "a VideoFrame that was closed", "an open VideoFrame");
      return [displayWidth, displayHeight];
    }
    if (tag !== "HTMLVideoElement") throw new ArgumentError(argument, tag, "a VideoFrame or an HTMLVideoElement");
    const video = source as HTMLVideoElement;
    if (video.readyState < 2)
      throw new ArgumentError(
        argument,
        "a video that has no frame yet",
        "one whose readyState is at least 2 (HAVE_CURRENT_DATA)",
      );
    return [video.videoWidth, video.videoHeight];
  });
}

/**
 * Textures of one size and format, their first mip level and layer. `rgba8unorm` and `bgra8unorm` give `[N, 3 or 4, H, W]` of
 * `rgba8`, `rgba16float` and `rgba32float` the same of `f32`. They belong to this device, have usage COPY_SRC, and hold what
 * was submitted before this call.
 */
export function fromTexture(gpu: Gpu, texture: Many<GPUTexture>, options?: ImageOptions): Tensor<"f32" | "rgba8"> {
  const formats = new Set<string>();
  const sizeOf = (source: GPUTexture, argument: string): Size => {
    if (
      tagOf(source) !== "GPUTexture" &&
      !(typeof source === "object" && source !== null && "format" in source && "createView" in source)
    ) {
      throw new ArgumentError(argument, tagOf(source), "a GPUTexture");
    }
    const format = TEXTURE_FORMATS[source.format];
    if (!format)
      throw new ArgumentError(`format of ${argument}`, source.format, Object.keys(TEXTURE_FORMATS).join(", "));
    if (!(source.usage & GPUTextureUsage.COPY_SRC))
      throw new ArgumentError(`usage of ${argument}`, String(source.usage), "one with COPY_SRC");
    if (source.dimension !== "2d" || source.sampleCount !== 1)
      throw new ArgumentError(
        argument,
        `a ${source.dimension} texture of ${source.sampleCount} samples`,
        "a 2d texture of one sample",
      );
    formats.add(source.format);
    if (formats.size > 1)
      throw new ArgumentError(`format of ${argument}`, source.format, `the format of the first, ${[...formats][0]}`);
    return [source.width, source.height];
  };
  const first = (Array.isArray(texture) ? texture[0] : texture) as GPUTexture | undefined;
  const dtype = first && TEXTURE_FORMATS[first.format]?.float ? "f32" : "rgba8";
  return filled(gpu, batch(gpu, texture, "texture", options, sizeOf, dtype), (source, _, target) =>
    importTexture(gpu, source, target),
  );
}
