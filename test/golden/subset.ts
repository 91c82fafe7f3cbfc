// Chooses a compact subset of a directory of cases and copies it beside the tests:
//   npm run golden -- DIR --json REPORT; node src/node/run.mjs test/golden/subset.ts DIR REPORT
import { copyFile, mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { arraysOf, type Case, readGolden } from "./manifest.ts";
import type { Verdict } from "./report.ts";

const BUDGET = 3 * 2 ** 20;
/** Cases that nothing can replay yet: the replay has to say so. */
const NOT_IMPLEMENTED = 6;

const [directory, report] = process.argv.slice(2);
if (!directory || !report) throw new Error("Usage: subset.ts DIR REPORT, the report being what --json wrote for DIR.");
const target = fileURLToPath(new URL("./cases", import.meta.url));
const golden = await readGolden(directory);
const verdicts = (JSON.parse(await readFile(report, "utf8")) as { verdicts: Verdict[] }).verdicts;
const status = new Map(verdicts.map((verdict) => [verdict.name, verdict.status]));

const sizes = new Map<string, number>();
for (const { file } of golden.cases.flatMap(arraysOf)) {
  if (!sizes.has(file)) sizes.set(file, (await stat(join(directory, file))).size);
}
const bytesOf = (item: Case, taken: ReadonlySet<string>) => {
  const files = new Set(arraysOf(item).map(({ file }) => file));
  return [...files].reduce((sum, file) => sum + (taken.has(file) ? 0 : sizes.get(file)!), 0);
};

// One case of each operation, then a second, and so on, the smallest first, as long as the budget lasts.
const byOperation = new Map<string, Case[]>();
for (const item of golden.cases) {
  if (status.get(item.name) === "not implemented yet") continue;
  byOperation.set(item.op, [...(byOperation.get(item.op) ?? []), item]);
}
const files = new Set<string>();
const chosen = new Set<Case>();
let bytes = 0;
const take = (item: Case): boolean => {
  const more = bytesOf(item, files);
  if (bytes + more > BUDGET) return false;
  bytes += more;
  for (const { file } of arraysOf(item)) files.add(file);
  chosen.add(item);
  return true;
};
for (let grew = true; grew; ) {
  grew = false;
  for (const items of byOperation.values()) {
    const smallest = items.filter((item) => !chosen.has(item)).sort((a, b) => bytesOf(a, files) - bytesOf(b, files))[0];
    if (smallest && take(smallest)) grew = true;
  }
}
const missing = golden.cases.filter((item) => status.get(item.name) === "not implemented yet");
for (const item of missing.sort((a, b) => bytesOf(a, files) - bytesOf(b, files)).slice(0, NOT_IMPLEMENTED)) take(item);

await rm(target, { recursive: true, force: true });
for (const file of files) {
  await mkdir(dirname(join(target, file)), { recursive: true });
  await copyFile(join(directory, file), join(target, file));
}
const cases = golden.cases.filter((item) => chosen.has(item));
const lines = cases.map((item) => JSON.stringify(item)).join(",\n");
await writeFile(join(target, "manifest.json"), `{"meta": ${JSON.stringify(golden.meta)}, "cases": [\n${lines}\n]}\n`);
console.log(
  `${cases.length} cases of ${new Set(cases.map(({ op }) => op)).size} operations, ${(bytes / 2 ** 20).toFixed(1)} MiB, in ${target}`,
);
