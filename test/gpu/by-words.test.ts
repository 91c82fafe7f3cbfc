import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ByWords } from "../../src/gpu/by-words.ts";

const word = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.constant(-1));
const key = fc.tuple(fc.integer({ min: 0, max: 2 }), fc.array(word, { maxLength: 5 }));

describe("values by words", () => {
  test("are those of the list alone, as with lists joined to texts", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(key, fc.boolean()), { maxLength: 200 }), (calls) => {
        const byWords = new ByWords<number>(1000);
        const byText = new Map<string, number>();
        for (const [i, [[tag, words], sets]] of calls.entries()) {
          const text = `${tag}:${words.join()}`;
          expect(byWords.get(tag, words)).toBe(byText.get(text));
          if (!sets) continue;
          byWords.set(tag, words, i);
          byText.set(text, i);
        }
        expect(byWords.size).toBe(byText.size);
      }),
    );
  });

  test("are copied, and the last used ones are kept", () => {
    const dropped: number[] = [];
    const kept = new ByWords<number>(100, (value) => dropped.push(value) > 0);
    const words = [1, 2];
    kept.set(0, words, 7);
    words[1] = 3;
    expect(kept.get(0, [1, 2])).toBe(7);
    expect(kept.get(0, words)).toBeUndefined();
    for (let i = 0; i < 1000; i++) {
      kept.set(1, [i], i + 10);
      expect(kept.get(0, [1, 2])).toBe(7);
    }
    expect(kept.size).toBeLessThanOrEqual(100);
    expect(dropped).not.toContain(7);
    expect(dropped.length + kept.size).toBe(1001);
  });

  test("are told apart where lists lead to one number, as some of so many do", () => {
    const many = 150_000;
    const all = new ByWords<number>(4 * many);
    const listed = (i: number) => [Math.imul(i, 2654435761) >>> 0, i % 97];
    for (let i = 0; i < many; i++) all.set(0, listed(i), i);
    let wrong = 0;
    for (let i = 0; i < many; i++) if (all.get(0, listed(i)) !== i) wrong++;
    expect(wrong).toBe(0);
    expect(all.size).toBe(many);
  });
});
