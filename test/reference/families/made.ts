/** What is made of other transforms, in float64. */

import {
  besideOf,
  build,
  type Case64,
  type Image64,
  pixel,
  type Reference64,
  type Shape4,
  scalar,
  two,
} from "../image.ts";
import { type Padding, padIndex } from "../sample.ts";
import { plainWeights, resample } from "../warp.ts";
import { references as filters } from "./filter.ts";
import { correlated, pair, references as stencils } from "./stencil.ts";

/** Σ of images, each with its factor. */
const summed = (...parts: [factor: number, image: Image64][]): Image64 => ({
  shape: parts[0][1].shape,
  data: parts[0][1].data.map((_, i) => parts.reduce((sum, [factor, { data }]) => sum + factor * data[i], 0)),
});

const { dilation, erosion, filter2d } = stencils;
const opening: Reference64 = (x, p, o, c) => dilation(erosion(x, p, o, c), p, o, c);
const closing: Reference64 = (x, p, o, c) => erosion(dilation(x, p, o, c), p, o, c);
const morphologicalGradient: Reference64 = (x, p, o, c) => summed([1, dilation(x, p, o, c)], [-1, erosion(x, p, o, c)]);
const topHat: Reference64 = (x, p, o, c) => summed([1, x], [-1, opening(x, p, o, c)]);
const bottomHat: Reference64 = (x, p, o, c) => summed([1, closing(x, p, o, c)], [-1, x]);

const unsharpMask: Reference64 = (x, params, options, context) => {
  const blurred = filters.gaussianBlur(x, params, options, context);
  return build(x.shape, (n, c, i, j) => {
    const amount = scalar(params, "amount", n, 1);
    const own = pixel(x, n, c, i, j);
    return amount === 0 ? own : own + amount * (own - pixel(blurred, n, c, i, j));
  });
};

const filter2dSeparable: Reference64 = (x, params, options, context) => {
  const [h, w] = pair(options.kernelSize, 3);
  const across = filter2d(x, { kernel: params.kernelX }, { ...options, kernelSize: [1, w] }, context);
  return filter2d(across, { kernel: params.kernelY }, { ...options, kernelSize: [h, 1] }, context);
};

/** By the derivatives of binomials: smoothing (1, 2, 1) or (1, 4, 6, 4, 1) one way, and differences the other way. */
const spatialGradient: Reference64 = (x, _, options) => {
  const [N, C, H, W] = x.shape;
  const isSobel = options.mode !== "diff";
  const outer = (down: number[], across: number[]) => down.map((a) => across.map((b) => a * b));
  const first = isSobel ? outer([1, 2, 1], [-1, 0, 1]) : outer([0, 1, 0], [-1, 0, 1]);
  const turned = (kernel: number[][]) => kernel[0].map((__, j) => kernel.map((line) => line[j]));
  const twice = isSobel ? outer([1, 4, 6, 4, 1], [-1, 0, 2, 0, -1]) : outer([0, 1, 0], [1, -2, 1]);
  const mixed = isSobel ? outer([-1, -2, 0, 2, 1], [1, 2, 0, -2, -1]) : outer([-1, 0, 1], [1, 0, -1]);
  const kernels = options.order === 2 ? [twice, mixed, turned(twice)] : [first, turned(first)];
  const made = kernels.map((kernel) => {
    const total = options.normalized === false ? 1 : kernel.flat().reduce((sum, v) => sum + Math.abs(v), 0);
    const own = kernel.map((line) => line.map((v) => v / total));
    const middle = (kernel.length - 1) / 2;
    const each = Array.from({ length: N }, () => own);
    return correlated(x, each, [middle, middle], (options.padding as string | undefined) ?? "border");
  });
  return build([N, C * made.length, H, W], (n, c, i, j) =>
    pixel(made[c % made.length], n, Math.floor(c / made.length), i, j),
  );
};

const binomial = (size: number): number[] => {
  let row = [1];
  while (row.length < size) row = Array.from({ length: row.length + 1 }, (_, k) => (row[k - 1] ?? 0) + (row[k] ?? 0));
  return row.map((v) => v / 2 ** (size - 1));
};

const blurPool2d: Reference64 = (x, _, options) => {
  const [N, C, H, W] = x.shape;
  const [h, w] = pair(options.kernelSize, 3);
  const stride = (options.stride as number | undefined) ?? 2;
  const padding = (options.padding as Padding | undefined) ?? "zeros";
  const [down, across] = [binomial(h), binomial(w)];
  const [top, left] = [Math.floor((h - 1) / 2), Math.floor((w - 1) / 2)];
  const size = (length: number, kernel: number, before: number) =>
    Math.floor((length + 2 * before - kernel) / stride) + 1;
  return build([N, C, size(H, h, top), size(W, w, left)], (n, c, i, j) => {
    let sum = 0;
    down.forEach((a, r) => {
      across.forEach((b, q) => {
        const [y, z] = [padIndex(i * stride + r - top, H, padding), padIndex(j * stride + q - left, W, padding)];
        if (y >= 0 && z >= 0) sum += a * b * pixel(x, n, c, y, z);
      });
    });
    return sum;
  });
};

