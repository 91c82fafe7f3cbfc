/** What the device is, for people and for records of measurements. */
export interface GpuInfo {
  /** The adapter in words: vendor, architecture, device. */
  description: string;
  /** As WebGPU names it, in small letters; may be empty. */
  vendor: string;
  /** The family of the chip, as WebGPU names it; may be empty. */
  architecture: string;
  /** True where the "GPU" is a program on the processor, such as SwiftShader. */
  software: boolean;
}

/** Counters for tests of steady state. */
export interface GpuStats {
  /** Buffers made since the start, those of uniforms included. */
  buffersCreated: number;
  /** Pipelines made since the start. */
  pipelinesCreated: number;
  /** Bind groups made since the start. */
  bindGroupsCreated: number;
  /** Dispatches recorded into a command buffer since the start. */
  dispatches: number;
  /** Command buffers submitted since the start. */
  submissions: number;
  /** Bytes of pooled buffers that are handed out. */
  bytesInUse: number;
  /** Bytes of pooled buffers that wait for their next use. */
  bytesPooled: number;
}

/** A device's limits as a plain object: each of its own is a call into the implementation, and every pass asks. */
export function plainLimits(limits: GPUSupportedLimits): GPUSupportedLimits {
  const plain: Record<string, unknown> = {};
  for (const name in limits) plain[name] = limits[name as keyof GPUSupportedLimits];
  return Object.freeze(plain) as unknown as GPUSupportedLimits;
}
