export {
  type Around,
  around,
  type Bernoulli,
  type BernoulliOptions,
  type Bound,
  bernoulli,
  type Constant,
  constant,
  type Distribution,
  type DistributionOptions,
  type Estimator,
  isDistribution,
  type RangeOptions,
  type Scale,
  type Uniform,
  uniform,
} from "./distributions.ts";
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
