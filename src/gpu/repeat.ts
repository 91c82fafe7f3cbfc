import { type Command, isWhole, storageOf, storagesOf } from "./commands.ts";
import type { Storage } from "./storage.ts";

/** What a submission was made of. */
export interface Submitted {
  commands: readonly Command[];
  /** Whether augrad has all of it: not what went into a caller's encoder. */
  complete: boolean;
}

/** Whether a command uses a buffer that belongs to somebody else. */
export const isForeign = (command: Command): boolean => storagesOf(command).some(({ foreign }) => foreign);

/** The buffers that a command reads, and those that it writes; one that it changes in place is among both. */
function uses(command: Command): { reads: Storage[]; writes: Storage[]; whole: boolean } {
  switch (command.kind) {
    case "dispatch": {
      const { pipeline, bindings } = command.dispatch;
      const storages = bindings.map(storageOf);
      return { reads: storages, writes: storages.filter((_, i) => pipeline.access[i] === "w"), whole: false };
    }
    case "copy":
      return {
        reads: [command.from],
        writes: [command.to],
        whole: isWhole(command.toOffset, command.size, command.to),
      };
    case "clear":
      return { reads: [], writes: [command.storage], whole: true };
    default:
      return { reads: [], writes: [], whole: false };
  }
}

/**
 * Whether submissions, the first of which the GPU dropped as a whole, can be run again, all of them, with the results that
 * they should have had. They can when nothing that ran changed what they read: no later submission in place, and no upload.
 * What the first did with buffers of others stays undone, as those may be in other use by now.
 */
export function canRepeat(submissions: readonly Submitted[]): boolean {
  const touched = new Set<Storage>();
  const begun = new Set<Storage>();
  const needed = new Set<Storage>();
  const changed = new Set<Storage>();
  for (const [k, { commands, complete }] of submissions.entries()) {
    if (!complete || (k > 0 && commands.some(isForeign))) return false;
    for (const command of commands) {
      if (command.kind === "fresh") begun.add(command.storage);
      if (command.kind === "write") {
        // It is there already, and would not be written again.
        if (touched.has(command.storage)) return false;
        begun.delete(command.storage);
        continue;
      }
      const { reads, writes, whole } = uses(command);
      for (const storage of reads) if (!begun.has(storage)) needed.add(storage);
      for (const storage of writes) {
        if (whole) begun.add(storage);
        else if (!begun.has(storage)) needed.add(storage);
        if (k > 0) changed.add(storage);
      }
      if (command.kind !== "fresh") for (const storage of storagesOf(command)) touched.add(storage);
    }
  }
  for (const storage of needed) if (changed.has(storage)) return false;
  return true;
}
