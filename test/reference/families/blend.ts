/** What covers or blends, in float64. */

import { build, type Case64, channel, pixel, plainContext, type Reference64, scalar, two } from "../image.ts";
import { clamp } from "../pointwise.ts";

/** How much of pixel i, which spans [i, i+1], lies in [start, start+length]. */
const coverage = (i: number, start: number, length: number): number =>
  clamp(Math.min(i + 1, start + length) - Math.max(i, start), 0, 1);

const erasing: Reference64 = (x, p) =>
  build(x.shape, (n, c, i, j) => {
    const covered =
      coverage(j, scalar(p, "x", n), scalar(p, "width", n)) * coverage(i, scalar(p, "y", n), scalar(p, "height", n));
    const value = channel(p, "value", n, c, 0);
    if (covered === 0) return pixel(x, n, c, i, j);
    return covered === 1 ? value : value * covered + pixel(x, n, c, i, j) * (1 - covered);
  });

const eraseArea: Reference64 = (x, p) => {
  const [, , h, w] = x.shape;
  const each = (of: (n: number) => number) => Array.from({ length: x.shape[0] }, (_, n) => [of(n)]);
  const pixels = (n: number) => scalar(p, "area", n) * h * w;
  const ratio = (n: number) => scalar(p, "ratio", n, 1);
  const width = (n: number) => Math.min(Math.sqrt(pixels(n) / ratio(n)), w);
  const height = (n: number) => Math.min(Math.sqrt(pixels(n) * ratio(n)), h);
  const rectangle = {
    x: each((n) => scalar(p, "x", n, 0.5) * (w - width(n))),
    y: each((n) => scalar(p, "y", n, 0.5) * (h - height(n))),
    width: each(width),
    height: each(height),
  };
  return erasing(x, { ...rectangle, ...(p.value && { value: p.value }) }, {}, plainContext);
};

export const references: Record<string, Reference64> = { erasing, eraseArea };

export const cases: Case64[] = [
  {
    name: "erasing",
    params: { x: two(1.3, 2.4), y: two(2.2, 0.7), width: two(3.1, 2.7), height: two(2.5, 4.2), value: two(0.3, 0.9) },
  },
  {
    name: "eraseArea",
    params: {
      area: two(0.23, 0.37),
      ratio: two(1.4, 0.7),
      x: two(0.04, 0.72),
      y: two(0.63, 0.27),
      value: two(0.3, 0.9),
    },
  },
];
