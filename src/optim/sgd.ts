import type { Tensor } from "../tensor/index.ts";
import { checkRate, makeOptimizer, type Optimizer } from "./optimizer.ts";

/** Options of {@link sgd}. */
export interface SgdOptions {
  /** At least 0. */
  learningRate: number;
  /** 0 (default) to below 1. */
  momentum?: number;
}

/** Stochastic gradient descent, as PyTorch's: v = momentum v + g; x = x - learningRate v. */
export function sgd(parameters: readonly Tensor[], options: SgdOptions): Optimizer {
  const momentum = checkRate("momentum", options.momentum ?? 0, 0, 1);
  return makeOptimizer(parameters, options.learningRate, {
    module: "optim::sgd",
    statePerValue: 1,
    rates: (rate) => [rate, momentum],
  });
}
