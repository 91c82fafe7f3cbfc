import { UnsupportedError } from "./errors.ts";
import { Gpu, type GpuInfo } from "./gpu.ts";

/** What to ask an adapter for. */
export interface GpuOptions {
  /** Which adapter, where there are several. */
  powerPreference?: GPUPowerPreference;
  /** Limits below the adapter's own, for tests: by default augrad takes all that the adapter has. */
  limits?: Record<string, number>;
  /** The entry to WebGPU; `navigator.gpu` unless given. */
  entry?: GPU;
}

const WANTED_LIMITS = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
] as const;
const WANTED_FEATURES: GPUFeatureName[] = ["timestamp-query", "subgroups" as GPUFeatureName, "shader-f16"];

/**
 * A device with the adapter's real limits.
 * @throws UnsupportedError where there is no WebGPU, or no adapter.
 */
export async function requestGpu(options: GpuOptions = {}): Promise<Gpu> {
  const entry = options.entry ?? globalThis.navigator?.gpu;
  if (!entry) {
    throw new UnsupportedError(
      "This environment has no WebGPU: use a current Chrome, Edge, Firefox or Safari on a secure page, or augrad/node in Node.",
    );
  }
  const adapter = await entry.requestAdapter({ powerPreference: options.powerPreference });
  if (!adapter) {
    throw new UnsupportedError(
      "WebGPU is there, but it offers no adapter: check chrome://gpu, or start Chrome with --enable-unsafe-webgpu.",
    );
  }
  const requiredLimits: Record<string, number> = {};
  for (const limit of WANTED_LIMITS) requiredLimits[limit] = adapter.limits[limit];
  Object.assign(requiredLimits, options.limits);
  const device = await adapter.requestDevice({
    requiredLimits,
    requiredFeatures: WANTED_FEATURES.filter((feature) => adapter.features.has(feature)),
    label: "augrad",
  });
  return new Gpu(device, true, describe(adapter.info), () => requestGpu(options));
}

const adopted = new WeakMap<GPUDevice, Gpu>();

/** Takes over a device that another engine owns (jax-js, TensorFlow.js); augrad never destroys it. One `Gpu` per device. */
export function adoptDevice(device: GPUDevice): Gpu {
  let gpu = adopted.get(device);
  if (!gpu || gpu.lost) {
    gpu = new Gpu(device, false, describe(device.adapterInfo));
    adopted.set(device, gpu);
  }
  return gpu;
}

function describe(info: GPUAdapterInfo | undefined): GpuInfo {
  const vendor = info?.vendor ?? "";
  const architecture = info?.architecture ?? "";
  const description =
    [vendor, architecture, info?.device, info?.description].filter(Boolean).join(" ") || "unknown adapter";
  return { description, vendor, architecture, software: /swiftshader|llvmpipe|lavapipe|software/i.test(description) };
}
