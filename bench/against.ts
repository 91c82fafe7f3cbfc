/** augrad on the transforms that Kornia has too, and its record beside Kornia's: wins and losses alike. */
import { comparedTask } from "./compared.ts";
import { type Engine, type Mode, run, type Shape } from "./engine.ts";
import { digits, times } from "./figures.ts";
import { alternate, timed } from "./measure.ts";
import { type BenchRecord, EVERY, type Row } from "./record.ts";

/** Milliseconds of the timed runs of one transform in one mode; a slow one gets fewer, at least three. */
const BUDGET = 1500;

/** Times a transform in augrad, warm, each run until the device has finished. */
export async function measureAgainst(
  augrad: Engine,
  { transform, mode, shape }: { transform: string; mode: Mode; shape: Shape },
  where: string,
  rounds: number,
): Promise<Row> {
  const task = comparedTask(transform, mode, shape);
  const made = await augrad.prepare(task);
  const row: Row = { where, work: task.work, mode, shape, engine: augrad.name };
  if ("missing" in made) return { ...row, problem: made.missing };
  try {
    const first = await timed(() => run(made));
    await run(made);
    const warm = await timed(() => run(made));
    const runs = Math.min(rounds, Math.max(3, Math.floor(BUDGET / warm)));
    const { it } = await alternate({ it: { run: () => run(made), runs } }, runs);
    return { ...row, first, ...it };
  } finally {
    made.dispose();
  }
}

/** A transform in a mode, in both libraries. */
export interface Against {
  transform: string;
  mode: Mode;
  shape: Shape;
  /** Milliseconds. */
  augrad?: number;
  kornia?: number;
  /** How many times as long Kornia takes; below 1 augrad is slower. */
  factor?: number;
  /** Why one of them has no figure. */
  problem?: string;
}

/** The transforms of the records, those first that augrad is furthest ahead in; last those without both figures. */
export function againstOf(records: readonly BenchRecord[]): Against[] {
  const found = new Map<string, Against>();
  for (const row of records.flatMap(({ rows }) => rows)) {
    const { work, mode, shape, engine, wall, problem } = row;
    if (!work.startsWith(EVERY) || (engine !== "augrad" && engine !== "kornia")) continue;
    const key = `${work}|${mode}|${shape.join("x")}`;
    if (!found.has(key)) found.set(key, { transform: work.slice(EVERY.length), mode, shape });
    const entry = found.get(key)!;
    if (wall) entry[engine] = wall.median;
    else entry.problem = `${engine === "augrad" ? "augrad" : "Kornia"}: ${problem ?? "not measured"}`;
  }
  for (const entry of found.values()) if (entry.augrad && entry.kornia) entry.factor = entry.kornia / entry.augrad;
  return [...found.values()].sort((a, b) => (b.factor ?? 0) - (a.factor ?? 0));
}

/** Whether there is something to compare: both libraries are in the records. */
export const hasAgainst = (entries: readonly Against[]): boolean => entries.some(({ factor }) => factor !== undefined);

/** "augrad is faster in 30 of 40 transforms forward and slower in 10; 2 have no figure." and the same forward and backward. */
export function againstSummary(entries: readonly Against[]): string {
  const sentence = (mode: Mode, words: string) => {
    const all = entries.filter((entry) => entry.mode === mode);
    const factors = all.flatMap(({ factor }) => factor ?? []);
    const wins = factors.filter((factor) => factor >= 1).length;
    const without = all.length - factors.length;
    const left = without > 0 ? `; ${without} more cannot be compared` : "";
    return `${words}, augrad is faster than Kornia in ${wins} of ${factors.length} transforms and slower in ${factors.length - wins}${left}.`;
  };
  return `${sentence("forward", "Forward")} ${sentence("both", "With gradients")}`;
}

/** Header and rows of the table, as texts. */
export function againstRows(entries: readonly Against[]): string[][] {
  const ms = (value: number | undefined) => (value === undefined ? "–" : digits(value));
  const rows = entries.map(({ transform, mode, shape, augrad, kornia, factor, problem }) => [
    transform,
    mode,
    shape.join("×"),
    ms(augrad),
    ms(kornia),
    factor === undefined ? "–" : times(factor),
    problem ?? (factor !== undefined && factor < 1 ? "augrad is slower" : ""),
  ]);
  return [["transform", "mode", "batch", "augrad ms", "Kornia ms", "Kornia takes", ""], ...rows];
}
