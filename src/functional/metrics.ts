import {
  abs,
  add,
  clamp,
  concat,
  div,
  equal,
  log,
  mean,
  mul,
  slice,
  square,
  sub,
  sum,
  where,
} from "../autograd/index.ts";
import { checkTensor, checkTogether } from "../autograd/operands.ts";
import { apply } from "../compiler/index.ts";
import { number, oneOf, readOptions, rule, ShapeError } from "../gpu/index.ts";
import { checkImage, full, keeping, sameShape, show, type Tensor } from "../tensor/index.ts";
import { gaussianBlur } from "../transforms/index.ts";
import type { ReductionOptions } from "./robust.ts";

/** How {@link ssim} compares. */
export interface SsimOptions {
  /** Odd side of the Gaussian window, whose deviation is 1.5 pixels; 11 unless given. */
  windowSize?: number;
  /** The range of values, from 0; 1 unless given. */
  maxValue?: number;
  /** Added to the denominator; 1e-12 unless given. */
  epsilon?: number;
  /** `same` (the default) mirrors the images at their edges; `valid` leaves out places whose window is not all inside. */
  padding?: "same" | "valid";
}

const SSIM_RULES = {
  windowSize: rule(
    "an odd whole number of at least 1",
    (v) => Number.isSafeInteger(v) && (v as number) % 2 === 1 && (v as number) > 0,
  ),
  maxValue: number({ above: 0 }),
  epsilon: number({ least: 0 }),
  padding: oneOf("same", "valid"),
};

function checkAlike(x: Tensor, y: Tensor, what: string) {
  checkTensor(x, what, "x");
  checkTensor(y, what, "y");
  const gpu = checkTogether([x, y], what);
  if (!sameShape(x.shape, y.shape)) throw new ShapeError(`y of ${what}()`, show(y.shape), `${show(x.shape)}, as x`);
  return gpu;
}

function similarity(what: string, x: Tensor, y: Tensor, options: SsimOptions): Tensor {
  const { windowSize = 11, maxValue = 1, epsilon = 1e-12, padding = "same" } = options;
  const [, c, h, w] = x.shape;
  if (padding === "valid" && Math.min(h, w) < windowSize)
    throw new ShapeError(`x of ${what}()`, show(x.shape), `images of at least ${windowSize} pixels a side`);
  // Variances do not change with a shift, and lose less of f32 about 0.
  const middle = maxValue / 2;
  const [a, b] = [sub(x, middle), sub(y, middle)];
  const all = concat([a, b, square(a), square(b), mul(a, b)], 1);
  let local = apply(all, gaussianBlur({ sigma: 1.5, kernelSize: windowSize }));
  const edge = (windowSize - 1) / 2;
  if (padding === "valid" && edge > 0) local = slice(slice(local, 2, edge, h - edge), 3, edge, w - edge);
  const [ma, mb, aa, bb, ab] = [0, 1, 2, 3, 4].map((i) => slice(local, 1, i * c, (i + 1) * c));
  const [mx, my] = [add(ma, middle), add(mb, middle)];
  const [c1, c2] = [(0.01 * maxValue) ** 2, (0.03 * maxValue) ** 2];
  const covariance = sub(ab, mul(ma, mb));
  const variances = add(sub(aa, square(ma)), sub(bb, square(mb)));
  const above = mul(add(mul(mul(mx, my), 2), c1), add(mul(covariance, 2), c2));
  const below = mul(add(add(square(mx), square(my)), c1), add(variances, c2));
  return div(above, add(below, epsilon));
}

/**
 * The structural similarity of two batches of images, place by place (Wang et al. 2004): 1 where they are equal.
 * @param x `[N, C, H, W]`
 * @param y the same shape
 * @returns the same shape; with `padding: "valid"` less by the window's size − 1
 * @throws ShapeError when the shapes differ, or images are smaller than a valid window
 */
