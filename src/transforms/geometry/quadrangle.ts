/** No triangle of three corners is flatter than a millionth of its longest side, which is what f32 can tell. */
export function isQuadrangle(q: readonly number[]): boolean {
  return TRIANGLES.every(([i, j, k]) => {
    const a = [q[2 * j] - q[2 * i], q[2 * j + 1] - q[2 * i + 1]];
    const b = [q[2 * k] - q[2 * i], q[2 * k + 1] - q[2 * i + 1]];
    const longest = Math.max(Math.hypot(...a), Math.hypot(...b), Math.hypot(a[0] - b[0], a[1] - b[1]));
    return Math.abs(a[0] * b[1] - a[1] * b[0]) > 1e-6 * longest * longest;
  });
}
const TRIANGLES = [
  [0, 1, 2],
  [0, 1, 3],
  [0, 2, 3],
  [1, 2, 3],
] as const;
