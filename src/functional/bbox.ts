import {
  add,
  clamp,
  concat,
  div,
  greater,
  greaterEqual,
  less,
  lessEqual,
  max,
  maximum,
  min,
  minimum,
  mul,
  reshape,
  slice,
  sub,
  where,
} from "../autograd/index.ts";
import { checkTensor, checkTogether, type Operand } from "../autograd/operands.ts";
import { check, flag, number, oneOf, readOptions, ShapeError } from "../gpu/index.ts";
import { keeping, type Shape, show, type Tensor, tensor } from "../tensor/index.ts";
import { rowsOf } from "./parts.ts";
import { transformPoints } from "./points.ts";

// Boxes are edges, (x0, y0, x1, y1): pixel i lies between the edges i and i + 1, and the edge e is the point e − 0.5.

function checkBoxes(boxes: unknown, what: string, argument = "boxes"): asserts boxes is Tensor {
  checkTensor(boxes, what, argument);
  const { shape } = boxes;
  if (shape.length < 1 || shape[shape.length - 1] !== 4)
    throw new ShapeError(`${argument} of ${what}()`, show(shape), "[..., 4], (x0, y0, x1, y1)");
  checkTogether([boxes], what, argument);
}

/** Value i of the last dimension, which keeps a size of 1, up to value j. */
const part = (x: Tensor, i: number, j = i + 1): Tensor => slice(x, x.shape.length - 1, i, j);
const joined = (...parts: Tensor[]): Tensor => concat(parts, parts[0].shape.length - 1);

/** Ways to write a box: edges; the upper left corner and the size; the centre and the size. */
export type BboxFormat = "xyxy" | "xywh" | "cxcywh";

const FORMAT = oneOf("xyxy", "xywh", "cxcywh");

/**
 * Boxes in another format: `xyxy`, the edges (x0, y0, x1, y1); `xywh`, (x0, y0) and the size; `cxcywh`, the centre and the size.
 * @param boxes `[..., 4]`
 * @returns `[..., 4]`
 */
export function convertBbox(boxes: Tensor, from: BboxFormat, to: BboxFormat): Tensor {
  checkBoxes(boxes, "convertBbox");
  check("from of convertBbox()", from, FORMAT);
  check("to of convertBbox()", to, FORMAT);
  return keeping(boxes.gpu, () => {
    const [first, second] = [part(boxes, 0, 2), part(boxes, 2, 4)];
    const start = from === "cxcywh" ? sub(first, mul(second, 0.5)) : first;
    const size = from === "xyxy" ? sub(second, first) : second;
    if (to === "xyxy") return joined(start, from === "xyxy" ? second : add(start, size));
    return joined(to === "xywh" ? start : add(start, mul(size, 0.5)), size);
  });
}

/**
 * The corners of boxes as points: upper left, upper right, lower right, lower left. The edge e is the point e − 0.5.
 * @param boxes `[..., 4]`, edges (x0, y0, x1, y1)
 * @returns `[..., 4, 2]`, (x, y) in pixels
 */
export function bboxToPoints(boxes: Tensor): Tensor {
  checkBoxes(boxes, "bboxToPoints");
  return keeping(boxes.gpu, () => corners(boxes));
}

function corners(boxes: Tensor): Tensor {
  const [x0, y0, x1, y1] = [0, 1, 2, 3].map((i) => part(boxes, i));
  const all = reshape(joined(x0, y0, x1, y0, x1, y1, x0, y1), [...boxes.shape.slice(0, -1), 4, 2]);
  return sub(all, 0.5);
}

/**
 * The boxes around points. The point p is the edge p + 0.5.
 * @param points `[..., K, 2]`, (x, y) in pixels
 * @returns `[..., 4]`, edges (x0, y0, x1, y1); points that share an extreme share its gradient
 */
export function pointsToBbox(points: Tensor): Tensor {
  checkTensor(points, "pointsToBbox", "points");
  const gpu = checkTogether([points], "pointsToBbox", "points");
  const { shape } = points;
  if (shape.length < 2 || shape[shape.length - 1] !== 2)
    throw new ShapeError("points of pointsToBbox()", show(shape), "[..., K, 2], (x, y)");
  return keeping(gpu, () => hull(points));
}

const hull = (points: Tensor): Tensor => add(joined(min(points, -2), max(points, -2)), 0.5);

