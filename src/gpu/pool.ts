import { LimitError, TensorStateError } from "./errors.ts";

/** A GPU buffer with a count of its users; it returns to the pool when the last one releases it. */
export class Storage {
  static #ids = 0;
  readonly id = ++Storage.#ids;
  refs = 1;
  /** The recording in which a command last used it: an upload may not overtake that command. */
  usedIn = -1;
  /** Caller's encoders that use it and are not known to be submitted: until then nothing else may write to it. */
  held = 0;
  /** Counts changes in place, so that backward can tell that a saved tensor is not what it was. */
  version = 0;
  constructor(
    readonly buffer: GPUBuffer,
    /** Size in bytes of the buffer itself. */
    readonly size: number,
    private readonly home: BufferPool | null,
  ) {}

  retain(): this {
    if (this.refs <= 0) throw new TensorStateError("This buffer was released; it cannot be used again.");
    this.refs++;
    return this;
  }

  release(): void {
    if (this.refs <= 0) return;
    if (--this.refs === 0) this.home?.put(this);
  }
}

const usage = () => GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;

/**
 * Buffers by size. Commands run in the order in which they were recorded, so that a buffer released by one
 * command can be handed to the next at once. The oldest free buffer goes first: what a step gets then depends only on which
 * buffers are free, not on the order in which they came back, so that a loop of equal steps gets equal buffers (and bind groups).
 */
export class BufferPool {
  readonly #free = new Map<number, Storage[]>();
  readonly #limits: readonly [binding: number, buffer: number];
  created = 0;
  bytesInUse = 0;
  bytesPooled = 0;

  constructor(
    private readonly device: GPUDevice,
    /** Called when buffers are destroyed, for caches that refer to them. */
    private readonly onTrim: () => void,
  ) {
    this.#limits = [device.limits.maxStorageBufferBindingSize, device.limits.maxBufferSize];
  }

  /** @param untouchedIn when given, a buffer that no command of that recording or a later one uses: an upload can then go straight to it. */
  take(bytes: number, untouchedIn?: number): Storage {
    const size = sizeClass(bytes, this.#limits);
    if (size > this.#limits[1]) throw new LimitError("maxBufferSize", size, this.#limits[1], "A tensor");
    const list = this.#free.get(size);
    this.bytesInUse += size;
    if (list) {
      for (let i = list.length - 1; i >= 0; i--) {
        const storage = list[i];
        if (storage.held > 0 || (untouchedIn !== undefined && storage.usedIn >= untouchedIn)) continue;
        list.splice(i, 1);
        this.bytesPooled -= size;
        storage.refs = 1;
        storage.version = 0;
        return storage;
      }
    }
    this.created++;
    return new Storage(this.device.createBuffer({ size, usage: usage(), label: `augrad ${size}` }), size, this);
  }

  put(storage: Storage): void {
    let list = this.#free.get(storage.size);
    if (!list) this.#free.set(storage.size, (list = []));
    // Sorted by falling id, so that the oldest is at the end.
    let [low, high] = [0, list.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (list[middle].id > storage.id) low = middle + 1;
      else high = middle;
    }
    list.splice(low, 0, storage);
    this.bytesInUse -= storage.size;
    this.bytesPooled += storage.size;
  }

  /** Destroys every buffer that nobody uses. */
  trim(): void {
    for (const list of this.#free.values()) for (const storage of list) storage.buffer.destroy();
    this.#free.clear();
    this.bytesPooled = 0;
    this.onTrim();
  }
}

/** Rounds up to an eighth of a power of two, so that nearly equal sizes share buffers and little is lost; not over a limit. */
function sizeClass(bytes: number, limits: readonly number[]): number {
  const wanted = Math.max(256, bytes);
  const step = Math.max(256, 2 ** (Math.floor(Math.log2(wanted)) - 3));
  const size = Math.ceil(wanted / step) * step;
  return limits.some((limit) => size > limit && wanted <= limit) ? Math.ceil(wanted / 4) * 4 : size;
}
