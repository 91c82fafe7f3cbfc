import { oneOf } from "../../gpu/index.ts";
import type { Scale } from "../../transforms/index.ts";
import { type DistributionOptions, SHARING } from "./family.ts";

/** Options of {@link uniform} and {@link around}. */
export interface RangeOptions extends DistributionOptions {
  /** In what it is uniform; `linear` unless given. */
  scale?: Scale;
}

export const RANGE = { ...SHARING, scale: oneOf("linear", "log") };

/** How a range prints its scale. */
export const scaleText = ({ scale }: { scale: Scale }): string[] => (scale === "log" ? ['scale: "log"'] : []);
