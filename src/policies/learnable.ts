import { gumbel, gumbelSoftmax } from "../augment/distributions/gumbel.ts";
import { logitNoise, relaxedCoin } from "../augment/distributions/jump.ts";
import { choice, type Draws, oneOf, sometimes, type Tree } from "../augment/index.ts";
import { unitsOf } from "../augment/units.ts";
import { add, argmax, gather, greater, mul, oneHot, reshape, sigmoid, slice, sub } from "../autograd/index.ts";
import { apply } from "../compiler/index.ts";
import {
  ArgumentError,
  check,
  checkedLater,
  type Gpu,
  number,
  oneOf as oneOfThese,
  readOptions,
} from "../gpu/index.ts";
import { checkImage, keeping, parameter, type Tensor, tensor } from "../tensor/index.ts";
import type { Transform } from "../transforms/index.ts";
import { type OperationName, type Scaled, STANDARD, scaled } from "./operations.ts";
import { checkOperations, lookOf, POLICY_OPTIONS, type PolicyOptions } from "./policies.ts";

/** Options of {@link learnablePolicy}. */
export interface LearnablePolicyOptions extends PolicyOptions {
  /** What to choose from. */
  operations: readonly OperationName[];
  /** How many sub-policies there are, of which an image gets one; 1 unless given. */
  subPolicies?: number;
  /** How many operations a sub-policy applies, one after the other; 2 unless given. */
  length?: number;
  /** Temperature of the relaxed choices and coins, above 0; 0.5 unless given. Towards 0 they become hard, and gradients noisier. */
  temperature?: number;
  /**
   * `relaxed` (unless given): an image becomes a mixture of what the operations make of it, which has a true gradient. `straightThrough`:
   * it gets one of them, wholly or not at all; the gradient is that of the mixture.
   */
  estimator?: "relaxed" | "straightThrough";
  /** Probability of every operation at first, between 0 and 1; 0.5 unless given. */
  probability?: number;
  /** Magnitude of every operation at first, a part of its strongest, between 0 and 1; 0.5 unless given. */
  magnitude?: number;
}

/** Options of a call of a {@link LearnablePolicy}. */
export type PolicyCall = Draws;

/** What an operation of a stage has become. */
export interface LearnedOperation {
  /** Its name in the papers. */
  operation: OperationName;
  /** How likely it is chosen among those of its stage, 0 to 1. */
  weight: number;
  /** How likely it is applied where it is chosen, 0 to 1. */
  probability: number;
  /** A part of its strongest magnitude, 0 to 1; undefined where it has none that learns. */
  magnitude?: number;
}

/** A policy whose weights, probabilities and magnitudes learn. */
export interface LearnablePolicy {
  /** Applies it to images `[N, C, H, W]`; a call needs a `step`, as a pipeline's does. */
  (x: Tensor, options: PolicyCall): Tensor;
  /** What an optimiser moves: logits of weights, of probabilities and of magnitudes, each `[subPolicies · length, operations]`. */
  readonly parameters: readonly Tensor[];
  /** What it is now: of each sub-policy, of each stage, the operations. */
  read(): Promise<LearnedOperation[][][]>;
  /** What it is now, as a combinator for `sequential` that no longer learns and draws one operation for each image. */
  fixed(): Promise<Tree>;
}

const A_PART = number({ above: 0, below: 1 });
const RULES = {
  ...POLICY_OPTIONS,
  operations: checkedLater,
  subPolicies: number({ least: 1, most: 1000, whole: true }),
  length: number({ least: 1, most: 100, whole: true }),
  temperature: number({ above: 0 }),
  estimator: oneOfThese("relaxed", "straightThrough"),
  probability: A_PART,
  magnitude: A_PART,
};

const logit = (p: number): number => Math.log(p) - Math.log1p(-p);

/**
 * A policy that is trained by gradient, with the model or for it (after Hataya et al., "Faster AutoAugment", 2020, and Li et al., "DADA", 2020).
 * Each image gets one of the sub-policies, drawn; in each of its stages one of the operations is chosen, by a draw from the concrete
 * distribution of the weights (Gumbel-softmax), and applied by a relaxed coin: y = x + Σ w_k b_k (O_k(x) − x). All operations of a stage
 * are computed, each in its own pass, and kept for backward. Magnitudes have pathwise gradients, from 0 to those of AutoAugment's paper;
 * signs are drawn. `posterize` keeps half its strongest magnitude, which has no gradient.
 *
 * `policy(x, { step })` depends on seed, step and sample alone.
 * @throws ArgumentError for unknown operations and for numbers out of their range
 */
