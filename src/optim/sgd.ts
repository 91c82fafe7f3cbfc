import sgdWgsl from "../../shaders/optim/sgd.wgsl";
import { flag, number, readOptions } from "../gpu/index.ts";
import type { Tensor } from "../tensor/index.ts";
import { makeOptimizer, type Optimizer } from "./optimizer.ts";

/** Options of {@link sgd}. */
export interface SgdOptions {
  /** At least 0. */
  learningRate: number;
  /** 0 (default) to below 1. */
  momentum?: number;
  /** Follow the gradient upwards: for a reward, not a loss. False unless given. */
  maximize?: boolean;
}

const RULES = { learningRate: number({ least: 0 }), momentum: number({ least: 0, below: 1 }), maximize: flag };

/** Stochastic gradient descent, as PyTorch's: v = momentum v + g; x = x - learningRate v. With `maximize`, g changes sign. */
export function sgd(parameters: readonly Tensor[], options: SgdOptions): Optimizer {
  const { learningRate, momentum = 0, maximize = false } = readOptions("sgd", options, RULES);
  return makeOptimizer(parameters, learningRate, {
    wgsl: sgdWgsl,
    statePerValue: 1,
    rates: (rate) => [rate, momentum, maximize ? -1 : 1],
  });
}
