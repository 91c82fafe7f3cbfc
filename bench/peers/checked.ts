/** One peer on one task, compared with the reference. */
import { catalogue, taskOf } from "../catalogue.ts";
import { type Engine, type Mode, run, type Shape, type StartEngine } from "../engine.ts";
import { type Differences, differences, isPrepared } from "./compare.ts";

/** What became of a task: differences, or a sentence. */
export interface Checked {
  differences?: Differences;
  /** What the library lacks. */
  missing?: string;
  /** What went wrong. */
  problem?: string;
  /** Median, not counting the first run. */
  milliseconds?: number;
  /** Per run, on a page. */
  dispatches?: number;
  submits?: number;
}

/** What is counted while a task runs. */
export type Counter = () => { dispatches: number; submits: number };

const started = new Map<StartEngine, Promise<Engine>>();
const sentence = (error: unknown) => (error instanceof Error ? error.message : String(error)).split("\n")[0];

export async function checked(
  start: StartEngine,
  id: string,
  mode: Mode,
  shape: Shape,
  runs: number,
  count?: Counter,
): Promise<Checked> {
  try {
    if (!started.has(start)) started.set(start, start());
    const engine = await started.get(start)!;
    const task = taskOf(catalogue.find((work) => work.id === id)!, mode, shape);
    const prepared = await engine.prepare(task);
    if (!isPrepared(prepared)) return prepared;
    try {
      const found: Checked = { differences: differences(task, await prepared.result()) };
      await run(prepared);
      const before = count?.();
      const times: number[] = [];
      for (let i = 0; i < runs; i++) {
        const clock = performance.now();
        await run(prepared);
        times.push(performance.now() - clock);
      }
      const after = count?.();
      found.milliseconds = times.sort((a, b) => a - b)[Math.floor(runs / 2)];
      if (before && after) {
        found.dispatches = (after.dispatches - before.dispatches) / runs;
        found.submits = (after.submits - before.submits) / runs;
      }
      return found;
    } finally {
      prepared.dispose();
    }
  } catch (error) {
    return { problem: sentence(error) };
  }
}
