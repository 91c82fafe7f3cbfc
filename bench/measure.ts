/** Medians of several ways to do something, taken in turns so that a busy machine disturbs all of them alike. */

/** Milliseconds. */
export interface Timing {
  median: number;
  /** First and third quartile. */
  quartiles: [number, number];
  runs: number;
}

/** What one run costs: time on the clock, and time of the processor in this process, which a busy machine changes less. */
export interface Cost {
  wall: Timing;
  processor: Timing;
}

/** Runs each of `tasks` once per round, after `warmup` rounds. */
export async function alternate(
  tasks: Record<string, () => Promise<void>>,
  rounds: number,
  warmup = 3,
  onRound?: (done: number) => void,
): Promise<Record<string, Cost>> {
  const wall: Record<string, number[]> = {};
  const processor: Record<string, number[]> = {};
  for (let round = -warmup; round < rounds; round++) {
    for (const [name, task] of Object.entries(tasks)) {
      const before = process.cpuUsage();
      const start = performance.now();
      await task();
      const elapsed = performance.now() - start;
      const { user, system } = process.cpuUsage(before);
      if (round < 0) continue;
      (wall[name] ??= []).push(elapsed);
      (processor[name] ??= []).push((user + system) / 1000);
    }
    onRound?.(round + warmup + 1);
  }
  return Object.fromEntries(
    Object.keys(tasks).map((name) => [name, { wall: summary(wall[name]), processor: summary(processor[name]) }]),
  );
}

export function summary(times: readonly number[]): Timing {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (q: number) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
  return { median: at(0.5), quartiles: [at(0.25), at(0.75)], runs: sorted.length };
}
