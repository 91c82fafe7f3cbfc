import type { Tensor } from "../../tensor/index.ts";
import type { Transform } from "./declaration.ts";

// What a declaration says for its kind.

/** A value as a weighted sum of neighbours along an axis, from the one at `start` on. */
export interface BandRow {
  start: number;
  weights: readonly number[];
}

/** Which neighbours a stencil looks at. */
export interface NeighbourhoodSpec {
  /** Size of the kernel, [height, width]; that of the option `kernelSize` unless given. */
  size?: readonly [number, number];
  /** How many of its rows lie above the pixel, and columns to the left; half of the others unless given. */
  origin?: readonly [number, number];
  /** Whether its cells are numbered from the last one, as in a convolution. */
  mirrored?: boolean;
  /** How many pixels lie between those of neighbouring pixels of the result, [down, across]; 1 unless given. */
  stride?: readonly [number, number];
  /** Which cells take part, row by row; all unless given. */
  members?: readonly boolean[];
}

/**
 * A statistic of what a module measures at each pixel: the mean over all channels, or channel by channel the least value, the
 * largest, both, or mean and variance.
 */
export type StatisticName = "mean" | "minimum" | "maximum" | "extremes" | "moments";

/** What a composite's functions get: values by parameter, images beside the input included, and by option. */
export type CompositeSettings = Readonly<Record<string, unknown>>;

/** A transform that is made of others, and of operations on tensors: its gradients are theirs. */
export interface CompositeSpec {
  /** The chains of transforms that it runs, for images of this shape. */
  chains: (settings: CompositeSettings, input: readonly number[]) => readonly (readonly Transform[])[];
  /** Its result, of the image and of what the chains make of the image; the result of the first chain unless given. */
  combine?: (parts: CompositeParts) => Tensor;
  /** Where its chain sees pieces of images, as a batch. */
  pieces?: Pieces;
}

/** [down, across], in pixels. */
export type Extent = readonly [number, number];

/** How images are cut along a grid to pieces of one size, and put together again. */
export interface Pieces {
  /** Rows and columns of pieces. */
  readonly grid: Extent;
  /** Pieces of images of this size, [height, width]: where the first one begins, and how large each is. @throws ShapeError */
  before(image: Extent): Grid;
  /** Where pieces lie in the image that is made of them, and how large that is. @throws ShapeError for pieces that make none */
  behind(piece: Extent, image: Extent): Grid & { readonly image: Extent };
  /** All pieces as a batch, row by row, those of the first image first; beyond the image there is `fill`. */
  apart(x: Tensor, fill: number): Tensor;
  /** What became of pieces of images of this size. */
  together(pieces: Tensor, image: Extent): Tensor;
}

/** Where pieces lie. */
export interface Grid {
  /** Where the first one begins; it may begin before the image. */
  readonly from: Extent;
  /** Height and width of each. */
  readonly size: Extent;
}

/** What the result of a composite is made of. */
export interface CompositeParts {
  /** The images, as f32. */
  x: Tensor;
  /** Values by parameter and by option. */
  settings: CompositeSettings;
  /** Runs the chain of this number, on x unless another tensor is given. */
  run: (chain: number, on?: Tensor) => Tensor;
}

/** What a transform makes of volumes, by operations on tensors: its gradients are theirs. */
export interface VolumeSpec {
  /** What becomes of `[N, C, D, H, W]`, with values by parameter and by option. */
  apply: (x: Tensor, settings: CompositeSettings) => Tensor;
  /** Whether it moves voxels, so that masks go along. */
  moves?: true;
}

/** How a transform works on blocks. */
export interface BlockSpec {
  /** [height, width] of a block, or the option that says it. */
  size: readonly [number, number] | string;
  /** What is cut into blocks: the planes of the image unless given; `ycbcr420`: luma, and chroma with half the sides. */
  planes?: "ycbcr420";
  /** Entries of the table that the module's `entry` makes of the parameters of a sample. */
  table?: number;
}

/** What a mix's declaration computes with: values by parameter, sizes, the arithmetic of the values, and the transform's options. */
export type MixArguments<V> = readonly [
  values: Readonly<Record<string, V>>,
  frame: MixFrame,
  of: Arithmetic<V>,
  options: Readonly<Record<string, unknown>>,
];

