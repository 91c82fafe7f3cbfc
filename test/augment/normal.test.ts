import { describe, expect, it } from "vitest";
import { FARTHEST, standardNormal } from "../../src/augment/distributions/quantile.ts";
import { normal, sequential } from "../../src/augment/index.ts";
import { ArgumentError } from "../../src/gpu/index.ts";
import { RandomBrightness } from "../../src/random/index.ts";
import { brightness, brightnessShift, gamma, type Link, rotate } from "../../src/transforms/index.ts";

/** Distribution function of the standard normal, by its series about 0: all terms have the sign of z. */
function below(z: number): number {
  let term = z;
  let sum = z;
  for (let n = 1; n < 200; n++) {
    term *= (z * z) / (2 * n + 1);
    sum += term;
  }
  return 0.5 + (sum * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI);
}

describe("normal", () => {
  it("has the quantiles of the bell curve, finite at either end and symmetric", () => {
    for (let i = 0; i <= 1000; i++) {
      const u = Math.min(Math.round((i / 1000) * 2 ** 24), 2 ** 24 - 1) / 2 ** 24;
      expect(Math.abs(below(standardNormal(u)) - (u + 2 ** -25))).toBeLessThan(2e-15);
      expect(standardNormal(1 - 2 ** -24 - u)).toBeCloseTo(-standardNormal(u), 9);
    }
    expect(standardNormal(0)).toBeCloseTo(-FARTHEST, 9);
    expect(FARTHEST).toBeLessThan(5.42);
  });

  it("draws with its mean, spread and shares, at 5 sigma", () => {
    const n = 10000;
    const drawn = sequential([rotate({ angle: normal(3, 2) })]).sample(n, { step: 1 });
    const z = (drawn.transforms[0].params.angle as number[]).map((value) => (value - 3) / 2);
    const mean = (of: number[]) => of.reduce((sum, each) => sum + each, 0) / n;
    expect(Math.abs(mean(z))).toBeLessThan(5 / Math.sqrt(n));
    expect(Math.abs(mean(z.map((each) => each * each)) - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
    for (const at of [-2, -1, 0, 0.5, 1.5]) {
      const p = below(at);
      expect(Math.abs(mean(z.map((each) => Number(each < at))) - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / n));
    }
  });

  it("refuses a negative deviation, what f32 cannot hold, and draws that a parameter does not allow", () => {
    for (const std of [-1, Number.NaN, 1e38]) expect(() => normal(0, std)).toThrow(ArgumentError);
    expect(() => normal(Number.NaN, 1)).toThrow("mean");
    expect(() => normal([1, 2], [1, 2, 3])).toThrow("std");
    expect(() => sequential([gamma({ gamma: normal(1, 1) })])).toThrow(ArgumentError);
    expect(() => sequential([brightness({ factor: normal(1, 0.1) })])).not.toThrow();
  });

  it("moves with a class whose range is about another number: Kornia's brightness 1 is a shift of 0", () => {
    const shifts = (link: Link) =>
      sequential([link], { seed: 1 }).sample(8, { step: 1 }).transforms[0].params.shift as number[];
    const moved = shifts(RandomBrightness({ brightness: normal(1.25, 0.125), p: 1, key: "same" }));
    // The sum is rounded, too: numbers about 1 are 2⁻²³ apart.
    shifts(brightnessShift({ shift: normal(0.25, 0.125), key: "same" })).forEach((shift, i) => {
      expect(Math.abs(moved[i] - shift)).toBeLessThan(2 ** -23);
    });
  });
});
