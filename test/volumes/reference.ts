/** Volumes in float64, from the formulas. */
import { type Matrix, product, solved } from "../functional/matrix.ts";

export type Sizes = readonly number[];
type Numbers = ArrayLike<number>;

const IDENTITY: Matrix = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
export const inverted = (m: Matrix): Matrix => solved(m, IDENTITY, 4, 4);

/** The voxel that is seen in the place of i, or −1. */
function inside(i: number, size: number, padding: string): number {
  if (i >= 0 && i < size) return i;
  if (padding === "zeros") return -1;
  if (padding === "border") return i < 0 ? 0 : size - 1;
  if (padding === "circular") return ((i % size) + size) % size;
  let j = i;
  while (size > 1 && (j < 0 || j >= size)) j = j < 0 ? -j : 2 * (size - 1) - j;
  return size > 1 ? j : 0;
}

/** x `[N, C, D, H, W]` seen through a matrix of each sample from the result to the source. */
export function seenThrough(
  x: Numbers,
  [n, c, d, h, w]: Sizes,
  matrices: readonly Matrix[],
  [od, oh, ow]: Sizes = [d, h, w],
  { padding = "zeros", interpolation = "trilinear" } = {},
): number[] {
  const y: number[] = [];
  const value = (plane: number, i: number, j: number, k: number) => {
    const [a, b, e] = [inside(i, w, padding), inside(j, h, padding), inside(k, d, padding)];
    return a < 0 || b < 0 || e < 0 ? 0 : x[((plane * d + e) * h + b) * w + a];
  };
  for (let plane = 0; plane < n * c; plane++)
    for (let k = 0; k < od; k++)
      for (let j = 0; j < oh; j++)
        for (let i = 0; i < ow; i++) {
          const m = matrices[Math.floor(plane / c)];
          const [px, py, pz, pw] = [0, 1, 2, 3].map(
            (r) => m[4 * r] * i + m[4 * r + 1] * j + m[4 * r + 2] * k + m[4 * r + 3],
          );
          const p = [px / pw, py / pw, pz / pw];
          if (interpolation === "nearest") {
            const [a, b, e] = p.map((v) => Math.floor(v + 0.5));
            y.push(value(plane, a, b, e));
            continue;
          }
          const [a, b, e] = p.map(Math.floor);
          const [fx, fy, fz] = [p[0] - a, p[1] - b, p[2] - e];
          let sum = 0;
          for (const dz of [0, 1])
            for (const dy of [0, 1])
              for (const dx of [0, 1]) {
                const weight = (dx ? fx : 1 - fx) * (dy ? fy : 1 - fy) * (dz ? fz : 1 - fz);
                if (weight !== 0) sum += weight * value(plane, a + dx, b + dy, e + dz);
              }
          y.push(sum);
        }
  return y;
}

const RADIANS = Math.PI / 180;

/** exp([v]×) by its series: no formula of Rodrigues' in it. */
function exponential(v: readonly number[]): Matrix {
  const [x, y, z] = v;
  const generator = [0, -z, y, z, 0, -x, -y, x, 0];
  let [term, sum] = [
    [1, 0, 0, 0, 1, 0, 0, 0, 1],
    [1, 0, 0, 0, 1, 0, 0, 0, 1],
  ];
  for (let k = 1; k < 60; k++) {
    term = product(term, generator).map((t) => t / k);
    sum = sum.map((s, i) => s + term[i]);
  }
  return sum;
}

/** A 3 × 3 map about a centre, and a translation, as 4 × 4. */
export function about(l: Matrix, c: Numbers, t: Numbers = [0, 0, 0]): Matrix {
  const shift = [0, 1, 2].map((r) => c[r] + t[r] - l[3 * r] * c[0] - l[3 * r + 1] * c[1] - l[3 * r + 2] * c[2]);
  return [0, 1, 2].flatMap((r) => [...l.slice(3 * r, 3 * r + 3), shift[r]]).concat([0, 0, 0, 1]);
}

/** Angles in degrees that turn counter-clockwise as seen: as −angles do where y points down. */
export const turned = (angles: readonly number[]): Matrix => exponential(angles.map((a) => -a * RADIANS));