/** How a mix looks at the samples of a batch: the own one, which is source 0, and its partners, if it has some, from source 1. */
export interface MixSpec {
  /** Pixels that a pixel of the result sees, of all sources together. */
  taps: number;
  /** Pixels of one sample's result that may see a pixel of one of its sources. */
  reach: number;
  /**
   * Where in the result each source is seen, the own one first: what becomes of labels, boxes and points follows. Written once, for
   * numbers and for tensors, in the arithmetic that it is given; which parts have a shift does not depend on the values. Unless given,
   * labels go by `shares`, and boxes and points of partners do not come along.
   */
  parts?: <V>(...given: MixArguments<V>) => readonly MixPart<V>[];
  /** What is wrong with images of this shape, [N, C, H, W], or null. */
  refuses?: (
    input: readonly number[],
    options: Readonly<Record<string, unknown>>,
  ) => { argument: string; given: string; allowed: string } | null;
  /** How much of each source is in the result, which sums up to 1, of a mix without `parts`. */
  shares?: <V>(...given: MixArguments<V>) => readonly V[];
}

/** Where in the result of a mix a source is seen. */
export interface MixPart<V> {
  /** By how much its pixels move, (x, y) in pixels; they stay where they are unless given. */
  shift?: readonly [x: V, y: V];
  /** What of the result it is seen in, edges in pixels; wherever the source's own edges lie unless given. */
  edges?: readonly [x0: V, y0: V, x1: V, y1: V];
  /** Area of that as a part of the result's: that of the edges unless given, as where its gradient is known better. */
  area?: V;
  /** How much of what is seen there is of this source, 0 to 1; all of it unless given. */
  weight?: V;
  /** Whether it lies under the others, and is seen where none of them is. */
  under?: boolean;
}

/** Sizes before and after a mix, in pixels. */
export interface MixFrame {
  /** Width of the samples. */
  width: number;
  /** Height of the samples. */
  height: number;
  /** Width of the result. */
  outWidth: number;
  /** Height of the result. */
  outHeight: number;
}

/** Arithmetic on numbers, or on tensors of one number per sample. */
export interface Arithmetic<V> {
  /** A number. */
  of: (value: number) => V;
  /** a + b */
  add: (a: V, b: V) => V;
  /** a − b */
  sub: (a: V, b: V) => V;
  /** a · b */
  mul: (a: V, b: V) => V;
  /** a, or the nearest that is from lo to hi. */
  within: (a: V, lo: number, hi: number) => V;
  /** √a of what is not below 0, whose slope at 0 is finite. */
  root: (a: V) => V;
}

/**
 * The tensor that a field looks through, with two values for each pixel. A caller gives it; or it is drawn, where the declaration
 * says `draws` and none is given: uniform numbers from −1 to 1; or it is made of the parameters of role `through`.
 */
export interface FieldSource {
  /** The setting that it is: `[N, 2, H, W]`, or `[N, H, W, 2]`, or one `[N, H, W]` for x and one for y. None, where it is made. */
  name?: string;
  /** Unit of its values. */
  unit: string;
  /** What it means, in a few words. */
  doc: string;
  /** Whether the result has the tensor's size; else the tensor has that of the image. */
  sizes?: true;
  /** What the tensor goes through before it is looked through, such as a blur, made of the transform's settings. */
  through?: (settings: Readonly<Record<string, unknown>>) => readonly Transform[];
  /**
   * What makes it, `[N, 2, H, W]`, of the values of the parameters of role `through`, by operations that have gradients. Values are
   * `[N, K]`, or `[N, points, 2]`, with 1 in the place of N where all samples share them.
   */
  made?: (values: Readonly<Record<string, Tensor>>, frame: FieldFrame) => Tensor;
}

/** What a field is made for. */
export interface FieldFrame {
  /** Images in the batch. */
  samples: number;
  /** Width of the image, in pixels. */
  width: number;
  /** Height of the image, in pixels. */
  height: number;
  /** The transform's options. */
  options: Readonly<Record<string, unknown>>;
}
