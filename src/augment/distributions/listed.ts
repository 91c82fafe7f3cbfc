import { matmul, reshape } from "../../autograd/index.ts";
import type { Gpu } from "../../gpu/index.ts";
import { type Shape, type Tensor, tensor } from "../../tensor/index.ts";
import type { Bound, Estimator, ValueChoice } from "../../transforms/index.ts";
import { isLearnable } from "./bounds.ts";
import type { GpuTools, Value } from "./family.ts";
import { gumbelShares, gumbelSoftmax, gumbelsOf, logWeights } from "./gumbel.ts";

// Values that are listed, and means of them in shares.

export type Values = ValueChoice["values"];
type Learned = Extract<Values, Tensor | (() => Tensor)>;
type NumbersOnly = Exclude<Values, Learned> | null;

/** What is chosen from: values, unless they are the indices themselves, and weights, unless all are alike. */
export interface Listed {
  readonly values: Values | null;
  readonly weights?: Bound;
  readonly estimator: Estimator;
  readonly temperature: number;
}

export const isRows = (values: Values | null): values is readonly (readonly number[])[] =>
  Array.isArray(values) && Array.isArray(values[0]);

/** Whether values live on the GPU. */
export const areLearned = (values: Values | null): values is Learned => values !== null && isLearnable(values as Bound);

/** How many values there are, as far as it is known: what a function makes is known when it runs. */
export function countOf({ values, weights }: Pick<Listed, "values" | "weights">): number | undefined {
  for (const list of [values, weights])
    if (Array.isArray(list)) return list.length;
    else if (typeof list === "object" && list !== null) return (list as Tensor).size;
  return undefined;
}

/** Value i of component k; NaN for one that lives on the GPU. */
export const valueAt = (values: Values | null, i: number, k: number): number => {
  if (values === null) return i;
  if (areLearned(values)) return Number.NaN;
  return isRows(values) ? values[i][k] : (values as readonly number[])[i];
};

/** All of them, [count, 1], or [count, components] of rows. */
function tableOf(values: NumbersOnly, gpu: Gpu, count: number): Tensor {
  const width = isRows(values) ? values[0].length : 1;
  const numbers = Float32Array.from({ length: count * width }, (_, i) =>
    valueAt(values, Math.floor(i / width), i % width),
  );
  return tensor(gpu, numbers, [count, width]);
}

/** What is listed, as tensors: weights `[K]`, all 1 where values alone learn, and values `[K, 1]` or `[K, components]`. */
export interface Table {
  readonly weights: Tensor;
  readonly values: Tensor;
}

/** {@link Table} of what is listed, whose gradients reach what learns. */
export function tableOnGpu(of: Listed, { list, keep }: GpuTools): Table {
  const { values } = of;
  const known = countOf(of);
  const learned = areLearned(values) ? list("values", values, known) : null;
  const count = learned?.size ?? known;
  const weights = list("weights", of.weights ?? new Array<number>(count!).fill(1), count);
  const table = learned
    ? reshape(learned, [learned.size, 1])
    : tableOf(values as NumbersOnly, weights.gpu, weights.size);
  return { weights, values: keep(table) };
}

/** A mean of the values in the shares of a Gumbel softmax, for values and weights that are numbers. */
export function mixed({ values, weights, temperature }: Listed): Value {
  const numbers = values as readonly number[] | null;
  const list = Array.isArray(weights) ? (weights as number[]) : Array.from({ length: numbers!.length }, () => 1);
  return (u, k) => {
    const shares = gumbelShares(list, gumbelsOf(u, list.length), temperature);
    return Math.fround(shares.reduce((sum, share, i) => (share === 0 ? sum : sum + share * valueAt(values, i, k)), 0));
  };
}

/** The same on the GPU. */
export function mixedOnGpu(of: Listed, units: Float32Array, shape: Shape, { weights, values }: Table): Tensor {
  const [count, width] = values.shape;
  // A row is drawn whole: one uniform number for all of its components.
  const own = isRows(of.values) ? units.filter((_, i) => i % width === 0) : units;
  const noise = new Float32Array(own.length * count);
  for (const [i, u] of own.entries()) noise.set(gumbelsOf(u, count), i * count);
  const shares = gumbelSoftmax(logWeights(weights), tensor(weights.gpu, noise, [own.length, count]), of.temperature);
  return reshape(matmul(shares, values), isRows(of.values) ? [shape[0], width] : shape);
}
