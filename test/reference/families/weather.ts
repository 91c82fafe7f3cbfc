/** Weather in float64. */

import { type Case64, type Options64, type Params64, type Reference64, scalar, two } from "../image.ts";
import { clamp, hsvToRgb, needColour, perColour, rgbToHsv } from "../pointwise.ts";
import { before } from "./noise.ts";

const lightness = (rgb: readonly number[]): number => (Math.max(...rgb) + Math.min(...rgb)) / 2;

/** The colour with its lightness multiplied, hue and saturation (HLS) as they are. */
function snowed(rgb: number[], brightness: number): number[] {
  const l = lightness(rgb);
  const room = 1 - Math.abs(2 * l - 1);
  const saturation = room === 0 ? 0 : (Math.max(...rgb) - Math.min(...rgb)) / room;
  const after = clamp(brightness * l, 0, 1);
  const chroma = (1 - Math.abs(2 * after - 1)) * saturation;
  return hsvToRgb([rgbToHsv(rgb)[0], 1, 1]).map((share) => after + chroma * (share - 0.5));
}

const settings = (p: Params64, n: number): [number, number] => [
  scalar(p, "coefficient", n, 0.5),
  scalar(p, "brightness", n, 2),
];

const snow: Reference64 = (x, p) => {
  needColour(x, "snow");
  return perColour(x, (rgb, n) => {
    const [coefficient, brightness] = settings(p, n);
    return lightness(rgb) < coefficient ? snowed(rgb, brightness) : rgb;
  });
};

const estimatorOf = (o: Options64): string => (o.estimator as string | undefined) ?? "straightThrough";

/** Soft: a sigmoid in place of the step. Straight through: the step is what it is, and moves as the coefficient does. */
const snowing: Reference64 = (x, p, o, context) => {
  const estimator = estimatorOf(o);
  if (estimator === "none" || (estimator === "straightThrough" && context.wrt !== "params"))
    return snow(x, p, o, context);
  return perColour(x, (rgb, n) => {
    const [coefficient, brightness] = settings(p, n);
    const l = lightness(rgb);
    const share =
      estimator === "soft"
        ? 1 / (1 + Math.exp((l - coefficient) / ((o.softness as number | undefined) ?? 0.05)))
        : Number(l < before(coefficient)) + coefficient - before(coefficient);
    const other = snowed(rgb, brightness);
    return rgb.map((v, c) => v + share * (other[c] - v));
  });
};

export const references: Record<string, Reference64> = { snow };

export const surrogates: Record<string, Reference64> = { snow: snowing };

const SNOW = { coefficient: two(0.6, 0.45), brightness: two(1.7, 2.3) };

/** A lightness of 0 between huge colours of both signs is rounding. */
export const overflows = ["snow"];

export const cases: Case64[] = [
  { name: "snow", params: SNOW },
  { name: "snow", params: SNOW, options: { estimator: "soft", softness: 0.08 } },
];
