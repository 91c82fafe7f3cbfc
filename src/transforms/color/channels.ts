import channelDropoutWgsl from "../../../shaders/color/channel_dropout.wgsl";
import channelShuffleWgsl from "../../../shaders/color/channel_shuffle.wgsl";
import normalsToRgb255Wgsl from "../../../shaders/color/normals_to_rgb255.wgsl";
import rgbShiftWgsl from "../../../shaders/color/rgb_shift.wgsl";
import rgbToBgrWgsl from "../../../shaders/color/rgb_to_bgr.wgsl";
import rgbToRawWgsl from "../../../shaders/color/rgb_to_raw.wgsl";
import rgbToRgb255Wgsl from "../../../shaders/color/rgb_to_rgb255.wgsl";
import rgb255ToNormalsWgsl from "../../../shaders/color/rgb255_to_normals.wgsl";
import rgb255ToRgbWgsl from "../../../shaders/color/rgb255_to_rgb.wgsl";
import { define, type ParamSpec } from "../language/declare.ts";
import type { ParamValue } from "../language/values.ts";
import type { Clipped } from "./color.ts";

const COLOR = [3];
const shift = (channel: string): ParamSpec => ({
  default: 0,
  neutral: 0,
  usual: [-0.3, 0.3],
  intensity: [0, 0.5],
  unit: "intensity",
  doc: `added to ${channel}`,
});

/** Adds a shift of its own to each channel: y = clip(x + (red, green, blue)). */
export const rgbShift = define<
  {
    /** Added to the red channel; 0 unless given. */
    red?: ParamValue;
    /** Added to the green channel; 0 unless given. */
    green?: ParamValue;
    /** Added to the blue channel; 0 unless given. */
    blue?: ParamValue;
  } & Clipped
>({
  name: "rgbShift",
  kind: "point",
  wgsl: rgbShiftWgsl,
  channels: COLOR,
  params: { red: shift("red"), green: shift("green"), blue: shift("blue") },
  options: { clip: { default: true, allowed: [true, false], doc: "clip the result to 0..1", inShader: true } },
  example: { params: { red: 0.1, green: -0.05, blue: 0.07 } },
  doc: "y = clip(x + (red, green, blue))",
  source: "Kornia, enhance.shift_rgb",
});

/**
 * Shows the channels in another order, each sample in its own: y_c = x_i with i = order_c. A channel may come several times, or not at
 * all; it gets the gradients of all that show it.
 */
export const channelShuffle = define<{
  /** Which channel each one shows, whole numbers from 0; one value per channel, for all samples or for each. */
  order: ParamValue;
}>({
  name: "channelShuffle",
  kind: "point",
  wgsl: channelShuffleWgsl,
  channels: [3, 2, 1],
  channelCount: true,
  params: {
    order: {
      size: "C",
      integer: true,
      gradient: false,
      min: 0,
      below: "C",
      unit: "channel",
      doc: "which channel each one shows",
    },
  },
  example: { params: { order: [2, 0, 1] } },
  doc: "y_c = x_i, i = order_c",
  source: "Kornia, RandomChannelShuffle",
});

/** Puts a constant in the place of channels: y = x + drop · (fill − x). Those that are not dropped stay as they are, bit for bit. */
export const channelDropout = define<{
  /** 1 drops a channel, 0 keeps it, and between they blend; one value per channel, for all samples or for each. */
  drop: ParamValue;
  /** What a dropped channel becomes; 0 unless given. */
  fill?: ParamValue;
}>({
  name: "channelDropout",
  kind: "point",
  wgsl: channelDropoutWgsl,
  linear: true,
  params: {
    drop: { size: "C", min: 0, max: 1, neutral: 0, unit: "share", doc: "1 drops a channel, 0 keeps it" },
    fill: { default: 0, usual: [0, 1], unit: "intensity", doc: "what a dropped channel becomes" },
  },
  example: { params: { drop: [0, 1, 0.3], fill: 0.4 } },
  doc: "y = x + drop · (fill − x), per channel",
  source: "Kornia, RandomChannelDropout",
});

/** RGB to BGR, and BGR to RGB: the three channels in reverse. */
export const rgbToBgr = define<object>({
  name: "rgbToBgr",
  kind: "point",
  wgsl: rgbToBgrWgsl,
  channels: COLOR,
  params: {},
  doc: "y = (x_2, x_1, x_0)",
  source: "Kornia, color.rgb_to_bgr",
});

/** Intensities of 0..1 to 0..255, clipped. */
export const rgbToRgb255 = define<object>({
  name: "rgbToRgb255",
  kind: "point",
  wgsl: rgbToRgb255Wgsl,
  params: {},
  doc: "y = 255 · clip(x)",
  source: "Kornia, color.rgb_to_rgb255",
});

/** Intensities of 0..255 to 0..1, not clipped. */
export const rgb255ToRgb = define<object>({
  name: "rgb255ToRgb",
  kind: "point",
  wgsl: rgb255ToRgbWgsl,
  linear: true,
  params: {},
  doc: "y = x / 255",
  source: "Kornia, color.rgb255_to_rgb",
});

/** Normals of surfaces, components of −1..1, to colours of 0..255, clipped. */
export const normalsToRgb255 = define<object>({
  name: "normalsToRgb255",
  kind: "point",
  wgsl: normalsToRgb255Wgsl,
  params: {},
  doc: "y = 255 · clip((x + 1) / 2)",
  source: "Kornia, color.normals_to_rgb255",
});

/** Colours of 0..255 to normals of surfaces, of length 1. */
export const rgb255ToNormals = define<object>({
  name: "rgb255ToNormals",
  kind: "point",
  wgsl: rgb255ToNormalsWgsl,
  channels: COLOR,
  params: {},
  doc: "y = v / |v|, v = 2 x / 255 − 1",
  source: "Kornia, color.rgb255_to_normals",
});

/** How the colour filters of a sensor lie: the first two rows' first two pixels, `rggb` being red, green, green, blue. */
export type BayerPattern = "rggb" | "grbg" | "bggr" | "gbrg";

/** RGB to what a sensor behind a Bayer filter sees: one channel, of each pixel the colour that its filter lets through. */
export const rgbToRaw = define<{
  /** The filters of the first two rows' first two pixels; `rggb` unless given. */
  pattern?: BayerPattern;
}>({
  name: "rgbToRaw",
  kind: "point",
  wgsl: rgbToRawWgsl,
  channels: COLOR,
  position: true,
  reads: "place",
  params: {},
  options: {
    pattern: {
      default: "rggb",
      allowed: ["rggb", "grbg", "bggr", "gbrg"],
      doc: "filters of the first 2 x 2 pixels",
      inShader: true,
    },
  },
  outChannels: () => 1,
  doc: "y = x_c, c the colour of the filter at the pixel",
  source: "Kornia, color.rgb_to_raw",
});
