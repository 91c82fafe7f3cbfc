import { concat, div, exp, mul, type Operand, reshape, square, sum } from "../autograd/index.ts";
import { checkTensor, checkTogether } from "../autograd/operands.ts";
import { apply } from "../compiler/index.ts";
import { ArgumentError, check, type Gpu, number, oneOf, readOptions, ShapeError } from "../gpu/index.ts";
import { checkGpu } from "../tensor/create.ts";
import { keeping, show, Tensor, tensor } from "../tensor/index.ts";
import { type GradientMode, gradientKernels } from "../transforms/filter/gradient-kernels.ts";
import { motionBlur } from "../transforms/filter/motion.ts";
import { horizontalFlip, verticalFlip } from "../transforms/geometry/geometry.ts";

/** Size of a kernel, [height, width] or one number for both. */
export type KernelSize = number | readonly [height: number, width: number];

const A_SIZE = number({ least: 1, whole: true });

/** [height, width], checked. */
function sizes(what: string, size: KernelSize): readonly [number, number] {
  const list = Array.isArray(size) ? size : [size, size];
  if (list.length !== 2)
    throw new ArgumentError(`kernelSize of ${what}()`, `${list.length} numbers`, "a number or two");
  for (const side of list) check(`kernelSize of ${what}()`, side, A_SIZE);
  return [list[0], list[1]];
}

/** Samples of a tensor of one value each: [], [N] or [N, 1]; null for one that all share. */
function samplesOf(what: string, name: string, value: Tensor): number | null {
  checkTensor(value, what, name);
  const { shape } = value;
  if (shape.length === 0) return null;
  if (shape.length === 1 || (shape.length === 2 && shape[1] === 1)) return shape[0];
  throw new ShapeError(`${name} of ${what}()`, show(shape), "[], [N] or [N, 1]");
}

const constant = (gpu: Gpu, rows: readonly (readonly number[])[]): Tensor =>
  tensor(gpu, rows.flat(), [rows.length, rows[0].length]);

/** Gaussian weights [N, k]. */
function gaussian(sigma: Tensor, size: number, samples: number): Tensor {
  // Of an even size, the middle lies between two of them.
  const squares = Array.from({ length: size }, (_, k) => -0.5 * (k - (size - 1) / 2) ** 2);
  const widths = square(reshape(sigma, [samples, 1]));
  const weights = exp(div(tensor(sigma.gpu, squares, [1, size]), widths));
  return div(weights, sum(weights, { axes: 1, keepDims: true }));
}

/**
 * The weights of a Gaussian, whose sum is 1: exp(−t² / 2σ²) / Σ, t counted from the middle.
 * @param sigma deviation in pixels: a tensor [], or [N] or [N, 1] for N kernels
 * @returns `[kernelSize]`, or `[N, kernelSize]`
 */
export function getGaussianKernel1d(kernelSize: number, sigma: Tensor): Tensor {
  const what = "getGaussianKernel1d";
  check(`kernelSize of ${what}()`, kernelSize, A_SIZE);
  const samples = samplesOf(what, "sigma", sigma);
  return keeping(sigma.gpu, () => {
    const weights = gaussian(sigma, kernelSize, samples ?? 1);
    return samples === null ? reshape(weights, [kernelSize]) : weights;
  });
}

/**
 * The product of two Gaussians, down and across.
 * @param sigma deviations (down, across) in pixels: a tensor [2], or [N, 2] for N kernels
 * @returns `[kH, kW]`, or `[N, kH, kW]`: a kernel of `filter2d`
 */
export function getGaussianKernel2d(kernelSize: KernelSize, sigma: Tensor): Tensor {
  const what = "getGaussianKernel2d";
  const [height, width] = sizes(what, kernelSize);
  checkTensor(sigma, what, "sigma");
  const { shape } = sigma;
  if (shape.at(-1) !== 2 || shape.length > 2) throw new ShapeError(`sigma of ${what}()`, show(shape), "[2] or [N, 2]");
  const n = sigma.size / 2;
  return keeping(sigma.gpu, () => {
    const sides = reshape(sigma, [n, 2]);
    const [down, across] = [height, width].map((size, i) => gaussian(pick(sides, i), size, n));
    const kernel = mul(reshape(down, [n, height, 1]), reshape(across, [n, 1, width]));
    return shape.length === 1 ? reshape(kernel, [height, width]) : kernel;
  });
}

/** Column i of [N, 2], as a product: 1 for it and 0 for the other. */
const pick = (rows: Tensor, i: number): Tensor =>
  sum(mul(rows, tensor(rows.gpu, i === 0 ? [1, 0] : [0, 1], [1, 2])), { axes: 1 });

/** How a kernel of motion is turned. */
export interface MotionKernelOptions {
  /** `bilinear` or `nearest`, with the gradient of `bilinear`; `bilinear` unless given. */
  interpolation?: "bilinear" | "nearest";
}

