import { type OneOf, oneOf, sometimes, type Tree } from "../augment/index.ts";
import {
  ArgumentError,
  check,
  checkedLater,
  describe,
  number,
  oneOf as oneOfThese,
  readOptions,
} from "../gpu/index.ts";
import type { Transform } from "../transforms/index.ts";
import { type Look, levelsOf, OPERATION_NAMES, type OperationName, operation, STANDARD, WIDE } from "./operations.ts";
import { POLICIES, type PolicyName, type PolicyStep, type SubPolicy } from "./tables.ts";

/** Options of all policies. */
export interface PolicyOptions {
  /** How operations that move pixels look between them; `bilinear` unless given, whose gradients are true. Papers have `nearest`. */
  interpolation?: "nearest" | "bilinear" | "bicubic";
  /** What lies beyond the image, 0 to 1; 0 unless given. */
  fill?: number;
}

/** Options of {@link AutoAugment}. */
export interface AutoAugmentOptions extends PolicyOptions {
  /** One of those that the paper found, or one's own: sub-policies, lists of [operation, probability, level 0..9]. `imagenet` unless given. */
  policy?: PolicyName | readonly SubPolicy[];
}

/** Options of {@link RandAugment}. */
export interface RandAugmentOptions extends PolicyOptions {
  /** How many operations an image gets, one after the other; 2 unless given. */
  n?: number;
  /** Level of all operations, a whole number from 0 to `levels` − 1; 9 unless given. */
  m?: number;
  /** How many levels there are; 31 unless given, from 0 to 30. The paper has 11. */
  levels?: number;
  /** What is drawn from; the paper's 14 unless given. */
  operations?: readonly OperationName[];
}

/** Options of {@link TrivialAugment}. */
export interface TrivialAugmentOptions extends PolicyOptions {
  /** How many levels there are; 31 unless given. */
  levels?: number;
  /** What is drawn from; the paper's 14 unless given. */
  operations?: readonly OperationName[];
}

/** The rules of {@link PolicyOptions}. */
export const POLICY_OPTIONS = {
  interpolation: oneOfThese("nearest", "bilinear", "bicubic"),
  fill: number({ least: 0, most: 1 }),
};
/** How the image is looked at, by the options or their defaults. */
export const lookOf = ({ interpolation = "bilinear", fill = 0 }: PolicyOptions): Look => ({ interpolation, fill });

const LEVELS = number({ least: 2, most: 1000, whole: true });

/** All that RandAugment and TrivialAugment draw from: no `invert`. */
const FOURTEEN = OPERATION_NAMES.filter((name) => name !== "invert");

/**
 * AutoAugment (Cubuk et al. 2019): each image gets one of the sub-policies, all as likely, drawn by sample and step; each of its
 * operations is applied with its probability, and what may act either way has a sign that is drawn. A combinator, for `sequential`.
 *
 * Colours are those of RGB images of three channels. Kornia draws one sub-policy for a batch, and no signs.
 * @throws ArgumentError for what is no policy, with the place in it
 */
export function AutoAugment(options?: AutoAugmentOptions): OneOf {
  const read = readOptions<AutoAugmentOptions>("AutoAugment", options, { ...POLICY_OPTIONS, policy: checkedLater });
  const { policy = "imagenet" } = read;
  const subPolicies: readonly SubPolicy[] = typeof policy === "string" ? known(policy) : checkPolicy(policy);
  const levels = levelsOf(10);
  const made = new Map<string, Transform | null>();
  // Sub-policies share what they have in common: so it is one step of the chain.
  const shared = (name: OperationName, level: number): Transform | null => {
    const key = `${name} ${level}`;
    if (!made.has(key)) made.set(key, operation(name, STANDARD, [levels[level]], lookOf(read)));
    return made.get(key)!;
  };
  const step = ([name, p, level = 0]: PolicyStep): Tree => {
    const transform = shared(name, level);
    if (!transform || p === 0) return [];
    return p === 1 ? transform : sometimes(p, transform);
  };
  return oneOf(subPolicies.map((steps) => steps.map(step)));
}

