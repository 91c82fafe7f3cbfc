import { type AugradError, TensorStateError } from "./errors.ts";

/** Who takes a buffer back when its last user releases it. */
export interface Home {
  put(storage: Storage): void;
}

/** A GPU buffer with a count of its users; it returns to the pool when the last one releases it. */
export class Storage {
  static #ids = 0;
  #id = ++Storage.#ids;
  /** Its place among all, for good. */
  readonly order = this.#id;
  #buffer: GPUBuffer;
  refs = 1;
  /** The recording in which a command last used it: an upload may not overtake that command. */
  usedIn = -1;
  /** Caller's encoders that use it and are not known to be submitted: until then nothing else may write to it. */
  held = 0;
  /** Whether a cache holds it, too: then it outlives the call that made it, also one that fails. */
  kept = false;
  /** Counts changes in place, so that backward can tell that a saved tensor is not what it was. */
  version = 0;
  /** How many of its bytes mean something: what writes them all makes it new. */
  bytes: number;
  /** Why its contents are not what they should be, after all submissions that are known to have ended; null where they are. */
  failure: AugradError | null = null;
  /** Why it has no memory; null where it has. */
  broken: AugradError | null = null;
  /** It was destroyed. */
  gone = false;
  /** What was uploaded to it while it was not known whether it has memory, to be uploaded again; null once it is known. */
  uploads: { offset: number; data: Uint8Array<ArrayBuffer> }[] | null = null;
  /** Gets it ready to be written once more: a buffer of a read-back may be mapped already. */
  renew: (() => void) | null = null;
  /** The command that says that its contents begin anew; one for all times, as every allocation records it. */
  readonly fresh: { readonly kind: "fresh"; readonly storage: Storage } = { kind: "fresh", storage: this };

  constructor(
    buffer: GPUBuffer,
    /** Size in bytes of the buffer itself. */
    readonly size: number,
    private readonly home: Home | null,
    /** Whether it belongs to somebody else, who may do with it as they like. */
    readonly foreign = false,
  ) {
    this.#buffer = buffer;
    this.bytes = size;
  }

  /** Changes with its buffer: bind groups are cached by it. */
  get id(): number {
    return this.#id;
  }

  get buffer(): GPUBuffer {
    return this.#buffer;
  }

  retain(): this {
    if (this.refs <= 0) throw new TensorStateError("This buffer was released; it cannot be used again.");
    this.refs++;
    return this;
  }

  release(): void {
    if (this.refs <= 0) return;
    if (--this.refs === 0) this.home?.put(this);
  }

  destroy(): void {
    this.gone = true;
    this.#buffer.destroy();
  }

  /** Another buffer in the place of one that has no memory, or that was read already. */
  replace(buffer: GPUBuffer): void {
    this.#buffer.destroy();
    this.#buffer = buffer;
    this.#id = ++Storage.#ids;
    this.broken = null;
  }
}
