/** What peers take for a transform of the registry, beside augrad and a copy, in turns. */
import { apply, type Gpu, grad, noGrad, Tensor, tensor } from "../src/index.ts";
import { measureCell } from "./cell.ts";
import type { Chain } from "./chains.ts";
import { runsOf } from "./copies.ts";
import { copyOf } from "./copy.ts";
import type { Engine, Mode, Prepared, Result, Shape, Task } from "./engine.ts";
import type { BesideRow } from "./record.ts";
import type { TurnOptions } from "./turns.ts";

type Numbers = Float32Array;

/** A transform as a task: its parameters with a gradient for each sample, everything else as settings. */
export async function transformTask(gpu: Gpu, { name, make }: Chain, mode: Mode, shape: Shape): Promise<Task> {
  const { transforms, parameters } = make(gpu, shape[0], shape);
  const [{ params, options, field }] = transforms;
  const task = { parameters: {} as Record<string, Numbers>, settings: { ...options } as Record<string, unknown> };
  for (const [key, value] of Object.entries(params)) {
    const numbers = value instanceof Tensor ? ((await value.read()) as Numbers) : value;
    if (parameters.some((made) => made === value)) task.parameters[key] = numbers as Numbers;
    else task.settings[key] = numbers;
  }
  if (field instanceof Tensor) task.settings.field = await field.read();
  for (const made of parameters) made.dispose();
  const size = shape.reduce((a, b) => a * b, 1);
  const x = Float32Array.from({ length: size }, (_, i) => 0.5 + 0.5 * Math.sin(i * 0.7 + 3 * Math.sin(i * 0.013)));
  // As many as the image has: a transform that makes another size takes the first of them.
  return { work: name, mode, shape, x, ...task, learned: Object.keys(task.parameters), seed: x };
}

/** augrad on such tasks. */
export function besideEngine(gpu: Gpu, chain: Chain, version: string): Engine {
  const prepare = async ({ mode, shape, x, learned, seed }: Task): Promise<Prepared> => {
    const runs = runsOf(gpu, shape, chain.make);
    return {
      issue: () => {
        runs[mode]();
        return gpu.flush();
      },
      settle: () => gpu.sync(),
      result: () => resultOf(gpu, chain, { mode, shape, x, learned, seed }),
      dispose: () => runs.dispose(),
    };
  };
  return { name: "augrad", version, prepare, dispose: () => {} };
}

async function resultOf(
  gpu: Gpu,
  { make }: Chain,
  { mode, shape, x, learned, seed }: Pick<Task, "mode" | "shape" | "x" | "learned" | "seed">,
): Promise<Result> {
  const scope = gpu.scope();
  try {
    const { transforms, parameters } = make(gpu, shape[0], shape);
    const image = tensor(gpu, x, shape, { requiresGrad: mode === "both" });
    const values = async (made: Tensor) => (await made.read()) as Numbers;
    if (mode === "forward") return { y: await values(noGrad(() => apply(image, transforms))) };
    const y = apply(image, transforms);
    const found = grad(y, [image, ...parameters], {
      gradient: tensor(gpu, seed.subarray(0, y.size), y.shape),
    });
    const gradients: Record<string, Numbers> = {};
    for (const [i, name] of ["x", ...learned].entries()) gradients[name] = await values(found[i]);
    return { y: await values(y), gradients };
  } finally {
    scope.dispose();
  }
}

/** The peers that say they can do it, each with its time, or a sentence where it computes something else. */
export async function measureBeside(
  gpu: Gpu,
  engines: readonly Engine[],
  chain: Chain,
  { where, shape, mode }: { where: string; shape: Shape; mode: Mode },
  options: Pick<TurnOptions, "rounds" | "onHang">,
): Promise<BesideRow[]> {
  const able = engines.filter((engine) => engine.does?.(chain.name, mode));
  if (able.length === 0) return [];
  const task = await transformTask(gpu, chain, mode, shape);
  const own = besideEngine(gpu, chain, "");
  const cell = { where, task };
  const rows = await measureCell([own, ...able], cell, { ...options, budget: 4_000, software: gpu.info.software }, () =>
    copyOf(gpu, shape),
  );
  const of = (name: string) => rows.find(({ engine }) => engine === name)?.stream;
  const [augrad, copy] = [of("augrad"), of("copy")];
  return able.map(({ name: engine }) => {
    const { stream, check, problem } = rows.find((row) => row.engine === engine)!;
    if (!stream || !augrad || !copy) return { engine, problem: problem ?? "augrad itself gave no figure" };
    const said = check && { check: check.text };
    const [copies, times] = [stream.median / copy.median, stream.median / augrad.median];
    return { engine, wall: stream, copies, times, ...said };
  });
}
