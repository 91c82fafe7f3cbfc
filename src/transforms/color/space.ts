import adjustLogWgsl from "../../../shaders/color/adjust_log.wgsl";
import adjustSigmoidWgsl from "../../../shaders/color/adjust_sigmoid.wgsl";
import colorMatrixWgsl from "../../../shaders/color/color_matrix.wgsl";
import hlsToRgbWgsl from "../../../shaders/color/hls_to_rgb.wgsl";
import hsvToRgbWgsl from "../../../shaders/color/hsv_to_rgb.wgsl";
import labToRgbWgsl from "../../../shaders/color/lab_to_rgb.wgsl";
import linearRgbToRgbWgsl from "../../../shaders/color/linear_rgb_to_rgb.wgsl";
import luvToRgbWgsl from "../../../shaders/color/luv_to_rgb.wgsl";
import rgbToHlsWgsl from "../../../shaders/color/rgb_to_hls.wgsl";
import rgbToHsvWgsl from "../../../shaders/color/rgb_to_hsv.wgsl";
import rgbToLabWgsl from "../../../shaders/color/rgb_to_lab.wgsl";
import rgbToLinearRgbWgsl from "../../../shaders/color/rgb_to_linear_rgb.wgsl";
import rgbToLuvWgsl from "../../../shaders/color/rgb_to_luv.wgsl";
import rgbToXyzWgsl from "../../../shaders/color/rgb_to_xyz.wgsl";
import rgbToYcbcrWgsl from "../../../shaders/color/rgb_to_ycbcr.wgsl";
import rgbToYuvWgsl from "../../../shaders/color/rgb_to_yuv.wgsl";
import sepiaWgsl from "../../../shaders/color/sepia.wgsl";
import xyzToRgbWgsl from "../../../shaders/color/xyz_to_rgb.wgsl";
import ycbcrToRgbWgsl from "../../../shaders/color/ycbcr_to_rgb.wgsl";
import yuvToRgbWgsl from "../../../shaders/color/yuv_to_rgb.wgsl";
import { define, type OptionSpec, type ParamSpec } from "../language/declare.ts";
import type { ParamValue } from "../language/values.ts";
import type { Clipped } from "./color.ts";

const COLOR = [3];
const clip = (unless: boolean): Record<string, OptionSpec> => ({
  clip: { default: unless, allowed: [true, false], doc: "clip the result to 0..1", inShader: true },
});

/** RGB to HSV: hue in turns (0 to 1), saturation and value 0..1. Grey has hue 0, and no gradient through it. */
export const rgbToHsv = define<object>({
  name: "rgbToHsv",
  kind: "point",
  wgsl: rgbToHsvWgsl,
  channels: COLOR,
  params: {},
  doc: "H in turns, S = (max − min) / max, V = max",
  source: "Kornia, color.rgb_to_hsv",
});

/** HSV to RGB; the hue is in turns and goes around. */
export const hsvToRgb = define<object>({
  name: "hsvToRgb",
  kind: "point",
  wgsl: hsvToRgbWgsl,
  channels: COLOR,
  params: {},
  doc: "y = V · (1 − S · (1 − share of the hue))",
  source: "Kornia, color.hsv_to_rgb",
});

/** RGB to HLS: hue in turns (0 to 1), lightness and saturation 0..1. Grey has hue 0, and no gradient through it. */
export const rgbToHls = define<object>({
  name: "rgbToHls",
  kind: "point",
  wgsl: rgbToHlsWgsl,
  channels: COLOR,
  params: {},
  doc: "H in turns, L = (max + min) / 2, S = (max − min) / (1 − |2L − 1|)",
  source: "Kornia, color.rgb_to_hls",
});

/** HLS to RGB; the hue is in turns and goes around. */
export const hlsToRgb = define<object>({
  name: "hlsToRgb",
  kind: "point",
  wgsl: hlsToRgbWgsl,
  channels: COLOR,
  params: {},
  doc: "y = L − S · min(L, 1 − L) · (1 − 2 · share of the hue)",
  source: "Kornia, color.hls_to_rgb",
});

/** sRGB to linear light. */
export const rgbToLinearRgb = define<object>({
  name: "rgbToLinearRgb",
  kind: "point",
  wgsl: rgbToLinearRgbWgsl,
  params: {},
  doc: "y = ((x + 0.055) / 1.055)^2.4; x / 12.92 up to 0.04045",
  source: "IEC 61966-2-1; Kornia, color.rgb_to_linear_rgb",
});

