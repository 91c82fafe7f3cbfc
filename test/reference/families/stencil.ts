/** What looks at a neighbourhood, in float64. */

import {
  besideOf,
  build,
  type Case64,
  type Image64,
  type Options64,
  type Params64,
  pixel,
  type Reference64,
  row,
  type Shape4,
  scalar,
  two,
} from "../image.ts";
import { clamp } from "../pointwise.ts";
import { type Padding, padIndex, roundHalfEven } from "../sample.ts";

/** An option that is one number for both axes, or [down, across]. */
export const pair = (given: unknown, fallback: number): [number, number] => {
  const list = [given ?? fallback].flat() as number[];
  return [list[0], list[list.length - 1]];
};

const paddingOf = (options: Options64, fallback: string): string => (options.padding as string | undefined) ?? fallback;

/** What is seen at (i, j), beyond the image by padding; undefined where padding "none" sees nothing. */
function seen(x: Image64, n: number, c: number, i: number, j: number, padding: string): number | undefined {
  const [, , H, W] = x.shape;
  const isInside = i >= 0 && j >= 0 && i < H && j < W;
  if (isInside) return pixel(x, n, c, i, j);
  if (padding === "none") return undefined;
  const [r, q] = [padIndex(i, H, padding as Padding), padIndex(j, W, padding as Padding)];
  return r < 0 || q < 0 ? 0 : pixel(x, n, c, r, q);
}

/** Σ over a kernel [height][width] per sample, of which the cell (top, left) lies on the pixel. */
export function correlated(
  x: Image64,
  kernels: number[][][],
  [top, left]: [number, number],
  padding: string,
  size = x.shape,
): Image64 {
  return build(size, (n, c, i, j) => {
    let sum = 0;
    kernels[n].forEach((weights, r) => {
      weights.forEach((w, q) => {
        if (w !== 0) sum += w * seen(x, n, c, i + r - top, j + q - left, padding)!;
      });
    });
    return sum;
  });
}

const each = <T>(x: Image64, make: (n: number) => T): T[] => Array.from({ length: x.shape[0] }, (_, n) => make(n));
const matrix = (h: number, w: number, value: (r: number, q: number) => number): number[][] =>
  Array.from({ length: h }, (_, r) => Array.from({ length: w }, (_, q) => value(r, q)));

/** Over the sum of absolute values. */
const normalized = (kernel: number[][]): number[][] => {
  const total = kernel.flat().reduce((sum, w) => sum + Math.abs(w), 0);
  return kernel.map((weights) => weights.map((w) => w / total));
};

const boxBlur: Reference64 = (x, _, options) => {
  const [h, w] = pair(options.kernelSize, 3);
  const kernel = matrix(h, w, () => 1 / (h * w));
  const front: [number, number] = [Math.floor((h - 1) / 2), Math.floor((w - 1) / 2)];
  return correlated(
    x,
    each(x, () => kernel),
    front,
    paddingOf(options, "reflection"),
  );
};

const filter2d: Reference64 = (x, params, options) => {
  const [h, w] = pair(options.kernelSize, 0);
  const padding = paddingOf(options, "reflection");
  const kernels = each(x, (n) => {
    const cells = row(params, "kernel", n);
    const kernel = matrix(h, w, (r, q) => cells[r * w + q]);
    const turned = options.behaviour === "conv" ? kernel.map((line) => [...line].reverse()).reverse() : kernel;
    return options.normalized ? normalized(turned) : turned;
  });
  const [N, C, H, W] = x.shape;
  if (padding === "valid") return correlated(x, kernels, [0, 0], "zeros", [N, C, H - h + 1, W - w + 1]);
  return correlated(x, kernels, [Math.floor((h - 1) / 2), Math.floor((w - 1) / 2)], padding);
};

const laplacian: Reference64 = (x, _, options) => {
  const [h, w] = pair(options.kernelSize, 3);
  const middle: [number, number] = [(h - 1) / 2, (w - 1) / 2];
  const kernel = matrix(h, w, (r, q) => (r === middle[0] && q === middle[1] ? 1 - h * w : 1));
  const used = (options.normalized ?? true) ? normalized(kernel) : kernel;
  return correlated(
    x,
    each(x, () => used),
    middle,
    paddingOf(options, "reflection"),
  );
};

/** A row of weights from 1 − d to d in the middle of a square, turned counter-clockwise as an image, over its sum. */
export function motionKernel(size: number, degrees: number, direction: number, interpolation: string): number[][] {
  const [radius, turn] = [(size - 1) / 2, (degrees * Math.PI) / 180];
  const d = (direction + 1) / 2;
  const line = (i: number): number => (i < 0 || i >= size ? 0 : d + ((1 - 2 * d) * i) / (size - 1));
  const at = (column: number, line_: number): number => (line_ === 0 ? line(column) : 0);
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const kernel = matrix(size, size, (r, q) => {
    const [u, v] = [q - radius, r - radius];
    const [sx, sy] = [cos * u - sin * v + radius, sin * u + cos * v];
    if (interpolation === "nearest") return at(roundHalfEven(sx), roundHalfEven(sy) + 0);
    const [bx, by] = [Math.floor(sx), Math.floor(sy)];
    let sum = 0;
    for (const b of [by, by + 1])
      for (const a of [bx, bx + 1]) sum += (1 - Math.abs(sx - a)) * (1 - Math.abs(sy - b)) * at(a, b + 0);
    return sum;
  });
  return normalized(kernel);
}

