/** Finds the way to do a task that is fastest on this device. */
import { type Prepared, run } from "../engine.ts";

/** Timed runs of each way, after the one that compiles it. */
const RUNS = 3;

/**
 * Tries every way and keeps the fastest; the others are disposed of. A way that throws is left out.
 * @throws what the last way threw, where none works
 */
export async function fastest<T extends Prepared>(ways: readonly (() => T)[]): Promise<T> {
  if (ways.length === 1) return ways[0]();
  let best: { way: T; time: number } | null = null;
  let problem: unknown;
  for (const make of ways) {
    const way = make();
    try {
      const time = await quickest(way);
      if (best && best.time <= time) way.dispose();
      else {
        best?.way.dispose();
        best = { way, time };
      }
    } catch (error) {
      way.dispose();
      problem = error;
    }
  }
  if (!best) throw problem;
  return best.way;
}

async function quickest(way: Prepared): Promise<number> {
  await run(way);
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < RUNS; i++) {
    const start = performance.now();
    await run(way);
    least = Math.min(least, performance.now() - start);
  }
  return least;
}
