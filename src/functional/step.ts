import { type Pullback, record } from "../autograd/graph.ts";
import type { Tensor } from "../tensor/index.ts";

/** Hangs what a kernel made on the graph. */
export function step(
  name: string,
  inputs: readonly Tensor[],
  made: Tensor,
  saved: readonly Tensor[],
  pullback: Pullback,
): Tensor {
  made.gpu.untrack(made);
  return record(name, inputs, { shape: made.shape, storage: made.storage }, saved, pullback);
}
