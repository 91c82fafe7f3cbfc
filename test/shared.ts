/** For files that share a process (vitest.config.ts): none leaves transforms of its own to the next one. */
import { afterAll, expect } from "vitest";
import { registry } from "../src/registry.ts";
import { collectGrown } from "./collect.ts";

const augrads = new Set(registry.keys());

afterAll(() => {
  collectGrown();
  const declared = [...registry.keys()].filter((name) => !augrads.has(name));
  expect(declared, "transforms that a test file leaves to the next one of its process").toEqual([]);
});
