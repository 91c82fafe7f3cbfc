import { LimitError, UnsupportedError } from "./errors.ts";
import type { GpuInfo } from "./facts.ts";
import { A_DEVICE, Gpu } from "./gpu.ts";
import { check, having, isPlainObject, number, oneOf, readOptions, refuseUnknown, rule } from "./options.ts";

/** What to ask an adapter for. */
export interface GpuOptions {
  /** Which adapter, where there are several. */
  powerPreference?: "low-power" | "high-performance";
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

/** Reads the options of `requestGpu`. */
export const readGpuOptions = (options: GpuOptions | undefined): GpuOptions =>
  readOptions<GpuOptions>("requestGpu", options, {
    powerPreference: oneOf("low-power", "high-performance"),
    limits: rule("an object with numbers by the name of a limit", isPlainObject),
    entry: having("a GPU, such as navigator.gpu", "requestAdapter"),
  });

function checkLimit(adapter: GPUAdapter, limit: string, value: unknown): number {
  const available = adapter.limits[limit as keyof GPUSupportedLimits] as unknown;
  if (typeof available !== "number") refuseUnknown("limits", limit, WANTED_LIMITS, "limit");
  const wanted = check(`limits.${limit}`, value, number({ least: 0, whole: true })) as number;
  if (limit.startsWith("max") && wanted > available)
    throw new LimitError(limit, wanted, available, "What was asked of requestGpu()");
  return wanted;
}

/**
 * A device with the adapter's real limits.
 * @throws UnsupportedError where there is no WebGPU, or no adapter.
 */
export async function requestGpu(options?: GpuOptions): Promise<Gpu> {
  const { powerPreference, limits = {}, entry = globalThis.navigator?.gpu } = readGpuOptions(options);
  if (!entry) {
    throw new UnsupportedError(
      "This environment has no WebGPU: use a current Chrome, Edge, Firefox or Safari on a secure page, or augrad/node in Node.",
    );
  }
  const adapter = await entry.requestAdapter({ powerPreference });
  if (!adapter) {
    throw new UnsupportedError(
      "WebGPU is there, but it offers no adapter: check chrome://gpu, or start Chrome with --enable-unsafe-webgpu.",
    );
  }
  const requiredLimits: Record<string, number> = {};
  for (const limit of WANTED_LIMITS) requiredLimits[limit] = adapter.limits[limit];
  for (const [limit, value] of Object.entries(limits)) requiredLimits[limit] = checkLimit(adapter, limit, value);
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
  let gpu = adopted.get(check("device", device, A_DEVICE));
  if (!gpu || gpu.lost) {
    gpu = new Gpu(device, false, describe(device.adapterInfo));
    adopted.set(device, gpu);
  }
  return gpu;
}

/** What programs on the processor that play a GPU call themselves. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|software|basic render|\bwarp\b|\bcpu\b/i;
/** Mesa's number as a vendor in Vulkan, which wgpu hands on: its drivers for real GPUs have their maker's. */
const MESA = /^(65541|0x10005)$/i;

/** Whether an adapter is a program on the processor. Not all say so themselves; some browsers tell nothing but numbers. */
export function isSoftware(info: Partial<GPUAdapterInfo>): boolean {
  const { vendor = "", architecture = "", device = "", description = "", isFallbackAdapter } = info;
  return (
    isFallbackAdapter === true ||
    MESA.test(vendor) ||
    SOFTWARE.test(`${vendor} ${architecture} ${device} ${description}`)
  );
}

function describe(info: GPUAdapterInfo | undefined): GpuInfo {
  const vendor = info?.vendor ?? "";
  const architecture = info?.architecture ?? "";
  const description =
    [vendor, architecture, info?.device, info?.description].filter(Boolean).join(" ") || "unknown adapter";
  return { description, vendor, architecture, software: isSoftware(info ?? {}) };
}
