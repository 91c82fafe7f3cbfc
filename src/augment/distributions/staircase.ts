import { add, clamp, div, log, matmul, neg, reshape, sigmoid, slice, sub } from "../../autograd/index.ts";
import { integralTensor } from "../../functional/index.ts";
import type { Gpu } from "../../gpu/index.ts";
import { type Shape, type Tensor, tensor } from "../../tensor/index.ts";
import type { Bound, Estimator, ValueChoice } from "../../transforms/index.ts";
import type { Value } from "./family.ts";
import { logitNoise } from "./jump.ts";

// Values that are listed, and those between: the quantile of a choice is a staircase, whose steps a sigmoid makes soft.

export type Values = ValueChoice["values"];

/** What is chosen from: values, unless they are the indices themselves, and weights, unless all are alike. */
export interface Listed {
  readonly values: Values | null;
  readonly weights?: Bound;
  readonly estimator: Estimator;
  readonly temperature: number;
}

export const isRows = (values: Values | null): values is readonly (readonly number[])[] => Array.isArray(values?.[0]);

/** Value i of component k. */
export const valueAt = (values: Values | null, i: number, k: number): number => {
  if (values === null) return i;
  return isRows(values) ? values[i][k] : (values as readonly number[])[i];
};

/** All of them, [count, 1], or [count, components] of rows. */
export function tableOf({ values }: Listed, gpu: Gpu, count: number): Tensor {
  const width = isRows(values) ? values[0].length : 1;
  const numbers = Float32Array.from({ length: count * width }, (_, i) =>
    valueAt(values, Math.floor(i / width), i % width),
  );
  return tensor(gpu, numbers, [count, width]);
}

/** Keeps the gradients of logits of shares of 0 and 1 finite. */
const LEAST = 1e-6;

/** The staircase for weights that are numbers. */
export function staircase({ values, weights, temperature }: Listed): Value {
  const list = Array.isArray(weights) ? (weights as number[]) : Array.from({ length: values!.length }, () => 1);
  const total = list.reduce((sum, each) => sum + each, 0);
  let sum = 0;
  const logits = list.slice(0, -1).map((each) => {
    sum += each;
    return Math.log(sum / total) - Math.log(1 - sum / total);
  });
  return (u, k) => {
    const noise = -logitNoise(u);
    let value = valueAt(values, 0, k);
    for (let i = 0; i < logits.length; i++) {
      const rise = valueAt(values, i + 1, k) - valueAt(values, i, k);
      value += rise / (1 + Math.exp((logits[i] - noise) / temperature));
    }
    return Math.fround(value);
  };
}

/** The same for shares `[1, count]` on the GPU and what {@link tableOf} lists. */
export function staircaseOnGpu(
  { values, temperature }: Listed,
  units: Float32Array,
  shape: Shape,
  shares: Tensor,
  listed: Tensor,
): Tensor {
  const { gpu } = shares;
  const [count, width] = listed.shape;
  const result = isRows(values) ? [shape[0], width] : shape;
  const first = slice(listed, 0, 0, 1);
  // A row is drawn whole: one uniform number for all of its components.
  const own = isRows(values) ? units.filter((_, i) => i % width === 0) : units;
  const noise = tensor(
    gpu,
    own.map((u) => -logitNoise(u)),
    [own.length, 1],
  );
  if (count === 1) return reshape(add(first, reshape(sub(noise, noise), [own.length, 1])), result);
  const c = clamp(slice(integralTensor(shares), 1, 0, count - 1), LEAST, 1 - LEAST);
  const logits = sub(log(c), log(add(1, neg(c))));
  const passed = sigmoid(div(sub(noise, logits), temperature));
  const rises = sub(slice(listed, 0, 1, count), slice(listed, 0, 0, count - 1));
  return reshape(add(first, matmul(passed, rises)), result);
}
