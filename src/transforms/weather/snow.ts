import snowWgsl from "../../../shaders/weather/snow.wgsl";
import { define } from "../language/declare.ts";
import type { ParamValue } from "../language/values.ts";

/**
 * Lets snow lie on what is dark: where the lightness (HLS) is below `coefficient` it is multiplied by `brightness`, and clipped to
 * 0..1; hue and saturation stay. Images of 3 channels, 0..1.
 *
 * What is snowed on jumps as the coefficient is changed; its gradient is an estimate, by `estimator`.
 */
export const snow = define<{
  /** It snows where the lightness is below; 0 to 1, 0.5 unless given. */
  coefficient?: ParamValue;
  /** What the lightness is multiplied by there; 1 keeps the image, 2 unless given. */
  brightness?: ParamValue;
  /** Width of the step that `soft` differentiates, in units of the lightness; 0.05 unless given. */
  softness?: number;
  /**
   * `straightThrough` (unless given): the coefficient has the gradient of what snow makes of a pixel, summed over all pixels, and the
   * image that beside the jump. `soft`: a sigmoid takes the place of the step. `none`: the coefficient has the gradient 0.
   */
  estimator?: "straightThrough" | "soft" | "none";
}>({
  name: "snow",
  kind: "point",
  wgsl: snowWgsl,
  channels: [3],
  params: {
    coefficient: {
      default: 0.5,
      min: 0,
      max: 1,
      usual: [0.1, 0.7],
      unit: "intensity",
      doc: "it snows where the lightness is below",
    },
    brightness: {
      default: 2,
      min: 0,
      neutral: 1,
      usual: [1.5, 3],
      intensity: [1, 4],
      unit: "factor",
      doc: "what the lightness is multiplied by there",
    },
  },
  options: {
    softness: {
      default: 0.05,
      allowed: { min: 1e-6 },
      doc: "width of the step that soft differentiates",
      inShader: true,
    },
  },
  estimator: {
    default: "straightThrough",
    surrogates: {
      straightThrough: "x + (m + coefficient − c) · (snowed − x), m and c being as they are",
      soft: "x + sigmoid((coefficient − L) / softness) · (snowed − x)",
      none: "the formula itself: 0 for the coefficient",
    },
  },
  example: { params: { coefficient: 0.6, brightness: 1.7 } },
  doc: "L' = clip(brightness · L) where L < coefficient, in HLS",
  source: "Kornia, RandomSnow",
});
