/** What changes images in HSV, in float64. */

import { type Case64, type Reference64, scalar, two } from "../image.ts";
import { clamp, frac, needColour, perColour } from "../pointwise.ts";

const hueRaw: Reference64 = (x, p) => {
  needColour(x, "hueRaw");
  return perColour(x, ([h, s, v], n) => [frac(h + scalar(p, "turns", n, 0)), s, v]);
};

const saturationRaw: Reference64 = (x, p) => {
  needColour(x, "saturationRaw");
  return perColour(x, ([h, s, v], n) => [h, clamp(s * scalar(p, "factor", n, 1), 0, 1), v]);
};

export const references: Record<string, Reference64> = { hueRaw, saturationRaw };

export const cases: Case64[] = [
  { name: "hueRaw", params: { turns: two(0.13, -0.37) } },
  { name: "saturationRaw", params: { factor: two(1.6, 0.4) } },
];
