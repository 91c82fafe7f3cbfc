/** Every work of the catalogue in float64 and plain loops, one image at a time: what the engines are compared with. */
import type { Shape, Task } from "../engine.ts";
import { LUMA, MEAN, STD } from "./constants.ts";

/** An image, planar. */
interface Plane {
  data: Float64Array;
  h: number;
  w: number;
}

/** What a work does to sample `i`; `p(name)` are the numbers of that sample. */
type ImageWork = (x: Plane, p: (name: string) => Float64Array, i: number) => Plane;

/** Three channels of a pixel. */
type Pixel = [number, number, number];

const clip = (v: number) => Math.min(Math.max(v, 0), 1);
const luma = ([r, g, b]: Pixel) => LUMA[0] * r + LUMA[1] * g + LUMA[2] * b;

function perPixel(x: Plane, fn: (pixel: Pixel, column: number, row: number) => Pixel): Plane {
  const area = x.h * x.w;
  const data = new Float64Array(x.data.length);
  for (let at = 0; at < area; at++) {
    const pixel: Pixel = [x.data[at], x.data[at + area], x.data[at + 2 * area]];
    const result = fn(pixel, at % x.w, Math.floor(at / x.w));
    for (let k = 0; k < 3; k++) data[at + k * area] = result[k];
  }
  return { ...x, data };
}

const each = (x: Plane, fn: (v: number, channel: number) => number): Plane => ({
  ...x,
  data: x.data.map((v, at) => fn(v, Math.floor(at / (x.h * x.w)))),
});

const brightness = (x: Plane, b: number) => each(x, (v) => clip(b * v));
const contrastAbout = (x: Plane, c: number, middle: number) => each(x, (v) => clip(c * v + (1 - c) * middle));
const normalized = (x: Plane) => each(x, (v, channel) => (v - MEAN[channel]) / STD[channel]);
const greyOf = (x: Plane) => perPixel(x, (p) => [luma(p), luma(p), luma(p)]);

const saturated = (x: Plane, s: number) =>
  perPixel(x, (p) => p.map((v) => clip(s * v + (1 - s) * luma(p))) as unknown as Pixel);

/** H in turns, S and V. */
function hsvOf([r, g, b]: Pixel): Pixel {
  const v = Math.max(r, g, b);
  const chroma = v - Math.min(r, g, b);
  if (chroma === 0) return [0, 0, v];
  let sixths = 4 + (r - g) / chroma;
  if (v === r) sixths = (g - b) / chroma;
  else if (v === g) sixths = 2 + (b - r) / chroma;
  return [sixths / 6, chroma / v, v];
}

function rgbOf([h, s, v]: Pixel): Pixel {
  const channel = (n: number) => {
    const k = (((n + h * 6) % 6) + 6) % 6;
    return v - v * s * clip(Math.min(k, 4 - k));
  };
  return [channel(5), channel(3), channel(1)];
}

const inHsv = (x: Plane, turns: number, factor: number) =>
  perPixel(x, (p) => {
    const [h, s, v] = hsvOf(p);
    return rgbOf([h + turns, factor === 1 ? s : clip(s * factor), v]);
  });

/** Inverse of a 3x3 matrix, row by row. */
export function inverse3(m: ArrayLike<number>): number[] {
  const [a, b, c, d, e, f, g, h, i] = Array.from(m);
  const [A, B, C] = [e * i - f * h, f * g - d * i, d * h - e * g];
  const determinant = a * A + b * B + c * C;
  return [A, c * h - b * i, b * f - c * e, B, a * i - c * g, c * d - a * f, C, b * g - a * h, a * e - b * d].map(
    (v) => v / determinant,
  );
}

/** The image under a matrix, source to destination: bilinear, zeros beyond. */
function warped(x: Plane, matrix: ArrayLike<number>): Plane {
  const m = inverse3(matrix.length === 6 ? [...Array.from(matrix), 0, 0, 1] : matrix);
  const area = x.h * x.w;
  const data = new Float64Array(x.data.length);
  for (let at = 0; at < area; at++) {
    const [u, v] = [at % x.w, Math.floor(at / x.w)];
    const depth = m[6] * u + m[7] * v + m[8];
    const [sx, sy] = [(m[0] * u + m[1] * v + m[2]) / depth, (m[3] * u + m[4] * v + m[5]) / depth];
    const [left, top] = [Math.floor(sx), Math.floor(sy)];
    for (let k = 0; k < 3; k++) {
      let sum = 0;
      for (let corner = 0; corner < 4; corner++) {
        const [column, row] = [left + (corner & 1), top + (corner >> 1)];
        if (column < 0 || row < 0 || column >= x.w || row >= x.h) continue;
        sum += x.data[k * area + row * x.w + column] * (1 - Math.abs(sx - column)) * (1 - Math.abs(sy - row));
      }
      data[k * area + at] = sum;
    }
  }
  return { ...x, data };
}

const flipped = (x: Plane): Plane => ({
  ...x,
  data: x.data.map((_, at) => x.data[at - (at % x.w) + x.w - 1 - (at % x.w)]),
});

function middleCrop(x: Plane): Plane {
  const [h, w] = [Math.floor((x.h * 7) / 8), Math.floor((x.w * 7) / 8)];
  const [top, left] = [Math.floor((x.h - h) / 2), Math.floor((x.w - w) / 2)];
  const data = new Float64Array(3 * h * w);
  for (let at = 0; at < data.length; at++) {
    const [column, row, k] = [at % w, Math.floor(at / w) % h, Math.floor(at / (w * h))];
    data[at] = x.data[(k * x.h + row + top) * x.w + column + left];
  }
  return { data, h, w };
}

