export * from "./errors.ts";
export { type Binding, type Dispatch, Gpu, type GpuInfo, type GpuStats } from "./gpu.ts";
export { Pipeline, type PipelineRequest } from "./pipelines.ts";
export { Storage } from "./pool.ts";
export { adoptDevice, type GpuOptions, requestGpu } from "./request.ts";
export { Scope } from "./scope.ts";
export type { PassTime } from "./timing.ts";
export { hasModule, type LinkOptions, linkShader, moduleSource } from "./wesl.ts";
