export * from "./blend.ts";
export * from "./color.ts";
export {
  type CommonSettings,
  type Constructor,
  type Declaration,
  type DistributionLike,
  declare,
  isTransform,
  type Kind,
  type OptionSpec,
  type ParamSpec,
  type ParamValue,
  registry,
  showsFill,
  type TensorLike,
  type Transform,
} from "./declare.ts";
export * from "./filter.ts";
export * from "./geometry.ts";
