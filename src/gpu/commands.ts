import type { AugradError } from "./errors.ts";
import type { Pipeline } from "./pipelines.ts";
import { Storage } from "./storage.ts";

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
  | { kind: "clear"; storage: Storage }
  | Note;

/** What the GPU need not be told, and who asks later whether a result is sound has to know. */
export type Note =
  /** Whatever the buffer held is of no interest to anybody. */
  | { kind: "fresh"; storage: Storage }
  /** An upload, which happened at once. */
  | { kind: "write"; storage: Storage; whole: boolean };

export const storageOf = (binding: Binding): Storage => (binding instanceof Storage ? binding : binding.storage);

/** The buffers that a command uses. */
export function storagesOf(command: Command): Storage[] {
  if (command.kind === "copy") return [command.from, command.to];
  if (command.kind === "dispatch") return command.dispatch.bindings.map(storageOf);
  return [command.storage];
}

/** Whether a command gives a buffer all of its contents. */
export const isWhole = (offset: number, size: number, to: Storage): boolean => offset === 0 && size >= to.bytes;

/** The passes among commands, by name. */
export const labelsOf = (commands: readonly Command[]): string[] =>
  commands.flatMap((command) => (command.kind === "dispatch" ? [command.dispatch.pipeline.label] : []));

/** Why a pass cannot run, where it is known beforehand: its shader does not compile. */
export const hopeless = (command: Command): AugradError | null =>
  command.kind === "dispatch" ? command.dispatch.pipeline.error : null;

/** Whether the GPU has to do something. */
export const isWork = ({ kind }: Command): boolean => kind !== "fresh" && kind !== "write";

/** Why commands cannot run for want of memory; null where they can. */
export function brokenOf(commands: readonly Command[]): AugradError | null {
  for (const command of commands) for (const { broken } of storagesOf(command)) if (broken) return broken;
  return null;
}
