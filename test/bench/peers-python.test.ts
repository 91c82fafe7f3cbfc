import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { referenceNumbers } from "../../bench/peers/python/numbers.ts";

const folder = fileURLToPath(new URL("../../bench/peers/python/", import.meta.url));
const hasPython = spawnSync("python3", ["--version"]).status === 0;

test("reference.json is that of the catalogue; node src/node/run.mjs bench/peers/python/reference.ts writes it", () => {
  const written = JSON.parse(readFileSync(`${folder}reference.json`, "utf8"));
  const now = referenceNumbers();
  expect(Object.keys(written)).toEqual(Object.keys(now));
  for (const [work, { shape, sums, expected }] of Object.entries(now)) {
    expect(written[work].shape).toEqual(shape);
    for (const [name, sum] of Object.entries(sums)) expect(written[work].sums[name]).toBeCloseTo(sum, 5);
    for (const [name, { at, values }] of Object.entries(expected)) {
      expect(written[work].expected[name].at).toEqual(at);
      for (const [k, value] of values.entries()) expect(written[work].expected[name].values[k]).toBeCloseTo(value, 4);
    }
  }
});

test.skipIf(!hasPython)("the Python benchmark makes the same inputs and writes records", () => {
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: "1" };
  const { status, stderr } = spawnSync("python3", ["-m", "unittest"], { cwd: folder, encoding: "utf8", env });
  expect(stderr).toContain("OK");
  expect(status).toBe(0);
});
