import { type Command, type Dispatch, Encoder, storagesOf } from "./encoder.ts";
import { AugradError, DeviceLostError, LimitError, OutOfMemoryError, PassError, TensorStateError } from "./errors.ts";
import { type Pipeline, PipelineCache, type PipelineRequest } from "./pipelines.ts";
import { BufferPool, Storage } from "./pool.ts";
import { Scope } from "./scope.ts";
import { type PassTime, Profiler } from "./timing.ts";

/** What the device is, for people and for records of measurements. */
export interface GpuInfo {
  /** The adapter in words: vendor, architecture, device. */
  description: string;
  /** As WebGPU names it, in small letters; may be empty. */
  vendor: string;
  /** The family of the chip, as WebGPU names it; may be empty. */
  architecture: string;
  /** True where the "GPU" is a program on the processor, such as SwiftShader. */
  software: boolean;
}

/** Counters for tests of steady state. */
export interface GpuStats {
  /** Buffers made since the start, those of uniforms included. */
  buffersCreated: number;
  /** Pipelines made since the start. */
  pipelinesCreated: number;
  /** Bind groups made since the start. */
  bindGroupsCreated: number;
  /** Dispatches recorded into a command buffer since the start. */
  dispatches: number;
  /** Command buffers submitted since the start. */
  submissions: number;
  /** Bytes of pooled buffers that are handed out. */
  bytesInUse: number;
  /** Bytes of pooled buffers that wait for their next use. */
  bytesPooled: number;
}

/**
 * A device and everything that is kept for it: the buffer pool, the pipelines, and the commands recorded so far.
 * Recording is synchronous and touches nothing; {@link flush} submits the step as one command buffer.
 */
export class Gpu {
  /** The buffers, by size. */
  readonly pool: BufferPool;
  /** The pipelines, by source. */
  readonly pipelines: PipelineCache;
  /** What the device is. */
  readonly info: GpuInfo;
  readonly #encoder: Encoder;
  readonly #uniforms = new Map<string, Storage>();
  readonly #wrapped = new WeakMap<GPUBuffer, Storage>();
  readonly #bindingLimit: number;
  #commands: Command[] = [];
  #recording = 0;
  /** The earliest recording that is not submitted: below {@link #recording} while a pipeline compiles. */
  #oldest = 0;
  #submissions = 0;
  #lost: DeviceLostError | null = null;
  #failed: AugradError | null = null;
  #scopes: Scope[] = [];
  #profiler: Profiler | null = null;
  #pending: Promise<void> = Promise.resolve();

