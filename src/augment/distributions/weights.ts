import { ArgumentError, check, describe, number, ShapeError } from "../../gpu/index.ts";
import { Tensor } from "../../tensor/index.ts";
import type { Bound } from "../../transforms/index.ts";
import { checkTensor, isLearnable } from "./bounds.ts";

const A_WEIGHT = number({ least: 0 });

/**
 * Weights, in proportion to their sum: numbers of at least 0 that are not all 0, or a tensor or a function that makes one.
 * @param count how many there have to be; any number unless given
 * @param of what they belong to, for messages: ` of oneOf()`
 */
export function checkWeights(weights: unknown, count?: number, of = ""): Bound {
  const argument = `weights${of}`;
  const allowed = `${count === undefined ? "numbers" : `${count} numbers`} of at least 0, one for each`;
  if (isLearnable(weights as Bound)) {
    if (weights instanceof Tensor) {
      checkTensor(argument, weights);
      if (weights.shape.length !== 1 || (count ?? weights.size) !== weights.size)
        throw new ShapeError(argument, `a tensor of ${weights.size} values`, `[${count ?? "K"}], one value for each`);
    }
    return weights as Bound;
  }
  if (!Array.isArray(weights) && !ArrayBuffer.isView(weights))
    throw new ArgumentError(argument, describe(weights), `${allowed}, a tensor or a function that makes one`);
  const list = Array.from(weights as ArrayLike<number>);
  if (list.length !== (count ?? Math.max(list.length, 1)))
    throw new ArgumentError(argument, `${list.length} numbers`, allowed);
  for (const [k, weight] of list.entries()) check(`weights[${k}]${of}`, weight, A_WEIGHT);
  const sum = list.reduce((a, b) => a + b, 0);
  if (!(sum > 0 && Number.isFinite(sum)))
    throw new ArgumentError(argument, `a sum of ${sum}`, "weights with a finite sum above 0");
  return Object.freeze(list);
}

/** The index that u in [0, 1) falls on; never one of weight 0. */
export function indexOf(weights: readonly number[], u: number): number {
  let total = 0;
  for (const weight of weights) total += weight;
  let sum = 0;
  let last = 0;
  for (let k = 0; k < weights.length; k++) {
    if (weights[k] === 0) continue;
    sum += weights[k];
    last = k;
    if (u * total < sum) break;
  }
  return last;
}