/**
 * The kernel of {@link motionBlur}: what it makes of a single bright pixel, turned around.
 * @param kernelSize odd, at least 3
 * @param angle in degrees, counter-clockwise: a tensor [] or [N]
 * @param direction −1 weighs the back alone, 1 the front: a number, or a tensor as `angle`
 * @returns `[kernelSize, kernelSize]`, or `[N, kernelSize, kernelSize]`
 */
export function getMotionKernel2d(
  kernelSize: number,
  angle: Tensor,
  direction: Operand = 0,
  options: MotionKernelOptions = {},
): Tensor {
  const what = "getMotionKernel2d";
  const { interpolation = "bilinear" } = readOptions<MotionKernelOptions>(what, options, {
    interpolation: oneOf("bilinear", "nearest"),
  });
  check(`kernelSize of ${what}()`, kernelSize, number({ least: 3, whole: true }));
  if (kernelSize % 2 === 0) throw new ArgumentError(`kernelSize of ${what}()`, String(kernelSize), "an odd number");
  const counts = [samplesOf(what, "angle", angle)];
  if (direction instanceof Tensor) counts.push(samplesOf(what, "direction", direction));
  const gpu = checkTogether(direction instanceof Tensor ? [angle, direction] : [angle], what);
  const n = Math.max(...counts.map((count) => count ?? 1));
  const each = (value: Operand): Operand =>
    value instanceof Tensor && value.shape.length ? reshape(value, [value.size]) : value;
  return keeping(gpu, () => {
    const middle = (kernelSize * kernelSize - 1) / 2;
    const dot = Array.from({ length: n * kernelSize * kernelSize }, (_, i) => Number(i % (2 * middle + 1) === middle));
    const blur = motionBlur({
      kernelSize,
      angle: each(angle) as Tensor,
      direction: each(direction) as Tensor,
      interpolation,
      padding: "zeros",
    });
    const kernel = apply(tensor(gpu, dot, [n, 1, kernelSize, kernelSize]), [blur, horizontalFlip(), verticalFlip()]);
    const isOne = counts.every((count) => count === null);
    return reshape(kernel, isOne ? [kernelSize, kernelSize] : [n, kernelSize, kernelSize]);
  });
}

/** The kernel of a mean: equal weights whose sum is 1. @returns `[kH, kW]` */
export function getBoxKernel2d(gpu: Gpu, kernelSize: KernelSize): Tensor {
  const [height, width] = sizes("getBoxKernel2d", kernelSize);
  return constant(
    gpu,
    Array.from({ length: height }, () => Array(width).fill(1 / (height * width))),
  );
}

/** The kernel of {@link laplacian}, not normalized: 1 all around, and in the middle what makes the sum 0. @returns `[kH, kW]` */
export function getLaplacianKernel2d(gpu: Gpu, kernelSize: KernelSize): Tensor {
  const what = "getLaplacianKernel2d";
  const [height, width] = sizes(what, kernelSize);
  if (height % 2 === 0 || width % 2 === 0)
    throw new ArgumentError(`kernelSize of ${what}()`, `${height} x ${width}`, "odd numbers");
  const middle = (height * width - 1) / 2;
  const value = (i: number) => (i === middle ? 1 - height * width : 1);
  return constant(
    gpu,
    Array.from({ length: height }, (_, r) => Array.from({ length: width }, (__, q) => value(r * width + q))),
  );
}

/** The kernel of {@link blurPool2d}: a row of Pascal's triangle down and across, over its sum. @returns `[kH, kW]` */
export function getPascalKernel2d(gpu: Gpu, kernelSize: KernelSize): Tensor {
  const [down, across] = sizes("getPascalKernel2d", kernelSize).map((size) => {
    const row = [2 ** (1 - size)];
    for (let k = 1; k < size; k++) row.push((row[k - 1] * (size - k)) / k);
    return row;
  });
  return constant(
    gpu,
    down.map((a) => across.map((b) => a * b)),
  );
}

/** Which derivatives {@link getSpatialGradientKernel2d} makes kernels of. */
export interface SpatialGradientKernelOptions {
  /** `sobel` or `diff`; `sobel` unless given. */
  mode?: GradientMode;
  /** 1 or 2; 1 unless given. */
  order?: 1 | 2;
}

/**
 * The kernels of {@link spatialGradient}, not normalized: across and down; of order 2 across twice, across and down, down twice.
 * @returns `[2, 3, 3]`; of order 2 `[3, k, k]`, k being 5 for `sobel`, 3 for `diff`
 */
export function getSpatialGradientKernel2d(gpu: Gpu, options: SpatialGradientKernelOptions = {}): Tensor {
  const { mode = "sobel", order = 1 } = readOptions<SpatialGradientKernelOptions>(
    "getSpatialGradientKernel2d",
    options,
    {
      mode: oneOf("sobel", "diff"),
      order: oneOf(1, 2),
    },
  );
  checkGpu(gpu);
  return keeping(gpu, () => {
    const kernels = gradientKernels(mode, order).map((kernel) => constant(gpu, kernel));
    const [height, width] = kernels[0].shape;
    return reshape(concat(kernels, 0), [kernels.length, height, width]);
  });
}
