/** On the page of check.html: runs one peer on one small task, and compares it with the reference. */
import { catalogue, taskOf } from "../catalogue.ts";
import type { Engine, Mode, Shape, StartEngine } from "../engine.ts";
import { type Differences, differences, isPrepared } from "./compare.ts";

const engines: Record<string, () => Promise<{ start: StartEngine }>> = {
  "jax-js": () => import("./jax-js.ts"),
  tfjs: () => import("./tfjs.ts"),
  opencv: () => import("./opencv.ts"),
};

/** What became of a task: differences, or a sentence. */
export interface Checked {
  differences?: Differences;
  missing?: string;
  problem?: string;
  /** Of a run after the first. */
  dispatches?: number;
  submits?: number;
  milliseconds?: number;
}

const started: Record<string, Promise<Engine>> = {};

/** Calls of dispatchWorkgroups and submit on this page. */
const calls = { dispatches: 0, submits: 0 };
function countCalls(): void {
  const { dispatchWorkgroups, dispatchWorkgroupsIndirect } = GPUComputePassEncoder.prototype;
  GPUComputePassEncoder.prototype.dispatchWorkgroups = function (...sizes) {
    calls.dispatches++;
    return dispatchWorkgroups.apply(this, sizes);
  };
  GPUComputePassEncoder.prototype.dispatchWorkgroupsIndirect = function (...places) {
    calls.dispatches++;
    return dispatchWorkgroupsIndirect.apply(this, places);
  };
  const { submit } = GPUQueue.prototype;
  GPUQueue.prototype.submit = function (buffers) {
    calls.submits++;
    return submit.call(this, buffers);
  };
}

const sentence = (error: unknown) => (error instanceof Error ? error.message : String(error)).split("\n")[0];

async function check(name: string, id: string, mode: Mode, shape: Shape, runs: number): Promise<Checked> {
  try {
    const { start } = await engines[name]();
    const engine = await (started[name] ??= start());
    const task = taskOf(catalogue.find((work) => work.id === id)!, mode, shape);
    const prepared = await engine.prepare(task);
    if (!isPrepared(prepared)) return prepared;
    try {
      const found: Checked = { differences: differences(task, await prepared.result()) };
      await prepared.run();
      const before = { ...calls };
      const times: number[] = [];
      for (let i = 0; i < runs; i++) {
        const start = performance.now();
        await prepared.run();
        times.push(performance.now() - start);
      }
      found.dispatches = (calls.dispatches - before.dispatches) / runs;
      found.submits = (calls.submits - before.submits) / runs;
      found.milliseconds = times.sort((a, b) => a - b)[Math.floor(runs / 2)];
      return found;
    } finally {
      prepared.dispose();
    }
  } catch (error) {
    return { problem: sentence(error) };
  }
}

countCalls();
Object.assign(window, { check });
