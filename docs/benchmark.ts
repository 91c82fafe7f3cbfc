// The tables of the benchmark in README.md and docs/benchmark.md, from records under bench/results; docs/readme.ts puts them there.
import { catalogue } from "../bench/catalogue.ts";
import { COPY } from "../bench/cell.ts";
import { type CellFigures, cellsOf, digits, MODE_TITLES, times, titleOf } from "../bench/figures.ts";
import { goalsOf } from "../bench/goals.ts";
import type { BenchRecord } from "../bench/record.ts";

/** Libraries in the order of the columns. */
const PEERS = { "jax-js": "jax-js", tfjs: "TensorFlow.js", opencv: "OpenCV.js" } as const;

const table = (rows: readonly (readonly string[])[]): string =>
  [rows[0], rows[0].map(() => "---"), ...rows.slice(1)].map((row) => `| ${row.join(" | ")} |`).join("\n");

const isOwnShape = ({ work, shape }: CellFigures): boolean =>
  catalogue.some(({ id, shape: own }) => id === work && own.join() === shape.join());

/** The cells of a page in each work's own shape: augrad's time, and how many times as long the others take. */
export function cellsTable(records: readonly BenchRecord[]): string {
  const cells = cellsOf(records).filter(
    (cell) => isOwnShape(cell) && cell.figures.some(({ row }) => row.where === "browser"),
  );
  return table([["work", "", "batch", "augrad", "a copy", ...Object.values(PEERS)], ...cells.map(line)]);
}

function line({ title, mode, shape, figures }: CellFigures): string[] {
  const of = (engine: string) => figures.find(({ row }) => row.where === "browser" && row.engine === engine);
  const milliseconds = (engine: string) => {
    const median = of(engine)?.row.wall?.median;
    return median === undefined ? "" : `${digits(median)} ms`;
  };
  const factors = Object.keys(PEERS).map((name) => {
    const wall = of(name)?.factor.wall;
    const stream = of(name)?.factor.stream;
    if (wall === null || wall === undefined) return "–";
    return stream ? `${times(wall)} (${times(stream)})` : times(wall);
  });
  return [title, MODE_TITLES[mode], shape.join("×"), milliseconds("augrad"), milliseconds(COPY), ...factors];
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
  const rows = records
    .flatMap(({ copies }) => copies)
    .map(({ work, mode, shape, copies, limit }) => [
      work,
      MODE_TITLES[mode],
      shape.join("×"),
      copies.toFixed(1),
      limit === undefined ? "" : String(limit),
    ]);
  return table([["chain", "", "batch", "copies", "at most"], ...rows]);
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
