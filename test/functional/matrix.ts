// Small matrices in float64, row by row.

export type Matrix = number[];

export function product(a: Matrix, b: Matrix, n = 3): Matrix {
  return Array.from({ length: n * n }, (_, i) => {
    const [r, c] = [Math.floor(i / n), i % n];
    return Array.from({ length: n }, (_, k) => a[r * n + k] * b[k * n + c]).reduce((sum, v) => sum + v);
  });
}

/** x of a x = b with k right sides, by Gauss and Jordan. */
export function solved(a: ArrayLike<number>, b: ArrayLike<number>, n: number, k: number): number[] {
  const rows = Array.from({ length: n }, (_, r) => [
    ...Array.from({ length: n }, (_, c) => a[r * n + c]),
    ...Array.from({ length: k }, (_, c) => b[r * k + c]),
  ]);
  for (let i = 0; i < n; i++) {
    let pivot = i;
    for (let r = i; r < n; r++) if (Math.abs(rows[r][i]) > Math.abs(rows[pivot][i])) pivot = r;
    [rows[i], rows[pivot]] = [rows[pivot], rows[i]];
    rows[i] = rows[i].map((v) => v / rows[i][i]);
    for (let r = 0; r < n; r++) {
      const factor = rows[r][i];
      if (r !== i) rows[r] = rows[r].map((v, c) => v - factor * rows[i][c]);
    }
  }
  return rows.flatMap((row) => row.slice(n));
}

/** p' = L (p − c) + c + t */
export function about(l: readonly number[], [cx, cy]: readonly number[], [tx, ty]: readonly number[] = [0, 0]): Matrix {
  const [a, b, c, d] = l;
  return [a, b, cx - a * cx - b * cy + tx, c, d, cy - c * cx - d * cy + ty, 0, 0, 1];
}

/** Splits values into samples of some length. */
export const samples = (values: ArrayLike<number>, length: number): number[][] =>
  Array.from({ length: values.length / length }, (_, i) => Array.from(values).slice(i * length, (i + 1) * length));