export function learnablePolicy(gpu: Gpu, options: LearnablePolicyOptions): LearnablePolicy {
  const read = readOptions<LearnablePolicyOptions>("learnablePolicy", options, RULES);
  const { subPolicies = 1, length = 2, temperature = 0.5, probability = 0.5, magnitude = 0.5 } = read;
  const names = checkOperations(read.operations);
  const operations = names.map((name) => scaled(name, STANDARD, lookOf(read)));
  const rows = subPolicies * length;
  const table = (value: number) =>
    parameter(gpu, new Float32Array(rows * names.length).fill(value), [rows, names.length]);
  const parameters = [table(0), table(logit(probability)), table(logit(magnitude))] as const;
  const hard = read.estimator === "straightThrough";
  const stage: StageOptions = { parameters, operations, temperature, hard };

  const call = (x: Tensor, given: PolicyCall): Tensor => {
    checkImage(x.shape);
    const { seed = 0, step, samples } = readOptions<PolicyCall>("policy", given, CALL);
    if (step === undefined)
      throw new ArgumentError("step", "nothing", "a whole number: the policy draws anew at every step");
    const [n] = x.shape;
    if (samples !== undefined) check("samples", samples.length, number({ least: n, most: n, whole: true }));
    const perStage = 3 * names.length;
    const units = unitsOf("learnablePolicy", 1 + length * perStage, n, { seed, step, samples });
    const unit = (i: number, k: number): number => units[i * (1 + length * perStage) + k];
    return keeping(gpu, () => {
      let y = x;
      for (let s = 0; s < length; s++) {
        const row = (i: number) => Math.floor(unit(i, 0) * subPolicies) * length + s;
        y = applyStage(y, stage, row, (i, k) => unit(i, 1 + s * perStage + k));
      }
      return y;
    });
  };

  const learned = async (): Promise<LearnedOperation[][][]> => {
    const [logits, coins, shares] = await Promise.all(parameters.map((each) => each.read()));
    const at = (r: number) =>
      names.map((operation, k) => ({
        operation,
        weight: softmaxOf(logits, r * names.length, names.length, k),
        probability: sigmoidOf(coins[r * names.length + k]),
        ...(operations[k].learns ? { magnitude: sigmoidOf(shares[r * names.length + k]) } : {}),
      }));
    return Array.from({ length: subPolicies }, (_, p) => Array.from({ length }, (_, s) => at(p * length + s)));
  };

  return Object.freeze(
    Object.assign(call, {
      parameters,
      read: learned,
      fixed: async () => oneOf((await learned()).map((stages) => stages.map((each) => fixedStage(each, operations)))),
    }),
  );
}

const CALL = { seed: checkedLater, step: checkedLater, samples: checkedLater };

interface StageOptions {
  /** Logits of weights, of probabilities, of magnitudes. */
  readonly parameters: readonly Tensor[];
  readonly operations: readonly Scaled[];
  readonly temperature: number;
  readonly hard: boolean;
}

/** x + Σ w_k b_k (O_k(x) − x). `unit(i, k)` are the uniform numbers of a sample: for its choice, its coins, its signs. */
function applyStage(
  x: Tensor,
  { parameters, operations, temperature, hard }: StageOptions,
  row: (i: number) => number,
  unit: (i: number, k: number) => number,
): Tensor {
  const { gpu } = x;
  const [n] = x.shape;
  const count = operations.length;
  const drawn = (of: number, value: (u: number) => number): Tensor =>
    tensor(
      gpu,
      Float32Array.from({ length: n * count }, (_, j) => value(unit(Math.floor(j / count), of * count + (j % count)))),
      [n, count],
    );
  const index = tensor(
    gpu,
    Float32Array.from({ length: n }, (_, i) => row(i)),
    [n],
  );
  const [logits, coins, shares] = parameters.map((each) => gather(each, { axis: 0, index }));
  const weights = gumbelSoftmax(logits, drawn(0, gumbel), temperature);
  const applied = relaxedCoin(coins, drawn(1, logitNoise), temperature);
  const mixture = mul(weights, applied);
  const amount = hard ? through(mul(oneHot(argmax(weights, 1), count), greater(applied, 0.5)), mixture) : mixture;
  const parts = sigmoid(shares);
  const signs = drawn(2, (u) => (u < 0.5 ? -1 : 1));
  const column = (of: Tensor, k: number) => reshape(slice(of, 1, k, k + 1), [n]);
  return operations.reduce((y, { base, span, signed, learns, make }, k) => {
    const moved = learns && mul(column(parts, k), span);
    const value = moved ? add(signed ? mul(moved, column(signs, k)) : moved, base) : base;
    const transform = make(value);
    if (!transform) return y;
    return add(y, mul(sub(apply(x, transform), x), reshape(column(amount, k), [n, 1, 1, 1])));
  }, x);
}

/** What is hard, with the gradient of what is soft. */
const through = (hardOne: Tensor, soft: Tensor): Tensor => add(soft, sub(hardOne, soft).detach());

const sigmoidOf = (x: number): number => 1 / (1 + Math.exp(-x));

function softmaxOf(values: ArrayLike<number>, from: number, count: number, k: number): number {
  const row = Array.from({ length: count }, (_, j) => values[from + j]);
  const most = Math.max(...row);
  return Math.exp(row[k] - most) / row.reduce((sum, each) => sum + Math.exp(each - most), 0);
}

/** One of the operations, by its weight, with its probability. */
function fixedStage(stage: readonly LearnedOperation[], operations: readonly Scaled[]): Tree {
  const links = stage.map(({ probability, magnitude = 0 }, k): Tree => {
    const { base, span, signed, make } = operations[k];
    const reach = span * magnitude;
    const transform: Transform | null = make(
      signed && reach !== 0 ? choice([base - reach, base + reach]) : base + reach,
    );
    return transform ? sometimes(probability, transform) : [];
  });
  return oneOf(links, { weights: stage.map(({ weight }) => weight) });
}
