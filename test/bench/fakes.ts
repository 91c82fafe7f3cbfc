/** Engines that only pretend, and records that nobody measured. */
import { emptyRecord } from "../../bench/benchmark.ts";
import { catalogue, taskOf } from "../../bench/catalogue.ts";
import type { Engine, Prepared, Result, Task } from "../../bench/engine.ts";
import type { BenchRecord, Row } from "../../bench/record.ts";

/** A small task; fake engines do not look inside. */
export const task: Task = taskOf(catalogue[0], "both", [2, 3, 4, 4]);

/** What an honest engine computes from the task. */
export const honest = ({ x, seed }: Task): Result => ({ y: x, gradients: { x: seed, b: new Float32Array([1, -2]) } });

/** An engine whose prepared task behaves as given; `calls` counts its runs. */
export function fake(name: string, behaviour: Partial<Prepared> & { prepare?: Engine["prepare"] } = {}) {
  const calls = { runs: 0, disposals: 0 };
  const engine: Engine = {
    name,
    version: "1.0.0",
    prepare: async (given) => ({
      issue: async () => {
        calls.runs++;
        await behaviour.issue?.();
      },
      settle: async () => behaviour.settle?.(),
      result: behaviour.result ?? (async () => honest(given)),
      dispose: () => {
        calls.disposals++;
        behaviour.dispose?.();
      },
    }),
    dispose: () => {},
  };
  return { engine: behaviour.prepare ? { ...engine, prepare: behaviour.prepare } : engine, calls };
}

/** A row with a median, or with a sentence. */
export const row = (engine: string, outcome: number | string, more: Partial<Row> = {}): Row => ({
  where: "browser",
  work: "colour",
  mode: "forward",
  shape: [4, 3, 224, 224],
  engine,
  ...(typeof outcome === "number"
    ? { wall: { median: outcome, quartiles: [outcome * 0.9, outcome * 1.1] as [number, number], runs: 5 } }
    : { problem: outcome }),
  ...more,
});

/** A record with these rows, of one browser. */
export function recordOf(rows: Row[], more: Partial<BenchRecord> = {}): BenchRecord {
  const device = { description: "a device", software: false };
  return {
    ...emptyRecord({ date: "2026-01-02T03:04:05.678Z", augrad: "0.1.0", processor: "2 x a processor" }),
    environments: [{ where: "browser", runtime: "a browser", device }],
    engines: [...new Set(rows.map(({ engine }) => engine))].map((name) => ({
      name,
      version: "1.0.0",
      where: "browser",
    })),
    rows,
    ...more,
  };
}
