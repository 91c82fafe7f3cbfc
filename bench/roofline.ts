/** What augrad's passes move and how long they take, beside a copy of the batch. */
import { explain, type Gpu, type PassTime } from "../src/index.ts";
import type { AugradPrepared } from "./augrad.ts";
import type { Cell } from "./cell.ts";
import { copyOf } from "./copy.ts";
import { run } from "./engine.ts";
import { summary } from "./measure.ts";
import type { PassRow, Roofline } from "./record.ts";

/** Measures the passes of a prepared task one by one, `rounds` times. */
export async function roofline(prepared: AugradPrepared, cell: Cell, rounds: number): Promise<Roofline> {
  const { gpu, transforms, record } = prepared;
  const { work, mode, shape } = cell.task;
  const planned = explain(transforms, shape);
  await run(prepared);
  const javascript = await submitTimes(gpu, record, rounds);
  const passes = await passTimes(gpu, record, rounds);
  const yardstick = copyOf(gpu, shape);
  await run(yardstick);
  const [copied] = (await passTimes(gpu, yardstick.record, rounds)) ?? [];
  yardstick.dispose();
  return {
    where: cell.where,
    work,
    mode,
    shape,
    bytesSaved: mode === "both" ? planned.bytesSaved : 0,
    javascript: summary(javascript),
    planned: planned.passes.map(({ kind, transforms, bytesRead, bytesWritten }) => ({
      kind,
      transforms,
      bytesRead,
      bytesWritten,
    })),
    ...(passes && { passes }),
    ...(copied?.milliseconds !== undefined && { copy: { bytes: copied.bytes, milliseconds: copied.milliseconds } }),
  };
}

/** Milliseconds until `flush` has submitted, without waiting for the device in between. */
async function submitTimes(gpu: Gpu, record: () => void, rounds: number): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < rounds; i++) {
    await gpu.sync();
    const start = performance.now();
    record();
    const flushed = gpu.flush();
    times.push(performance.now() - start);
    await flushed;
  }
  return times;
}

/** What a profile has room for. */
const PASSES = 1000;
/** Runs in one profile on a GPU, whose passes may be shorter than the ticks of its clock: their mean is finer than a tick. */
const REPEATS = 16;

/** Medians of each dispatch by the device's clock; null where it has none. */
async function passTimes(gpu: Gpu, record: () => void, rounds: number): Promise<PassRow[] | null> {
  const once = await gpu.profile(record);
  if (!once || once.length === 0) return null;
  const repeats = gpu.info.software ? 1 : Math.min(REPEATS, Math.max(1, Math.floor(PASSES / once.length)));
  const again = () => {
    for (let i = 0; i < repeats; i++) record();
  };
  const profiles: PassTime[][] = [];
  for (let i = 0; i < rounds; i++) profiles.push((await gpu.profile(again))!);
  return once.map(({ label, bytes }, at) => {
    const times = profiles.flatMap((profile) => mean(profile.filter((_, i) => i % once.length === at)));
    return { label, bytes, ...(times.length > 0 && { milliseconds: summary(times).median }) };
  });
}

/** The mean time of equal passes; nothing where the clock was reset. */
function mean(passes: readonly PassTime[]): number[] {
  const times = passes.map(({ milliseconds }) => milliseconds).filter((time) => time >= 0);
  return times.length > 0 ? [times.reduce((a, b) => a + b, 0) / times.length] : [];
}
