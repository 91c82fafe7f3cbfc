import { describe, expect, it } from "vitest";
import { threefry2x32, unitFloat, type Words } from "../../src/augment/threefry.ts";
import { threefryVectors } from "./threefry-vectors.ts";

const hex = (words: Words) => words.map((w) => w.toString(16).padStart(8, "0"));

describe("Threefry 2x32-20", () => {
  for (const { counter, key, expected } of threefryVectors) {
    it(`gives the published words for counter ${hex(counter)}`, () => {
      expect(hex(threefry2x32(key, counter))).toEqual(hex(expected));
    });
  }

  it("maps bits to [0, 1) in multiples of 2^-24", () => {
    expect(unitFloat(0)).toBe(0);
    expect(unitFloat(0xff)).toBe(0);
    expect(unitFloat(0x100)).toBe(2 ** -24);
    expect(unitFloat(0xffffffff)).toBe(1 - 2 ** -24);
    expect(Math.fround(unitFloat(0xffffffff))).toBe(unitFloat(0xffffffff));
  });

  it("has the moments of a uniform variable", () => {
    const n = 20000;
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < n; i++) {
      const u = unitFloat(threefry2x32([1, 2], [i, 0])[0]);
      sum += u;
      squares += u * u;
    }
    expect(Math.abs(sum / n - 1 / 2)).toBeLessThan(0.01);
    expect(Math.abs(squares / n - 1 / 3)).toBeLessThan(0.01);
  });
});
