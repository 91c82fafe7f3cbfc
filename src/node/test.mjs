// npm test [-- filters]: builds the package, and runs the tests: from source in Node, of the built package in a browser and in an
// empty project, and a part of those from source on wgpu in Deno.
// Ends with one line, "N passed, N failed".
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

process.chdir(fileURLToPath(new URL("../..", import.meta.url)));
const filters = process.argv.slice(2);
const totals = { passed: 0, failed: 0, skipped: 0 };
const skips = [];
/** The exit status of test/wgpu/cli.ts where this machine cannot run it. */
const NOT_HERE = 3;
// Everything temporary of the tests lies here, and goes even when they are killed.
const folder = mkdtempSync(join(tmpdir(), "augrad-test-"));
const cleanUp = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });

/** Runs Node on a program and returns its exit status; a signal that ends us is passed on to it. */
async function node(...args) {
  const child = spawn(process.execPath, args, {
    stdio: "inherit",
    env: { ...process.env, TMPDIR: folder, TEMP: folder, TMP: folder },
  });
  const pass = (signal) => {
    child.kill(signal);
    child.on("close", () => {
      cleanUp();
      process.exit(130);
    });
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) process.on(signal, pass);
  const status = await new Promise((done) => child.on("close", (code) => done(code ?? 1)));
  for (const signal of signals) process.off(signal, pass);
  return status;
}

function fail(sentence) {
  totals.failed += 1;
  console.error(sentence);
}

/** Adds a vitest JSON report to the totals. A file that fails without a failing test (an import, a hook) counts as one. */
function count(report) {
  for (const file of report.testResults) {
    const is = (status) => file.assertionResults.filter((test) => test.status === status).length;
    const failed = is("failed");
    totals.passed += is("passed");
    totals.failed += failed === 0 && file.status === "failed" ? 1 : failed;
    for (const test of file.assertionResults) {
      if (["passed", "failed"].includes(test.status)) continue;
      totals.skipped += 1;
      skips.push(test.fullName);
    }
  }
}

/** Counts what a run of vitest wrote. A run that fails without a failing test counts as one. */
function take(name, json, status) {
  if (!existsSync(json)) return fail(`The ${name} tests ended without a report (exit status ${status}).`);
  const before = totals.failed;
  count(JSON.parse(readFileSync(json, "utf8")));
  // Errors outside of any test make vitest fail too.
  if (status !== 0 && totals.failed === before) fail(`The ${name} tests ended with exit status ${status}.`);
}

/** All projects at once: a page waits while kernels compile, and a test in Node does not. */
async function vitest(...projects) {
  const json = join(folder, "vitest.json");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${json}`];
  const chosen = projects.flatMap((project) => ["--project", project]);
  take("Node", json, await node("node_modules/vitest/vitest.mjs", "run", ...chosen, ...reporters, ...filters));
}

/** The quick part of `npm run test:wgpu`. Returns a sentence where this machine cannot run it. */
async function wgpu() {
  const json = join(folder, "wgpu.json");
  const status = await node("src/node/run.mjs", "test/wgpu/cli.ts", "--quick", "--json", json, ...filters);
  if (status === NOT_HERE) return "Not tested on wgpu (Firefox's WebGPU), as said above.";
  // Without a report and without a failure no file matched the filters.
  if (status !== 0 || existsSync(json)) take("wgpu", json, status);
  return "";
}

let without = "";
try {
  const built = (await node("node_modules/vite/bin/vite.js", "build", "--logLevel", "warn")) === 0;
  const typed = built && (await node("node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json")) === 0;
  if (typed) await vitest();
  else {
    fail("The build failed, so the built package was not tested.");
    await vitest("node*");
  }
  without = await wgpu();
} finally {
  cleanUp();
}
if (totals.skipped > 0) console.log(`${totals.skipped} skipped: ${skips.join("; ")}`);
if (without) console.log(without);
console.log(`${totals.passed} passed, ${totals.failed} failed`);
process.exitCode = totals.failed > 0 || totals.passed === 0 ? 1 : 0;
