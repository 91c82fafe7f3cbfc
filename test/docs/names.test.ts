import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as augrad from "../../src/index.ts";
import * as recipes from "../../src/recipes.ts";

const page = readFileSync("docs/names.md", "utf8");
/** The names of the columns of all tables. */
const rows = [...page.matchAll(/^\| (.*) \|$/gm)]
  .map(([, cells]) => cells.split(" | ").map((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name)))
  .filter(([first]) => first.length > 0);

test("every name of augrad on docs/names.md is exported, and every table has five columns", () => {
  expect(rows.length).toBeGreaterThan(70);
  for (const row of rows) {
    expect(row.length, row.join()).toBe(5);
    for (const name of row[0]) expect(augrad, name).toHaveProperty(name);
  }
  for (const [, name] of page.matchAll(/import \{ (\w+) \} from "augrad\/recipes"/g))
    expect(recipes).toHaveProperty(name);
});

test("a random class stands in the row of its transform", () => {
  let found = 0;
  for (const value of Object.values(augrad)) {
    if (!("random" in (value as object))) continue;
    const { name, declaration } = (value as unknown as { random: augrad.RandomSpec }).random;
    const row = rows.find(([, kornia]) => kornia?.includes(name));
    if (!row) continue;
    found++;
    // The transform that a turn by quarters is made of keeps the size.
    if (name !== "RandomRotation90") expect(row[0], name).toContain(declaration.name);
  }
  expect(found).toBeGreaterThan(45);
});
