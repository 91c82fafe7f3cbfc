import { type Command, hopeless, isWhole, storageOf } from "./commands.ts";
import type { AugradError } from "./errors.ts";
import type { Storage } from "./storage.ts";

const faultOf = (storage: Storage): AugradError | null => storage.broken ?? storage.failure;

/**
 * What a command that was submitted makes of the buffers it uses: what it writes is as unsound as what it read, and unsound
 * anyway where the GPU refused it. What is written whole is sound again.
 */
export function judge(command: Command, refused: AugradError | null): void {
  switch (command.kind) {
    case "fresh":
      command.storage.failure = command.storage.broken;
      break;
    case "write":
      if (refused || command.whole) command.storage.failure = refused ?? command.storage.broken;
      break;
    case "clear":
      command.storage.failure = refused ?? command.storage.broken;
      break;
    case "copy": {
      const { from, to, toOffset, size } = command;
      const fault = refused ?? faultOf(from) ?? to.broken;
      if (fault || isWhole(toOffset, size, to)) to.failure = fault;
      break;
    }
    case "dispatch": {
      const { pipeline, bindings } = command.dispatch;
      const storages = bindings.map(storageOf);
      const fault = refused ?? hopeless(command) ?? storages.map(faultOf).find((one) => one !== null) ?? null;
      if (fault)
        for (const [i, storage] of storages.entries()) if (pipeline.access[i] === "w") storage.failure ??= fault;
    }
  }
}
