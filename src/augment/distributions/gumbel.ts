import { add, clamp, div, greater, log, mul, softmax, sub } from "../../autograd/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import { threefryInto } from "../threefry.ts";
import { HALF } from "./quantile.ts";

// The concrete distribution (Maddison et al. 2017), or Gumbel softmax (Jang et al. 2017): shares softmax((ln w + g) / temperature), g of
// Gumbel's distribution. The largest share is that of k with a probability of w_k / Σ w; towards a temperature of 0 it becomes 1.

/** Gumbel's distribution, −ln(−ln u), of a uniform number u of 24 bits. */
export const gumbel = (u: number): number => -Math.log(-Math.log(u + HALF));

const block = new Uint32Array(2);

/** Independent noise for each of several values, of the one uniform number u of a draw: its bits are a key, of which come blocks 0, 1, … */
export function gumbelsOf(u: number, count: number): Float64Array {
  const key = Math.floor(u * 2 ** 24);
  return Float64Array.from({ length: count }, (_, k) => {
    threefryInto(key, 0, k, 0, block, 0);
    return gumbel((block[0] >>> 8) * 2 ** -24);
  });
}

/** Shares for weights that are numbers; what weighs 0 has none. */
export function gumbelShares(weights: readonly number[], noise: ArrayLike<number>, temperature: number): number[] {
  const logits = weights.map((weight, k) => (Math.log(weight) + noise[k]) / temperature);
  const most = logits.reduce((a, b) => Math.max(a, b));
  const powers = logits.map((logit) => Math.exp(logit - most));
  const total = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / total);
}

/** Shares `[M, K]` of logits `[K]` or `[M, K]` and noise `[M, K]`. */
export const gumbelSoftmax = (logits: Tensor, noise: Tensor, temperature: number): Tensor =>
  softmax(div(add(noise, logits), temperature), 1);

/** Keeps the logarithm of a weight, and its gradient, finite. */
const TINY = 1e-30;

/** Logits of weights: what weighs nothing, or less, gets so little that its share is 0. */
export const logWeights = (weights: Tensor): Tensor =>
  add(log(clamp(weights, TINY, Infinity)), mul(sub(greater(weights, 0), 1), 1 / TINY));
