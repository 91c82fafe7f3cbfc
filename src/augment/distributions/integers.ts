import { ArgumentError, describe, number, readOptions } from "../../gpu/index.ts";
import type { Integers } from "../../transforms/index.ts";
import { checkComponents, componentsOf, frozen, isLearnable, numberAt } from "./bounds.ts";
import {
  type DistributionOptions,
  type Family,
  made,
  NEVER_LEARNED,
  rounded,
  SHARING,
  sharing,
  table,
  type Value,
} from "./family.ts";

/** Larger whole numbers have neighbours that f32 does not tell apart; and there are as many u. */
const LARGEST = 2 ** 24;

/** A whole number, or one for each component of a vector parameter. */
export type Whole = number | readonly number[];

/**
 * Whole numbers from `lo` to `hi`, both included, each as likely: `integers(1, 6)` is a die. They do not learn; `choice` with
 * learned weights does.
 * @throws ArgumentError for what is no whole number from -2^24 to 2^24, a tensor, or bounds that are upside down
 */
export function integers(lo: Whole, hi: Whole, options?: DistributionOptions): Integers {
  const read = readOptions<DistributionOptions>("integers", options, SHARING);
  checkWholes("lo", lo);
  checkWholes("hi", hi);
  checkComponents("hi", lo, hi);
  for (let k = 0; k < Math.max(componentsOf(lo), componentsOf(hi)); k++) {
    const [a, b] = [numberAt(lo, k), numberAt(hi, k)];
    if (a > b) throw new ArgumentError("lo", `${a}, above hi = ${b}`, "a whole number that is at most hi");
  }
  return made(INTEGERS, {
    distribution: "integers",
    lo: frozen(lo) as Whole,
    hi: frozen(hi) as Whole,
    ...sharing(read),
  });
}

/** The whole number of u among those from `least` to `most`. */
export const wholeAt = (u: number, least: number, most: number): number =>
  Math.min(least + Math.floor(u * (most - least + 1)), most);

export const INTEGERS: Family<Integers> = {
  bounds: ({ lo, hi }) => [
    ["lo", lo],
    ["hi", hi],
  ],
  support: ({ lo, hi }, k) => [[numberAt(lo, k), numberAt(hi, k)]],
  value,
  ...rounded(value),
  ...NEVER_LEARNED,
  text: ({ lo, hi }) => ({ given: [lo, hi], options: [] }),
};

function value({ lo, hi }: Integers, components: number): Value {
  const least = table(components, (k) => numberAt(lo, k));
  const most = table(components, (k) => numberAt(hi, k));
  return (u, k) => wholeAt(u, least[k], most[k]);
}

const A_WHOLE = number({ least: -LARGEST, most: LARGEST, whole: true });

function checkWholes(name: string, bound: unknown): void {
  const values: unknown[] = Array.isArray(bound) ? Array.from(bound) : [bound];
  const allowed = `${A_WHOLE.allowed}, or an array of them, one for each component`;
  if (isLearnable(bound as Whole)) throw new ArgumentError(name, describe(bound), `${allowed}: they do not learn`);
  if (values.length === 0) throw new ArgumentError(name, "an empty array", allowed);
  for (const [i, each] of values.entries())
    if (!A_WHOLE.fits(each))
      throw new ArgumentError(Array.isArray(bound) ? `${name}[${i}]` : name, describe(each), allowed);
}
