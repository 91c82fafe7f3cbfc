import { ArgumentError, checkedLater, describe, flag, readOptions, ShapeError } from "../gpu/index.ts";
import { count, type Shape, Tensor } from "../tensor/index.ts";
import { type ReduceOp, reduce } from "./folds.ts";
import { record } from "./graph.ts";
import { binaryKernel, reshaped, strided, unary } from "./kernels.ts";
import { checkAxis, checkList, checkTogether } from "./operands.ts";
import { broadcastStrides } from "./strides.ts";

/** Over which axes to reduce: all unless given; negative ones count from the end. */
export interface ReduceOptions {
  /** One axis, or several. */
  axes?: number | readonly number[];
  /** Leave a 1 in the place of every reduced axis. */
  keepDims?: boolean;
}

interface Plan {
  axes: number[];
  /** With ones in the place of the reduced axes. */
  kept: number[];
  shape: number[];
  /** Values that go into one result. */
  values: number;
}

const RULES = { axes: checkedLater, keepDims: flag };

function plan(x: Tensor, options: ReduceOptions | number | readonly number[], what: string): Plan {
  const rank = x.shape.length;
  if (options instanceof Tensor) {
    const pair = { max: "maximum", min: "minimum" }[what];
    const hint = pair ? `; for the ${what === "max" ? "greater" : "lesser"} of two tensors use ${pair}(a, b)` : "";
    throw new ArgumentError(`options of ${what}()`, describe(options), `axes, or { axes, keepDims }${hint}`);
  }
  const isShort = typeof options === "number" || Array.isArray(options);
  const given: ReduceOptions = isShort
    ? { axes: options as number }
    : readOptions<ReduceOptions>(what, options as ReduceOptions, RULES);
  const wanted =
    given.axes === undefined ? x.shape.map((_, i) => i) : typeof given.axes === "number" ? [given.axes] : given.axes;
  checkList(wanted, what, "axes", "an axis, or an array of axes");
  const axesGiven = wanted as readonly number[];
  const axes = axesGiven.map((axis) => checkAxis(axis, rank, what, "axes")).sort((a, b) => a - b);
  if (new Set(axes).size !== axes.length)
    throw new ArgumentError(`axes of ${what}()`, describe(axesGiven), "every axis once");
  const kept = x.shape.map((size, i) => (axes.includes(i) ? 1 : size));
  const shape = given.keepDims ? kept : x.shape.filter((_, i) => !axes.includes(i));
  return { axes, kept, shape, values: count(axes.map((i) => x.shape[i])) };
}

/** A gradient of the reduced shape, seen in the shape of the input. */
function spread(g: Tensor, kept: Shape, shape: Shape): Tensor {
  return strided("spread", g, { offset: 0, strides: broadcastStrides(kept, shape) }, shape);
}

function linear(name: "sum" | "mean", x: Tensor, options: ReduceOptions | number | readonly number[]): Tensor {
  checkTogether([x], name);
  const { axes, kept, shape, values } = plan(x, options, name);
  const factor = name === "mean" ? 1 / values : 1;
  const y = reduce("sum", x, axes, shape, factor);
  x.gpu.untrack(y);
  const full = x.shape;
  return record(name, [x], { shape, storage: y.storage }, [], (g) => {
    if (factor === 1) return [spread(g, kept, full)];
    const scaled = binaryKernel("mul", g, factor, g.shape);
    const result = spread(scaled, kept, full);
    scaled.dispose();
    return [result];
  });
}

/** The sum over all values or some axes, in an order that depends on the shape alone: equal bits every time. */
export const sum = (x: Tensor, options: ReduceOptions | number | readonly number[] = {}): Tensor =>
  linear("sum", x, options);
/** The mean over all values or some axes. */
export const mean = (x: Tensor, options: ReduceOptions | number | readonly number[] = {}): Tensor =>
  linear("mean", x, options);

