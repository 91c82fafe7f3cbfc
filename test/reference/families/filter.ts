/** Filters in float64. */

import { build, type Case64, type Image64, type Reference64, scalar, two } from "../image.ts";
import { type Padding, padIndex } from "../sample.ts";

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
  const [, C, H, W] = x.shape;
  const length = axis === "x" ? W : H;
  const step = axis === "x" ? 1 : W;
  const taps = kernels[0].length;
  const front = Math.floor((taps - 1) / 2);
  // Where each position of the line sees pixels; -1 is a 0.
  const seen = Int32Array.from({ length: length * taps }, (_, at) =>
    padIndex(Math.floor(at / taps) + (at % taps) - front, length, padding),
  );
  return build(x.shape, (n, c, i, j) => {
    const kernel = kernels[n];
    const line = (n * C + c) * H * W + (axis === "x" ? i * W : j);
    const first = (axis === "x" ? j : i) * taps;
    let sum = 0;
    for (let k = 0; k < taps; k++) {
      const at = seen[first + k];
      if (at >= 0) sum += kernel[k] * x.data[line + at * step];
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
