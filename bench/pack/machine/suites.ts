/**
 * Runs the tests of this project that need a device, bundled: every transform's result and gradients against float64
 * references, autograd, sequential, the optimisers, storage, and the device itself. Prints "N passed, N failed".
 */
import { fork } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startTests, type Task } from "@vitest/runner";
import { requestGpu } from "../../../src/node/index.ts";

const USAGE = "usage: suites [--quick] [--only TEXT] [--json FILE]";

/** Left out: what compares with files of the repository or with inline snapshots, or builds; it needs no device. */
const files = import.meta.glob([
  "/test/{augment,autograd,compiler,gpu,optim,tensor,transforms}/**/*.test.ts",
  "!/test/augment/{keys,threefry,distributions}.test.ts",
  "!/test/compiler/{layout,plan}.test.ts",
  "!/test/gpu/{errors,scope}.test.ts",
  "!/test/transforms/registry.test.ts",
]);
/** The gradient check of every registered transform. */
const QUICK = /transforms\/(contract\/.*|color|geometry|filter)\.test\.ts$/;

/** What became of one test. */
interface Outcome {
  name: string;
  state: "passed" | "failed" | "skipped";
  milliseconds: number;
  error?: string;
}

/** Runs one file in this process. */
async function runFile(path: string): Promise<Outcome[]> {
  const [file] = await startTests([path], {
    config: {
      root: "/",
      setupFiles: [],
      name: undefined,
      passWithNoTests: false,
      testNamePattern: undefined,
      allowOnly: false,
      sequence: { seed: 1, hooks: "stack", setupFiles: "list" },
      chaiConfig: undefined,
      maxConcurrency: 1,
      testTimeout: 300_000,
      hookTimeout: 120_000,
      retry: 0,
      includeTaskLocation: false,
      tags: [],
      tagsFilter: undefined,
      strictTags: false,
    },
    importFile: (name) => files[name](),
  });
  return outcomes(file, "");
}

function outcomes(task: Task, prefix: string): Outcome[] {
  const name = prefix && task.name ? `${prefix} > ${task.name}` : task.name.replace(/^\//, "");
  const error = task.result?.errors?.map(({ message }) => message).join("; ");
  if (task.type === "test") {
    const state = task.result?.state === "pass" ? "passed" : task.result?.state === "fail" ? "failed" : "skipped";
    return [{ name, state, milliseconds: Math.round(task.result?.duration ?? 0), ...(error ? { error } : {}) }];
  }
  const inner = task.tasks.flatMap((each) => outcomes(each, name));
  // A file or a hook that fails without a failing test counts as one.
  const lost = task.result?.state === "fail" && !inner.some(({ state }) => state === "failed");
  return lost ? [...inner, { name, state: "failed", milliseconds: 0, error: error ?? "failed" }] : inner;
}

/** Runs one file in a process of its own: a device per file, and a driver that crashes takes only that file along. */
function runApart(path: string): Promise<Outcome[]> {
  return new Promise((resolve) => {
    const child = fork(fileURLToPath(import.meta.url), ["--file", path]);
    let result: Outcome[] | undefined;
    child.on("message", (message) => {
      result = message as Outcome[];
    });
    child.on("close", (code, signal) => {
      const error = `The process ended with ${signal ?? `exit status ${code}`} before its tests did.`;
      resolve(result ?? [{ name: path.replace(/^\//, ""), state: "failed", milliseconds: 0, error }]);
    });
  });
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      quick: { type: "boolean", default: false },
      only: { type: "string" },
      json: { type: "string" },
      file: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  if (values.file) {
    const done = await runFile(values.file);
    await new Promise((sent) => process.send?.(done, sent));
    process.disconnect?.();
    return 0;
  }
  const chosen = Object.keys(files).filter(
    (path) => (!values.quick || QUICK.test(path)) && (!values.only || path.includes(values.only)),
  );
  if (chosen.length === 0) {
    console.error(`--only: no file of tests has "${values.only}" in its path.`);
    return 2;
  }
  const gpu = await requestGpu();
  const device = gpu.info;
  gpu.destroy();
  console.log(`${chosen.length} files of tests on ${device.description} (${device.software ? "software" : "GPU"})\n`);
  const started = performance.now();
  const all: Outcome[] = [];
  for (const path of chosen.sort()) {
    const done = await runApart(path);
    all.push(...done);
    const failed = done.filter(({ state }) => state === "failed");
    const seconds = done.reduce((sum, { milliseconds }) => sum + milliseconds, 0) / 1000;
    console.log(
      `${failed.length ? "FAILED" : "ok    "} ${path.slice("/test/".length)}: ${done.length} tests, ${seconds.toFixed(1)} s`,
    );
    for (const { name, error } of failed) console.log(`       ${name}: ${error}`);
  }
  const count = (state: Outcome["state"]) => all.filter((outcome) => outcome.state === state).length;
  const totals = { passed: count("passed"), failed: count("failed"), skipped: count("skipped") };
  if (values.json) {
    const seconds = Math.round((performance.now() - started) / 100) / 10;
    const record = { date: new Date().toISOString(), device, seconds, ...totals, tests: all };
    writeFileSync(values.json, `${JSON.stringify(record, null, 1)}\n`);
  }
  if (totals.skipped) console.log(`${totals.skipped} skipped`);
  console.log(`\n${totals.passed} passed, ${totals.failed} failed`);
  return totals.failed > 0 || totals.passed === 0 ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
