import hueRawWgsl from "../../../shaders/color/hue_raw.wgsl";
import saturationRawWgsl from "../../../shaders/color/saturation_raw.wgsl";
import { define } from "../language/declare.ts";
import type { ParamValue } from "../language/values.ts";
import { factor, TURNS } from "./specs.ts";

/**
 * Turns the H of an image that is in HSV, as {@link rgbToHsv} makes it; the result's is 0 to 1. {@link hue} does so with RGB. Kornia's H is in
 * radians, and stays negative where it is.
 */
export const hueRaw = define<{
  /** 1 is once around the circle, in turns; 0 unless given. */
  turns?: ParamValue;
}>({
  name: "hueRaw",
  kind: "point",
  wgsl: hueRawWgsl,
  channels: [3],
  params: { turns: TURNS },
  example: { params: { turns: 0.13 } },
  doc: "H <- H + turns, of an image in HSV",
  source: "Kornia, enhance.adjust_hue_raw",
});

/** Multiplies the S of an image that is in HSV, as {@link rgbToHsv} makes it, up to 1. {@link hsvSaturation} does so with RGB. */
export const saturationRaw = define<{
  /** 1 keeps the image, 0 makes S 0, which is grey; 1 unless given. */
  factor?: ParamValue;
}>({
  name: "saturationRaw",
  kind: "point",
  wgsl: saturationRawWgsl,
  channels: [3],
  params: { factor: { ...factor("1 keeps the image, 0 makes it grey"), min: 0 } },
  example: { params: { factor: 0.6 } },
  doc: "S <- clip(factor · S), of an image in HSV",
  source: "Kornia, enhance.adjust_saturation_raw",
});
