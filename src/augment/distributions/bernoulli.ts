import { record } from "../../autograd/graph.ts";
import { add, clamp, less, log, mul, noGrad, reshape, sub, sum } from "../../autograd/index.ts";
import { readOptions } from "../../gpu/index.ts";
import { keeping, type Tensor } from "../../tensor/index.ts";
import type { Bernoulli, Bound, Estimator } from "../../transforms/index.ts";
import { checkBound, frozen, numberAt } from "./bounds.ts";
import {
  type DistributionOptions,
  type Family,
  type GpuTools,
  made,
  rounded,
  sharing,
  table,
  type Value,
} from "./family.ts";
import { DISCRETE, estimatorOf, jumpText, logitNoise, relaxedCoin } from "./jump.ts";

/** Options of {@link bernoulli}. */
export interface BernoulliOptions extends DistributionOptions {
  /** How the gradient passes the jump, where `p` learns; `straightThrough` unless given. */
  estimator?: Estimator;
  /** Temperature of the relaxed coin, above 0; 0.5 unless given. */
  temperature?: number;
}

/**
 * A coin: 1 where u < p, else 0. Where `p` is a tensor the jump has an estimator: `straightThrough` (default) throws the
 * hard coin and passes its gradient on to p unchanged; `relaxed` is the sigmoid of (logit p + logit u') / temperature,
 * between 0 and 1, with its true gradient (u' = 1 - u, so that both agree on which side of one half they fall);
 * `scoreFunction` throws the hard coin, whose gradient reaches p by `pipeline.logProb` alone.
 * @throws ArgumentError for p outside 0..1, a temperature that is not above 0, or an unknown estimator
 */
export function bernoulli(p: Bound, options?: BernoulliOptions): Bernoulli {
  const read = readOptions<BernoulliOptions>("bernoulli", options, DISCRETE);
  checkBound("p", p, "linear", 0, 1);
  return made(BERNOULLI, { distribution: "bernoulli", p: frozen(p), ...estimatorOf(read), ...sharing(read) });
}

export const BERNOULLI: Family<Bernoulli> = {
  bounds: ({ p }) => [["p", p]],
  support: ({ estimator }) =>
    estimator === "relaxed"
      ? [[0, 1]]
      : [
          [0, 0],
          [1, 1],
        ],
  value,
  ...rounded(value),
  draw(of, tools) {
    const p = tools.bound("p", of.p) as Tensor;
    return of.estimator === "relaxed" ? relaxedOnGpu(p, of, tools) : tools.keep(coin(tools.upload(tools.units), p));
  },
  logProb(of, { bound, keep, upload, units }) {
    const p = bound("p", of.p) as Tensor;
    const side = noGrad(() => keep(coin(upload(units), p)));
    // p where it is 1, 1 - p where it is 0.
    const likely = keep(add(keep(sub(1, p)), keep(mul(side, keep(sub(keep(mul(p, 2)), 1))))));
    return keep(log(keep(clamp(likely, TINY, Infinity))));
  },
  text: ({ p, ...of }) => ({ given: [p], options: jumpText(of) }),
};

/** Keeps the logarithm of what cannot be finite. */
const TINY = 1e-30;

function value({ p, estimator, temperature }: Bernoulli, components: number): Value {
  const rates = table(components, (k) => numberAt(p, k));
  if (estimator !== "relaxed") return (u, k) => (u < rates[k] ? 1 : 0);
  return (u, k) => relaxed(rates[k], u, temperature);
}

function relaxed(p: number, u: number, temperature: number): number {
  const logit = Math.log(p) - Math.log(1 - p);
  return Math.fround(1 / (1 + Math.exp(-(logit + logitNoise(u)) / temperature)));
}

function relaxedOnGpu(p: Tensor, { temperature }: Bernoulli, { keep, upload, units }: GpuTools): Tensor {
  return keep(
    keeping(p.gpu, () => {
      const inside = clamp(p, 1e-6, 1 - 1e-6);
      return relaxedCoin(sub(log(inside), log(sub(1, inside))), upload(units.map(logitNoise)), temperature);
    }),
  );
}

/** 1 where u < p, else 0. Straight-through: the gradient in p is that of the result, summed over what p was broadcast to. */
function coin(u: Tensor, p: Tensor): Tensor {
  const side = less(u, p);
  const tossed = record("coin", [p], { shape: side.shape, storage: side.storage.retain() }, [], (gradient) => {
    const total = p.size === 1 ? sum(gradient) : sum(gradient, 0);
    const shaped = reshape(total, p.shape);
    total.dispose();
    return [shaped];
  });
  side.dispose();
  return tossed;
}
