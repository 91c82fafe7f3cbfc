import { beside } from "../autograd/blend.ts";
import { concat } from "../autograd/index.ts";
import { viewed } from "../autograd/view.ts";
import { keeping, type Tensor } from "../tensor/index.ts";
import type { BranchChain, Branches, Transform } from "../transforms/index.ts";
import { inOrder, samplesAt } from "./list.ts";

/**
 * What samples become that run a chain each: those of one run together, and no others with them, so that each gets what it would get
 * alone. What is learned in a chain that none of them runs has a gradient of 0.
 * @param x `[N, ...]`, of f32
 * @param run applies a chain, which was made for as many samples as it gets
 */
export function throughBranches(
  x: Tensor,
  { chains, taken }: Branches,
  run: (x: Tensor, chain: readonly Transform[]) => Tensor,
): Tensor {
  const of = (branch: BranchChain | null, places: readonly number[]): Tensor => {
    const isWhole = places.length === taken.length;
    if (!branch) return isWhole ? viewed(x, x.shape) : samplesAt(x, places);
    if (isWhole) return run(x, branch.chain);
    if (branch.meets) return samplesAt(run(x, branch.chain), places);
    return run(samplesAt(x, places), branch.at(places).chain);
  };
  return keeping(x.gpu, () => {
    const groups = [null, ...chains].map((branch, k) => ({
      branch,
      places: taken.flatMap((own, i) => (own === k - 1 ? [i] : [])),
    }));
    const used = groups.filter(({ places }) => places.length > 0);
    const whole = inOrder(
      used.map(({ branch, places }) => of(branch, places)),
      used,
    );
    const idle = groups.flatMap(({ branch, places }) => (branch && places.length === 0 ? branch.tensors() : []));
    const learned = new Set(idle.filter(({ requiresGrad }) => requiresGrad));
    return learned.size > 0 ? beside(whole, [...learned]) : whole;
  });
}

/** What each sample's own chain makes, from what the chains make of all samples, `[N, ...]`, and what is `without` any. */
export const takenOf = (made: readonly Tensor[], without: Tensor, { taken }: Branches): Tensor =>
  keeping(without.gpu, () =>
    samplesAt(
      concat([without, ...made]),
      taken.map((k, i) => (k + 1) * taken.length + i),
    ),
  );
