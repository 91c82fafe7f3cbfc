/** What covers or blends, in float64. */

import { build, type Case64, channel, pixel, type Reference64, scalar, two } from "../image.ts";
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

export const references: Record<string, Reference64> = { erasing };

export const cases: Case64[] = [
  {
    name: "erasing",
    params: { x: two(1.3, 2.4), y: two(2.2, 0.7), width: two(3.1, 2.7), height: two(2.5, 4.2), value: two(0.3, 0.9) },
  },
];
