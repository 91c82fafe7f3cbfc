import { expect, it } from "vitest";
import { fuzz } from "./fuzz.ts";
import { faultText, summary } from "./report.ts";

const SEED = 9;

it("300 random cases hold in every way", async () => {
  const report = await fuzz({ seed: SEED, cases: 300, most: 1 });
  expect(report.faults.map((fault) => faultText(fault, SEED)).join("\n")).toBe("");
  expect(report.cases).toBe(300);
  // Most of what is compared has a bound that says something.
  const { counts } = report;
  const sorts = ["reference", "reference, gradient of the image", "reference, gradients of parameters", "one by one"];
  for (const sort of sorts) {
    expect(counts[sort], summary(report)).toBeGreaterThan(1000);
    expect(counts[`${sort}, at a kink or without a bound`] ?? 0, summary(report)).toBeLessThan(counts[sort]);
  }
  for (const sort of ["again", "alone", "beside what is not finite", "adjoint", "refused"])
    expect(counts[sort], summary(report)).toBeGreaterThan(0);
}, 300_000);
