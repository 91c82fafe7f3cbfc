// The tables of the benchmark in README.md and docs/benchmark.md, from records under bench/results; docs/readme.ts puts them there.
import { againstOf, againstRows, againstSummary } from "../bench/against.ts";
import { catalogue } from "../bench/catalogue.ts";
import { COPY } from "../bench/cell.ts";
import {
  besideCells,
  besides,
  type CellFigures,
  type Clock,
  cellsOf,
  digits,
  MODE_TITLES,
  times,
  titleOf,
} from "../bench/figures.ts";
import { goalsOf } from "../bench/goals.ts";
import type { BenchRecord } from "../bench/record.ts";

/** Libraries in the order of the columns; Kornia ran as a program of its own on the processor. */
const PEERS = { "jax-js": "jax-js", tfjs: "TensorFlow.js", opencv: "OpenCV.js", kornia: "Kornia (processor)" } as const;
type Peer = keyof typeof PEERS;

/** What the README leaves out: sums behind barriers, which a software adapter runs far slower than a GPU does. */
const UNFAIR: readonly Peer[] = ["tfjs"];

const table = (rows: readonly (readonly string[])[]): string =>
  [rows[0], rows[0].map(() => "---"), ...rows.slice(1)].map((row) => `| ${row.join(" | ")} |`).join("\n");

const isOwnShape = ({ work, shape }: CellFigures): boolean =>
  catalogue.some(({ id, shape: own }) => id === work && own.join() === shape.join());

/** The cells of a page in each work's own shape. */
const ownCells = (records: readonly BenchRecord[]): CellFigures[] =>
  cellsOf(records).filter((cell) => isOwnShape(cell) && cell.figures.some(({ row }) => row.where === "browser"));

/** augrad's time on a page, in copies of the batch too, and how many times as long others take. */
function tableOf(records: readonly BenchRecord[], peers: readonly Peer[]): string {
  const header = ["work", "", "batch", "augrad", "in copies", ...peers.map((peer) => PEERS[peer])];
  return table([header, ...ownCells(records).map((cell) => line(cell, peers))]);
}

/** What the README shows. */
export const cellsTable = (records: readonly BenchRecord[]): string =>
  tableOf(
    records,
    (Object.keys(PEERS) as Peer[]).filter((peer) => !UNFAIR.includes(peer)),
  );

/** Every library. */
export const allCellsTable = (records: readonly BenchRecord[]): string =>
  tableOf(records, Object.keys(PEERS) as Peer[]);

/** Single transforms in augrad and in Kornia, all of them, with a sentence that counts wins and losses. */
export function againstTable(records: readonly BenchRecord[]): string {
  const entries = againstOf(records);
  return `${againstSummary(entries)}\n\n${table(againstRows(entries))}`;
}

/** How a library did against augrad over all cells of a work's own shape, in a sentence; losses are not left out. */
export function standing(records: readonly BenchRecord[], engine: string): string {
  const found = ownCells(records).flatMap((cell) => figureOf(cell, engine) ?? []);
  const faster = (clock: Clock) => found.filter(({ factor }) => (factor[clock] ?? 1) < 1).length;
  const name = PEERS[engine as Peer] ?? engine;
  return `By single runs ${name} is faster than augrad in ${faster("wall")} of these ${found.length} cells, in loops in ${faster("stream")}.`;
}

/** On the page where augrad ran, else where that library did. */
const figureOf = ({ figures }: CellFigures, engine: string) =>
  figures.find(({ row }) => row.engine === engine && row.where === "browser") ??
  figures.find(({ row }) => row.engine === engine && row.where === "python");

/** Milliseconds and factors by single runs, and in brackets those of a loop; factors below 1 are augrad's losses. */
function line(cell: CellFigures, peers: readonly Peer[]): string[] {
  const { title, mode, shape } = cell;
  const both = <T>(of: (clock: Clock) => T | null | undefined, say: (value: T) => string): string => {
    const [wall, stream] = [of("wall"), of("stream")];
    if (wall === null || wall === undefined) return "–";
    return stream === null || stream === undefined ? say(wall) : `${say(wall)} (${say(stream)})`;
  };
  const augrad = figureOf(cell, "augrad")?.row;
  const copy = figureOf(cell, COPY)?.row;
  // By loops alone: a single run is mostly waiting, which is no part of a copy.
  const copies = augrad?.stream && copy?.stream ? (augrad.stream.median / copy.stream.median).toFixed(1) : "–";
  const factors = peers.map((peer) => {
    const found = figureOf(cell, peer);
    return both((clock) => found?.factor[clock], times);
  });
  const time = both(
    (clock) => augrad?.[clock]?.median,
    (ms) => `${digits(ms)} ms`,
  );
  return [title, MODE_TITLES[mode], shape.join("×"), time, copies, ...factors];
}

/** What was to be reached, how far the records got on a page, and what a copy would reach. */
export function goalsTable(records: readonly BenchRecord[]): string {
  const factor = (value: number | undefined) => (value === undefined ? "–" : times(value));
  const rows = goalsOf(records)
    .filter(({ where }) => where === "browser")
    .map(({ work, mode, shape, against, wanted, single, loop, most, isMet }) => [
      titleOf(work),
      MODE_TITLES[mode],
      shape.join("×"),
      against,
      factor(wanted),
      factor(single),
      factor(loop),
      factor(most),
      isMet ? "yes" : "**no**",
    ]);
  return table([["work", "", "batch", "against", "wanted", "single runs", "in a loop", "a copy", "reached"], ...rows]);
}

/** Why goals were missed, each reason once. */
export function missedList(records: readonly BenchRecord[]): string {
  const reasons = new Map<string, string[]>();
  for (const { where, work, mode, shape, isMet, tried } of goalsOf(records)) {
    if (isMet || !tried || where !== "browser") continue;
    reasons.set(tried, [...(reasons.get(tried) ?? []), `${titleOf(work)}, ${MODE_TITLES[mode]}, ${shape.join("×")}`]);
  }
  return [...reasons].map(([reason, cells]) => `- ${cells.join("; ")}: ${reason}.`).join("\n");
}

/** Chains of augrad in multiples of a copy. */
export function copiesTable(records: readonly BenchRecord[]): string {
  const all = records.flatMap(({ copies }) => copies);
  const peers = besides(all);
  const rows = all.map((row) => [
    row.work,
    MODE_TITLES[row.mode],
    row.shape.join("×"),
    row.copies.toFixed(1),
    row.limit === undefined ? "" : String(row.limit),
    ...besideCells(row, peers),
  ]);
  return table([["chain", "", "batch", "copies", "at most", ...peers], ...rows]);
}

/** The series of one id. */
export function seriesTable(records: readonly BenchRecord[], id: string): string {
  const series = records.flatMap(({ scaling }) => scaling.filter((found) => found.id === id));
  return series
    .map(({ where, title, unit, points, note }) => {
      const places = [...new Set(points.map(({ x }) => x))];
      const lines = [...new Set(points.map((point) => point.line))];
      const cell = (name: string, x: string | number) => {
        const point = points.find((found) => found.line === name && found.x === x);
        return point ? digits(point.value) : "";
      };
      const rows = lines.map((name) => [name, ...places.map((x) => cell(name, x))]);
      const body = table([[`${title} (${unit}), ${where}`, ...places.map(String)], ...rows]);
      return note ? `${body}\n\n${note}` : body;
    })
    .join("\n\n");
}