/** Position `at` of a line of `n` that is reflected at its ends, without the end repeated. */
function reflected(at: number, n: number): number {
  const period = 2 * (n - 1);
  const place = ((at % period) + period) % period;
  return Math.min(place, period - place);
}

function blurred(x: Plane, taps: number, sigma: number): Plane {
  const reach = (taps - 1) / 2;
  const weights = Array.from({ length: taps }, (_, t) => Math.exp(-((t - reach) ** 2) / (2 * sigma * sigma)));
  const total = weights.reduce((a, b) => a + b);
  const along = (from: Float64Array, size: number, stride: number) =>
    from.map((_, at) => {
      const place = Math.floor(at / stride) % size;
      let sum = 0;
      for (let t = -reach; t <= reach; t++) {
        sum += (weights[t + reach] / total) * from[at + (reflected(place + t, size) - place) * stride];
      }
      return sum;
    });
  return { ...x, data: along(along(x.data, x.w, 1), x.h, x.w) };
}

const colour: ImageWork = (x, p) => {
  let y = brightness(x, p("b")[0]);
  const grey = greyOf(y).data.subarray(0, x.h * x.w);
  y = contrastAbout(y, p("c")[0], grey.reduce((a, b) => a + b) / grey.length);
  return normalized(inHsv(saturated(y, p("s")[0]), p("h")[0], 1));
};

const eight: ImageWork = (x, p) => {
  const on = (name: string) => p(`on_${name}`)[0] > 0;
  let y = middleCrop(warped(x, p("matrix")));
  if (on("flip")) y = flipped(y);
  if (on("b")) y = brightness(y, p("b")[0]);
  if (on("c")) y = contrastAbout(y, p("c")[0], 0.5);
  if (on("s")) y = saturated(y, p("s")[0]);
  if (on("grey")) y = greyOf(y);
  return normalized(y);
};

const CHOICES: ((x: Plane, v: number) => Plane)[] = [
  brightness,
  (x, v) => contrastAbout(x, v, 0.5),
  saturated,
  (x, v) => inHsv(x, (v - 1) / 4, 1),
  (x, v) => each(x, (value) => value ** v),
  (x) => each(x, (value) => 1 - value),
  greyOf,
  (x, v) => each(x, (value) => clip(value + v - 1)),
];

const six: ImageWork = (x, p) => {
  const [b, c, s, h] = ["b", "c", "s", "h"].map((name) => p(name)[0]);
  const jiggled = inHsv(
    each(x, (v) => clip(c * clip(v + b - 1))),
    h,
    s,
  );
  const seen = warped(warped(flipped(jiggled), p("matrix")), p("homography"));
  const [left, top, width, height] = p("box");
  return perPixel(blurred(seen, 5, p("sigma")[0]), (pixel, column, row) =>
    column >= left && column < left + width && row >= top && row < top + height ? [0, 0, 0] : pixel,
  );
};

const works: Record<string, ImageWork> = {
  colour,
  affine: (x, p) => warped(x, p("matrix")),
  eight,
  blur: (x, p) => blurred(x, 31, p("sigma")[0]),
  choice: (x, p, i) => CHOICES[i % 8](x, p("v")[0]),
  six,
};

/** Inputs of a task in float64, for stepping them a little. */
export interface Inputs {
  x: Float64Array;
  parameters: Record<string, Float64Array>;
}

export const inputsOf = (task: Task): Inputs => ({
  x: Float64Array.from(task.x),
  parameters: Object.fromEntries(
    Object.entries(task.parameters).map(([name, values]) => [name, Float64Array.from(values)]),
  ),
});

/** Sample `i` of the result. */
export function referenceOf(work: string, [n, c, h, w]: Shape, { x, parameters }: Inputs, i: number): Float64Array {
  const size = c * h * w;
  const sample = { data: x.subarray(i * size, (i + 1) * size), h, w };
  const p = (name: string) => {
    const k = parameters[name].length / n;
    return parameters[name].subarray(i * k, (i + 1) * k);
  };
  return works[work](sample, p, i).data;
}

/** The images of a task. */
export function reference(task: Task): Float64Array {
  const inputs = inputsOf(task);
  const images = Array.from({ length: task.shape[0] }, (_, i) => referenceOf(task.work, task.shape, inputs, i));
  const all = new Float64Array(images.length * images[0].length);
  images.forEach((image, i) => all.set(image, i * image.length));
  return all;
}

/**
 * The gradient of sum(seed * y) in one number of the inputs, by central differences.
 * @param name `x`, or a parameter
 */
export function slope(task: Task, inputs: Inputs, name: string, at: number, step = 1e-6): number {
  const values = name === "x" ? inputs.x : inputs.parameters[name];
  const i = Math.floor((at * task.shape[0]) / values.length);
  const size = task.seed.length / task.shape[0];
  const seed = task.seed.subarray(i * size, (i + 1) * size);
  const before = values[at];
  const loss = (value: number) => {
    values[at] = value;
    return referenceOf(task.work, task.shape, inputs, i).reduce((sum, y, k) => sum + y * seed[k], 0);
  };
  const result = (loss(before + step) - loss(before - step)) / (2 * step);
  values[at] = before;
  return result;
}
