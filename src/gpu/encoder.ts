import { ByWords } from "./by-words.ts";
import type { Binding, Command } from "./commands.ts";
import type { Pipeline, PipelineCache } from "./pipelines.ts";
import { Storage } from "./storage.ts";
import type { Profiler } from "./timing.ts";

/** So many bind groups are kept. */
const BIND_GROUPS = 8192;

/** Stands before a slice of a buffer among the ids of whole ones: no buffer has it. */
const SLICE = -1;

/** Turns recorded commands into WebGPU's, with bind groups cached by layout and buffers. */
export class Encoder {
  readonly #bindGroups = new ByWords<GPUBindGroup>(BIND_GROUPS);
  readonly #words: number[] = [];
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
        // It does not compile; what it would have written is noted as unsound.
        if (!pipeline.compiled) continue;
        if (profiler) {
          pass?.end();
          pass = encoder.beginComputePass({
            label: pipeline.label,
            timestampWrites: profiler.next(pipeline.label, command.dispatch.bytes ?? 0),
          });
        }
        pass ??= encoder.beginComputePass({ label: "augrad" });
        pass.setPipeline(pipeline.compiled);
        pass.setBindGroup(0, this.#bindGroup(pipeline, bindings));
        pass.dispatchWorkgroups(groups[0], groups[1] ?? 1, groups[2] ?? 1);
        this.dispatches++;
        continue;
      }
      if (command.kind === "fresh" || command.kind === "write") continue;
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
    const words = this.#words;
    words.length = 0;
    for (const binding of bindings) {
      if (binding instanceof Storage) words.push(binding.id);
      else words.push(SLICE, binding.storage.id, binding.offset, binding.size);
    }
    let group = this.#bindGroups.get(pipeline.accessId, words);
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
      this.#bindGroups.set(pipeline.accessId, words, group);
    }
    return group;
  }
}