const motionBlur: Reference64 = (x, params, options) => {
  const [size] = pair(options.kernelSize, 3);
  const kernels = each(x, (n) =>
    motionKernel(
      size,
      scalar(params, "angle", n),
      scalar(params, "direction", n, 0),
      (options.interpolation as string | undefined) ?? "bilinear",
    ),
  );
  return correlated(x, kernels, [(size - 1) / 2, (size - 1) / 2], paddingOf(options, "zeros"));
};

const medianBlur: Reference64 = (x, _, options) => {
  const [h, w] = pair(options.kernelSize, 3);
  const padding = paddingOf(options, "zeros");
  return build(x.shape, (n, c, i, j) => {
    const values: number[] = [];
    for (let r = 0; r < h; r++)
      for (let q = 0; q < w; q++) values.push(seen(x, n, c, i + r - (h - 1) / 2, j + q - (w - 1) / 2, padding)!);
    return values.some(Number.isNaN) ? Number.NaN : values.sort((a, b) => a - b)[(values.length - 1) >> 1];
  });
};

/** Weights by the colours of a guide, which has the size of the image. */
function bilateral(x: Image64, guide: Image64, params: Params64, options: Options64): Image64 {
  const [h, w] = pair(options.kernelSize, 5);
  const padding = paddingOf(options, "reflection");
  const channels = Array.from({ length: guide.shape[1] }, (_, c) => c);
  const weight = (n: number, i: number, j: number, dy: number, dx: number): number => {
    const differences = channels.map((c) => seen(guide, n, c, i + dy, j + dx, padding)! - pixel(guide, n, c, i, j));
    const squared =
      options.colorDistance === "l2"
        ? differences.reduce((sum, d) => sum + d * d, 0)
        : differences.reduce((sum, d) => sum + Math.abs(d), 0) ** 2;
    const [sx, sy, sc] = ["sigmaX", "sigmaY", "sigmaColor"].map((name) => scalar(params, name, n));
    return Math.exp(-((dx / sx) ** 2 + (dy / sy) ** 2 + squared / sc ** 2) / 2);
  };
  return build(x.shape, (n, c, i, j) => {
    let [sum, total] = [0, 0];
    for (let dy = -(h - 1) / 2; dy <= h / 2; dy++) {
      for (let dx = -(w - 1) / 2; dx <= w / 2; dx++) {
        const share = weight(n, i, j, dy, dx);
        sum += share * seen(x, n, c, i + dy, j + dx, padding)!;
        total += share;
      }
    }
    return sum / total;
  });
}

const bilateralBlur: Reference64 = (x, params, options) => bilateral(x, x, params, options);
const jointBilateralBlur: Reference64 = (x, params, options) =>
  bilateral(x, besideOf(x, params, "guidance"), params, options);

const sobel: Reference64 = (x, _, options) => {
  const padding = paddingOf(options, "border");
  const scale = (options.normalized ?? true) ? 1 / 8 : 1;
  const across = [
    [-1, 0, 1],
    [-2, 0, 2],
    [-1, 0, 1],
  ].map((line) => line.map((v) => v * scale));
  const down = matrix(3, 3, (r, q) => across[q][r]);
  const [gx, gy] = [across, down].map((kernel) =>
    correlated(
      x,
      each(x, () => kernel),
      [1, 1],
      padding,
    ),
  );
  return build(x.shape, (n, c, i, j) => Math.sqrt(pixel(gx, n, c, i, j) ** 2 + pixel(gy, n, c, i, j) ** 2 + 1e-6));
};

const sharpness: Reference64 = (x, params) => {
  const [, , H, W] = x.shape;
  const kernel = matrix(3, 3, (r, q) => (r === 1 && q === 1 ? 5 : 1) / 13);
  const smooth = correlated(
    x,
    each(x, () => kernel),
    [1, 1],
    "zeros",
  );
  return build(x.shape, (n, c, i, j) => {
    const own = pixel(x, n, c, i, j);
    if (i === 0 || j === 0 || i === H - 1 || j === W - 1) return own;
    const factor = scalar(params, "factor", n);
    const s = clamp(pixel(smooth, n, c, i, j), 0, 1);
    const y = s + factor * (own - s);
    return factor > 0 && factor < 1 ? y : clamp(y, 0, 1);
  });
};

