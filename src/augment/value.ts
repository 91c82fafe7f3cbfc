import { type Distribution, numberAt } from "./distributions.ts";

/** Gives the value of component k for a uniform number u, in f32. For distributions whose bounds are numbers. */
export type Value = (u: number, k: number) => number;

const f32 = Math.fround;

/** The draw of a distribution on the processor. Bounds are read once; a value never leaves its range by rounding. */
export function valueFor(distribution: Distribution, components: number): Value {
  switch (distribution.distribution) {
    case "constant": {
      const value = f32(distribution.value);
      return () => value;
    }
    case "bernoulli": {
      const p = table(components, (k) => numberAt(distribution.p, k));
      if (distribution.estimator === "straightThrough") return (u, k) => (u < p[k] ? 1 : 0);
      return (u, k) => relaxed(p[k], u, distribution.temperature);
    }
    case "uniform": {
      const lo = table(components, (k) => f32(numberAt(distribution.lo, k)));
      const hi = table(components, (k) => f32(numberAt(distribution.hi, k)));
      if (distribution.scale === "log") return (u, k) => Math.min(f32(lo[k] * (hi[k] / lo[k]) ** u), hi[k]);
      const span = table(components, (k) => f32(hi[k] - lo[k]));
      return (u, k) => Math.min(f32(lo[k] + f32(u * span[k])), hi[k]);
    }
    case "around": {
      const centre = table(components, (k) => f32(numberAt(distribution.centre, k)));
      const width = table(components, (k) => f32(numberAt(distribution.width, k)));
      if (distribution.scale === "log") return (u, k) => f32(centre[k] * Math.exp((2 * u - 1) * width[k]));
      return (u, k) => f32(centre[k] + f32((2 * u - 1) * width[k]));
    }
  }
}

/** The same for whole numbers: a uniform one from `lo` to `hi`, each as likely; others are rounded. */
export function wholeFor(distribution: Distribution, components: number): Value {
  if (distribution.distribution !== "uniform" || distribution.scale === "log") {
    const value = valueFor(distribution, components);
    return (u, k) => Math.round(value(u, k));
  }
  const lo = table(components, (k) => Math.ceil(numberAt(distribution.lo, k)));
  const hi = table(components, (k) => Math.floor(numberAt(distribution.hi, k)));
  return (u, k) => Math.min(lo[k] + Math.floor(u * (hi[k] - lo[k] + 1)), hi[k]);
}

const table = (components: number, value: (k: number) => number): Float64Array =>
  Float64Array.from({ length: components }, (_, k) => value(k));

/** Half a step of the 24 bits of u: keeps the logarithms of u and 1 - u finite. */
const HALF = 2 ** -25;

/** Logit of 1 - u: the noise of the relaxed coin; large where u is small, and so on the side of heads. */
export const logitNoise = (u: number): number => Math.log((1 - u - HALF) / (u + HALF));

function relaxed(p: number, u: number, temperature: number): number {
  const logit = Math.log(p) - Math.log(1 - p);
  return f32(1 / (1 + Math.exp(-(logit + logitNoise(u)) / temperature)));
}