function extreme(
  name: Extract<ReduceOp, "max" | "min">,
  x: Tensor,
  options: ReduceOptions | number | readonly number[],
): Tensor {
  checkTogether([x], name);
  const { axes, kept, shape } = plan(x, options, name);
  const y = reduce(name, x, axes, shape);
  x.gpu.untrack(y);
  // The winners share the gradient equally, as in PyTorch's amax and in JAX.
  return record(name, [x], { shape, storage: y.storage }, [x, y], (g, [v, best]) => {
    const [bestKept, gradient] = [reshaped(best, kept), reshaped(g, kept)];
    const winners = binaryKernel("equal", v, bestKept, v.shape);
    const number = reduce("sum", winners, axes, kept);
    const share = binaryKernel("div", gradient, number, kept);
    const result = binaryKernel("mul", winners, share, v.shape);
    for (const tensor of [bestKept, gradient, winners, number, share]) tensor.dispose();
    return [result];
  });
}

/**
 * The greatest value over all or some axes, and NaN where there is one; equal winners share the gradient. For the greater
 * of two tensors see {@link maximum}.
 */
export const max = (x: Tensor, options: ReduceOptions | number | readonly number[] = {}): Tensor =>
  extreme("max", x, options);
/**
 * The least value over all or some axes, and NaN where there is one; equal winners share the gradient. For the lesser of
 * two tensors see {@link minimum}.
 */
export const min = (x: Tensor, options: ReduceOptions | number | readonly number[] = {}): Tensor =>
  extreme("min", x, options);

function alongAxis(x: Tensor, axis: number, what: string) {
  checkTogether([x], what);
  if (x.shape.length === 0) throw new ShapeError(`x of ${what}()`, "[]", "a tensor with at least one dimension");
  const at = checkAxis(axis, x.shape.length, what);
  const kept = x.shape.map((size, i) => (i === at ? 1 : size));
  const greatest = reduce("max", x, [at], kept);
  const shifted = binaryKernel("sub", x, greatest, x.shape);
  greatest.dispose();
  const powers = unary("exp", shifted);
  const total = reduce("sum", powers, [at], kept);
  return { at, kept, shifted, powers, total };
}

/** e^x divided by its sum along an axis (the last, unless given). */
export function softmax(x: Tensor, axis = -1): Tensor {
  const { at, kept, shifted, powers, total } = alongAxis(x, axis, "softmax");
  const y = binaryKernel("div", powers, total, x.shape);
  for (const tensor of [shifted, powers, total]) tensor.dispose();
  x.gpu.untrack(y);
  return record("softmax", [x], { shape: x.shape, storage: y.storage }, [y], (g, [p]) => {
    const weighted = binaryKernel("mul", g, p, p.shape);
    const sum = reduce("sum", weighted, [at], kept);
    const centred = binaryKernel("sub", g, sum, p.shape);
    const result = binaryKernel("mul", p, centred, p.shape);
    for (const tensor of [weighted, sum, centred]) tensor.dispose();
    return [result];
  });
}

/** The logarithm of {@link softmax}, without its loss of precision. */
export function logSoftmax(x: Tensor, axis = -1): Tensor {
  const { at, kept, shifted, powers, total } = alongAxis(x, axis, "logSoftmax");
  const logTotal = unary("log", total);
  const y = binaryKernel("sub", shifted, logTotal, x.shape);
  for (const tensor of [shifted, powers, total, logTotal]) tensor.dispose();
  x.gpu.untrack(y);
  return record("logSoftmax", [x], { shape: x.shape, storage: y.storage }, [y], (g, [logP]) => {
    const sum = reduce("sum", g, [at], kept);
    const p = unary("exp", logP);
    const part = binaryKernel("mul", p, sum, p.shape);
    const result = binaryKernel("sub", g, part, g.shape);
    for (const tensor of [sum, p, part]) tensor.dispose();
    return [result];
  });
}
