export * from "./color.ts";
export type { ShareValue } from "./corners.ts";
export {
  CenterCrop,
  type CropPadding,
  type CropSize,
  type FiveCropSettings,
  fiveCrop,
  LongestMaxSize,
  PadTo,
  RandomCrop,
  RandomResizedCrop,
  Resize,
  SmallestMaxSize,
  tenCrop,
} from "./crop.ts";
export * from "./filter.ts";
export {
  RandomAffine,
  RandomElasticTransform,
  RandomFisheye,
  RandomHorizontalFlip,
  RandomPerspective,
  RandomRotation,
  RandomRotation90,
  RandomShear,
  RandomThinPlateSpline,
  RandomTranslate,
  RandomVerticalFlip,
  type TurnsValue,
} from "./geometry.ts";
export {
  RandomGaussianIllumination,
  RandomLinearCornerIllumination,
  RandomLinearIllumination,
  type SignValue,
} from "./illumination.ts";
export * from "./jitter.ts";
export * from "./mix.ts";
export * from "./noise.ts";
export type { RandomOption, RequiredOption } from "./options.ts";
export type { RandomClass, RandomCommon, RandomOptions, RandomSettings, RandomSpec } from "./random.ts";
export type { AxesValue, PairValue, RangeEnd, RangeValue, SeveralValue } from "./values.ts";
export * from "./volumes.ts";
export * from "./weather.ts";
