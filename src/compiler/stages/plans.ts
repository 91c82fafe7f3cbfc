import type { DType, Tensor } from "../../tensor/index.ts";
import { optionFacts } from "../identity.ts";
import type { Bound, Pass } from "../pass.ts";
import { isTail } from "../pixels/epilogue.ts";
import { weightOf } from "../weight.ts";
import { type PlanOptions, plan } from "./plan.ts";

/** Plans of twice as many chains are kept; those that were not used for longest go first. */
const MOST = 256;

/** Where the facts of a chain lead, one after the other; its plan stands at the last one. */
interface Place {
  next: Map<unknown, Place>;
  passes?: readonly Pass[];
}

const start = (): Place => ({ next: new Map() });
let young = start();
let old = start();
let count = 0;

/** The facts of the chain at hand. One list for all times, and no text made of them: that took a fifth of a step's JavaScript. */
const facts: unknown[] = [];

/** The plan of a chain, from the cache where it is known. It holds no tensor, and nothing of the caller's. */
export function planned(
  { shape, dtype }: Pick<Tensor<DType>, "shape" | "dtype">,
  bound: readonly Bound[],
  options: PlanOptions,
): readonly Pass[] {
  facts.length = 0;
  facts.push(shape[0], shape[1], shape[2], shape[3], dtype, options.dtype, options.compose ?? true);
  for (const link of bound) {
    const { transform, gate, near = false } = link;
    // What is no value starts a link, so that no option of one is taken for a fact of the next.
    facts.push(transform.declaration, gate, near, weightOf(link), isTail(link));
    optionFacts(transform.options, facts);
  }
  const known = find(young);
  if (known) return known;
  // A plan may ask for others.
  const own = [...facts];
  const passes = find(old) ?? plan(bound, shape, dtype, options);
  keep(own, passes);
  return passes;
}

function find(from: Place): readonly Pass[] | undefined {
  let place: Place | undefined = from;
  for (let i = 0; i < facts.length; i++) {
    place = place.next.get(facts[i]);
    if (!place) return undefined;
  }
  return place.passes;
}

function keep(own: readonly unknown[], passes: readonly Pass[]): void {
  if (count === MOST) {
    old = young;
    young = start();
    count = 0;
  }
  let place = young;
  for (const fact of own) {
    let next = place.next.get(fact);
    if (!next) place.next.set(fact, (next = start()));
    place = next;
  }
  place.passes = passes;
  count++;
}

/** Empties the cache: for tests that compare with a first call. */
export function forgetPlans(): void {
  young = start();
  old = start();
  count = 0;
}
