import { ByWords } from "./by-words.ts";
import type { Storage } from "./storage.ts";
import type { Supply } from "./supply.ts";

/** So many uniforms are kept: a small buffer each. */
const UNIFORMS = 8192;

/** Small constant buffers by their words: equal words share one, and what was not used for long is destroyed. */
export class Uniforms {
  readonly #kept: ByWords<Storage>;

  constructor(
    private readonly supply: Supply,
    private readonly write: (storage: Storage, data: Uint32Array) => void,
    /** Recordings before this one are submitted. */
    submitted: () => number,
  ) {
    this.#kept = new ByWords(UNIFORMS, (storage) => {
      if (storage.usedIn >= submitted() || storage.held > 0 || storage.refs > 1) return false;
      storage.destroy();
      return true;
    });
  }

  get size(): number {
    return this.#kept.size;
  }

  /** The words, followed by zeros up to `length`; used in the recording that is going on. */
  get(words: ArrayLike<number>, length: number, recording: number): Storage {
    let storage = this.#kept.get(length, words);
    if (!storage || storage.broken) storage = this.#make(words, length);
    storage.usedIn = recording;
    return storage;
  }

  #make(words: ArrayLike<number>, length: number): Storage {
    const data = new Uint32Array(Math.ceil(Math.max(words.length, length, 4) / 4) * 4);
    data.set(words);
    const usage = GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST;
    const storage = this.supply.make({ size: data.byteLength, usage, label: "augrad uniform" }, null);
    this.write(storage, data);
    this.#kept.set(length, words, storage);
    return storage;
  }

  /** Destroys all that no recorded command uses. */
  clear(): void {
    this.#kept.clear();
  }
}
