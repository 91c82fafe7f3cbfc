import {
  bernoulli,
  choice,
  clipped,
  type Distribution,
  normal,
  plus,
  type SmoothOptions,
  type Tree,
  times,
  truncatedNormal,
  uniform,
} from "../augment/index.ts";
import { ArgumentError, check, checkedLater, describe, number, oneOf, readOptions } from "../gpu/index.ts";
import {
  brightnessShift,
  colorMatrix,
  contrast,
  eraseArea,
  frequencyBands,
  gaussianNoise,
  horizontalFlip,
  rotate,
  scale,
  translate,
} from "../transforms/index.ts";
import { oddPolynomial, polynomial } from "./series.ts";

/** Groups of the augmentations of {@link ada}, in the order in which they run. */
export type AdaGroup = "blit" | "geometry" | "color" | "filter" | "noise" | "cutout";

/** The sets that the paper compares, by their names there: single groups, and those from the first on, by their initials. */
export type AdaPreset =
  | "blit"
  | "geom"
  | "color"
  | "filter"
  | "noise"
  | "cutout"
  | "bg"
  | "bgc"
  | "bgcf"
  | "bgcfn"
  | "bgcfnc";

/** Options of {@link ada}. */
export interface AdaOptions {
  /** Probability of each augmentation, 0 to 1. */
  p: number;
  /** What is done, by the paper's name of a set or as a list of groups; `bgc` unless given, which the paper found best. */
  groups?: AdaPreset | readonly AdaGroup[];
}

const SHARE = number({ least: 0, most: 1 });

const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));
/** Terms of the series of eˣ: enough for f32 where |x| is at most 5.42 ln 2. */
const EXPONENTIAL = Array.from({ length: 25 }, (_, k) => 1 / factorial(k));
/** Terms of those of cosine and sine, as powers of x²: enough for f32 up to half a turn. */
const [COSINE, SINE] = [0, 1].map((odd) =>
  Array.from({ length: 12 }, (_, k) => (k % 2 ? -1 : 1) / factorial(2 * k + odd)),
);

/** e to the power of a random value; `least` and `most` are where it may lie. */
const exponential = (of: Distribution, least: number, most: number): Distribution =>
  clipped(polynomial(of, EXPONENTIAL), least, most);

/** 2 to the power of a normal number, or of one times `by`: no draw lies further than 5.42 deviations from the middle. */
function logNormal(deviation: number, options?: SmoothOptions, by?: Distribution): Distribution {
  const drawn = normal(0, deviation * Math.LN2, options);
  return exponential(by ? times(drawn, by) : drawn, 2 ** (-6 * deviation), 2 ** (6 * deviation));
}

/** What a matrix keeps of the brightness axis (1, 1, 1) / √3, and of what is across it. */
const ALONG = new Array<number>(9).fill(1 / 3);
const ACROSS = ALONG.map((each, i) => (i % 4 === 0 ? 1 : 0) - each);
/** The cross product with that axis. */
const TURN = [0, -1, 1, 1, 0, -1, -1, 1, 0].map((each) => each / Math.sqrt(3));

/** Turns the hue by an angle that is uniform over all. */
function turned(): Distribution {
  const angle = uniform(-Math.PI, Math.PI, { shared: true });
  const cosine = polynomial(times(angle, angle), COSINE);
  return plus(plus(times(cosine, ACROSS), times(oddPolynomial(angle, SINE), TURN)), ALONG);
}

/** Mirrors brightness at the middle of 0..1, and keeps colours. */
const FLIPPED = ACROSS.map((each, i) => each - ALONG[i]);

const padding = "reflection" as const;

/** The augmentations of each group, in the order of the paper. Its images lie in −1..1, so that half of its amounts are right here. */
const GROUPS: { readonly [G in AdaGroup]: (p: number) => Tree[] } = {
  // Each side is as likely as being left alone, as is each of four quarter turns.
  blit: (p) => [
    horizontalFlip({ p: p / 2 }),
    rotate({ angle: choice([0, 90, 180, 270]), padding, p }),
    translate({ x: uniform(-0.125, 0.125), y: uniform(-0.125, 0.125), relative: true, padding, p }),
  ],
  geometry(p) {
    // One rotation before and one behind, so that either comes with a probability of p.
    const turn = () => rotate({ angle: uniform(-180, 180), padding, p: 1 - Math.sqrt(1 - p) });
    const size = logNormal(0.2);
    const wide = normal(0, 0.2 * Math.LN2);
    const [least, most] = [2 ** (-6 * 0.2), 2 ** (6 * 0.2)];
    return [
      scale({ x: size, y: size, padding, p }),
      turn(),
      scale({ x: exponential(wide, least, most), y: exponential(times(wide, -1), least, most), padding, p }),
      turn(),
      translate({ x: normal(0, 0.125), y: normal(0, 0.125), relative: true, padding, p }),
    ];
  },
  color: (p) => [
    brightnessShift({ shift: normal(0, 0.1), clip: false, p }),
    contrast({ factor: logNormal(0.5), clip: false, p }),
    colorMatrix({ matrix: FLIPPED, offset: [1, 1, 1], p: p / 2 }),
    colorMatrix({ matrix: turned(), p }),
    colorMatrix({ matrix: plus(times(logNormal(1, { shared: true }), ACROSS), ALONG), p }),
  ],
  // Each band has a coin of its own.
  filter: (p) => [frequencyBands({ gains: logNormal(1, {}, bernoulli(p)), normalized: true })],
  noise: (p) => [gaussianNoise({ std: truncatedNormal(0, 0.05, 0, 0.3), p })],
  // Half as wide and as high as the image, about a centre that is anywhere in it, and grey.
  cutout: (p) => [eraseArea({ area: 0.25, x: uniform(-0.5, 1.5), y: uniform(-0.5, 1.5), value: 0.5, p })],
};

