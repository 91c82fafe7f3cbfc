import type { Shader } from "../../gpu/wesl.ts";
import type { Tensor } from "../../tensor/index.ts";
import type { Picked } from "./choose.ts";
import type {
  BandRow,
  BlockSpec,
  CompositeSpec,
  FieldSource,
  MixSpec,
  NeighbourhoodSpec,
  StatisticName,
  VolumeSpec,
} from "./kind-specs.ts";
import type { EstimatorSpec, OptionSpec, ParamSpec } from "./parameters.ts";
import type { Branches, Inner, Parts } from "./parts.ts";
import type { ProgramSpec } from "./program-spec.ts";
import type { Bernoulli, ParamValue } from "./values.ts";

export * from "./kind-specs.ts";
export * from "./parameters.ts";
export * from "./parts.ts";

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
  /** A window whose weights at t and at −t pixels are equal, and so are their derivatives: what they weigh is added up first. */
  symmetric?: boolean;
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
