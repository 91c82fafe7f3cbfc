/** The page of check.html: `check(peer, work, mode, shape, runs)`, with the calls of WebGPU counted. */
import type { Mode, Shape, StartEngine } from "../engine.ts";
import { checked } from "./checked.ts";

const peers: Record<string, () => Promise<{ start: StartEngine }>> = {
  "jax-js": () => import("./jax-js.ts"),
  tfjs: () => import("./tfjs.ts"),
  opencv: () => import("./opencv.ts"),
};

const calls = { dispatches: 0, submits: 0 };

/** Calls `count` at every call of a method. */
function watch<T extends object>(owner: T, name: keyof T, count: () => void): void {
  const original = owner[name] as (...given: unknown[]) => unknown;
  owner[name] = function (this: unknown, ...given: unknown[]) {
    count();
    return original.apply(this, given);
  } as T[keyof T];
}

for (const name of ["dispatchWorkgroups", "dispatchWorkgroupsIndirect"] as const) {
  watch(GPUComputePassEncoder.prototype, name, () => calls.dispatches++);
}
watch(GPUQueue.prototype, "submit", () => calls.submits++);

Object.assign(window, {
  check: async (peer: string, work: string, mode: Mode, shape: Shape, runs: number) =>
    checked((await peers[peer]()).start, work, mode, shape, runs, () => ({ ...calls })),
});
