export { around } from "./around.ts";
export { type BernoulliOptions, bernoulli } from "./bernoulli.ts";
export { boundTensor, componentsOf, isLearnable, numberAt } from "./bounds.ts";
export { constant } from "./constant.ts";
export {
  boundsOf,
  drawsOnGpu,
  familyOf,
  isDistribution,
  support,
  valueFor,
  wholeFor,
} from "./families.ts";
export type { DistributionOptions, GpuTools, Value } from "./family.ts";
export { normal } from "./normal.ts";
export { partners, permutation, subset } from "./order.ts";
export type { RangeOptions } from "./range.ts";
export { logUniform, uniform } from "./uniform.ts";
