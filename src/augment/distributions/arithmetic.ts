import { ArgumentError, describe } from "../../gpu/index.ts";
import type { Bound, ClippedValue, Distribution, Plus, Times } from "../../transforms/index.ts";
import { checkBound, frozen, LARGEST, numberAt } from "./bounds.ts";
import { CLIPPED, PLUS, TIMES } from "./combine.ts";
import { DEEPEST, isDistribution, jointOf, support, widthsOf } from "./families.ts";
import { combined } from "./family.ts";

/**
 * A random value plus a number, a tensor that learns, or another random value: `plus(beta(2, 5), -0.5)`. Two distributions are drawn
 * apart; one object that is there twice is drawn once, so that `plus(d, d)` is twice d. What is drawn, and for whom it is drawn once, each
 * part says by its own options. Gradients reach the bounds of all.
 * @throws ArgumentError for what is no distribution of single numbers, for `by` that is no finite number, array, tensor or distribution,
 * and for sums that f32 cannot hold
 */
export function plus(of: Distribution, by: Distribution | Bound): Plus {
  return checked(combined(PLUS, { distribution: "plus", of: part("of", of), by: second(by) }));
}

/**
 * A random value times a number, a tensor that learns, or another random value: `times(normal(0, 1), sigma)`; `times(d, -1)` is its
 * negative. Else it is as {@link plus}.
 * @throws ArgumentError as {@link plus}
 */
export function times(of: Distribution, by: Distribution | Bound): Times {
  return checked(combined(TIMES, { distribution: "times", of: part("of", of), by: second(by) }));
}

/**
 * A random value that is moved to the nearer end where it lies beyond `lo` or `hi`: `clipped(normal(1, 0.2), 0.5, 1.5)`, where
 * `truncatedNormal` would draw from between. The gradient goes to the end that was reached, and else to what was drawn.
 * @throws ArgumentError for what is no distribution of single numbers, and for ends that are no finite numbers or upside down
 */
export function clipped(of: Distribution, lo: Bound, hi: Bound): ClippedValue {
  checkBound("lo", lo, "linear");
  checkBound("hi", hi, "linear");
  const made = checked(
    combined(CLIPPED, { distribution: "clipped", of: part("of", of), lo: frozen(lo), hi: frozen(hi) }),
  );
  for (let k = 0; k < widthOf(made); k++) {
    const [a, b] = [numberAt(lo, k), numberAt(hi, k)];
    if (a > b) throw new ArgumentError("lo", `${a}, above hi = ${b}`, "a number that is at most hi");
  }
  return made;
}

function part(name: string, value: unknown): Distribution {
  const allowed = "a distribution of single numbers, such as uniform(0, 1)";
  if (!isDistribution(value)) throw new ArgumentError(name, describe(value), allowed);
  if (jointOf(value)) throw new ArgumentError(name, `${value.distribution}(...)`, allowed);
  return value;
}

function second(by: unknown): Distribution | Bound {
  if (isDistribution(by)) return part("by", by);
  checkBound("by", by, "linear");
  return frozen(by as Bound);
}

const widthOf = (of: Distribution): number => Math.max(1, ...widthsOf(of).map(([, width]) => width));

/** Refuses parts for different numbers of components, and values beyond f32. */
function checked<D extends Plus | Times | ClippedValue>(of: D): D {
  if (!isDistribution(of))
    throw new ArgumentError("of", "one more step of computation", `at most ${DEEPEST} of them in each other`);
  const most = widthOf(of);
  for (const [name, width] of widthsOf(of))
    if (width !== 1 && width !== most)
      throw new ArgumentError(name, `${width} components beside ${most}`, "as many components as the others, or one");
  for (let k = 0; k < most; k++) {
    const [lo, hi] = support(of, k);
    if (lo < -LARGEST || hi > LARGEST)
      throw new ArgumentError("by", `a range from ${lo} to ${hi} in all`, "a range that f32 can hold");
  }
  return of;
}
