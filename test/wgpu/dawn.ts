/** Stands in for `src/node/dawn.ts` where Deno runs the tests: the process's WebGPU is Deno's own, wgpu. */
import { adapterFacts, describeAdapter } from "../../src/node/adapter.ts";
import type { Dawn } from "../../src/node/dawn.ts";

export type { Dawn };

let instance: Promise<Dawn> | undefined;

/** The process's `GPU`. @throws Error where Deno finds no adapter */
export function dawn(): Promise<Dawn> {
  instance ??= open();
  return instance;
}

async function open(): Promise<Dawn> {
  const { gpu } = navigator;
  const found = await gpu?.requestAdapter({ powerPreference: "high-performance" });
  if (!found) throw new Error("Deno finds no WebGPU adapter: run npm run test:wgpu, which names a driver.");
  const adapter = adapterFacts(found.info);
  return { gpu, adapter, description: `wgpu in Deno, WebGPU on ${describeAdapter(adapter)}` };
}
