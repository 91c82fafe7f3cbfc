import { type Tensor, zeros } from "../tensor/index.ts";
import { sumTo } from "./folds.ts";
import { record } from "./graph.ts";
import { reshaped, ternary } from "./kernels.ts";

/**
 * share · a + (1 − share) · b, by a share that broadcasts to both. At 0 and at 1 it chooses: then nothing of the other one, NaN
 * and infinities included, reaches the result or a gradient.
 */
export function blend(share: Tensor, a: Tensor, b: Tensor): Tensor {
  const y = ternary("blend", share, a, b, a.shape);
  y.gpu.untrack(y);
  return record(
    "blend",
    [share, a, b],
    { shape: a.shape, storage: y.storage },
    [share, a, b],
    (g, [s, va, vb], needs) => [
      needs[0] ? sumTo(ternary("blendGrad", g, va, vb, a.shape), share.shape) : null,
      needs[1] ? ternary("blend", s, g, 0, a.shape) : null,
      needs[2] ? ternary("blend", s, 0, g, a.shape) : null,
    ],
  );
}

/** x itself, whose gradient is 0 where the share is: what was left out gives none, not even 0 times infinity. */
export function only(share: Tensor, x: Tensor): Tensor {
  const same = { shape: x.shape, storage: x.storage.retain() };
  return record("only", [x], same, [share], (g, [s]) => [ternary("only", s, g, 0, x.shape)]);
}

/** x itself, beside tensors that had no part in it this time: their gradient is 0, and not missing. */
export function beside(x: Tensor, idle: readonly Tensor[]): Tensor {
  const { shape: own } = x;
  const shapes = idle.map(({ shape }) => shape);
  const same = { shape: own, storage: x.storage.retain() };
  return record("beside", [x, ...idle], same, [], (g, _, needs) => [
    needs[0] ? reshaped(g, own) : null,
    ...shapes.map((shape, i) => (needs[i + 1] ? zeros(g.gpu, shape) : null)),
  ]);
}
