// npm run golden -- DIR: replays every case of a directory and prints what passes.
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { SingleBar } from "cli-progress";
import { requestGpu } from "../../src/node/index.ts";
import "../patience.ts";
import { readGolden } from "./manifest.ts";
import { GoldenError } from "./npy.ts";
import { replay } from "./replay.ts";
import { render, summarise, type Verdict } from "./report.ts";

const USAGE = "usage: npm run golden -- DIR [--only OP] [--json FILE] [--verbose]";

function options(argv: string[]) {
  try {
    const parsed = parseArgs({
      args: argv,
      allowPositionals: true,
      options: {
        only: { type: "string" },
        json: { type: "string" },
        verbose: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    return { ...parsed.values, directories: parsed.positionals };
  } catch (error) {
    throw new GoldenError(`${(error as Error).message.split(/\. |\n/)[0].replace(/\.?$/, ".")}\n${USAGE}`);
  }
}

async function main(argv: string[]): Promise<number> {
  const { directories, only, json, verbose, help } = options(argv);
  if (help) {
    console.log(USAGE);
    return 0;
  }
  if (directories.length !== 1) throw new GoldenError(`One directory of cases is needed.\n${USAGE}`);
  const golden = await readGolden(directories[0]);
  const cases = golden.cases.filter(
    ({ op, name }) => !only || op === only || name === only || op.startsWith(`${only}.`),
  );
  if (cases.length === 0) {
    throw new GoldenError(only ? `${directories[0]} has no case of "${only}".` : `${directories[0]} has no cases.`);
  }
  const gpu = await requestGpu();
  const kind = gpu.info.software ? "software" : "GPU";
  console.log(`${cases.length} cases of ${directories[0]} on ${gpu.info.description} (${kind})\n`);
  const bar = process.stdout.isTTY ? progressBar(cases.length) : null;
  const verdicts: Verdict[] = [];
  const started = performance.now();
  try {
    for (const item of cases) {
      bar?.update(verdicts.length, { name: item.name, left: timeLeft(verdicts.length, cases.length, started) });
      verdicts.push(await replay(gpu, golden, item));
    }
  } finally {
    bar?.stop();
    gpu.destroy();
  }
  if (json !== undefined) await save(json, gpu.info.description, (performance.now() - started) / 1000, verdicts);
  console.log(render(verdicts, verbose));
  return verdicts.some(({ status }) => status === "failed") ? 1 : 0;
}

function timeLeft(done: number, all: number, started: number): string {
  if (done < 5) return "";
  return `, ${Math.ceil(((performance.now() - started) / 1000 / done) * (all - done))} s left`;
}

function progressBar(cases: number): SingleBar {
  const format = "{bar} {value} of {total} cases{left}  {name}";
  const bar = new SingleBar({ format, clearOnComplete: true, hideCursor: true });
  bar.start(cases, 0, { name: "", left: "" });
  return bar;
}

async function save(file: string, device: string, seconds: number, verdicts: Verdict[]): Promise<void> {
  const count = (status: Verdict["status"]) => verdicts.filter((verdict) => verdict.status === status).length;
  const report = {
    device,
    seconds: Number(seconds.toFixed(1)),
    cases: verdicts.length,
    passed: count("passed"),
    failed: count("failed"),
    notImplemented: count("not implemented yet"),
    operations: summarise(verdicts),
    verdicts,
  };
  try {
    await writeFile(file, `${JSON.stringify(report, null, 1)}\n`);
  } catch (error) {
    throw new GoldenError(`${file} cannot be written: ${(error as NodeJS.ErrnoException).code ?? "unknown error"}.`);
  }
}

/** The words after this file's name, however it was started. */
function commandLine(): string[] {
  const here = process.argv.findIndex((word) => /golden[\\/]cli\.ts$/.test(word));
  return process.argv.slice(here < 0 ? 2 : here + 1);
}

try {
  process.exitCode = await main(commandLine());
} catch (error) {
  const known = error instanceof GoldenError || (error as Error)?.name?.endsWith("Error");
  console.error(known ? (error as Error).message : String(error));
  process.exitCode = 2;
}
