import { ArgumentError, describe, number } from "../gpu/index.ts";
import { Tensor } from "../tensor/index.ts";
import type { Bernoulli, Bound } from "../transforms/index.ts";
import { bernoulli, checkWeights, componentsOf, isDistribution, isLearnable } from "./distributions/index.ts";
import { checkTree, type OneOf, type Tree } from "./tree.ts";

// What may be given to a combinator.

/** A probability that does not learn. */
export const A_PROBABILITY = number({ least: 0, most: 1 });

/** Refuses what belongs to weights that learn, where none do. */
export function checkLearned(
  weights: unknown,
  { estimator, temperature }: Pick<OneOf, "estimator" | "temperature">,
): void {
  if (estimator !== undefined && !isLearnable(weights as Bound))
    throw new ArgumentError("estimator of oneOf()", describe(estimator), "nothing, where no weights learn");
  if (temperature !== undefined && estimator !== "relaxed")
    throw new ArgumentError("temperature of oneOf()", String(temperature), `only with estimator: "relaxed"`);
}

/** A number, or a coin that learns. */
export function coinOf(p: unknown): number | Bernoulli {
  if (A_PROBABILITY.fits(p)) return p as number;
  const learns = typeof p === "function" || (p instanceof Tensor && p.size === 1);
  const coin = learns ? bernoulli(p as Bound) : p;
  const isCoin = isDistribution(coin) && coin.distribution === "bernoulli" && isLearnable(coin.p);
  if (!isCoin || componentsOf(coin.p) !== 1) {
    const allowed = `${A_PROBABILITY.allowed}, a tensor of one value, a function that makes one, or bernoulli(...) of these`;
    throw new ArgumentError(
      "p of sometimes()",
      p instanceof Tensor ? `a tensor of ${p.size} values` : describe(p),
      allowed,
    );
  }
  return coin;
}

/** Weights that do not learn. */
export function checkNumbers(weights: unknown, links: number): readonly number[] {
  if (typeof weights === "function" || weights instanceof Tensor)
    throw new ArgumentError("weights of someOf()", describe(weights), `${links} numbers: those of oneOf() learn`);
  return checkWeights(weights, links, " of someOf()") as readonly number[];
}

/** How many links a sample gets, of so many. */
export function checkCount(count: unknown, links: number, weights?: readonly number[]): readonly [number, number] {
  const pair = Array.isArray(count) ? Array.from(count) : [count, count];
  const [lo, hi] = pair;
  const whole = number({ least: 0, most: links, whole: true });
  if (pair.length !== 2 || !pair.every((each) => whole.fits(each)) || lo > hi) {
    const allowed = `${whole.allowed}, or [least, most] of them: there are ${links} links${weights ? " with a weight above 0" : ""}`;
    throw new ArgumentError("count of someOf()", describe(count), allowed);
  }
  return Object.freeze([lo, hi]);
}

/** A copy of the links of a combinator, at least one. */
export function checkLinks(name: string, links: unknown): readonly Tree[] {
  if (!Array.isArray(links) || links.length === 0) {
    const given = Array.isArray(links) ? "no link" : describe(links);
    throw new ArgumentError(`links of ${name}()`, given, "an array of at least one transform");
  }
  return checkTree("links", links, ` of ${name}()`) as readonly Tree[];
}
