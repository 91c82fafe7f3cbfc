/** The image of a case as the model sees it, and the weights of its loss. */
import type { Shape4 } from "../reference/image.ts";
import type { Case } from "./case.ts";
import { U } from "./model/bounded.ts";
import { type Grid, gridOf } from "./model/grid.ts";

/** What the passes read: numbers, or bytes over 255. */
export function gridOfCase({ shape, dtype, image }: Case): Grid {
  const grid = gridOf(shape);
  const [, C, H, W] = shape;
  for (let i = 0; i < grid.v.length; i++) {
    if (dtype === "f32" || dtype === "f16") {
      grid.v[i] = image[i];
      continue;
    }
    const [n, c, pixel] = [Math.floor(i / (C * H * W)), Math.floor(i / (H * W)) % C, i % (H * W)];
    const byte = dtype === "u8" ? image[i] : image[(n * H * W + pixel) * 4 + c];
    grid.v[i] = byte / 255;
    grid.e[i] = 2 * U * grid.v[i];
  }
  return grid;
}

/** Weights from 0.5 to 1.5 of both signs, which no symmetry of a transform cancels; those of a sample do not depend on the others. */
export function weightsFor([N, C, H, W]: Shape4, first = 0): Float32Array {
  const each = C * H * W;
  return Float32Array.from({ length: N * each }, (_, i) => {
    const k = ((first + Math.floor(i / each)) * 7919 + (i % each) * 31 + 17) * 0.6180339887498949;
    const u = k - Math.floor(k);
    const s = k * 3.7 - Math.floor(k * 3.7);
    return (0.5 + u) * (s < 0.5 ? -1 : 1);
  });
}
