import { concat, greater, max, min, reshape, where } from "../autograd/index.ts";
import { type Tensor, tensor } from "../tensor/index.ts";

/** Further away than any pixel. */
const FAR = 1e9;

/** The boxes around what of masks `[N, K, H, W]` is not 0: edges `[N, K, 4]`, a constant; 0 where there is nothing. */
export function tightest(masks: Tensor): Tensor {
  const { gpu } = masks;
  const [n, k, h, w] = masks.shape;
  const seen = greater(masks.detach(), 0);
  /** The first and the last edge along an axis of `size` pixels, over the other one. */
  const edges = (size: number, other: number): readonly [Tensor, Tensor] => {
    const any = max(seen, other);
    const edge = (by: number) =>
      tensor(
        gpu,
        Array.from({ length: size }, (_, i) => i + by),
      );
    return [min(where(any, edge(0), FAR), 2), max(where(any, edge(1), -FAR), 2)];
  };
  const [[x0, x1], [y0, y1]] = [edges(w, 2), edges(h, 3)];
  const all = [x0, y0, x1, y1].map((edge) => reshape(edge, [n, k, 1]));
  return where(reshape(max(seen, [2, 3]), [n, k, 1]), concat(all, 2), 0);
}
