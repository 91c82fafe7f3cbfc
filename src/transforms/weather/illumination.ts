import gaussianIlluminationWgsl from "../../../shaders/weather/gaussian_illumination.wgsl";
import linearCornerIlluminationWgsl from "../../../shaders/weather/linear_corner_illumination.wgsl";
import linearIlluminationWgsl from "../../../shaders/weather/linear_illumination.wgsl";
import { define, type OptionSpec, type ParamSpec } from "../language/declare.ts";
import type { ParamValue } from "../language/values.ts";

const CLIP: Record<string, OptionSpec> = {
  clip: { default: true, allowed: [true, false], doc: "clip the result to 0..1", inShader: true },
};
const gain: ParamSpec = {
  neutral: 0,
  usual: [0.01, 0.2],
  intensity: [0, 0.5],
  unit: "intensity",
  doc: "how much the brightest place gains",
};
const sign: ParamSpec = {
  default: 1,
  min: -1,
  max: 1,
  usual: [-1, 1],
  unit: "factor",
  doc: "1 brightens, −1 darkens",
};

/** The settings that every light has. */
export type Lit = {
  /** How much the brightest place of the light gains, in units of the image; 0 keeps the image. */
  gain: ParamValue;
  /** 1 brightens, -1 darkens; 1 unless given. */
  sign?: ParamValue;
  /** Clip the result to 0..1; true unless given. */
  clip?: boolean;
};

/**
 * Adds the light of a lamp: a Gaussian bell about a place, which is 0 at the image's darkest pixel and `gain` at its brightest. Place and
 * width are in parts of the image, so that they mean the same at any size.
 */
export const gaussianIllumination = define<
  {
    /** Middle of the light in parts of the width: 0 is the left edge, 1 the right one; 0.5 unless given. */
    centerX?: ParamValue;
    /** Middle of the light in parts of the height: 0 is the upper edge, 1 the lower one; 0.5 unless given. */
    centerY?: ParamValue;
    /** Deviation of the bell along x, in parts of the width; 0.5 unless given. */
    sigmaX?: ParamValue;
    /** Deviation of the bell along y, in parts of the height; 0.5 unless given. */
    sigmaY?: ParamValue;
  } & Lit
>({
  name: "gaussianIllumination",
  kind: "point",
  wgsl: gaussianIlluminationWgsl,
  position: true,
  frame: true,
  params: {
    gain,
    sign,
    centerX: { default: 0.5, usual: [0.1, 0.9], unit: "parts of the width", doc: "middle of the light" },
    centerY: { default: 0.5, usual: [0.1, 0.9], unit: "parts of the height", doc: "middle of the light" },
    sigmaX: { default: 0.5, min: 1e-3, usual: [0.2, 1], unit: "parts of the width", doc: "deviation of the bell" },
    sigmaY: { default: 0.5, min: 1e-3, usual: [0.2, 1], unit: "parts of the height", doc: "deviation of the bell" },
  },
  options: CLIP,
  example: { params: { gain: 0.3, centerX: 0.4, centerY: 0.6, sigmaX: 0.3, sigmaY: 0.5 } },
  doc: "y = clip(x + sign · gain · light), light = exp(−|(p − center) / sigma|² / 2) brought to 0..1",
  source: "Kornia, RandomGaussianIllumination",
});

/**
 * Adds a light that grows evenly across the image, from 0 at one side to `gain` at the other. Its direction is taken in parts of the
 * sides, so that 45 degrees point to a corner whatever the image's shape.
 */
export const linearIllumination = define<
  {
    /** Where the light is, in degrees counter-clockwise: 0 right, 90 above, 180 left, 270 below; 0 unless given. */
    angle?: ParamValue;
  } & Lit
>({
  name: "linearIllumination",
  kind: "point",
  wgsl: linearIlluminationWgsl,
  position: true,
  frame: true,
  params: {
    gain,
    sign,
    angle: {
      default: 0,
      usual: [0, 360],
      unit: "degrees",
      doc: "where the light is, counter-clockwise from the right",
    },
  },
  options: CLIP,
  example: { params: { gain: 0.3, angle: 70 } },
  doc: "y = clip(x + sign · gain · light), light = (cos(angle), −sin(angle)) · p brought to 0..1",
  source: "Kornia, RandomLinearIllumination, which knows four angles",
});

/** Adds a light that grows evenly to one corner of the image, from 0 at the opposite one to `gain`. */
export const linearCornerIllumination = define<
  {
    /** Where the light is: 0 lower right, 1 lower left, 2 upper right, 3 upper left; 0 unless given. */
    corner?: ParamValue;
  } & Lit
>({
  name: "linearCornerIllumination",
  kind: "point",
  wgsl: linearCornerIlluminationWgsl,
  position: true,
  frame: true,
  params: {
    gain,
    sign,
    corner: {
      default: 0,
      min: 0,
      max: 3,
      integer: true,
      gradient: false,
      usual: [0, 3],
      unit: "index",
      doc: "where the light is: 0 lower right, 1 lower left, 2 upper right, 3 upper left",
    },
  },
  options: CLIP,
  example: { params: { gain: 0.3, corner: 2 } },
  doc: "y = clip(x + sign · gain · light), light = (±x ± y) / 2 + 1/2, x and y being −1/2 to 1/2",
  source: "Kornia, RandomLinearCornerIllumination",
});
