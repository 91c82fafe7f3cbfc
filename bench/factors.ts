/** How many times as long as augrad another engine takes. */
import type { BenchRecord, Row } from "./record.ts";

/** Median by the clock over that of augrad on the same cell at the same place; null where either was not measured. */
export function factorOf({ rows }: Pick<BenchRecord, "rows">, row: Row): number | null {
  const shape = row.shape.join();
  const augrad = rows.find(
    ({ engine, where, work, mode, shape: other }) =>
      engine === "augrad" && where === row.where && work === row.work && mode === row.mode && other.join() === shape,
  );
  return augrad?.wall && row.wall ? row.wall.median / augrad.wall.median : null;
}
