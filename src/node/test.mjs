// npm test [-- filters]: the tests from source in Node, then the built package in a browser and in an empty project.
// Ends with one line, "N passed, N failed".
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

process.chdir(fileURLToPath(new URL("../..", import.meta.url)));
const filters = process.argv.slice(2);
const totals = { passed: 0, failed: 0, skipped: 0 };
const skips = [];
const folder = mkdtempSync(join(tmpdir(), "augrad-test-"));

const node = (...args) => spawnSync(process.execPath, args, { stdio: "inherit" }).status ?? 1;

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

function vitest(project) {
  const json = join(folder, `${project}.json`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${json}`];
  const status = node(
    "node_modules/vitest/vitest.mjs",
    "run",
    "--project",
    project,
    "--passWithNoTests",
    ...reporters,
    ...filters,
  );
  if (!existsSync(json)) return fail(`The ${project} tests ended without a report (exit status ${status}).`);
  const before = totals.failed;
  count(JSON.parse(readFileSync(json, "utf8")));
  // Errors outside of any test make vitest fail too.
  if (status !== 0 && totals.failed === before) fail(`The ${project} tests ended with exit status ${status}.`);
}

try {
  vitest("node");
  const built = node("node_modules/vite/bin/vite.js", "build", "--logLevel", "warn") === 0;
  const typed = built && node("node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json") === 0;
  if (typed) vitest("built");
  else fail("The build failed, so the built package was not tested.");
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (totals.skipped > 0) console.log(`${totals.skipped} skipped: ${skips.join("; ")}`);
console.log(`${totals.passed} passed, ${totals.failed} failed`);
process.exitCode = totals.failed > 0 || totals.passed === 0 ? 1 : 0;
