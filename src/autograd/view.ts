import type { DType, Shape, Tensor } from "../tensor/index.ts";
import { record } from "./graph.ts";
import { reshaped } from "./kernels.ts";

// Other shapes of the same values: `reshape` is for f32 alone.

/** A tensor under a shape of as many values that lie alike, which shares its memory, in any storage type. */
export function viewed<D extends DType>(x: Tensor<D>, shape: Shape): Tensor<D> {
  const { dtype, shape: before } = x;
  const result = { shape, dtype, storage: x.storage.retain() };
  return record("reshape", [x], result, [], (g) => [reshaped(g, before)]);
}

/** `[C, H, W]` as a batch of one. */
export const batched = <D extends DType>(image: Tensor<D>): Tensor<D> =>
  image.shape.length === 4 ? image : viewed(image, [1, ...image.shape]);

/** A batch of one as `[C, H, W]`. */
export const unbatched = <D extends DType>(batch: Tensor<D>): Tensor<D> => viewed(batch, batch.shape.slice(1));
