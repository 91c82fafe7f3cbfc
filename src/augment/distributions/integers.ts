import { add, div, floor, greaterEqual, lessEqual, log, mul, noGrad, sub, tanh, where } from "../../autograd/index.ts";
import { ArgumentError, describe, number, readOptions } from "../../gpu/index.ts";
import { keeping, type Tensor, tensor } from "../../tensor/index.ts";
import type { Bound, Estimator, Integers } from "../../transforms/index.ts";
import { checkBound, checkComponents, componentsOf, frozen, isLearnable, numberAt } from "./bounds.ts";
import {
  type DistributionOptions,
  type Family,
  type GpuTools,
  type Interval,
  made,
  sharing,
  table,
  type Value,
} from "./family.ts";
import { DISCRETE, estimatorOf, jumpText } from "./jump.ts";

/** Larger whole numbers have neighbours that f32 does not tell apart; and there are as many u. */
const LARGEST = 2 ** 24;

/** Options of {@link integers}. */
export interface IntegersOptions extends DistributionOptions {
  /**
   * How the gradient reaches bounds that learn. `straightThrough`, unless given: as that of lo + u (hi + 1 − lo), which is rounded down.
   * `relaxed`: values between, on stairs with round steps, with their true gradient. `scoreFunction`: by `pipeline.logProb` alone; at
   * bounds that are whole numbers it is that of ends that draw nearer.
   */
  estimator?: Estimator;
  /** Temperature of relaxed values, above 0; 0.5 unless given. Towards 0 they become whole, and the gradient noisier. */
  temperature?: number;
}

/**
 * Whole numbers from `lo` to `hi`, both included, each as likely: `integers(1, 6)` is a die. Where a bound is a tensor it learns, and need
 * not be whole: it is lo + u (hi + 1 − lo), rounded down, so that an end comes the more often the nearer the bound is to the next
 * number. Learned bounds that change places draw the same. Relaxed values lie up to one half beyond the bounds.
 * @throws ArgumentError for numbers that are not whole or beyond ±2^24, bounds that are upside down, and a temperature without `relaxed`
 */
export function integers(lo: Bound, hi: Bound, options?: IntegersOptions): Integers {
  const read = readOptions<IntegersOptions>("integers", options, DISCRETE);
  checkWholes("lo", lo);
  checkWholes("hi", hi);
  checkComponents("hi", lo, hi);
  for (let k = 0; k < Math.max(componentsOf(lo), componentsOf(hi)); k++) {
    const [a, b] = [numberAt(lo, k), numberAt(hi, k)];
    if (a > b) throw new ArgumentError("lo", `${a}, above hi = ${b}`, "a whole number that is at most hi");
  }
  return made(INTEGERS, {
    distribution: "integers",
    lo: frozen(lo),
    hi: frozen(hi),
    ...estimatorOf(read),
    ...sharing(read),
  });
}

/** The whole number of u among those from `least` to `most`. */
export const wholeAt = (u: number, least: number, most: number): number =>
  Math.min(least + Math.floor(u * (most - least + 1)), most);

