import { Tensor } from "../../tensor/index.ts";
import type { Compound, Distribution, Primitive } from "../../transforms/index.ts";
import { AROUND } from "./around.ts";
import { BERNOULLI } from "./bernoulli.ts";
import { BETA } from "./beta.ts";
import { componentsOf, isLearnable } from "./bounds.ts";
import { CATEGORICAL, CHOICE } from "./choice.ts";
import { CLIPPED, hull, PLUS, TIMES } from "./combine.ts";
import { CONSTANT } from "./constant.ts";
import type { Combination, Evaluation, Family, Interval, Joint, Named, Value } from "./family.ts";
import { INTEGERS } from "./integers.ts";
import { NORMAL } from "./normal.ts";
import { PARTNERS, PERMUTATION, SUBSET } from "./order.ts";
import { TRUNCATED_NORMAL } from "./truncated.ts";
import { UNIFORM } from "./uniform.ts";

/** All families: one that is missing, or lacks a rule, does not compile. */
const FAMILIES: { readonly [D in Primitive as D["distribution"]]: Family<D> } = {
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

/** All ways to compute a distribution of others. */
const COMBINATIONS: { readonly [C in Compound as C["distribution"]]: Combination<C> } = {
  plus: PLUS,
  times: TIMES,
  clipped: CLIPPED,
};

// Each rule takes its own kind, which an index by name cannot tell.

/** The rules of a distribution that is drawn of one uniform number for each value. */
export const familyOf = ({ distribution }: Primitive): Family<Primitive> => FAMILIES[distribution] as Family<Primitive>;

/** The rules of one that is computed of others. */
export const combinationOf = ({ distribution }: Compound): Combination<Compound> =>
  COMBINATIONS[distribution] as Combination<Compound>;

/** Whether a distribution is computed of others. */
export const isCompound = (of: Distribution): of is Compound => Object.hasOwn(COMBINATIONS, of.distribution);

/** No distribution that anybody writes is computed of others over more steps: one that holds itself is. */
export const DEEPEST = 100;

/** Whether a parameter of a transform is a distribution. */
export const isDistribution = (value: unknown): value is Distribution => isWithin(value, DEEPEST);

function isWithin(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null || value instanceof Tensor || depth < 0) return false;
  const { distribution } = value as { distribution?: unknown };
  if (typeof distribution !== "string") return false;
  if (!Object.hasOwn(COMBINATIONS, distribution)) return Object.hasOwn(FAMILIES, distribution);
  return partsOf(value as Compound).every(([, part]) => isWithin(part, depth - 1));
}

/** Distributions that a distribution is computed of, by name. */
const partsOf = (of: Compound) => combinationOf(of).parts(of);

/** What is drawn for a distribution, each once: a part that is there twice has one draw. */
export function sourcesOf(of: Distribution): readonly Primitive[] {
  if (!isCompound(of)) return [of];
  return [...new Set(partsOf(of).flatMap(([, part]) => sourcesOf(part)))];
}

/** The bounds of a distribution by name; those of its parts, too, as `of.lo`. */
export function boundsOf(of: Distribution): Named[] {
  if (!isCompound(of)) return familyOf(of).bounds(of);
  const inner = partsOf(of).flatMap(([name, part]) =>
    boundsOf(part).map(([bound, ...rest]): Named => [`${name}.${bound}`, ...rest]),
  );
  return [...combinationOf(of).bounds(of), ...inner];
}

/** How many components it is made for, by the name of what says so; 1 fits every parameter. */
export function widthsOf(of: Distribution): [string, number][] {
  const widths = (bounds: Named[]) => bounds.map(([name, bound]): [string, number] => [name, componentsOf(bound)]);
  if (!isCompound(of)) return familyOf(of).widths?.(of) ?? widths(familyOf(of).bounds(of));
  const inner = partsOf(of).flatMap(([name, part]) =>
    widthsOf(part).map(([what, width]): [string, number] => [`${name}.${what}`, width]),
  );
  return [...widths(combinationOf(of).bounds(of)), ...inner];
}

