import type { Pipeline, PipelineCache } from "./pipelines.ts";
import { Storage } from "./pool.ts";
import type { Profiler } from "./timing.ts";

/** A binding: a whole buffer, or a slice of one (offset in bytes, a multiple of 256). */
export type Binding = Storage | { storage: Storage; offset: number; size: number };

/** One dispatch of a step. */
export interface Dispatch {
  pipeline: Pipeline;
  bindings: readonly Binding[];
  groups: readonly [number, number?, number?];
  /** What it reads and writes, in bytes, for the roofline. */
  bytes?: number;
}

/** What a recording is made of. */
export type Command =
  | { kind: "dispatch"; dispatch: Dispatch }
  | { kind: "copy"; from: Storage; fromOffset: number; to: Storage; toOffset: number; size: number }
  | { kind: "clear"; storage: Storage };

/** Turns recorded commands into WebGPU's, with bind groups cached by layout and buffers. */
export class Encoder {
  readonly #bindGroups = new Map<string, GPUBindGroup>();
  bindGroupsCreated = 0;
  dispatches = 0;

  constructor(
    private readonly device: GPUDevice,
    private readonly pipelines: PipelineCache,
  ) {}

  /** Drops the cache: buffers were destroyed. */
  forget(): void {
    this.#bindGroups.clear();
  }

  record(encoder: GPUCommandEncoder, commands: readonly Command[], profiler: Profiler | null): void {
    let pass: GPUComputePassEncoder | null = null;
    for (const command of commands) {
      if (command.kind === "dispatch") {
        const { pipeline, bindings, groups } = command.dispatch;
        if (profiler) {
          pass?.end();
          pass = encoder.beginComputePass({
            label: pipeline.label,
            timestampWrites: profiler.next(pipeline.label, command.dispatch.bytes ?? 0),
          });
        }
        pass ??= encoder.beginComputePass({ label: "augrad" });
        pass.setPipeline(pipeline.compiled!);
        pass.setBindGroup(0, this.#bindGroup(pipeline, bindings));
        pass.dispatchWorkgroups(groups[0], groups[1] ?? 1, groups[2] ?? 1);
        this.dispatches++;
        continue;
      }
      pass?.end();
      pass = null;
      if (command.kind === "copy") {
        encoder.copyBufferToBuffer(
          command.from.buffer,
          command.fromOffset,
          command.to.buffer,
          command.toOffset,
          command.size,
        );
      } else encoder.clearBuffer(command.storage.buffer);
    }
    pass?.end();
    profiler?.resolve(encoder);
  }

  #bindGroup(pipeline: Pipeline, bindings: readonly Binding[]): GPUBindGroup {
    let key = pipeline.access;
    for (const binding of bindings) {
      key += binding instanceof Storage ? `,${binding.id}` : `,${binding.storage.id}:${binding.offset}:${binding.size}`;
    }
    let group = this.#bindGroups.get(key);
    if (!group) {
      group = this.device.createBindGroup({
        layout: this.pipelines.layout(pipeline.access),
        entries: bindings.map((binding, i) => ({
          binding: i,
          resource:
            binding instanceof Storage
              ? { buffer: binding.buffer }
              : { buffer: binding.storage.buffer, offset: binding.offset, size: binding.size },
        })),
      });
      this.bindGroupsCreated++;
      if (this.#bindGroups.size >= 8192) this.#bindGroups.clear();
      this.#bindGroups.set(key, group);
    }
    return group;
  }
}

/** The buffers that a command uses. */
export function storagesOf(command: Command): Storage[] {
  if (command.kind === "copy") return [command.from, command.to];
  if (command.kind === "clear") return [command.storage];
  return command.dispatch.bindings.map((b) => (b instanceof Storage ? b : b.storage));
}
