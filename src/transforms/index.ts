export * from "./codec/codec.ts";
export * from "./color/channels.ts";
export * from "./color/clahe.ts";
export * from "./color/color.ts";
export * from "./color/hsv.ts";
export * from "./color/levels.ts";
export * from "./color/planckian.ts";
export * from "./color/space.ts";
export * from "./color/stretch.ts";
export * from "./color/table.ts";
export * from "./color/threshold.ts";
export * from "./filter/bilateral.ts";
export * from "./filter/canny.ts";
export * from "./filter/edges.ts";
export * from "./filter/filter.ts";
export { type FrequencyBandsSettings, frequencyBands } from "./filter/frequency.ts";
export type { GradientMode } from "./filter/gradient-kernels.ts";
export * from "./filter/guided.ts";
export type { KernelValue } from "./filter/kernel.ts";
export * from "./filter/motion.ts";
export * from "./filter/pool.ts";
export {
  type Filter2dSeparableSettings,
  filter2dSeparable,
  type UnsharpMaskSettings,
  unsharpMask,
} from "./filter/separable.ts";
export * from "./geometry/boxes.ts";
export * from "./geometry/crop.ts";
export {
  type ElasticSettings,
  elastic,
  fisheye,
  type RemapSettings,
  remap,
} from "./geometry/field.ts";
export * from "./geometry/geometry.ts";
export { distort, type LensSettings, undistort } from "./geometry/lens.ts";
export type { Centered, MapSettings, Sized } from "./geometry/maps.ts";
export * from "./geometry/pad.ts";
export type { PointsValue } from "./geometry/points.ts";
export * from "./geometry/pyramid.ts";
export { type ThinPlateSplineSettings, thinPlateSpline } from "./geometry/spline.ts";
export * from "./geometry/symmetry.ts";
export * from "./geometry/warp.ts";
export { type Choice, choose, type Link, type Picked } from "./language/choose.ts";
export type {
  BranchChain,
  Branches,
  Extent,
  Grid,
  Inner,
  Parts,
  Pieces,
  RegionOf,
  Spread,
} from "./language/declaration.ts";
export {
  type Arithmetic,
  type BandRow,
  type BlockSpec,
  type Common,
  type CommonSettings,
  type CompositeParts,
  type CompositeSettings,
  type CompositeSpec,
  type Constructor,
  type Declaration,
  declare,
  type EstimatorSpec,
  type Example,
  type FieldFrame,
  type FieldSource,
  type Kind,
  type ListLength,
  type MixArguments,
  type MixFrame,
  type MixPart,
  type MixSpec,
  type NeighbourhoodSpec,
  type NewDeclaration,
  type NumberRange,
  type OptionSpec,
  type ParamSpec,
  type Prepare,
  type Reads,
  registry,
  type StatisticName,
  type Transform,
  type VolumeSpec,
} from "./language/declare.ts";
export type {
  ProgramBackward,
  ProgramBuffer,
  ProgramCall,
  ProgramForward,
  ProgramImage,
  ProgramKernel,
  ProgramRun,
  ProgramSpec,
} from "./language/program-spec.ts";
export type { Drawn, EstimatorSetting, Flat, OptionValue, Seeded, SettingsOf } from "./language/settings.ts";
export type {
  Around,
  Bernoulli,
  Beta,
  Bound,
  Categorical,
  ClippedValue,
  Compound,
  Constant,
  Distribution,
  Estimator,
  Integers,
  ListValue,
  Normal,
  ParamValue,
  Partners,
  PathwiseEstimator,
  Permutation,
  Plus,
  Primitive,
  Scale,
  Sharing,
  Subset,
  Times,
  TruncatedNormal,
  Uniform,
  ValueChoice,
} from "./language/values.ts";
export * from "./mix/jigsaw.ts";
export * from "./mix/mix.ts";
export * from "./morphology/morphology.ts";
export * from "./noise/erasing.ts";
export * from "./noise/noise.ts";
export * from "./noise/photon.ts";
export * from "./weather/illumination.ts";
export * from "./weather/plasma.ts";
export * from "./weather/rain.ts";
export * from "./weather/snow.ts";
