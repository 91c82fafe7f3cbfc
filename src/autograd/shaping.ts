import { ArgumentError, describe, ShapeError } from "../gpu/index.ts";
import {
  broadcastShapes,
  checkShape,
  count,
  empty,
  type Shape,
  sameShape,
  show,
  type Tensor,
  zeros,
} from "../tensor/index.ts";
import { sumTo } from "./folds.ts";
import { record } from "./graph.ts";
import { copyStrided, reshaped, strided } from "./kernels.ts";
import { checkAxis, checkList, checkTensor, checkTogether } from "./operands.ts";
import { matmulKernel } from "./products.ts";
import { broadcastStrides, stridesOf } from "./strides.ts";

/** The same values in the same order under another shape; shares memory. One size may be -1: it follows from the others. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  checkTogether([x], "reshape");
  if (!Array.isArray(shape)) checkShape(shape, "shape of reshape()");
  const sizes = [...shape];
  const free = sizes.indexOf(-1);
  if (free >= 0) sizes[free] = x.size / count(sizes.filter((_, i) => i !== free));
  if (free < 0) checkShape(sizes, "shape of reshape()");
  if (!sizes.every((size) => Number.isInteger(size) && size > 0) || count(sizes) !== x.size) {
    throw new ShapeError("shape of reshape()", show(shape), `a shape of ${x.size} values, like ${show(x.shape)}`);
  }
  const before = x.shape;
  return record("reshape", [x], { shape: sizes, storage: x.storage.retain() }, [], (g) => [reshaped(g, before)]);
}

/** x repeated along its dimensions of size 1, and new leading ones, to a shape. */
export function broadcastTo(x: Tensor, shape: Shape): Tensor {
  checkTogether([x], "broadcastTo");
  checkShape(shape, "shape of broadcastTo()");
  const rank = shape.length;
  const fits =
    x.shape.length <= rank && x.shape.every((size, i) => size === 1 || size === shape[i + rank - x.shape.length]);
  if (!fits || rank > 6)
    throw new ShapeError(
      "shape of broadcastTo()",
      show(shape),
      `at most 6 dimensions that ${show(x.shape)} broadcasts to`,
    );
  const y = strided("broadcastTo", x, { offset: 0, strides: broadcastStrides(x.shape, shape) }, shape);
  x.gpu.untrack(y);
  const before = x.shape;
  return record("broadcastTo", [x], { shape: [...shape], storage: y.storage }, [], (g) => [sumTo(g.detach(), before)]);
}

/**
 * The dimensions in another order.
 * @param order where each dimension of the result comes from; the last two change places unless given
 */
export function transpose(x: Tensor, order?: readonly number[]): Tensor {
  checkTogether([x], "transpose");
  const rank = x.shape.length;
  if (!order && rank < 2)
    throw new ShapeError("x of transpose()", show(x.shape), "at least two dimensions, or an order");
  if (order !== undefined) checkList(order, "transpose", "order", "an array with every axis once");
  const dims = x.shape.map((_, i) => i);
  const to = order
    ? order.map((axis) => checkAxis(axis, rank, "transpose", "order"))
    : [...dims.slice(0, -2), rank - 1, rank - 2];
  if (to.length !== rank || new Set(to).size !== rank)
    throw new ArgumentError("order of transpose()", show(order ?? []), `every axis of ${show(x.shape)} once`);
  const permuted = (tensor: Tensor, axes: readonly number[]) => {
    const strides = stridesOf(tensor.shape);
    return strided(
      "transpose",
      tensor,
      { offset: 0, strides: axes.map((i) => strides[i]) },
      axes.map((i) => tensor.shape[i]),
    );
  };
  const y = permuted(x, to);
  x.gpu.untrack(y);
  const back = dims.map((i) => to.indexOf(i));
  return record("transpose", [x], { shape: y.shape, storage: y.storage }, [], (g) => [permuted(g, back)]);
}

/**
 * Part of a tensor along one axis: from `start` up to, not including, `end` (the size, unless given). Negative ones count from the end.
 * @throws ArgumentError when the part is empty or reaches outside
 */