/** Linear light to sRGB. */
export const linearRgbToRgb = define<object>({
  name: "linearRgbToRgb",
  kind: "point",
  wgsl: linearRgbToRgbWgsl,
  params: {},
  doc: "y = 1.055 · x^(1 / 2.4) − 0.055; 12.92 · x up to 0.0031308",
  source: "IEC 61966-2-1; Kornia, color.linear_rgb_to_rgb",
});

/** Linear RGB to CIE XYZ, of sRGB's primaries. */
export const rgbToXyz = define<object>({
  name: "rgbToXyz",
  kind: "point",
  wgsl: rgbToXyzWgsl,
  channels: COLOR,
  params: {},
  doc: "y = M · x, M of sRGB's primaries",
  source: "Kornia, color.rgb_to_xyz",
});

/** CIE XYZ to linear RGB, of sRGB's primaries. */
export const xyzToRgb = define<object>({
  name: "xyzToRgb",
  kind: "point",
  wgsl: xyzToRgbWgsl,
  channels: COLOR,
  params: {},
  doc: "y = M⁻¹ · x, M of sRGB's primaries",
  source: "Kornia, color.xyz_to_rgb",
});

/** sRGB to CIE L*a*b* under D65: L is 0..100, a and b about −128..128. */
export const rgbToLab = define<object>({
  name: "rgbToLab",
  kind: "point",
  wgsl: rgbToLabWgsl,
  channels: COLOR,
  params: {},
  doc: "L = 116 f(Y) − 16, a = 500 (f(X) − f(Y)), b = 200 (f(Y) − f(Z)), under D65",
  source: "CIE 1976; Kornia, color.rgb_to_lab",
});

/** CIE L*a*b* under D65 (L 0..100) to sRGB. Colours that sRGB does not have are clipped unless `clip` is false. */
export const labToRgb = define<Clipped>({
  name: "labToRgb",
  kind: "point",
  wgsl: labToRgbWgsl,
  channels: COLOR,
  params: {},
  options: clip(true),
  doc: "y = clip(sRGB of L*a*b* under D65)",
  source: "CIE 1976; Kornia, color.lab_to_rgb",
});

/** sRGB to CIE L*u*v* under D65: L is 0..100, u about −83..175, v about −134..108. */
export const rgbToLuv = define<object>({
  name: "rgbToLuv",
  kind: "point",
  wgsl: rgbToLuvWgsl,
  channels: COLOR,
  params: {},
  doc: "L = 116 ∛Y − 16, u = 13 L (u' − u'ₙ), v = 13 L (v' − v'ₙ), under D65",
  source: "CIE 1976; Kornia, color.rgb_to_luv",
});

/** CIE L*u*v* under D65 (L 0..100) to sRGB, not clipped. */
export const luvToRgb = define<object>({
  name: "luvToRgb",
  kind: "point",
  wgsl: luvToRgbWgsl,
  channels: COLOR,
  params: {},
  doc: "y = sRGB of L*u*v* under D65",
  source: "CIE 1976; Kornia, color.luv_to_rgb",
});

/** RGB to YCbCr: luma 0..1, chroma about 0.5. */
export const rgbToYcbcr = define<object>({
  name: "rgbToYcbcr",
  kind: "point",
  wgsl: rgbToYcbcrWgsl,
  channels: COLOR,
  params: {},
  doc: "Y = luma, Cb = 0.564 (B − Y) + 0.5, Cr = 0.713 (R − Y) + 0.5",
  source: "ITU-R BT.601; Kornia, color.rgb_to_ycbcr",
});

/** YCbCr to RGB. */
export const ycbcrToRgb = define<Clipped>({
  name: "ycbcrToRgb",
  kind: "point",
  wgsl: ycbcrToRgbWgsl,
  channels: COLOR,
  params: {},
  options: clip(true),
  doc: "y = clip(Y + 1.403 r, Y − 0.714 r − 0.344 b, Y + 1.773 b), r = Cr − 0.5, b = Cb − 0.5",
  source: "ITU-R BT.601; Kornia, color.ycbcr_to_rgb",
});

/** RGB to the YUV of analogue PAL. */
export const rgbToYuv = define<object>({
  name: "rgbToYuv",
  kind: "point",
  wgsl: rgbToYuvWgsl,
  channels: COLOR,
  params: {},
  doc: "y = M · x",
  source: "ITU-R BT.470; Kornia, color.rgb_to_yuv",
});

