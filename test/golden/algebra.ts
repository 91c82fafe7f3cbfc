// Small matrices made of tensors, so that gradients flow into the parameters that they are made of.
import { add, broadcastTo, concat, div, matmul, mul, reshape, slice, type Tensor, tensor } from "../../src/index.ts";

export type Scalar = Tensor | number;

/** `[n, 3, 3]` from nine entries, row by row; each is a number, or a tensor with one value or one value per sample. */
export function matrices(like: Tensor, n: number, entries: readonly Scalar[]): Tensor {
  const columns = entries.map((entry) =>
    typeof entry === "number" ? constant(like, entry, [n, 1]) : column(entry, n),
  );
  return reshape(concat(columns, 1), [n, 3, 3]);
}

/** A tensor of one value, or of n, as `[n, 1]`. */
export function column(value: Tensor, n: number): Tensor {
  const flat = reshape(value, [value.size, 1]);
  return value.size === n ? flat : broadcastTo(flat, [n, 1]);
}

/** Value `j` of the last axis: `[..., K]` gives `[...]`. */
export function part(value: Tensor, j: number): Tensor {
  const k = value.shape[value.shape.length - 1];
  const rows = reshape(value, [value.size / k, k]);
  return reshape(slice(rows, 1, j, j + 1), value.shape.slice(0, -1));
}

/** The same constant matrix for each sample. */
export function fixed(like: Tensor, n: number, values: readonly number[]): Tensor {
  return constant(like, Array.from({ length: n }, () => values).flat(), [n, 3, 3]);
}

export const IDENTITY = [1, 0, 0, 0, 1, 0, 0, 0, 1];

/** Product of matrices `[n, 3, 3]`, the last applied first. */
export function product(...factors: Tensor[]): Tensor {
  return factors.reduce((left, right) => matmul(left, right));
}

/** `[n, 2, 3]` or `[n, 3, 3]` to `[n, 3, 3]`; one matrix serves all samples. */
export function square(matrix: Tensor, n: number): Tensor {
  const rows = matrix.shape[matrix.shape.length - 2];
  const m = reshape(matrix, [matrix.size / (rows * 3), rows * 3]);
  const count = m.shape[0];
  const bottom = rows === 2 ? [constant(m, Array.from({ length: count }, () => [0, 0, 1]).flat(), [count, 3])] : [];
  const full = rows === 2 ? concat([m, ...bottom], 1) : m;
  return reshape(count === n ? full : broadcastTo(full, [n, 9]), [n, 3, 3]);
}

/** Points `[n, k, 2]` through matrices `[n, 3, 3]`. */
export function transformPoints(m: Tensor, points: Tensor): Tensor {
  const [n, k] = points.shape;
  const entry = (i: number) => reshape(part(reshape(m, [n, 9]), i), [n, 1]);
  const [x, y] = [part(points, 0), part(points, 1)];
  const row = (i: number) => add(add(mul(x, entry(i)), mul(y, entry(i + 1))), entry(i + 2));
  const w = row(6);
  return concat([reshape(div(row(0), w), [n, k, 1]), reshape(div(row(3), w), [n, k, 1])], 2);
}

/** The inverse of each of `[n, 3, 3]`, as a constant. */
export async function inverse(m: Tensor): Promise<Tensor> {
  const values = await m.read();
  const out = new Float32Array(values.length);
  for (let s = 0; s < values.length; s += 9) {
    const [a, b, c, d, e, f, g, h, i] = values.subarray(s, s + 9);
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
    const det = a * adjugate[0] + b * adjugate[3] + c * adjugate[6];
    adjugate.forEach((value, j) => {
      out[s + j] = value / det;
    });
  }
  return constant(m, out, m.shape);
}

/** The homography that takes each quadrangle `[n, 4, 2]` to another, as a constant: what `perspective` does, for labels. */
export async function homography(from: Tensor, to: Tensor): Promise<Tensor> {
  const [a, b] = [await from.read(), await to.read()];
  const n = a.length / 8;
  const out = new Float32Array(n * 9);
  for (let s = 0; s < n; s++) {
    const rows: number[][] = [];
    for (let p = s * 8; p < s * 8 + 8; p += 2) {
      const [x, y, u, v] = [a[p], a[p + 1], b[p], b[p + 1]];
      rows.push([x, y, 1, 0, 0, 0, -u * x, -u * y, u], [0, 0, 0, x, y, 1, -v * x, -v * y, v]);
    }
    out.set([...solve(rows), 1], s * 9);
  }
  return constant(from, out, [n, 3, 3]);
}

/** Gauss–Jordan elimination of a square system with its right side as the last column. */
function solve(rows: number[][]): number[] {
  const n = rows.length;
  for (let i = 0; i < n; i++) {
    let pivot = i;
    for (let r = i + 1; r < n; r++) if (Math.abs(rows[r][i]) > Math.abs(rows[pivot][i])) pivot = r;
    [rows[i], rows[pivot]] = [rows[pivot], rows[i]];
    for (let r = 0; r < n; r++) {
      const ratio = r === i ? 0 : rows[r][i] / rows[i][i];
      if (ratio !== 0) rows[r] = rows[r].map((value, j) => value - ratio * rows[i][j]);
    }
  }
  return rows.map((row, i) => row[n] / row[i]);
}

export function constant(like: Tensor, values: ArrayLike<number> | number, shape: readonly number[]): Tensor {
  const count = shape.reduce((a, b) => a * b, 1);
  return tensor(like.gpu, typeof values === "number" ? new Float32Array(count).fill(values) : values, shape);
}