export function slice(x: Tensor, axis: number, start: number, end?: number): Tensor {
  checkTogether([x], "slice");
  const at = checkAxis(axis, x.shape.length, "slice");
  const size = x.shape[at];
  const place = (value: number): number => (typeof value === "number" && value < 0 ? value + size : value);
  const [first, last] = [place(start), end === undefined ? size : place(end)];
  if (!Number.isInteger(first) || !Number.isInteger(last) || first < 0 || last > size || first >= last) {
    throw new ArgumentError(
      "start and end of slice()",
      `${describe(start)} and ${describe(end)}`,
      `whole numbers with start < end, within the ${size} of axis ${at}`,
    );
  }
  const before = x.shape;
  const shape = before.map((s, i) => (i === at ? last - first : s));
  const view = { offset: first * stridesOf(before)[at], strides: stridesOf(before) };
  const y = strided("slice", x, view, shape);
  x.gpu.untrack(y);
  return record("slice", [x], { shape, storage: y.storage }, [], (g) => {
    const gx = zeros(g.gpu, before);
    copyStrided("slice", g, { offset: 0, strides: stridesOf(shape) }, gx, view, shape);
    return [gx];
  });
}

/** Tensors one after another along an axis (the first, unless given); their other sizes are equal. */
export function concat(tensors: readonly Tensor[], axis = 0): Tensor {
  checkList(tensors, "concat", "tensors", "an array of at least one tensor");
  if (tensors.length === 0) throw new ArgumentError("tensors of concat()", "none", "an array of at least one tensor");
  for (const [i, tensor] of tensors.entries()) checkTensor(tensor, "concat", `tensors[${i}]`);
  const gpu = checkTogether(tensors, "concat", "tensors");
  const first = tensors[0].shape;
  const at = checkAxis(axis, first.length, "concat");
  const others = (sizes: Shape) => sizes.filter((_, i) => i !== at);
  tensors.forEach((tensor, i) => {
    if (tensor.shape.length !== first.length || !sameShape(others(tensor.shape), others(first))) {
      throw new ShapeError(
        `tensors[${i}] of concat()`,
        show(tensor.shape),
        `the sizes of tensors[0], ${show(first)}, but for axis ${at}`,
      );
    }
  });
  const shape = first.map((size: number, i: number) =>
    i === at ? tensors.reduce((n, tensor) => n + tensor.shape[at], 0) : size,
  );
  const strides = stridesOf(shape);
  const y = empty(gpu, shape);
  gpu.untrack(y);
  let offset = 0;
  const parts = tensors.map((tensor) => {
    const view = { offset: offset * strides[at], strides };
    offset += tensor.shape[at];
    copyStrided("concat", tensor, { offset: 0, strides: stridesOf(tensor.shape) }, y, view, tensor.shape);
    return { view, shape: tensor.shape };
  });
  return record("concat", tensors, { shape, storage: y.storage }, [], (g, _, needs) =>
    parts.map((part, i) => (needs[i] ? strided("concat", g, part.view, part.shape) : null)),
  );
}

/**
 * The product of matrices, `[..., m, k] · [..., k, n] → [..., m, n]`; leading dimensions (four at most) broadcast.
 * For the small matrices of losses and parameters: a thread computes one value.
 */
export function matmul(a: Tensor, b: Tensor): Tensor {
  checkTogether([a, b], "matmul");
  if (a.shape.length < 2 || b.shape.length < 2 || a.shape[a.shape.length - 1] !== b.shape[b.shape.length - 2]) {
    throw new ShapeError("a and b of matmul()", `${show(a.shape)} and ${show(b.shape)}`, "[..., m, k] and [..., k, n]");
  }
  const batch = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2), "leading dimensions of matmul()");
  const y = matmulKernel({ tensor: a }, { tensor: b }, batch);
  a.gpu.untrack(y);
  const saved = [...(a.requiresGrad ? [b] : []), ...(b.requiresGrad ? [a] : [])];
  const shapes = [a.shape, b.shape];
  return record("matmul", [a, b], { shape: y.shape, storage: y.storage }, saved, (g, kept, needs) => {
    const other = kept[kept.length - 1];
    return [
      needs[0] ? sumTo(matmulKernel({ tensor: g }, { tensor: kept[0], transposed: true }, batch), shapes[0]) : null,
      needs[1] ? sumTo(matmulKernel({ tensor: other, transposed: true }, { tensor: g }, batch), shapes[1]) : null,
    ];
  });
}
