import posterizeWgsl from "../../../shaders/color/posterize.wgsl";
import solarizeWgsl from "../../../shaders/color/solarize.wgsl";
import { define } from "../language/declare.ts";
import type { ParamValue } from "../language/values.ts";

/**
 * Inverts what is not darker than `threshold`, as a film that was exposed to light: with v = clip(x + addition), y = v below the
 * threshold, else 1 - v.
 *
 * The result jumps at the threshold. Its gradient there is an estimate, by `estimator`; the result is the same with each.
 */
export const solarize = define<{
  /** What is not below it is inverted; 0.5 unless given. */
  threshold?: ParamValue;
  /** Added before; 0 unless given. */
  addition?: ParamValue;
  /** Clip what is compared to 0..1; true unless given. */
  clip?: boolean;
  /**
   * `straightThrough` (unless given): the step from 0 to 1 at the threshold counts as a slope of 1 in the threshold; the image has
   * the gradient of either side, 1 or -1. `soft`: the gradient of a sigmoid of width `softness` in place of the step, for the
   * image too. `none`: the threshold has the gradient 0, as it has in Kornia.
   */
  estimator?: "straightThrough" | "soft" | "none";
  /** Width of the sigmoid of the estimator `soft`, in intensity; 0.05 unless given. */
  softness?: number;
}>({
  name: "solarize",
  kind: "point",
  wgsl: solarizeWgsl,
  params: {
    threshold: {
      default: 0.5,
      usual: [0, 1],
      intensity: [1, 0],
      unit: "intensity",
      doc: "what is not below is inverted",
    },
    addition: { default: 0, usual: [-0.3, 0.3], unit: "intensity", doc: "added before" },
  },
  options: {
    clip: { default: true, allowed: [true, false], doc: "clip what is compared to 0..1", inShader: true },
    softness: { default: 0.05, allowed: { min: 1e-3, max: 100 }, doc: "width of the soft step", inShader: true },
  },
  estimator: {
    default: "straightThrough",
    surrogates: {
      straightThrough: "v + (s − (threshold − t)) · (1 − 2v), s and t being the step and the threshold as they are",
      soft: "v + sigmoid((v − threshold) / softness) · (1 − 2v)",
      none: "the formula itself: 0 for the threshold",
    },
  },
  example: { params: { threshold: 0.45, addition: 0.1 } },
  doc: "v = clip(x + addition); y = v if v < threshold, else 1 − v",
  source: "Kornia, enhance.solarize",
});

/**
 * Keeps the upper `bits` of 8: y = ⌊255 x / s⌋ · s / 255 with s = 2^(8 - bits). 8 bits keep the image as it is, 0 make it black. A
 * value that was stored in 8 bits keeps its level.
 *
 * The result is constant but for its jumps. Its gradient in the image is an estimate, by `estimator`; `bits` has none.
 */
export const posterize = define<{
  /** A whole number from 0 to 8, or one per sample; 3 unless given. */
  bits?: ParamValue;
  /**
   * `straightThrough` (unless given): the gradient of y = x. `soft`: that of a staircase with rounded steps, of width `softness`.
   * `none`: 0, as it is in Kornia.
   */
  estimator?: "straightThrough" | "soft" | "none";
  /** Width of a rounded step of the estimator `soft`, where a step is 1; 0.1 unless given. */
  softness?: number;
}>({
  name: "posterize",
  kind: "point",
  wgsl: posterizeWgsl,
  params: {
    bits: {
      default: 3,
      min: 0,
      max: 8,
      integer: true,
      gradient: false,
      neutral: 8,
      usual: [2, 6],
      intensity: [8, 0],
      unit: "bits",
      doc: "how many bits are kept",
    },
  },
  options: {
    softness: { default: 0.1, allowed: { min: 0.01, max: 100 }, doc: "width of a soft step", inShader: true },
  },
  estimator: {
    default: "straightThrough",
    surrogates: {
      straightThrough: "x",
      soft: "a staircase of tanh((t − n) / 2 softness), n being the whole number next to the level t",
      none: "the formula itself: 0",
    },
  },
  example: { params: { bits: 3 } },
  doc: "y = ⌊255 x / s⌋ · s / 255, s = 2^(8 − bits)",
  source: "Kornia, enhance.posterize",
});
