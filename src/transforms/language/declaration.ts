import type { Shader } from "../../gpu/wesl.ts";
import type { Tensor } from "../../tensor/index.ts";
import type { Picked } from "./choose.ts";
import type { ProgramSpec } from "./program-spec.ts";
import type { Bernoulli, ParamValue } from "./values.ts";

/** A parameter of a transform: one value, `size` values, or a list of them, per sample. */
export interface ParamSpec {
  /** Value when the caller gives none; without one the parameter is required. */
  default?: number | readonly number[];
  /**
   * Values per sample: 1 unless given; `C` is one per channel, `kernel` one per cell of a stencil's kernel, `kernelWidth` and
   * `kernelHeight` one for each of its columns and rows, `points` x and y of as many points as the option `points` says.
   */
  size?: number | "C" | "kernel" | "kernelWidth" | "kernelHeight" | "points";
  /** Its `size` values are a matrix, [rows, columns], row by row: they may come as one, in arrays or in tensors `[N, rows, columns]`. */
  cells?: readonly [rows: number, columns: number];
  /** A list of values that all samples share, such as a table: of any length, or of a length within bounds. Has no `size`. */
  list?: true | ListLength;
  /** Whole numbers only. */
  integer?: true;
  /** Has no gradient: to ask for one is an error that says so. */
  gradient?: false;
  /** Least value, itself allowed. */
  min?: number;
  /** Largest value, itself allowed. */
  max?: number;
  /** What its values number: they lie below how many channels the image has. */
  below?: "C";
  /** 0 has no meaning, such as a scale of 0: values stay this far from it; `true` is 1e-12. */
  nonzero?: boolean | number;
  /** The value that keeps the image, where the other parameters that have one are at theirs. */
  neutral?: number | readonly number[];
  /** The range that people use, for sliders and random transforms; a number of pixels is meant for an image of 224 x 224. */
  usual?: readonly [lo: number, hi: number];
  /** Values at an intensity of 0 and of 100, and linear between them. */
  intensity?: readonly [none: number, full: number];
  /** Unit of its values: pixels, degrees, turns, factor, intensity, exponent. */
  unit: string;
  /** What it means, in a few words, for messages and tables. */
  doc: string;
  /** Name of the field in WGSL, where the parameter's own name is reserved there. */
  field?: string;
  /**
   * What is the compiler's business and no field of `Params`. `fill`: what a transform shows beyond the image. `partner`: which
   * samples of the batch a mix sees beside the own one, by their places in it, from 0. `through`: what the tensor of a field is made
   * with. `key`: the seed of what is drawn in the shader. `image`: another image beside the input, a tensor `[N, C, H, W]`, which has
   * a gradient, too.
   */
  role?: "fill" | "partner" | "through" | "key" | "image";
  /** Channels of an image beside the input: any number, or else one, or as many as the input has. */
  channels?: "any";
  /** A coordinate whose default, NaN, stands for the middle of the image: across (`x`) or down (`y`). */
  center?: "x" | "y";
}

/** How many values a list may have. */
export interface ListLength {
  /** The fewest; 1 unless given. */
  min?: number;
  /** The most; any number unless given. */
  max?: number;
  /** The list is an order of so many things: every whole number from 0 on, once. It is given as numbers. */
  permutes?: (options: Readonly<Record<string, unknown>>) => number;
  /** The list has as many values as that of this parameter. */
  like?: string;
}

/** How far the values of a parameter stay from 0; 0 where they need not. */
export const gapOf = ({ nonzero }: ParamSpec): number => (nonzero === true ? 1e-12 : nonzero || 0);

/** A static choice: part of the pipeline, not of the data. */
export interface OptionSpec {
  /** Value when the caller gives none. */
  default?: unknown;
  /**
   * The values; or the range of a number; or `size` for a number of pixels; or `kernelSize` for an odd size or [height, width],
   * and `anyKernelSize` for an even one, too; or `kernelCells` for rows of 0 and 1, the cells of a kernel that take part, and
   * `kernelOrigin` for the [row, column] of one of its cells.
   */
  allowed: readonly unknown[] | NumberRange | "size" | "kernelSize" | "anyKernelSize" | "kernelCells" | "kernelOrigin";
  /** What it means, in a few words. */
  doc: string;
  /** Whether it has to be given; for what has no default. */
  required?: boolean;
  /** Whether the WGSL `Params` has a field of this name. */
  inShader?: boolean;
  /** For `kernelSize`: the parameters, [down, across], whose values times three a window holds where none is given. */
  holds?: readonly [string, string];
}

