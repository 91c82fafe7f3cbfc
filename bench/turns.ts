/** Times engines that are ready, in turns: single runs that are waited for, and loops that wait at their end. */
import { type Prepared, run } from "./engine.ts";
import { alternate, type Turn } from "./measure.ts";
import { Hang, sentence, within } from "./patience.ts";
import type { Row } from "./record.ts";

/** Something to time, and the row that gets its figures. */
export interface Contestant {
  row: Row;
  prepared: Pick<Prepared, "issue" | "settle">;
  /** Milliseconds of a warm run. */
  warm: number;
}

export interface TurnOptions {
  /** Timed runs of each contestant, unless it is slow. */
  rounds: number;
  /** Milliseconds of one contestant's timed runs: a slower one gets fewer rounds, at least one. */
  budget: number;
  /** Milliseconds after which a run counts as hanging. */
  patience: number;
  /** Whether the processor's time is worth a column: the "GPU" is a program on it. */
  software: boolean;
  /** Told the share that is done, 0..1. */
  onProgress: (share: number) => void;
  /** Told the name of an engine that hangs: what it still runs would disturb everything after. */
  onHang: (engine: string) => void;
}

/**
 * Runs of a loop: as many as take about so many milliseconds, within bounds. On a GPU they are short beside the ticks of a
 * page's clock, which may be 0.1 ms, so that there are a few hundred.
 */
const LOOP = { milliseconds: 400, least: 3, most: { software: 32, gpu: 300 } };

const loopOf = ({ warm }: Contestant, software: boolean): number => {
  const most = software ? LOOP.most.software : LOOP.most.gpu;
  return Math.max(LOOP.least, Math.min(most, Math.round(LOOP.milliseconds / Math.max(warm, 1e-3))));
};

/** Fills in the rows. A contestant that fails gets a sentence and no figure. */
export async function timeInTurns(contestants: readonly Contestant[], options: TurnOptions): Promise<void> {
  const { rounds, budget, patience, software, onProgress, onHang } = options;
  const guarded =
    ({ row, prepared }: Contestant, times = 1) =>
    async () => {
      if (row.problem) return;
      try {
        await within(patience, run(prepared, times), "finish a run");
      } catch (error) {
        row.problem = `${row.engine} fails while it is timed: ${sentence(error)}`;
        if (error instanceof Hang) onHang(row.engine);
      }
    };
  // At most one of a name runs in a cell.
  const named = (list: readonly Contestant[], make: (contestant: Contestant) => Turn): Record<string, Turn> =>
    Object.fromEntries(list.map((contestant) => [contestant.row.engine, make(contestant)]));

  for (const contestant of contestants) {
    // Warm-up apart from the rounds, unless a run is so long that it hardly matters.
    for (let i = 0; i < (contestant.warm < 500 ? 2 : 0); i++) await guarded(contestant)();
  }
  const singles = named(contestants, (contestant) => ({
    run: guarded(contestant),
    runs: Math.min(rounds, Math.max(1, Math.floor(budget / Math.max(contestant.warm, 1e-3)))),
  }));
  const waited = await alternate(singles, rounds, (done) => onProgress((done / rounds) * 0.7));

  const series = Math.ceil(rounds / 3);
  const loops = named(contestants, (contestant) => ({
    run: guarded(contestant, loopOf(contestant, software)),
    runs: Math.min(series, Math.max(1, Math.floor(budget / 2 / (contestant.warm * loopOf(contestant, software))))),
  }));
  const looped = await alternate(loops, series, (done) => onProgress(0.7 + (done / series) * 0.3));

  for (const contestant of contestants) {
    const { row } = contestant;
    if (row.problem) continue;
    const { wall, processor } = waited[row.engine];
    row.wall = wall;
    if (software && processor) row.processor = processor;
    const times = loopOf(contestant, software);
    const { median, quartiles, runs } = looped[row.engine].wall;
    row.stream = {
      median: median / times,
      quartiles: [quartiles[0] / times, quartiles[1] / times],
      runs: runs * times,
    };
  }
}
