export type {
  Around,
  Bernoulli,
  Bound,
  Constant,
  Distribution,
  Estimator,
  Normal,
  Scale,
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
  type RangeOptions,
  uniform,
} from "./distributions/index.ts";
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
