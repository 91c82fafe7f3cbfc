import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const FOLDERS = ["src", "bench", "examples", "docs", "test"];
const files = FOLDERS.flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.(ts|mjs)$/.test(file) && !file.includes("node_modules"))
    .map((file) => `${folder}/${file}`),
);

test("a docstring is a sentence or a phrase that stands alone: none begins with Of or That of", () => {
  const odd = files.flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(/\/\*\*[\s*]*((?:Of|That of|Those of)\b[^\n]*)/g)].map(
      ([, text]) => `${file}: ${text}`,
    ),
  );
  expect(files.length).toBeGreaterThan(200);
  expect(odd).toEqual([]);
});
