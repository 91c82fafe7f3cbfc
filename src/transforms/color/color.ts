import brightnessWgsl from "../../../shaders/color/brightness.wgsl";
import brightnessShiftWgsl from "../../../shaders/color/brightness_shift.wgsl";
import contrastWgsl from "../../../shaders/color/contrast.wgsl";
import contrastAboutMeanWgsl from "../../../shaders/color/contrast_about_mean.wgsl";
import denormalizeWgsl from "../../../shaders/color/denormalize.wgsl";
import gammaWgsl from "../../../shaders/color/gamma.wgsl";
import grayscaleWgsl from "../../../shaders/color/grayscale.wgsl";
import hsvSaturationWgsl from "../../../shaders/color/hsv_saturation.wgsl";
import hueWgsl from "../../../shaders/color/hue.wgsl";
import invertWgsl from "../../../shaders/color/invert.wgsl";
import normalizeWgsl from "../../../shaders/color/normalize.wgsl";
import saturationWgsl from "../../../shaders/color/saturation.wgsl";
import { define, type OptionSpec, type ParamSpec } from "../language/declare.ts";
import type { ParamValue } from "../language/values.ts";
import { factor, TURNS } from "./specs.ts";

const CLIP: Record<string, OptionSpec> = {
  clip: { default: true, allowed: [true, false], doc: "clip the result to 0..1", inShader: true },
};
const COLOR = [3];
const KORNIA = "Kornia, enhance.adjust";

const perChannel = (doc: string, extra: Partial<ParamSpec> = {}): ParamSpec => ({
  size: "C",
  unit: "intensity",
  doc,
  ...extra,
});

/** The setting of transforms that may clip. */
export type Clipped = {
  /** Clip the result to 0..1; true unless given. */
  clip?: boolean;
};

/** Multiplies by `factor`: y = clip(factor · x). */
export const brightness = define<
  {
    /** 1 keeps the image, 0 makes it black; 1 unless given. */
    factor?: ParamValue;
  } & Clipped
>({
  name: "brightness",
  kind: "point",
  wgsl: brightnessWgsl,
  params: { factor: factor("1 keeps the image, 0 makes it black") },
  options: CLIP,
  example: { params: { factor: 0.7 } },
  doc: "y = clip(factor · x)",
  source: "torchvision, adjust_brightness",
});

/** Adds `shift` to every channel: y = clip(x + shift). */
export const brightnessShift = define<
  {
    /** Added to every channel; 0 unless given. */
    shift?: ParamValue;
  } & Clipped
>({
  name: "brightnessShift",
  kind: "point",
  wgsl: brightnessShiftWgsl,
  params: {
    shift: {
      default: 0,
      neutral: 0,
      usual: [-0.3, 0.3],
      intensity: [0, 0.5],
      unit: "intensity",
      doc: "added to every channel",
    },
  },
  options: CLIP,
  example: { params: { shift: 0.12 } },
  doc: "y = clip(x + shift)",
  source: `${KORNIA}_brightness`,
});

/** Stretches intensities about `pivot`: y = clip(factor · (x − pivot) + pivot). Pivot 0 is "about zero", 0.5 mid-grey. */
export const contrast = define<
  {
    /** 1 keeps the image, 0 makes it flat; 1 unless given. */
    factor?: ParamValue;
    /** The intensity that stays; 0.5 unless given. */
    pivot?: ParamValue;
  } & Clipped
>({
  name: "contrast",
  kind: "point",
  wgsl: contrastWgsl,
  params: {
    factor: factor("1 keeps the image, 0 makes it flat"),
    pivot: { default: 0.5, usual: [0, 1], unit: "intensity", doc: "the intensity that stays" },
  },
  options: CLIP,
  example: { params: { factor: 0.7, pivot: 0.4 } },
  doc: "y = clip(factor · (x − pivot) + pivot)",
  source: `${KORNIA}_contrast`,
});

/**
 * Stretches intensities about the image's own mean: y = clip(factor · x + (1 − factor) · mean). The mean is that of the luma
 * where there are three channels, else that of all channels.
 */
export const contrastAboutMean = define<
  {
    /** 1 keeps the image, 0 makes it flat; 1 unless given. */
    factor?: ParamValue;
  } & Clipped
>({
  name: "contrastAboutMean",
  kind: "point",
  wgsl: contrastAboutMeanWgsl,
  statistic: true,
  params: { factor: factor("1 keeps the image, 0 makes it flat") },
  options: CLIP,
  example: { params: { factor: 0.7 } },
  doc: "y = clip(factor · x + (1 − factor) · m), m the mean of the luma; of all channels unless C = 3",
  source: `torchvision, adjust_contrast; ${KORNIA}_contrast_with_mean_subtraction`,
});

/** Blends with grey: y = clip(factor · x + (1 − factor) · gray(x)). */
export const saturation = define<
  {
    /** 1 keeps the image, 0 makes it grey; 1 unless given. */
    factor?: ParamValue;
  } & Clipped
