import boxBlurWgsl from "../../../shaders/filter/box_blur.wgsl";
import filter2dWgsl from "../../../shaders/filter/filter2d.wgsl";
import gaussianBlurWgsl from "../../../shaders/filter/gaussian_blur.wgsl";
import medianBlurWgsl from "../../../shaders/filter/median_blur.wgsl";
import { define } from "../language/declare.ts";
import type { ParamValue } from "../language/values.ts";
import { type KernelValue, kernelSizeOf, PADDINGS, padding, sigma, withKernel } from "./kernel.ts";

/** Settings of {@link gaussianBlur}: one deviation for both axes, or one for each. */
export type GaussianBlurSettings = GaussianWindow &
  (
    | {
        /** Standard deviation in pixels, both ways; or `sigmaX` and `sigmaY`. */
        sigma: ParamValue;
        /** Deviation across, in pixels; `sigma` unless given. */
        sigmaX?: ParamValue;
        /** Deviation down, in pixels; `sigma` unless given. */
        sigmaY?: ParamValue;
      }
    | {
        sigma?: undefined;
        /** Deviation across, in pixels. */
        sigmaX: ParamValue;
        /** Deviation down, in pixels. */
        sigmaY: ParamValue;
      }
  );

/** How {@link gaussianBlur} looks at neighbours. */
export interface GaussianWindow {
  /** Odd, or [height, width]; 2 · ceil(3 σ) + 1 of the largest σ unless given, which then has to be a number. */
  kernelSize?: number | readonly [number, number];
  /** What lies beyond the image; `reflection` unless given. */
  padding?: "reflection" | "symmetric" | "zeros" | "border" | "circular";
}

/** Convolves with a sampled, normalised Gaussian; differentiable in the image and in both deviations. */
export const gaussianBlur = define<GaussianBlurSettings>(
  {
    name: "gaussianBlur",
    kind: "line",
    symmetric: true,
    wgsl: gaussianBlurWgsl,
    params: { sigmaX: sigma("deviation across"), sigmaY: sigma("deviation down") },
    options: {
      kernelSize: {
        allowed: "kernelSize",
        holds: ["sigmaY", "sigmaX"],
        doc: "odd size of the window, [height, width]",
      },
      padding: padding("reflection"),
    },
    example: { params: { sigmaX: 1.2, sigmaY: 0.8 }, options: { kernelSize: [3, 5] } },
    doc: "y = Σ w(t) x(p + t), w(t) = exp(−t² / 2σ²) / Σ",
    source: "Kornia, filters.gaussian_blur2d",
  },
  ({ sigma: both, ...settings }) => ({ ...settings, sigmaX: settings.sigmaX ?? both, sigmaY: settings.sigmaY ?? both }),
);

/** Settings of {@link boxBlur}. */
export interface BoxBlurSettings {
  /** Size of the box, [height, width] or one number for both; 3 unless given. An even one reaches farther right and down. */
  kernelSize?: number | readonly [number, number];
  /** What lies beyond the image; `reflection` unless given. */
  padding?: "reflection" | "symmetric" | "zeros" | "border" | "circular";
}

/** The mean of a box around each pixel; differentiable in the image. A pass along each axis, so that large boxes are cheap, too. */
export const boxBlur = define<BoxBlurSettings>({
  name: "boxBlur",
  kind: "line",
  flat: true,
  wgsl: boxBlurWgsl,
  params: {},
  options: {
    kernelSize: { default: 3, allowed: "anyKernelSize", doc: "size of the box, [height, width]" },
    padding: padding("reflection"),
  },
  example: {},
  doc: "y = mean of x(p + t) over the box",
  source: "Kornia, filters.box_blur",
});

/** Settings of {@link medianBlur}. */
export interface MedianBlurSettings {
  /** Odd, or [height, width]; 3 unless given. */
  kernelSize?: number | readonly [number, number];
  /** What lies beyond the image; `zeros` unless given, as in Kornia. */
  padding?: "reflection" | "symmetric" | "zeros" | "border" | "circular";
}

/**
 * The median of the neighbours, for each channel by itself. The gradient goes to the neighbour that was picked, and in equal parts
 * where several have its value.
 */
export const medianBlur = define<MedianBlurSettings>({
  name: "medianBlur",
  kind: "stencil",
  stencil: "rank",
  rank: (cells) => (cells - 1) >> 1,
  wgsl: medianBlurWgsl,
  params: {},
  options: {
    kernelSize: { default: 3, allowed: "kernelSize", doc: "odd size of the window, [height, width]" },
    padding: padding("zeros"),
  },
  example: {},
  doc: "y = median of x(p + t)",
  source: "Kornia, filters.median_blur",
});

/** Settings of {@link filter2d}. */
export interface Filter2dSettings {
  /**
   * The kernel: rows of numbers, or one such matrix per sample, or a tensor [kH, kW] or [N, kH, kW]. All channels share it. Sizes may
   * be even; then it reaches farther right and down.
   */
  kernel: KernelValue;
  /** Its size, [height, width], where `kernel` does not show it, as a list of weights row by row; then 3 unless given. */
  kernelSize?: number | readonly [number, number];
  /** Whether the kernel is divided by the sum of its absolute values. */
  normalized?: boolean;
  /** `corr` lays the kernel on the image as it is, `conv` turned around; `corr` unless given. */
  behaviour?: "corr" | "conv";
  /** What lies beyond the image; `reflection` unless given. `valid` keeps the pixels whose neighbours are all in the image. */
  padding?: "reflection" | "symmetric" | "zeros" | "border" | "circular" | "valid";
}

/** Correlates with a kernel; differentiable in the image and in the kernel. */
export const filter2d = define<Filter2dSettings>(
  {
    name: "filter2d",
    kind: "stencil",
    stencil: "weights",
    wgsl: filter2dWgsl,
    params: { kernel: { size: "kernel", unit: "weight", doc: "its weights, row by row" } },
    options: {
      kernelSize: { default: 3, allowed: "anyKernelSize", doc: "size of the kernel, [height, width]" },
      normalized: { default: false, allowed: [false, true], doc: "divides by the sum of absolute values" },
      behaviour: { default: "corr", allowed: ["corr", "conv"], doc: "whether the kernel is turned around" },
      padding: {
        default: "reflection",
        allowed: [...PADDINGS, "valid"],
        doc: "what lies beyond the image, or `valid` for a smaller result",
      },
    },
    neighbourhood: ({ kernelSize, behaviour, padding }) => {
      const mirrored = behaviour === "conv";
      return padding === "valid" ? { mirrored, origin: [0, 0] } : { mirrored, size: kernelSizeOf(kernelSize) };
    },
    size: ({ kernelSize, padding }, [h, w]) => {
      const [height, width] = kernelSizeOf(kernelSize);
      return padding === "valid" ? [h - height + 1, w - width + 1] : [h, w];
    },
    example: { params: { kernel: [0.3, -0.2, 0.5, 0.1, 0.7, -0.4, 0.2, -0.1, 0.6] } },
    doc: "y = Σ k(t) x(p + t)",
    source: "Kornia, filters.filter2d",
  },
  (settings) => withKernel("filter2d", "kernel", settings),
);
