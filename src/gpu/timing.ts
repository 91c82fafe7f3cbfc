/** The time of one pass on the GPU. */
export interface PassTime {
  /** Label of the pass: its kernel and its transforms. */
  label: string;
  /** NaN where the device's clock was reset in between. */
  milliseconds: number;
  /** Bytes read and written, as the pass declares them. */
  bytes: number;
}

const CAPACITY = 1024;

/** Timestamps around every pass of one submission. */
export class Profiler {
  readonly #set: GPUQuerySet;
  readonly #resolved: GPUBuffer;
  readonly #mapped: GPUBuffer;
  readonly #passes: { label: string; bytes: number }[] = [];

  constructor(device: GPUDevice) {
    this.#set = device.createQuerySet({ type: "timestamp", count: CAPACITY * 2 });
    const size = CAPACITY * 16;
    this.#resolved = device.createBuffer({ size, usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC });
    this.#mapped = device.createBuffer({ size, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ });
  }

  next(label: string, bytes: number): GPUComputePassTimestampWrites | undefined {
    const i = this.#passes.length;
    if (i >= CAPACITY) return undefined;
    this.#passes.push({ label, bytes });
    return { querySet: this.#set, beginningOfPassWriteIndex: 2 * i, endOfPassWriteIndex: 2 * i + 1 };
  }

  resolve(encoder: GPUCommandEncoder): void {
    if (this.#passes.length === 0) return;
    encoder.resolveQuerySet(this.#set, 0, this.#passes.length * 2, this.#resolved, 0);
    encoder.copyBufferToBuffer(this.#resolved, 0, this.#mapped, 0, this.#passes.length * 16);
  }

  async results(): Promise<PassTime[]> {
    await this.#mapped.mapAsync(GPUMapMode.READ);
    const ticks = new BigInt64Array(this.#mapped.getMappedRange().slice(0));
    // The specification allows a clock that was reset between the two: such a pass has no time.
    return this.#passes.map((pass, i) => {
      const elapsed = Number(ticks[2 * i + 1] - ticks[2 * i]) / 1e6;
      return { ...pass, milliseconds: elapsed >= 0 ? elapsed : Number.NaN };
    });
  }

  destroy(): void {
    for (const one of [this.#mapped, this.#resolved, this.#set]) one.destroy();
  }
}
