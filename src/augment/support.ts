import { type Distribution, numberAt } from "./distributions.ts";

/** Least and largest value of a component; NaN, which no comparison refuses, where a bound lives on the GPU. */
export function support(distribution: Distribution, k: number): [number, number] {
  switch (distribution.distribution) {
    case "uniform":
      return [numberAt(distribution.lo, k), numberAt(distribution.hi, k)];
    case "around": {
      const centre = numberAt(distribution.centre, k);
      const width = numberAt(distribution.width, k);
      return distribution.scale === "log"
        ? [centre * Math.exp(-width), centre * Math.exp(width)]
        : [centre - width, centre + width];
    }
    case "bernoulli":
      return [0, 1];
    default:
      return [distribution.value, distribution.value];
  }
}
