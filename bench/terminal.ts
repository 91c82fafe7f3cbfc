/** What the benchmark says in the terminal: a bar with the time left, and the tables. */
import { SingleBar } from "cli-progress";
import { clock } from "../examples/learn-augmentation/terminal.ts";
import { againstOf, againstRows, againstSummary, hasAgainst } from "./against.ts";
import { COPY } from "./cell.ts";
import { besideCells, besides, byCost, type Clock, cellsOf, digits, times } from "./figures.ts";
import type { BenchRecord, GoalRow } from "./record.ts";

/** A bar over jobs that take unequal times. */
export class Bar {
  readonly #bar = new SingleBar({
    format: "  {bar} {percentage}%  {left} left  {what}",
    barsize: 28,
    hideCursor: true,
    noTTYOutput: true,
    notTTYSchedule: 20_000,
    clearOnComplete: true,
    stream: process.stderr,
  });
  readonly #began = performance.now();
  #done = 0;

  /** @param total weight of all jobs */
  constructor(private readonly total: number) {
    this.#bar.start(total, 0, { what: "starting", left: "?:??" });
  }

  /** A job is `share` done. */
  update(weight: number, share: number, what: string): void {
    const done = this.#done + weight * share;
    const elapsed = (performance.now() - this.#began) / 1000;
    const left = elapsed < 5 || done === 0 ? "?:??" : clock((elapsed / done) * (this.total - done));
    this.#bar.update(done, { what, left });
  }

  finish(weight: number): void {
    this.#done += weight;
  }

  stop(): void {
    this.#bar.stop();
  }
}

/** Lines of cells under each other; the first column is text, the others are numbers. */
export function aligned(rows: readonly (readonly string[])[], texts = 1): string {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  const line = (row: readonly string[]) =>
    row.map((cell, i) => (i < texts ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join("  ");
  return rows.map((row) => `  ${line(row).trimEnd()}`).join("\n");
}

/** Medians of every engine at one place, and in brackets how many times as long as augrad it takes. */
export function cellTable(record: BenchRecord, where: string, clock: Clock = "wall"): string {
  const cells = cellsOf([record])
    .map((cell) => ({ ...cell, figures: cell.figures.filter(({ row }) => row.where === where) }))
    .filter(({ figures }) => figures.some(({ row }) => clock === "wall" || row[clock]));
  const names = new Set(cells.flatMap(({ figures }) => figures.map(({ row }) => row.engine)));
  const engines = [...names].sort((a, b) => Number(a === COPY) - Number(b === COPY));
  const header = ["work", "mode", "shape", ...engines.map((name) => `${name} ms`)];
  const lines = cells.map(({ work, mode, shape, figures }) => {
    const shown = engines.map((name) => {
      const found = figures.find(({ row }) => row.engine === name);
      const time = found?.row[clock];
      if (!found || !time) return found?.row.problem ? "no figure" : "";
      const factor = found.factor[clock];
      return `${digits(time.median)}${factor === null ? "" : ` (${times(factor)})`}`;
    });
    return [work, mode, shape.join("x"), ...shown];
  });
  return aligned([header, ...lines], 3);
}

/** What was to be reached, and how far the record got. */
export function goalsTable(goals: readonly GoalRow[]): string {
  const header = ["work", "mode", "shape", "against", "wanted", "single", "in a loop", "a copy", ""];
  const factor = (value: number | undefined) => (value === undefined ? "" : times(value));
  const lines = goals.map(({ work, mode, shape, against, wanted, single, loop, most, isMet }) => [
    work,
    mode,
    shape.join("x"),
    against,
    factor(wanted),
    factor(single),
    factor(loop),
    factor(most),
    isMet ? "reached" : "missed",
  ]);
  return aligned([header, ...lines], 4);
}

/** Single transforms in both libraries, and what follows; of augrad's record alone its times. */
export function againstTable(records: readonly BenchRecord[]): string {
  const entries = againstOf(records);
  const summary = hasAgainst(entries) ? `\n\n${againstSummary(entries)}` : "";
  return `${aligned(againstRows(entries), 3)}${summary}`;
}

/** Chains in multiples of a copy. */
export function copiesTable(record: BenchRecord): string {
  const peers = besides(record.copies);
  const header = ["chain", "mode", "ms", "copy ms", "copies", "in a loop", "limit", ...peers];
  const lines = byCost(record.copies).map((row) => [
    row.work,
    row.mode,
    digits(row.wall.median),
    digits(row.copy.wall.median),
    row.copies.toFixed(1),
    row.loop ? row.loop.copies.toFixed(1) : "",
    row.limit === undefined ? "" : String(row.limit),
    ...besideCells(row, peers),
  ]);
  return aligned([header, ...lines], 2);
}

/** Series: lines of a plot as rows, places on its axis as columns. */
export function scalingTable(record: BenchRecord): string {
  return record.scaling
    .map(({ id, title, unit, points, note }) => {
      const places = [...new Set(points.map(({ x }) => x))];
      const rows = [...new Set(points.map(({ line }) => line))].map((line) => [
        line,
        ...places.map((place) => {
          const found = points.find((point) => point.line === line && point.x === place);
          return found ? digits(found.value) : "";
        }),
      ]);
      const list = points.map(({ line, x, value }) => [line, String(x), digits(value)]);
      const lines = id === "steady" ? aligned(list, 2) : aligned([["", ...places.map(String)], ...rows]);
      return [`${title} (${unit})`, lines, ...(note ? [`  ${note}`] : [])].join("\n");
    })
    .join("\n\n");
}
