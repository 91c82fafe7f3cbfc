/** Times engines that are ready, in turns: single runs that are waited for, and several runs in flight. */
import { alternate, type Turn } from "./measure.ts";
import { Hang, sentence, within } from "./patience.ts";
import type { Row } from "./record.ts";

/** Something to time, and the row that gets its figures. */
export interface Contestant {
  row: Row;
  run: () => Promise<void>;
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

/** Runs in flight at a time. */
const IN_FLIGHT = 8;
/** Milliseconds of a run above which waiting for it hardly matters, so that runs in flight tell nothing more. */
const LONG = 100;

/** Fills in the rows. A contestant that fails gets a sentence and no figure. */
export async function timeInTurns(contestants: readonly Contestant[], options: TurnOptions): Promise<void> {
  const { rounds, budget, patience, software, onProgress, onHang } = options;
  const guarded = (contestant: Contestant, run: () => Promise<unknown>) => async () => {
    const { row } = contestant;
    if (row.problem) return;
    try {
      await within(patience, run(), "finish a run");
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
    for (let i = 0; i < (contestant.warm < 500 ? 2 : 0); i++) await guarded(contestant, contestant.run)();
  }
  const singles = named(contestants, (contestant) => ({
    run: guarded(contestant, contestant.run),
    runs: Math.min(rounds, Math.max(1, Math.floor(budget / Math.max(contestant.warm, 1e-3)))),
  }));
  const waited = await alternate(singles, rounds, (done) => onProgress((done / rounds) * 0.7));

  const short = contestants.filter(({ warm }) => warm < LONG);
  const series = Math.ceil(rounds / 3);
  const flights = named(short, (contestant) => ({
    run: guarded(contestant, () => Promise.all(Array.from({ length: IN_FLIGHT }, () => contestant.run()))),
    runs: series,
  }));
  const streamed = await alternate(flights, series, (done) => onProgress(0.7 + (done / series) * 0.3));

  for (const { row } of contestants) {
    if (row.problem) continue;
    const { wall, processor } = waited[row.engine];
    row.wall = wall;
    if (software && processor) row.processor = processor;
    const flight = streamed[row.engine]?.wall;
    if (!flight) continue;
    const [q1, q3] = flight.quartiles;
    row.stream = {
      median: flight.median / IN_FLIGHT,
      quartiles: [q1 / IN_FLIGHT, q3 / IN_FLIGHT],
      runs: flight.runs * IN_FLIGHT,
    };
  }
}
