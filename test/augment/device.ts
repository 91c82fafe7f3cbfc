import { create, globals } from "webgpu";
import { type Gpu, requestGpu } from "../../src/gpu/index.ts";
Object.assign(globalThis, globals);
let gpu: Promise<Gpu> | null = null;
export const testGpu = (): Promise<Gpu> => (gpu ??= requestGpu({ entry: create([]) as unknown as GPU }));
