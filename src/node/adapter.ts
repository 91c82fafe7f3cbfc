/** What is said of a WebGPU adapter: whether it is a GPU or a CPU that plays one, and its name. */

import { isSoftware } from "../gpu/request.ts";

/** The fields of GPUAdapterInfo that we use, as plain values that can cross from a page. */
export interface AdapterFacts {
  /** As WebGPU names it. */
  vendor: string;
  /** As WebGPU names it. */
  architecture: string;
  /** As WebGPU names it. */
  device: string;
  /** As the driver names it. */
  description: string;
  /** Whether it is a program on the processor, such as SwiftShader. */
  software: boolean;
}

/** Copies the fields of `info`; `software` is true for the known CPU drivers. */
export function adapterFacts(info: Partial<GPUAdapterInfo>): AdapterFacts {
  const { vendor = "", architecture = "", device = "", description = "" } = info;
  return { vendor, architecture, device, description, software: isSoftware(info) };
}

/** "GPU (NVIDIA H100)" or "SwiftShader (on the CPU, no GPU)". */
export function describeAdapter(facts: AdapterFacts): string {
  const { vendor, architecture, device, description } = facts;
  const name = description || [vendor, architecture, device].filter(Boolean).join(" ") || "unnamed";
  if (!facts.software) return `GPU (${name})`;
  return /swiftshader/i.test(`${architecture} ${name}`)
    ? "SwiftShader (on the CPU, no GPU)"
    : `${name} (on the CPU, no GPU)`;
}

export type AdapterChoice = "gpu" | "swiftshader" | "auto";

/** The environment variable AUGRAD_ADAPTER: "gpu" or "swiftshader"; by default a GPU where there is one. */
export function adapterChoice(): AdapterChoice {
  const value = process.env.AUGRAD_ADAPTER;
  if (!value) return "auto";
  if (value === "gpu" || value === "swiftshader") return value;
  throw new Error(`AUGRAD_ADAPTER is "${value}"; it can be "gpu" or "swiftshader".`);
}
