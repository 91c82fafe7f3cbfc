import type { Tensor } from "../../tensor/index.ts";
import type { Bound, Distribution } from "../../transforms/index.ts";
import type { ParamSpec } from "../../transforms/language/declare.ts";
import { printable, showValue } from "../../transforms/language/show.ts";

/**
 * Options of every distribution. A distribution is a random variable: where one object is given to several parameters of a
 * transform, they get the same draw (`scale({ x: s, y: s })` keeps the aspect); two objects are drawn apart.
 */
export interface DistributionOptions {
  /** One draw per sample for all components of a vector parameter, instead of one each. */
  shared?: boolean;
}

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
  /** Notes a tensor as made here. */
  keep(value: Tensor): Tensor;
}

/** What a distribution looks like in code. */
export interface Text {
  readonly given: readonly unknown[];
  /** Options that differ from their defaults, `shared` aside. */
  readonly options: readonly string[];
}

/** How values that depend on each other are made of independent ones. */
export interface Joint<D extends Distribution> {
  /** Which values they are: those of a sample, or a component's of all samples of a batch. */
  readonly among: "components" | "samples";
  /** Makes the values, in the place of numbers that {@link Family.value} gave. */
  settle(of: D, list: number[]): void;
  /** Whether a parameter may be drawn so; others are refused. */
  fits(spec: ParamSpec): boolean;
  /** The parameters that may be, in words. */
  readonly allowed: string;
}

/** What there is to know about a kind of distribution. */
export interface Family<D extends Distribution> {
  /** The bounds by name. */
  bounds(of: D): [string, Bound][];
  /** Least and largest value of component k; NaN, which no comparison refuses, where a bound lives on the GPU. */
  support(of: D, k: number): [number, number];
  /** The draw on the processor. Bounds are read once; a value never leaves its range by rounding. */
  value(of: D, components: number): Value;
  /** The same for whole numbers; {@link rounded} where each need not be as likely. */
  whole(of: D, components: number): Value;
  /** Whether component k can be a whole number. */
  hasWhole(of: D, k: number): boolean;
  /** The draw on the GPU, whose gradient reaches the bounds. */
  draw(of: D, tools: GpuTools): Tensor;
  /** The call that makes it. */
  text(of: D): Text;
  /** Left out where every value is drawn by itself. */
  readonly joint?: Joint<D>;
}

/** Whole numbers of a family that has no way of its own: its values, rounded. There always is one. */
export const rounded = <D extends Distribution>(value: Family<D>["value"]): Pick<Family<D>, "whole" | "hasWhole"> => ({
  whole(of, components) {
    const draw = value(of, components);
    return (u, k) => Math.round(draw(u, k));
  },
  hasWhole: () => true,
});

/** A distribution is a frozen value, which prints as the call that made it. */
export const made = <D extends Distribution>(family: Family<D>, distribution: D): D =>
  Object.freeze(printable(distribution, () => textOf(family, distribution)));

/** `uniform(-30, 30, { scale: "log" })`: what differs from the defaults is there. */
export function textOf<D extends Distribution>(family: Family<D>, of: D): string {
  const { given, options } = family.text(of);
  const all = of.distribution !== "constant" && of.shared ? [...options, "shared: true"] : options;
  const settings = all.length ? [`{ ${all.join(", ")} }`] : [];
  return `${of.distribution}(${[...given.map(showValue), ...settings].join(", ")})`;
}

/** A number per component. */
export const table = (components: number, value: (k: number) => number): Float64Array =>
  Float64Array.from({ length: components }, (_, k) => value(k));