  constructor(
    /** The device of WebGPU. */
    readonly device: GPUDevice,
    /** Whether augrad made the device, and so may destroy it. */
    readonly owned: boolean,
    info: GpuInfo,
    private readonly again?: () => Promise<Gpu>,
  ) {
    this.info = info;
    this.pipelines = new PipelineCache(device);
    this.#encoder = new Encoder(device, this.pipelines);
    this.pool = new BufferPool(device, () => this.#encoder.forget());
    this.#bindingLimit = device.limits.maxStorageBufferBindingSize;
    device.lost.then((lost) => {
      this.#lost = new DeviceLostError(lost.message || lost.reason || "unknown");
    });
    if (owned) {
      device.addEventListener("uncapturederror", (event) => {
        this.#fail((event as GPUUncapturedErrorEvent).error, []);
        event.preventDefault();
      });
    }
  }

  /** What the device can do. */
  get limits(): GPUSupportedLimits {
    return this.device.limits;
  }

  /** Whether the device is gone; every further call then throws. */
  get lost(): boolean {
    return this.#lost !== null;
  }

  /** Counters, as they are now. */
  get stats(): GpuStats {
    return {
      buffersCreated: this.pool.created,
      pipelinesCreated: this.pipelines.created,
      bindGroupsCreated: this.#encoder.bindGroupsCreated,
      dispatches: this.#encoder.dispatches,
      submissions: this.#submissions,
      bytesInUse: this.pool.bytesInUse,
      bytesPooled: this.pool.bytesPooled,
    };
  }

  /** Throws what makes every further call useless: the loss of the device. */
  assertAlive(): void {
    if (this.#lost) throw this.#lost;
  }

  /** A buffer of at least `bytes`, its contents undefined. */
  allocate(bytes: number): Storage {
    this.assertAlive();
    return this.pool.take(bytes);
  }

  /** A buffer of at least `bytes` that nothing recorded uses: {@link immediate} commands may write to it. */
  allocateForUpload(bytes: number): Storage {
    this.assertAlive();
    return this.pool.take(bytes, this.#oldest);
  }

  /** A buffer of at least `bytes`, with `data` at its start. */
  upload(data: ArrayBufferView, bytes = data.byteLength): Storage {
    const storage = this.allocateForUpload(bytes);
    this.#write(storage, 0, data);
    return storage;
  }

  /** Overwrites part of a buffer, after the commands recorded so far. `offset` and the length are multiples of 4 bytes. */
  write(storage: Storage, data: ArrayBufferView, offset = 0): void {
    this.assertAlive();
    storage.version++;
    if (storage.usedIn < this.#oldest && storage.held === 0) {
      this.#write(storage, offset, data);
      return;
    }
    const staging = this.upload(data);
    this.copy(staging, 0, storage, offset, data.byteLength);
    staging.release();
  }

  #write(storage: Storage, offset: number, data: ArrayBufferView): void {
    this.device.queue.writeBuffer(storage.buffer, offset, data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
  }

  /** Takes over a caller's buffer without copying; augrad never destroys it. */
  wrap(buffer: GPUBuffer): Storage {
    // One storage for a buffer, however often it comes: bind groups are cached by storage, and so is what last used it.
    const known = this.#wrapped.get(buffer);
    if (known) {
      known.refs = Math.max(known.refs, 0) + 1;
      return known;
    }
    const storage = new Storage(buffer, buffer.size, null);
    this.#wrapped.set(buffer, storage);
    return storage;
  }

  /** A small constant buffer, shared by everyone who asks for the same words; zeros follow up to `length` words. */
  uniform(words: ArrayLike<number>, length = words.length): Storage {
    const key = `${length}:${Array.prototype.join.call(words, ",")}`;
    let storage = this.#uniforms.get(key);
    if (!storage) {
      const data = new Uint32Array(Math.ceil(Math.max(words.length, length, 4) / 4) * 4);
      data.set(words);
      const buffer = this.device.createBuffer({
        size: data.byteLength,
        usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
        label: "augrad uniform",
      });
      this.device.queue.writeBuffer(buffer, 0, data);
      storage = new Storage(buffer, data.byteLength, null);
      this.pool.created++;
      if (this.#uniforms.size > 4096) this.#uniforms.clear();
      this.#uniforms.set(key, storage);
    }
    return storage;
  }

  /** The pipeline for a request, compiling in the background when it is new. */
  pipeline(request: PipelineRequest): Pipeline {
    this.assertAlive();
    return this.pipelines.get(request);
  }

  /** Records one dispatch. @throws TensorStateError when a buffer was released */
  dispatch(dispatch: Dispatch): void {
    for (const binding of dispatch.bindings) {
      const storage = binding instanceof Storage ? binding : binding.storage;
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
      storage.usedIn = this.#recording;
    }
    this.#commands.push({ kind: "dispatch", dispatch });
  }

  /** Records a copy; offsets and size in bytes, multiples of 4. */
  copy(from: Storage, fromOffset: number, to: Storage, toOffset: number, size: number): void {
    from.usedIn = to.usedIn = this.#recording;
    this.#commands.push({ kind: "copy", from, fromOffset, to, toOffset, size });
  }

  /** Records filling a buffer with zeros. */
  clear(storage: Storage): void {
    storage.usedIn = this.#recording;
    this.#commands.push({ kind: "clear", storage });
  }

  /** Resolves when every pipeline recorded so far is compiled; {@link encode} may then be called. */
  async ready(): Promise<void> {
    const waiting = new Set<Promise<void>>();
    for (const command of this.#commands) {
      if (command.kind === "dispatch" && !command.dispatch.pipeline.compiled)
        waiting.add(command.dispatch.pipeline.ready);
    }
    await Promise.all(waiting);
  }

  /**
   * Submits what was recorded as one command buffer. When all pipelines are compiled this happens before it returns.
   * Rejects with the typed error of this step or an earlier one.
   */
  flush(): Promise<void> {
    const commands = this.#take();
    const missing = commands.some((c) => c.kind === "dispatch" && !c.dispatch.pipeline.compiled);
    // Steps are submitted in order: one that waits for a pipeline holds back those after it.
    if (!missing && this.#idle) {
      try {
        this.#submit(commands);
        this.#throwFailure();
        return Promise.resolve();
      } catch (error) {
        return Promise.reject(error);
      }
    }
    this.#idle = false;
    const step = this.#pending.then(async () => {
      for (const command of commands) if (command.kind === "dispatch") await command.dispatch.pipeline.ready;
      this.#submit(commands);
    });
    const settled = step.catch(() => {});
    this.#pending = settled;
    settled.then(() => {
      if (this.#pending === settled) this.#idle = true;
    });
    return step.then(() => this.#throwFailure());
  }
  #idle = true;

  /**
   * Records the step into a caller's encoder instead. Call the returned function after submitting: until then the
   * buffers of this step are kept from being overwritten by uploads. Throws when a pipeline is not compiled: `await gpu.ready()` first.
   */
  encode(encoder: GPUCommandEncoder): () => void {
    const missing = this.#commands.find((c) => c.kind === "dispatch" && !c.dispatch.pipeline.compiled);
    if (missing?.kind === "dispatch") {
      throw (
        missing.dispatch.pipeline.error ??
        new AugradError(
          "not-ready",
          `"${missing.dispatch.pipeline.label}" is still compiling: await gpu.ready() before gpu.encode().`,
        )
      );
    }
    if (!this.#idle)
      throw new AugradError("not-ready", "An earlier flush has not been submitted yet: await it before gpu.encode().");
    const commands = this.#take();
    const storages = new Set<Storage>();
    for (const command of commands) for (const storage of storagesOf(command)) storages.add(storage);
    this.#encoder.record(encoder, commands, this.#profiler);
    this.#oldest = this.#recording;
    for (const storage of storages) storage.held++;
    return () => {
      for (const storage of storages) storage.held--;
      storages.clear();
    };
  }

  /** Reads `bytes` of a buffer, after everything recorded so far. */
  async read(storage: Storage, bytes: number, offset = 0): Promise<ArrayBuffer> {
    this.assertAlive();
    const size = Math.ceil(bytes / 4) * 4;
    const staging = this.device.createBuffer({ size, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ });
    this.copy(storage, offset, new Storage(staging, size, null), 0, size);
    try {
      await this.flush();
      await staging.mapAsync(GPUMapMode.READ);
      await this.#scopeResults;
      this.#throwFailure();
      return staging.getMappedRange().slice(0, bytes);
    } catch (error) {
      if (!(error instanceof AugradError)) await Promise.race([this.device.lost, Promise.resolve()]);
      if (this.#lost) throw this.#lost;
      throw error;
    } finally {
      staging.destroy();
    }
  }

  /** Resolves when the GPU has done everything submitted. */
  async sync(): Promise<void> {
    await this.flush();
    await this.device.queue.onSubmittedWorkDone();
    await this.#scopeResults;
    this.#throwFailure();
  }

  /** Everything made while it is open is freed when it is disposed of, but for what was kept: `using scope = gpu.scope()`. */
  scope(): Scope {
    const scope = new Scope((ended) => {
      this.#scopes = this.#scopes.filter((open) => open !== ended);
    });
    this.#scopes.push(scope);
    return scope;
  }

  /** Registers something disposable with the innermost open scope. */
  track(resource: { dispose(): void }): void {
    this.#scopes[this.#scopes.length - 1]?.add(resource);
  }

  /** Takes a resource out of every open scope: something inside augrad owns it. */
  untrack(resource: { dispose(): void }): void {
    for (const scope of this.#scopes) scope.keep(resource);
  }

  /** Runs a function; when it throws, what was made in it is freed. */
  attempt<T>(run: () => T): T {
    const scope = this.scope();
    try {
      const result = run();
      for (const resource of scope.release()) this.track(resource);
      return result;
    } catch (error) {
      scope.dispose();
      throw error;
    }
  }

  /** Runs a step and measures each of its passes on the GPU. Null where the device has no `timestamp-query`. */
  async profile(step: () => void | Promise<void>): Promise<PassTime[] | null> {
    if (!this.device.features.has("timestamp-query")) return null;
    await this.sync();
    const profiler = new Profiler(this.device);
    this.#profiler = profiler;
    try {
      await step();
      await this.flush();
    } finally {
      this.#profiler = null;
    }
    return profiler.results();
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

  /** Frees the pool and, where augrad made it, the device. */
  destroy(): void {
    this.#commands = [];
    this.pool.trim();
    if (this.owned) {
      this.device.destroy();
      this.#lost ??= new DeviceLostError("destroyed");
    }
  }

  #take(): Command[] {
    this.assertAlive();
    const commands = this.#commands;
    this.#commands = [];
    this.#recording++;
    return commands;
  }

  #submit(commands: Command[]): void {
    this.#oldest++;
    if (commands.length === 0) return;
    for (const command of commands)
      if (command.kind === "dispatch" && command.dispatch.pipeline.error) throw command.dispatch.pipeline.error;
    const labels = () => commands.flatMap((c) => (c.kind === "dispatch" ? [c.dispatch.pipeline.label] : []));
    this.#encodeNow((encoder) => this.#encoder.record(encoder, commands, this.#profiler), labels);
  }

  #encodeNow(run: (encoder: GPUCommandEncoder) => void, labels: () => string[]): void {
    const device = this.device;
    device.pushErrorScope("out-of-memory");
    device.pushErrorScope("validation");
    try {
      const encoder = device.createCommandEncoder({ label: "augrad step" });
      run(encoder);
      device.queue.submit([encoder.finish()]);
      this.#submissions++;
    } finally {
      const check = (error: GPUError | null) => error && this.#fail(error, labels());
      const scopes = [this.#scopeResults, device.popErrorScope().then(check), device.popErrorScope().then(check)];
      this.#scopeResults = Promise.all(scopes).catch(() => {});
    }
  }

  /** Submits commands at once, before everything recorded: for copies that an upload needs. */
  immediate(label: string, run: (encoder: GPUCommandEncoder) => void): void {
    this.assertAlive();
    this.#encodeNow(run, () => [label]);
  }
  #scopeResults: Promise<unknown> = Promise.resolve();

  #fail(error: GPUError, passes: string[]): void {
    const memory = typeof GPUOutOfMemoryError !== "undefined" && error instanceof GPUOutOfMemoryError;
    this.#failed ??= memory ? new OutOfMemoryError(error.message) : new PassError(error.message, passes);
  }

  #throwFailure(): void {
    if (this.#lost) throw this.#lost;
    const failed = this.#failed;
    this.#failed = null;
    if (failed) throw failed;
  }
}
