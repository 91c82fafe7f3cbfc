export type {
  Around,
  Bernoulli,
  Beta,
  Bound,
  Categorical,
  Constant,
  Distribution,
  Estimator,
  Integers,
  Normal,
  Partners,
  Permutation,
  Scale,
  Sharing,
  Subset,
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
  type ChoiceOptions,
  categorical,
  choice,
  constant,
  type DistributionOptions,
  integers,
  isDistribution,
  logUniform,
  normal,
  type OrderOptions,
  partners,
  permutation,
  type RangeOptions,
  subset,
  truncatedNormal,
  uniform,
  type Whole,
} from "./distributions/index.ts";
export type { Images } from "./images.ts";
export { takeSamples } from "./moved.ts";
export type { Sampled, SampledTransform, SampledValue } from "./sampled.ts";
export type { SampledChoice } from "./selection-rules.ts";
export {
  type OneOfOptions,
  oneOf,
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
export type { OneOf, Order, RandomOrder, Selection, SomeOf, Sometimes, Tree } from "./tree.ts";
