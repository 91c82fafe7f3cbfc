import { Census } from "./census.ts";
import { type Dispatch, isWhole, storageOf } from "./commands.ts";
import { Encoder } from "./encoder.ts";
import { AugradError, LimitError, TensorStateError } from "./errors.ts";
import { type GpuInfo, type GpuStats, plainLimits } from "./facts.ts";
import { Failures } from "./failures.ts";
import { guarded, typed } from "./guard.ts";
import { A_FUNCTION, check, having } from "./options.ts";
import { type Pipeline, PipelineCache, type PipelineRequest } from "./pipelines.ts";
import { BufferPool } from "./pool.ts";
import { readBack, stagingBuffer } from "./read-back.ts";
import { Recorder } from "./recorder.ts";
import { Scope } from "./scope.ts";
import { Storage } from "./storage.ts";
import { Supply } from "./supply.ts";
import { type PassTime, Profiler } from "./timing.ts";
import { Uniforms } from "./uniforms.ts";

/** A device of WebGPU. */
export const A_DEVICE = having("a GPUDevice", "createBuffer", "createComputePipelineAsync");
const AN_ENCODER = having("a GPUCommandEncoder of this device", "beginComputePass", "copyBufferToBuffer");

/** Dawn in Node takes no shared memory. */
const unshared = (data: ArrayBufferView): ArrayBufferView =>
  data.buffer instanceof ArrayBuffer ? data : new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();

/**
 * A device and everything that is kept for it: the buffer pool, the pipelines, and the commands recorded so far.
 * Recording is synchronous and touches nothing; {@link flush} submits the step as one command buffer.
 */
export class Gpu {
  /**
   * The buffers, by size.
   * @internal
   */
  readonly pool: BufferPool;
  /**
   * The pipelines, by source.
   * @internal
   */
  readonly pipelines: PipelineCache;
  /** What the device is. */
  readonly info: GpuInfo;
  readonly #limits: GPUSupportedLimits;
  readonly #encoder: Encoder;
  readonly #recorder: Recorder;
  readonly #failures = new Failures();
  readonly #uniforms: Uniforms;
  readonly #supply: Supply;
  readonly #census = new Census();
  readonly #wrapped = new WeakMap<GPUBuffer, Storage>();
  readonly #kept = new Set<() => void>();
  readonly #bindingLimit: number;
  /** The buffers handed out while {@link attempt} runs. */
  #taken: Set<Storage> | null = null;
  #readBacks = 0;
  readonly #scopes: Scope[] = [];

