import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test, vi } from "vitest";
import { FILES, filled } from "../../docs/readme.ts";

const at = (file: string): URL => new URL(`../../${file}`, import.meta.url);
const read = (file: string): string => readFileSync(at(file), "utf8");
const readme = read("README.md");

/** Runs a module, as `node FILE` would, and returns what it prints. */
async function printed(load: () => Promise<unknown>): Promise<string> {
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  try {
    await load();
    return log.mock.calls.map((line) => line.join(" ")).join("\n");
  } finally {
    log.mockRestore();
  }
}

test("the README and docs/benchmark.md show the examples' code, the registry and the records (node src/node/run.mjs docs/readme.ts)", () => {
  for (const file of FILES) expect(filled(read(file), read), file).toBe(read(file));
  const shown = [...readme.matchAll(/<!-- the code of (\S+) -->/g)].map(([, file]) => file);
  expect(shown).toEqual([
    "examples/quickstart/quickstart.mjs",
    "examples/quickstart/learned-range.mjs",
    "examples/quickstart/labels.mjs",
    // It runs on a page: test/browser/jax-js.test.ts.
    "examples/jax-js/loop.mjs",
  ]);
});

describe("the code that the README shows runs as printed", () => {
  test("quick start", async () => {
    const lines = await printed(() => import("../../examples/quickstart/quickstart.mjs"));
    const [, shown] = /<!-- the output of \S+ -->\n\n```text\n([\s\S]*?)\n```/.exec(readme) ?? [];
    expect(lines).toBe(shown);
  });
  test("learned range", async () => {
    const lines = await printed(() => import("../../examples/quickstart/learned-range.mjs"));
    const reach = Number(/^the angles reach ([\d.]+) degrees$/.exec(lines)?.[1]);
    expect(Math.abs(reach - 30), lines).toBeLessThan(3);
  });
  test("labels", async () => {
    const lines = await printed(() => import("../../examples/quickstart/labels.mjs"));
    expect(lines).toBe("labels of the first image: 3");
  });
  test("a transform of one's own", async () => {
    const lines = await printed(() => import("../../examples/quickstart/own-transform.mjs"));
    expect(lines).toBe("the gradients agree with finite differences");
  });
});

test.each([
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  "docs/architecture.md",
  "docs/benchmark.md",
  "docs/from-kornia.md",
  "docs/migration.md",
  "docs/names.md",
])("the links of %s lead to files", (file) => {
  for (const [, target] of read(file).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)) {
    const found = new URL(target, at(file));
    expect(existsSync(found), target).toBe(true);
  }
});
