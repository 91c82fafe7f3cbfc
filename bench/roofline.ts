/** What augrad's passes move and how long they take, beside a copy of the batch. */
import { explain, type Gpu } from "../src/index.ts";
import type { AugradPrepared } from "./augrad.ts";
import type { Cell } from "./cell.ts";
import { copyOf } from "./copy.ts";
import { type Profiled, profiler } from "./device-clock.ts";
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
  const yardstick = await copyOf(gpu, shape);
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

/** Medians of each dispatch by the device's clock; null where it has none. */
async function passTimes(gpu: Gpu, record: () => void, rounds: number): Promise<PassRow[] | null> {
  const profile = await profiler(gpu, record);
  if (!profile) return null;
  const profiles: Profiled[] = [];
  for (let i = 0; i < rounds; i++) profiles.push(await profile());
  return profiles[0].map(({ label, bytes }, at) => {
    const times = profiles.map((passes) => passes[at].milliseconds).filter((time) => time >= 0);
    return { label, bytes, ...(times.length > 0 && { milliseconds: summary(times).median }) };
  });
}