/** What a numeric option may be. */
export interface NumberRange {
  /** Least value, itself allowed. */
  min?: number;
  /** Largest value, itself allowed. */
  max?: number;
  /** Whole numbers only. */
  integer?: true;
}

/** Ways past the jumps of a transform's formula: what is differentiated in its place. */
export interface EstimatorSpec {
  /** The one that is taken unless the option `estimator` says another. */
  default: string;
  /** The estimators by name, each with the formula of its surrogate, whose gradient it has. */
  surrogates: Readonly<Record<string, string>>;
}

/**
 * What a value of the result looks at: its own pixel; its own pixel and where that lies; pixels nearby; the tile of pixels that it is
 * in; the whole image; other samples.
 */
export type Reads = "pixel" | "place" | "neighbours" | "block" | "image" | "batch";

/** Settings at which a transform does something: away from the identity, and from where its formula has a kink or a jump. */
export interface Example {
  /** A sample's values by parameter, for an image of 3 channels and 8 to 32 pixels a side; those left out are at their defaults. */
  params?: Readonly<Record<string, number | readonly number[]>>;
  /** Values by option; those left out are at their defaults. */
  options?: Readonly<Record<string, unknown>>;
}

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

/** How the compiler treats a transform. */
export type Kind =
  | "point"
  | "map"
  | "field"
  | "line"
  | "stencil"
  | "resize"
  | "block"
  | "mix"
  | "program"
  | "composite";

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

/** Whether a field cannot be without a tensor that a caller gives. */
export const needsField = ({ field, draws }: Pick<Declaration, "field" | "draws">): boolean =>
  field !== undefined && !field.made && !draws;

/** Everything there is to know about a transform; it is declared once, and everything else follows. */
export interface Declaration {
  /** Letters and digits; unique in the registry. */
  name: string;
  /** How the compiler treats it. */
  kind: Kind;
  /** WGSL module below `shaders/`: `color::gamma`. */
  module: string;
  /** WGSL of a transform that a user declares at run time, instead of a file of the package. */
  wgsl?: string;
  /** Its parameters, by name, in order. */
  params: Record<string, ParamSpec>;
  /** Its options, by name. */
  options?: Record<string, OptionSpec>;
  /** Channel counts that make sense; any, unless given. */
  channels?: readonly number[];
  /**
   * Needs a statistic of the whole image: `mean` (or true), one per sample; the others one per channel, and of a histogram with so
   * many bins the table that the module makes of it.
   */
  statistic?: boolean | StatisticName | { readonly histogram: number };
  /** A point whose `Params` has a further field `channels: u32`, how many the image has. */
  channelCount?: true;
  /** Needs the pixel's position. */
  position?: boolean;
  /** A point that needs the size of the image, too; not for one that is `linear`. */
  frame?: boolean;
  /**
   * A point with y = a · x + b channel by channel, a and b depending on parameters and position alone: its gradient of the image
   * does not look at the image.
   */
  linear?: boolean;
  /** A field that looks where a tensor says: which, and how. */
  field?: FieldSource;
  /**
   * How far the places of a field are expected to lie from their pixels, in pixels, across and down, with a sample's values. Where
   * that is near, the gradient of the image is gathered. Results are right whatever it says: NaN where nothing is known.
   */
  reach?: (
    values: Readonly<Record<string, readonly number[]>>,
    options: Readonly<Record<string, unknown>>,
    size: { readonly width: number; readonly height: number },
  ) => readonly [number, number];
  /** A point that puts a value in the place of parts of the image: the parameter that is the value. Masks are 0 there. */
  covers?: string;
  /** What a mask gets in the place of a transform that `covers`: a pixel stays where at least half of it is left, and else is 0. */
  hides?: true;
  /** A map that keeps lines parallel. */
  affine?: boolean;
  /** A map that looks only at pixels of the source, whatever the padding, and so fits into any row of maps. */
  inside?: boolean;
  /** For a transform of blocks. */
  block?: BlockSpec;
  /** For a program. */
  program?: ProgramSpec;
  /** For a composite. */
  composite?: CompositeSpec;
  /** For a transform that takes volumes, and no images. */
  volume?: VolumeSpec;
  /** Channels of the result, where they are not those of the image. */
  outChannels?: (options: Record<string, unknown>, channels: number) => number;
  /**
   * How the module of a stencil is meant: it gathers something over the neighbours (`fold`); it gives the weights of a sum of
   * them, which do not depend on the image (`weights`); or it says how a gradient goes back to the neighbour of one rank among
   * them, which the compiler selects (`rank`). `fold` unless given.
   */
  stencil?: "fold" | "weights" | "rank";
  /** For a stencil of ranks: which one of so many neighbours, counted from the smallest. */
  rank?: (cells: number) => number;
  /** A stencil whose functions get the pixel in the middle, too. */
  center?: boolean;
  /** A stencil of weights that are divided by the sum of their absolute values; else its option `normalized` says whether. */
  normalized?: boolean;
  /** A window whose weights are all equal, so that neighbouring pixels share sums. */
  flat?: boolean;
  /** Which neighbours a stencil looks at, where it is not an odd `kernelSize` about the pixel. */
  neighbourhood?: (options: Record<string, unknown>) => NeighbourhoodSpec;
  /** Size of the result, [height, width]. */
  size?: (options: Record<string, unknown>, input: readonly [number, number]) => readonly [number, number];
  /**
   * For a resize that is neither a filter nor an interpolation: what each value of the result is made of along an axis of `before`
   * pixels that gets `after`, the same for rows and columns.
   */
  bands?: (options: Record<string, unknown>, before: number, after: number) => readonly BandRow[];
  /** How a mix looks at the samples of a batch. */
  mix?: MixSpec;
  /** What a value of the result looks at; what its kind says unless given. */
  reads?: Reads;
  /**
   * How many random numbers, or streams of them, it draws in the shader for a pixel; makes a parameter `seed`. A field draws what it
   * looks through, where that is not given.
   */
  draws?: number;
  /** How gradients pass its jumps; makes an option `estimator`. */
  estimator?: EstimatorSpec;
  /** Settings for tests, documentation and demonstrations. */
  example?: Example;
  /** What is wrong with one sample's values, or null. */
  check?: (
    values: Record<string, readonly number[]>,
    options: Record<string, unknown>,
  ) => { argument: string; given: string; allowed: string } | null;
  /** The formula, in one line. */
  doc: string;
  /** Where it comes from: a paper, a standard, another library's function. */
  source: string;
}

