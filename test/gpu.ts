import { afterAll, afterEach, beforeAll } from "vitest";
import { type Gpu, requestGpu } from "../src/gpu/index.ts";
import { dawn } from "../src/node/dawn.ts";

/** A device of its own, on Dawn. */
export async function openGpu(limits?: Record<string, number>): Promise<Gpu> {
  return requestGpu({ entry: (await dawn()).gpu, limits });
}

/**
 * One device for a test file; every test fails on an error that the GPU reported and nobody caught.
 * Call it at the top of the file: `const device = testGpu();`, and use `device.gpu` inside tests.
 */
export function testGpu(): { readonly gpu: Gpu } {
  let gpu: Gpu | undefined;
  const uncaught: string[] = [];
  beforeAll(async () => {
    gpu = await openGpu();
    gpu.device.addEventListener("uncapturederror", (event) => {
      uncaught.push((event as GPUUncapturedErrorEvent).error.message);
    });
  });
  afterEach(async () => {
    if (gpu && !gpu.lost) await gpu.sync();
    const errors = uncaught.splice(0);
    if (errors.length) throw new Error(`WebGPU reported: ${errors.join("; ")}`);
  });
  afterAll(() => gpu?.destroy());
  return {
    get gpu() {
      if (!gpu) throw new Error("testGpu().gpu is there only inside tests.");
      return gpu;
    },
  };
}
