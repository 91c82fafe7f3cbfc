import {
  choice,
  type Distribution,
  type MixtureOf,
  mixture,
  oneOf,
  sometimes,
  type Tree,
  times,
  uniform,
} from "../augment/index.ts";
import { checkedLater, number, readOptions } from "../gpu/index.ts";
import { OPERATION_NAMES, type OperationName, operationOf, type Value } from "./operations.ts";
import { checkOperations, lookOf, POLICY_OPTIONS, type PolicyOptions } from "./policies.ts";
import { oddPolynomial } from "./series.ts";

/** Options of {@link AugMix}. */
export interface AugMixOptions extends PolicyOptions {
  /** How many chains are mixed, 1 to 20; 3 unless given. */
  width?: number;
  /** Operations of a chain, 1 to 20; 1, 2 or 3, drawn for each image and chain, unless given. */
  depth?: number;
  /** Concentration of the weights, 0.01 to 1000; 1 unless given, which makes all weights as likely. */
  alpha?: number;
  /** The highest level of magnitudes, in tenths of the strongest, above 0.1 and up to 10; 3 unless given, as for CIFAR. For ImageNet the authors take 1. */
  severity?: number;
  /** What chains draw from; the paper's 9 unless given, which are none of ImageNet-C's corruptions. */
  operations?: readonly OperationName[];
}

/** What ImageNet-C has as corruptions, what the papers leave out, and what does nothing. */
const APART: readonly OperationName[] = ["brightness", "color", "contrast", "sharpness", "invert", "identity"];
const NINE = OPERATION_NAMES.filter((name) => !APART.includes(name));

/** The least level; the highest is `severity`, and 10 is the strongest magnitude. */
const LEAST = 0.1;

/** From the least to the largest magnitude, as parts of the strongest. */
type Parts = readonly [least: number, most: number];

const between = ([least, most]: Parts, strongest: number, from = 0): Distribution =>
  uniform(from + least * strongest, from + most * strongest);
const eitherWay = (of: Distribution): Distribution => times(choice([-1, 1]), of);

/** Magnitudes that the authors' code cuts off to whole numbers, each with its probability, as the values that they stand for. */
function whole([least, most]: Parts, strongest: number, valuesOf: (magnitude: number) => readonly number[]): Value {
  const first = Math.floor(least * strongest);
  const drawn = Array.from({ length: Math.ceil(most * strongest) - first }, (_, i) => {
    const [from, to] = [(first + i) / strongest, (first + i + 1) / strongest];
    const values = valuesOf(first + i);
    return values.map((value): [number, number] => [
      value,
      (Math.min(to, most) - Math.max(from, least)) / values.length,
    ]);
  }).flat();
  const values = drawn.map(([value]) => value);
  return values.length === 1 ? values[0] : choice(values, { weights: drawn.map(([, weight]) => weight) });
}

/** The angle of a slope in degrees: the arctangent's series, which for slopes of up to 0.3 is exact to f32. */
const ARCTANGENT = Array.from({ length: 8 }, (_, k) => ((k % 2 ? -1 : 1) / (2 * k + 1)) * (180 / Math.PI));
const slope = (parts: Parts): Distribution => oddPolynomial(eitherWay(between(parts, 0.3)), ARCTANGENT);

const shift = (parts: Parts): Distribution => eitherWay(between(parts, 1 / 3));
const factor = (parts: Parts): Distribution => between(parts, 1.8, 0.1);
const nothing = (): number => 0;

/** The value of each operation's parameter, as the authors' code draws it; shifts are in parts of the image, and not whole pixels. */
const MAGNITUDES: Readonly<Record<OperationName, (parts: Parts) => Value>> = {
  identity: nothing,
  shearX: slope,
  shearY: slope,
  translateX: shift,
  translateY: shift,
  rotate: (parts) => whole(parts, 30, (angle) => (angle === 0 ? [0] : [-angle, angle])),
  brightness: factor,
  color: factor,
  contrast: factor,
  sharpness: factor,
  posterize: (parts) => whole(parts, 4, (dropped) => [4 - dropped]),
  // What is at the threshold is inverted, and pixels are whole numbers up to 255.
  solarize: (parts) => whole(parts, 256, (below) => [(256 - below) / 255]),
  autoContrast: nothing,
  equalize: nothing,
  invert: nothing,
};

/**
 * AugMix (Hendrycks et al. 2020): each image becomes a mean of itself and of `width` chains of operations, each on the image as it was, with
 * weights of Dirichlet's and of the beta distribution. Operations are drawn for each image and place, as likely, each at a level that is
 * uniform from 0.1 to `severity`. A combinator, for `sequential`.
 *
 * Magnitudes are those of the authors' code, of which level 10 is the strongest: turns of 30 degrees, cut off to whole ones; slopes of 0.3;
 * shifts of a third of the image, there in whole pixels; 4 bits, of which one is left at level 7.5; thresholds from 256 down to 0; factors of
 * brightness, colour, contrast and sharpness from 0.1 to 1.9. Turns, slopes and shifts go either way.
 *
 * The loss of consistency that the paper adds is the user's: two calls with different steps make two versions of a batch.
 * @throws ArgumentError for numbers out of their range and for unknown operations
 */
export function AugMix(options?: AugMixOptions): MixtureOf {
  const some = number({ least: 1, most: 20, whole: true });
  const read = readOptions<AugMixOptions>("AugMix", options, {
    ...POLICY_OPTIONS,
    width: some,
    depth: some,
    alpha: number({ least: 0.01, most: 1000 }),
    severity: number({ above: LEAST, most: 10 }),
    operations: checkedLater,
  });
  const { width = 3, depth, alpha = 1, severity = 3 } = read;
  const names = read.operations === undefined ? NINE : checkOperations(read.operations);
  const parts: Parts = [LEAST / 10, severity / 10];
  const setting = { ...lookOf(read), relative: true };
  const one = (): Tree => oneOf(names.map((name) => operationOf(name, MAGNITUDES[name](parts), setting) ?? []));
  // A second one for two images of three, and a third one for half of these: each depth is as likely.
  const drawn = (): Tree => [one(), sometimes(2 / 3, [one(), sometimes(1 / 2, one())])];
  const chain = (): Tree => (depth === undefined ? drawn() : Array.from({ length: depth }, one));
  return mixture(Array.from({ length: width }, chain), { alpha });
}
