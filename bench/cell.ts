/** One cell of the benchmark: a work on a batch, in every engine. Knows no engine by name. */
import { compare } from "./compare.ts";
import { counted } from "./counts.ts";
import { type Engine, type Prepared, type Result, run, type Shape, type Task } from "./engine.ts";
import { timed } from "./measure.ts";
import { Hang, sentence, within } from "./patience.ts";
import type { Check, Row } from "./record.ts";
import { type Contestant, type TurnOptions, timeInTurns } from "./turns.ts";

export interface Cell {
  task: Task;
  where: string;
}

/** By default a slow engine gets 15 s of timed runs, nobody waits longer than 3 minutes, and the processor does not count. */
export type CellOptions = Pick<TurnOptions, "rounds"> & Partial<TurnOptions>;

/** The copy that takes turns with the engines. */
export type Yardstick = Pick<Prepared, "issue" | "settle" | "dispose">;

/** What augrad's own maps make of a work when they are not composed; engines without it are compared by `result`. */
type Comparable = Prepared & { oneByOne?: () => Promise<Result> };

interface Entrant {
  engine: Engine;
  row: Row;
  prepared?: Comparable;
  /** Milliseconds of a warm run. */
  warm: number;
  /** Whether its maps ran one by one for the comparison. */
  isApart?: boolean;
}

/** What the others are compared with. */
interface Reference {
  entrant: Entrant;
  result: Result;
}

/**
 * Prepares, checks and times a task in every engine, in turns. Every engine gets a row; one that fails, hangs or computes
 * something else gets a sentence instead of figures, and does not stop the others.
 * @param engines the first is what the others are compared with
 * @param makeYardstick a copy of the batch's bytes, if there is a device for it
 */
export async function measureCell(
  engines: readonly Engine[],
  { task, where }: Cell,
  options: CellOptions,
  makeYardstick?: (shape: Shape) => Yardstick | Promise<Yardstick>,
): Promise<Row[]> {
  const { rounds, budget = 15_000, patience = 180_000, software = false } = options;
  const { onProgress = () => {}, onHang = () => {} } = options;
  const base = { where, work: task.work, mode: task.mode, shape: task.shape };
  const entrants: Entrant[] = engines.map((engine) => ({ engine, row: { ...base, engine: engine.name }, warm: 0 }));
  let reference: Reference | undefined;
  let yardstick: Yardstick | undefined;

  try {
    for (const [i, entrant] of entrants.entries()) {
      const result = await enter(entrant, task, patience, onHang);
      if (result && reference) judge(entrant, result, reference);
      else if (result) reference = { result, entrant };
      onProgress(((i + 1) / entrants.length) * 0.5);
    }
    noteFirst(entrants);
    const fit = entrants.filter(({ row, prepared }) => prepared && !row.problem);
    yardstick = fit.length > 0 ? await makeYardstick?.(task.shape) : undefined;
    const contestants: Contestant[] = fit.map(({ row, prepared, warm }) => ({ row, warm, prepared: prepared! }));
    if (yardstick) {
      const prepared = yardstick;
      await run(prepared);
      contestants.unshift({ row: { ...base, engine: COPY }, warm: await timed(() => run(prepared)), prepared });
    }
    const progress = (share: number) => onProgress(0.5 + share * 0.5);
    await timeInTurns(contestants, { rounds, budget, patience, software, onProgress: progress, onHang });
    return [...entrants.map(({ row }) => row), ...contestants.flatMap(({ row }) => (row.engine === COPY ? [row] : []))];
  } finally {
    yardstick?.dispose();
    for (const { prepared } of entrants) release(prepared);
  }
}

/** The name of the yardstick in rows. */
export const COPY = "copy";

/** Prepares, runs for the first time, reads the result, and counts a steady run. Null when it did not get that far. */
async function enter(
  entrant: Entrant,
  task: Task,
  patience: number,
  onHang: (engine: string) => void,
): Promise<Result | null> {
  const { engine, row } = entrant;
  try {
    const made = await within(patience, engine.prepare(task), "prepare");
    if ("missing" in made) {
      row.problem = `${engine.name} cannot do it: ${made.missing}`;
      return null;
    }
    entrant.prepared = made;
    const prepared: Comparable = made;
    row.first = await timed(() => within(patience, run(prepared), "finish its first run"));
    entrant.isApart = MANY_MAPS.has(task.work) && prepared.oneByOne !== undefined;
    const result = await within(
      patience,
      entrant.isApart ? prepared.oneByOne!() : prepared.result(),
      "give its result",
    );
    // The second run may still make buffers; a third one shows the steady state, unless a run is long.
    if (row.first < 5_000) await within(patience, run(prepared), "finish a run");
    let counts: Awaited<ReturnType<typeof counted>> = null;
    entrant.warm = await timed(async () => {
      counts = await counted(() => within(patience, run(prepared), "finish a run"));
    });
    if (counts) row.counts = counts;
    return result;
  } catch (error) {
    row.problem = `${engine.name} fails: ${sentence(error)}`;
    if (error instanceof Hang) onHang(engine.name);
    return null;
  }
}

/** Works with more than one resample: augrad composes them, which gives a sharper image than interpolating twice. */
const MANY_MAPS: ReadonlySet<string> = new Set(["six"]);

function judge(entrant: Entrant, result: Result, { entrant: first, result: expected }: Reference): void {
  const { engine, row } = entrant;
  const precision = Math.max(engine.precision ?? 0, first.engine.precision ?? 0);
  const check: Check = compare(result, expected, first.engine.name, precision);
  const apart = [first, entrant].find(({ isApart }) => isApart);
  if (apart) check.text += `; the maps of ${apart.engine.name} ran one by one for this, and composed when timed`;
  row.check = check;
  if (!check.agrees) row.problem = `${engine.name} is not timed: it ${check.text}`;
}

/** The engine that the others are compared with is checked by the first of them that agrees, or by none. */
function noteFirst(entrants: readonly Entrant[]): void {
  const checked = entrants.filter(({ row }) => row.check);
  if (checked.length === 0) return;
  const first = entrants.find(({ row }) => row.engine === checked[0].row.check!.against);
  const witness = checked.find(({ row }) => row.check!.agrees) ?? checked[0];
  const { agrees, text, differences } = witness.row.check!;
  const against = witness.row.engine;
  if (first) first.row.check = { against, agrees, text: text.replace(first.engine.name, against), differences };
}

function release(prepared: Prepared | undefined): void {
  try {
    prepared?.dispose();
  } catch {
    // An engine that failed may fail to give back too; its row has said so.
  }
}
