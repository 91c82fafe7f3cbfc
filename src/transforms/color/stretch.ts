import autocontrastWgsl from "../../../shaders/color/autocontrast.wgsl";
import equalizeWgsl from "../../../shaders/color/equalize.wgsl";
import equalizeHistWgsl from "../../../shaders/color/equalize_hist.wgsl";
import normalizeMinMaxWgsl from "../../../shaders/color/normalize_min_max.wgsl";
import standardizeWgsl from "../../../shaders/color/standardize.wgsl";
import { define } from "../language/declare.ts";
import type { ParamValue } from "../language/values.ts";

/**
 * Stretches each channel of each image to 0..1, from its least to its largest value. A flat channel stays as it is. Pixels that
 * hold an extreme have equal shares of its gradient, as with PyTorch's `amin` and `amax`.
 */
export const autocontrast = define<object>({
  name: "autocontrast",
  kind: "point",
  wgsl: autocontrastWgsl,
  statistic: "extremes",
  reads: "image",
  params: {},
  example: {},
  doc: "y = (x − low) / (high − low), of the extremes of each channel; flat channels stay",
  source: "torchvision, autocontrast; Kornia, RandomAutoContrast",
});

/**
 * Stretches each channel of each image from its least and its largest value to `min` and `max`; a flat channel becomes `min`. Pixels
 * that hold an extreme have equal shares of its gradient, as with PyTorch's `amin` and `amax`.
 */
export const normalizeMinMax = define<{
  /** What the least value becomes; 0 unless given. */
  min?: ParamValue;
  /** What the largest value becomes; 1 unless given. */
  max?: ParamValue;
}>({
  name: "normalizeMinMax",
  kind: "point",
  wgsl: normalizeMinMaxWgsl,
  statistic: "extremes",
  reads: "image",
  params: {
    min: { default: 0, usual: [0, 0.3], unit: "intensity", doc: "what the least value becomes" },
    max: { default: 1, usual: [0.7, 1], unit: "intensity", doc: "what the largest value becomes" },
  },
  example: { params: { min: 0.1, max: 0.8 } },
  doc: "y = min + (max − min) · (x − low) / (high − low + 1e-6), of the extremes of each channel",
  source: "Kornia, enhance.normalize_min_max",
});

/**
 * Spreads the levels of each channel of each image evenly, by its histogram of 256: y is how many pixels are darker. A channel of so
 * few pixels or levels that there is nothing to spread stays as it is.
 *
 * The result has steps. The gradient of the image is an estimate, by `estimator`, that takes the histogram as given; the result is
 * the same with each.
 */
export const equalize = define<{
  /**
   * `slope` (unless given): the gradient of straight lines from each level to the next, so that it is large where many pixels are.
   * `straightThrough`: the gradient of y = x. `none`: 0, as in Kornia and torchvision.
   */
  estimator?: "slope" | "straightThrough" | "none";
}>({
  name: "equalize",
  kind: "point",
  wgsl: equalizeWgsl,
  statistic: { histogram: 256 },
  reads: "image",
  params: {},
  estimator: {
    default: "slope",
    surrogates: {
      slope: "T(i) + (255 x − i) · (T(i + 1) − T(i)), i = ⌊255 x⌋, T as it is",
      straightThrough: "y = x",
      none: "the formula itself: 0",
    },
  },
  example: {},
  doc: "y = T(⌊255 x⌋), T(i) the share of the channel's pixels that are darker than level i",
  source: "torchvision, equalize; Kornia, enhance.equalize; Pillow, ImageOps.equalize",
});

/**
 * Equalises the histogram of each channel of each image as OpenCV does: on the 256 levels of 8 bits, from the darkest level there is, which
 * becomes 0, to the brightest, which becomes 1. {@link equalize} is Pillow's. A channel of one level stays as it is.
 *
 * The result has steps. The gradient of the image is an estimate, by `estimator`, that takes the histogram as given; the result is
 * the same with each.
 */
export const equalizeHist = define<{
  /**
   * `slope` (unless given): the gradient of the straight line from the level before, so that it is large where many pixels are.
   * `straightThrough`: the gradient of y = x. `none`: 0.
   */
  estimator?: "slope" | "straightThrough" | "none";
}>({
  name: "equalizeHist",
  kind: "point",
  wgsl: equalizeHistWgsl,
  statistic: { histogram: 256 },
  reads: "image",
  params: {},
  estimator: {
    default: "slope",
    surrogates: {
      slope: "T(i) + (255 x − i) · (T(i) − T(i − 1)), i the level nearest to 255 x, T as it is",
      straightThrough: "y = x",
      none: "the formula itself: 0",
    },
  },
  example: {},
  doc: "y = T(i), i the level nearest to 255 x, T(i) the share of the channel's pixels up to level i, less those of its darkest",
  source: "OpenCV, equalizeHist",
});

/** Gives each channel of each image a mean of 0 and a variance of 1. */
export const standardize = define<object>({
  name: "standardize",
  kind: "point",
  wgsl: standardizeWgsl,
  statistic: "moments",
  reads: "image",
  params: {},
  example: {},
  doc: "y = (x − mean) / √(variance + 1e-5), of each channel",
  source: "PyTorch, instance_norm",
});
