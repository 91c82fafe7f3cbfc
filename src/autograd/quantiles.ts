import betaWgsl from "../../shaders/tensor/beta.wgsl";
import truncatedNormalWgsl from "../../shaders/tensor/truncated_normal.wgsl";
import { type Tensor, tensor } from "../tensor/index.ts";
import { type Kernel, result, runWhole, THREADS } from "./dispatch.ts";
import { sumTo } from "./folds.ts";
import { record } from "./graph.ts";
import { binaryKernel, strided } from "./kernels.ts";
import type { Operand } from "./operands.ts";
import { stridesOf } from "./strides.ts";

/** The distributions whose quantiles have a kernel, which takes what they are made of in this order: a, b; mean, std, lo, hi. */
const KERNELS = {
  beta: { wgsl: betaWgsl, words: 8 },
  truncatedNormal: { wgsl: truncatedNormalWgsl, words: 8 },
} satisfies Record<string, Kernel>;

/**
 * Quantiles of a distribution, one for each uniform number, and components of a row have bounds of their own if there are as many.
 * The gradient in a bound θ is that of the quantile, dx / dθ = −(∂F / ∂θ) / density (Figurnov, Mohamed, Mnih 2018); uniform numbers
 * are constants.
 * @param tails the uniform numbers and what they lack of 1, each with its own digits: two tensors `[N]` or `[N, K]`
 * @param bounds numbers, or tensors of shape [], [1] or [K]
 */
export const quantile = (of: keyof typeof KERNELS, tails: readonly Tensor[], bounds: readonly Operand[]): Tensor =>
  differentiated(of, {}, tails, bounds);

/**
 * The logarithms of the densities at those quantiles, which stay what they are: the gradients are those of the density alone. Ends of a
 * `truncatedNormal` have to be constants: beyond them there is no density, and its gradient in them is NaN.
 */
export const logDensity = (of: keyof typeof KERNELS, tails: readonly Tensor[], bounds: readonly Operand[]): Tensor =>
  differentiated(of, { density: 1 }, tails, bounds);

/** What a kernel computes, with its derivative in each of the bounds. */
function differentiated(
  of: keyof typeof KERNELS,
  constants: Record<string, number>,
  [below, above]: readonly Tensor[],
  bounds: readonly Operand[],
): Tensor {
  const { gpu, size, shape } = below;
  const numbers = bounds.filter((bound) => typeof bound === "number").map((bound) => tensor(gpu, [bound]));
  let next = 0;
  const given = bounds.map((bound) => (typeof bound === "number" ? numbers[next++] : bound));
  const all = result([1 + given.length, ...shape], below, above, ...given);
  const strides = given.map((bound) => Number(bound.size > 1));
  runWhole({
    kernel: KERNELS[of],
    label: of,
    constants,
    reads: [below, above, ...given],
    writes: all,
    words: [size, shape.length > 1 ? shape[1] : 1, 0, 0, ...strides],
    threads: size,
    perGroup: THREADS,
  });
  for (const made of numbers) made.dispose();
  /** The values themselves, or their derivatives in a bound. */
  const row = (from: Tensor, at: number) => strided(of, from, { offset: at * size, strides: stridesOf(shape) }, shape);
  const values = row(all, 0);
  gpu.untrack(values);
  const made = record(of, given, { shape, storage: values.storage }, [all], (g, [kept], needs) =>
    given.map((bound, i) => {
      if (!needs[i]) return null;
      const slope = row(kept, 1 + i);
      const own = binaryKernel("mul", g, slope, shape);
      slope.dispose();
      return sumTo(own, bound.shape);
    }),
  );
  all.dispose();
  return made;
}
