/** augrad's chains in multiples of the time of a copy. */
import { apply, type Gpu, grad, noGrad, tensor } from "../src/index.ts";
import type { Chain } from "./chains.ts";
import { copyOf } from "./copy.ts";
import { clockOf, timedRun } from "./device-clock.ts";
import type { Shape } from "./engine.ts";
import { alternate, type Cost, type Timing } from "./measure.ts";
import type { CopiesRow } from "./record.ts";

/** The work of a chain, to be recorded: nothing reaches the GPU before a flush, and the memory is given back. */
export interface Runs {
  forward(): void;
  both(): void;
  dispose(): void;
}

/** The runs of a chain on a batch: forward alone, and with the gradients of the pixels and of every parameter. */
export function runsOf(gpu: Gpu, shape: Shape, make: Chain["make"], dtype: "f32" | "f16" | "u8" = "f32"): Runs {
  const size = shape.reduce((a, b) => a * b, 1);
  const unit = Float32Array.from({ length: size }, (_, i) => 0.5 + 0.5 * Math.sin(i * 0.7 + 3 * Math.sin(i * 0.013)));
  const data = dtype === "u8" ? Uint8Array.from(unit, (value) => Math.round(value * 255)) : unit;
  const x = tensor(gpu, data, shape, { dtype, requiresGrad: dtype === "f32" });
  const { transforms, parameters } = make(gpu, shape[0], shape);
  const inputs = dtype === "f32" ? [x, ...parameters] : parameters;
  const seeded = noGrad(() => apply(x, transforms));
  // A result may be larger than the image.
  const gradient = Float32Array.from({ length: seeded.size }, (_, i) => unit[i % size]);
  const seed = tensor(gpu, gradient, seeded.shape);
  seeded.dispose();
  return {
    forward: () => noGrad(() => apply(x, transforms, { dtype })).dispose(),
    both: () => {
      const y = apply(x, transforms, { dtype });
      for (const gradient of grad(y, inputs, { gradient: seed })) gradient.dispose();
      y.dispose();
    },
    dispose: () => {
      for (const made of [x, seed, ...parameters]) made.dispose();
    },
  };
}

/** The batches for which the limits hold. */
export const SOFTWARE_SHAPE: Shape = [4, 3, 224, 224];
/** 101 MB read and as many written: no cache of a GPU holds it. */
export const GPU_SHAPE: Shape = [128, 3, 256, 256];

interface CopiesOptions {
  where: string;
  /** Instead of the one that the limits hold for. */
  shape?: Shape;
  rounds: number;
  onProgress?: (share: number) => void;
}

/** Runs of a loop on a GPU: so many that a page's clock, which may be rounded to 0.1 ms, tells what one run takes. */
const LOOP = 256;

/** Milliseconds per run of loops that wait at their end only, in turns. */
async function timeLoops<Name extends string>(
  gpu: Gpu,
  records: Record<Name, () => void>,
  rounds: number,
): Promise<Record<Name, Timing>> {
  const looped = (record: () => void) => async () => {
    const start = performance.now();
    for (let i = 0; i < LOOP; i++) {
      record();
      gpu.flush();
    }
    await gpu.sync();
    return (performance.now() - start) / LOOP;
  };
  const names = Object.keys(records) as Name[];
  const turns = Object.fromEntries(names.map((name) => [name, { run: looped(records[name]), runs: rounds }]));
  const costs = await alternate(turns, Math.ceil(rounds / 3));
  return Object.fromEntries(names.map((name) => [name, costs[name].wall])) as Record<Name, Timing>;
}

/** Times a chain against copies, in turns: one row per mode. */
export async function measureCopies(gpu: Gpu, chain: Chain, options: CopiesOptions): Promise<CopiesRow[]> {
  const { where, rounds, onProgress } = options;
  const { software } = gpu.info;
  const regular = software ? SOFTWARE_SHAPE : GPU_SHAPE;
  const shape = options.shape ?? regular;
  const limits = shape.join() === regular.join() ? chain.allowed?.[software ? "software" : "gpu"] : undefined;
  // On a GPU launching and waiting take longer than most passes; on the processor they are a part of the work.
  const clock = software ? "wall" : clockOf(gpu);
  const runs = runsOf(gpu, shape, chain.make);
  const yardstick = await copyOf(gpu, shape);
  try {
    const turns = {
      copy: { run: await timedRun(gpu, yardstick.record, clock), runs: rounds },
      forward: { run: await timedRun(gpu, runs.forward, clock), runs: rounds },
      both: { run: await timedRun(gpu, runs.both, clock), runs: rounds },
    };
    await alternate(turns, 3);
    const costs = await alternate(turns, rounds, (done) => onProgress?.(done / rounds));
    const loops =
      clock === "device"
        ? await timeLoops(gpu, { copy: yardstick.record, forward: runs.forward, both: runs.both }, rounds)
        : null;
    const keep = ({ wall, processor }: Cost): Cost => ({ wall, ...(software && processor && { processor }) });
    const time = (cost: Cost) => (keep(cost).processor ?? cost.wall).median;
    return (["forward", "both"] as const).map((mode) => ({
      where,
      work: chain.name,
      mode,
      shape,
      clock,
      ...keep(costs[mode]),
      copy: keep(costs.copy),
      copies: time(costs[mode]) / time(costs.copy),
      ...(loops && { loop: { wall: loops[mode], copy: loops.copy, copies: loops[mode].median / loops.copy.median } }),
      ...(limits?.[mode] !== undefined && { limit: limits[mode] }),
    }));
  } finally {
    runs.dispose();
    yardstick.dispose();
  }
}
