import { choice, type Distribution } from "../augment/index.ts";
import type { Tensor } from "../tensor/index.ts";
import {
  autocontrast,
  brightness,
  contrastAboutMean,
  equalize,
  invert,
  posterize,
  rotate,
  saturation,
  sharpness,
  shear,
  solarize,
  type Transform,
  translate,
} from "../transforms/index.ts";

/** An operation of a policy, by its name in the papers. */
export type OperationName =
  | "identity"
  | "shearX"
  | "shearY"
  | "translateX"
  | "translateY"
  | "rotate"
  | "brightness"
  | "color"
  | "contrast"
  | "sharpness"
  | "posterize"
  | "solarize"
  | "autoContrast"
  | "equalize"
  | "invert";

/** The value of an operation's parameter: a number, one that is drawn for each sample, or a tensor of one for each. */
export type Value = number | Distribution | Tensor;

/** How operations that move pixels look at the image. */
export interface Look {
  readonly interpolation: "nearest" | "bilinear" | "bicubic";
  readonly fill: number;
}

/** What is beside the value. */
export interface Setting extends Look {
  /** Whether shifts are in parts of the image. */
  readonly relative: boolean;
}

/** Maps that show zeros beyond the image are one; those with a fill are not. */
const looking = ({ interpolation, fill }: Look) =>
  fill === 0 ? { interpolation } : { interpolation, padding: "fill" as const, fill };
const shifting = ({ relative, ...look }: Setting) => ({ relative, ...looking(look) });

// The papers shear about the upper left corner, and their magnitude is the slope of what was upright.
const CORNER = { centerX: 0, centerY: 0 };
const degrees = (slope: number): number => (Math.atan(slope) * 180) / Math.PI;

/** An operation: the transform of a value; and of a magnitude, the value. */
interface Operation {
  /** The parameter's value of a magnitude; left out where there is none. */
  readonly value?: (magnitude: number) => number;
  /** Whether its parameter has no gradient. */
  readonly fixed?: boolean;
  /** Null for the one that keeps the image. */
  make(value: Value, setting: Setting): Transform | null;
}

const factor = (magnitude: number): number => 1 + magnitude;
const itself = (magnitude: number): number => magnitude;

/** What policies are made of, under the names of the papers. */
const OPERATIONS: Readonly<Record<OperationName, Operation>> = {
  identity: { make: () => null },
  shearX: { value: degrees, make: (x, look) => shear({ x, ...CORNER, ...looking(look) }) },
  shearY: { value: degrees, make: (y, look) => shear({ y, ...CORNER, ...looking(look) }) },
  translateX: { value: itself, make: (x, setting) => translate({ x, ...shifting(setting) }) },
  translateY: { value: itself, make: (y, setting) => translate({ y, ...shifting(setting) }) },
  rotate: { value: itself, make: (angle, look) => rotate({ angle, ...looking(look) }) },
  brightness: { value: factor, make: (factor) => brightness({ factor }) },
  color: { value: factor, make: (factor) => saturation({ factor }) },
  contrast: { value: factor, make: (factor) => contrastAboutMean({ factor }) },
  sharpness: { value: factor, make: (factor) => sharpness({ factor }) },
  posterize: { value: (dropped) => 8 - Math.round(dropped), fixed: true, make: (bits) => posterize({ bits }) },
  solarize: { value: (share) => 1 - share, make: (threshold) => solarize({ threshold }) },
  autoContrast: { make: () => autocontrast() },
  equalize: { make: () => equalize() },
  invert: { make: () => invert() },
};

/** All of them. */
export const OPERATION_NAMES = Object.keys(OPERATIONS) as OperationName[];

/** How strong the operations of a policy are. */
export interface Space {
  /** Magnitudes at the strongest level; at the weakest they are 0. What is not named has none. */
  readonly strongest: { readonly [Name in OperationName]?: number };
  /** Whether shifts are in parts of the image, and not in pixels. */
  readonly relative: boolean;
}

/** Operations that act either way: their magnitude gets a sign, drawn for each sample. */
const SIGNED: ReadonlySet<OperationName> = new Set<OperationName>([
  "shearX",
  "shearY",
  "translateX",
  "translateY",
  "rotate",
  "brightness",
  "color",
  "contrast",
  "sharpness",
]);

/** Factors of 1 ± magnitude. */
const factors = (most: number) => ({ brightness: most, color: most, contrast: most, sharpness: most });

/**
 * The magnitudes of Cubuk et al., "AutoAugment" (2019) and "RandAugment" (2020): slopes of 0.3, 150 of 331 pixels, degrees, factors of
 * 1 ± 0.9, bits that are dropped, how far below white the threshold lies.
 */
export const STANDARD: Space = {
  strongest: {
    ...{ shearX: 0.3, shearY: 0.3, translateX: 150 / 331, translateY: 150 / 331, rotate: 30 },
    ...factors(0.9),
    ...{ posterize: 4, solarize: 1 },
  },
  relative: true,
};

/** The wide magnitudes of Müller and Hutter, "TrivialAugment" (2021): shifts are of 32 pixels, whatever the size. */
export const WIDE: Space = {
  strongest: {
    ...{ shearX: 0.99, shearY: 0.99, translateX: 32, translateY: 32, rotate: 135 },
    ...factors(0.99),
    ...{ posterize: 6, solarize: 1 },
  },
  relative: false,
};

/** The levels from 0 to 1 that papers number from 0 to `count` − 1. */
export const levelsOf = (count: number): number[] => Array.from({ length: count }, (_, i) => i / (count - 1));

/**
 * The transform of an operation whose level is one of `levels`, from 0 to 1, and whose sign either of two: each as likely, drawn for each
 * sample. Null for what keeps the image.
 */
export function operation(name: OperationName, space: Space, levels: readonly number[], look: Look): Transform | null {
  const { make, value = itself }: Operation = OPERATIONS[name];
  const strongest = space.strongest[name] ?? 0;
  const magnitudes = levels.map((level) => level * strongest);
  // Both signs of nothing, too: so all levels are as likely.
  const values = magnitudes.flatMap((m) => (SIGNED.has(name) ? [-m, m] : [m])).map(value);
  const drawn = new Set(values).size === 1 ? values[0] : choice(values);
  return make(drawn, { ...look, relative: space.relative });
}

/** The transform of an operation whose parameter has this value; of one that has no parameter, whatever it is. Null for what keeps the image. */
export const operationOf = (name: OperationName, value: Value, setting: Setting): Transform | null =>
  OPERATIONS[name].make(value, setting);

/** An operation whose magnitude is a share of its strongest, 0 to 1: the parameter's value is `base` ± `span` times the share. */
export interface Scaled {
  readonly base: number;
  readonly span: number;
  /** Whether a sign is drawn. */
  readonly signed: boolean;
  /** Whether the share changes the image, and has a gradient. */
  readonly learns: boolean;
  /** Null for what keeps the image. */
  make(value: Value): Transform | null;
}

/** {@link Scaled} of an operation. Where the magnitude has no gradient, it is half of the strongest. */
export function scaled(name: OperationName, space: Space, look: Look): Scaled {
  const { make, value = itself, fixed = false }: Operation = OPERATIONS[name];
  const strongest = space.strongest[name] ?? 0;
  const learns = strongest > 0 && !fixed;
  const base = value(learns ? 0 : strongest / 2);
  return {
    base,
    span: learns ? value(strongest) - base : 0,
    signed: SIGNED.has(name),
    learns,
    make: (given) => make(given, { ...look, relative: space.relative }),
  };
}
