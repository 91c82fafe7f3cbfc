/** Lights in float64, from their formulas. */

import { build, type Case64, type Image64, type Options64, type Params64, pixel, scalar, two } from "../image.ts";
import { clip } from "../pointwise.ts";

/** Brings the light of all pixels to 0..1; 0 where it is the same everywhere. */
function spread(
  light: (i: number, j: number) => number,
  [, , h, w]: readonly number[],
): (i: number, j: number) => number {
  const all = Array.from({ length: h * w }, (_, k) => light(Math.floor(k / w), k % w));
  const low = all.reduce((a, b) => Math.min(a, b));
  const range = all.reduce((a, b) => Math.max(a, b)) - low;
  return (i, j) => (range === 0 ? 0 : (light(i, j) - low) / range);
}

/** Adds to each sample its own light. */
function lit(x: Image64, p: Params64, o: Options64, lightOf: (n: number) => (i: number, j: number) => number): Image64 {
  const lights = Array.from({ length: x.shape[0] }, (_, n) => spread(lightOf(n), x.shape));
  return build(x.shape, (n, c, i, j) =>
    clip(pixel(x, n, c, i, j) + scalar(p, "sign", n, 1) * scalar(p, "gain", n) * lights[n](i, j), o),
  );
}

/** Place i of so many, −1/2 to 1/2. */
const part = (i: number, length: number): number => (length > 1 ? i / (length - 1) - 0.5 : 0);

const gaussianIllumination = (x: Image64, p: Params64, o: Options64): Image64 => {
  const [, , h, w] = x.shape;
  return lit(x, p, o, (n) => (i, j) => {
    const across = ((j + 0.5) / w - scalar(p, "centerX", n, 0.5)) / scalar(p, "sigmaX", n, 0.5);
    const down = ((i + 0.5) / h - scalar(p, "centerY", n, 0.5)) / scalar(p, "sigmaY", n, 0.5);
    return Math.exp(-(across ** 2 + down ** 2) / 2);
  });
};

const linearIllumination = (x: Image64, p: Params64, o: Options64): Image64 => {
  const [, , h, w] = x.shape;
  return lit(x, p, o, (n) => {
    const angle = (scalar(p, "angle", n, 0) * Math.PI) / 180;
    return (i, j) => Math.cos(angle) * part(j, w) - Math.sin(angle) * part(i, h);
  });
};

const linearCornerIllumination = (x: Image64, p: Params64, o: Options64): Image64 => {
  const [, , h, w] = x.shape;
  return lit(x, p, o, (n) => {
    // Differences move every number that is given; a corner is a whole one.
    const corner = Math.round(scalar(p, "corner", n, 0));
    return (i, j) => (corner % 2 ? -1 : 1) * part(j, w) + (corner > 1 ? -1 : 1) * part(i, h);
  });
};

export const references = { gaussianIllumination, linearIllumination, linearCornerIllumination };

/** Light and image stay within 0..1 but for some pixels. */
const strength = { gain: two(0.37, 0.23), sign: two(0.8, -0.7) };

export const cases: Case64[] = [
  {
    name: "gaussianIllumination",
    params: {
      ...strength,
      centerX: two(0.37, 0.83),
      centerY: two(0.61, -0.17),
      sigmaX: two(0.43, 0.81),
      sigmaY: two(0.29, 0.64),
    },
  },
  {
    name: "gaussianIllumination",
    params: { ...strength, centerX: two(0.41, 0.53), sigmaX: two(37, 0.05) },
    options: { clip: false },
  },
  { name: "linearIllumination", params: { ...strength, angle: two(67, 213) } },
  { name: "linearIllumination", params: { ...strength, angle: two(311, 159) }, options: { clip: false } },
  { name: "linearCornerIllumination", params: { ...strength, corner: two(1, 2) } },
  { name: "linearCornerIllumination", params: { ...strength, corner: two(3, 0) }, options: { clip: false } },
];
