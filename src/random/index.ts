export * from "./color.ts";
export * from "./filter.ts";
export * from "./noise.ts";
export type {
  RandomClass,
  RandomCommon,
  RandomOption,
  RandomOptions,
  RandomSettings,
  RandomSpec,
  RequiredOption,
} from "./random.ts";
export type { RangeEnd, RangeValue } from "./values.ts";
