export { clipped, plus, times } from "./arithmetic.ts";
export { around } from "./around.ts";
export { type BernoulliOptions, bernoulli } from "./bernoulli.ts";
export { beta } from "./beta.ts";
export { checkLength, checkWidth, componentsOf, isLearnable, numberAt, tensorOf } from "./bounds.ts";
export { type CategoricalOptions, type ChoiceOptions, categorical, choice } from "./choice.ts";
export { constant } from "./constant.ts";
export {
  boundsOf,
  combinationOf,
  drawsOnGpu,
  familyOf,
  hasWhole,
  intervalsOf,
  isCompound,
  isDistribution,
  jointOf,
  sourcesOf,
  support,
  valueFor,
  wholeFor,
  widthsOf,
} from "./families.ts";
export type { DistributionOptions, Evaluation, GpuTools, Interval, SmoothOptions } from "./family.ts";
export { type IntegersOptions, integers } from "./integers.ts";
export { normal } from "./normal.ts";
export { type OrderOptions, partners, permutation, subset } from "./order.ts";
export type { EndsOptions, RangeOptions } from "./range.ts";
export { truncatedNormal } from "./truncated.ts";
export { logUniform, uniform } from "./uniform.ts";
export { checkWeights, indexOf } from "./weights.ts";
