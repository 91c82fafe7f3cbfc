import { type MixtureOf, mixture, oneOf, sometimes, type Tree } from "../augment/index.ts";
import { checkedLater, number, readOptions } from "../gpu/index.ts";
import { OPERATION_NAMES, type OperationName, operation, type Space, STANDARD } from "./operations.ts";
import { checkOperations, lookOf, POLICY_OPTIONS, type PolicyOptions } from "./policies.ts";

/** Options of {@link AugMix}. */
export interface AugMixOptions extends PolicyOptions {
  /** How many chains are mixed, 1 to 20; 3 unless given. */
  width?: number;
  /** Operations of a chain, 1 to 20; 1, 2 or 3, drawn for each image and chain, unless given. */
  depth?: number;
  /** Concentration of the weights, 0.01 to 1000; 1 unless given, which makes all weights as likely. */
  alpha?: number;
  /** The strongest magnitude, in tenths of AutoAugment's, above 0.1 and up to 10; 3 unless given. */
  severity?: number;
  /** What chains draw from; the paper's 9 unless given, which are none of ImageNet-C's corruptions. */
  operations?: readonly OperationName[];
}

/** AutoAugment's magnitudes, and shifts of up to a third. */
const SPACE: Space = { ...STANDARD, strongest: { ...STANDARD.strongest, translateX: 1 / 3, translateY: 1 / 3 } };

/** What ImageNet-C has as corruptions, what the papers leave out, and what does nothing. */
const APART: readonly OperationName[] = ["brightness", "color", "contrast", "sharpness", "invert", "identity"];
const NINE = OPERATION_NAMES.filter((name) => !APART.includes(name));

/** The least magnitude, in tenths of the strongest. */
const LEAST = 0.1;
/** Magnitudes of an operation. */
const LEVELS = 31;

/**
 * AugMix (Hendrycks et al. 2020): each image becomes a mean of itself and of `width` chains of operations, each on the image as it was, with
 * weights of Dirichlet's and of the beta distribution. Operations are drawn for each image and place, as likely, at one of 31 magnitudes from
 * a hundredth to `severity` tenths of AutoAugment's strongest, shifts of up to a third of the image. A combinator, for `sequential`.
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
  const levels = Array.from({ length: LEVELS }, (_, i) => (LEAST + ((severity - LEAST) * i) / (LEVELS - 1)) / 10);
  const one = (): Tree => oneOf(names.map((name) => operation(name, SPACE, levels, lookOf(read)) ?? []));
  // A second one for two images of three, and a third one for half of these: each depth is as likely.
  const drawn = (): Tree => [one(), sometimes(2 / 3, [one(), sometimes(1 / 2, one())])];
  const chain = (): Tree => (depth === undefined ? drawn() : Array.from({ length: depth }, one));
  return mixture(Array.from({ length: width }, chain), { alpha });
}
