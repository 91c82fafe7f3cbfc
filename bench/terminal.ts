/** What the benchmark says in the terminal: a bar with the time left, and the tables. */
import { SingleBar } from "cli-progress";
import { clock } from "../examples/learn-augmentation/terminal.ts";
import { COPY } from "./cell.ts";
import { factorOf } from "./factors.ts";
import type { BenchRecord, Row } from "./record.ts";

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

const shown = (milliseconds: number): string =>
  milliseconds >= 100 ? milliseconds.toFixed(0) : milliseconds.toPrecision(3);
const factor = (value: number): string => `${value >= 10 ? value.toFixed(0) : value.toPrecision(2)}x`;

/** Lines of cells under each other; the first column is text, the others are numbers. */
export function aligned(rows: readonly (readonly string[])[], texts = 1): string {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  const line = (row: readonly string[]) =>
    row.map((cell, i) => (i < texts ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join("  ");
  return rows.map((row) => `  ${line(row).trimEnd()}`).join("\n");
}

/** A key of the cell that a row belongs to. */
const cellOf = ({ work, mode, shape }: Row): string => `${work}|${mode}|${shape.join("x")}`;

/** Medians of every engine, and in brackets how many times as long as augrad it takes. */
export function cellTable(record: BenchRecord, where: string): string {
  const rows = record.rows.filter((row) => row.where === where);
  const engines = [...new Set(rows.map(({ engine }) => engine))].filter((name) => name !== COPY);
  if (rows.some(({ engine }) => engine === COPY)) engines.push(COPY);
  const header = ["work", "mode", "shape", ...engines.map((name) => `${name} ms`)];
  const lines = [...new Set(rows.map(cellOf))].map((key) => {
    const cell = rows.filter((row) => cellOf(row) === key);
    const figures = engines.map((name) => {
      const row = cell.find(({ engine }) => engine === name);
      if (!row?.wall) return row?.problem ? "no figure" : "";
      const times = name === "augrad" || name === COPY ? null : factorOf(record, row);
      return times === null ? shown(row.wall.median) : `${shown(row.wall.median)} (${factor(times)})`;
    });
    return [cell[0].work, cell[0].mode, cell[0].shape.join("x"), ...figures];
  });
  return aligned([header, ...lines], 3);
}

/** Chains in multiples of a copy. */
export function copiesTable(record: BenchRecord): string {
  const header = ["chain", "mode", "ms", "copy ms", "copies", "limit"];
  const lines = record.copies.map((row) => [
    row.work,
    row.mode,
    shown(row.wall.median),
    shown(row.copy.wall.median),
    row.copies.toFixed(1),
    row.limit === undefined ? "" : String(row.limit),
  ]);
  return aligned([header, ...lines], 2);
}

/** Series, a line per point. */
export function scalingTable(record: BenchRecord): string {
  return record.scaling
    .map(({ title, unit, points, note }) => {
      const lines = points.map(({ line, x, value }) => [line, String(x), shown(value)]);
      return [`${title} (${unit})`, aligned(lines, 2), ...(note ? [`  ${note}`] : [])].join("\n");
    })
    .join("\n\n");
}