  /** What `requestGpu()` and `adoptDevice()` call: use those. */
  constructor(
    /** The device of WebGPU. */
    readonly device: GPUDevice,
    /** Whether augrad made the device, and so may destroy it. */
    readonly owned: boolean,
    info: GpuInfo,
    private readonly again?: () => Promise<Gpu>,
  ) {
    check("device", device, A_DEVICE);
    this.info = info;
    this.#limits = plainLimits(device.limits);
    this.pipelines = new PipelineCache(device, () => this.#failures.lostSoon());
    this.#encoder = new Encoder(device, this.pipelines);
    this.#supply = new Supply(device, () => this.#press());
    const tidy = () => this.pool.tidy();
    this.#recorder = new Recorder(device, this.#encoder, this.#failures, this.#supply, tidy);
    const submitted = () => this.#recorder.oldest;
    this.pool = new BufferPool(this.#limits, this.#supply, {
      submitted,
      ended: () => this.#recorder.ledger.firstOpen,
      forget: () => this.#encoder.forget(),
    });
    this.#uniforms = new Uniforms(this.#supply, (storage, data) => this.#write(storage, 0, data), submitted);
    this.#bindingLimit = this.#limits.maxStorageBufferBindingSize;
    device.lost.then((lost) => this.#failures.lose(lost.message || lost.reason || "unknown"));
    if (owned) {
      device.addEventListener("uncapturederror", (event) => {
        this.#failures.reportStray(typed((event as GPUUncapturedErrorEvent).error));
        event.preventDefault();
      });
    }
  }

  /** What the device can do. */
  get limits(): GPUSupportedLimits {
    return this.#limits;
  }

  /** Whether the device is gone; every further call then throws. */
  get lost(): boolean {
    return this.#failures.lost !== null;
  }

  /** Counters, as they are now. */
  get stats(): GpuStats {
    return {
      buffersCreated: this.#supply.created - this.#readBacks,
      pipelinesCreated: this.pipelines.created,
      bindGroupsCreated: this.#encoder.bindGroupsCreated,
      dispatches: this.#encoder.dispatches,
      submissions: this.#recorder.submissions,
      bytesInUse: this.pool.bytesInUse,
      bytesPooled: this.pool.bytesPooled,
    };
  }

  /**
   * Throws what makes every further call useless: the loss of the device.
   * @internal
   */
  assertAlive(): void {
    if (this.#failures.lost) throw this.#failures.lost;
  }

  /**
   * A buffer of at least `bytes`, its contents undefined.
   * @internal
   */
  allocate(bytes: number): Storage {
    this.assertAlive();
    const storage = this.pool.take(bytes);
    this.#taken?.add(storage);
    this.#recorder.push(storage.fresh);
    return storage;
  }

  /**
   * A buffer of at least `bytes` that nothing recorded uses: {@link immediate} commands may write to it.
   * @internal
   */
  allocateForUpload(bytes: number): Storage {
    this.assertAlive();
    const storage = this.pool.take(bytes, this.#recorder.oldest);
    this.#taken?.add(storage);
    this.#recorder.ledger.note([storage.fresh]);
    return storage;
  }

  /**
   * A buffer of at least `bytes`, with `data` at its start.
   * @internal
   */
  upload(data: ArrayBufferView, bytes = data.byteLength): Storage {
    const storage = this.allocateForUpload(bytes);
    try {
      this.#write(storage, 0, data);
      return storage;
    } catch (error) {
      storage.release();
      throw error;
    }
  }

  /**
   * Overwrites part of a buffer, after the commands recorded so far. `offset` and the length are multiples of 4 bytes.
   * @internal
   */
  write(storage: Storage, data: ArrayBufferView, offset = 0): void {
    this.assertAlive();
    storage.version++;
    if (storage.usedIn < this.#recorder.oldest && storage.held === 0) {
      this.#write(storage, offset, data);
      return;
    }
    const staging = this.upload(data);
    this.copy(staging, 0, storage, offset, data.byteLength);
    staging.release();
  }

  #write(storage: Storage, offset: number, data: ArrayBufferView): void {
    const { buffer, byteOffset, byteLength } = unshared(data);
    const { queue } = this.device;
    const send = () => queue.writeBuffer(storage.buffer, offset, buffer as ArrayBuffer, byteOffset, byteLength);
    this.#recorder.ledger.note([{ kind: "write", storage, whole: isWhole(offset, byteLength, storage) }]);
    // A buffer that is new may have no memory, and one of somebody else's may be gone: neither may surface as a stray error.
    storage.uploads?.push({ offset, data: new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength).slice() });
    if (!storage.uploads && !storage.foreign && !storage.broken) send();
    else
      guarded(this.device, send).refusal.then((error) => {
        if (!error || !storage.foreign) return;
        storage.failure = typed(error);
        this.#failures.report(storage.failure);
      });
  }

  /**
   * What a caller is about to write all of: whatever was wrong with its contents is of the past.
   * @internal
   */
  renewed(storage: Storage): void {
    this.#recorder.push(storage.fresh);
  }

  /**
   * Takes over a caller's buffer without copying; augrad never destroys it. `bytes` of it mean something.
   * @internal
   */
  wrap(buffer: GPUBuffer, bytes = buffer.size): Storage {
    // One storage for a buffer, however often it comes: bind groups are cached by storage, and so is what last used it.
    let storage = this.#wrapped.get(buffer);
    if (!storage) this.#wrapped.set(buffer, (storage = new Storage(buffer, buffer.size, null, true)));
    else if (storage.refs > 0) {
      storage.bytes = Math.max(storage.bytes, bytes);
      return storage.retain();
    } else storage.refs = 1;
    storage.bytes = bytes;
    this.#recorder.push({ kind: "write", storage, whole: true });
    return storage;
  }

  /**
   * A small constant buffer, shared by everyone who asks for the same words; zeros follow up to `length` words.
   * @internal
   */
  uniform(words: ArrayLike<number>, length = words.length): Storage {
    return this.#uniforms.get(words, length, this.#recorder.recording);
  }

  /**
   * Frees what is kept for speed alone, when memory is short and when the device is destroyed.
   * @internal
   */
  onPressure(free: () => void): void {
    this.#kept.add(free);
  }

  #press(): void {
    for (const free of this.#kept) free();
    this.pool.squeeze();
  }

  /**
   * The pipeline for a request, compiling in the background when it is new.
   * @internal
   */
  pipeline(request: PipelineRequest): Pipeline {
    this.assertAlive();
    return this.pipelines.get(request);
  }

  /**
   * The pipeline for the request of a key, where it was made: every dispatch asks, and what a request says takes time to put together.
   * @internal
   */
  knownPipeline(key: string): Pipeline | undefined {
    this.assertAlive();
    return this.pipelines.known(key);
  }

  /**
   * Records one dispatch. @throws TensorStateError when a buffer was released
   * @internal
   */
  dispatch(dispatch: Dispatch): void {
    for (const binding of dispatch.bindings) {
      const storage = storageOf(binding);
      if (storage.refs <= 0)
        throw new TensorStateError(`${dispatch.pipeline.label} would use a buffer that was released.`);
      if (storage.size > this.#bindingLimit && binding === storage) {
        throw new LimitError(
          "maxStorageBufferBindingSize",
          storage.size,
          this.#bindingLimit,
          `A tensor that ${dispatch.pipeline.label} binds`,
        );
      }
      storage.usedIn = this.#recorder.recording;
    }
    this.#recorder.push({ kind: "dispatch", dispatch });
  }

  /**
   * Records a copy; offsets and size in bytes, multiples of 4.
   * @internal
   */
  copy(from: Storage, fromOffset: number, to: Storage, toOffset: number, size: number): void {
    from.usedIn = to.usedIn = this.#recorder.recording;
    this.#recorder.push({ kind: "copy", from, fromOffset, to, toOffset, size });
  }

  /**
   * Records filling a buffer with zeros.
   * @internal
   */
  clear(storage: Storage): void {
    storage.usedIn = this.#recorder.recording;
    this.#recorder.push({ kind: "clear", storage });
  }

  /** Resolves when every pipeline recorded so far is compiled; {@link encode} may then be called. */
  ready(): Promise<void> {
    return this.#recorder.ready();
  }

  /**
   * Submits what was recorded as one command buffer. When all pipelines are compiled this happens before it returns.
   * Rejects with the typed error of this step or an earlier one, which only one of those who wait hears; what depends on it is
   * in error at every read.
   */
  flush(): Promise<void> {
    try {
      const submitted = this.#recorder.flush();
      if (submitted) return submitted.then(() => this.#failures.throwAny());
      this.#failures.throwAny();
      return Promise.resolve();
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Records the step into a caller's encoder instead. Call the returned function after submitting: until then the
   * buffers of this step are kept from being overwritten by uploads. Throws when a pipeline is not compiled: `await gpu.ready()` first.
   * The error of one that cannot be compiled is thrown once; the next call encodes the rest.
   */
  encode(encoder: GPUCommandEncoder): () => void {
    check("encoder", encoder, AN_ENCODER);
    this.assertAlive();
    return this.#recorder.encode(encoder);
  }

  /**
   * Reads `bytes` of a buffer, after everything recorded so far. Rejects when what it depends on failed, now or earlier.
   * @internal
   */
  async read(storage: Storage, bytes: number, offset = 0): Promise<ArrayBuffer> {
    this.assertAlive();
    const size = Math.ceil(bytes / 4) * 4;
    const staging = stagingBuffer(this.#supply, size);
    this.#readBacks++;
    this.copy(storage, offset, staging, 0, size);
    const read = await readBack(this.device, this.#recorder, this.#failures, staging);
    return size === bytes ? read : read.slice(0, bytes);
  }

  /** Resolves when the GPU has done everything submitted. */
  async sync(): Promise<void> {
    await this.flush();
    await this.device.queue.onSubmittedWorkDone().catch(() => {});
    await this.#recorder.ledger.ended;
    await this.#supply.known();
    this.#failures.throwAny();
  }

  /** Everything made while it is open is freed when it is disposed of, but for what was kept: `using scope = gpu.scope()`. */
  scope(): Scope {
    const scope = new Scope(this.#ended);
    this.#scopes.push(scope);
    return scope;
  }

  readonly #ended = (scope: Scope): void => {
    const at = this.#scopes.lastIndexOf(scope);
    if (at >= 0) this.#scopes.splice(at, 1);
  };

  /**
   * Registers something disposable with the innermost open scope.
   * @internal
   */
  track(resource: { dispose(): void }, counts = true): void {
    if (this.#scopes.length > 0) this.#scopes[this.#scopes.length - 1].hold(resource);
    else if (counts) this.#census.add(resource);
  }

  /**
   * Takes a resource out of every open scope: something inside augrad owns it, or it was disposed of.
   * @internal
   */
  untrack(resource: { dispose(): void }): void {
    for (const scope of this.#scopes) scope.letGo(resource);
    this.#census.remove(resource);
  }

  /**
   * Runs a function; when it throws, what was made in it is freed: tensors, and the buffers that were not yet a tensor's.
   * @internal
   */
  attempt<T>(run: () => T): T {
    const scope = this.scope();
    const outer = this.#taken;
    const taken = new Set<Storage>();
    this.#taken = taken;
    try {
      const result = run();
      for (const resource of scope.release()) this.track(resource);
      return result;
    } catch (error) {
      scope.dispose();
      for (const storage of taken) while (storage.refs > (storage.kept ? 1 : 0)) storage.release();
      throw error;
    } finally {
      this.#taken = outer;
      if (outer) for (const storage of taken) outer.add(storage);
    }
  }

  /** Runs a step and measures each of its passes on the GPU. Null where the device has no `timestamp-query`. */
  async profile(step: () => void | Promise<void>): Promise<PassTime[] | null> {
    check("step of profile()", step, A_FUNCTION);
    if (!this.device.features.has("timestamp-query")) return null;
    await this.sync();
    const profiler = new Profiler(this.device);
    this.#recorder.profiler = profiler;
    try {
      await step();
      await this.flush();
      return await profiler.results();
    } finally {
      this.#recorder.profiler = null;
      profiler.destroy();
    }
  }

  /** A new device of the same kind, after this one was lost. The tensors of the old one are gone. */
  async renew(): Promise<Gpu> {
    if (!this.again)
      throw new AugradError(
        "adopted",
        "This device belongs to another engine: ask that engine for a new one, and adopt it.",
      );
    return this.again();
  }

  /** Frees what is not in use, and where augrad made it, the device. */
  destroy(): void {
    this.#recorder.drop();
    for (const free of this.#kept) free();
    this.#uniforms.clear();
    this.pool.trim();
    if (this.owned) {
      this.device.destroy();
      this.#failures.lose("destroyed");
    }
  }

  /**
   * Submits commands at once, before everything recorded: for copies that an upload needs. `to` is what they write.
   * @internal
   */
  immediate(label: string, to: Storage | null, run: (encoder: GPUCommandEncoder) => void): void {
    this.assertAlive();
    this.#recorder.immediate(label, to, run);
  }
}
