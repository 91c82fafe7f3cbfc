import adamWgsl from "../../shaders/optim/adam.wgsl";
import { check, flag, number, readOptions, rule } from "../gpu/index.ts";
import type { Tensor } from "../tensor/index.ts";
import { makeOptimizer, type Optimizer } from "./optimizer.ts";

/** Options of {@link adam}. */
export interface AdamOptions {
  /** At least 0; 0.001 unless given. */
  learningRate?: number;
  /** Decay of the mean of the gradient and of its square, each from 0 to below 1; [0.9, 0.999] unless given. */
  betas?: readonly [number, number];
  /** Keeps the division finite; 1e-8 unless given. */
  epsilon?: number;
  /** Follow the gradient upwards: for a reward, not a loss. False unless given. */
  maximize?: boolean;
}

const DECAY = number({ least: 0, below: 1 });
const RULES = {
  learningRate: number({ least: 0 }),
  betas: rule(`two numbers, each ${DECAY.allowed}`, (v) => Array.isArray(v) && v.length === 2),
  epsilon: number({ least: 0 }),
  maximize: flag,
};

/** Adam (Kingma and Ba 2015), with bias correction, as PyTorch's. */
export function adam(parameters: readonly Tensor[], options?: AdamOptions): Optimizer {
  const given = readOptions("adam", options, RULES);
  const { learningRate = 1e-3, betas = [0.9, 0.999], epsilon = 1e-8, maximize = false } = given;
  const [beta1, beta2] = betas.map((beta, i) => check(`betas[${i}]`, beta, DECAY));
  return makeOptimizer(parameters, learningRate, {
    wgsl: adamWgsl,
    statePerValue: 2,
    rates: (rate, t) => {
      const scale = 1 / Math.sqrt(1 - beta2 ** t);
      const share = maximize ? beta1 - 1 : 1 - beta1;
      return [rate / (1 - beta1 ** t), beta1, share, beta2, 1 - beta2, scale, epsilon];
    },
  });
}
