export * from "./color.ts";
export * from "./crop.ts";
export * from "./filter.ts";
export {
  RandomAffine,
  RandomElasticTransform,
  RandomFisheye,
  RandomHorizontalFlip,
  RandomPerspective,
  RandomRotation,
  RandomShear,
  RandomThinPlateSpline,
  RandomTranslate,
  RandomVerticalFlip,
} from "./geometry.ts";
export * from "./jitter.ts";
export * from "./noise.ts";
export type {
  RandomClass,
  RandomCommon,
  RandomOption,
  RandomOptions,
  RandomSettings,
  RandomSpec,
  RequiredOption,
} from "./random.ts";
export type { AxesValue, PairValue, RangeEnd, RangeValue } from "./values.ts";
export * from "./weather.ts";
