import fc from "fast-check";
import { expect, test } from "vitest";
import { decades, rowsFor, ticksFor } from "../../bench/labels.ts";

const LETTER = 7;

test("no label lies on another of its row, and the first rows are filled first", () => {
  const label = fc.record({ at: fc.double({ min: 0, max: 400, noNaN: true }), text: fc.stringMatching(/^\d{1,4}×$/) });
  fc.assert(
    fc.property(fc.array(label, { maxLength: 8 }), (labels) => {
      const rows = rowsFor(labels, LETTER);
      labels.forEach(({ at, text }, i) => {
        for (let j = 0; j < i; j++) {
          if (rows[i] !== rows[j]) continue;
          const needed = ((text.length + labels[j].text.length) * LETTER) / 2;
          expect(Math.abs(at - labels[j].at)).toBeGreaterThanOrEqual(needed);
        }
      });
      expect([...new Set(rows)].sort()).toEqual(
        Array.from({ length: Math.max(0, ...rows.map((r) => r + 1)) }, (_, i) => i),
      );
    }),
  );
});

test("ticks of an axis have room for their texts", () => {
  const axis = fc.record({
    from: fc.double({ min: 0.01, max: 10, noNaN: true }),
    span: fc.double({ min: 3, max: 1e5, noNaN: true }),
    pixels: fc.integer({ min: 80, max: 800 }),
  });
  fc.assert(
    fc.property(axis, ({ from, span, pixels }) => {
      const ticks = decades([from, from * span], pixels);
      for (let i = 1; i < ticks.length; i++) {
        const apart = (Math.log(ticks[i] / ticks[i - 1]) / Math.log(span)) * pixels;
        expect(apart).toBeGreaterThan(30);
      }
    }),
  );
  for (const [pixels, most] of [
    [50, 2500],
    [300, 2500],
    [300, 3],
  ] as const)
    expect(ticksFor(pixels, most) * String(most).length * LETTER).toBeLessThan(Math.max(pixels, 30));
});
