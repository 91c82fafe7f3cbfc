import {
  add,
  clamp,
  div,
  gather,
  greaterEqual,
  log,
  matmul,
  mul,
  noGrad,
  reshape,
  slice,
  sub,
  sum,
} from "../../autograd/index.ts";
import { integralTensor } from "../../functional/index.ts";
import { ArgumentError, checkedLater, describe, readOptions, ShapeError } from "../../gpu/index.ts";
import { keeping, show, Tensor } from "../../tensor/index.ts";
import type { Bound, Categorical, Estimator, ValueChoice } from "../../transforms/index.ts";
import { showValue } from "../../transforms/language/show.ts";
import { checkTensor, isLearnable } from "./bounds.ts";
import { hull } from "./combine.ts";
import {
  type DistributionOptions,
  type Family,
  type GpuTools,
  type Interval,
  made,
  type Named,
  rounded,
  sharing,
  type Value,
} from "./family.ts";
import { DISCRETE, estimatorOf, jumpText } from "./jump.ts";
import {
  areLearned,
  countOf,
  isRows,
  type Listed,
  mixed,
  mixedOnGpu,
  tableOnGpu,
  type Values,
  valueAt,
} from "./listed.ts";
import { checkWeights, indexOf } from "./weights.ts";

/** Options of {@link categorical}. */
export interface CategoricalOptions extends DistributionOptions {
  /**
   * How the gradient reaches weights that learn. `straightThrough`, unless given: as that of the mean of the values under the weights.
   * `relaxed`: a mean of the values in the shares of a Gumbel softmax, softmax((ln w + g) / temperature) with g of Gumbel's distribution
   * for each (Jang et al. 2017, Maddison et al. 2017), with its true gradient. `scoreFunction`: by `pipeline.logProb` alone.
   */
  estimator?: Estimator;
  /** Temperature of relaxed values, above 0; 0.5 unless given. Towards 0 they become those listed, as likely, and the gradient noisier. */
  temperature?: number;
}

/** Options of {@link choice}. */
export interface ChoiceOptions extends CategoricalOptions {
  /**
   * How likely each value is, in proportion to their sum: numbers of at least 0, or a tensor `[K]` or a function that makes one,
   * which learn; all alike unless given. What a learned weight falls below 0 counts as 0.
   */
  weights?: Bound;
}

/**
 * One of `values`, `choice([-1, 1])`; or, for a vector parameter, one of the rows listed, `choice([[1, 0.8], [0.8, 1]])`, drawn whole.
 * Where weights learn, their gradient is straight-through, that of the mean of the values under the weights, unless `estimator` says otherwise.
 * Where values learn, each gets the gradient of the draws that it was, or, relaxed, had a share in.
 * @param values numbers, rows of numbers, or a tensor `[K]` or a function that makes one, which learn
 * @throws ArgumentError for no values, values that are no finite numbers, rows of different lengths, weights that are negative or all 0, and
 * the score function of values that learn
 */
export function choice(values: ValueChoice["values"], options?: ChoiceOptions): ValueChoice {
  const { weights, ...read } = readOptions<ChoiceOptions>("choice", options, { ...DISCRETE, weights: checkedLater });
  const listed = checkValues(values);
  if (isRows(listed) && read.shared === false)
    throw new ArgumentError("shared", "false", "true, or nothing: a row is drawn whole");
  if (areLearned(listed) && read.estimator === "scoreFunction")
    throw new ArgumentError(
      "estimator",
      describe(read.estimator),
      "straightThrough or relaxed where values learn: their gradient is that of what was drawn",
    );
  const count = countOf({ values: listed });
  return made(CHOICE, {
    distribution: "choice",
    values: listed,
    ...(weights === undefined ? {} : { weights: checkWeights(weights, count) }),
    ...estimatorOf(read),
    ...sharing(isRows(listed) ? { ...read, shared: true } : read),
  });
}

/**
 * The number of a weight, from 0: k is as likely as `weights[k]` in proportion to their sum. Learned weights are as those of {@link choice}.
 * @param weights numbers of at least 0, or a tensor `[K]` or a function that makes one, which learn
 * @throws ArgumentError for weights that are negative or all 0
 */
export function categorical(weights: Bound, options?: CategoricalOptions): Categorical {
  const read = readOptions<CategoricalOptions>("categorical", options, DISCRETE);
  return made(CATEGORICAL, {
    distribution: "categorical",
    weights: checkWeights(weights),
    ...estimatorOf(read),
    ...sharing(read),
  });
}

/** Those that are drawn at all: weights that are numbers may be 0. */
function possible(of: Listed): number[] {
  const { weights } = of;
  const all = Array.from({ length: countOf(of) ?? 0 }, (_, i) => i);
  return Array.isArray(weights) ? all.filter((i) => weights[i] > 0) : all;
}

function support(of: Listed, k: number): readonly Interval[] {
  const all = possible(of);
  if (areLearned(of.values)) return [[Number.NaN, Number.NaN]];
  // How many a function makes is known when it runs.
  if (all.length === 0) return [[0, Number.NaN]];
  const each = all.map((i): Interval => [valueAt(of.values, i, k), valueAt(of.values, i, k)]);
  return of.estimator === "relaxed" ? [hull(each)] : each;
}

