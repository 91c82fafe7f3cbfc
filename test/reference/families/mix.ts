/** What mixes the samples of a batch, in float64. */

import { build, type Case64, type Image64, pixel, type Reference64, row, scalar, two } from "../image.ts";
import { clamp } from "../pointwise.ts";

/** How much of pixel i, which spans [i, i+1], lies in [start, start+length]. */
const coverage = (i: number, start: number, length: number): number =>
  clamp(Math.min(i + 1, start + length) - Math.max(i, start), 0, 1);

/** share · a + (1 − share) · b; what has no share is not looked at. */
const between = (share: number, a: number, b: number): number =>
  share === 0 ? b : share === 1 ? a : share * a + (1 - share) * b;

const mixup: Reference64 = (x, p) =>
  build(x.shape, (n, c, i, j) =>
    between(scalar(p, "lambda", n), pixel(x, n, c, i, j), pixel(x, scalar(p, "partner", n), c, i, j)),
  );

const cutmix: Reference64 = (x, p, options) => {
  const [, , height, width] = x.shape;
  return build(x.shape, (n, c, i, j) => {
    const [w, h] = [scalar(p, "width", n), scalar(p, "height", n)];
    const [across, down] = options.relative ? [width - w, height - h] : [1, 1];
    const cover = coverage(j, across * scalar(p, "x", n), w) * coverage(i, down * scalar(p, "y", n), h);
    return between(cover, pixel(x, scalar(p, "partner", n), c, i, j), pixel(x, n, c, i, j));
  });
};

const cutmixArea: Reference64 = (x, p) => {
  const [, , height, width] = x.shape;
  return build(x.shape, (n, c, i, j) => {
    const side = Math.sqrt(scalar(p, "area", n));
    const across = coverage(j, scalar(p, "x", n, 0.5) * width * (1 - side), side * width);
    const down = coverage(i, scalar(p, "y", n, 0.5) * height * (1 - side), side * height);
    return between(across * down, pixel(x, scalar(p, "partner", n), c, i, j), pixel(x, n, c, i, j));
  });
};

/** A pixel of the image of four: own, right, below, below right; 0 beyond it. */
function ofFour(x: Image64, samples: readonly number[], c: number, i: number, j: number): number {
  const [, , height, width] = x.shape;
  if (i < 0 || j < 0 || i >= 2 * height || j >= 2 * width) return 0;
  const [down, across] = [Math.floor(i / height), Math.floor(j / width)];
  return pixel(x, samples[2 * down + across], c, i - down * height, j - across * width);
}

const mosaic: Reference64 = (x, p, options) => {
  const [samples, channels, h, w] = x.shape;
  const [height, width] = [(options.height as number) ?? h, (options.width as number) ?? w];
  return build([samples, channels, height, width], (n, c, i, j) => {
    const four = [n, ...row(p, "partners", n)];
    const [across, down] = options.relative ? [w, h] : [1, 1];
    const [u, v] = [j + across * scalar(p, "x", n), i + down * scalar(p, "y", n)];
    const [left, top] = [Math.floor(u), Math.floor(v)];
    const line = (at: number) => between(left + 1 - u, ofFour(x, four, c, at, left), ofFour(x, four, c, at, left + 1));
    return between(top + 1 - v, line(top), line(top + 1));
  });
};

const jigsaw: Reference64 = (x, p, options) => {
  const [, , h, w] = x.shape;
  const [rows, columns] = options.grid as [number, number];
  const [height, width] = [Math.floor(h / rows), Math.floor(w / columns)];
  return build(x.shape, (n, c, i, j) => {
    if (i >= height * rows || j >= width * columns) return pixel(x, n, c, i, j);
    const from = row(p, "permutation", n)[Math.floor(i / height) * columns + Math.floor(j / width)];
    const [down, across] = [Math.floor(from / columns) * height, (from % columns) * width];
    return pixel(x, n, c, down + (i % height), across + (j % width));
  });
};

export const references: Record<string, Reference64> = { mixup, cutmix, cutmixArea, mosaic, jigsaw };

const three = (a: readonly number[], b: readonly number[]): number[][] => [[...a], [...b]];

export const cases: Case64[] = [
  {
    name: "jigsaw",
    params: { permutation: three([3, 0, 5, 1, 4, 2], [1, 2, 0, 5, 3, 4]) },
    options: { grid: [3, 2] },
    shape: [2, 3, 6, 8],
    least: [6, 8],
  },
  {
    name: "jigsaw",
    params: { permutation: [[3, 0, 5, 1, 4, 2]] },
    options: { grid: [2, 3], rest: "kept" },
  },
  { name: "mixup", params: { partner: two(1, 0), lambda: two(0.7, 0.4) } },
  {
    name: "cutmix",
    params: { partner: two(1, 0), x: two(1.3, 2.4), y: two(2.2, 0.7), width: two(3.1, 2.7), height: two(2.5, 4.2) },
  },
  {
    name: "cutmix",
    params: { partner: two(1, 0), x: two(0.3, 0.7), y: two(0.6, 0.2), width: two(3.1, 2.7), height: two(2.5, 3.2) },
    options: { relative: true },
  },
  { name: "cutmixArea", params: { partner: two(1, 0), area: two(0.23, 0.41), x: two(0.3, 0.7), y: two(0.6, 0.2) } },
  { name: "mosaic", params: { partners: three([1, 1, 0], [0, 1, 0]), x: two(3.3, 5.6), y: two(2.4, 4.7) } },
  {
    name: "mosaic",
    params: { partners: three([1, 0, 1], [0, 0, 1]), x: two(-1.4, 2.6), y: two(1.4, 6.3) },
    options: { width: 11, height: 9 },
  },
  {
    name: "mosaic",
    params: { partners: three([1, 0, 1], [0, 0, 1]), x: two(0.37, 0.61), y: two(0.43, 0.57) },
    options: { relative: true },
  },
];