export function ssim(x: Tensor, y: Tensor, options: SsimOptions = {}): Tensor {
  const gpu = checkAlike(x, y, "ssim");
  checkImage(x.shape, "x of ssim()");
  const given = readOptions<SsimOptions>("ssim", options, SSIM_RULES);
  return keeping(gpu, () => similarity("ssim", x, y, given));
}

/**
 * A loss by structural similarity: (1 − {@link ssim}) / 2, kept within 0 and 1.
 * @param x `[N, C, H, W]`
 * @param y the same shape
 * @returns a scalar; with `reduction: "none"` the shape of {@link ssim}
 */
export function ssimLoss(x: Tensor, y: Tensor, options: SsimOptions & ReductionOptions = {}): Tensor {
  const gpu = checkAlike(x, y, "ssimLoss");
  checkImage(x.shape, "x of ssimLoss()");
  const rules = { ...SSIM_RULES, reduction: oneOf("mean", "sum", "none") };
  const { reduction = "mean", ...given } = readOptions<SsimOptions & ReductionOptions>("ssimLoss", options, rules);
  return keeping(gpu, () => {
    const each = clamp(mul(sub(1, similarity("ssimLoss", x, y, given)), 0.5), 0, 1);
    return reduction === "none" ? each : reduction === "mean" ? mean(each) : sum(each);
  });
}

/** Options of {@link psnr}. */
export interface PsnrOptions {
  /** The range of values, from 0; 1 unless given. */
  maxValue?: number;
}

function ratio(what: string, x: Tensor, y: Tensor, options: PsnrOptions, sign: number): Tensor {
  const gpu = checkAlike(x, y, what);
  const { maxValue = 1 } = readOptions<PsnrOptions>(what, options, { maxValue: number({ above: 0 }) });
  const decibels = (sign * 10) / Math.LN10;
  return keeping(gpu, () => {
    const error = mean(square(sub(x, y)));
    const none = equal(error.detach(), 0);
    const finite = add(mul(log(where(none, 1, error)), -decibels), decibels * 2 * Math.log(maxValue));
    return where(none, full(gpu, [], sign * Infinity), finite);
  });
}

/**
 * The peak signal-to-noise ratio, 10 log₁₀(maxValue² / mean((x − y)²)), in decibels, over all values. Infinite, with a gradient of 0,
 * where the tensors are equal.
 * @returns a scalar
 * @throws ShapeError when the shapes differ
 */
export const psnr = (x: Tensor, y: Tensor, options: PsnrOptions = {}): Tensor => ratio("psnr", x, y, options, 1);

/** The negative of {@link psnr}, a scalar to minimise. */
export const psnrLoss = (x: Tensor, y: Tensor, options: PsnrOptions = {}): Tensor =>
  ratio("psnrLoss", x, y, options, -1);

/** Options of {@link totalVariation}. */
export interface TotalVariationOptions {
  /** The `sum` of the differences of a plane (the default), or their `mean` along each axis. */
  reduction?: "sum" | "mean";
}

/**
 * The total variation of planes: the absolute differences of neighbours down and across, added up. Equal neighbours have a gradient
 * of 0.
 * @param x `[..., H, W]`
 * @returns `[...]`
 */
export function totalVariation(x: Tensor, options: TotalVariationOptions = {}): Tensor {
  checkTensor(x, "totalVariation");
  const gpu = checkTogether([x], "totalVariation");
  const { shape } = x;
  if (shape.length < 2) throw new ShapeError("x of totalVariation()", show(shape), "[..., H, W]");
  const { reduction = "sum" } = readOptions<TotalVariationOptions>("totalVariation", options, {
    reduction: oneOf("sum", "mean"),
  });
  return keeping(gpu, () => {
    const along = (axis: number, size: number): Tensor => {
      // A side of one pixel has no neighbours.
      if (size === 1) return mul(sum(x, [-2, -1]), 0);
      const steps = abs(sub(slice(x, axis, 1), slice(x, axis, 0, -1)));
      return reduction === "sum" ? sum(steps, [-2, -1]) : mean(steps, [-2, -1]);
    };
    return add(along(-2, shape[shape.length - 2]), along(-1, shape[shape.length - 1]));
  });
}