function valueFrom(of: Listed): Value {
  if (of.estimator === "relaxed") return mixed(of);
  const { values, weights } = of;
  const count = countOf(of) ?? 0;
  const index = Array.isArray(weights)
    ? (u: number) => indexOf(weights, u)
    : (u: number) => Math.min(Math.floor(u * count), count - 1);
  return (u, k) => Math.fround(valueAt(values, index(u), k));
}

const indices = ({ weights, estimator, temperature }: Categorical): Listed => ({
  values: null,
  weights,
  estimator,
  temperature,
});
const indexValue = (of: Categorical): Value => valueFrom(indices(of));

export const CHOICE: Family<ValueChoice> = {
  bounds: ({ values, weights }) => [
    ...(areLearned(values) ? [["values", values, countOf({ values })] as Named] : []),
    ...(weights === undefined ? [] : [["weights", weights, countOf({ values })] as Named]),
  ],
  widths: ({ values }) => (isRows(values) ? [["values", values[0].length]] : []),
  support,
  value: valueFrom,
  ...rounded<ValueChoice>(valueFrom),
  draw: drawn,
  logProb,
  text: ({ values, weights, ...of }) => ({
    given: [values],
    options: [...(weights === undefined ? [] : [`weights: ${showValue(weights)}`]), ...jumpText(of)],
    ...(isRows(values) ? { implied: ["shared"] } : {}),
  }),
};

export const CATEGORICAL: Family<Categorical> = {
  bounds: ({ weights }) => [["weights", weights, weights instanceof Tensor ? weights.size : undefined]],
  widths: () => [],
  support: (of, k) => support(indices(of), k),
  value: indexValue,
  ...rounded(indexValue),
  draw: (of, tools) => drawn(indices(of), tools),
  logProb: (of, tools) => logProb(indices(of), tools),
  text: ({ weights, ...of }) => ({ given: [weights], options: jumpText(of) }),
};

/**
 * The values that u falls on; or means of them in shares. The gradient in weights is that of the mean under the weights, that in values is
 * of those drawn.
 */
function drawn(of: Listed, tools: GpuTools): Tensor {
  const { units, upload, keep } = tools;
  const given = tableOnGpu(of, tools);
  const { gpu, size } = given.weights;
  return keep(
    keeping(gpu, () => {
      const u = upload(units);
      if (of.estimator === "relaxed") return mixedOnGpu(of, units, u.shape, given);
      const all = clamp(given.weights, 0, Infinity);
      const index = noGrad(() => {
        const each = indexOnGpu(u, all);
        return isRows(of.values) ? reshape(slice(each, 1, 0, 1), [u.shape[0]]) : reshape(each, [u.size]);
      });
      const rows = gather(given.values, { axis: 0, index });
      const chosen = isRows(of.values) ? rows : reshape(rows, u.shape);
      if (!given.weights.requiresGrad) return chosen;
      const shares = reshape(div(all, sum(all)), [1, size]);
      const mean = matmul(shares, given.values.detach());
      const surrogate = u.shape.length === 1 ? reshape(mean, [1]) : mean;
      // The difference is 0: the values stay what they are.
      return add(chosen, sub(surrogate, surrogate.detach()));
    }),
  );
}

/** ln(weight / sum) of the index that u falls on. */
function logProb(of: Listed, tools: GpuTools): Tensor {
  const { units, upload, keep } = tools;
  const learned = tools.list("weights", of.weights!, countOf(of));
  return keep(
    keeping(learned.gpu, () => {
      const all = clamp(learned, 0, Infinity);
      const u = upload(units);
      const index = noGrad(() => reshape(indexOnGpu(u, all), [u.size]));
      return reshape(log(div(gather(all, { axis: 0, index }), sum(all))), u.shape);
    }),
  );
}

/** How many of the running sums of the weights u has passed: never an index of weight 0. */
function indexOnGpu(u: Tensor, weights: Tensor): Tensor {
  const sums = integralTensor(weights);
  const reached = mul(reshape(u, [...u.shape, 1]), slice(sums, 0, weights.size - 1, weights.size));
  return sum(greaterEqual(reached, sums), [u.shape.length]);
}

function checkValues(values: unknown): Values {
  const allowed =
    "an array of finite numbers, or of rows of as many, one for each component; a tensor [K] or a function that makes one";
  if (isLearnable(values as Bound)) return checkLearned(values as Tensor | (() => Tensor));
  if (!Array.isArray(values) || values.length === 0)
    throw new ArgumentError("values", Array.isArray(values) ? "an empty array" : describe(values), allowed);
  const finite = (each: unknown): each is number => typeof each === "number" && Number.isFinite(Math.fround(each));
  const width = Array.isArray(values[0]) ? values[0].length : null;
  for (const [i, each] of Array.from(values).entries()) {
    const fits =
      width === null
        ? finite(each)
        : width > 0 && Array.isArray(each) && each.length === width && Array.from(each).every(finite);
    if (!fits) throw new ArgumentError(`values[${i}]`, describe(each), width === null ? "a finite number" : allowed);
  }
  return Object.freeze(values.map((each) => (Array.isArray(each) ? Object.freeze([...each]) : each)));
}

function checkLearned(values: Tensor | (() => Tensor)): Values {
  if (values instanceof Tensor) {
    checkTensor("values", values);
    if (values.shape.length !== 1 || values.size === 0)
      throw new ShapeError("values", show(values.shape), "[K], one for each value");
  }
  return values;
}
