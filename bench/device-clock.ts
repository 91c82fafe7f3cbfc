/** How long passes take by the device's clock: without launches, waiting and JavaScript, which on a GPU take longer than most passes. */
import type { Gpu, PassTime } from "../src/index.ts";

/** What a profile has room for. */
const PASSES = 1000;
/** Runs in one profile on a GPU, whose passes may be shorter than the ticks of its clock: their mean is finer than a tick. */
const REPEATS = 16;

/** Passes of one run, in order, each the mean of several runs; a time is NaN where the clock gave nothing. */
export type Profiled = readonly PassTime[];

/** Prepares to profile what `record` records again and again; null where the device has no clock, or nothing is dispatched. */
export async function profiler(gpu: Gpu, record: () => void): Promise<(() => Promise<Profiled>) | null> {
  const once = await gpu.profile(record);
  if (!once || once.length === 0) return null;
  const repeats = gpu.info.software ? 1 : Math.min(REPEATS, Math.max(1, Math.floor(PASSES / once.length)));
  const again = () => {
    for (let i = 0; i < repeats; i++) record();
  };
  return async () => {
    const profile = (await gpu.profile(again))!;
    return once.map((pass, at) => ({ ...pass, milliseconds: mean(profile.filter((_, i) => i % once.length === at)) }));
  };
}

/** The mean time of equal passes, not counting those in which the clock was reset. */
function mean(passes: readonly PassTime[]): number {
  const times = passes.map(({ milliseconds }) => milliseconds).filter((time) => time >= 0);
  return times.length > 0 ? times.reduce((a, b) => a + b, 0) / times.length : Number.NaN;
}

/** Something to time again and again; where it resolves with a number, these are the milliseconds that it took. */
export type Timed = () => Promise<unknown>;

/** `device`: passes alone, by the device's clock. `wall`: from the call until the device has finished. */
export type DeviceClock = "device" | "wall";

/** The clock that a device has. */
export const clockOf = (gpu: Gpu): DeviceClock => (gpu.device.features.has("timestamp-query") ? "device" : "wall");

/** What `record` records, as something to time by a clock. */
export async function timedRun(gpu: Gpu, record: () => void, clock: DeviceClock): Promise<Timed> {
  const profile = clock === "device" ? await profiler(gpu, record) : null;
  if (!profile) {
    return async () => {
      record();
      await gpu.sync();
    };
  }
  return async () => (await profile()).reduce((sum, { milliseconds }) => sum + (milliseconds || 0), 0);
}
