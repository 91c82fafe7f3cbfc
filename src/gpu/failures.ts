import { AugradError, DeviceLostError, PassError } from "./errors.ts";

/** What went wrong on a device, and who has heard of it. */
export class Failures {
  /** The loss of the device; null where it lives. */
  lost: DeviceLostError | null = null;
  /** What failed and nobody has heard of; readers of what is sound go on. */
  #unheard: AugradError | null = null;
  /** What failed nobody knows where: every reader has to hear of it. */
  #stray: AugradError | null = null;

  /** Something failed that is noted at what it wrote. */
  report(error: AugradError): void {
    this.#unheard ??= error;
  }

  /** Something failed, and nothing is known of what it wrote. */
  reportStray(error: AugradError): void {
    this.#stray ??= error;
  }

  lose(reason: string): void {
    this.lost ??= new DeviceLostError(reason);
  }

  /** For who waits for everything: throws what nobody has heard. */
  throwAny(): void {
    if (this.lost) throw this.lost;
    const failed = this.#stray ?? this.#unheard;
    this.#stray = this.#unheard = null;
    if (failed) throw failed;
  }

  /** For who reads one buffer, and `failure` is what is wrong with it. */
  throwFor(failure: AugradError | null): void {
    if (this.lost) throw this.lost;
    if (this.#unheard === failure) this.#unheard = null;
    const stray = this.#stray;
    if (!failure) this.#stray = null;
    if (failure ?? stray) throw failure ?? stray;
  }

  /** The loss of the device, which some browsers announce only after what it broke was refused. */
  async lostSoon(): Promise<DeviceLostError | null> {
    for (let wait = 0; wait < 3 && !this.lost; wait++) await new Promise((next) => setTimeout(next, 5 * wait));
    return this.lost;
  }

  /** Whatever was thrown while waiting for the GPU, as an error of ours. */
  async explain(error: unknown): Promise<unknown> {
    if (error instanceof AugradError) return this.lost ?? error;
    const lost = await this.lostSoon();
    return lost ?? new PassError(`The GPU did not hand over what was to be read: ${(error as Error).message.trim()}`);
  }
}
