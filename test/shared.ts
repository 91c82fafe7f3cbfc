/** For files that share a process (vitest.config.ts). */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, expect } from "vitest";
import { registry } from "../src/registry.ts";

const augrads = new Set(registry.keys());
setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Bytes of a process from which on what is gone is looked for: a device's memory is freed with its objects, whose size V8 does not see. */
const MUCH = 1.2e9;

afterAll(() => {
  if (process.memoryUsage.rss() > MUCH) collect();
  const declared = [...registry.keys()].filter((name) => !augrads.has(name));
  expect(declared, "transforms that a test file leaves to the next one of its process").toEqual([]);
});
