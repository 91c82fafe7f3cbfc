export type { ClipLayout } from "../targets/clips.ts";
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
  Normal,
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
} from "../transforms/index.ts";
export { type DescribedParam, type DescribedTransform, describeSamples } from "./described.ts";
export {
  around,
  type BernoulliOptions,
  bernoulli,
  beta,
  type CategoricalOptions,
  type ChoiceOptions,
  categorical,
  choice,
  clipped,
  constant,
  type DistributionOptions,
  type EndsOptions,
  type IntegersOptions,
  integers,
  isDistribution,
  logUniform,
  normal,
  type OrderOptions,
  partners,
  permutation,
  plus,
  type RangeOptions,
  type SmoothOptions,
  subset,
  times,
  truncatedNormal,
  uniform,
} from "./distributions/index.ts";
export { type ClipOptions, type ClipPipeline, type FramesOptions, frames } from "./frames.ts";
export type { GridPadding } from "./grid.ts";
export type { Images } from "./images.ts";
export { blend, type InnerOptions, type Space, type Where, within } from "./inner.ts";
export { takeSamples } from "./moved.ts";
export { type PatchesOptions, patches } from "./patches.ts";
export type { Sampled, SampledTransform, SampledValue } from "./sampled.ts";
export type { SampledChoice } from "./selection-rules.ts";
export {
  type MixtureOptions,
  mixture,
  type OneOfOptions,
  oneOf,
  type RandomApplyOptions,
  randomApply,
  randomOrder,
  type SelectionOptions,
  type SomeOfOptions,
  someOf,
  sometimes,
} from "./selections.ts";
export {
  type CallOptions,
  type Draws,
  type Pipeline,
  type ReplayOptions,
  type SampleOptions,
  type SequentialOptions,
  sequential,
} from "./sequential.ts";
export type {
  Combinator,
  MixtureOf,
  OneOf,
  Order,
  Patchwise,
  RandomOrder,
  Selection,
  SomeOf,
  Sometimes,
  Tree,
} from "./tree.ts";