const maxBlurPool2d: Reference64 = (x, params, options, context) => {
  const [N, C, H, W] = x.shape;
  const most = (options.maxPoolSize as number | undefined) ?? 2;
  const largest = build([N, C, H - most + 1, W - most + 1], (n, c, i, j) => {
    const values: number[] = [];
    for (let r = 0; r < most; r++) for (let q = 0; q < most; q++) values.push(pixel(x, n, c, i + r, j + q));
    return Math.max(...values);
  });
  return blurPool2d(largest, params, options, context);
};

const edgeAwareBlurPool2d: Reference64 = (x, params, options, context) => {
  const [, C, H, W] = x.shape;
  const epsilon = (options.epsilon as number | undefined) ?? 1e-6;
  const smooth = blurPool2d(x, params, { ...options, stride: 1, padding: "reflection" }, context);
  const at = (n: number, c: number, i: number, j: number) =>
    Math.log(pixel(x, n, c, padIndex(i, H, "reflection"), padIndex(j, W, "reflection")) + epsilon);
  const isEdge = (n: number, i: number, j: number): boolean => {
    if (i < 0 || j < 0 || i >= H || j >= W) return false;
    let [h, v] = [0, 0];
    for (let c = 0; c < C; c++) {
      h += (at(n, c, i, j + 2) - at(n, c, i, j - 2)) / C;
      v += (at(n, c, i + 2, j) - at(n, c, i - 2, j)) / C;
    }
    return Math.max(Math.abs(h), Math.abs(v)) > Math.log(scalar(params, "edgeThreshold", n, 1.25));
  };
  const [high, wide] = pair(options.edgeDilationKernelSize, 3).map((k) => (k - 1) / 2);
  return build(x.shape, (n, c, i, j) => {
    for (let r = -high; r <= high; r++)
      for (let q = -wide; q <= wide; q++) if (isEdge(n, i + r, j + q)) return pixel(x, n, c, i, j);
    return pixel(smooth, n, c, i, j);
  });
};

/** Σ over j of A[i][j] a[j] = r[i], by Cramer's rule. */
function solved(a: number[][], r: number[]): number[] {
  const det = (m: number[][]): number =>
    m.length === 0
      ? 1
      : m[0].reduce(
          (sum, v, j) => sum + (j % 2 ? -v : v) * det(m.slice(1).map((line) => line.filter((_, k) => k !== j))),
          0,
        );
  const whole = det(a);
  return r.map((_, j) => det(a.map((line, i) => line.map((v, k) => (k === j ? r[i] : v)))) / whole);
}

/** Every so-manieth pixel of every so-manieth row. */
const thinned = (x: Image64, step: number): Image64 =>
  build([x.shape[0], x.shape[1], Math.floor(x.shape[2] / step), Math.floor(x.shape[3] / step)], (n, c, i, j) =>
    pixel(x, n, c, i * step, j * step),
  );

/** The least squares of each box, from sums over its pixels. */
const guidedBlur: Reference64 = (x, params, options) => {
  const whole = besideOf(x, params, "guidance");
  const step = (options.subsample as number | undefined) ?? 1;
  const [own, guide] = [thinned(x, step), thinned(whole, step)];
  const [N, C, H, W] = own.shape;
  const D = guide.shape[1];
  const [h, w] = pair(options.kernelSize, 3).map((side) => Math.floor((side - 1) / step) + 1);
  const padding = (options.padding as Padding | undefined) ?? "reflection";
  const [top, left] = [Math.floor((h - 1) / 2), Math.floor((w - 1) / 2)];
  const mean = (i: number, j: number, value: (r: number, q: number) => number): number => {
    let sum = 0;
    for (let r = 0; r < h; r++)
      for (let q = 0; q < w; q++) {
        const [y, z] = [padIndex(i + r - top, H, padding), padIndex(j + q - left, W, padding)];
        if (y >= 0 && z >= 0) sum += value(y, z);
      }
    return sum / (h * w);
  };
  const each = Array.from({ length: D }, (_, k) => k);
  const fits = build([N, C * (D + 1), H, W], (n, index, i, j) => {
    const [c, k] = [Math.floor(index / (D + 1)), index % (D + 1)];
    const of = (d: number) => (y: number, z: number) => pixel(guide, n, d, y, z);
    const shown = (y: number, z: number) => pixel(own, n, c, y, z);
    const centres = each.map((d) => mean(i, j, of(d)));
    const middle = mean(i, j, shown);
    const matrix = each.map((a) =>
      each.map(
        (b) =>
          mean(i, j, (y, z) => of(a)(y, z) * of(b)(y, z)) -
          centres[a] * centres[b] +
          (a === b ? scalar(params, "eps", n) : 0),
      ),
    );
    const right = each.map((a) => mean(i, j, (y, z) => of(a)(y, z) * shown(y, z)) - centres[a] * middle);
    const slopes = solved(matrix, right);
    return k < D ? slopes[k] : middle - slopes.reduce((sum, slope, a) => sum + slope * centres[a], 0);
  });
  const means = build(fits.shape, (n, k, i, j) => mean(i, j, (y, z) => pixel(fits, n, k, y, z)));
  const [rows, columns] = [H, W].map((side, axis) => plainWeights(side, x.shape[2 + axis], "bilinear", "border"));
  const functions = step === 1 ? means : resample(means, rows, columns);
  return build(x.shape, (n, c, i, j) => {
    const of = (k: number) => pixel(functions, n, c * (D + 1) + k, i, j);
    return each.reduce((sum, k) => sum + of(k) * pixel(whole, n, k, i, j), of(D));
  });
};

