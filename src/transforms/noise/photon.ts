import shotNoiseWgsl from "../../../shaders/noise/shot_noise.wgsl";
import speckleWgsl from "../../../shaders/noise/speckle.wgsl";
import uniformNoiseWgsl from "../../../shaders/noise/uniform_noise.wgsl";
import { define, type OptionSpec } from "../language/declare.ts";
import type { Seeded } from "../language/settings.ts";
import type { ParamValue } from "../language/values.ts";

const perChannel: Record<string, OptionSpec> = {
  perChannel: { default: true, allowed: [true, false], doc: "each channel draws for itself", inShader: true },
};

/** The setting of noise whose channels may draw together. */
export type PerChannel = {
  /** Each channel of a pixel has noise of its own, or all have the same; true unless given. */
  perChannel?: boolean;
};

/** Multiplies by normal noise, as coherent light does: y = x + x · (mean + std · z). */
export const speckle = define<
  {
    /** Mean of the noise; 0 unless given. */
    mean?: ParamValue;
    /** Deviation of the noise; 0.1 unless given. */
    std?: ParamValue;
  } & PerChannel &
    Seeded
>({
  name: "speckle",
  kind: "point",
  wgsl: speckleWgsl,
  draws: 1,
  params: {
    mean: { default: 0, neutral: 0, usual: [-0.1, 0.1], unit: "factor", doc: "mean of the noise" },
    std: {
      default: 0.1,
      min: 0,
      neutral: 0,
      usual: [0, 0.3],
      intensity: [0, 0.6],
      unit: "factor",
      doc: "deviation of the noise",
      field: "deviation",
    },
  },
  options: perChannel,
  example: { params: { mean: 0.1, std: 0.3, seed: 7 } },
  doc: "y = x + x · (mean + std · z), z normal",
  source: "scikit-image, random_noise, mode speckle",
});

/** Adds uniform noise: y = x + low + (high − low) · u, u being 0..1. */
export const uniformNoise = define<
  {
    /** The least that is added; -0.1 unless given. */
    low?: ParamValue;
    /** The most that is added; 0.1 unless given. */
    high?: ParamValue;
  } & PerChannel &
    Seeded
>({
  name: "uniformNoise",
  kind: "point",
  wgsl: uniformNoiseWgsl,
  draws: 1,
  params: {
    low: {
      default: -0.1,
      neutral: 0,
      usual: [-0.2, 0],
      intensity: [0, -0.3],
      unit: "intensity",
      doc: "the least that is added",
    },
    high: {
      default: 0.1,
      neutral: 0,
      usual: [0, 0.2],
      intensity: [0, 0.3],
      unit: "intensity",
      doc: "the most that is added",
    },
  },
  options: perChannel,
  example: { params: { low: -0.2, high: 0.3, seed: 7 } },
  doc: "y = x + low + (high − low) · u, u uniform",
  source: "imgaug, AddElementwise",
});

/**
 * Counts photons: every value becomes a random count, whose mean is `scale` times the value, divided by `scale`. So noise is stronger
 * where the image is darker, in proportion. Counts follow Poisson's distribution; from a mean of 16 on they are made of normal numbers.
 *
 * A count jumps; gradients are estimates, by `estimator`.
 */
export const shotNoise = define<
  {
    /** Photons that a value of 1 stands for: fewer make more noise; 255 unless given. */
    scale?: ParamValue;
    /**
     * `straightThrough` (unless given): the image has the gradient of the mean, which is the image itself, and `scale` that of noise
     * that goes with 1 / sqrt(scale). `none`: both have the gradient 0.
     */
    estimator?: "straightThrough" | "none";
  } & Seeded
>({
  name: "shotNoise",
  kind: "point",
  wgsl: shotNoiseWgsl,
  draws: 2,
  params: {
    scale: {
      default: 255,
      min: 0.01,
      usual: [10, 255],
      intensity: [1000, 5],
      unit: "photons",
      doc: "photons that a value of 1 stands for",
    },
  },
  estimator: {
    default: "straightThrough",
    surrogates: {
      straightThrough:
        "m = max(x, 0) for the image; m + (y − m) · √(s / scale), y and s being as they are, for the scale",
      none: "the formula itself: 0",
    },
  },
  example: { params: { scale: 30, seed: 11 } },
  doc: "y = k / scale, k a count of the mean scale · x",
  source: "Hasinoff 2014, Photon, Poisson noise; Albumentations, ShotNoise",
});
