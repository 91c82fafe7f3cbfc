import inRangeWgsl from "../../../shaders/color/in_range.wgsl";
import thresholdWgsl from "../../../shaders/color/threshold.wgsl";
import { define, type OptionSpec } from "../language/declare.ts";
import type { ParamValue } from "../language/values.ts";

const softness: OptionSpec = {
  default: 0.05,
  allowed: { min: 1e-3, max: 100 },
  doc: "width of the soft step",
  inShader: true,
};

/**
 * Compares every value with a threshold, as OpenCV does, and puts another one in its place. With s = 1 where x > threshold, else 0, the
 * result is by `mode`: `binary` max · s; `binaryInv` max · (1 − s); `trunc` min(x, threshold); `tozero` x · s; `tozeroInv` x · (1 − s).
 *
 * All but `trunc` jump at the threshold. Their gradient there is an estimate, by `estimator`; the result is the same with each.
 */
export const threshold = define<{
  /** What values are compared with; 0.5 unless given. */
  threshold?: ParamValue;
  /** What `binary` and `binaryInv` put in; 1 unless given. */
  max?: ParamValue;
  /** What becomes of values on either side; `binary` unless given. */
  mode?: "binary" | "binaryInv" | "trunc" | "tozero" | "tozeroInv";
  /**
   * `straightThrough` (unless given): the step from 0 to 1 counts as a slope of −1 in the threshold; the image has the gradient beside
   * the jump, or, where both sides are constant, that of a slope of 1. `soft`: the gradient of a sigmoid of width `softness` in place
   * of the step, for the image too. `none`: the step has no gradient, as in Kornia.
   */
  estimator?: "straightThrough" | "soft" | "none";
  /** Width of the sigmoid of the estimator `soft`, in intensity; 0.05 unless given. */
  softness?: number;
}>({
  name: "threshold",
  kind: "point",
  wgsl: thresholdWgsl,
  params: {
    threshold: { default: 0.5, usual: [0.2, 0.8], unit: "intensity", doc: "what values are compared with" },
    max: { default: 1, usual: [0.5, 1], unit: "intensity", doc: "what the binary modes put in" },
  },
  options: {
    mode: {
      default: "binary",
      allowed: ["binary", "binaryInv", "trunc", "tozero", "tozeroInv"],
      doc: "what becomes of values on either side",
      inShader: true,
    },
    softness,
  },
  estimator: {
    default: "straightThrough",
    surrogates: {
      straightThrough:
        "low + (s − (threshold − t)) · (high − low), s and t as they are; max · (±x) for the image where both sides are constant",
      soft: "low + sigmoid((x − threshold) / softness) · (high − low)",
      none: "the formula itself: 0 but for max, and for x where it is kept",
    },
  },
  example: { params: { threshold: 0.45, max: 0.9 } },
  doc: "y = low + s · (high − low), s = 1 where x > threshold; low and high by mode",
  source: "OpenCV, threshold; Kornia, enhance.threshold",
});

/**
 * Keeps pixels whose channels all lie within bounds, and makes all others black; or, with `mask`, gives one channel of 1 for the
 * former and 0 for the latter.
 *
 * The mask m jumps at the bounds. Its gradient is an estimate, by `estimator`; the result is the same with each.
 */
export const inRange = define<{
  /** The least that is within, itself included; one value per channel, for all samples or for each. */
  lower: ParamValue;
  /** The most that is within, itself included; one value per channel, for all samples or for each. */
  upper: ParamValue;
  /** The mask, one channel, in the place of the image; false unless given. */
  mask?: boolean;
  /**
   * `soft` (unless given): the gradient of a product of sigmoids of width `softness` in place of the mask. `none`: that of the image
   * times the mask as it is, and none for the bounds, as in Kornia.
   */
  estimator?: "soft" | "none";
  /** Width of the sigmoids of the estimator `soft`, in intensity; 0.05 unless given. */
  softness?: number;
}>({
  name: "inRange",
  kind: "point",
  wgsl: inRangeWgsl,
  channels: [3, 2, 1],
  channelCount: true,
  params: {
    lower: { size: "C", unit: "intensity", doc: "the least that is within" },
    upper: { size: "C", unit: "intensity", doc: "the most that is within" },
  },
  options: {
    mask: { default: false, allowed: [true, false], doc: "the mask in the place of the image", inShader: true },
    softness,
  },
  outChannels: ({ mask }, channels) => (mask ? 1 : channels),
  estimator: {
    default: "soft",
    surrogates: {
      soft: "m = Π sigmoid((x − lower) / softness) · sigmoid((upper − x) / softness)",
      none: "the formula itself, with m as it is",
    },
  },
  example: { params: { lower: [0.2, 0.1, 0.3], upper: [0.9, 0.8, 0.95] } },
  doc: "y = m · x, m = 1 where lower ≤ x ≤ upper in every channel, else 0",
  source: "OpenCV, inRange; Kornia, filters.in_range",
});
