/** Medians of several ways to do something, taken in turns so that a busy machine disturbs all of them alike. */

/** Milliseconds. */
export interface Timing {
  median: number;
  /** First and third quartile. */
  quartiles: [number, number];
  runs: number;
}

/** What one run costs. */
export interface Cost {
  /** Time on the clock. */
  wall: Timing;
  /** Time of the processor in this process, which a busy machine changes less. Only Node tells it. */
  processor?: Timing;
}

/** Something to run, and how often. */
export interface Turn {
  /** Where it resolves with a number, these are the milliseconds that it took, by a better clock than this one. */
  run: () => Promise<unknown>;
  /** At most the number of rounds; fewer runs are spread over the rounds. */
  runs: number;
}

/** Milliseconds that the processor has worked for this process; undefined on a page. */
const processorClock = (): number | undefined => {
  const usage = globalThis.process?.cpuUsage?.();
  return usage && (usage.user + usage.system) / 1000;
};

/**
 * Runs each of `turns` in turn, `rounds` times around.
 * @param onRound called after each round with the rounds done
 */
export async function alternate<Name extends string>(
  turns: Record<Name, Turn>,
  rounds: number,
  onRound?: (done: number) => void,
): Promise<Record<Name, Cost>> {
  const names = Object.keys(turns) as Name[];
  const wall = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  const processor = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round < rounds; round++) {
    for (const name of names) {
      const { run, runs } = turns[name];
      const due = Math.floor(((round + 1) * runs) / rounds) > Math.floor((round * runs) / rounds);
      if (!due) continue;
      const before = processorClock();
      const start = performance.now();
      const told = await run();
      wall[name].push(typeof told === "number" ? told : performance.now() - start);
      const after = processorClock();
      if (before !== undefined && after !== undefined) processor[name].push(after - before);
    }
    onRound?.(round + 1);
  }
  const cost = (name: Name): Cost => ({
    wall: summary(wall[name]),
    ...(processor[name].length > 0 && { processor: summary(processor[name]) }),
  });
  return Object.fromEntries(names.map((name) => [name, cost(name)])) as Record<Name, Cost>;
}

/** Median and quartiles of times in milliseconds, at least one. */
export function summary(times: readonly number[]): Timing {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (q: number) => {
    const place = q * (sorted.length - 1);
    const below = sorted[Math.floor(place)];
    return below + (place % 1) * (sorted[Math.ceil(place)] - below);
  };
  return { median: at(0.5), quartiles: [at(0.25), at(0.75)], runs: sorted.length };
}

/** Milliseconds that one call takes. */
export async function timed(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}
