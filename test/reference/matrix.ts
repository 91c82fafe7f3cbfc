/** 3x3 matrices (row-major, 9 numbers); those of maps take source pixels to destination pixels. */

export type Matrix = number[];

export const identity: Matrix = [1, 0, 0, 0, 1, 0, 0, 0, 1];

/** a · b: first b, then a. */
export function multiply(a: Matrix, b: Matrix): Matrix {
  const out: Matrix = [];
  for (let i = 0; i < 3; i++)
    for (let j = 0; j < 3; j++) out.push(a[3 * i] * b[j] + a[3 * i + 1] * b[3 + j] + a[3 * i + 2] * b[6 + j]);
  return out;
}

export const product = (...matrices: Matrix[]): Matrix => matrices.reduce(multiply, identity);

export function inverse([a, b, c, d, e, f, g, h, i]: Matrix): Matrix {
  const adjugate = [
    e * i - f * h,
    c * h - b * i,
    b * f - c * e,
    f * g - d * i,
    a * i - c * g,
    c * d - a * f,
    d * h - e * g,
    b * g - a * h,
    a * e - b * d,
  ];
  const determinant = a * adjugate[0] + b * adjugate[3] + c * adjugate[6];
  return adjugate.map((v) => v / determinant);
}

/** The image of the point (x, y); not finite where the point is on the horizon. */
export function transformPoint(m: Matrix, x: number, y: number): [number, number] {
  const w = m[6] * x + m[7] * y + m[8];
  return [(m[0] * x + m[1] * y + m[2]) / w, (m[3] * x + m[4] * y + m[5]) / w];
}

/** Cosine and sine of degrees, exact at the multiples of 90. */
function cosSin(degrees: number): [number, number] {
  const quarter = degrees / 90;
  if (Number.isInteger(quarter)) {
    const k = ((quarter % 4) + 4) % 4;
    return [[1, 0, -1, 0][k], [0, 1, 0, -1][k]];
  }
  const radians = (degrees * Math.PI) / 180;
  return [Math.cos(radians), Math.sin(radians)];
}

const tangent = (degrees: number): number => Math.tan((degrees * Math.PI) / 180);

export const translation = (x: number, y: number): Matrix => [1, 0, x, 0, 1, y, 0, 0, 1];
export const scaling = (x: number, y: number): Matrix => [x, 0, 0, 0, y, 0, 0, 0, 1];
/** Degrees; x' = x + tan(sx) y, y' = tan(sy) x + y. */
export const shearing = (x: number, y: number): Matrix => [1, tangent(x), 0, tangent(y), 1, 0, 0, 0, 1];
/** Degrees, counter-clockwise as seen on a screen whose y points down. */
export function rotation(degrees: number): Matrix {
  const [c, s] = cosSin(degrees);
  return [c, s, 0, -s, c, 0, 0, 0, 1];
}

/** Gaussian elimination with pivoting; a is n rows of n numbers. */
export function solve(a: number[][], b: number[]): number[] {
  const n = b.length;
  const rows = a.map((r, i) => [...r, b[i]]);
  for (let k = 0; k < n; k++) {
    let best = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(rows[i][k]) > Math.abs(rows[best][k])) best = i;
    [rows[k], rows[best]] = [rows[best], rows[k]];
    for (let i = k + 1; i < n; i++) {
      const factor = rows[i][k] / rows[k][k];
      for (let j = k; j <= n; j++) rows[i][j] -= factor * rows[k][j];
    }
  }
  const x = new Array<number>(n).fill(0);
  for (let k = n - 1; k >= 0; k--) {
    let sum = rows[k][n];
    for (let j = k + 1; j < n; j++) sum -= rows[k][j] * x[j];
    x[k] = sum / rows[k][k];
  }
  return x;
}

/** The homography (last entry 1) that takes 4 points to 4 points, each given as x0, y0, x1, y1, ... */
export function homography(start: number[], end: number[]): Matrix {
  const a: number[][] = [];
  const b: number[] = [];
  for (let k = 0; k < 4; k++) {
    const [x, y, u, v] = [start[2 * k], start[2 * k + 1], end[2 * k], end[2 * k + 1]];
    a.push([x, y, 1, 0, 0, 0, -u * x, -u * y]);
    a.push([0, 0, 0, x, y, 1, -v * x, -v * y]);
    b.push(u, v);
  }
  return [...solve(a, b), 1];
}

export interface Size {
  width: number;
  height: number;
}

export interface Size {
  width: number;
  height: number;
}
