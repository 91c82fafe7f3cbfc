/** Transforms that apply a part of a pipeline in a region of the images: pixels there show what the part makes, those outside are as they were. */
import { broadcastTo, equal, greaterEqual, mul, reshape, where } from "../autograd/index.ts";
import { apply } from "../compiler/index.ts";
import { bind } from "../compiler/stages/bind.ts";
import type { Gpu } from "../gpu/index.ts";
import { type Shape, type Tensor, tensor } from "../tensor/index.ts";
import { remap, type Transform } from "../transforms/index.ts";

/** A transform that applies links in a region. */
export interface Region {
  /** Its links. */
  readonly chain: readonly Transform[];
  /** How much of each pixel is what the links make, `[N, 1, H, W]`; 0 for samples that a coin leaves alone. */
  readonly share: () => Tensor;
}

/**
 * The region of a transform for images `[N, C, H, W]`; null for one that has none, where each pixel is of what links make, or of both.
 * @throws ArgumentError for parameters that the images do not allow
 */
export function regionOf(gpu: Gpu, transform: Transform, shape: Shape): Region | null {
  const { parts, params, options } = transform;
  if (!parts?.region || parts.sideBySide) return null;
  const { region } = parts;
  const chain = parts.chainFor?.(shape) ?? parts.chain;
  const [n, channels, h, w] = shape;
  const { on } = bind(transform, n, channels, [h, w]);
  const own = region({ ...params, ...options }, { gpu, shape });
  if (!own) return null;
  const coin = (): Tensor | null => {
    if (!on) return null;
    const sample = [n, 1, 1, 1];
    if ("numbers" in on)
      return tensor(
        gpu,
        Array.from({ length: n }, (_, i) => on.numbers[i * on.strides[0]]),
        sample,
      );
    const given = reshape(on.tensor, [on.tensor.size, 1, 1, 1]);
    return on.is === undefined ? given : equal(given, on.is);
  };
  const share = (): Tensor => {
    const gate = coin();
    return broadcastTo(gate ? mul(own, gate) : own, [n, 1, h, w]);
  };
  return { chain, share };
}

/** Whether a transform may have a region: {@link regionOf} says. */
export const mayHaveRegion = ({ parts }: Transform): boolean => parts?.region !== undefined;

/** Places that lie in a region go one way, others stay: `moved` where the pixel nearest to a place is in it, else `places`, `[N, K, 2]`. */
export function whereInside(share: Tensor, places: Tensor, moved: Tensor): Tensor {
  const [n, k] = places.shape;
  const grid = reshape(places.detach(), [n, k, 1, 2]);
  const inside = apply(share.detach(), remap({ grid, interpolation: "nearest", padding: "zeros" }));
  return where(reshape(greaterEqual(inside, 0.5), [n, k, 1]), moved, places);
}
