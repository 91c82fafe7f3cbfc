/** Rain in float64. */

import { build, type Case64, type Image64, type Options64, type Params64, pixel, type Reference64, row, scalar, two } from "../image.ts"; // biome-ignore format: one line
import { keyOf, upper, wordsAt } from "../stream.ts";

/** Where a drop begins: column and row. */
type Start = readonly [x: number, y: number];

/** Sides of a sample's drops: how far down, and across. Differences move every number that is given; these are whole ones. */
const sidesOf = (p: Params64, n: number): [number, number] => [
  Math.round(scalar(p, "height", n, 10)),
  Math.round(scalar(p, "width", n, 0)),
];

/** The pixels of a drop, from end to end. */
function lineOf([x, y]: Start, [down, across]: readonly [number, number], gaps: boolean): Start[] {
  const count = Math.max(down, Math.abs(across)) + (gaps ? 0 : 1);
  const part = (i: number, side: number) => (count > 1 ? Math.trunc((i * side) / (count - 1)) : 0);
  return Array.from({ length: count }, (_, i) => [x + part(i, across), y + part(i, down)] as const);
}

/** Draws the drops of each sample and channel. */
function rained(x: Image64, p: Params64, o: Options64, startsOf: (n: number, c: number) => readonly Start[]): Image64 {
  const gaps = (o.gaps as boolean | undefined) ?? true;
  const [samples, channels] = x.shape;
  const wet = Array.from({ length: samples * channels }, (_, plane) => {
    const n = Math.floor(plane / channels);
    const lines = startsOf(n, plane % channels).flatMap((start) => lineOf(start, sidesOf(p, n), gaps));
    return new Set(lines.map(([column, line]) => `${column},${line}`));
  });
  return build(x.shape, (n, c, i, j) =>
    wet[n * channels + c].has(`${j},${i}`) ? scalar(p, "value", n, 200 / 255) : pixel(x, n, c, i, j),
  );
}

const rain: Reference64 = (x, p, o) => {
  const [, , h, w] = x.shape;
  return rained(x, p, o, (n) => {
    const key = keyOf(p, n, 0, 0);
    const [down, across] = sidesOf(p, n);
    const place = (word: number, size: number, side: number) =>
      Math.floor(upper(word) * Math.max(size - Math.abs(side), 1)) + Math.max(-side, 0);
    return Array.from({ length: Math.round(scalar(p, "drops", n, 1000)) }, (_, d) => {
      const [a, b] = wordsAt(key, d, 0);
      return [place(a, w, across), place(b, h, down)] as const;
    });
  });
};

const raindrops: Reference64 = (x, p, o) =>
  rained(x, p, o, (n) => {
    const [xs, ys] = [row(p, "x", n), row(p, "y", n)].map((list) => list.map(Math.round));
    const count = Math.min(Math.round(scalar(p, "drops", n, 10000)), xs.length);
    return Array.from({ length: count }, (_, d) => [xs[d], ys[d]] as const);
  });

export const references: Record<string, Reference64> = { rain, raindrops };

const sides = { height: two(4, 3), width: two(-2, 5), value: two(0.7, 0.4) };
const given = { x: [[3, 6, 1], [0, 2, 9]], y: [[1, 0, 4], [-1, 3, 5]], drops: two(3, 2) }; // biome-ignore format: one line

export const cases: Case64[] = [
  { name: "rain", params: { drops: two(4, 6), ...sides, seed: two(7, 123457) } },
  { name: "rain", params: { drops: two(4, 6), ...sides, seed: two(7, 123457) }, options: { gaps: false } },
  { name: "raindrops", params: { ...given, ...sides } },
];
