import { Census } from "./census.ts";
import { type Command, type Dispatch, hopeless, isWhole, isWork, storageOf, storagesOf } from "./commands.ts";
import { Encoder } from "./encoder.ts";
import { AugradError, DeviceLostError, LimitError, PassError, TensorStateError } from "./errors.ts";
import { type Guarded, guarded, typed } from "./guard.ts";
import { Ledger } from "./ledger.ts";
import { A_FUNCTION, check, having } from "./options.ts";
import { type Pipeline, PipelineCache, type PipelineRequest } from "./pipelines.ts";
import { BufferPool } from "./pool.ts";
import { Scope } from "./scope.ts";
import { Storage } from "./storage.ts";
import { Supply } from "./supply.ts";
import { type PassTime, Profiler } from "./timing.ts";
import { Uniforms } from "./uniforms.ts";

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
  readonly #encoder: Encoder;
  readonly #ledger: Ledger;
  readonly #uniforms: Uniforms;
  readonly #supply: Supply;
  readonly #census = new Census();
  readonly #wrapped = new WeakMap<GPUBuffer, Storage>();
  readonly #kept = new Set<() => void>();
  readonly #bindingLimit: number;
  #commands: Command[] = [];
  #recording = 0;
  /** The earliest recording that is not submitted: below {@link #recording} while a pipeline compiles. */
  #oldest = 0;
  #submissions = 0;
  #readBacks = 0;
  #lost: DeviceLostError | null = null;
  /** What failed and nobody has heard of; readers of what is sound go on. */
  #unheard: AugradError | null = null;
  /** What failed nobody knows where: every reader has to hear of it. */
  #stray: AugradError | null = null;
  readonly #told = new WeakSet<Command>();
  #scopes: Scope[] = [];
  #profiler: Profiler | null = null;
  #pending: Promise<void> = Promise.resolve();
  #idle = true;

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
    this.pipelines = new PipelineCache(device, () => this.#lostSoon());
    this.#encoder = new Encoder(device, this.pipelines);
    const submitted = () => this.#oldest;
    this.#supply = new Supply(device, () => this.#press());
    this.pool = new BufferPool(device.limits, this.#supply, {
      submitted,
      ended: () => this.#ledger.firstOpen,
      forget: () => this.#encoder.forget(),
    });
    this.#uniforms = new Uniforms(this.#supply, (storage, data) => this.#write(storage, 0, data), submitted);
    this.#ledger = new Ledger({
      run: (commands) => this.#run(commands, null),
      known: () => this.#supply.known(),
      report: (error) => {
        this.#unheard ??= error;
      },
    });
    this.#bindingLimit = device.limits.maxStorageBufferBindingSize;
    device.lost.then((lost) => this.#lose(lost.message || lost.reason || "unknown"));
    if (owned) {
      device.addEventListener("uncapturederror", (event) => {
        this.#stray ??= typed((event as GPUUncapturedErrorEvent).error);
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
      buffersCreated: this.#supply.created - this.#readBacks,
      pipelinesCreated: this.pipelines.created,
      bindGroupsCreated: this.#encoder.bindGroupsCreated,
      dispatches: this.#encoder.dispatches,
      submissions: this.#submissions,
      bytesInUse: this.pool.bytesInUse,
      bytesPooled: this.pool.bytesPooled,
    };
  }

  /**
   * Throws what makes every further call useless: the loss of the device.
   * @internal
   */
  assertAlive(): void {
    if (this.#lost) throw this.#lost;
  }

  /**
   * A buffer of at least `bytes`, its contents undefined.
   * @internal
   */
  allocate(bytes: number): Storage {
    this.assertAlive();
    const storage = this.pool.take(bytes);
    this.#commands.push(storage.fresh);
    return storage;
  }

  /**
   * A buffer of at least `bytes` that nothing recorded uses: {@link immediate} commands may write to it.
   * @internal
   */
  allocateForUpload(bytes: number): Storage {
    this.assertAlive();
    const storage = this.pool.take(bytes, this.#oldest);
    this.#ledger.note([storage.fresh]);
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
    if (storage.usedIn < this.#oldest && storage.held === 0) {
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
    this.#ledger.note([{ kind: "write", storage, whole: isWhole(offset, byteLength, storage) }]);
    // A buffer that is new may have no memory, and one of somebody else's may be gone: neither may surface as a stray error.
    storage.uploads?.push({ offset, data: new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength).slice() });
    if (!storage.uploads && !storage.foreign && !storage.broken) send();
    else
      guarded(this.device, send).refusal.then((error) => {
        if (error && storage.foreign) this.#unheard ??= storage.failure = typed(error);
      });
  }

  /**
   * What a caller is about to write all of: whatever was wrong with its contents is of the past.
   * @internal
   */
  renewed(storage: Storage): void {
    this.#commands.push(storage.fresh);
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
    this.#commands.push({ kind: "write", storage, whole: true });
    return storage;
  }

  /**
   * A small constant buffer, shared by everyone who asks for the same words; zeros follow up to `length` words.
   * @internal
   */
  uniform(words: ArrayLike<number>, length = words.length): Storage {
    return this.#uniforms.get(words, length, this.#recording);
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
      storage.usedIn = this.#recording;
    }
    this.#commands.push({ kind: "dispatch", dispatch });
  }

  /**
   * Records a copy; offsets and size in bytes, multiples of 4.
   * @internal
   */
  copy(from: Storage, fromOffset: number, to: Storage, toOffset: number, size: number): void {
    from.usedIn = to.usedIn = this.#recording;
    this.#commands.push({ kind: "copy", from, fromOffset, to, toOffset, size });
  }

  /**
   * Records filling a buffer with zeros.
   * @internal
   */
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
   * Rejects with the typed error of this step or an earlier one, which only one of those who wait hears; what depends on it is
   * in error at every read.
   */
  flush(): Promise<void> {
    try {
      const submitted = this.#flush();
      if (submitted) return submitted.then(() => this.#throwFailure());
      this.#throwFailure();
      return Promise.resolve();
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Null where all is submitted. */
  #flush(): Promise<void> | null {
    const commands = this.#take();
    // Steps are submitted in order: one that waits for a pipeline holds back those after it.
    if (this.#idle && !commands.some(isCompiling)) {
      this.#submit(commands);
      return null;
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
    return step;
  }

  /**
   * Records the step into a caller's encoder instead. Call the returned function after submitting: until then the
   * buffers of this step are kept from being overwritten by uploads. Throws when a pipeline is not compiled: `await gpu.ready()` first.
   * The error of one that cannot be compiled is thrown once; the next call encodes the rest.
   */
  encode(encoder: GPUCommandEncoder): () => void {
    // Before anything is taken from the list: a step that fails here is still there for the next call.
    check("encoder", encoder, AN_ENCODER);
    this.assertAlive();
    const missing = this.#commands.find(isCompiling);
    if (missing) {
      const label = (missing as { dispatch: Dispatch }).dispatch.pipeline.label;
      throw new AugradError("not-ready", `"${label}" is still compiling: await gpu.ready() before gpu.encode().`);
    }
    if (!this.#idle)
      throw new AugradError("not-ready", "An earlier flush has not been submitted yet: await it before gpu.encode().");
    const failed = this.#tell(this.#commands);
    if (failed) throw failed;
    const recording = this.#recording;
    const commands = this.#take();
    const storages = new Set(commands.flatMap(storagesOf));
    this.#encoder.record(encoder, commands, this.#profiler);
    this.#ledger.add({ recording, commands, refusal: Promise.resolve(null), complete: false });
    this.#oldest = this.#recording;
    for (const storage of storages) storage.held++;
    return () => {
      for (const storage of storages) storage.held--;
      storages.clear();
    };
  }

  /**
   * Reads `bytes` of a buffer, after everything recorded so far. Rejects when what it depends on failed, now or earlier.
   * @internal
   */
  async read(storage: Storage, bytes: number, offset = 0): Promise<ArrayBuffer> {
    this.assertAlive();
    const size = Math.ceil(bytes / 4) * 4;
    const staging = this.#staging(size);
    this.copy(storage, offset, staging, 0, size);
    try {
      await this.#flush();
      let mapped = staging.buffer;
      // Refused where the copy failed; the ledger knows why, and may have made another.
      const refused = await this.#map(mapped).then(
        () => null,
        (error) => error,
      );
      await this.#ledger.ended;
      this.#throwFaultOf(staging);
      if (staging.buffer !== mapped) await this.#map((mapped = staging.buffer));
      else if (refused) throw refused;
      return mapped.getMappedRange().slice(0, bytes);
    } catch (error) {
      throw await this.#explain(error);
    } finally {
      staging.destroy();
    }
  }

  /** A buffer to read from. It may have to be made again, with what is to be read. */
  #staging(size: number): Storage {
    const descriptor = { size, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ };
    const staging = this.#supply.make(descriptor, null);
    staging.renew = () => this.#supply.again(staging, descriptor);
    this.#readBacks++;
    return staging;
  }

  #map(buffer: GPUBuffer): Promise<undefined> {
    return guarded(this.device, () => buffer.mapAsync(GPUMapMode.READ)).made;
  }

  #throwFaultOf({ failure }: Storage): void {
    if (this.#lost) throw this.#lost;
    if (this.#unheard === failure) this.#unheard = null;
    const stray = this.#stray;
    if (!failure) this.#stray = null;
    if (failure ?? stray) throw failure ?? stray;
  }

  /** Resolves when the GPU has done everything submitted. */
  async sync(): Promise<void> {
    await this.flush();
    await this.device.queue.onSubmittedWorkDone().catch(() => {});
    await this.#ledger.ended;
    await this.#supply.known();
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

  /**
   * Registers something disposable with the innermost open scope.
   * @internal
   */
  track(resource: { dispose(): void }, counts = true): void {
    if (this.#scopes.length > 0) this.#scopes[this.#scopes.length - 1].add(resource);
    else if (counts) this.#census.add(resource);
  }

  /**
   * Takes a resource out of every open scope: something inside augrad owns it, or it was disposed of.
   * @internal
   */
  untrack(resource: { dispose(): void }): void {
    for (const scope of this.#scopes) scope.keep(resource);
    this.#census.remove(resource);
  }

  /**
   * Runs a function; when it throws, what was made in it is freed.
   * @internal
   */
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
    check("step of profile()", step, A_FUNCTION);
    if (!this.device.features.has("timestamp-query")) return null;
    await this.sync();
    const profiler = new Profiler(this.device);
    this.#profiler = profiler;
    try {
      await step();
      await this.flush();
      return await profiler.results();
    } finally {
      this.#profiler = null;
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
    this.#commands = [];
    this.#oldest = ++this.#recording;
    for (const free of this.#kept) free();
    this.#uniforms.clear();
    this.pool.trim();
    if (this.owned) {
      this.device.destroy();
      this.#lose("destroyed");
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
    const recording = this.#oldest++;
    const failed = this.#tell(commands);
    if (failed) this.#unheard ??= failed;
    if (commands.some(isWork))
      this.#ledger.add({ recording, commands, refusal: this.#run(commands, this.#profiler).refusal });
    else this.#ledger.note(commands);
    this.pool.tidy();
  }

  /** The error of a pass that cannot be compiled, the first time that it is asked for. */
  #tell(commands: readonly Command[]): AugradError | null {
    const failed = commands.find((command) => hopeless(command) && !this.#told.has(command));
    if (!failed) return null;
    for (const command of commands) if (hopeless(command)) this.#told.add(command);
    return hopeless(failed);
  }

  #run(commands: readonly Command[], profiler: Profiler | null): Guarded<void> {
    return this.#encodeNow((encoder) => this.#encoder.record(encoder, commands, profiler));
  }

  #encodeNow(run: (encoder: GPUCommandEncoder) => void): Guarded<void> {
    return guarded(this.device, () => {
      const encoder = this.device.createCommandEncoder({ label: "augrad step" });
      run(encoder);
      this.device.queue.submit([encoder.finish()]);
      this.#submissions++;
    });
  }

  /**
   * Submits commands at once, before everything recorded: for copies that an upload needs. `to` is what they write.
   * @internal
   */
  immediate(label: string, to: Storage | null, run: (encoder: GPUCommandEncoder) => void): void {
    this.assertAlive();
    const commands: Command[] = to ? [{ kind: "write", storage: to, whole: false }] : [];
    this.#ledger.add({ recording: this.#oldest, commands, labels: [label], refusal: this.#encodeNow(run).refusal });
  }

  #lose(reason: string): void {
    this.#lost ??= new DeviceLostError(reason);
  }

  /** The loss of the device, which some browsers announce only after what it broke was refused. */
  async #lostSoon(): Promise<DeviceLostError | null> {
    for (let wait = 0; wait < 3 && !this.#lost; wait++) await new Promise((next) => setTimeout(next, 5 * wait));
    return this.#lost;
  }

  /** Whatever was thrown while waiting for the GPU, as an error of ours. */
  async #explain(error: unknown): Promise<unknown> {
    if (error instanceof AugradError) return this.#lost ?? error;
    const lost = await this.#lostSoon();
    return lost ?? new PassError(`The GPU did not hand over what was to be read: ${(error as Error).message.trim()}`);
  }

  #throwFailure(): void {
    if (this.#lost) throw this.#lost;
    const failed = this.#stray ?? this.#unheard;
    this.#stray = this.#unheard = null;
    if (failed) throw failed;
  }
}

/** Whether a pass has to wait for its pipeline. */
const isCompiling = (command: Command): boolean =>
  command.kind === "dispatch" && !command.dispatch.pipeline.compiled && !command.dispatch.pipeline.error;
