export * from "./blend.ts";
export { type Choice, choose, type Link, type Picked } from "./choose.ts";
export * from "./codec.ts";
export * from "./color.ts";
export * from "./crop.ts";
export {
  type Arithmetic,
  type BlockSpec,
  type Common,
  type CommonSettings,
  type Constructor,
  type Declaration,
  declare,
  type EstimatorSpec,
  type Example,
  type FieldSource,
  type Kind,
  type ListLength,
  type MixFrame,
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
} from "./declare.ts";
export * from "./edges.ts";
export * from "./field.ts";
export * from "./filter.ts";
export * from "./geometry.ts";
export type { KernelValue } from "./kernel.ts";
export * from "./levels.ts";
export type { Centered, MapSettings, Sized } from "./maps.ts";
export * from "./mix.ts";
export * from "./morphology.ts";
export * from "./noise.ts";
export * from "./program.ts";
export type {
  ProgramBackward,
  ProgramBuffer,
  ProgramCall,
  ProgramForward,
  ProgramKernel,
  ProgramRun,
  ProgramSpec,
} from "./program-spec.ts";
export type { Drawn, EstimatorSetting, Flat, OptionValue, Seeded, SettingsOf } from "./settings.ts";
export * from "./space.ts";
export * from "./stretch.ts";
export * from "./table.ts";
export type {
  Around,
  Bernoulli,
  Bound,
  Constant,
  Distribution,
  Estimator,
  ListValue,
  ParamValue,
  Scale,
  Uniform,
} from "./values.ts";
export * from "./warp.ts";
