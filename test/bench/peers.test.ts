import { readFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { catalogue } from "../../bench/catalogue.ts";
import { Checks, isRight, type Peer, whyNot } from "../../bench/peers/checks.ts";

// TensorFlow.js takes a minute without a GPU: node src/node/run.mjs bench/peers/check.ts compares it, too.
const peers: Peer[] = ["jax-js", "opencv", "sharp"];
const checks = new Checks();
afterAll(() => checks.close());

describe.each(peers)("%s computes what the catalogue says", (peer) => {
  const tasks = catalogue.flatMap(({ id, modes }) => modes.map((mode) => ({ id, mode })));
  test.skipIf(whyNot(peer)).each(tasks)("$id, $mode", async ({ id, mode }) => {
    const found = await checks.check(peer, id, mode);
    if (found.missing) expect(found.missing).toMatch(/^[A-Za-z].*\.$/);
    else expect(found).toSatisfy(() => isRight(peer, found));
  });
});

test("jax-js says its version", () => {
  const { version } = JSON.parse(readFileSync("node_modules/@jax-js/jax/package.json", "utf8"));
  expect(readFileSync("bench/peers/jax-js.ts", "utf8")).toContain(`version = "${version}"`);
});