const NAMES = Object.keys(GROUPS) as AdaGroup[];
const GROUP = oneOf(...NAMES);

const PRESETS: Readonly<Record<AdaPreset, readonly AdaGroup[]>> = {
  ...{ blit: ["blit"], geom: ["geometry"], color: ["color"], filter: ["filter"], noise: ["noise"], cutout: ["cutout"] },
  ...{
    bg: NAMES.slice(0, 2),
    bgc: NAMES.slice(0, 3),
    bgcf: NAMES.slice(0, 4),
    bgcfn: NAMES.slice(0, 5),
    bgcfnc: NAMES,
  },
};

/**
 * The augmentations of "Training Generative Adversarial Networks with Limited Data" (Karras et al. 2020), each with a probability of p: for
 * what a discriminator sees, real images and generated ones, whose gradients pass through. A list for `sequential`, for images of three
 * channels, 0..1 or beyond, as nothing is clipped. A new p makes a new list, whose kernels are those of the old one.
 *
 * All moves are one map, with one interpolation, where the authors' code enlarges the image twice before: shifts of the group `blit` are not
 * whole pixels. `filter` costs its six passes whatever is drawn. `cutout` is a square of a quarter of the image, with smooth edges.
 * @throws ArgumentError for a p outside of 0..1, and for unknown groups
 */
export function ada(options: AdaOptions): Tree[] {
  const { p, groups = "bgc" } = readOptions<AdaOptions>("ada", options, { p: SHARE, groups: checkedLater });
  check("p", p, SHARE);
  const wanted = groupsOf(groups);
  // In the order of the paper, whatever the order given.
  return NAMES.filter((group) => wanted.includes(group)).flatMap((group) => GROUPS[group](p));
}

function groupsOf(groups: unknown): readonly AdaGroup[] {
  if (typeof groups === "string" && Object.hasOwn(PRESETS, groups)) return PRESETS[groups as AdaPreset];
  if (!Array.isArray(groups)) {
    const allowed = `${Object.keys(PRESETS).join(", ")}, or an array of ${GROUP.allowed}`;
    throw new ArgumentError("groups", describe(groups), allowed);
  }
  return Array.from(groups, (group, i) => check(`groups[${i}]`, group, GROUP) as AdaGroup);
}

/** Options of {@link adaptP}. */
export interface AdaptOptions {
  /** The share of signs, −1 to 1, that p is to keep; 0.6 unless given, as in the paper. */
  target?: number;
  /** Images after which p would go from 0 to 1; 500,000 unless given. */
  images?: number;
  /** The largest p, 0 to 1; 1 unless given. Kornia has 0.8. */
  most?: number;
  /** Images that were shown since p was last adapted; as many as there are outputs unless given. */
  shown?: number;
}

/**
 * The next p of {@link ada}: r, the mean of the signs of what the discriminator says of real images, is near 1 where it overfits. Where r lies
 * above `target`, p grows by shown / images; below, it falls. A pure function: p is a number of the caller's, kept from step to step.
 * @param p now, 0 to 1
 * @param outputs of the discriminator for real images, positive where it takes them for real: as numbers, read every few steps
 * @throws ArgumentError for numbers out of their ranges, NaN among them, and for no outputs
 */
export function adaptP(p: number, outputs: ArrayLike<number>, options?: AdaptOptions): number {
  const some = number({ above: 0 });
  const rules = { target: number({ least: -1, most: 1 }), images: some, most: SHARE, shown: some };
  const read = readOptions<AdaptOptions>("adaptP", options, rules);
  check("p", p, SHARE);
  if (!(Array.isArray(outputs) || ArrayBuffer.isView(outputs)) || outputs.length === 0)
    throw new ArgumentError("outputs", describe(outputs), "an array of at least one number");
  const signs = Array.from(outputs, (output, i) => {
    if (typeof output !== "number" || Number.isNaN(output))
      throw new ArgumentError(`outputs[${i}]`, describe(output), "a number");
    return Math.sign(output);
  });
  const { target = 0.6, images = 500_000, most = 1, shown = signs.length } = read;
  const mean = signs.reduce((sum, sign) => sum + sign, 0) / signs.length;
  return Math.min(most, Math.max(0, p + (Math.sign(mean - target) * shown) / images));
}
