import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { registry } from "../../src/index.ts";
import { cases, reference } from "../reference/index.ts";

// What CONTRIBUTING.md asks of a transform.
test.each([...registry.keys()])("%s has a module, a sentence, a float64 reference and a case of its own", (name) => {
  const { module, doc, source, composite } = registry.get(name)!;
  const file = `shaders/${module.replaceAll("::", "/")}.wgsl`;
  // What is made of other transforms has none.
  if (!composite) expect(existsSync(new URL(`../../${file}`, import.meta.url)), file).toBe(true);
  expect(doc.length * source.length).toBeGreaterThan(0);
  expect(reference[name], "test/reference").toBeTypeOf("function");
  expect(cases.map((c) => c.name)).toContain(name);
});
