/** Matrices as numbers, for engines that warp with those of the processor. */
import type { Shape } from "../engine.ts";
import { inverse3 } from "./reference.ts";

/**
 * Destination to source, eight numbers per sample; the ninth is 1.
 * @param k 6 or 9 numbers per matrix, source to destination
 * @param from what happens to the destination's pixel before: a 2x3 matrix per sample
 */
export function inverseRows(matrices: Float32Array, k: 6 | 9, from?: readonly number[][]): number[][] {
  return Array.from({ length: matrices.length / k }, (_, i) => {
    const own = Array.from(matrices.subarray(i * k, (i + 1) * k));
    let m = inverse3(k === 6 ? [...own, 0, 0, 1] : own);
    if (from) {
      const [a, b, c, d, e, f] = from[i];
      m = [0, 3, 6].flatMap((row) => {
        const [p, q, r] = m.slice(row, row + 3);
        return [p * a + q * d, p * b + q * e, p * c + q * f + r];
      });
    }
    return m.slice(0, 8).map((value) => value / m[8]);
  });
}

/** The middle 7/8 of an image, flipped where the coin is 1: its size, and where its pixels come from (2x3 per sample). */
export function cropped([, , h, w]: Shape, coins: Float32Array): { size: [number, number]; rows: number[][] } {
  const size: [number, number] = [Math.floor((h * 7) / 8), Math.floor((w * 7) / 8)];
  const [top, left] = [Math.floor((h - size[0]) / 2), Math.floor((w - size[1]) / 2)];
  const rows = Array.from(coins, (coin) =>
    coin > 0 ? [-1, 0, left + size[1] - 1, 0, 1, top] : [1, 0, left, 0, 1, top],
  );
  return { size, rows };
}
