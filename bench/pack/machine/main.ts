/**
 * What `augrad-bench/run` does on the machine with the GPU: says what adapter there is, runs the tests, the benchmark
 * and Kornia's, and writes records. A part that fails does not keep the next from running.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { cpus, release, tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type AdapterFacts, describeAdapter } from "../../../src/node/adapter.ts";
import { deviceFiles, systemName, type Way, ways, whyNoGpu } from "./graphics.ts";
import { stemOf } from "./names.ts";
import { type Ended, Log, runStage } from "./stage.ts";

const USAGE = `usage: augrad-bench/run [--quick] [--out DIR] [--allow-software]

Runs augrad's tests and benchmark on this machine's GPU, then Kornia's where python3 has torch and kornia, and writes
records into DIR (default ./results).

  --quick           the gradient checks, the golden cases and the colour works only: a few minutes
  --out DIR         where the records go
  --allow-software  go on without a GPU, on a Vulkan driver for the processor, to try it out
  --only PARTS      some of machine,tests,golden,bench,kornia, with commas between
  --help            this text`;

/** The adapter is always looked for first; `--only machine` does no more. */
const PARTS = ["machine", "tests", "golden", "bench", "kornia"] as const;
type PartName = (typeof PARTS)[number];

const home = fileURLToPath(new URL("../..", import.meta.url));
const program = (name: string) => join(home, "app", name, "index.mjs");
/** Megabytes that records and log may take. */
const SPACE = 50;

/** A sentence for the user, and nothing else. */
class Refusal extends Error {
  constructor(
    message: string,
    readonly code = 1,
  ) {
    super(message);
  }
}

function readOptions() {
  let values: { quick: boolean; out: string; "allow-software": boolean; only?: string; help: boolean };
  try {
    ({ values } = parseArgs({
      options: {
        quick: { type: "boolean", default: false },
        out: { type: "string", default: "results" },
        "allow-software": { type: "boolean", default: false },
        only: { type: "string" },
        help: { type: "boolean", short: "h", default: false },
      },
    }));
  } catch (error) {
    throw new Refusal(`${(error as Error).message.split(/\. |\n/)[0].replace(/\.?$/, ".")}\n${USAGE}`, 2);
  }
  const parts = values.only?.split(",") ?? PARTS;
  const unknown = parts.find((part) => !PARTS.includes(part as PartName));
  if (unknown !== undefined)
    throw new Refusal(`--only: there is no part "${unknown}"; there are ${PARTS.join(", ")}.`, 2);
  return { ...values, parts: parts as readonly PartName[], allowSoftware: values["allow-software"] };
}

/** Level by level: Node's own `recursive` never ends where a folder exists and takes no other, as /proc. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder);
}

/** Makes the folder of the records, and sees that they will fit. */
function openFolder(out: string): string {
  const folder = resolve(out);
  try {
    makeFolder(folder);
    const probe = join(folder, `.write-${process.pid}`);
    writeFileSync(probe, "");
    rmSync(probe);
    const { bavail, bsize } = statfsSync(folder);
    if (bavail * bsize < SPACE * 2 ** 20) throw Object.assign(new Error(), { code: "ENOSPC" });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOSPC") {
      throw new Refusal(
        `The disk of ${folder} is full: free ${SPACE} MB, or name a folder on another one with --out DIR.`,
      );
    }
    throw new Refusal(`${folder} cannot be written (${code ?? message}): name another folder with --out DIR.`);
  }
  return folder;
}

interface Found {
  way: Way;
  adapter: AdapterFacts;
  facts: Record<string, unknown>;
}

/** Tries one way in a process of its own: a driver can crash. */
async function probe(log: Log, way: Way, software: boolean): Promise<Found | null> {
  log.keep(`\nTrying ${way.what}\n`);
  const env = { ...way.env, AUGRAD_ADAPTER: software ? "" : "gpu" };
  const { code, how, output } = await runStage(log, process.execPath, [program("probe")], {
    env,
    limit: 2,
    quiet: true,
  });
  const line = output.split("\n").find((text) => text.startsWith('{"adapter"'));
  if (code !== 0 || !line) {
    log.keep(`(${how})\n`);
    const libraries = output.split("\n").find((text) => text.includes("too old for Dawn"));
    if (libraries) throw new Refusal(libraries);
    return null;
  }
  const facts = JSON.parse(line);
  return { way: { ...way, env }, adapter: facts.adapter, facts };
}

async function findAdapter(log: Log, scratch: string, allowSoftware: boolean): Promise<Found> {
  const all = ways(join(home, "lib"), scratch);
  for (const way of all) {
    const found = await probe(log, way, false);
    if (found) return found;
  }
  const why = whyNoGpu(all);
  if (!allowSoftware) throw new Refusal(`${why} (--allow-software goes on without a GPU, on the processor.)`);
  log.say(why);
  for (const way of all) {
    const found = await probe(log, way, true);
    if (found) return found;
  }
  throw new Refusal(
    "There is no Vulkan driver for the processor either: install mesa-vulkan-drivers, or set VK_ICD_FILENAMES to the vk_swiftshader_icd.json of a Chrome or Chromium.",
  );
}

