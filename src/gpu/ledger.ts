import { brokenOf, type Command, hopeless, isWork, labelsOf } from "./commands.ts";
import type { AugradError } from "./errors.ts";
import { type Guarded, isMemory, typed } from "./guard.ts";
import { judge } from "./judge.ts";
import { canRepeat, isForeign, type Submitted } from "./repeat.ts";

/** A submission, as it is entered. */
export interface NewEntry {
  recording: number;
  /** What it did, in order. */
  commands: readonly Command[];
  /** What errors call it; its passes unless given. */
  labels?: readonly string[];
  /** What WebGPU says of it. */
  refusal: Promise<GPUError | null>;
  /** See {@link Submitted}; true unless given. */
  complete?: boolean;
}

interface Entry extends Submitted {
  recording: number;
  labels: readonly string[] | undefined;
  refusal: Promise<GPUError | null>;
  /** It was run again together with an earlier one that failed. */
  repeated: boolean;
}

/** What the ledger asks of its device. */
export interface LedgerHost {
  /** Submits commands by themselves. */
  run(commands: readonly Command[]): Guarded<void>;
  /** Resolves when it is known of every buffer whether it has memory. */
  known(): Promise<void>;
  /** Something failed; whoever waits next for everything hears of it. */
  report(error: AugradError): void;
}

/**
 * What was submitted and is not known to have run. WebGPU drops a submission as a whole when one of its commands is wrong, and
 * says so later. Then its commands are run one by one, where that is still possible, so that only what depends on the wrong
 * one is lost; and what is lost is noted at the buffers, for every later read.
 */
export class Ledger {
  #open: Entry[] = [];
  #notes: Command[] = [];
  #ended: Promise<void> = Promise.resolve();
  /** Nothing ever failed: then there is nothing to keep account of. */
  #spotless = true;

  constructor(private readonly host: LedgerHost) {}

  /** Resolves when everything submitted so far is known to have run, or to have failed. */
  get ended(): Promise<void> {
    return this.#ended;
  }

  /** The first recording that is not known to have run. */
  get firstOpen(): number {
    return this.#open[0]?.recording ?? Number.POSITIVE_INFINITY;
  }

  /** Keeps what happened at once, or at the GPU not at all, in order. */
  note(commands: readonly Command[]): void {
    for (const command of commands) this.#notes.push(command);
  }

  add({ recording, commands, labels, refusal, complete = true }: NewEntry): void {
    const all = this.#notes.length > 0 ? [...this.#notes, ...commands] : commands;
    this.#notes = [];
    if (commands.some(hopeless)) this.#spotless = false;
    const entry: Entry = { recording, commands: all, labels, refusal, complete, repeated: false };
    this.#open.push(entry);
    this.#ended = this.#ended.then(() => this.#end(entry));
  }

  async #end(entry: Entry): Promise<void> {
    const refusal = await entry.refusal;
    if (entry.repeated) {
      this.#open.shift();
      return;
    }
    if (refusal) {
      this.#spotless = false;
      await this.host.known();
      // From here to the end of the repetition nothing waits: what is submitted meanwhile comes after it.
      if (!isMemory(refusal) && entry.commands.some(isWork) && canRepeat(this.#open)) return this.#repeat(refusal);
      const error = brokenOf(entry.commands) ?? typed(refusal, entry.labels ?? labelsOf(entry.commands));
      for (const command of entry.commands) judge(command, error);
      this.host.report(error);
    } else if (!this.#spotless) for (const command of entry.commands) judge(command, null);
    this.#open.shift();
  }

  /** Runs all that is open again, command by command. `first` is what the GPU had against it. */
  async #repeat(first: GPUError): Promise<void> {
    const runs = this.#open.flatMap((entry) => {
      entry.repeated = true;
      const all = labelsOf(entry.commands);
      return entry.commands.map((command) => {
        const own = command.kind === "dispatch" ? labelsOf([command]) : all;
        if (!isWork(command) || hopeless(command)) return { command, labels: own, refusal: null };
        return { command, labels: own, refusal: isForeign(command) ? first : this.#again(command) };
      });
    });
    await this.host.known();
    for (const { command, labels, refusal } of runs) {
      const error = await refusal;
      const refused = error && (brokenOf([command]) ?? typed(error, labels));
      judge(command, refused);
      if (refused) this.host.report(refused);
    }
    this.#open.shift();
  }

  #again(command: Command): Promise<GPUError | null> {
    if (command.kind === "copy") command.to.renew?.();
    return this.host.run([command]).refusal;
  }
}