export const INTEGERS: Family<Integers> = {
  bounds: ({ lo, hi }) => [
    ["lo", lo],
    ["hi", hi],
  ],
  support({ lo, hi, estimator }, k): Interval[] {
    const beyond = estimator === "relaxed" ? 0.5 : 0;
    return [[numberAt(lo, k) - beyond, numberAt(hi, k) + beyond]];
  },
  value: (of, components) => (of.estimator === "relaxed" ? soft(of, components) : hard(of, components)),
  whole: (of, components) => hard(of, components),
  hasWhole: () => true,
  draw(of, tools) {
    const { lo, hi } = ends(of, tools);
    const u = tools.upload(tools.units);
    return tools.keep(
      keeping(u.gpu, () => {
        const span = add(sub(hi, lo), 1);
        if (of.estimator === "relaxed") return stairs(add(sub(lo, 0.5), mul(u, span)), of.temperature);
        const whole = noGrad(() => wholes(u, lo, hi, span));
        const smooth = add(lo, mul(u, span));
        // The difference is 0: values stay whole.
        return smooth.requiresGrad ? add(whole, sub(smooth, smooth.detach())) : whole;
      }),
    );
  },
  logProb(of, tools) {
    const { lo, hi } = ends(of, tools);
    const u = tools.upload(tools.units);
    return tools.keep(
      keeping(u.gpu, () => {
        const span = add(sub(hi, lo), 1);
        const drawn = noGrad(() => wholes(u, lo, hi, span));
        // How much of drawn..drawn + 1 lies in lo..hi + 1.
        const most = where(greaterEqual(drawn, hi.detach()), hi, drawn);
        const least = where(lessEqual(drawn, lo.detach()), lo, drawn);
        return log(div(add(sub(most, least), 1), span));
      }),
    );
  },
  text: ({ lo, hi, ...of }) => ({ given: [lo, hi], options: jumpText(of) }),
};

/** Both bounds as tensors, the lesser one first. */
function ends({ lo, hi }: Integers, { bound, keep, upload, units }: GpuTools): { lo: Tensor; hi: Tensor } {
  const { gpu } = upload(units);
  const [a, b] = Object.entries({ lo, hi }).map(([name, value]) => {
    const given = bound(name, value);
    return typeof given === "number" ? keep(tensor(gpu, [given])) : given;
  });
  const upright = noGrad(() => keep(lessEqual(a, b)));
  return { lo: keep(where(upright, a, b)), hi: keep(where(upright, b, a)) };
}

/** lo + u span, rounded down. What lo lacks of a whole number is taken apart, so that large ones lose no digits. */
function wholes(u: Tensor, lo: Tensor, hi: Tensor, span: Tensor): Tensor {
  const first = floor(lo);
  const found = add(first, floor(add(sub(lo, first), mul(u, span))));
  // Rounding may reach hi + 1.
  return where(greaterEqual(found, add(hi, 1)), sub(found, 1), found);
}

/** y, rounded, with a soft step of tanh between whole numbers, which stay (Agustsson and Theis 2020, "soft rounding"). */
function stairs(y: Tensor, temperature: number): Tensor {
  const start = floor(y.detach());
  const rise = tanh(div(sub(sub(y, start), 0.5), temperature));
  return add(add(start, 0.5), mul(rise, 0.5 / Math.tanh(0.5 / temperature)));
}

function soft({ lo, hi, temperature }: Integers, components: number): Value {
  const least = table(components, (k) => numberAt(lo, k) - 0.5);
  const span = table(components, (k) => numberAt(hi, k) - numberAt(lo, k) + 1);
  const height = 0.5 / Math.tanh(0.5 / temperature);
  return (u, k) => {
    const y = least[k] + u * span[k];
    const start = Math.floor(y);
    return Math.fround(start + 0.5 + height * Math.tanh((y - start - 0.5) / temperature));
  };
}

function hard({ lo, hi }: Integers, components: number): Value {
  const least = table(components, (k) => numberAt(lo, k));
  const most = table(components, (k) => numberAt(hi, k));
  return (u, k) => wholeAt(u, least[k], most[k]);
}

const A_WHOLE = number({ least: -LARGEST, most: LARGEST, whole: true });

function checkWholes(name: string, bound: unknown): void {
  if (isLearnable(bound as Bound)) {
    checkBound(name, bound, "linear");
    return;
  }
  const values: unknown[] = Array.isArray(bound) ? Array.from(bound) : [bound];
  const allowed = `${A_WHOLE.allowed}, an array of them, a tensor or a function that makes one`;
  if (values.length === 0) throw new ArgumentError(name, "an empty array", allowed);
  for (const [i, each] of values.entries())
    if (!A_WHOLE.fits(each))
      throw new ArgumentError(Array.isArray(bound) ? `${name}[${i}]` : name, describe(each), allowed);
}
