/** Counts the calls of WebGPU that any engine makes, on the prototypes that all of them share. */
import type { Counts } from "./record.ts";

type Name = keyof Counts;
type Class = { prototype: Record<string, unknown> };

/** Which methods count as what. */
const COUNTED: readonly [owner: string, method: string, name: Name][] = [
  ["GPUComputePassEncoder", "dispatchWorkgroups", "dispatches"],
  ["GPUComputePassEncoder", "dispatchWorkgroupsIndirect", "dispatches"],
  ["GPUQueue", "submit", "submissions"],
  ["GPUDevice", "createBuffer", "buffers"],
  ["GPUDevice", "createBindGroup", "bindGroups"],
  ["GPUDevice", "createComputePipeline", "pipelines"],
  ["GPUDevice", "createComputePipelineAsync", "pipelines"],
];

/**
 * The calls during `run`; null where there is no WebGPU, or none was called. The prototypes are as before afterwards, even
 * when `run` throws.
 */
export async function counted(run: () => Promise<void>): Promise<Counts | null> {
  const counts: Counts = { dispatches: 0, submissions: 0, buffers: 0, bindGroups: 0, pipelines: 0 };
  const undo: (() => void)[] = [];
  for (const [owner, method, name] of COUNTED) {
    const prototype = (globalThis as unknown as Record<string, Class | undefined>)[owner]?.prototype;
    const original = prototype?.[method];
    if (!prototype || typeof original !== "function") continue;
    prototype[method] = function (this: unknown, ...given: unknown[]) {
      counts[name]++;
      return Reflect.apply(original, this, given);
    };
    undo.push(() => {
      prototype[method] = original;
    });
  }
  try {
    await run();
  } finally {
    for (const restore of undo) restore();
  }
  return Object.values(counts).some((count) => count > 0) ? counts : null;
}
