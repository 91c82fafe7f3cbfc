import { record } from "../autograd/graph.ts";
import { add, clamp, div, exp, less, log, mul, neg, reshape, sigmoid, sub, sum } from "../autograd/index.ts";
import { type Gpu, TensorStateError } from "../gpu/index.ts";
import { type Tensor, tensor } from "../tensor/index.ts";
import { type Bernoulli, type Bound, boundTensor, type Distribution, isLearnable } from "./distributions.ts";
import { logitNoise } from "./value.ts";

/** A bound of a logarithmic range that was learned down to 0 counts as this. */
const LEAST = 1e-37;

/** A draw on the GPU: its value, and everything made on the way to it. */
export interface GpuDraw {
  value: Tensor;
  /** Frees what was made here. The graph keeps what backward needs, so that this may follow the pass that reads the value. */
  dispose(): void;
}

/**
 * The values of a distribution whose bounds live on the GPU, for uniform numbers of `n` samples by `components`: a tensor
 * [n], or [n, components] for a vector parameter (`vector`). Its gradient reaches the bounds.
 */
export function drawOnGpu(
  gpu: Gpu,
  distribution: Distribution,
  name: string,
  units: Float32Array,
  n: number,
  components: number,
  vector: boolean,
): GpuDraw {
  const made: Tensor[] = [];
  const keep = (value: Tensor): Tensor => {
    made.push(value);
    return value;
  };
  const shape = vector ? [n, components] : [n];
  const upload = (values: Float32Array): Tensor => keep(tensor(gpu, values, shape));
  const bound = (which: string, value: Bound): Tensor | number => {
    if (typeof value === "number") return value;
    if (!isLearnable(value)) return keep(tensor(gpu, value as number[]));
    const result = boundTensor(`${name}, ${which}`, value, components);
    if (result.gpu !== gpu)
      throw new TensorStateError(`${name}, ${which}: the tensor belongs to another device than the image.`);
    if (typeof value === "function") keep(result);
    return result;
  };
  const dispose = (): void => {
    for (const each of made) each.dispose();
  };
  try {
    return { value: draw(), dispose };
  } catch (error) {
    dispose();
    throw error;
  }

  function draw(): Tensor {
    switch (distribution.distribution) {
      case "uniform": {
        const lo = bound("lo", distribution.lo);
        const hi = bound("hi", distribution.hi);
        const u = upload(units);
        if (distribution.scale === "linear") return keep(add(lo, keep(mul(u, keep(sub(hi, lo))))));
        const logLo = logarithm(lo);
        return keep(exp(keep(add(logLo, keep(mul(u, difference(logarithm(hi), logLo)))))));
      }
      case "around": {
        const centre = bound("centre", distribution.centre);
        const width = bound("width", distribution.width);
        const offset = keep(mul(upload(units.map((u) => 2 * u - 1)), width));
        return distribution.scale === "linear" ? keep(add(centre, offset)) : keep(mul(centre, keep(exp(offset))));
      }
      case "bernoulli": {
        const p = bound("p", distribution.p) as Tensor;
        return distribution.estimator === "straightThrough" ? keep(coin(upload(units), p)) : relaxed(p, distribution);
      }
      default:
        return upload(units.map(() => distribution.value));
    }
  }

  function logarithm(value: Tensor | number): Tensor | number {
    return typeof value === "number" ? Math.log(value) : keep(log(keep(clamp(value, LEAST, Infinity))));
  }

  function difference(a: Tensor | number, b: Tensor | number): Tensor | number {
    return typeof a === "number" && typeof b === "number" ? a - b : keep(sub(a, b));
  }

  function relaxed(p: Tensor, { temperature }: Bernoulli): Tensor {
    const inside = keep(clamp(p, 1e-6, 1 - 1e-6));
    const logit = keep(sub(keep(log(inside)), keep(log(keep(add(1, keep(neg(inside))))))));
    return keep(sigmoid(keep(div(keep(add(logit, upload(units.map(logitNoise)))), temperature))));
  }
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
