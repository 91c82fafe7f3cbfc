// npm run fuzz -- --seed S --cases N: random chains against the float64 model, and against themselves.
import { writeFile } from "node:fs/promises";
import { SingleBar } from "cli-progress";
import { Command, InvalidArgumentError } from "commander";
import { fuzz } from "./fuzz.ts";
import { faultText, summary } from "./report.ts";

function whole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("It has to be a whole number of at most nine digits.");
  return Number(text);
}

/** The words after this file's name, however it was started. */
function commandLine(): string[] {
  const here = process.argv.findIndex((word) => /fuzz[\\/]cli\.ts$/.test(word));
  return process.argv.slice(here < 0 ? 2 : here + 1);
}

const command = new Command("npm run fuzz --")
  .description("Runs random chains of transforms and compares them with the float64 model and with themselves.")
  .option("--seed <S>", "which cases; equal seeds give equal cases", whole, 1)
  .option("--cases <N>", "how many", whole, 300)
  .option("--from <structure>", "leaves earlier structures out; a failure names its own", whole, 0)
  .option("--limit <seconds>", "a case that takes longer counts as a hang", whole, 60)
  .option("--most <failures>", "ends after so many failures", whole, 20)
  .option("--no-shrink", "prints failing cases as they are")
  .option("--json <file>", "writes the report, too");

async function main(): Promise<number> {
  const { seed, cases, from, limit, most, shrink, json } = command.parse(commandLine(), { from: "user" }).opts();
  const bar = process.stdout.isTTY
    ? new SingleBar({ format: "{bar} {value} of {total} cases, {failed} failed", clearOnComplete: true })
    : null;
  bar?.start(cases, 0, { failed: 0 });
  const report = await fuzz({
    seed,
    cases,
    from,
    limit,
    most,
    shrinks: shrink,
    progress: (done, failed) => bar?.update(done, { failed }),
    found: (fault) => console.log(`\n${faultText(fault, seed)}`),
  }).finally(() => bar?.stop());
  console.log(`seed ${seed}\n${summary(report)}`);
  if (json) await writeFile(json, `${JSON.stringify({ seed, from, ...report }, null, 1)}\n`);
  return report.faults.length > 0 ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
