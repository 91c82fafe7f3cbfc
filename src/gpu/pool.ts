import { LimitError } from "./errors.ts";
import type { Storage } from "./storage.ts";
import type { Supply } from "./supply.ts";

const usage = () => GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;

/** So much may wait in the pool in any case, in bytes. */
const ALWAYS = 64 * 2 ** 20;
/** Otherwise this many times what was in use at once lately: two sizes of batch that take turns lose nothing. */
const TIMES = 2;
/** How much of what was in use once still counts a submission later. */
const FADING = 0.98;

/** What the pool asks of its device. */
export interface PoolHost {
  /** Recordings before this one are submitted: nothing of them is overtaken when a buffer is destroyed. */
  submitted(): number;
  /** Recordings before this one are known to have run, or to have failed. */
  ended(): number;
  /** Buffers were destroyed: caches that refer to them let go. */
  forget(): void;
}

/**
 * Buffers by size. Commands run in the order in which they were recorded, so that a buffer released by one
 * command can be handed to the next at once. The oldest free buffer goes first: what a step gets then depends only on which
 * buffers are free, not on the order in which they came back, so that a loop of equal steps gets equal buffers (and bind groups).
 */
export class BufferPool {
  readonly #free = new Map<number, Storage[]>();
  readonly #limits: readonly [binding: number, buffer: number];
  #most = 0;
  #lately = 0;
  bytesInUse = 0;
  bytesPooled = 0;

  constructor(
    limits: GPUSupportedLimits,
    private readonly supply: Supply,
    private readonly host: PoolHost,
  ) {
    this.#limits = [limits.maxStorageBufferBindingSize, limits.maxBufferSize];
  }

  /** @param untouchedIn when given, a buffer that no command of that recording or a later one uses: an upload can then go straight to it. */
  take(bytes: number, untouchedIn?: number): Storage {
    const size = sizeClass(bytes, this.#limits);
    if (size > this.#limits[1]) throw new LimitError("maxBufferSize", size, this.#limits[1], "A tensor");
    const descriptor = { size, usage: usage(), label: `augrad ${size}` };
    const storage = this.#reuse(size, untouchedIn) ?? this.supply.make(descriptor, this);
    storage.bytes = Math.ceil(bytes / 4) * 4;
    this.bytesInUse += size;
    this.#most = Math.max(this.#most, this.bytesInUse);
    return storage;
  }

  #reuse(size: number, untouchedIn: number | undefined): Storage | null {
    const list = this.#free.get(size) ?? [];
    for (let i = list.length - 1; i >= 0; i--) {
      const storage = list[i];
      if (storage.held > 0 || (untouchedIn !== undefined && storage.usedIn >= untouchedIn)) continue;
      this.#remove(storage, list, i);
      if (storage.broken) continue;
      storage.refs = 1;
      storage.version = 0;
      return storage;
    }
    return null;
  }

  put(storage: Storage): void {
    this.bytesInUse -= storage.size;
    if (storage.broken) {
      storage.destroy();
      return;
    }
    let list = this.#free.get(storage.size);
    if (!list) this.#free.set(storage.size, (list = []));
    // Sorted by falling order, so that the oldest is at the end.
    let [low, high] = [0, list.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (list[middle].order > storage.order) low = middle + 1;
      else high = middle;
    }
    list.splice(low, 0, storage);
    this.bytesPooled += storage.size;
  }

  #remove(storage: Storage, list: Storage[], i: number): void {
    list.splice(i, 1);
    if (list.length === 0) this.#free.delete(storage.size);
    this.bytesPooled -= storage.size;
  }

  /** Destroys every buffer that nobody uses, but for those that recorded commands use, which come free when they are submitted. */
  trim(): void {
    this.#destroy(0, this.host.submitted());
    this.host.forget();
  }

  /** For when memory is short; what may have to run again keeps its buffers. */
  squeeze(): void {
    this.#destroy(0, Math.min(this.host.submitted(), this.host.ended()));
    this.host.forget();
  }

  /** After a submission: what was not used for longest goes, where more waits than loops like the last ones need. */
  tidy(): void {
    this.#lately = Math.max(this.#most, this.#lately * FADING);
    this.#most = this.bytesInUse;
    const limit = Math.max(ALWAYS, TIMES * this.#lately);
    if (this.bytesPooled > limit) this.#destroy(limit, this.host.submitted());
  }

  #destroy(limit: number, before: number): void {
    const free = [...this.#free.values()].flat();
    const idle = free.filter(({ usedIn, held }) => usedIn < before && held === 0);
    idle.sort((a, b) => a.usedIn - b.usedIn || a.order - b.order);
    for (const storage of idle) {
      if (this.bytesPooled <= limit) break;
      const list = this.#free.get(storage.size)!;
      this.#remove(storage, list, list.indexOf(storage));
      storage.destroy();
    }
  }
}

/** Rounds up to an eighth of a power of two, so that nearly equal sizes share buffers and little is lost; not over a limit. */
function sizeClass(bytes: number, limits: readonly number[]): number {
  const wanted = Math.max(256, bytes);
  const step = Math.max(256, 2 ** (Math.floor(Math.log2(wanted)) - 3));
  const size = Math.ceil(wanted / step) * step;
  return limits.some((limit) => size > limit && wanted <= limit) ? Math.ceil(wanted / 4) * 4 : size;
}
