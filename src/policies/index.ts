export { type AdaGroup, type AdaOptions, type AdaPreset, type AdaptOptions, ada, adaptP } from "./ada.ts";
export { AugMix, type AugMixOptions } from "./augmix.ts";
export {
  type LearnablePolicy,
  type LearnablePolicyOptions,
  type LearnedOperation,
  learnablePolicy,
  type PolicyCall,
} from "./learnable.ts";
export type { OperationName } from "./operations.ts";
export {
  AutoAugment,
  type AutoAugmentOptions,
  type PolicyOptions,
  RandAugment,
  type RandAugmentOptions,
  TrivialAugment,
  type TrivialAugmentOptions,
} from "./policies.ts";
export type { PolicyName, PolicyStep, SubPolicy } from "./tables.ts";