/**
 * RandAugment (Cubuk et al. 2020): each image gets `n` operations, one after the other, each drawn anew from all, as likely, and all at
 * level `m`; what may act either way has a sign that is drawn. A list of combinators, for `sequential`.
 *
 * Kornia draws them for the whole batch, without repeating one.
 * @throws ArgumentError for a level that there is not, and for unknown operations
 */
export function RandAugment(options?: RandAugmentOptions): readonly OneOf[] {
  const rules = { ...POLICY_OPTIONS, n: number({ least: 0, most: 100, whole: true }), m: checkedLater, levels: LEVELS };
  const read = readOptions<RandAugmentOptions>("RandAugment", options, { ...rules, operations: checkedLater });
  const { n = 2, m = 9, levels = 31 } = read;
  check("m", m, number({ least: 0, most: levels - 1, whole: true }));
  const level = [levelsOf(levels)[m]];
  return Array.from({ length: n }, () => drawn(read, STANDARD, level));
}

/**
 * TrivialAugment, in its wide form (Müller and Hutter 2021): each image gets one operation, at a level of its own; all are as likely. A
 * combinator, for `sequential`.
 * @throws ArgumentError for unknown operations
 */
export function TrivialAugment(options?: TrivialAugmentOptions): OneOf {
  const rules = { ...POLICY_OPTIONS, levels: LEVELS, operations: checkedLater };
  const read = readOptions<TrivialAugmentOptions>("TrivialAugment", options, rules);
  return drawn(read, WIDE, levelsOf(read.levels ?? 31));
}

/** One of the operations. */
function drawn(
  { operations, ...look }: RandAugmentOptions | TrivialAugmentOptions,
  space: typeof STANDARD,
  levels: readonly number[],
): OneOf {
  const names = operations === undefined ? FOURTEEN : checkOperations(operations);
  return oneOf(names.map((name) => operation(name, space, levels, lookOf(look)) ?? []));
}

/** @throws ArgumentError for what is no list of operations */
export function checkOperations(operations: unknown): readonly OperationName[] {
  if (!Array.isArray(operations) || operations.length === 0)
    throw new ArgumentError("operations", describe(operations), "an array of at least one operation");
  for (const [i, name] of Array.from(operations).entries()) check(`operations[${i}]`, name, OPERATION);
  return [...operations];
}

const OPERATION = oneOfThese(...OPERATION_NAMES);
const PROBABILITY = number({ least: 0, most: 1 });
const LEVEL = number({ least: 0, most: 9, whole: true });

function known(policy: string): readonly SubPolicy[] {
  if (!Object.hasOwn(POLICIES, policy))
    throw new ArgumentError(
      "policy",
      describe(policy),
      `${Object.keys(POLICIES).join(", ")}, or a list of sub-policies`,
    );
  return POLICIES[policy as PolicyName];
}

function checkPolicy(policy: unknown): readonly SubPolicy[] {
  const list = (at: string, value: unknown, of: string): unknown[] => {
    if (!Array.isArray(value) || value.length === 0) throw new ArgumentError(at, describe(value), of);
    return Array.from(value);
  };
  return list("policy", policy, "a list of sub-policies").map((sub, i) =>
    list(`policy[${i}]`, sub, "a list of operations").map((step, j) => {
      const at = `policy[${i}][${j}]`;
      const [name, p, level, ...rest] = list(at, step, "[operation, probability, level]");
      check(`${at}[0]`, name, OPERATION);
      check(`${at}[1]`, p, PROBABILITY);
      if (level !== undefined && level !== null) check(`${at}[2]`, level, LEVEL);
      else if (Object.hasOwn(STANDARD.strongest, name as string))
        throw new ArgumentError(`${at}[2]`, "nothing", `a level: ${LEVEL.allowed}`);
      if (rest.length > 0) throw new ArgumentError(at, `${3 + rest.length} entries`, "[operation, probability, level]");
      return [name, p, level ?? undefined] as unknown as PolicyStep;
    }),
  );
}
