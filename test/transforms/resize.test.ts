/** A filtering resize is a banded matrix along each axis: a pixel that is no number is seen where it has a weight, and nowhere else. */
import { expect, test, vi } from "vitest";
import { apply, grad, resize, tensor } from "../../src/index.ts";
import { testGpu } from "../gpu.ts";
import { antialiasWeights } from "../reference/warp.ts";
import { weightsFor } from "./check.ts";

const device = testGpu();
vi.setConfig({ testTimeout: 60_000 });
const [N, C] = [2, 2];

/** Which of `after` places weigh which of `before`: the smallest weights are those that float64 leaves of a zero. */
function sees(before: number, after: number, interpolation: string): boolean[][] {
  const weights =
    after < before || interpolation === "bicubic"
      ? antialiasWeights(before, after, interpolation as "bilinear")
      : Array.from({ length: after }, (_, i): [number, number][] => [[i, 1]]);
  return weights.map((row) =>
    Array.from({ length: before }, (_, i) => row.some(([at, w]) => at === i && Math.abs(w) > 1e-12)),
  );
}

test.each([
  ["bilinear", 7, 5, 4, 3],
  ["bilinear", 8, 6, 4, 6],
  ["bilinear", 9, 1, 2, 1],
  ["bicubic", 7, 5, 4, 3],
  ["bicubic", 4, 4, 8, 2],
  ["bicubic", 13, 3, 1, 3],
] as const)("%s, %i x %i to %i x %i: NaN is seen where it has a weight", async (interpolation, w, h, width, height) => {
  const columns = sees(w, width, interpolation);
  const rows = sees(h, height, interpolation);
  const nans = (values: ArrayLike<number>) => Array.from(values).flatMap((v, i) => (Number.isNaN(v) ? [i] : []));
  const [before, after] = [w * h, width * height];
  for (const at of [0, w - 1, before - 1, before + (w >> 1), 2 * before + w - 1, N * C * before - 1]) {
    const values = weightsFor(N * C * before);
    values[at] = Number.NaN;
    const x = tensor(device.gpu, values, [N, C, h, w], { requiresGrad: true });
    const y = apply(x, resize({ width, height, interpolation }));
    const [plane, r, c] = [Math.floor(at / before), Math.floor((at % before) / w), at % w];
    const expected = Array.from({ length: after }, (_, i) => plane * after + i).filter((i) => {
      const [j, k] = [Math.floor((i % after) / width), i % width];
      return rows[j][r] && columns[k][c];
    });
    expect(nans(await y.read())).toEqual(expected);

    const gradient = weightsFor(N * C * after, 2);
    const out = Math.min(N * C * after - 1, Math.floor((at * after) / before));
    gradient[out] = Number.NaN;
    const [gx] = grad(y, [x], { gradient: tensor(device.gpu, gradient, y.shape) });
    const [p, j, k] = [Math.floor(out / after), Math.floor((out % after) / width), out % width];
    const back = Array.from({ length: before }, (_, i) => p * before + i).filter((i) => {
      return rows[j][Math.floor((i % before) / w)] && columns[k][i % w];
    });
    expect(nans(await gx.read())).toEqual(back);
  }
});
