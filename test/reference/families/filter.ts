/** Filters in float64. */

import { build, type Case64, type Image64, type Reference64, scalar, two } from "../image.ts";
import { type Padding, padIndex, pixelReader } from "../sample.ts";

/**
 * Normalised Gaussian weights of `size` taps; tap k sits at k - floor(size / 2), half a pixel further for an even size.
 * sigma 0 is the limit: all weight on the middle tap.
 */
export function gaussianKernel(size: number, sigma: number): number[] {
  const positions = Array.from({ length: size }, (_, k) => k - Math.floor(size / 2) + (size % 2 === 0 ? 0.5 : 0));
  if (sigma === 0) return positions.map((t) => (t === 0 ? 1 : 0));
  const weights = positions.map((t) => Math.exp((-t * t) / (2 * sigma * sigma)));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((w) => w / sum);
}

/** Kernel size where none is given: three sigmas to each side of the largest sigma of the batch. */
export const kernelSizeFor = (sigma: number): number => 2 * Math.ceil(3 * sigma) + 1;

/** Correlation of one axis with one kernel per sample. */
function correlate(x: Image64, kernels: number[][], axis: "x" | "y", padding: Padding): Image64 {
  const [, , H, W] = x.shape;
  const read = pixelReader(x);
  return build(x.shape, (n, c, i, j) => {
    const kernel = kernels[n];
    const front = Math.floor((kernel.length - 1) / 2);
    let sum = 0;
    for (let k = 0; k < kernel.length; k++) {
      const y = axis === "y" ? padIndex(i + k - front, H, padding) : i;
      const z = axis === "x" ? padIndex(j + k - front, W, padding) : j;
      sum += kernel[k] * read(n, c, y, z);
    }
    return sum;
  });
}

/** Params sigmaX, sigmaY (or sigma for both), in pixels; options kernelSize, of both or [ky, kx], padding (default reflection). */
const gaussianBlur: Reference64 = (x, params, options) => {
  const samples = Array.from({ length: x.shape[0] }, (_, n) => n);
  const both = (n: number): number | undefined => (params.sigma === undefined ? undefined : scalar(params, "sigma", n));
  const sigmaX = samples.map((n) => scalar(params, "sigmaX", n, both(n)));
  const sigmaY = samples.map((n) => scalar(params, "sigmaY", n, both(n)));
  const size = options.kernelSize as number | [number, number] | undefined;
  const [ky, kx] =
    typeof size === "number"
      ? [size, size]
      : (size ?? [kernelSizeFor(Math.max(...sigmaY)), kernelSizeFor(Math.max(...sigmaX))]);
  const padding = (options.padding as Padding | undefined) ?? "reflection";
  const horizontal = correlate(
    x,
    sigmaX.map((s) => gaussianKernel(kx, s)),
    "x",
    padding,
  );
  return correlate(
    horizontal,
    sigmaY.map((s) => gaussianKernel(ky, s)),
    "y",
    padding,
  );
};

export const references: Record<string, Reference64> = { gaussianBlur };

export const cases: Case64[] = [
  ...["reflection", "symmetric", "zeros", "border", "circular"].map((padding) => ({
    name: "gaussianBlur",
    params: { sigmaX: two(1.1, 0.7), sigmaY: two(0.8, 1.6) },
    options: { kernelSize: [5, 7], padding },
  })),
];
