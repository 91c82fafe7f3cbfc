// Puts the code of the examples, the table of transforms and that of the benchmark into README.md: node src/node/run.mjs docs/readme.ts
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import type { BenchRecord } from "../bench/record.ts";
import { benchmarkTable } from "./benchmark.ts";
import { transformTable } from "./table.ts";

/** What stands between two marks of a text, replaced. */
function between(text: string, begin: string, end: string, middle: string): string {
  const from = text.indexOf(begin);
  const to = text.indexOf(end, from + begin.length);
  if (from < 0 || to < 0) throw new Error(`README.md lacks "${begin}" or what ends it, "${end.trim()}".`);
  return text.slice(0, from + begin.length) + middle + text.slice(to);
}

/** A README with the examples' code and the benchmark's records as `read` gives them, and the table of the registry. */
export function filled(readme: string, read: (file: string) => string): string {
  let text = readme;
  for (const [mark, file] of readme.matchAll(/<!-- the code of (\S+) -->\n\n```js\n/g)) {
    text = between(text, mark, "```\n", read(file));
  }
  for (const [mark, files] of readme.matchAll(/<!-- benchmark: made by docs\/benchmark.ts from (.+?) -->\n/g)) {
    const records = files.split(" and ").map((file) => JSON.parse(read(file)) as BenchRecord);
    text = between(text, mark, "<!-- end of benchmark -->", `\n${benchmarkTable(records)}\n\n`);
  }
  const begin = "<!-- transforms: made by docs/table.ts -->\n";
  return between(text, begin, "<!-- end of transforms -->", `\n${transformTable()}\n\n`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const read = (file: string) => readFileSync(file, "utf8");
  writeFileSync("README.md", filled(read("README.md"), read));
}
