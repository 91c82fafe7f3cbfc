// Puts the code of the examples, the table of transforms and those of the benchmark into README.md and docs/benchmark.md:
// node src/node/run.mjs docs/readme.ts
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import type { BenchRecord } from "../bench/record.ts";
import { registry } from "../src/registry.ts";
import {
  againstTable,
  allCellsTable,
  cellsTable,
  copiesTable,
  goalsTable,
  missedList,
  seriesTable,
  standing,
} from "./benchmark.ts";
import { SCHEMAS } from "./schemas.ts";
import { transformTable } from "./table.ts";

/** The files that are filled. */
export const FILES = ["README.md", "docs/benchmark.md"] as const;

/** What stands between two marks of a text, replaced. */
function between(text: string, begin: string, end: string, middle: string): string {
  const from = text.indexOf(begin);
  const to = text.indexOf(end, from + begin.length);
  if (from < 0 || to < 0) throw new Error(`There is no "${begin}", or not what ends it, "${end.trim()}".`);
  return text.slice(0, from + begin.length) + middle + text.slice(to);
}

const TABLES: Record<string, (records: readonly BenchRecord[], about: string) => string> = {
  cells: cellsTable,
  all: allCellsTable,
  standing,
  against: againstTable,
  goals: goalsTable,
  missed: missedList,
  copies: copiesTable,
  series: seriesTable,
};

/** A text with the examples' code and the benchmark's records as `read` gives them, and the table of the registry. */
export function filled(text: string, read: (file: string) => string): string {
  let result = text;
  for (const [mark, file] of text.matchAll(/<!-- the code of (\S+) -->\n\n```js\n/g)) {
    result = between(result, mark, "```\n", read(file));
  }
  // "<!-- benchmark: series chain of FILE and FILE -->"
  for (const [mark, kind, about, files] of text.matchAll(/<!-- benchmark: (\w+)(?: (\w+))? of (.+?) -->\n/g)) {
    const records = files.split(" and ").map((file) => JSON.parse(read(file)) as BenchRecord);
    result = between(result, mark, "<!-- end of benchmark -->", `\n${TABLES[kind](records, about)}\n\n`);
  }
  result = result.replace(/^(\| image transforms \| )\d+/m, `$1${registry.size}`);
  const begin = "<!-- transforms: made by docs/table.ts -->\n";
  return text.includes(begin)
    ? between(result, begin, "<!-- end of transforms -->", `\n${transformTable()}\n\n`)
    : result;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const read = (file: string) => readFileSync(file, "utf8");
  for (const file of FILES) writeFileSync(file, filled(read(file), read));
  for (const [file, text] of Object.entries(SCHEMAS)) writeFileSync(file, text);
}