/** A transform with its parameters: a plain value, not yet bound to an image. */
export interface Transform {
  /** What it is. */
  readonly declaration: Declaration;
  /** Values by parameter; defaults are filled in. */
  readonly params: Readonly<Record<string, ParamValue>>;
  /** Values by option; defaults are filled in. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The tensor that a field looks through, or one for x and one for y. */
  readonly field?: Tensor | readonly [Tensor, Tensor];
  /** Probability of applying it to a sample, for `sequential`. */
  readonly p?: number | Tensor | Bernoulli;
  /** Which samples it applies to, 0 or 1 each; a tensor is a gate whose gradient is asked for. All, unless given. */
  readonly on?: readonly number[] | Tensor | Picked;
  /** Name of its random stream, for `sequential`. */
  readonly key?: string;
  /** Whether all samples of a batch get what sample 0 gets, for `sequential`. */
  readonly sameOnBatch?: boolean;
  /** What it applies within itself, where that is given with it: a part of a pipeline, for `sequential`. */
  readonly links?: Inner;
  /** What it applies within itself, as `sequential` has made it of its links. */
  readonly parts?: Parts;
  /** Chains of which each sample runs one, as `sequential` makes them of links that change the size. */
  readonly branches?: Branches;
}

/** Chains of which each sample of a batch runs one at most. */
export interface Branches {
  readonly chains: readonly BranchChain[];
  /** The number of the chain that each sample runs; -1 for one that stays as it is. */
  readonly taken: readonly number[];
}

/** One of {@link Branches}, made for all samples of a batch. */
export interface BranchChain {
  readonly chain: readonly Transform[];
  /** Whether its samples see others: then it runs on all, and those that run it are taken of what it makes. */
  readonly meets: boolean;
  /** The tensors that it holds. */
  tensors(): readonly Tensor[];
  /** The same for the samples at some places. Tensors that are made for it belong to the scope that is open. */
  at(places: readonly number[]): BranchChain;
}

