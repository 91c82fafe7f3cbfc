import { flag, oneOf } from "../../gpu/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import type { Bound, Compound, Distribution, PathwiseEstimator, Primitive, Sharing } from "../../transforms/index.ts";
import type { ParamSpec } from "../../transforms/language/declare.ts";
import { printable, showValue } from "../../transforms/language/show.ts";
import { HALF } from "./quantile.ts";

/**
 * Options of every distribution. A distribution is a random variable: where one object is given to several parameters of a
 * transform, they get the same draw (`scale({ x: s, y: s })` keeps the aspect); two objects are drawn apart.
 */
export interface DistributionOptions {
  /** One draw per sample for all components of a vector parameter, instead of one each. */
  shared?: boolean;
  /** One draw for all samples of a batch, that of sample 0, instead of one each. It does not depend on the batch's size. */
  sameOnBatch?: boolean;
}

/** The rules of {@link DistributionOptions}. */
export const SHARING = { shared: flag, sameOnBatch: flag };

/** Who shares a draw, by the options read. */
export const sharing = ({ shared = false, sameOnBatch = false }: DistributionOptions): Sharing => ({
  shared,
  sameOnBatch,
});

/** Options of distributions whose values follow their bounds smoothly. */
export interface SmoothOptions extends DistributionOptions {
  /**
   * How the gradient reaches bounds that learn: `pathwise`, by the value, unless given; `scoreFunction`, by `pipeline.logProb` alone,
   * for losses that have no gradient in the value.
   */
  estimator?: PathwiseEstimator;
}

/** The rules of {@link SmoothOptions}. */
export const SMOOTH = { ...SHARING, estimator: oneOf("pathwise", "scoreFunction") };

/** Gives the value of component k for a uniform number u, in f32. For distributions whose bounds are numbers. */
export type Value = (u: number, k: number) => number;

/** What a draw on the GPU is made with. What is made here is kept until the draw is disposed of. */
export interface GpuTools {
  /** A uniform number per sample and component. */
  readonly units: Float32Array;
  /** A tensor of a number per sample and component. */
  upload(values: Float32Array): Tensor;
  /** A bound: a number, or its tensor. */
  bound(name: string, value: Bound): Tensor | number;
  /** A bound that is a list of its own, [length]; of any length where that is known with the tensor only. */
  list(name: string, value: Bound, length?: number): Tensor;
  /** Notes a tensor as made here. */
  keep(value: Tensor): Tensor;
}

/** What a distribution looks like in code. */
export interface Text {
  readonly given: readonly unknown[];
  /** Options that differ from their defaults, those of {@link SHARING} aside. */
  readonly options: readonly string[];
  /** What goes without saying. */
  readonly implied?: readonly (keyof Sharing)[];
}

/** A bound by name; one that is a list of its own says its length, others have a value for each component. */
export type Named = [name: string, bound: Bound, length?: number];

/** From the least to the largest value. */
export type Interval = readonly [number, number];

/** How values that depend on each other are made of independent ones. */
export interface Joint<D extends Primitive> {
  /** Which values they are: those of a sample, or a component's of all samples of a batch. */
  readonly among: "components" | "samples";
  /** Makes the values, in the place of numbers that {@link Family.value} gave. */
  settle(of: D, list: number[]): void;
  /** Whether a parameter may be drawn so; others are refused. */
  fits(spec: ParamSpec): boolean;
  /** The parameters that may be, in words. */
  readonly allowed: string;
}

