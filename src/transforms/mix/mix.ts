import cutmixWgsl from "../../../shaders/mix/cutmix.wgsl";
import cutmixAreaWgsl from "../../../shaders/mix/cutmix_area.wgsl";
import mixupWgsl from "../../../shaders/mix/mixup.wgsl";
import mosaicWgsl from "../../../shaders/mix/mosaic.wgsl";
import type { Arithmetic, MixFrame, MixPart, OptionSpec, ParamSpec } from "../language/declaration.ts";
import { define } from "../language/declare.ts";
import type { ParamValue } from "../language/values.ts";

/** A sample's place in the batch. */
const partner = (doc: string, size?: number): ParamSpec => ({
  size,
  unit: "samples",
  doc,
  role: "partner",
  integer: true,
  gradient: false,
  min: 0,
});
const relative = (doc: string): Record<string, OptionSpec> => ({
  relative: { default: false, allowed: [true, false], doc, inShader: true },
});
/** How a mix looks where it sees parts of several pixels. */
export type MixInterpolation = "bilinear" | "nearest";
const INTERPOLATION: Record<string, OptionSpec> = {
  interpolation: {
    default: "bilinear",
    allowed: ["bilinear", "nearest"],
    doc: "shares of pixels, or the pixel of the greatest share",
  },
};
const edge = (doc: string): ParamSpec => ({ usual: [0, 224], unit: "pixels", doc });

/**
 * Mixes every sample with another one of the batch: y = lambda · x + (1 − lambda) · the partner's x. `labelWeights` says what
 * becomes of the labels; boxes and points of both stay. Kornia's RandomMixUpV2 calls the partner's share lambda; here it is the own one, as in the paper.
 */
export const mixup = define<{
  /** Which sample of the batch is mixed in, from 0: a whole number per sample. A tensor's value is rounded, and held in the batch. */
  partner: ParamValue;
  /** Share of the own sample, 0 to 1: 1 keeps it. */
  lambda: ParamValue;
  /** `nearest` takes all of the sample with the greater share, as a mask needs it, with the gradient of shares in `lambda`; `bilinear` unless given. */
  interpolation?: MixInterpolation;
}>({
  name: "mixup",
  kind: "mix",
  reads: "batch",
  wgsl: mixupWgsl,
  params: {
    partner: partner("which sample is mixed in, from 0"),
    lambda: { min: 0, max: 1, neutral: 1, usual: [0, 1], unit: "share", doc: "share of the own sample" },
  },
  options: INTERPOLATION,
  mix: {
    taps: 2,
    reach: 1,
    parts: ({ lambda }, _, of) => [{ weight: lambda }, { weight: of.sub(of.of(1), lambda) }],
  },
  example: { params: { partner: 0, lambda: 0.7 } },
  doc: "y = lambda · x + (1 − lambda) · x[partner]",
  source: "Zhang et al. 2018, mixup; Kornia, RandomMixUpV2",
});

/**
 * Puts a rectangle of another sample of the batch in place of the same rectangle of every sample. Edges, not centres: the rectangle
 * [0, 0, W, H] is the whole image. An edge inside a pixel covers a part of it, so that place and size are differentiable; whole
 * numbers give the hard rectangle. `labelWeights` says what becomes of the labels; boxes and points of either come along where they are
 * seen. Kornia's PatchMix is a square at whole pixels, with
 * one size for all samples and a place for each. `cutmixArea` takes parts of the image.
 */
export const cutmix = define<{
  /** Which sample of the batch the rectangle is from, from 0: a whole number per sample. A tensor's value is rounded, and held in the batch. */
  partner: ParamValue;
  /** Left edge of the rectangle, in pixels; with `relative`, how much of the room that it leaves lies on its left, 0 to 1. */
  x: ParamValue;
  /** Upper edge of the rectangle, in pixels; with `relative`, how much of the room that it leaves lies above, 0 to 1. */
  y: ParamValue;
  /** Width of the rectangle, in pixels. */
  width: ParamValue;
  /** Height of the rectangle, in pixels. */
  height: ParamValue;
  /** Whether x and y are shares of the room that the rectangle leaves; false unless given. */
  relative?: boolean;
  /** `nearest` takes each pixel whole, of the sample with the greater share, as a mask needs it; gradients of places stay; `bilinear` unless given. */
  interpolation?: MixInterpolation;
}>({
  name: "cutmix",
  kind: "mix",
  reads: "batch",
  wgsl: cutmixWgsl,
  params: {
    partner: partner("which sample the rectangle is from, from 0"),
    x: edge("left edge of the rectangle"),
    y: edge("upper edge of the rectangle"),
    width: { ...edge("width of the rectangle"), min: 0 },
    height: { ...edge("height of the rectangle"), min: 0 },
  },
  options: { ...relative("x and y as shares of the room that the rectangle leaves"), ...INTERPOLATION },
  mix: {
    taps: 2,
    reach: 1,
    parts: ({ x, y, width, height }, frame, of, { relative }) => {
      const start = (at: typeof x, side: typeof x, whole: number) =>
        relative ? of.mul(at, of.sub(of.of(whole), side)) : at;
      const [left, top] = [start(x, width, frame.width), start(y, height, frame.height)];
      return [{ under: true }, { edges: [left, top, of.add(left, width), of.add(top, height)] }];
    },
  },
  example: { params: { partner: 0, x: 1.25, y: 1.375, width: 2.5, height: 2.25 } },
  doc: "y = x[partner] inside the rectangle, x outside",
  source: "Yun et al. 2019, CutMix; Kornia, RandomCutMixV2",
});

