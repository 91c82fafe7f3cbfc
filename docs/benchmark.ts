// The table of the benchmark in README.md, from a record under bench/results; docs/readme.ts puts it there.
import { COPY } from "../bench/cell.ts";
import { type CellFigures, cellsOf, digits, times } from "../bench/figures.ts";
import type { BenchRecord } from "../bench/record.ts";

/** Libraries in the order of the columns. */
const PEERS = { "jax-js": "jax-js", tfjs: "TensorFlow.js", opencv: "OpenCV.js" } as const;

/** The cells of a page: augrad's time, and how many times as long the others take. */
export function benchmarkTable(records: readonly BenchRecord[]): string {
  const cells = cellsOf(records).filter(({ figures }) => figures.some(({ row }) => row.where === "browser"));
  const head = ["work", "", "batch", "augrad", "a copy", ...Object.values(PEERS)];
  return [head, head.map(() => "---"), ...cells.map(line)].map((row) => `| ${row.join(" | ")} |`).join("\n");
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
  const what = mode === "both" ? "forward and backward" : "forward";
  return [title, what, shape.join("×"), milliseconds("augrad"), milliseconds(COPY), ...factors];
}