/** What there is to know about a kind of distribution that is drawn of one uniform number for each value. */
export interface Family<D extends Primitive> {
  /** The bounds by name. */
  bounds(of: D): Named[];
  /** How many components it is made for, by what says so; the bounds, unless given. */
  widths?(of: D): [string, number][];
  /** Where values of component k lie: one interval, or several. NaN, which no comparison refuses, where a bound lives on the GPU. */
  support(of: D, k: number): readonly Interval[];
  /** The draw on the processor. Bounds are read once; a value never leaves its range by rounding. */
  value(of: D, components: number): Value;
  /** The same for whole numbers; {@link rounded} where each need not be as likely. */
  whole(of: D, components: number): Value;
  /** Whether component k can be a whole number. */
  hasWhole(of: D, k: number): boolean;
  /** The draw on the GPU, whose gradient reaches the bounds. */
  draw(of: D, tools: GpuTools): Tensor;
  /**
   * The logarithm of the probability, or of the density, of what `units` draw, [n] or [n, components]; its gradient reaches the bounds,
   * and what was drawn stays what it is. Left out where there is no estimator that needs it.
   */
  logProb?(of: D, tools: GpuTools): Tensor;
  /** The call that makes it. */
  text(of: D): Text;
  /** Left out where every value is drawn by itself. */
  readonly joint?: Joint<D>;
}

/** Gives the value of component k for a uniform number of each source, in the order of the sources. */
export type Evaluation = (units: ArrayLike<number>, k: number) => number;

/** What there is to know about a way to compute a distribution of others, its parts. */
export interface Combination<C extends Compound> {
  /** The bounds by name, those of the parts aside. */
  bounds(of: C): Named[];
  /** The parts by name, in the order in which the rules below get them. */
  parts(of: C): readonly (readonly [name: string, part: Distribution])[];
  /** Where values of component k lie, where those of the parts do. */
  support(of: C, k: number, parts: readonly (readonly Interval[])[]): readonly Interval[];
  /** The value of component k, in f32, from those of the parts. */
  value(of: C, components: number): (parts: readonly number[], k: number) => number;
  /** The same on the GPU. */
  draw(of: C, parts: readonly Tensor[], tools: Pick<GpuTools, "bound" | "keep">): Tensor;
  /** What is given in the call that makes it. */
  given(of: C): readonly unknown[];
}

/** Whole numbers of a family that has no way of its own: its values, rounded. There always is one. */
export const rounded = <D extends Primitive>(value: Family<D>["value"]): Pick<Family<D>, "whole" | "hasWhole"> => ({
  whole(of, components) {
    const draw = value(of, components);
    return (u, k) => Math.round(draw(u, k));
  },
  hasWhole: () => true,
});

/** The draw on the GPU of a family without bounds that learn: there is none. */
export const NEVER_LEARNED = {
  draw(): never {
    throw new Error("A distribution that does not learn is drawn on the processor.");
  },
};

/** A distribution is a frozen value, which prints as the call that made it: `uniform(-30, 30, { scale: "log" })`. */
export const made = <D extends Primitive>(family: Family<D>, distribution: D): D =>
  Object.freeze(printable(distribution, () => textOf(distribution, family.text(distribution))));

/** The same of what is computed of others. */
export const combined = <C extends Compound>(rules: Combination<C>, compound: C): C =>
  Object.freeze(printable(compound, () => textOf(compound, { given: rules.given(compound), options: [] })));

/** What differs from the defaults is there. */
function textOf(of: Distribution, { given, options, implied }: Text): string {
  const names = (Object.keys(SHARING) as (keyof Sharing)[]).filter((name) => !implied?.includes(name));
  const all = [...options, ...names.filter((name) => name in of && of[name as never]).map((name) => `${name}: true`)];
  const settings = all.length ? [`{ ${all.join(", ")} }`] : [];
  return `${of.distribution}(${[...given.map(showValue), ...settings].join(", ")})`;
}

/** A number per component. */
export const table = (components: number, value: (k: number) => number): Float64Array =>
  Float64Array.from({ length: components }, (_, k) => value(k));

/** An estimator as an option of the call, where it is not the usual one. */
export const estimatorText = (estimator: string, usual: string): string[] =>
  estimator === usual ? [] : [`estimator: ${JSON.stringify(estimator)}`];

/** Uniform numbers and what they lack of 1, uploaded, each with its own digits. */
export const tailsOf = ({ units, upload }: GpuTools): Tensor[] =>
  [units.map((u) => u + HALF), units.map((u) => 1 - u - HALF)].map(upload);
