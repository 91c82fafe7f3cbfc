import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkWhole, drawUnit, hashText, identities, stepKey, transformKey } from "../../src/augment/keys.ts";
import { ArgumentError } from "../../src/gpu/errors.ts";

function draw(seed: number, step: number, sample: number, identity: string, which: number): number {
  const keys = new Uint32Array(4);
  transformKey(seed, hashText(identity), keys, 0);
  stepKey(keys, 0, step, keys, 2);
  return drawUnit(keys, 2, sample, which);
}

describe("keys", () => {
  const base = [7, 3, 5, "rotate#0", 1] as const;

  it("never changes: draws recorded once", () => {
    expect(draw(...base)).toMatchInlineSnapshot(`0.14002716541290283`);
    expect(draw(2 ** 53 - 1, 2 ** 40 + 1, 2 ** 32 - 1, "key:é", 9)).toMatchInlineSnapshot(`0.30514198541641235`);
  });

  it("each of seed, step, sample, transform and draw matters, in all their bits", () => {
    const others = [
      draw(8, 3, 5, "rotate#0", 1),
      draw(7 + 2 ** 32, 3, 5, "rotate#0", 1),
      draw(7, 4, 5, "rotate#0", 1),
      draw(7, 3 + 2 ** 32, 5, "rotate#0", 1),
      draw(7, 3, 6, "rotate#0", 1),
      draw(7, 3, 5, "rotate#1", 1),
      draw(7, 3, 5, "key:rotate#0", 1),
      draw(7, 3, 5, "rotate#0", 0),
    ];
    expect(new Set([draw(...base), ...others]).size).toBe(9);
  });

  it("names transforms by their name and place among those of the name, or by their key", () => {
    expect(
      identities([{ name: "rotate" }, { name: "hue" }, { name: "rotate", key: "second" }, { name: "rotate" }]),
    ).toEqual(["rotate#0", "hue#0", "key:second", "rotate#1"]);
    expect(() =>
      identities([
        { name: "a", key: "k" },
        { name: "b", key: "k" },
      ]),
    ).toThrow(ArgumentError);
  });

  it("hashes different texts apart", () => {
    const texts = ["", "a", "b", "ab", "ba", "a\0", "abcdefgh", "abcdefghi", "rotate#0", "rotate#1"];
    expect(new Set(texts.map((text) => hashText(text).join())).size).toBe(texts.length);
  });

  it("takes whole numbers up to 2^53 - 1 and refuses everything else", () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const fits = typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
        if (fits) expect(checkWhole("seed", value)).toBe(value);
        else expect(() => checkWhole("seed", value)).toThrow(/^seed: got .*; allowed is a whole number/s);
      }),
    );
    for (const bad of [-1, 0.5, Number.NaN, Infinity, 2 ** 53])
      expect(() => checkWhole("seed", bad)).toThrow(ArgumentError);
    expect(checkWhole("seed", 2 ** 53 - 1)).toBe(2 ** 53 - 1);
  });
});
