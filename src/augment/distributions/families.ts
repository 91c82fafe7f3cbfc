import { Tensor } from "../../tensor/index.ts";
import type { Distribution } from "../../transforms/index.ts";
import { AROUND } from "./around.ts";
import { BERNOULLI } from "./bernoulli.ts";
import { BETA } from "./beta.ts";
import { componentsOf, isLearnable } from "./bounds.ts";
import { CATEGORICAL, CHOICE } from "./choice.ts";
import { CONSTANT } from "./constant.ts";
import type { Family, Interval, Named, Value } from "./family.ts";
import { INTEGERS } from "./integers.ts";
import { NORMAL } from "./normal.ts";
import { PARTNERS, PERMUTATION, SUBSET } from "./order.ts";
import { TRUNCATED_NORMAL } from "./truncated.ts";
import { UNIFORM } from "./uniform.ts";

type Name = Distribution["distribution"];

/** All families: one that is missing, or lacks a rule, does not compile. */
const FAMILIES: { readonly [K in Name]: Family<Extract<Distribution, { distribution: K }>> } = {
  uniform: UNIFORM,
  around: AROUND,
  normal: NORMAL,
  truncatedNormal: TRUNCATED_NORMAL,
  beta: BETA,
  bernoulli: BERNOULLI,
  integers: INTEGERS,
  choice: CHOICE,
  categorical: CATEGORICAL,
  constant: CONSTANT,
  permutation: PERMUTATION,
  subset: SUBSET,
  partners: PARTNERS,
};

/** The rules of a distribution. */
export const familyOf = (distribution: Distribution): Family<Distribution> =>
  FAMILIES[distribution.distribution] as Family<Distribution>;

/** Whether a parameter of a transform is a distribution. */
export function isDistribution(value: unknown): value is Distribution {
  if (typeof value !== "object" || value === null || value instanceof Tensor) return false;
  const { distribution } = value as { distribution?: unknown };
  return typeof distribution === "string" && Object.hasOwn(FAMILIES, distribution);
}

/** The bounds of a distribution by name. */
export const boundsOf = (distribution: Distribution): Named[] => familyOf(distribution).bounds(distribution);

/** How many components it is made for, by the name of what says so; 1 fits every parameter. */
export function widthsOf(distribution: Distribution): [string, number][] {
  const { widths, bounds } = familyOf(distribution);
  return widths?.(distribution) ?? bounds(distribution).map(([name, bound]) => [name, componentsOf(bound)]);
}

/** Whether a draw has to be made on the GPU, because a bound lives there. */
export const drawsOnGpu = (distribution: Distribution): boolean =>
  boundsOf(distribution).some(([, bound]) => isLearnable(bound));

/** Where values of a component lie; NaN, which no comparison refuses, where a bound lives on the GPU. */
export const intervalsOf = (distribution: Distribution, k: number): readonly Interval[] =>
  familyOf(distribution).support(distribution, k);

/** Least and largest value of a component; NaN where a bound lives on the GPU. */
export function support(distribution: Distribution, k: number): Interval {
  const intervals = intervalsOf(distribution, k);
  return [Math.min(...intervals.map(([lo]) => lo)), Math.max(...intervals.map(([, hi]) => hi))];
}

/** The draw of a distribution on the processor. */
export const valueFor = (distribution: Distribution, components: number): Value =>
  familyOf(distribution).value(distribution, components);

/** The same for whole numbers: a uniform one from `lo` to `hi`, each as likely; others are rounded. */
export const wholeFor = (distribution: Distribution, components: number): Value =>
  familyOf(distribution).whole(distribution, components);