/**
 * Boxes through projective maps: the boxes around their four corners, wherever those go.
 * @param matrix `[3, 3]` for all boxes, or one for each sample, `[N, 3, 3]`, source to destination
 * @param boxes `[K, 4]` or `[N, K, 4]`, edges (x0, y0, x1, y1)
 * @returns `[K, 4]` or `[N, K, 4]`; gradients flow to both
 * @throws ShapeError when the shapes do not fit
 */
export function transformBbox(matrix: Tensor, boxes: Tensor): Tensor {
  checkTensor(matrix, "transformBbox", "matrix");
  checkBoxes(boxes, "transformBbox");
  const gpu = checkTogether([matrix, boxes], "transformBbox");
  const { shape } = boxes;
  if (shape.length < 2 || shape.length > 3)
    throw new ShapeError("boxes of transformBbox()", show(shape), "[K, 4] or [N, K, 4]");
  const m = matrix.shape;
  const samples = shape.length === 3 ? shape[0] : m[0];
  const fits = m.length === 2 || (m.length === 3 && (m[0] === 1 || samples === 1 || m[0] === samples));
  if (!fits || m[m.length - 1] !== 3 || m[m.length - 2] !== 3)
    throw new ShapeError(
      "matrix of transformBbox()",
      show(m),
      `[3, 3], or one for each sample of boxes ${show(shape)}`,
    );
  return keeping(gpu, () => {
    const points = corners(boxes);
    const moved = transformPoints(matrix, reshape(points, [...shape.slice(0, -2), shape[shape.length - 2] * 4, 2]));
    const leading: Shape = moved.shape.slice(0, -2);
    return hull(reshape(moved, [...leading, shape[shape.length - 2], 4, 2]));
  });
}

/** Height and width of boxes. */
export interface BboxShape {
  /** y1 − y0, in pixels. */
  height: Tensor;
  /** x1 − x0, in pixels. */
  width: Tensor;
}

/**
 * Height and width of boxes, in pixels.
 * @param boxes `[..., 4]`, edges (x0, y0, x1, y1)
 * @returns tensors `[...]`; negative where edges are in the wrong order
 */
export function inferBboxShape(boxes: Tensor): BboxShape {
  checkBoxes(boxes, "inferBboxShape");
  const [height, width] = keeping(boxes.gpu, () => {
    const size = sub(part(boxes, 2, 4), part(boxes, 0, 2));
    const leading = boxes.shape.slice(0, -1);
    return [reshape(part(size, 1), leading), reshape(part(size, 0), leading)];
  });
  return { height, width };
}

/**
 * The area of boxes, in square pixels; 0 where edges are in the wrong order.
 * @param boxes `[..., 4]`, edges (x0, y0, x1, y1)
 * @returns `[...]`
 */
export function bboxArea(boxes: Tensor): Tensor {
  checkBoxes(boxes, "bboxArea");
  return keeping(boxes.gpu, () => reshape(area(boxes), boxes.shape.slice(0, -1)));
}

/** `[..., 1]` */
function area(boxes: Tensor): Tensor {
  const size = clamp(sub(part(boxes, 2, 4), part(boxes, 0, 2)), 0, Infinity);
  return mul(part(size, 0), part(size, 1));
}

/**
 * Intersection over union of boxes, each of a with each of b; 0 where both have no area.
 * @param a `[..., K, 4]`, edges (x0, y0, x1, y1)
 * @param b `[..., M, 4]`; leading dimensions broadcast
 * @returns `[..., K, M]`
 */
export function bboxIou(a: Tensor, b: Tensor): Tensor {
  checkBoxes(a, "bboxIou", "a");
  checkBoxes(b, "bboxIou", "b");
  const gpu = checkTogether([a, b], "bboxIou");
  for (const [argument, { shape }] of Object.entries({ a, b }))
    if (shape.length < 2 || shape.length > 5)
      throw new ShapeError(`${argument} of bboxIou()`, show(shape), "[..., K, 4], of 5 dimensions at most");
  return keeping(gpu, () => {
    const [rows, columns] = [
      reshape(a, [...a.shape.slice(0, -1), 1, 4]),
      reshape(b, [...b.shape.slice(0, -2), 1, ...b.shape.slice(-2)]),
    ];
    const start = maximum(part(rows, 0, 2), part(columns, 0, 2));
    const shared = area(joined(start, minimum(part(rows, 2, 4), part(columns, 2, 4))));
    const union = sub(add(area(rows), area(columns)), shared);
    const iou = div(shared, add(union, lessEqual(union, 0)));
    return reshape(iou, iou.shape.slice(0, -1));
  });
}

