/** Medians of several ways to do something, taken in turns so that a busy machine disturbs all of them alike. */

export interface Timing {
  median: number;
  /** First and third quartile. */
  quartiles: [number, number];
  runs: number;
}

/** Runs each of `tasks` once per round, after `warmup` rounds, and returns milliseconds by name. */
export async function alternate(tasks: Record<string, () => Promise<void>>, rounds: number, warmup = 3, onRound?: () => void): Promise<Record<string, Timing>> {
  const times: Record<string, number[]> = Object.fromEntries(Object.keys(tasks).map((name) => [name, []]));
  for (let round = -warmup; round < rounds; round++) {
    for (const [name, task] of Object.entries(tasks)) {
      const cpu = process.cpuUsage(); const start = performance.now();
      await task();
      if (round >= 0) times[name].push(process.env.CPU ? (({user, system}) => (user + system) / 1000)(process.cpuUsage(cpu)) : performance.now() - start);
    }
    onRound?.();
  }
  return Object.fromEntries(Object.entries(times).map(([name, list]) => [name, summary(list)]));
}

export function summary(times: readonly number[]): Timing {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (q: number) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
  return { median: at(0.5), quartiles: [at(0.25), at(0.75)], runs: sorted.length };
}
