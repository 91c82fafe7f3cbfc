export {
  type Around,
  around,
  type Bernoulli,
  type Bound,
  bernoulli,
  type Constant,
  constant,
  type Distribution,
  type DistributionOptions,
  type Estimator,
  isDistribution,
  type Scale,
  type Uniform,
  uniform,
} from "./distributions.ts";
export type { Sampled, SampledTransform, SampledValue } from "./sampled.ts";
export {
  type CallOptions,
  type Draws,
  type Pipeline,
  type SampleOptions,
  type SequentialOptions,
  sequential,
} from "./sequential.ts";
export { threefry2x32, unitFloat, type Words } from "./threefry.ts";
