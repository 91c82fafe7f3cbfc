import gaussianNoiseWgsl from "../../../shaders/noise/gaussian_noise.wgsl";
import saltAndPepperWgsl from "../../../shaders/noise/salt_and_pepper.wgsl";
import { define, type OptionSpec } from "../language/declare.ts";
import type { Seeded } from "../language/settings.ts";
import type { ParamValue } from "../language/values.ts";

/** Whether channels draw for themselves. */
const perChannel = (value: boolean): OptionSpec => ({
  default: value,
  allowed: [true, false],
  doc: "each channel draws for itself",
  inShader: true,
});

/**
 * Adds normal noise: y = x + mean + std · z. The noise is made in the shader, never stored, and made again for the gradient. It
 * depends on the seed, the pixel's place and the channel alone: a sample gets the same in any batch.
 */
export const gaussianNoise = define<
  {
    /** Added to every value; 0 unless given. */
    mean?: ParamValue;
    /** Deviation of the noise; 1 unless given. */
    std?: ParamValue;
    /** Each channel of a pixel has noise of its own, or all have the same; true unless given. */
    perChannel?: boolean;
  } & Seeded
>({
  name: "gaussianNoise",
  kind: "point",
  wgsl: gaussianNoiseWgsl,
  draws: 1,
  params: {
    mean: { default: 0, neutral: 0, usual: [-0.1, 0.1], unit: "intensity", doc: "added to every value" },
    std: {
      default: 1,
      min: 0,
      neutral: 0,
      usual: [0, 0.2],
      intensity: [0, 0.3],
      unit: "intensity",
      doc: "deviation of the noise",
      field: "deviation",
    },
  },
  options: { perChannel: perChannel(true) },
  example: { params: { mean: 0.1, std: 0.2, seed: 7 } },
  doc: "y = x + mean + std · z, z normal",
  source: "Kornia, RandomGaussianNoise",
});

/**
 * Makes some pixels white (salt) and some black (pepper). `amount` is the share of pixels that are hit, `saltVsPepper` that of salt
 * among them.
 *
 * Whether a pixel is hit jumps as its share is changed. The gradient of the two shares is an estimate, by `estimator`.
 */
export const saltAndPepper = define<
  {
    /** Probability that a pixel is hit, 0..1; 0.05 unless given. */
    amount?: ParamValue;
    /** Probability that what is hit becomes 1, else 0; 0.5 unless given. */
    saltVsPepper?: ParamValue;
    /** Each channel of a pixel is hit by itself, or all at once; false unless given. */
    perChannel?: boolean;
    /**
     * `straightThrough` (unless given): a coin of 0 or 1 counts as its probability does, so that the gradient of `amount` is what a
     * hit makes of a pixel, summed over all pixels. `none`: both shares have the gradient 0.
     */
    estimator?: "straightThrough" | "none";
  } & Seeded
>({
  name: "saltAndPepper",
  kind: "point",
  wgsl: saltAndPepperWgsl,
  draws: 2,
  params: {
    amount: {
      default: 0.05,
      min: 0,
      max: 1,
      neutral: 0,
      usual: [0.01, 0.06],
      intensity: [0, 0.2],
      unit: "probability",
      doc: "share of pixels that are hit",
    },
    saltVsPepper: {
      default: 0.5,
      min: 0,
      max: 1,
      usual: [0.4, 0.6],
      unit: "probability",
      doc: "share of salt among them",
    },
  },
  options: { perChannel: perChannel(false) },
  estimator: {
    default: "straightThrough",
    surrogates: {
      straightThrough: "x + (m + amount − a) · (v + saltVsPepper − s − x), m, v, a and s being as they are",
      none: "the formula itself: 0 for both shares",
    },
  },
  example: { params: { amount: 0.3, saltVsPepper: 0.4, seed: 11 } },
  doc: "y = x, or 1 or 0 where the pixel is hit",
  source: "Kornia, RandomSaltAndPepperNoise",
});
