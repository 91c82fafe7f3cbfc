/** What `npm run bench` does with its flags: measures, prints tables, and writes a record. */
import { cpus } from "node:os";
import { pathToFileURL } from "node:url";
import { version } from "../package.json";
import { againstOf } from "./against.ts";
import { emptyRecord, type Place, problemsOf, runPlaces } from "./benchmark.ts";
import { readRecord, writeSafely } from "./files.ts";
import { type Flags, parseFlags } from "./flags.ts";
import { goalsOf } from "./goals.ts";
import { type Job, jobName, jobsOf } from "./jobs.ts";
import { openNode, type RunnerSettings } from "./node.ts";
import { type BenchRecord, EVERY } from "./record.ts";
import type { Runner } from "./session.ts";
import { againstTable, Bar, cellTable, copiesTable, goalsTable, scalingTable } from "./terminal.ts";

/** What a bundle for a machine without a browser leaves out. */
export interface Extras {
  openBrowser?: (settings: RunnerSettings, say: (line: string) => void) => Promise<Runner>;
  /** One page with plots of the records. */
  reportHtml?: (records: readonly BenchRecord[]) => Promise<string>;
}

/** Runs the command, and ends the process. */
export async function runCommand(args: readonly string[], extras: Extras): Promise<never> {
  const flags = parseFlags(args, extras.openBrowser ? "both" : "node", (sentence) => {
    console.error(sentence);
    process.exit(2);
  });
  if (flags.lay) await layAside(flags.lay, flags.html!, extras);
  else await measure(flags, extras);
  process.exit();
}

async function layAside(files: readonly string[], html: string, extras: Extras): Promise<void> {
  let records: BenchRecord[];
  try {
    records = files.map(readRecord);
  } catch (error) {
    console.error((error as Error).message);
    process.exit(2);
  }
  printAgainst(records);
  await writeReport(records, html, extras);
}

async function writeReport(records: readonly BenchRecord[], file: string, { reportHtml }: Extras): Promise<void> {
  if (!reportHtml) {
    console.error("There are no plots here: npm run bench -- --lay RECORD --html FILE makes them in a clone.");
    return;
  }
  try {
    writeSafely(file, await reportHtml(records));
    console.log(`Plots: ${pathToFileURL(file).href}`);
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}

/** Peers make a work longer, and a page more than Node. */
const weightOf = (where: string, job: Job): number => (job.kind === "cell" ? (where === "browser" ? 4 : 1) : 2);

async function measure(flags: Flags, extras: Extras): Promise<void> {
  const { where, peers, rounds, all } = flags;
  const settings = { peers, rounds, all };
  const { openBrowser = noBrowser } = extras;
  const jobs = jobsOf(flags);
  // What concerns augrad alone is measured at one place: in Node, which also tells the processor's time. A page has visits.
  const paged = jobs.filter((job) => job.kind === "cell" || (job.kind === "scaling" && job.series === "compile"));
  const places: Place[] = [
    {
      where: "browser",
      jobs: where === "node" ? [] : where === "browser" ? jobs : paged,
      open: () => openBrowser(settings, (line) => console.log(line)),
    },
    { where: "node", jobs: where === "browser" ? [] : jobs, open: () => openNode(settings) },
  ];
  const processor = `${cpus().length} x ${cpus()[0]?.model.trim() || "unknown"}`;
  const record = emptyRecord({ date: new Date().toISOString(), augrad: version, processor });
  const total = places.flatMap((place) => place.jobs.map((job) => weightOf(place.where, job))).reduce((a, b) => a + b);
  const bar = new Bar(total);
  let complaint = "";
  const save = () => {
    if (!flags.json) return;
    try {
      writeSafely(flags.json, `${JSON.stringify(record, null, 2)}\n`);
      complaint = "";
    } catch (error) {
      // Said once; the next work tries again.
      if (!complaint) console.error((error as Error).message);
      complaint = (error as Error).message;
    }
  };
  let here = "";
  await runPlaces(record, places, {
    onOpen: ({ environment, engines, problems }) => {
      here = environment.where;
      console.log(
        `${environment.runtime} on ${environment.device.description}: ${engines.map((e) => `${e.name} ${e.version}`).join(", ")}.`,
      );
      for (const problem of problems) console.log(problem);
    },
    onProgress: (place, job, share) => bar.update(weightOf(place, job), share, `${place}: ${jobName(job)}`),
    onPart: (_, __, job) => {
      bar.finish(weightOf(here, job));
      save();
    },
  });
  bar.stop();
  record.goals = goalsOf([record]);
  // A place that did not open has left a sentence.
  save();
  print(record);
  const isEmpty = ![...record.rows, ...record.copies, ...record.scaling].some((row) => !("problem" in row));
  if (isEmpty) process.exitCode = 1;
  if (complaint) process.exitCode = 1;
  else if (flags.json) console.log(`The record is in ${flags.json}.`);
  if (flags.html) await writeReport([record], flags.html, extras);
}

function print(record: BenchRecord): void {
  for (const { where, runtime, device } of record.environments) {
    if (!record.rows.some((row) => row.where === where && !row.work.startsWith(EVERY))) continue;
    console.log(`\n${runtime} on ${device.description}: medians, and how many times as long as augrad's.\n`);
    console.log(cellTable(record, where));
    if (record.rows.some((row) => row.where === where && row.stream)) {
      console.log("\nIn a loop that waits at its end only, milliseconds per run:\n");
      console.log(cellTable(record, where, "stream"));
    }
  }
  if (record.goals?.length) {
    console.log(
      "\nHow many times as long others take: what was to be reached, and what a copy of the batch would reach:\n",
    );
    console.log(goalsTable(record.goals));
  }
  printAgainst([record]);
  if (record.copies.length > 0) {
    const byProcessor = record.copies.some(({ processor }) => processor);
    console.log(`\nIn multiples of a copy of the same bytes${byProcessor ? ", by the processor's time" : ""}:\n`);
    console.log(copiesTable(record));
  }
  if (record.scaling.length > 0) console.log(`\n${scalingTable(record)}`);
  const problems = problemsOf(record);
  if (problems.length > 0) console.log(`\nNot measured, or to be known:\n${problems.map((p) => `  ${p}`).join("\n")}`);
}

function printAgainst(records: readonly BenchRecord[]): void {
  if (againstOf(records).length === 0) return;
  console.log("\nTransform by transform against Kornia, single runs that are waited for:\n");
  console.log(againstTable(records));
}

const noBrowser = () => Promise.reject(new Error("this program has no browser with it"));
