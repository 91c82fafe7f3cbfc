export type { Binding, Dispatch } from "./commands.ts";
export * from "./errors.ts";
export type { GpuInfo, GpuStats } from "./facts.ts";
export { Gpu } from "./gpu.ts";
export {
  A_FUNCTION,
  check,
  checkedLater,
  flag,
  having,
  isPlainObject,
  nearest,
  number,
  oneOf,
  type Range,
  type Rule,
  readOptions,
  refuseUnknown,
  rule,
  text,
} from "./options.ts";
export { Pipeline, type PipelineRequest } from "./pipelines.ts";
export { Recent } from "./recent.ts";
export { adoptDevice, type GpuOptions, isSoftware, readGpuOptions, requestGpu } from "./request.ts";
export { Scope } from "./scope.ts";
export { Storage } from "./storage.ts";
export type { PassTime } from "./timing.ts";
export {
  hasModule,
  type LinkOptions,
  linkShader,
  moduleSource,
  provide,
  type Shader,
  type Wgsl,
  withShaders,
} from "./wesl.ts";
