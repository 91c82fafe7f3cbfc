import { ArgumentError, describe } from "../../gpu/index.ts";
import type { Constant } from "../../transforms/index.ts";
import { type Family, made, NEVER_LEARNED, rounded, type Value } from "./family.ts";

/** Always `value`, a finite number. */
export function constant(value: number): Constant {
  if (typeof value !== "number" || !Number.isFinite(Math.fround(value)))
    throw new ArgumentError("value", describe(value), "a finite number");
  return made(CONSTANT, { distribution: "constant", value, shared: true, sameOnBatch: true });
}

export const CONSTANT: Family<Constant> = {
  bounds: () => [],
  support: (of) => [[of.value, of.value]],
  value,
  ...rounded(value),
  ...NEVER_LEARNED,
  text: (of) => ({ given: [of.value], options: [], implied: ["shared", "sameOnBatch"] }),
};

function value(of: Constant): Value {
  const fixed = Math.fround(of.value);
  return () => fixed;
}