/** The extreme of what `combine` makes of neighbours and cells: `side` 1 for the largest, −1 for the smallest. */
function extreme(x: Image64, params: Params64, options: Options64, side: 1 | -1): Image64 {
  const kernel = options.kernel as number[][] | undefined;
  const [h, w] = pair(options.kernelSize, 3);
  const [oy, ox] = (options.origin as [number, number] | undefined) ?? [Math.floor(h / 2), Math.floor(w / 2)];
  const padding = paddingOf(options, "none");
  return build(x.shape, (n, c, i, j) => {
    const cells = row(params, "element", n, [0]);
    const values: number[] = [];
    for (let r = 0; r < h; r++) {
      for (let q = 0; q < w; q++) {
        if (kernel && kernel[r][q] === 0) continue;
        const value = seen(x, n, c, i - side * (r - oy), j - side * (q - ox), padding);
        if (value !== undefined) values.push(value + side * (cells[r * w + q] ?? cells[0]));
      }
    }
    return side * Math.max(...values.map((value) => side * value));
  });
}

const dilation: Reference64 = (x, params, options) => extreme(x, params, options, 1);
const erosion: Reference64 = (x, params, options) => extreme(x, params, options, -1);

export const references: Record<string, Reference64> = {
  boxBlur,
  filter2d,
  laplacian,
  motionBlur,
  medianBlur,
  bilateralBlur,
  jointBilateralBlur,
  sobel,
  sharpness,
  dilation,
  erosion,
};

const kernels = [
  [0.9, -0.4, 0.3, 1.2, 0.5, -0.7],
  [0.2, 0.8, -0.6, 0.4, -0.3, 1.1],
];
const element = [
  [0.05, -0.12, 0.2, 0.13, 0.02, -0.06],
  [0.11, -0.16, 0.23, -0.03, 0.17, 0.07],
];
const holes = [
  [1, 0, 1],
  [0, 1, 1],
];

const small: Shape4 = [2, 3, 4, 5];
const sigmas = { sigmaColor: two(0.5, 0.8), sigmaX: two(1.2, 0.8), sigmaY: two(0.9, 1.7) };

/** Every border is seen by some of them. Where values are picked, those of an image are far apart, so that no two change places. */
export const cases: Case64[] = [
  { name: "boxBlur", options: { kernelSize: [2, 5], padding: "border" }, shape: small },
  { name: "boxBlur", options: { kernelSize: [4, 1], padding: "zeros" }, shape: small },
  { name: "medianBlur", options: { kernelSize: 3, padding: "zeros" }, shape: [2, 2, 5, 7], range: [0, 40] },
  { name: "medianBlur", options: { kernelSize: [3, 5], padding: "symmetric" }, shape: small },
  { name: "bilateralBlur", params: sigmas, options: { kernelSize: [3, 5], padding: "reflection" }, shape: small },
  {
    name: "bilateralBlur",
    params: sigmas,
    options: { kernelSize: [5, 3], padding: "circular", colorDistance: "l2" },
    shape: small,
  },
  {
    name: "jointBilateralBlur",
    params: sigmas,
    images: { guidance: 1 },
    options: { kernelSize: [3, 5], padding: "zeros" },
    shape: small,
  },
  {
    name: "jointBilateralBlur",
    params: sigmas,
    images: { guidance: 4 },
    options: { kernelSize: 3, padding: "symmetric", colorDistance: "l2" },
    shape: [2, 2, 3, 4],
  },
  { name: "filter2d", params: { kernel: kernels }, options: { kernelSize: [2, 3] }, shape: [2, 4, 4, 5] },
  {
    name: "filter2d",
    params: { kernel: kernels },
    options: { kernelSize: [3, 2], padding: "border", normalized: true, behaviour: "conv" },
    shape: small,
  },
  { name: "filter2d", params: { kernel: kernels }, options: { kernelSize: [3, 2], padding: "valid" }, shape: small },
  {
    name: "motionBlur",
    params: { angle: two(33, -107), direction: two(0.4, -0.7) },
    options: { kernelSize: 5, padding: "reflection" },
    shape: small,
  },
  { name: "laplacian", options: { kernelSize: [3, 5], padding: "circular" }, shape: small },
  { name: "sobel", options: { padding: "border" }, shape: small },
  { name: "sharpness", params: { factor: two(0.3, 0.7) }, shape: small },
  {
    name: "dilation",
    params: { element },
    options: { kernelSize: [2, 3], origin: [0, 1] },
    shape: small,
    range: [0, 9],
  },
  {
    name: "dilation",
    params: { element },
    options: { kernelSize: [2, 3], padding: "symmetric", kernel: holes },
    shape: small,
  },
  { name: "erosion", params: { element }, options: { kernelSize: [2, 3], kernel: holes }, shape: small, range: [0, 9] },
  { name: "erosion", params: { element }, options: { kernelSize: [2, 3], padding: "reflection" }, shape: small },
];
