/// <reference lib="esnext.disposable" preserve="true" />
/**
 * Differentiable image augmentation on WebGPU.
 *
 * @module augrad
 */
import "./globals.ts";

export * from "./augment/index.ts";
export * from "./autograd/index.ts";
export * from "./compiler/index.ts";
export * from "./functional/index.ts";
export {
  ArgumentError,
  AugradError,
  adoptDevice,
  DeviceLostError,
  Gpu,
  type GpuInfo,
  type GpuOptions,
  type GpuStats,
  GraphError,
  LimitError,
  OutOfMemoryError,
  PassError,
  type PassTime,
  requestGpu,
  Scope,
  type Shader,
  ShapeError,
  TensorStateError,
  UnsupportedError,
} from "./gpu/index.ts";
export * from "./optim/index.ts";
export * from "./policies/index.ts";
export * from "./random/index.ts";
export * from "./targets/index.ts";
export * from "./tensor/public.ts";
export * from "./transforms/index.ts";
export * from "./volumes/index.ts";
