export type {
  Around,
  Bernoulli,
  Bound,
  Constant,
  Distribution,
  Estimator,
  Normal,
  Partners,
  Permutation,
  Scale,
  Subset,
  Uniform,
} from "../transforms/index.ts";
export {
  around,
  type BernoulliOptions,
  bernoulli,
  constant,
  type DistributionOptions,
  isDistribution,
  logUniform,
  normal,
  partners,
  permutation,
  type RangeOptions,
  subset,
  uniform,
} from "./distributions/index.ts";
export type { Images } from "./images.ts";
export { type LabelSource, labelWeights, mixLabels } from "./labels.ts";
export type { Sampled, SampledTransform, SampledValue } from "./sampled.ts";
export { type OneOfOptions, oneOf, type SelectionOptions, someOf, sometimes } from "./selections.ts";
export {
  type CallOptions,
  type Draws,
  type Pipeline,
  type SampleOptions,
  type SequentialOptions,
  sequential,
} from "./sequential.ts";
export type { SampledChoice } from "./taken.ts";
export type { OneOf, Selection, SomeOf, Sometimes, Tree } from "./tree.ts";
