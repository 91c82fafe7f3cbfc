/** A whole benchmark: the places one after the other, their jobs in order, one record. */
import { type Job, jobName } from "./jobs.ts";
import { sentence } from "./patience.ts";
import { append, type BenchRecord, FORMAT, type Part } from "./record.ts";
import type { Runner } from "./session.ts";

/** A place to run at, and what is to be run there. */
export interface Place {
  where: string;
  jobs: readonly Job[];
  open: () => Promise<Runner>;
}

export interface Watcher {
  /** A place is open. */
  onOpen?(runner: Runner): void;
  /** `share` of a job is done, 0..1. */
  onProgress?(where: string, job: Job, share: number): void;
  /** A job is done, and its rows are in the record. */
  onPart?(record: BenchRecord, part: Part, job: Job): void;
  /** Whether to end before the next job. */
  isStopped?(): boolean;
}

/** A record without rows. */
export const emptyRecord = (facts: Pick<BenchRecord, "date" | "augrad" | "processor">): BenchRecord => ({
  format: FORMAT,
  ...facts,
  environments: [],
  engines: [],
  rows: [],
  copies: [],
  roofline: [],
  scaling: [],
  problems: [],
});

/** Runs all places into `record`. A place that does not open is a sentence in it, and the others run. */
export async function runPlaces(record: BenchRecord, places: readonly Place[], watcher: Watcher = {}): Promise<void> {
  for (const { where, jobs, open } of places) {
    if (jobs.length === 0) continue;
    let runner: Runner;
    try {
      runner = await open();
    } catch (error) {
      record.problems.push(`Nothing was measured at ${where}: ${sentence(error)}`);
      continue;
    }
    watcher.onOpen?.(runner);
    record.environments.push(runner.environment);
    record.engines.push(...runner.engines);
    record.problems.push(...runner.problems);
    try {
      for (const job of jobs) {
        if (watcher.isStopped?.()) return;
        const part = await runner.run(job, (share) => watcher.onProgress?.(where, job, share));
        append(record, part);
        watcher.onPart?.(record, part, job);
      }
    } finally {
      await runner.close().catch(() => {});
    }
  }
}

/** What went wrong, each sentence once: of the places, of the jobs and of single engines. */
export function problemsOf(record: BenchRecord): string[] {
  const rows = record.rows
    .filter(({ problem }) => problem)
    .map((row) => `${jobName({ kind: "cell", ...row })} (${row.where}): ${row.problem}`);
  const beside = record.copies.flatMap(({ work, mode, where, beside: found = [] }) =>
    found.flatMap(({ problem }) => (problem ? [`${work} ${mode} (${where}): ${problem}`] : [])),
  );
  return [...new Set([...record.problems, ...rows, ...beside])];
}