/** Slants one axis after the other, y and z by x first of all. */
export function sheared(degrees: readonly number[]): Matrix {
  const [xy, xz, yx, yz, zx, zy] = degrees.map((a) => -Math.tan(a * RADIANS));
  const x = [1, 0, 0, xy, 1, 0, xz, 0, 1];
  const y = [1, yx, 0, 0, 1, 0, 0, yz, 1];
  const z = [1, 0, zx, 0, 1, zy, 0, 0, 1];
  return product(product(x, y), z);
}

export function affine(
  angles: readonly number[],
  t: readonly number[],
  scale: readonly number[],
  shears: readonly number[],
  center: readonly number[],
): Matrix {
  const scales = [scale[0], 0, 0, 0, scale[1], 0, 0, 0, scale[2]];
  return about(product(product(turned(angles), scales), sheared(shears)), center, t);
}

/** The map of least squares of the equations, all 15 unknowns at once, in a frame of −1 to 1. */
export function perspective(start: Numbers, end: Numbers, [d, h, w]: Sizes): Matrix {
  const half = [w, h, d].map((s) => Math.max((s - 1) / 2, 0.5));
  const middle = [w, h, d].map((s) => (s - 1) / 2);
  const framed = (points: Numbers, i: number) => [0, 1, 2].map((a) => (points[3 * i + a] - middle[a]) / half[a]);
  const rows: number[][] = [];
  const right: number[] = [];
  for (let i = 0; i < 8; i++) {
    const [p, q] = [framed(start, i), framed(end, i)];
    for (let a = 0; a < 3; a++) {
      const row = new Array<number>(15).fill(0);
      for (let k = 0; k < 3; k++) {
        row[4 * a + k] = p[k];
        row[12 + k] = -p[k] * q[a];
      }
      row[4 * a + 3] = 1;
      rows.push(row);
      right.push(q[a]);
    }
  }
  const normal = Array.from({ length: 225 }, (_, i) =>
    rows.reduce((sum, row) => sum + row[Math.floor(i / 15)] * row[i % 15], 0),
  );
  const left = Array.from({ length: 15 }, (_, i) => rows.reduce((sum, row, r) => sum + row[i] * right[r], 0));
  const framedMap = [...solved(normal, left, 15, 1), 1];
  const diagonal = (f: (axis: number) => [number, number]): Matrix =>
    [0, 1, 2].flatMap((a) => [0, 1, 2].map((k) => (k === a ? f(a)[0] : 0)).concat(f(a)[1])).concat([0, 0, 0, 1]);
  const to = diagonal((a) => [1 / half[a], -middle[a] / half[a]]);
  const back = diagonal((a) => [half[a], middle[a]]);
  return product(product(back, framedMap, 4), to, 4);
}

/** y[p] = Σ w[t] x[p + t], a kernel for each sample. */
export function filtered(
  x: Numbers,
  [n, c, d, h, w]: Sizes,
  kernels: readonly Numbers[],
  [kd, kh, kw]: Sizes,
  padding: string,
): number[] {
  const y: number[] = [];
  for (let plane = 0; plane < n * c; plane++)
    for (let k = 0; k < d; k++)
      for (let j = 0; j < h; j++)
        for (let i = 0; i < w; i++) {
          let sum = 0;
          for (let t = 0; t < kd * kh * kw; t++) {
            const [tz, ty, tx] = [Math.floor(t / (kh * kw)), Math.floor(t / kw) % kh, t % kw];
            const a = inside(i + tx - (kw - 1) / 2, w, padding);
            const b = inside(j + ty - (kh - 1) / 2, h, padding);
            const e = inside(k + tz - (kd - 1) / 2, d, padding);
            if (a >= 0 && b >= 0 && e >= 0)
              sum += kernels[Math.floor(plane / c)][t] * x[((plane * d + e) * h + b) * w + a];
          }
          y.push(sum);
        }
  return y;
}

/** A line of weights along x, turned, over its sum. */
export function motion(k: number, angles: readonly number[], direction: number, interpolation = "trilinear"): number[] {
  const line = new Array<number>(k ** 3).fill(0);
  const r = (k - 1) / 2;
  for (let i = 0; i < k; i++) line[(r * k + r) * k + i] = 0.5 * (1 + direction) - (direction * i) / (k - 1);
  const source = inverted(about(turned(angles), [r, r, r]));
  const kernel = seenThrough(line, [1, 1, k, k, k], [source], [k, k, k], { interpolation });
  const total = kernel.reduce((sum, v) => sum + v, 0);
  return kernel.map((v) => v / total);
}