/** What `nvidia-smi` says of the first GPU, or null. */
function nvidia(): Record<string, string> | null {
  const fields = ["name", "driver_version", "memory.total", "power.limit", "clocks.max.sm", "clocks.max.memory"];
  try {
    const args = [`--query-gpu=${fields.join(",")}`, "--format=csv,noheader"];
    const line = execFileSync("nvidia-smi", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    const values = line.split("\n")[0].split(", ");
    return Object.fromEntries(fields.map((field, i) => [field, values[i]?.trim() ?? ""]));
  } catch {
    return null;
  }
}

/** The script of the archive that times Kornia and torchvision, and why it cannot run here, if it cannot. */
async function kornia(log: Log): Promise<{ script: string } | { missing: string }> {
  const folder = join(home, "peers", "python");
  const script = ["__main__.py", "bench.py", "kornia_bench.py"].find((file) => existsSync(join(folder, file)));
  if (!script) return { missing: "the archive has no bench/peers/python" };
  const modules = "import torch, kornia, torchvision; print(torch.__version__, kornia.__version__)";
  const { code, output } = await runStage(log, "python3", ["-c", modules], { quiet: true, limit: 5 });
  if (code === 0) return { script: join(folder, script) };
  const why = /No module named '(\w+)'/.exec(output)?.[1];
  return { missing: why ? `python3 has no ${why}` : "there is no python3 with torch, kornia and torchvision" };
}

/** What a part came to, in words, and whether that is well. */
interface Result {
  part: PartName;
  text: string;
  ok: boolean;
  passed?: number;
  failed?: number;
}

/** Counts of a record with `passed` and `failed`. */
function counts(part: PartName, file: string, ended: Ended): Result {
  try {
    const { passed, failed, notImplemented = 0 } = JSON.parse(readFileSync(file, "utf8"));
    const rest = notImplemented ? `, ${notImplemented} not implemented` : "";
    return {
      part,
      text: `${passed} passed, ${failed} failed${rest}`,
      ok: failed === 0 && ended.code === 0,
      passed,
      failed,
    };
  } catch {
    return { part, text: `no record (${ended.how})`, ok: false, passed: 0, failed: 1 };
  }
}

function written(part: PartName, file: string, ended: Ended): Result {
  const ok = ended.code === 0 && existsSync(file);
  return { part, text: ok ? `measured in ${Math.ceil(ended.seconds / 60)} min` : `failed (${ended.how})`, ok };
}

async function main(): Promise<number> {
  const { quick, out, allowSoftware, parts, help } = readOptions();
  if (help) {
    console.log(USAGE);
    return 0;
  }
  const folder = openFolder(out);
  const date = new Date();
  const log = new Log();
  const build = JSON.parse(readFileSync(join(home, "build.json"), "utf8"));
  log.say(`augrad ${build.version} (${build.commit}), Node ${process.versions.node}, ${systemName()}`);
  const scratch = mkdtempSync(join(tmpdir(), "augrad-bench-"));
  process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));
  let found: Found;
  try {
    found = await findAdapter(log, scratch, allowSoftware);
  } catch (error) {
    log.open(join(folder, `${date.toISOString().slice(0, 10)}-no-adapter.log`));
    throw error;
  }
  const { way, adapter, facts } = found;
  const stem = stemOf(date, adapter);
  const path = (end: string) => join(folder, `${stem}${end}`);
  log.open(path(".log"));
  // The description may be the driver's; the device says which GPU it is.
  const named = `${describeAdapter(adapter)}${adapter.software ? "" : `, ${adapter.device || adapter.architecture}`}`;
  log.say(`Adapter: ${named}, by ${way.what}`);
  const machine = {
    date: date.toISOString(),
    build,
    node: process.version,
    system: `${systemName()}, kernel ${release()}`,
    processor: `${cpus().length} x ${cpus()[0]?.model.trim() || "unknown"}`,
    way: way.what,
    deviceFiles: deviceFiles(),
    nvidia: nvidia(),
    ...facts,
  };
  writeFileSync(path("-machine.json"), `${JSON.stringify(machine, null, 2)}\n`);
  const results: Result[] = [{ part: "machine", text: named, ok: true }];

  const node = (name: string, ...args: string[]) =>
    runStage(log, process.execPath, [program(name), ...args], { env: way.env });
  const tasks: Record<Exclude<PartName, "machine">, (file: string) => Promise<Result>> = {
    tests: async (file) => counts("tests", file, await node("suites", ...(quick ? ["--quick"] : []), "--json", file)),
    golden: async (file) => counts("golden", file, await node("golden", join(home, "golden"), "--json", file)),
    bench: async (file) => {
      const few = quick ? ["--rounds", "3", "--only", "colour"] : [];
      return written("bench", file, await node("bench", ...few, "--json", file));
    },
    kornia: async (file) => {
      const found = await kornia(log);
      if ("missing" in found) return { part: "kornia", text: `left out: ${found.missing}`, ok: true };
      return written("kornia", file, await runStage(log, "python3", [found.script, "--json", file]));
    },
  };
  // The benchmark's record has the place where it ran in its name, as those that are made in a clone.
  const files: Record<keyof typeof tasks, string> = {
    tests: path("-tests.json"),
    golden: path("-golden.json"),
    bench: path("-node.json"),
    kornia: path("-python.json"),
  };
  for (const part of PARTS) {
    if (part === "machine" || !parts.includes(part)) continue;
    log.say(`\n--- ${part}\n`);
    // A record of an earlier run of the day must not pass for this one's.
    rmSync(files[part], { force: true });
    const result = await tasks[part](files[part]);
    if (result.text.startsWith("left out")) log.say(result.text);
    results.push(result);
  }
  log.say("\n---\n");
  for (const { part, text } of results) log.say(`${part.padEnd(8)} ${text}`);
  log.say(`\nRecords and log: ${path("*")}`);
  const sum = (key: "passed" | "failed") => results.reduce((total, result) => total + (result[key] ?? 0), 0);
  log.say(`${sum("passed")} passed, ${sum("failed")} failed`);
  return results.every(({ ok }) => ok) ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  const { code, message } = error as NodeJS.ErrnoException;
  console.error(
    code === "ENOSPC" ? "The disk is full: free some space, or name another folder with --out DIR." : message,
  );
  process.exitCode = error instanceof Refusal ? error.code : 1;
}
