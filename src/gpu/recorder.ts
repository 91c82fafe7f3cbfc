import { type Command, type Dispatch, hopeless, isWork, storagesOf } from "./commands.ts";
import type { Encoder } from "./encoder.ts";
import { AugradError } from "./errors.ts";
import type { Failures } from "./failures.ts";
import { type Guarded, guarded } from "./guard.ts";
import { Ledger } from "./ledger.ts";
import type { Storage } from "./storage.ts";
import type { Supply } from "./supply.ts";
import type { Profiler } from "./timing.ts";

/** Whether a pass has to wait for its pipeline. */
const isCompiling = (command: Command): boolean =>
  command.kind === "dispatch" && !command.dispatch.pipeline.compiled && !command.dispatch.pipeline.error;

/** The commands recorded so far, and their way to the GPU: in order, a submission a step. */
export class Recorder {
  readonly ledger: Ledger;
  /** The recording that is going on. */
  recording = 0;
  /** The earliest recording that is not submitted: below {@link recording} while a pipeline compiles. */
  oldest = 0;
  submissions = 0;
  profiler: Profiler | null = null;
  readonly #told = new WeakSet<Command>();
  #commands: Command[] = [];
  #pending: Promise<void> = Promise.resolve();
  #idle = true;

  constructor(
    private readonly device: GPUDevice,
    private readonly encoder: Encoder,
    private readonly failures: Failures,
    supply: Supply,
    /** Called after a submission. */
    private readonly submitted: () => void,
  ) {
    this.ledger = new Ledger({
      run: (commands) => this.#run(commands, null),
      known: () => supply.known(),
      report: (error) => failures.report(error),
    });
  }

  push(command: Command): void {
    this.#commands.push(command);
  }

  /** Forgets what was recorded. */
  drop(): void {
    this.#commands = [];
    this.oldest = ++this.recording;
  }

  /** Resolves when every pipeline recorded so far is compiled. */
  async ready(): Promise<void> {
    const waiting = new Set<Promise<void>>();
    for (const command of this.#commands) if (isCompiling(command)) waiting.add(pipelineOf(command).ready);
    await Promise.all(waiting);
  }

  /** Submits what was recorded; null where that is done when it returns, and a promise where a pipeline has to be waited for. */
  flush(): Promise<void> | null {
    const commands = this.#take();
    // Steps are submitted in order: one that waits for a pipeline holds back those after it.
    if (this.#idle && !commands.some(isCompiling)) {
      this.#submit(commands);
      return null;
    }
    this.#idle = false;
    const step = this.#pending.then(async () => {
      for (const command of commands) if (isCompiling(command)) await pipelineOf(command).ready;
      this.#submit(commands);
    });
    const settled = step.catch(() => {});
    this.#pending = settled;
    settled.then(() => {
      if (this.#pending === settled) this.#idle = true;
    });
    return step;
  }

  /** Records the step into a caller's encoder. Returns what to call when that is submitted. */
  encode(encoder: GPUCommandEncoder): () => void {
    // All checks before anything is taken from the list: a step that fails here is still there for the next call.
    const missing = this.#commands.find(isCompiling);
    if (missing)
      throw new AugradError(
        "not-ready",
        `"${pipelineOf(missing).label}" is still compiling: await gpu.ready() before gpu.encode().`,
      );
    if (!this.#idle)
      throw new AugradError("not-ready", "An earlier flush has not been submitted yet: await it before gpu.encode().");
    const failed = this.#tell(this.#commands);
    if (failed) throw failed;
    const { recording } = this;
    const commands = this.#take();
    const storages = new Set(commands.flatMap(storagesOf));
    this.encoder.record(encoder, commands, this.profiler);
    this.ledger.add({ recording, commands, refusal: Promise.resolve(null), complete: false });
    this.oldest = this.recording;
    for (const storage of storages) storage.held++;
    return () => {
      for (const storage of storages) storage.held--;
      storages.clear();
    };
  }

  /** Submits commands at once, before everything recorded. `to` is what they write. */
  immediate(label: string, to: Storage | null, run: (encoder: GPUCommandEncoder) => void): void {
    const commands: Command[] = to ? [{ kind: "write", storage: to, whole: false }] : [];
    this.ledger.add({ recording: this.oldest, commands, labels: [label], refusal: this.#encodeNow(run).refusal });
  }

  #take(): Command[] {
    if (this.failures.lost) throw this.failures.lost;
    const commands = this.#commands;
    this.#commands = [];
    this.recording++;
    return commands;
  }

  #submit(commands: Command[]): void {
    const recording = this.oldest++;
    const failed = this.#tell(commands);
    if (failed) this.failures.report(failed);
    if (commands.some(isWork))
      this.ledger.add({ recording, commands, refusal: this.#run(commands, this.profiler).refusal });
    else this.ledger.note(commands);
    this.submitted();
  }

  /** The error of a pass that cannot be compiled, the first time that it is asked for. */
  #tell(commands: readonly Command[]): AugradError | null {
    const failed = commands.find((command) => hopeless(command) && !this.#told.has(command));
    if (!failed) return null;
    for (const command of commands) if (hopeless(command)) this.#told.add(command);
    return hopeless(failed);
  }

  #run(commands: readonly Command[], profiler: Profiler | null): Guarded<void> {
    return this.#encodeNow((encoder) => this.encoder.record(encoder, commands, profiler));
  }

  #encodeNow(run: (encoder: GPUCommandEncoder) => void): Guarded<void> {
    return guarded(this.device, () => {
      const encoder = this.device.createCommandEncoder({ label: "augrad step" });
      run(encoder);
      this.device.queue.submit([encoder.finish()]);
      this.submissions++;
    });
  }
}

/** The pipeline of a command that is a dispatch. */
const pipelineOf = (command: Command): Dispatch["pipeline"] => (command as { dispatch: Dispatch }).dispatch.pipeline;
