export * from "./bbox.ts";
export * from "./colormap.ts";
export {
  addWeighted,
  bgrToRgba,
  grayscaleToRgb,
  rgbaToBgr,
  rgbaToRgb,
  rgbToRgba,
  rgbToYuv420,
  rgbToYuv422,
  type SubsampledYuv,
  yuv420ToRgb,
  yuv422ToRgb,
} from "./colour.ts";
export * from "./distance.ts";
export * from "./histogram.ts";
export * from "./integral.ts";
export * from "./kernels.ts";
export * from "./lens.ts";
export { inverse, solve } from "./linalg.ts";
export * from "./matching.ts";
export {
  type AffineMatrixOptions,
  convertAffinematrixToHomography,
  getAffineMatrix2d,
  getPerspectiveTransform,
  getRotationMatrix2d,
  getShearMatrix2d,
  getTranslationMatrix2d,
  invertAffineTransform,
  type Quadrangle,
  type Vector2,
} from "./matrices.ts";
export * from "./metrics.ts";
export * from "./patches.ts";
export * from "./plasma.ts";
export * from "./points.ts";
export * from "./pyramid.ts";
export * from "./raw.ts";
export * from "./robust.ts";
export * from "./spline.ts";
export * from "./transplantation.ts";
export * from "./whitening.ts";
