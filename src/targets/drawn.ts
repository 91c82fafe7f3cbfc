import {
  add,
  gather,
  greater,
  greaterEqual,
  less,
  lessEqual,
  max,
  maximum,
  mul,
  reshape,
  square,
  sub,
  transpose,
} from "../autograd/index.ts";
import type { Gpu } from "../gpu/index.ts";
import { type Tensor, tensor } from "../tensor/index.ts";
import { columns } from "./rows.ts";

// Labels, drawn on images [N, 3, H, W] by operations on tensors: what belongs to a thing is 1, and things have colours in turn.

/** Eight colours that differ from each other and from most of what photographs show. */
const COLOURS = [
  [1, 0.2, 0.2],
  [0.1, 0.85, 0.25],
  [0.25, 0.5, 1],
  [1, 0.85, 0.1],
  [0.95, 0.3, 0.9],
  [0.1, 0.85, 0.9],
  [1, 0.55, 0.1],
  [0.6, 0.4, 1],
] as const;

/** How much of a mask's colour is seen. */
const TINT = 0.45;

/** The middles of so many pixels, as places between edges, `[1, 1, size]`. */
const middles = (gpu: Gpu, size: number): Tensor =>
  tensor(
    gpu,
    Float32Array.from({ length: size }, (_, i) => i + 0.5),
    [1, 1, size],
  );

/** What is beside and what is below, `[N, K, W]` and `[N, K, H]`, joined by an operation: `[N, K, H, W]`. */
function joined(across: Tensor, down: Tensor, join: (a: Tensor, b: Tensor) => Tensor): Tensor {
  const [n, k, w] = across.shape;
  return join(reshape(across, [n, k, 1, w]), reshape(down, [n, k, down.shape[2], 1]));
}

/** Outlines of boxes `[N, K, 4]`, as edges, on their inside. A box without an area has none, and neither has one with NaN. */
export function drawBoxes(image: Tensor, boxes: Tensor, thickness: number): Tensor {
  const [, , h, w] = image.shape;
  const [x0, y0, x1, y1] = [0, 1, 2, 3].map((i) => columns(boxes, i));
  // How far a pixel lies outside of the edges of an axis; inside it is negative.
  const outside = (low: Tensor, high: Tensor, size: number): Tensor => {
    const at = middles(image.gpu, size);
    return maximum(sub(low, at), sub(at, high));
  };
  const distance = joined(outside(x0, x1, w), outside(y0, y1, h), maximum);
  return painted(image, mul(less(distance, 0), greaterEqual(distance, -thickness)), 1);
}

/** Dots at points `[N, K, 2]`, in pixels whose centres lie on whole numbers. */
export function drawKeypoints(image: Tensor, points: Tensor, thickness: number): Tensor {
  const [, , h, w] = image.shape;
  const [x, y] = [0, 1].map((i) => columns(points, i));
  const apart = (place: Tensor, size: number): Tensor => square(sub(middles(image.gpu, size), add(place, 0.5)));
  return painted(image, lessEqual(joined(apart(x, w), apart(y, h), add), (0.5 + thickness) ** 2), 1);
}

/** Masks `[N, K, H, W]`: what is above one half is tinted. */
export const tintMasks = (image: Tensor, masks: Tensor): Tensor => painted(image, greater(masks, 0.5), TINT);

/** Shows the colour of the last thing that a pixel belongs to; `things` is 1 or 0, `[N, K, H, W]`. */
function painted(image: Tensor, things: Tensor, opacity: number): Tensor {
  const { gpu } = image;
  const [n, k, h, w] = things.shape;
  const numbers = tensor(
    gpu,
    Float32Array.from({ length: k }, (_, i) => i + 1),
    [1, k, 1, 1],
  );
  const last = max(mul(things, numbers), 1);
  const palette = [[0, 0, 0], ...Array.from({ length: k }, (_, i) => COLOURS[i % COLOURS.length])];
  const colours = gather(tensor(gpu, palette), { axis: 0, index: reshape(last, [n * h * w]) });
  const colour = transpose(reshape(colours, [n, h, w, 3]), [0, 3, 1, 2]);
  const share = mul(greater(reshape(last, [n, 1, h, w]), 0), opacity);
  return add(mul(image, sub(1, share)), mul(colour, share));
}
