import type { DType, Tensor } from "../../tensor/index.ts";
import { linkKey, planKey } from "../identity.ts";
import type { Bound, Pass } from "../pass.ts";
import { isTail } from "../pixels/epilogue.ts";
import { weightOf } from "../weight.ts";
import { type PlanOptions, plan } from "./plan.ts";

/** Plans of this many chains are kept; the oldest goes first. */
const MOST = 512;

const plans = new Map<string, readonly Pass[]>();

/** The plan of a chain, from the cache where it is known. It holds no tensor, and nothing of the caller's. */
export function planned(
  x: Pick<Tensor<DType>, "shape" | "dtype">,
  bound: readonly Bound[],
  options: PlanOptions,
): readonly Pass[] {
  let key = `${x.shape.join()}|${x.dtype}|${options.dtype ?? ""}|${options.compose ?? true}`;
  for (const link of bound) key += `|${linkKey(link)}|${planKey(link)}|${weightOf(link)}${isTail(link) ? "~" : ""}`;
  let passes = plans.get(key);
  if (!passes) {
    passes = plan(bound, x.shape, x.dtype, options);
    if (plans.size >= MOST) plans.delete(plans.keys().next().value!);
    plans.set(key, passes);
  }
  return passes;
}

/** Empties the cache: for tests that compare with a first call. */
export const forgetPlans = (): void => plans.clear();
