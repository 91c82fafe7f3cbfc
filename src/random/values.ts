import { around, type Distribution, isDistribution, plus, times, uniform } from "../augment/index.ts";
import { add, slice, sub } from "../autograd/index.ts";
import { ArgumentError, describe, rule, ShapeError } from "../gpu/index.ts";
import { Tensor } from "../tensor/index.ts";

/** An end of a range: a number, a tensor of one value that may learn, or a function that makes one anew for every draw. */
export type RangeEnd = number | Tensor | (() => Tensor);

/**
 * What a random class takes where Kornia takes a range: a number, which means what it means to the class; a pair `[lo, hi]`; a
 * tensor, of one value in the place of the number or of two in that of the pair; or any distribution.
 */
export type RangeValue = number | readonly [lo: RangeEnd, hi: RangeEnd] | Tensor | Distribution;

/** A range for one axis or both, or `[lo, hi, lo, hi]`: one for each. */
export type AxesValue = RangeValue | readonly [lo: RangeEnd, hi: RangeEnd, lo: RangeEnd, hi: RangeEnd];

/** A value for each of two axes: a number, a tensor or a distribution. */
export type PairValue =
  | number
  | readonly [first: number | Tensor | Distribution, second: number | Tensor | Distribution];

/** A range for all of several parameters, or one for each. */
export type SeveralValue = RangeValue | readonly RangeValue[];

/** How a class reads a range. */
export interface RangeRule {
  /** A number v means from `about` − v to `about` + v, as far as `within` allows. */
  readonly about?: number;
  /** A number v means from v to `upTo`. Without this or `about` it means itself. */
  readonly upTo?: number;
  /** The least and the largest number that may be given. */
  readonly within?: readonly [least: number, most: number];
  /** Uniform in the logarithm. */
  readonly log?: true;
  /** The transform gets `times · v + plus` of what is given, where it counts from elsewhere, or the other way round. */
  readonly counts?: readonly [times: 1 | -1, plus: number];
}

/** What a range may be, in words. */
export function rangeWords({ about, upTo, within }: RangeRule): string {
  const [least, most] = within ?? [-Infinity, Infinity];
  const ends = [least > -Infinity ? `at least ${least}` : "", most < Infinity ? `at most ${most}` : ""];
  const bounds = ends.filter(Boolean).join(" and ");
  const meaning = about !== undefined ? ` v for ${about} ± v` : upTo !== undefined ? ` v for [v, ${upTo}]` : "";
  const numbers = `a number${meaning}, a pair [lo, hi]${bounds ? ` of numbers ${bounds}` : ""}`;
  return `${numbers}, a tensor of one or two values, or a distribution`;
}

/**
 * What a transform's parameter gets for a range.
 * @throws ArgumentError that names `argument`
 */
export function drawnFrom(argument: string, value: unknown, rule: RangeRule): number | Tensor | Distribution {
  const moved = (read: number | Tensor | Distribution) =>
    rule.counts ? named(argument, () => counted(read, rule.counts!)) : read;
  if (isDistribution(value)) return moved(value);
  if (value instanceof Tensor) return moved(fromTensor(argument, value, rule));
  if (Array.isArray(value) && value.length === 2) return between(argument, value[0], value[1], rule);
  const { about, upTo, within: [least, most] = [-Infinity, Infinity] } = rule;
  if (typeof value !== "number" || !Number.isFinite(value) || (about !== undefined && value < 0))
    throw new ArgumentError(argument, describe(value), rangeWords(rule));
  if (about !== undefined)
    return between(argument, Math.max(least, about - value), Math.min(most, about + value), rule);
  return between(argument, value, upTo ?? value, rule);
}

/** One value in the place of the number, or two in that of the pair. */
function fromTensor(argument: string, given: Tensor, rule: RangeRule): Tensor | Distribution {
  if (given.shape.length > 1 || given.size < 1 || given.size > 2)
    throw new ShapeError(argument, describe(given), "a tensor of shape [], [1] or [2]");
  const { about, upTo } = rule;
  return named(argument, () => {
    if (given.size === 2) return uniform(...endsOf(given), { scale: rule.log ? "log" : "linear" });
    if (about !== undefined) return around(about, given);
    return upTo === undefined ? given : uniform(given, upTo);
  });
}

/** The ends of a range that are the two values of a tensor. */
export const endsOf = (given: Tensor): [lo: () => Tensor, hi: () => Tensor] => [
  () => slice(given, 0, 0, 1),
  () => slice(given, 0, 1, 2),
];

function between(argument: string, lo: unknown, hi: unknown, rule: RangeRule): number | Tensor | Distribution {
  const { within: [least, most] = [-Infinity, Infinity] } = rule;
  for (const end of [lo, hi]) {
    const fits =
      typeof end === "number" ? end >= least && end <= most : end instanceof Tensor || typeof end === "function";
    if (!fits) throw new ArgumentError(argument, describe([lo, hi]), rangeWords(rule));
  }
  if (lo === hi && typeof lo === "number") return rule.counts ? counts(lo, rule.counts) : lo;
  const scale = rule.log ? "log" : "linear";
  return named(argument, () => {
    const made = uniform(lo as RangeEnd, hi as RangeEnd, { scale });
    if (!rule.counts) return made;
    if (typeof lo !== "number" || typeof hi !== "number") return counted(made, rule.counts);
    const ends = rule.counts[0] > 0 ? [lo, hi] : [hi, lo];
    return uniform(counts(ends[0], rule.counts), counts(ends[1], rule.counts));
  });
}

type Counts = NonNullable<RangeRule["counts"]>;

const counts = (value: number, [sign, by]: Counts): number => sign * value + by;

/** A value as the transform counts. */
function counted(value: number | Tensor | Distribution, as: Counts): number | Tensor | Distribution {
  const [sign, by] = as;
  if (typeof value === "number") return counts(value, as);
  // Made anew for every draw: a tensor that learns has moved since.
  if (value instanceof Tensor) return around(() => (sign > 0 ? add(value, by) : sub(by, value)), 0);
  if (value.distribution === "constant") return counts(value.value, as);
  return plus(sign > 0 ? value : times(value, sign), by);
}

const isNumber = (value: unknown): boolean => Number.isFinite(value);
// A hole of an array is skipped by every(), and undefined for from().
const isRow = (value: unknown): boolean =>
  (Array.isArray(value) || ArrayBuffer.isView(value)) &&
  Array.from(value as ArrayLike<unknown>).every(isNumber) &&
  (value as ArrayLike<unknown>).length > 0;

/** A value for all channels or one for each, for all samples or for each. How many there are is known with the image. */
export const PER_CHANNEL = rule(
  "a finite number, one for each channel, or a tensor of them",
  (value) =>
    isNumber(value) ||
    isRow(value) ||
    (value instanceof Tensor && value.shape.length <= 2) ||
    (Array.isArray(value) && value.length > 0 && Array.from(value).every(isRow)),
);

/** What `make` makes; what it refuses is named after the argument of the class. */
export function named<T>(argument: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw renamed(error, (inner) => `${argument}, ${inner}`);
  }
}

/** The error with another name for its argument, where it has one. */
export function renamed(error: unknown, name: (argument: string) => string): unknown {
  if (!(error instanceof ArgumentError)) return error;
  const Same = error instanceof ShapeError ? ShapeError : ArgumentError;
  return new Same(name(error.argument), error.given, error.allowed);
}
