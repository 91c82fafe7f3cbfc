/// <reference lib="esnext.disposable" preserve="true" />
/**
 * augrad in Node: all of `augrad`, with `requestGpu` on Dawn (the npm package `webgpu`).
 *
 * @module augrad/node
 */
import "../globals.ts";
import { type Gpu, type GpuOptions, readGpuOptions, requestGpu as request } from "../gpu/index.ts";
import { dawn } from "./dawn.ts";

export * from "../index.ts";
export type { AdapterFacts } from "./adapter.ts";
export { type Dawn, dawn } from "./dawn.ts";

/**
 * A device on this machine's GPU, or on SwiftShader where there is none (AUGRAD_ADAPTER: "gpu" or "swiftshader" insists).
 * @throws UnsupportedError with one sentence that says what to install, where Node can have no adapter
 */
export async function requestGpu(options?: GpuOptions): Promise<Gpu> {
  const read = readGpuOptions(options);
  return request({ ...read, entry: read.entry ?? (await dawn()).gpu });
}
