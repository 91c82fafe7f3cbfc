import { add, div, expm1, log1p, mean, mul, neg, sqrt, square, sub, sum } from "../autograd/index.ts";
import { checkTogether } from "../autograd/operands.ts";
import { oneOf, readOptions, ShapeError } from "../gpu/index.ts";
import { keeping, sameShape, show, type Tensor } from "../tensor/index.ts";

/** What becomes of the values of a loss. */
export interface ReductionOptions {
  /** Their `mean` (the default), their `sum`, or each by itself, `none`. */
  reduction?: "mean" | "sum" | "none";
}

/** A loss of the differences of two tensors of one shape. */
function robust(what: string, a: Tensor, b: Tensor, options: ReductionOptions, loss: (d: Tensor) => Tensor): Tensor {
  const { reduction = "mean" } = readOptions<ReductionOptions>(what, options, {
    reduction: oneOf("mean", "sum", "none"),
  });
  const gpu = checkTogether([a, b], what);
  if (!sameShape(a.shape, b.shape)) throw new ShapeError(`b of ${what}()`, show(b.shape), `${show(a.shape)}, as a`);
  return keeping(gpu, () => {
    const each = loss(sub(a, b));
    return reduction === "none" ? each : reduction === "mean" ? mean(each) : sum(each);
  });
}

/**
 * The Charbonnier loss, √(d² + 1) − 1 of the differences d = a − b (Charbonnier et al. 1994): like d² / 2 near 0, like |d| far
 * from it.
 * @returns a scalar; with `reduction: "none"` the shape of a
 * @throws ShapeError where the shapes differ
 */
export const charbonnierLoss = (a: Tensor, b: Tensor, options: ReductionOptions = {}): Tensor =>
  // d² / (√(d² + 1) + 1) is the same, and exact near 0.
  robust("charbonnierLoss", a, b, options, (d) => {
    const s = square(d);
    return div(s, add(sqrt(add(s, 1)), 1));
  });

/**
 * The Welsch loss, 1 − exp(−d² / 2) of the differences d = a − b: it grows to 1, so that outliers count no more.
 * @returns a scalar; with `reduction: "none"` the shape of a
 * @throws ShapeError where the shapes differ
 */
export const welschLoss = (a: Tensor, b: Tensor, options: ReductionOptions = {}): Tensor =>
  robust("welschLoss", a, b, options, (d) => neg(expm1(mul(square(d), -0.5))));

/**
 * The Cauchy loss, ln(d² / 2 + 1) of the differences d = a − b.
 * @returns a scalar; with `reduction: "none"` the shape of a
 * @throws ShapeError where the shapes differ
 */
export const cauchyLoss = (a: Tensor, b: Tensor, options: ReductionOptions = {}): Tensor =>
  robust("cauchyLoss", a, b, options, (d) => log1p(mul(square(d), 0.5)));

/**
 * The Geman-McClure loss, 2d² / (d² + 4) of the differences d = a − b: it grows to 2 (Geman and McClure 1985).
 * @returns a scalar; with `reduction: "none"` the shape of a
 * @throws ShapeError where the shapes differ
 */
export const gemanMcclureLoss = (a: Tensor, b: Tensor, options: ReductionOptions = {}): Tensor =>
  robust("gemanMcclureLoss", a, b, options, (d) => {
    const s = square(d);
    return div(mul(s, 2), add(s, 4));
  });
