/** The gallery shows every transform, each stronger than the one before. */
import { expect, test } from "vitest";
import { strengthsOf } from "../../examples/gallery/strengths.ts";
import { registry } from "../../src/registry.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();

test("every transform has five strengths, or none", () => {
  for (const name of registry.keys()) {
    const strengths = strengthsOf(name, device.gpu);
    expect([1, 5], name).toContain(strengths.length);
    // Values may meet at a bound; all five never do.
    if (strengths.length === 5) expect(new Set(strengths.map(({ says }) => says)).size, name).toBeGreaterThan(2);
  }
});

test("a rotation grows from the neutral angle to a quarter beyond the reference's", () => {
  const angles = strengthsOf("rotate", device.gpu).map(({ transform }) => transform.params.angle);
  expect(angles).toEqual([6.25, 12.5, 18.75, 25, 31.25]);
});

test("what has no strength of its own is blended by a gate", () => {
  const gates = strengthsOf("invert", device.gpu).map(({ says }) => says);
  expect(gates.length).toBe(5);
});