export const references: Record<string, Reference64> = {
  opening,
  closing,
  morphologicalGradient,
  topHat,
  bottomHat,
  unsharpMask,
  filter2dSeparable,
  spatialGradient,
  blurPool2d,
  maxBlurPool2d,
  edgeAwareBlurPool2d,
  guidedBlur,
};

/** Edges are a matter of steps: beside them the result itself has the derivatives. */
export const surrogates: Record<string, Reference64> = { edgeAwareBlurPool2d };

const element = [
  [0.05, -0.12, 0.2, 0.13, 0.02, -0.06],
  [0.11, -0.16, 0.23, -0.03, 0.17, 0.07],
];
const holes = [
  [1, 0, 1],
  [0, 1, 1],
];
const small: Shape4 = [2, 3, 4, 5];
const far: [number, number] = [0, 9];

export const cases: Case64[] = [
  { name: "opening", params: { element }, options: { kernelSize: [2, 3] }, shape: small, range: far },
  {
    name: "opening",
    params: { element },
    options: { kernelSize: [2, 3], origin: [0, 1], padding: "reflection", kernel: holes },
    shape: small,
    range: far,
    kinks: 4,
  },
  {
    name: "closing",
    params: { element },
    options: { kernelSize: [3, 2], padding: "border" },
    shape: small,
    range: far,
    kinks: 4,
  },
  { name: "morphologicalGradient", params: { element }, options: { kernelSize: [2, 3] }, shape: small, range: far },
  { name: "topHat", params: { element }, options: { kernelSize: [2, 3], kernel: holes }, shape: small, range: far },
  { name: "bottomHat", params: { element }, options: { kernelSize: [3, 2] }, shape: small, range: far },
  {
    name: "unsharpMask",
    params: { sigmaX: two(1.2, 0.8), sigmaY: two(0.9, 1.7), amount: two(0.7, 1.4) },
    options: { kernelSize: [3, 5], padding: "symmetric" },
    shape: small,
  },
  {
    name: "filter2dSeparable",
    params: {
      kernelX: [
        [0.9, -0.4, 0.3],
        [0.2, 0.8, -0.6],
      ],
      kernelY: [
        [0.5, -0.7],
        [1.2, 0.4],
      ],
    },
    options: { kernelSize: [2, 3], normalized: true, behaviour: "conv" },
    shape: small,
  },
  { name: "spatialGradient", options: {}, shape: small },
  { name: "spatialGradient", options: { mode: "diff", order: 2, normalized: false, padding: "zeros" }, shape: small },
  { name: "spatialGradient", options: { order: 2, padding: "symmetric" }, shape: small },
  { name: "blurPool2d", options: { stride: 2 }, shape: [2, 3, 7, 8] },
  {
    name: "blurPool2d",
    options: { kernelSize: [4, 5], stride: 3, padding: "reflection" },
    shape: [2, 3, 7, 8],
    least: [2, 1],
  },
  { name: "maxBlurPool2d", options: {}, shape: [2, 3, 5, 6], range: far, least: [2, 2] },
  {
    name: "guidedBlur",
    params: { eps: two(0.05, 0.2) },
    images: { guidance: 1 },
    options: { kernelSize: [3, 2], padding: "border" },
    shape: small,
  },
  { name: "guidedBlur", params: { eps: two(0.05, 0.2) }, images: { guidance: 3 }, shape: [2, 2, 3, 4] },
  {
    name: "guidedBlur",
    params: { eps: two(0.05, 0.2) },
    images: { guidance: 1 },
    options: { kernelSize: 5, subsample: 2 },
    shape: [2, 2, 7, 8],
    least: [2, 2],
  },
  { name: "edgeAwareBlurPool2d", params: { edgeThreshold: two(1.9, 2.4) }, shape: [2, 3, 6, 7] },
];
