import type { Tensor } from "../../src/index.ts";

// What pixels of a result show of images that say where their pixels are.

/** Pixels along a side of these images. */
export const SIDE = 40;

/** Images whose first two channels say where a pixel is, and whose third whose it is. */
export const places = (n: number): Float32Array =>
  Float32Array.from({ length: n * 3 * SIDE * SIDE }, (_, i) => {
    const channel = Math.floor(i / (SIDE * SIDE)) % 3;
    const at = channel ? Math.floor(i / SIDE) % SIDE : i % SIDE;
    return channel < 2 ? at : 1 + Math.floor(i / (3 * SIDE * SIDE));
  });

/** A pixel of a result, and where its sample's image has what it shows. */
export interface Origin {
  n: number;
  at: [x: number, y: number];
  from: [x: number, y: number];
}

/**
 * Where pixels of a result of the images above come from, as they say: those that see their own sample alone, well inside, and with
 * neighbours from nearby. Where a strong lens folds an image over, its inverse jumps.
 */
export async function origins(y: Tensor): Promise<Origin[]> {
  const [samples, , h, w] = y.shape;
  const seen = await y.read();
  const found: Origin[] = [];
  for (let n = 0; n < samples; n++) {
    const value = (c: number, x: number, y: number) => seen[((3 * n + c) * h + y) * w + x];
    const near = (x: number, y: number, dx: number, dy: number) =>
      [0, 1].every((c) => Math.abs(value(c, x + dx, y + dy) - value(c, x, y)) < JUMP);
    for (let y = 4; y < h - 4; y++)
      for (let x = 4; x < w - 4; x++) {
        const from: [number, number] = [value(0, x, y), value(1, x, y)];
        if (Math.abs(value(2, x, y) - 1 - n) > 1e-4 || !from.every((v) => v > 4 && v < SIDE - 5)) continue;
        if (AROUND.every(([dx, dy]) => near(x, y, dx, dy))) found.push({ n, at: [x, y], from });
      }
  }
  return found;
}
const AROUND = [
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
];
/** Pixels; crops to boxes of a few pixels and halves of images move neighbours by less. */
const JUMP = 4;
