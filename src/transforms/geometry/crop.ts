import centerCropWgsl from "../../../shaders/geometry/center_crop.wgsl";
import cropWgsl from "../../../shaders/geometry/crop.wgsl";
import cropAtWgsl from "../../../shaders/geometry/crop_at.wgsl";
import longestMaxSizeWgsl from "../../../shaders/geometry/longest_max_size.wgsl";
import resizeWgsl from "../../../shaders/geometry/resize.wgsl";
import resizedCropWgsl from "../../../shaders/geometry/resized_crop.wgsl";
import smallestMaxSizeWgsl from "../../../shaders/geometry/smallest_max_size.wgsl";
import type { Declaration, OptionSpec, ParamSpec } from "../language/declare.ts";
import type { ParamValue } from "../language/values.ts";
import { MAP_OPTIONS, map, pixels, SIZE, sized } from "./maps.ts";

/** Cuts out a window; places between pixels are interpolated. */
export const crop = map<{
  /** Left edge of the window, in pixels; 0 unless given. */
  x?: ParamValue;
  /** Upper edge of the window, in pixels; 0 unless given. */
  y?: ParamValue;
  /** Width of the window, in pixels. */
  width: number;
  /** Height of the window, in pixels. */
  height: number;
}>({
  name: "crop",
  wgsl: cropWgsl,
  affine: true,
  params: { x: pixels("left edge of the window"), y: pixels("upper edge of the window") },
  options: {
    width: { ...SIZE.width, required: true, doc: "width of the window" },
    height: { ...SIZE.height, required: true, doc: "height of the window" },
  },
  size: sized,
  example: { params: { x: 1.3, y: 0.6 }, options: { width: 5, height: 4 } },
  doc: "p' = p − (x, y)",
  source: "torchvision, crop",
});

const WINDOW = {
  width: { ...SIZE.width, required: true, doc: "width of the window" },
  height: { ...SIZE.height, required: true, doc: "height of the window" },
};
const share = (doc: string): ParamSpec => ({ min: 0, max: 1, usual: [0, 1], unit: "share", doc });

const margin = (where: string): OptionSpec => ({
  default: 0,
  allowed: { min: 0, max: 16384, integer: true },
  inShader: true,
  doc: `pixels ${where} the image that the window may take in`,
});

/**
 * Cuts out a window of whole pixels, at one of the places that it has in the image. Where it is larger than the image, the image lies at
 * one of its places in the window. The places are whole, so that they have no gradient.
 */
export const cropAt = map<{
  /** Which of its places from left (0) to right (1) it takes. */
  x: ParamValue;
  /** Which of its places from top (0) to bottom (1) it takes. */
  y: ParamValue;
  /** Width of the window, in pixels. */
  width: number;
  /** Height of the window, in pixels. */
  height: number;
  /** How many pixels left of the image the window may take in; 0 unless given. */
  left?: number;
  /** How many pixels above the image; 0 unless given. */
  top?: number;
  /** How many pixels right of the image; 0 unless given. */
  right?: number;
  /** How many pixels below the image; 0 unless given. */
  bottom?: number;
}>({
  name: "cropAt",
  wgsl: cropAtWgsl,
  affine: true,
  params: {
    x: { ...share("which of its places, left to right"), gradient: false },
    y: { ...share("which of its places, top to bottom"), gradient: false },
  },
  options: {
    ...WINDOW,
    left: margin("left of"),
    top: margin("above"),
    right: margin("right of"),
    bottom: margin("below"),
  },
  size: sized,
  example: { params: { x: 0.6, y: 0.2 }, options: { width: 5, height: 4 } },
  doc: "p' = p + margin − floor(x · (size + margins − window + 1))",
  source: "torchvision, RandomCrop",
});

/**
 * Cuts out a window that is so large a share of the image and of so many to one, and resizes it. A side that would be longer than the
 * image's is as long. Nothing is rounded, so that everything has its gradient.
 */
export const resizedCrop = map<{
  /** Area of the window, as a share of the image's. */
  area: ParamValue;
  /** Its width over its height; 1 unless given. */
  ratio?: ParamValue;
  /** How much of the room that it leaves lies on its left, 0 to 1; 0.5 unless given. */
  x?: ParamValue;
  /** How much of the room that it leaves lies above, 0 to 1; 0.5 unless given. */
  y?: ParamValue;
  /** Width of the result, in pixels. */
  width: number;
  /** Height of the result, in pixels. */
  height: number;
}>({
  name: "resizedCrop",
  wgsl: resizedCropWgsl,
  affine: true,
  params: {
    area: { min: 1e-6, usual: [0.08, 1], unit: "share", doc: "area of the window" },
    ratio: { default: 1, min: 1e-3, usual: [0.75, 1.33], unit: "factor", doc: "its width over its height" },
    x: { ...share("room on its left"), default: 0.5 },
    y: { ...share("room above it"), default: 0.5 },
  },
  options: {
    width: { ...SIZE.width, required: true },
    height: { ...SIZE.height, required: true },
  },
  size: sized,
  example: { params: { area: 0.4, ratio: 1.2, x: 0.3, y: 0.6 }, options: { width: 7, height: 6 } },
  doc: "x' + ½ = (x + ½ − left) · W' / w, w = √(area · W H · ratio)",
  source: "torchvision, RandomResizedCrop",
});