/** A part of a pipeline that a transform applies within itself, and what it makes of the image and of that part's results. */
export interface Inner {
  /** The part, as it was given. */
  readonly tree: unknown;
  /** What its function was given besides, by name: for documents. */
  readonly given: Readonly<Record<string, unknown>>;
  /** The transform as one would write it. */
  show(): string;
  /** The result; `run` applies the part. */
  made(x: Tensor, settings: CompositeSettings, run: (x: Tensor) => Tensor): Tensor;
  /** Where it is a region of the image that shows what the part makes. */
  readonly region?: RegionOf;
  /** What is drawn for the part, where it sees pieces of samples. */
  readonly spread?: Spread;
  /** Whether maps in a row within it become one resample; true unless given. */
  readonly compose?: boolean;
}

/** How samples fall into pieces, frames of clips or patches of images, that are drawn for one by one. */
export interface Spread {
  /** How many pieces a sample has. */
  readonly count: number;
  /** Whether all pieces of a sample get one draw. */
  readonly shared: boolean;
  /** Whether all samples get what sample 0 gets, piece by piece. */
  readonly sameOnBatch: boolean;
}

/**
 * How much of each pixel of images of a shape is what a part of a pipeline makes, `[N, 1, H, W]`, N or 1; null where that is no matter of
 * pixels, as where channels differ.
 */
export type RegionOf = (settings: CompositeSettings, like: Pick<Tensor, "gpu" | "shape">) => Tensor | null;

/** {@link Inner}, as it runs. */
export interface Parts {
  readonly chain: readonly Transform[];
  /** Whether links of it run side by side, and the chain does not say all. */
  readonly sideBySide: boolean;
  made(x: Tensor, settings: CompositeSettings, chain: readonly Transform[]): Tensor;
  readonly region?: RegionOf;
  /** What the chain is for images of this shape, where that depends on which links change their size. */
  readonly chainFor?: (shape: readonly number[]) => readonly Transform[];
  /** The same for the samples, or pieces of samples, at some places, where it is not the chain as it is that runs. */
  at?(places: readonly number[]): Parts;
}

/** Settings that every transform takes. */
export interface CommonSettings {
  /** Probability of applying it to a sample, 0..1; for `sequential`. */
  p?: number | Tensor | Bernoulli;
  /** Which samples it applies to, 0 or 1 each, instead of `p`; for points a tensor of gates too. */
  on?: readonly number[] | Tensor;
  /** Name of its random stream; for `sequential`, where the same transform comes more than once. */
  key?: string;
  /**
   * All samples of a batch get what sample 0 gets of it: the coin of `p`, parameters, and what is drawn in the shader; for `sequential`.
   * False unless given.
   */
  sameOnBatch?: boolean;
}

/** Settings that every transform takes, but for those that it declares itself. */
export type Common<Settings> = [keyof CommonSettings & keyof Settings] extends [never]
  ? CommonSettings
  : Omit<CommonSettings, keyof Settings>;

/** The function that a user calls; settings that have no default are required. */
export type Constructor<Settings> = {
  (
    ...settings: Partial<Settings> extends Settings
      ? [settings?: Settings & Common<Settings>]
      : [settings: Settings & Common<Settings>]
  ): Transform;
  /** What it was made from. */
  declaration: Declaration;
};

/** What `declare` takes: WGSL, or a module that has it. */
export type NewDeclaration<
  P extends Record<string, ParamSpec> = Record<string, ParamSpec>,
  O extends Record<string, OptionSpec> = Record<string, OptionSpec>,
> = Omit<Declaration, "module" | "wgsl" | "params" | "options" | "hides"> & {
  /** Its parameters, by name, in order. */
  params: P;
  /** Its options, by name. */
  options?: O;
} & (
    | {
        /** Its WGSL: a text, or an imported file of `shaders/`. */
        wgsl: string | Shader;
        /** Path of the module that a text is. */
        module?: string;
      }
    | {
        /** Path of a module that a transform of augrad has. */
        module: string;
        wgsl?: undefined;
      }
    | {
        /** A composite has none. */
        wgsl?: undefined;
        module?: undefined;
        composite: CompositeSpec;
      }
  );

/** Turns the settings that a caller gave into those that the declaration has. */
export type Prepare = (settings: Record<string, unknown>) => Record<string, unknown>;
