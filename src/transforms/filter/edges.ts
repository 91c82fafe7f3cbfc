import laplacianWgsl from "../../../shaders/filter/laplacian.wgsl";
import sharpnessWgsl from "../../../shaders/filter/sharpness.wgsl";
import sobelWgsl from "../../../shaders/filter/sobel.wgsl";
import { define } from "../language/declare.ts";
import type { ParamValue } from "../language/values.ts";
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