>({
  name: "saturation",
  kind: "point",
  wgsl: saturationWgsl,
  channels: COLOR,
  params: { factor: factor("1 keeps the image, 0 makes it grey") },
  options: CLIP,
  example: { params: { factor: 0.6 } },
  doc: "y = clip(factor · x + (1 − factor) · gray(x))",
  source: `torchvision, adjust_saturation; ${KORNIA}_saturation_with_gray_subtraction`,
});

/** Multiplies the S of HSV, up to 1. */
export const hsvSaturation = define<{
  /** 1 keeps the image, 0 makes every channel the largest; 1 unless given. */
  factor?: ParamValue;
}>({
  name: "hsvSaturation",
  kind: "point",
  wgsl: hsvSaturationWgsl,
  channels: COLOR,
  params: { factor: { ...factor("1 keeps the image, 0 makes every channel the largest"), min: 0 } },
  example: { params: { factor: 0.6 } },
  doc: "HSV: S <- clip(factor · S)",
  source: `${KORNIA}_saturation`,
});

/** Turns the H of HSV. */
export const hue = define<{
  /** 1 is once around the circle, in turns; 0 unless given. */
  turns?: ParamValue;
}>({
  name: "hue",
  kind: "point",
  wgsl: hueWgsl,
  channels: COLOR,
  params: { turns: TURNS },
  example: { params: { turns: 0.13 } },
  doc: "HSV: H <- H + turns",
  source: `${KORNIA}_hue; torchvision, adjust_hue`,
});

/** Power law: y = clip(gain · max(x, 0)^gamma). */
export const gamma = define<
  {
    /** 1 keeps the image; 1 unless given. */
    gamma?: ParamValue;
    /** Multiplies the result; 1 unless given. */
    gain?: ParamValue;
  } & Clipped
>({
  name: "gamma",
  kind: "point",
  wgsl: gammaWgsl,
  params: {
    gamma: {
      default: 1,
      min: 0,
      neutral: 1,
      usual: [0.7, 1.5],
      intensity: [1, 3],
      unit: "exponent",
      doc: "1 keeps the image",
    },
    gain: { default: 1, neutral: 1, usual: [0.8, 1.2], unit: "factor", doc: "multiplies the result" },
  },
  options: CLIP,
  example: { params: { gamma: 1.4, gain: 0.9 } },
  doc: "y = clip(gain · max(x, 0)^gamma)",
  source: `${KORNIA}_gamma`,
});

/** y = max − x. */
export const invert = define<{
  /** What 0 becomes; 1 unless given. */
  max?: ParamValue;
}>({
  name: "invert",
  kind: "point",
  wgsl: invertWgsl,
  linear: true,
  params: { max: { default: 1, usual: [0.8, 1], unit: "intensity", doc: "what 0 becomes" } },
  example: { params: { max: 0.9 } },
  doc: "y = max − x",
  source: "Kornia, enhance.invert",
});

/** Weighted sum of R, G and B, written to three channels or to one. */
export const grayscale = define<{
  /** Weights of R, G and B; 3 values; [0.299, 0.587, 0.114] unless given. */
  weights?: ParamValue;
  /** Channels of the result; 3 unless given. */
  channels?: 1 | 3;
}>({
  name: "grayscale",
  kind: "point",
  wgsl: grayscaleWgsl,
  channels: COLOR,
  params: { weights: { default: [0.299, 0.587, 0.114], size: 3, unit: "factor", doc: "weights of R, G and B" } },
  options: { channels: { default: 3, allowed: [1, 3], doc: "channels of the result" } },
  outChannels: ({ channels }) => channels as number,
  example: { params: { weights: [0.5, 0.3, 0.2] } },
  doc: "y = Σ weights · x",
  source: "ITU-R BT.601; Kornia, color.rgb_to_grayscale",
});

/** y = (x − mean) / std, per channel. */
export const normalize = define<{
  /** Subtracted; one value per channel. */
  mean: ParamValue;
  /** Divided by; one value per channel. */
  std: ParamValue;
}>({
  name: "normalize",
  kind: "point",
  wgsl: normalizeWgsl,
  linear: true,
  params: {
    mean: perChannel("subtracted", { neutral: 0 }),
    std: perChannel("divided by", { neutral: 1, nonzero: true, field: "deviation" }),
  },
  example: { params: { mean: [0.4, 0.5, 0.3], std: [0.3, 0.2, 0.25] } },
  doc: "y = (x − mean) / std",
  source: "torchvision, normalize",
});

/** y = x · std + mean, per channel: undoes {@link normalize}. */
export const denormalize = define<{
  /** Added; one value per channel. */
  mean: ParamValue;
  /** Multiplied by; one value per channel. */
  std: ParamValue;
}>({
  name: "denormalize",
  kind: "point",
  wgsl: denormalizeWgsl,
  linear: true,
  params: {
    mean: perChannel("added", { neutral: 0 }),
    std: perChannel("multiplied by", { neutral: 1, field: "deviation" }),
  },
  example: { params: { mean: [0.4, 0.5, 0.3], std: [0.3, 0.2, 0.25] } },
  doc: "y = x · std + mean",
  source: "Kornia, enhance.denormalize",
});