const SIDE = number({ least: 1, whole: true });

/**
 * Boxes cut off at the edges of an image.
 * @param boxes `[..., 4]`, edges (x0, y0, x1, y1)
 * @param height of the image, in pixels
 * @param width of the image, in pixels
 * @returns `[..., 4]`; what is cut off has a gradient of 0
 */
export function clampBbox(boxes: Tensor, height: number, width: number): Tensor {
  checkBoxes(boxes, "clampBbox");
  check("height of clampBbox()", height, SIDE);
  check("width of clampBbox()", width, SIDE);
  return keeping(boxes.gpu, () => {
    const far = tensor(boxes.gpu, [width, height, width, height]);
    const known = boxes.detach();
    return where(less(known, 0), 0, where(greater(known, far), far, boxes));
  });
}

/**
 * Which boxes are finite and have a height and a width: 1 where they do, else 0; a constant.
 * @param boxes `[..., 4]`, edges (x0, y0, x1, y1)
 * @returns `[...]`
 */
export function validateBbox(boxes: Tensor): Tensor {
  checkBoxes(boxes, "validateBbox");
  return keeping(boxes.gpu, () => {
    const known = boxes.detach();
    const wide = greater(part(known, 2, 4), part(known, 0, 2));
    const finite = lessEqual(sub(part(known, 2, 4), part(known, 0, 2)), 3.4e38);
    return min(mul(wide, finite), -1);
  });
}

/**
 * Boxes from their upper left corner and their size. At least one argument is a tensor.
 * @param x left edge, in pixels: a number, a scalar, or `[N]`
 * @param y upper edge
 * @param width in pixels
 * @param height in pixels
 * @returns `[N, 4]`, edges (x0, y0, x1, y1)
 */
export function bboxGenerator(x: Operand, y: Operand, width: Operand, height: Operand): Tensor {
  const parts = Object.entries({ x, y, width, height }).map(([name, value]) => ({ name, value, shape: [] }));
  const first = parts.find(({ value }) => typeof value === "object" && value !== null && "gpu" in value);
  const make = () => {
    const rows = rowsOf("bboxGenerator", parts);
    return joined(part(rows, 0, 2), add(part(rows, 0, 2), part(rows, 2, 4)));
  };
  return first ? keeping((first.value as Tensor).gpu, make) : make();
}

/** Options of {@link bboxToMask}. */
export interface BboxMaskOptions {
  /** Height of the mask, in pixels. */
  height: number;
  /** Width of the mask, in pixels. */
  width: number;
  /** How much of each pixel lies in the box, 0 to 1, with gradients of the edges; false unless given. */
  soft?: boolean;
}

/**
 * Masks of boxes: 1 where the centre of a pixel lies in the box, else 0. Such a mask is a constant; with `soft` it is the share of
 * the pixel that the box covers, which is the same for edges on whole numbers, and has gradients.
 * @param boxes `[..., 4]`, edges (x0, y0, x1, y1), of 5 dimensions at most
 * @returns `[..., height, width]`
 */
export function bboxToMask(boxes: Tensor, options: BboxMaskOptions): Tensor {
  checkBoxes(boxes, "bboxToMask");
  const sides = { height: SIDE, width: SIDE, soft: flag };
  const { height, width, soft = false } = readOptions<BboxMaskOptions>("bboxToMask", options, sides);
  check("height of bboxToMask()", height, SIDE);
  check("width of bboxToMask()", width, SIDE);
  if (boxes.shape.length > 5) throw new ShapeError("boxes of bboxToMask()", show(boxes.shape), "at most 5 dimensions");
  const leading = boxes.shape.slice(0, -1);
  const along = (axis: number, size: number): Tensor => {
    const pixel = tensor(
      boxes.gpu,
      Float32Array.from({ length: size }, (_, i) => i),
    );
    const [start, end] = [part(boxes, axis), part(boxes, axis + 2)];
    if (soft) return clamp(sub(minimum(end, add(pixel, 1)), maximum(start, pixel)), 0, 1);
    const middle = add(pixel, 0.5);
    return mul(greaterEqual(middle, start.detach()), lessEqual(middle, end.detach()));
  };
  return keeping(boxes.gpu, () =>
    mul(reshape(along(1, height), [...leading, height, 1]), reshape(along(0, width), [...leading, 1, width])),
  );
}
