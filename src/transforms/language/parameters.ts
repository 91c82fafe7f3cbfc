// What a declaration says of a parameter and of an option.

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
