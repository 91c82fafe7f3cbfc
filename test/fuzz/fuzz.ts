/** Runs many cases and gathers what they showed. */
import type { Case } from "./case.ts";
import type { Counts, Failure } from "./compare.ts";
import { DRAWS, drawCase, drawStructure } from "./draw.ts";
import { type Runner, startRunner } from "./process.ts";
import { shrink } from "./shrink.ts";

export interface FuzzOptions {
  seed: number;
  cases: number;
  /** Structures to leave out at the beginning. */
  from?: number;
  /** Seconds that a case may take before it counts as a hang. */
  limit?: number;
  /** Ends after so many failures. */
  most?: number;
  /** Makes failing cases small. */
  shrinks?: boolean;
  progress?: (done: number, failed: number) => void;
  found?: (fault: Fault) => void;
}

/** A case that failed, and where it comes from. */
export interface Fault {
  structure: number;
  draw: number;
  failures: Failure[];
  /** The smallest case found that fails in the same way; before it, those that have to run first. */
  cases: Case[];
}

export interface Report {
  device: string;
  cases: number;
  structures: number;
  seconds: number;
  slowest: number;
  counts: Counts;
  faults: Fault[];
}

const hang = (how: "hang" | "died", limit: number): Failure => ({
  sort: how,
  what: "call",
  index: 0,
  expected: `an end within ${limit} s`,
  got: how === "hang" ? "none" : "the process ended",
  allowed: 0,
  wrong: 1,
  of: 1,
});

export async function fuzz(options: FuzzOptions): Promise<Report> {
  const { seed, cases, from = 0, limit = 60, most = Number.POSITIVE_INFINITY, shrinks = true } = options;
  const runner = await startRunner(limit);
  const started = performance.now();
  const report: Report = {
    device: runner.device,
    cases: 0,
    structures: 0,
    seconds: 0,
    slowest: 0,
    counts: {},
    faults: [],
  };
  try {
    for (let structure = from; report.cases < cases && report.faults.length < most; structure++) {
      const draws = Math.min(DRAWS, cases - report.cases);
      await runStructure(runner, report, { ...options, shrinks, limit }, structure, draws, seed);
      report.structures++;
    }
  } finally {
    runner.stop();
  }
  report.seconds = (performance.now() - started) / 1000;
  return report;
}

/** All cases of a structure: after a hang, those behind it. */
async function runStructure(
  runner: Runner,
  report: Report,
  options: FuzzOptions & { limit: number },
  structure: number,
  draws: number,
  seed: number,
): Promise<void> {
  let draw = 0;
  const failed: Fault[] = [];
  while (draw < draws) {
    const end = await runner.run({ kind: "structure", seed, structure, draw, draws }, (answer) => {
      draw = answer.draw + 1;
      report.cases++;
      report.slowest = Math.max(report.slowest, answer.seconds);
      for (const [name, count] of Object.entries(answer.counts))
        report.counts[name] = (report.counts[name] ?? 0) + count;
      if (answer.failures.length > 0)
        failed.push({ structure, draw: answer.draw, failures: answer.failures, cases: [answer.made] });
      options.progress?.(report.cases, report.faults.length + failed.length);
    });
    if (end === "done") break;
    const made = drawCase(drawStructure(seed, structure), seed, structure, draw);
    failed.push({ structure, draw, failures: [hang(end, options.limit)], cases: [made] });
    report.cases++;
    draw++;
  }
  for (const fault of failed) {
    // A structure's cases mostly fail for one reason: the first of each sort is made small.
    const isNew = !report.faults.some(
      (old) => old.structure === structure && old.failures[0].sort === fault.failures[0].sort,
    );
    const found = options.shrinks && isNew ? await shrink(runner, seed, fault) : fault;
    report.faults.push(found);
    if (isNew) options.found?.(found);
  }
}
