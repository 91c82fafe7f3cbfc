import { ArgumentError, check, describe, oneOf, type Rule } from "../gpu/index.ts";
import type { Declaration, Transform } from "../transforms/index.ts";
import {
  type AxesValue,
  drawnFrom,
  type PairValue,
  type RangeRule,
  type RangeValue,
  rangeWords,
  type SeveralValue,
} from "./values.ts";

// The kinds of options that random classes have.

/** An option of a random class: which settings of the transform it makes, and of what. */
export interface RandomOption<Value> {
  /** Names of the transform's parameters and options that it sets. */
  readonly sets: readonly string[];
  /** What it is unless given, Kornia's where nothing else is said. */
  readonly default?: Value;
  /** Whether it has to be given. */
  readonly required?: boolean;
  /** What may be given, in words. */
  readonly allowed: string;
  /** The transform's settings by name. @throws ArgumentError that names `argument` */
  read(argument: string, value: unknown): Readonly<Record<string, unknown>>;
}

/** A random option without a default. */
export interface RequiredOption<Value> extends RandomOption<Value> {
  readonly required: true;
}

/** An option by its rule: one that is required has no default. */
type OptionOf<Rule, Value> = Rule extends { required: true } ? RequiredOption<Value> : RandomOption<Value>;

/** What makes a transform of settings. */
export type Maker = { (settings: never): Transform; declaration: Declaration };

/** An option with a range for each of two axes. One range is that of the first, and with `both` of both, which then get one draw. */
export function axes<Rule extends RangeRule & { default?: AxesValue; both?: true; required?: true }>(
  sets: readonly [string, string],
  rule: Rule,
): OptionOf<Rule, AxesValue> {
  const { default: otherwise, both, required, ...range } = rule;
  const option: RandomOption<AxesValue> = {
    sets,
    default: otherwise,
    required,
    allowed: `${rangeWords(range)}; or [lo, hi, lo, hi], ${both ? "for across and down" : "for the second axis, too"}`,
    read: (argument, value) => {
      const four = Array.isArray(value) && value.length === 4;
      const [first, second] = four ? [value.slice(0, 2), value.slice(2)] : [value, undefined];
      const drawn = drawnFrom(argument, first, range);
      if (second === undefined) return both ? { [sets[0]]: drawn, [sets[1]]: drawn } : { [sets[0]]: drawn };
      return { [sets[0]]: drawn, [sets[1]]: drawnFrom(argument, second, range) };
    },
  };
  return option as OptionOf<Rule, AxesValue>;
}

/** An option with a value for each of two axes, each a range by itself; one value is for both. */
export function pair(
  sets: readonly [string, string],
  { default: otherwise, ...rule }: RangeRule & { default?: PairValue },
): RandomOption<PairValue> {
  return {
    sets,
    default: otherwise,
    allowed: `two values, each ${rangeWords(rule)}`,
    read: (argument, value) => {
      const two = Array.isArray(value) && value.length === 2 ? value : [value, value];
      return Object.fromEntries(sets.map((each, i) => [each, drawnFrom(`${argument}[${i}]`, two[i], rule)]));
    },
  };
}

/** An option with a value for each of several parameters, each a range by itself. One value is for all, each with a draw of its own unless they are drawn `together`. */
export function several<Rule extends RangeRule & { default?: SeveralValue; required?: true; together?: true }>(
  sets: readonly string[],
  rule: Rule,
): OptionOf<Rule, SeveralValue> {
  const { default: otherwise, required, together, ...range } = rule;
  const option: RandomOption<SeveralValue> = {
    sets,
    default: otherwise,
    required,
    allowed: `${rangeWords(range)}; or ${sets.length} of these`,
    read: (argument, value) => {
      const each = Array.isArray(value) && value.length === sets.length;
      const one = together && !each ? drawnFrom(argument, value, range) : undefined;
      const of = (i: number) =>
        each ? drawnFrom(`${argument}[${i}]`, value[i], range) : drawnFrom(argument, value, range);
      return Object.fromEntries(sets.map((name, i) => [name, one ?? of(i)]));
    },
  };
  return option as OptionOf<Rule, SeveralValue>;
}

const listed = (sets: string | readonly string[]): readonly string[] => (typeof sets === "string" ? [sets] : sets);

/** An option that is a range. Where it sets several parameters they get one draw; with `apart` each gets its own. */
export function range(
  sets: string | readonly string[],
  rule: RangeRule & { default: RangeValue; apart?: true },
): RandomOption<RangeValue>;
export function range(
  sets: string | readonly string[],
  rule?: RangeRule & { apart?: true },
): RequiredOption<RangeValue>;
export function range(
  sets: string | readonly string[],
  { default: otherwise, apart, ...rule }: RangeRule & { default?: RangeValue; apart?: true } = {},
): RandomOption<RangeValue> {
  const names = listed(sets);
  return {
    sets: names,
    default: otherwise,
    required: otherwise === undefined,
    allowed: rangeWords(rule),
    read: (argument, value) => {
      const shared = drawnFrom(argument, value, rule);
      return Object.fromEntries(names.map((each) => [each, apart ? drawnFrom(argument, value, rule) : shared]));
    },
  };
}

/** An option that is one of a few words, each with what it is to the transform. */
export function word<const Words extends Readonly<Record<string, unknown>>>(
  sets: string,
  words: Words,
  otherwise: keyof Words & string,
): RandomOption<keyof Words & string> {
  const allowed = Object.keys(words).join(", ");
  return {
    sets: [sets],
    default: otherwise,
    allowed,
    read: (argument, value) => {
      if (typeof value !== "string" || !Object.hasOwn(words, value))
        throw new ArgumentError(argument, describe(value), allowed);
      return { [sets]: words[value] };
    },
  };
}

/** An option that goes to the transform as it is, or as what `as` makes of it. */
export function plain<Value>(
  sets: string,
  rule: Rule,
  otherwise?: Value,
  as: (value: Value) => unknown = (value) => value,
): RandomOption<Value> {
  return {
    sets: [sets],
    default: otherwise,
    allowed: rule.allowed,
    read: (argument, value) => ({ [sets]: as(check(argument, value as Value, rule)) }),
  };
}

/** How the gradient passes the jumps of a transform: its own option `estimator`. */
export function jumps<T extends Maker>(transform: T): RandomOption<EstimatorOf<T>> {
  const { default: usual, surrogates } = transform.declaration.estimator!;
  return plain<EstimatorOf<T>>("estimator", oneOf(...Object.keys(surrogates)), usual as EstimatorOf<T>);
}

type EstimatorOf<T extends Maker> = NonNullable<
  Parameters<T>[0] extends infer Settings
    ? NonNullable<Settings> extends { estimator?: infer Name }
      ? Name
      : never
    : never
>;

/** {@link plain} without a default. */
export const needed = <Value>(sets: string, rule: Rule): RequiredOption<Value> => ({
  ...plain<Value>(sets, rule),
  required: true,
});
