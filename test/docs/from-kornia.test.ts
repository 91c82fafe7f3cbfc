import { readFileSync } from "node:fs";
import { expect, test, vi } from "vitest";
import * as node from "../../src/node/index.ts";
import * as recipes from "../../src/recipes.ts";

const page = readFileSync("docs/from-kornia.md", "utf8");
const blocks = [...page.matchAll(/^```js\n([\s\S]*?)^```$/gm)].map(([, code]) => code);

/** What a block expects to print: behind a call, or on the line below it. */
const expected = blocks.flatMap((code) =>
  [...code.matchAll(/console\.log\(.*\);\s*\/\/ (.*)$/gm)].map(([, line]) => line),
);

const MODULES: Readonly<Record<string, object>> = { "augrad/node": node, "augrad/recipes": recipes };

/** A page's blocks as one function: what they import comes of the source. */
function program(): (modules: typeof MODULES) => Promise<void> {
  const code = blocks
    .join("\n")
    .replace(/^import (\{[^}]*\}) from "([^"]+)";$/gm, (_, names, from) => `const ${names} = modules["${from}"];`);
  const AsyncFunction = (async () => {}).constructor as new (...parts: string[]) => () => Promise<void>;
  return new AsyncFunction("modules", code) as never;
}

test("the code of docs/from-kornia.md runs as printed, and prints what it says", async () => {
  expect(blocks.length).toBeGreaterThan(9);
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  try {
    await program()(MODULES);
    expect(log.mock.calls.map((line) => line.join(" "))).toEqual(expected);
  } finally {
    log.mockRestore();
  }
});
