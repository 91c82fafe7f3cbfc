import type { Tensor } from "../../tensor/index.ts";

/** A list of numbers, `[K]`; one per sample, `[N, K]`; or one per sample and channel, `[N, C, K]`: arrays, or a tensor. */
export type ListValue =
  | readonly number[]
  | Float32Array
  | Float64Array
  | readonly (readonly number[])[]
  | readonly (readonly (readonly number[])[])[]
  | Tensor;

/**
 * A bound of a distribution: a number, one number per component of a vector parameter, a tensor of shape [], [1] or [K]
 * (a `parameter` that learns), or a function that makes such a tensor anew for every draw, out of parameters.
 */
export type Bound = number | readonly number[] | Tensor | (() => Tensor);

/** `linear`: uniform in the value itself. `log`: uniform in its logarithm; all bounds are then positive. */
export type Scale = "linear" | "log";

/** Who shares a draw. */
export interface Sharing {
  /** Whether all components of a vector parameter share one draw. */
  readonly shared: boolean;
  /** Whether all samples of a batch share one draw. */
  readonly sameOnBatch: boolean;
}

/** Uniform between two bounds. */
export interface Uniform extends Sharing {
  /** Which distribution it is. */
  readonly distribution: "uniform";
  /** Lower bound. */
  readonly lo: Bound;
  /** Upper bound, itself never drawn unless rounding reaches it. */
  readonly hi: Bound;
  /** In what it is uniform. */
  readonly scale: Scale;
}

/** Uniform within `width` on either side of `centre`. */
export interface Around extends Sharing {
  /** Which distribution it is. */
  readonly distribution: "around";
  /** The middle. */
  readonly centre: Bound;
  /** How far it reaches to either side; in natural logarithms with `scale: "log"`. */
  readonly width: Bound;
  /** In what it is uniform. */
  readonly scale: Scale;
}

/** The bell curve. */
export interface Normal extends Sharing {
  /** Which distribution it is. */
  readonly distribution: "normal";
  /** The middle. */
  readonly mean: Bound;
  /** Standard deviation. */
  readonly std: Bound;
  /** How its gradient reaches what learns. */
  readonly estimator: PathwiseEstimator;
}

/** The bell curve, cut off at both ends. */
export interface TruncatedNormal extends Sharing {
  /** Which distribution it is. */
  readonly distribution: "truncatedNormal";
  /** The middle of the whole curve. */
  readonly mean: Bound;
  /** Standard deviation of the whole curve. */
  readonly std: Bound;
  /** The least value. */
  readonly lo: Bound;
  /** The largest value. */
  readonly hi: Bound;
  /** How its gradient reaches what learns. */
  readonly estimator: PathwiseEstimator;
}

/** Between 0 and 1, with density in proportion to xᵃ⁻¹ (1 − x)ᵇ⁻¹. */
export interface Beta extends Sharing {
  /** Which distribution it is. */
  readonly distribution: "beta";
  /** The larger, the further from 0. */
  readonly a: Bound;
  /** The larger, the further from 1. */
  readonly b: Bound;
  /** How its gradient reaches what learns. */
  readonly estimator: PathwiseEstimator;
}

/** How the gradient reaches the bounds of a value: by the value itself, or by the probability that `pipeline.logProb` gives. */
export type PathwiseEstimator = "pathwise" | "scoreFunction";

/**
 * How it passes the jump of a value among several: as if there were none; by values between, in the place of the jump; or by the
 * probability that `pipeline.logProb` gives.
 */
export type Estimator = "straightThrough" | "relaxed" | "scoreFunction";

/** One with probability `p`, else zero. */
export interface Bernoulli extends Sharing {
  /** Which distribution it is. */
  readonly distribution: "bernoulli";
  /** Probability of a one. */
  readonly p: Bound;
  /** How its gradient passes the jump, where `p` learns. */
  readonly estimator: Estimator;
  /** Temperature of the relaxed coin: towards 0 the coin becomes hard, and its gradient noisier. */
  readonly temperature: number;
}

