import { oneOf, rule } from "../../gpu/index.ts";
import type { Scale } from "../../transforms/index.ts";
import { type DistributionOptions, SHARING } from "./family.ts";

/** Options of {@link logUniform}, whose ends, like those of {@link uniform} and {@link around}, are bounds themselves. */
export interface EndsOptions extends DistributionOptions {
  /**
   * The only one, as if it were not given: the gradient reaches bounds by the value. There is no score function: where the ends move, that
   * of the density leaves out what comes in or goes out there, and would be wrong on average.
   */
  estimator?: "pathwise";
}

/** Options of {@link uniform} and {@link around}. */
export interface RangeOptions extends EndsOptions {
  /** In what it is uniform; `linear` unless given. */
  scale?: Scale;
}

/** Why a support that moves has no score function, and what has one. */
const ALLOWED =
  "pathwise: as the ends move, a score function would be biased; normal(), beta() and truncatedNormal() between ends that are numbers have one";

export const ENDS = { ...SHARING, estimator: rule(ALLOWED, (value) => value === "pathwise") };
export const RANGE = { ...ENDS, scale: oneOf("linear", "log") };

/** How a range prints its scale. */
export const scaleText = ({ scale }: { scale: Scale }): string[] => (scale === "log" ? ['scale: "log"'] : []);
