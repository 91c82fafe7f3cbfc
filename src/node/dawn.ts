/** WebGPU in Node: the npm package `webgpu` (Dawn), on a GPU where there is one, else on SwiftShader. */
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { UnsupportedError } from "../gpu/errors.ts";
import { type AdapterFacts, adapterChoice, adapterFacts, describeAdapter } from "./adapter.ts";
import { unpackSwiftShader } from "./chromium.ts";
import { hasGpu, hasVulkanLoader } from "./drivers.ts";

/** WebGPU of this process. */
export interface Dawn {
  /** What `navigator.gpu` is in a browser. */
  gpu: GPU;
  /** The adapter that it gives. */
  adapter: AdapterFacts;
  /** What runs, in words. */
  description: string;
}

// Dawn's objects die with the instance, so it is held here for the life of the process.
let instance: Promise<Dawn> | undefined;

/**
 * The process's `GPU`. The first call chooses the driver (AUGRAD_ADAPTER: "gpu", "swiftshader"; by default the GPU if any)
 * and puts GPUBufferUsage, GPUMapMode and their like on globalThis.
 * @throws UnsupportedError with one sentence that says what to do, where Node can have no adapter
 */
export function dawn(): Promise<Dawn> {
  instance ??= open();
  return instance;
}

const ICD_VARIABLES = ["VK_ICD_FILENAMES", "VK_DRIVER_FILES"];
const SYSTEM_SWIFTSHADER = [
  "/usr/lib/chromium/vk_swiftshader_icd.json",
  "/opt/google/chrome/vk_swiftshader_icd.json",
  "/usr/lib64/chromium-browser/vk_swiftshader_icd.json",
];

/** Loads a library so that later look-ups of its name find it; LD_LIBRARY_PATH would have to be set before Node starts. */
function preload(library: string): void {
  const { RTLD_NOW, RTLD_GLOBAL } = constants.dlopen;
  const RTLD_NODELETE = 0x1000;
  try {
    process.dlopen({ exports: {} }, library, RTLD_NOW | RTLD_GLOBAL | RTLD_NODELETE);
  } catch {
    // Node reports that it is no Node addon; it stays loaded all the same.
  }
}

/** Points the Vulkan loader at SwiftShader. Returns where that came from, or null when there is none. */
async function useSwiftShader(): Promise<string | null> {
  const system = SYSTEM_SWIFTSHADER.find((path) => existsSync(path));
  const unpacked = await unpackSwiftShader();
  const icd = unpacked?.icd ?? system;
  if (!icd) return null;
  for (const variable of ICD_VARIABLES) process.env[variable] = icd;
  if (unpacked && !hasVulkanLoader()) preload(join(unpacked.folder, "libvulkan.so.1"));
  return unpacked ? "npm @sparticuz/chromium" : icd;
}

interface DawnModule {
  create(flags: string[]): GPU;
  globals: Record<string, unknown>;
}

async function load(): Promise<DawnModule> {
  try {
    return (await import("webgpu")) as unknown as DawnModule;
  } catch (error) {
    const why = (error instanceof Error ? error.message : String(error)).split("\n")[0];
    throw new UnsupportedError(`WebGPU in Node needs the package "webgpu": run npm install webgpu (${why}).`);
  }
}

async function open(): Promise<Dawn> {
  const choice = adapterChoice();
  const { create, globals } = await load();
  Object.assign(globalThis, globals);

  const attempt = async (origin: string): Promise<Dawn | null> => {
    // Ticks of 65 µs protect the secrets of web pages from each other; here they would hide the time of a pass.
    const gpu = create(["disable-dawn-features=timestamp_quantization"]);
    const found = await gpu.requestAdapter({ powerPreference: "high-performance" });
    if (!found) return null;
    const adapter = adapterFacts(found.info);
    return {
      gpu,
      adapter,
      description: `Dawn in Node ${process.versions.node}, WebGPU on ${describeAdapter(adapter)}${origin}`,
    };
  };

  // The user's own choice of a Vulkan driver counts as hardware would: it is tried first.
  const named = ICD_VARIABLES.some((variable) => process.env[variable]);
  if (choice !== "swiftshader" && (named || hasGpu() || choice === "gpu")) {
    const first = await attempt("");
    if (first && (choice !== "gpu" || !first.adapter.software)) return first;
  }
  if (choice === "gpu")
    throw new UnsupportedError("AUGRAD_ADAPTER is gpu, but Node finds no GPU: install its Vulkan driver, or unset it.");
  const origin = await useSwiftShader();
  const software = await attempt(origin ? ` from ${origin}` : "");
  if (software) return software;
  throw new UnsupportedError(
    process.platform === "linux"
      ? "Node finds no WebGPU adapter: install a Vulkan driver, or on x64 SwiftShader by npm install @sparticuz/chromium."
      : "Node finds no WebGPU adapter: this machine needs a GPU with a current driver.",
  );
}