/** Whole numbers, each as likely. */
export interface Integers extends Sharing {
  /** Which distribution it is. */
  readonly distribution: "integers";
  /** The least. */
  readonly lo: Bound;
  /** The largest, itself drawn. */
  readonly hi: Bound;
  /** How its gradient passes the jumps, where a bound learns. */
  readonly estimator: Estimator;
  /** Temperature of relaxed values: towards 0 they become whole, and their gradient noisier. */
  readonly temperature: number;
}

/** One of the values listed. */
export interface ValueChoice extends Sharing {
  /** Which distribution it is. */
  readonly distribution: "choice";
  /** Numbers, or rows of a vector parameter, of which one is drawn whole; a tensor `[K]`, or a function that makes one, of values that learn. */
  readonly values: readonly number[] | readonly (readonly number[])[] | Tensor | (() => Tensor);
  /** How likely each is, in proportion to their sum; all alike where there are none. */
  readonly weights?: Bound;
  /** How its gradient reaches what learns. */
  readonly estimator: Estimator;
  /** Temperature of relaxed values: towards 0 they become those listed, and their gradient noisier. */
  readonly temperature: number;
}

/** The number of a weight, from 0. */
export interface Categorical extends Sharing {
  /** Which distribution it is. */
  readonly distribution: "categorical";
  /** How likely each is, in proportion to their sum. */
  readonly weights: Bound;
  /** How its gradient reaches what learns. */
  readonly estimator: Estimator;
  /** Temperature of relaxed values: towards 0 they become those listed, and their gradient noisier. */
  readonly temperature: number;
}

/** Always the same. */
export interface Constant extends Sharing {
  /** Which distribution it is. */
  readonly distribution: "constant";
  /** The value. */
  readonly value: number;
}

/** An order of a parameter's values: the whole numbers from 0 on, each once. */
export interface Permutation extends Sharing {
  /** Which distribution it is. */
  readonly distribution: "permutation";
  /** Values of an order are never one draw. */
  readonly shared: false;
}

/** 1 for some of a parameter's values, 0 for the others. */
export interface Subset extends Sharing {
  /** Which distribution it is. */
  readonly distribution: "subset";
  /** How many values are 1. */
  readonly count: number;
  /** Values of a choice are never one draw. */
  readonly shared: false;
}

/** Another sample of the batch for each. */
export interface Partners extends Sharing {
  /** Which distribution it is. */
  readonly distribution: "partners";
  /** Several partners of a sample are never one draw. */
  readonly shared: false;
  /** Nor are those of several samples. */
  readonly sameOnBatch: false;
}

/** What is drawn of one uniform number for each value. */
export type Primitive =
  | Uniform
  | Around
  | Normal
  | TruncatedNormal
  | Beta
  | Bernoulli
  | Integers
  | ValueChoice
  | Categorical
  | Constant
  | Permutation
  | Subset
  | Partners;

/** The sum of a random value and a number or another random value. */
export interface Plus {
  /** Which distribution it is. */
  readonly distribution: "plus";
  /** The first summand. */
  readonly of: Distribution;
  /** The second. */
  readonly by: Distribution | Bound;
}

/** The product of a random value and a number or another random value. */
export interface Times {
  /** Which distribution it is. */
  readonly distribution: "times";
  /** The first factor. */
  readonly of: Distribution;
  /** The second. */
  readonly by: Distribution | Bound;
}

/** A random value, moved to the nearer end where it lies beyond. */
export interface ClippedValue {
  /** Which distribution it is. */
  readonly distribution: "clipped";
  /** What is clipped. */
  readonly of: Distribution;
  /** The least value. */
  readonly lo: Bound;
  /** The largest value. */
  readonly hi: Bound;
}

/** What is computed of other random values. */
export type Compound = Plus | Times | ClippedValue;

/** A random value: `augment/` makes and draws it, a transform only carries it. */
export type Distribution = Primitive | Compound;

/** What a parameter may be: one number, one per sample (or per channel), a row per sample, a tensor, or a distribution. */
export type ParamValue =
  | number
  | readonly number[]
  | Float32Array
  | Float64Array
  | readonly (readonly number[])[]
  | Tensor
  | Distribution;
