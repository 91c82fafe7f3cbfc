import { concat, greater, max, min, reshape, sub, where } from "../autograd/index.ts";
import { type Tensor, tensor } from "../tensor/index.ts";

/** Further away than any pixel. */
const FAR = 1e9;

/** The first and the last place of what of masks `[N, K, H, W]` is not 0: `[N, K, 2, 2]`, a constant. Their hull is a box; of nothing it is 0. */
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
  const boxes = where(reshape(max(seen, [2, 3]), [n, k, 1]), concat(all, 2), 0);
  return reshape(sub(boxes, 0.5), [n, k, 2, 2]);
}