/** The YUV of analogue PAL to RGB, not clipped. */
export const yuvToRgb = define<object>({
  name: "yuvToRgb",
  kind: "point",
  wgsl: yuvToRgbWgsl,
  channels: COLOR,
  params: {},
  doc: "y = M · x",
  source: "ITU-R BT.470; Kornia, color.yuv_to_rgb",
});

/** The brown of old photographs; not clipped unless `clip` is true. */
export const sepia = define<{
  /** Clip the result to 0..1; false unless given. */
  clip?: boolean;
}>({
  name: "sepia",
  kind: "point",
  wgsl: sepiaWgsl,
  channels: COLOR,
  params: {},
  options: clip(false),
  doc: "y = clip(M · x)",
  source: "Kornia, color.sepia",
});

const matrix: ParamSpec = {
  default: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  size: 9,
  cells: [3, 3],
  neutral: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  unit: "factor",
  doc: "row by row, 9 values; row i makes channel i",
};

/** Mixes the three channels by a matrix of one's own: y = clip(matrix · x + offset). */
export const colorMatrix = define<{
  /**
   * Row by row, 9 values or 3 rows of 3, tensors `[N, 3, 3]` or `[N, 9]`: row i makes channel i of the result. The identity unless given.
   */
  matrix?: ParamValue;
  /** Added, 3 values; 0 unless given. */
  offset?: ParamValue;
  /** Clip the result to 0..1; false unless given. */
  clip?: boolean;
}>({
  name: "colorMatrix",
  kind: "point",
  wgsl: colorMatrixWgsl,
  channels: COLOR,
  params: {
    matrix,
    offset: { default: [0, 0, 0], neutral: [0, 0, 0], size: 3, unit: "intensity", doc: "added, 3 values" },
  },
  options: clip(false),
  example: {
    params: { matrix: [0.6, 0.3, 0.1, 0.2, 0.7, 0.05, 0.1, 0.2, 0.6], offset: [0.03, 0.02, 0.05] },
  },
  doc: "y = clip(matrix · x + offset)",
  source: "Pillow, Image.convert with a matrix; Kornia, enhance.linear_transform",
});

const inverse: OptionSpec = {
  default: false,
  allowed: [true, false],
  doc: "the curve the other way around",
  inShader: true,
};

/** Lifts the shadows by a logarithm: y = clip(gain · log2(1 + x)), or by `inverse` deepens them: clip(gain · (2^x − 1)). */
export const adjustLog = define<
  {
    /** Multiplies the result; 1 unless given. */
    gain?: ParamValue;
    /** The curve the other way around; false unless given. */
    inverse?: boolean;
  } & Clipped
>({
  name: "adjustLog",
  kind: "point",
  wgsl: adjustLogWgsl,
  params: { gain: { default: 1, usual: [0.8, 1.2], unit: "factor", doc: "multiplies the result" } },
  options: { inverse, ...clip(true) },
  example: { params: { gain: 0.9 } },
  doc: "y = clip(gain · log2(1 + x)); inverse: clip(gain · (2^x − 1))",
  source: "Kornia, enhance.adjust_log",
});

/** A curve in the shape of an S about `cutoff`: y = 1 / (1 + exp(−gain · (x − cutoff))), or by `inverse` 1 − y. */
export const adjustSigmoid = define<{
  /** The intensity that becomes 0.5; 0.5 unless given. */
  cutoff?: ParamValue;
  /** How steep the curve is; 10 unless given. */
  gain?: ParamValue;
  /** Bright becomes dark; false unless given. */
  inverse?: boolean;
}>({
  name: "adjustSigmoid",
  kind: "point",
  wgsl: adjustSigmoidWgsl,
  params: {
    cutoff: { default: 0.5, usual: [0.3, 0.7], unit: "intensity", doc: "the intensity that becomes 0.5" },
    gain: { default: 10, usual: [5, 15], unit: "factor", doc: "how steep the curve is" },
  },
  options: { inverse: { ...inverse, doc: "bright becomes dark" } },
  example: { params: { cutoff: 0.4, gain: 8 } },
  doc: "y = 1 / (1 + exp(−gain · (x − cutoff))); inverse: 1 − y",
  source: "Kornia, enhance.adjust_sigmoid",
});
