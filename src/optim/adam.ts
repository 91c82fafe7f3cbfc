import type { Tensor } from "../tensor/index.ts";
import { checkRate, makeOptimizer, type Optimizer } from "./optimizer.ts";

/** Options of {@link adam}. */
export interface AdamOptions {
  /** At least 0; 0.001 unless given. */
  learningRate?: number;
  /** Decay of the mean of the gradient and of its square, each from 0 to below 1; [0.9, 0.999] unless given. */
  betas?: readonly [number, number];
  /** Keeps the division finite; 1e-8 unless given. */
  epsilon?: number;
}

/** Adam (Kingma and Ba 2015), with bias correction, as PyTorch's. */
export function adam(parameters: readonly Tensor[], options: AdamOptions = {}): Optimizer {
  const [beta1, beta2] = options.betas ?? [0.9, 0.999];
  checkRate("betas[0]", beta1, 0, 1);
  checkRate("betas[1]", beta2, 0, 1);
  const epsilon = checkRate("epsilon", options.epsilon ?? 1e-8, 0);
  return makeOptimizer(parameters, options.learningRate ?? 1e-3, {
    module: "optim::adam",
    statePerValue: 2,
    rates: (rate, t) => {
      const scale = 1 / Math.sqrt(1 - beta2 ** t);
      return [rate / (1 - beta1 ** t), beta1, 1 - beta1, beta2, 1 - beta2, scale, epsilon];
    },
  });
}