const room = (doc: string): ParamSpec => ({ default: 0.5, min: 0, max: 1, usual: [0, 1], unit: "share", doc });

/**
 * Puts a rectangle of another sample of the batch in place of the same rectangle of every sample, as `cutmix` does, of so large a share
 * of the image: at any size of image the same, in the image's proportions. The share is that of the partner's label.
 */
export const cutmixArea = define<{
  /** Which sample of the batch the rectangle is from, from 0: a whole number per sample. A tensor's value is rounded, and held in the batch. */
  partner: ParamValue;
  /** Area of the rectangle, as a share of the image's: 0 keeps the image, 1 shows the partner. */
  area: ParamValue;
  /** How much of the room that the rectangle leaves lies on its left, 0 to 1; 0.5 unless given. */
  x?: ParamValue;
  /** How much of the room that the rectangle leaves lies above, 0 to 1; 0.5 unless given. */
  y?: ParamValue;
  /** `nearest` takes each pixel whole, of the sample with the greater share, as a mask needs it; gradients of places stay; `bilinear` unless given. */
  interpolation?: MixInterpolation;
}>({
  name: "cutmixArea",
  kind: "mix",
  reads: "batch",
  wgsl: cutmixAreaWgsl,
  params: {
    partner: partner("which sample the rectangle is from, from 0"),
    area: { min: 0, max: 1, neutral: 0, usual: [0, 1], unit: "share", doc: "area of the rectangle" },
    x: room("room on its left"),
    y: room("room above it"),
  },
  options: INTERPOLATION,
  mix: {
    taps: 2,
    reach: 1,
    parts: ({ area, x, y }, frame, of) => {
      const side = of.root(area);
      const [width, height] = [frame.width, frame.height].map((whole) => of.mul(of.of(whole), side));
      const [left, top] = [
        of.mul(x, of.sub(of.of(frame.width), width)),
        of.mul(y, of.sub(of.of(frame.height), height)),
      ];
      return [{ under: true }, { edges: [left, top, of.add(left, width), of.add(top, height)], area }];
    },
  },
  example: { params: { partner: 0, area: 0.3, x: 0.3, y: 0.6 } },
  doc: "y = x + cover · (x[partner] − x), the rectangle's sides √area times the image's",
  source: "Yun et al. 2019, CutMix; Kornia, RandomCutMixV2",
});

/**
 * Puts four samples of the batch together, the own one and three others, and shows a window of the image that they make, which is
 * twice as wide and high: the own one is at the upper left. Places between pixels are interpolated, across the seams too, so that
 * the window's place is differentiable; beyond the four images is 0. `labelWeights` says what becomes of the labels; boxes and points of all
 * four come along.
 */
export const mosaic = define<{
  /**
   * Which samples of the batch are to the right, below, and below to the right, from 0: three whole numbers per sample. A tensor's
   * values are rounded, and held in the batch.
   */
  partners: ParamValue;
  /**
   * Left edge of the window in the image of four, in pixels: from 0, which shows the left ones, to W, which shows the right ones; with
   * `relative` from 0 to 1.
   */
  x: ParamValue;
  /** Upper edge of the window in the image of four, in pixels, from 0 to H; with `relative` from 0 to 1. */
  y: ParamValue;
  /** Width of the window in pixels; that of the images unless given. */
  width?: number;
  /** Height of the window in pixels; that of the images unless given. */
  height?: number;
  /** Whether x and y are in parts of the images' width and height; false unless given. */
  relative?: boolean;
  /** `nearest` takes each pixel whole, of the sample with the greater share, as a mask needs it; gradients of places stay; `bilinear` unless given. */
  interpolation?: MixInterpolation;
}>({
  name: "mosaic",
  kind: "mix",
  reads: "batch",
  wgsl: mosaicWgsl,
  params: {
    partners: partner("which samples are to the right, below, and below to the right, from 0", 3),
    x: edge("left edge of the window in the image of four"),
    y: edge("upper edge of the window in the image of four"),
  },
  options: {
    width: { allowed: "size", doc: "width of the window; the images' unless given" },
    height: { allowed: "size", doc: "height of the window; the images' unless given" },
    ...relative("x and y in parts of the images' width and height"),
    ...INTERPOLATION,
  },
  size: (options, [h, w]) => [(options.height as number) ?? h, (options.width as number) ?? w],
  mix: { taps: 4, reach: 4, parts: quarters },
  example: { params: { partners: [0, 0, 0], x: 2.25, y: 1.375 } },
  doc: "p' = p − (x, y), in the image of x, x[partners[0]], x[partners[1]], x[partners[2]]",
  source: "Bochkovskiy et al. 2020, YOLOv4; Kornia, RandomMosaic",
});

/** The four images, moved so that the window begins at 0. Beyond them there is nothing, which counts as none of their labels. */
function quarters<V>(
  { x, y }: Readonly<Record<string, V>>,
  { width, height }: MixFrame,
  of: Arithmetic<V>,
  { relative }: Readonly<Record<string, unknown>>,
): readonly MixPart<V>[] {
  const [left, top] = relative ? [of.mul(of.of(width), x), of.mul(of.of(height), y)] : [x, y];
  const corners = [[0, 0], [width, 0], [0, height], [width, height]]; // biome-ignore format: two by two
  return corners.map(([across, down]) => ({
    shift: [of.sub(of.of(across), left), of.sub(of.of(down), top)],
  }));
}