/** Whether a draw has to be made on the GPU, because a bound lives there. */
export const drawsOnGpu = (of: Distribution): boolean => boundsOf(of).some(([, bound]) => isLearnable(bound));

/** How values that depend on each other are made, where they do. */
export const jointOf = (of: Distribution): Joint<Primitive> | undefined =>
  isCompound(of) ? undefined : familyOf(of).joint;

/** Where values of a component lie; NaN, which no comparison refuses, where a bound lives on the GPU. */
export function intervalsOf(of: Distribution, k: number): readonly Interval[] {
  if (!isCompound(of)) return familyOf(of).support(of, k);
  return combinationOf(of).support(
    of,
    k,
    partsOf(of).map(([, part]) => intervalsOf(part, k)),
  );
}

/** Least and largest value of a component; NaN where a bound lives on the GPU. */
export const support = (of: Distribution, k: number): Interval => hull(intervalsOf(of, k));

/** Whether a component can be a whole number; what is computed of others is rounded. */
export const hasWhole = (of: Distribution, k: number): boolean => isCompound(of) || familyOf(of).hasWhole(of, k);

/** The draw of a distribution on the processor. It is asked for the components of a sample in their order, from 0. */
export const valueFor = (of: Distribution, components: number): Evaluation =>
  isCompound(of) ? computed(of, components) : drawn(familyOf(of).value(of, components));

/** The same for whole numbers: a uniform one from `lo` to `hi`, each as likely; others are rounded. */
export function wholeFor(of: Distribution, components: number): Evaluation {
  if (!isCompound(of)) return drawn(familyOf(of).whole(of, components));
  const value = computed(of, components);
  return (units, k) => Math.round(value(units, k));
}

/** The case of one number that is drawn for a distribution by itself. */
const drawn =
  (value: Value): Evaluation =>
  (units, k) =>
    value(units[0], k);

/** Whether bounds say something else of each component. */
const differ = (bounds: readonly Named[]): boolean => bounds.some(([, bound]) => componentsOf(bound) !== 1);

/** A distribution among those that one is computed of. */
interface Part {
  value: Evaluation;
  /** Whether the components of a sample have values of their own. */
  varies: boolean;
}

/** The parts of a distribution one after the other: each is computed once, however often it is in it, and for a sample where that is all. */
function computed(whole: Compound, components: number): Evaluation {
  const sources = sourcesOf(whole);
  const places = new Map<Distribution, number>();
  const parts: Part[] = [];
  const found: number[] = [];
  const primitive = (of: Primitive): Part => {
    const at = sources.indexOf(of);
    const draw = familyOf(of).value(of, components);
    const varies = !of.shared || widthsOf(of).some(([, width]) => width !== 1);
    return { value: (units, k) => draw(units[at], k), varies };
  };
  const compound = (of: Compound): Part => {
    const inner = partsOf(of).map(([, part]) => placeOf(part));
    const values = inner.map(() => 0);
    const draw = combinationOf(of).value(of, components);
    const varies = differ(combinationOf(of).bounds(of)) || inner.some((at) => parts[at].varies);
    const value = (_: ArrayLike<number>, k: number): number => {
      for (let i = 0; i < inner.length; i++) values[i] = found[inner[i]];
      return draw(values, k);
    };
    return { value, varies };
  };
  const placeOf = (of: Distribution): number => {
    const known = places.get(of);
    if (known !== undefined) return known;
    const part = isCompound(of) ? compound(of) : primitive(of);
    places.set(of, parts.length);
    return parts.push(part) - 1;
  };
  const last = placeOf(whole);
  return (units, k) => {
    for (let i = 0; i <= last; i++) if (k === 0 || parts[i].varies) found[i] = parts[i].value(units, k);
    return found[last];
  };
}
