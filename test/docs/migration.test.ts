import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as augrad from "../../src/index.ts";

test("docs/migration.md has a row for every random class, with its transform, in order", () => {
  const rows = [...readFileSync("docs/migration.md", "utf8").matchAll(/^\| `([A-Z]\w+)` \| `(\w+)`/gm)];
  const classes = Object.values(augrad).flatMap((value) =>
    "random" in (value as object) ? [(value as unknown as { random: augrad.RandomSpec }).random] : [],
  );
  const names = classes.map(({ name, declaration }) => [name, declaration.name]);
  expect(rows.map(([, name, transform]) => [name, transform])).toEqual(names.sort(([a], [b]) => (a < b ? -1 : 1)));
});
