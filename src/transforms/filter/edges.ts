import laplacianWgsl from "../../../shaders/filter/laplacian.wgsl";
import sharpnessWgsl from "../../../shaders/filter/sharpness.wgsl";
import sobelWgsl from "../../../shaders/filter/sobel.wgsl";
import { concat, reshape } from "../../autograd/shaping.ts";
import { partOf } from "../language/construct.ts";
import { define } from "../language/declare.ts";
import type { ParamValue } from "../language/values.ts";
import { filter2d } from "./filter.ts";
import { type GradientMode, gradientKernels } from "./gradient-kernels.ts";
import { padding } from "./kernel.ts";

/** Settings of {@link laplacian}. */
export interface LaplacianSettings {
  /** Odd, or [height, width]; 3 unless given. */
  kernelSize?: number | readonly [number, number];
  /** Whether the weights are divided by the sum of their absolute values; true unless given. */
  normalized?: boolean;
  /** What lies beyond the image; `reflection` unless given. */
  padding?: "reflection" | "symmetric" | "zeros" | "border" | "circular";
}

/** How much the neighbours differ from the pixel: their sum, less the pixel as often as there are neighbours. */
export const laplacian = define<LaplacianSettings>({
  name: "laplacian",
  kind: "stencil",
  stencil: "weights",
  wgsl: laplacianWgsl,
  params: {},
  options: {
    kernelSize: { default: 3, allowed: "kernelSize", doc: "odd size of the window, [height, width]" },
    normalized: { default: true, allowed: [true, false], doc: "divides by the sum of absolute values" },
    padding: padding("reflection"),
  },
  example: {},
  doc: "y = Σ (x(p + t) − x(p)), over 2 (n − 1) if normalized",
  source: "Kornia, filters.laplacian",
});

/** Settings of {@link sobel}. */
export interface SobelSettings {
  /** Whether both filters are divided by 8, the sum of their absolute weights; true unless given. */
  normalized?: boolean;
  /** What lies beyond the image; `border` unless given, as in Kornia. */
  padding?: "reflection" | "symmetric" | "zeros" | "border" | "circular";
}

/** The length of the image's gradient, channel by channel, by Sobel's filters of 3 x 3. */
export const sobel = define<SobelSettings>({
  name: "sobel",
  kind: "stencil",
  wgsl: sobelWgsl,
  params: {},
  neighbourhood: () => ({ size: [3, 3] }),
  options: {
    normalized: { default: true, allowed: [true, false], inShader: true, doc: "divides both filters by 8" },
    padding: padding("border"),
  },
  example: {},
  doc: "y = √(gx² + gy² + 10⁻⁶)",
  source: "Kornia, filters.sobel",
});

/** Settings of {@link sharpness}. */
export interface SharpnessSettings {
  /** 1 keeps the image, 0 smooths it, more than 1 sharpens it. */
  factor: ParamValue;
}

/** Blends between the smoothed image and the image, and beyond; pixels of the border stay as they are. */
export const sharpness = define<SharpnessSettings>({
  name: "sharpness",
  kind: "stencil",
  center: true,
  wgsl: sharpnessWgsl,
  params: { factor: { neutral: 1, usual: [0.1, 1.9], unit: "factor", doc: "1 keeps the image, 0 smooths it" } },
  neighbourhood: () => ({ size: [3, 3] }),
  options: { padding: { default: "none", allowed: ["none"], doc: "pixels of the border stay as they are" } },
  example: { params: { factor: 0.4 } },
  doc: "y = s + factor · (x − s), s = (Σ of the 8 neighbours + 5 x) / 13",
  source: "Kornia, enhance.sharpness; torchvision, adjust_sharpness",
});

/** Settings of {@link spatialGradient}. */
export interface SpatialGradientSettings {
  /** `sobel` smooths across the direction of a derivative, `diff` takes the two neighbours alone; `sobel` unless given. */
  mode?: GradientMode;
  /** 1 for the derivatives across and down, 2 for those of the second order; 1 unless given. */
  order?: 1 | 2;
  /** Whether each filter is divided by the sum of its absolute weights; true unless given. */
  normalized?: boolean;
  /** What lies beyond the image; `border` unless given, as in Kornia. */
  padding?: "reflection" | "symmetric" | "zeros" | "border" | "circular";
}

const derivatives = ({ mode, order }: Readonly<Record<string, unknown>>) =>
  gradientKernels(mode as GradientMode, order as 1 | 2);

/**
 * The derivatives of each channel. An image of C channels becomes one of 2C, of each channel the derivative across and the one down; of
 * order 2 it becomes one of 3C: across twice, across and down, and down twice. Kornia has them in a dimension of their own.
 */
export const spatialGradient = define<SpatialGradientSettings>({
  name: "spatialGradient",
  kind: "composite",
  params: {},
  options: {
    mode: { default: "sobel", allowed: ["sobel", "diff"], doc: "Sobel's filters, or plain differences" },
    order: { default: 1, allowed: [1, 2], doc: "order of the derivatives" },
    normalized: { default: true, allowed: [true, false], doc: "divides by the sum of absolute values" },
    padding: padding("border"),
  },
  outChannels: (options, channels) => channels * derivatives(options).length,
  composite: {
    chains: (settings) =>
      derivatives(settings).map((kernel) => [
        partOf(filter2d, { ...settings, kernel: kernel.flat(), kernelSize: [kernel.length, kernel[0].length] }),
      ]),
    combine: ({ x, settings, run }) => {
      const [n, c, h, w] = x.shape;
      const parts = derivatives(settings).map((_, k) => reshape(run(k), [n, c, 1, h * w]));
      return reshape(concat(parts, 2), [n, c * parts.length, h, w]);
    },
  },
  example: {},
  doc: "y = (∂x/∂u, ∂x/∂v) of each channel, or (∂²x/∂u², ∂²x/∂u∂v, ∂²x/∂v²), by filters of 3 x 3 or 5 x 5",
  source: "Kornia, filters.spatial_gradient",
});
