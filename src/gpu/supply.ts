import { OutOfMemoryError } from "./errors.ts";
import { guarded, isMemory, typed } from "./guard.ts";
import { type Home, Storage } from "./storage.ts";

/**
 * Makes buffers. Whether there was memory for one is known only later: if not, what is not needed is freed, and the buffer
 * made once more, with what was uploaded to it meanwhile. One that has no memory even then is broken, for good.
 */
export class Supply {
  readonly #unknown = new Set<Promise<void>>();
  created = 0;

  constructor(
    private readonly device: GPUDevice,
    /** Memory is short: frees what is only kept for speed. */
    private readonly pressed: () => void,
  ) {}

  make(descriptor: GPUBufferDescriptor, home: Home | null): Storage {
    const { made, refusal } = guarded(this.device, () => this.device.createBuffer(descriptor));
    const storage = new Storage(made, descriptor.size, home);
    this.created++;
    this.#watch(storage, descriptor, refusal);
    return storage;
  }

  /** Another buffer for the same storage, if its own is mapped, or about to be. */
  again(storage: Storage, descriptor: GPUBufferDescriptor): void {
    if (storage.buffer.mapState === "unmapped") return;
    storage.buffer.destroy();
    const { made, refusal } = guarded(this.device, () => this.device.createBuffer(descriptor));
    storage.replace(made);
    this.#watch(storage, descriptor, refusal);
  }

  /** Resolves when it is known of every buffer so far whether there was memory for it. */
  async known(): Promise<void> {
    while (this.#unknown.size > 0) await Promise.all(this.#unknown);
  }

  #watch(storage: Storage, descriptor: GPUBufferDescriptor, refusal: Promise<GPUError | null>): void {
    storage.uploads = [];
    const known = this.#confirm(storage, descriptor, refusal).finally(() => this.#unknown.delete(known));
    this.#unknown.add(known);
  }

  async #confirm(storage: Storage, descriptor: GPUBufferDescriptor, refusal: Promise<GPUError | null>): Promise<void> {
    const { buffer } = storage;
    const refused = await refusal;
    // It may have got another buffer since, which is watched by itself.
    if (buffer !== storage.buffer || storage.gone) return;
    if (refused) await this.#retry(storage, descriptor);
    storage.uploads = null;
  }

  async #retry(storage: Storage, descriptor: GPUBufferDescriptor): Promise<void> {
    this.pressed();
    const { made, refusal } = guarded(this.device, () => this.device.createBuffer(descriptor));
    storage.replace(made);
    const uploads = storage.uploads ?? [];
    const { queue } = this.device;
    guarded(this.device, () => {
      for (const { offset, data } of uploads) queue.writeBuffer(made, offset, data);
    });
    const error = await refusal;
    if (error && storage.buffer === made)
      storage.broken = storage.failure = isMemory(error) ? typed(error) : new OutOfMemoryError(error.message);
  }
}
