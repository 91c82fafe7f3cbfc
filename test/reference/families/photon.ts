/** Noise that follows the light, and uniform noise, in float64. */

import { build, type Case64, type Image64, type Params64, pixel, type Reference64, scalar, two } from "../image.ts";
import { before, isPerChannel, normal, type Place, uniform } from "./noise.ts";

const speckle: Reference64 = (x, p, o) =>
  build(x.shape, (...at) => {
    const v = pixel(x, ...at);
    return (
      v + v * (scalar(p, "mean", at[0], 0) + scalar(p, "std", at[0], 0.1) * normal(p, 0, at, isPerChannel(o, true)))
    );
  });

const uniformNoise: Reference64 = (x, p, o) =>
  build(x.shape, (...at) => {
    const [low, high] = [scalar(p, "low", at[0], -0.1), scalar(p, "high", at[0], 0.1)];
    return pixel(x, ...at) + low + (high - low) * uniform(p, 0, at, isPerChannel(o, true));
  });

/** The first k at which Poisson's distribution of a mean is larger than u; made of a normal number where the mean is large. */
function count(mean: number, u: number, z: number): number {
  if (mean > 16) return Math.round(mean + Math.sqrt(mean) * z + (z * z - 1) / 6);
  if (!(mean > 0)) return Number.isNaN(mean) ? mean : 0;
  let [k, part] = [0, Math.exp(-mean)];
  for (let sum = part; u >= sum && k < 48; sum += part) part *= mean / ++k;
  return k;
}

const counted = (x: Image64, p: Params64, scaleOf: (scale: number) => number): Image64 =>
  build(x.shape, (...at: Place) => {
    const scale = scaleOf(scalar(p, "scale", at[0], 255));
    return count(scale * pixel(x, ...at), uniform(p, 0, at, true), normal(p, 1, at, true)) / scale;
  });

const shotNoise: Reference64 = (x, p) => counted(x, p, (scale) => scale);

/** The mean is the image, or 0 where that is less; the distance from it goes with 1 / √scale. */
const expected: Reference64 = (x, p, o, { wrt }) => {
  if (o.estimator === "none") return shotNoise(x, p, o, { sample: (n) => n, key: [0, 0] });
  if (wrt === "image") return build(x.shape, (...at) => Math.max(pixel(x, ...at), 0));
  const y = counted(x, p, before);
  return build(x.shape, (...at) => {
    const scale = scalar(p, "scale", at[0], 255);
    const v = Math.max(pixel(x, ...at), 0);
    return v + (pixel(y, ...at) - v) * Math.sqrt(before(scale) / scale);
  });
};

export const references: Record<string, Reference64> = { speckle, uniformNoise, shotNoise };

export const surrogates: Record<string, Reference64> = { shotNoise: expected };

/** Counts have a largest number. */
export const overflows = ["shotNoise"];

export const cases: Case64[] = [
  { name: "speckle", params: { mean: two(0.1, -0.2), std: two(0.3, 0.15), seed: two(7, 123457) } },
  {
    name: "speckle",
    params: { mean: two(0.1, -0.2), std: two(0.3, 0.15), seed: two(7, 123457) },
    options: { perChannel: false },
  },
  { name: "uniformNoise", params: { low: two(-0.2, 0.1), high: two(0.3, 0.15), seed: two(7, 123457) } },
  {
    name: "uniformNoise",
    params: { low: two(-0.2, 0.1), high: two(0.3, 0.15), seed: two(7, 123457) },
    options: { perChannel: false },
  },
  { name: "shotNoise", params: { scale: two(30, 7), seed: two(11, 5) } },
];