/** Cuts out the middle. Where the difference of sizes is odd, the window lies half a pixel up and left, on whole pixels. */
export const centerCrop = map<{
  /** Width of the window, in pixels. */
  width: number;
  /** Height of the window, in pixels. */
  height: number;
}>({
  name: "centerCrop",
  wgsl: centerCropWgsl,
  affine: true,
  params: {},
  options: {
    width: { ...SIZE.width, required: true, doc: "width of the window" },
    height: { ...SIZE.height, required: true, doc: "height of the window" },
  },
  size: sized,
  example: { options: { width: 5, height: 4 } },
  doc: "p' = p − floor((size − window) / 2)",
  source: "torchvision, center_crop",
});

/** How a resize looks at the source. */
export interface ResizeSettings {
  /** Average where it shrinks; true unless given. */
  antialias?: boolean;
  /**
   * `bilinear` unless given. `bicubic` is Keys' kernel with a = −0.75, or −0.5 with `antialias`; `area` the mean over what a
   * pixel covers, as OpenCV has it; `adaptive` the mean of all pixels that it touches, PyTorch's area.
   */
  interpolation?: "nearest" | "bilinear" | "bicubic" | "area" | "adaptive";
}

const RESIZED: Record<string, OptionSpec> = {
  antialias: { default: true, allowed: [true, false], doc: "average where it shrinks" },
  interpolation: {
    ...MAP_OPTIONS.interpolation,
    allowed: ["nearest", "bilinear", "bicubic", "area", "adaptive"],
    doc: "how to look between pixels, or over which to average",
  },
};

/** The size in the proportions of the image, rounded down, where so many pixels of it become `length`. */
const scaledTo = (length: number, pixels: number, [h, w]: readonly [number, number]): [number, number] => {
  const scale = (side: number) => Math.max(1, Math.floor((side * length) / pixels));
  return [scale(h), scale(w)];
};

/** The size as given; with `kept` proportions the side that is not given follows the other. */
const resizedTo: NonNullable<Declaration["size"]> = (options, input) => {
  const [height, width] = [options.height as number | undefined, options.width as number | undefined];
  if (options.proportions === "free" || (height === undefined) === (width === undefined)) return sized!(options, input);
  return height === undefined ? scaledTo(width!, input[1], input) : scaledTo(height, input[0], input);
};

/** Changes the size, with half-pixel centres; averages over the source pixels where it shrinks, unless `antialias` is false. */
export const resize = map<
  {
    /** Width of the result, in pixels; unless given the input's, or with `kept` proportions what follows from the height. */
    width?: number;
    /** Height of the result, in pixels; unless given the input's, or with `kept` proportions what follows from the width. */
    height?: number;
    /** Whether a side that is not given stays (`free`, unless given) or follows the other one (`kept`), rounded down. */
    proportions?: "free" | "kept";
  } & ResizeSettings
>({
  name: "resize",
  kind: "resize",
  wgsl: resizeWgsl,
  affine: true,
  inside: true,
  params: {},
  options: {
    ...SIZE,
    proportions: {
      default: "free",
      allowed: ["free", "kept"],
      doc: "whether a side that is not given follows the other",
    },
    ...RESIZED,
  },
  size: resizedTo,
  example: { options: { width: 5, height: 11 } },
  doc: "x' + ½ = (x + ½) · W' / W",
  source: "torchvision, resize",
});

/** The size with one side as given, and the other in proportion, rounded down. */
const proportional =
  (pick: (h: number, w: number) => number): Declaration["size"] =>
  ({ maxSize }, input) =>
    scaledTo(Number(maxSize), pick(...input), input);

const MAX_SIZE = { allowed: "size", required: true } as const;

/** Changes the size so that the longer side is `maxSize`; the proportions stay, but for rounding down. */
export const longestMaxSize = map<
  {
    /** The longer side of the result, in pixels. */
    maxSize: number;
  } & ResizeSettings
>({
  name: "longestMaxSize",
  kind: "resize",
  wgsl: longestMaxSizeWgsl,
  affine: true,
  inside: true,
  params: {},
  options: { maxSize: { ...MAX_SIZE, doc: "the longer side of the result" }, ...RESIZED },
  size: proportional(Math.max),
  example: { options: { maxSize: 11 } },
  doc: "x' + ½ = (x + ½) · W' / W, max(W', H') = maxSize",
  source: "Kornia, LongestMaxSize",
});

/** Changes the size so that the shorter side is `maxSize`; the proportions stay, but for rounding down. */
export const smallestMaxSize = map<
  {
    /** The shorter side of the result, in pixels. */
    maxSize: number;
  } & ResizeSettings
>({
  name: "smallestMaxSize",
  kind: "resize",
  wgsl: smallestMaxSizeWgsl,
  affine: true,
  inside: true,
  params: {},
  options: { maxSize: { ...MAX_SIZE, doc: "the shorter side of the result" }, ...RESIZED },
  size: proportional(Math.min),
  example: { options: { maxSize: 11 } },
  doc: "x' + ½ = (x + ½) · W' / W, min(W', H') = maxSize",
  source: "Kornia, SmallestMaxSize",
});
