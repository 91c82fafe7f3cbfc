// What numbers alone say of a map: whether it has an inverse, and which one eight points make. In float64, on the processor.
import { frameOf } from "./matrices.ts";

/** The determinant of a matrix by rows, and the sum of the sizes of its products. */
function determinant(m: readonly number[], n: number): { value: number; size: number } {
  if (n === 1) return { value: m[0], size: Math.abs(m[0]) };
  let [value, size] = [0, 0];
  for (let c = 0; c < n; c++) {
    const minor = m.filter((_, i) => i >= n && i % n !== c);
    const part = determinant(minor, n - 1);
    value += (c % 2 ? -1 : 1) * m[c] * part.value;
    size += Math.abs(m[c]) * part.size;
  }
  return { value, size };
}

/** Whether f32 can invert a 4 × 4 matrix: what its products leave of each other does not depend on units. */
export function isInvertible(m: readonly number[]): boolean {
  const { value, size } = determinant(m, 4);
  return Math.abs(value) > 1e-6 * size && Number.isFinite(Math.fround(1 / value));
}

/** Whether eight points to eight points make one map, which has an inverse. */
export function isPerspective(start: readonly number[], end: readonly number[], size: readonly number[]): boolean {
  const { to } = frameOf(size);
  const framed = (points: readonly number[]) => points.map((v, i) => v * to[5 * (i % 3)] + to[4 * (i % 3) + 3]);
  const [p, q] = [framed(start), framed(end)];
  const rows = Array.from({ length: 24 }, (_, i) => {
    const [point, axis] = [Math.floor(i / 3), i % 3];
    const at = [...p.slice(3 * point, 3 * point + 3), 1];
    const row = new Array<number>(12).fill(0);
    row.splice(4 * axis, 4, ...at);
    const target = q[3 * point + axis];
    return { row: [...row, ...at.slice(0, 3).map((v) => -v * target)], left: target - at[axis] };
  });
  const normal = Array.from({ length: 15 }, (_, r) => [
    ...Array.from({ length: 15 }, (_, c) => rows.reduce((sum, { row }) => sum + row[r] * row[c], 0)),
    rows.reduce((sum, { row, left }) => sum + row[r] * left, 0),
  ]);
  const delta = solved(normal);
  if (!delta) return false;
  return isInvertible([...delta, 0].map((v, i) => v + Number(i % 5 === 0)));
}

/** The solution of a symmetric system, `[a, b]` by rows, or null where f32 could not tell. */
function solved(system: number[][]): number[] | null {
  const rows = system.map((row) => [...row]);
  const largest = Math.max(...rows.map((row, i) => Math.abs(row[i])));
  for (let i = 0; i < rows.length; i++) {
    const pivot = rows.reduce((best, row, r) => (r > i && Math.abs(row[i]) > Math.abs(rows[best][i]) ? r : best), i);
    [rows[i], rows[pivot]] = [rows[pivot], rows[i]];
    if (!(Math.abs(rows[i][i]) > 1e-6 * largest)) return null;
    rows[i] = rows[i].map((v) => v / rows[i][i]);
    for (let r = 0; r < rows.length; r++) {
      const factor = rows[r][i];
      if (r !== i) rows[r] = rows[r].map((v, c) => v - factor * rows[i][c]);
    }
  }
  return rows.map((row) => row[row.length - 1]);
}
