import { expect, test } from "vitest";
import * as ag from "../../src/index.ts";
import { values } from "../autograd/values.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();
const shape = [2, 2, 6, 7];
const image = (seed: number) => ag.parameter(device.gpu, values(168, 0, 1, seed), shape);

/** Structural similarity of planes, with mirrored edges, in float64. */
function similarity(x: ArrayLike<number>, y: ArrayLike<number>, size: number, range: number, eps: number): number[] {
  const [h, w] = [6, 7];
  const half = (size - 1) / 2;
  const weights = Array.from({ length: size }, (_, i) => Math.exp(-((i - half) ** 2) / 4.5));
  const total = weights.reduce((a, b) => a + b);
  const mirrored = (i: number, n: number) => (i < 0 ? -i : i >= n ? 2 * n - 2 - i : i);
  return Array.from({ length: 168 }, (_, at) => {
    const [plane, row, column] = [Math.floor(at / (h * w)), Math.floor(at / w) % h, at % w];
    const local = (f: (i: number) => number) => {
      let sum = 0;
      for (let i = 0; i < size; i++)
        for (let j = 0; j < size; j++) {
          const place = (plane * h + mirrored(row + i - half, h)) * w + mirrored(column + j - half, w);
          sum += (weights[i] * weights[j] * f(place)) / total ** 2;
        }
      return sum;
    };
    const [mx, my] = [local((i) => x[i]), local((i) => y[i])];
    const [xx, yy, xy] = [local((i) => x[i] ** 2), local((i) => y[i] ** 2), local((i) => x[i] * y[i])];
    const [c1, c2] = [(0.01 * range) ** 2, (0.03 * range) ** 2];
    const below = (mx * mx + my * my + c1) * (xx - mx * mx + yy - my * my + c2) + eps;
    return ((2 * mx * my + c1) * (2 * (xy - mx * my) + c2)) / below;
  });
}

test("ssim and ssimLoss: value and gradients", async () => {
  const options = { windowSize: 5, maxValue: 1.5, epsilon: 1e-4 };
  await ag.assertGradients((x, y) => ag.ssim(x, y, options), [image(1), image(2)], {
    tolerance: 1e-3,
    samples: 12,
    reference: ([x, y]) => similarity(x, y, 5, 1.5, 1e-4),
  });
  await ag.assertGradients((x, y) => ag.ssimLoss(x, y, { windowSize: 3 }), [image(1), image(2)], {
    tolerance: 1e-3,
    samples: 12,
    reference: ([x, y]) => [similarity(x, y, 3, 1, 1e-12).reduce((sum, v) => sum + (1 - v) / 2, 0) / 168],
  });
  const [same, valid] = [ag.ssim(image(1), image(1)), ag.ssim(image(1), image(2), { windowSize: 3, padding: "valid" })];
  for (const v of await same.read()) expect(v).toBeCloseTo(1, 4);
  expect(valid.shape).toEqual([2, 2, 4, 5]);
  const all = await ag.ssim(image(1), image(2), { windowSize: 3 }).read();
  expect((await valid.read())[0]).toBe(all[8]);
});

test("psnr and psnrLoss: value and gradients, infinite between equal tensors", async () => {
  const reference =
    (sign: number) =>
    ([x, y]: readonly Float64Array[]) => {
      const error = x.reduce((sum, v, i) => sum + (v - y[i]) ** 2, 0) / x.length;
      return [sign * 10 * Math.log10(1.44 / error)];
    };
  const given = { maxValue: 1.2 };
  await ag.assertGradients((x, y) => ag.psnr(x, y, given), [image(1), image(2)], {
    samples: 12,
    reference: reference(1),
  });
  await ag.assertGradients((x, y) => ag.psnrLoss(x, y, given), [image(1), image(2)], {
    samples: 12,
    reference: reference(-1),
  });
  const x = image(1);
  const y = ag.psnr(x, x.detach());
  ag.backward(y);
  expect([...(await y.read())]).toEqual([Infinity]);
  expect((await x.grad!.read()).every((v) => v === 0)).toBe(true);
});

test("totalVariation: value and gradients, and sides of one pixel", async () => {
  for (const reduction of ["sum", "mean"] as const)
    for (const [h, w] of [
      [6, 7],
      [1, 7],
      [6, 1],
      [1, 1],
    ]) {
      // biome-ignore format: sizes
      const x = ag.parameter(device.gpu, values(2 * h * w, 0, 1, 3), [2, h, w]);
      await ag.assertGradients((v) => ag.totalVariation(v, { reduction }), [x], {
        reference: ([v]) =>
          [0, 1].map((n) => {
            let total = 0;
            const [downs, acrosses] = reduction === "sum" ? [1, 1] : [(h - 1) * w, h * (w - 1)];
            for (let i = 0; i < h * w; i++) {
              if (i >= w) total += Math.abs(v[n * h * w + i] - v[n * h * w + i - w]) / downs;
              if (i % w) total += Math.abs(v[n * h * w + i] - v[n * h * w + i - 1]) / acrosses;
            }
            return total;
          }),
      });
    }
});

test("what does not fit is refused", () => {
  expect(() => ag.ssim(image(1), ag.zeros(device.gpu, [2, 2, 6, 6]))).toThrow(/y of ssim\(\)/);
  expect(() => ag.ssim(image(1), image(2), { windowSize: 4 })).toThrow(/windowSize: got 4; allowed is an odd/);
  expect(() => ag.ssim(image(1), image(2), { padding: "valid" })).toThrow(/at least 11 pixels a side/);
  expect(() => ag.psnr(image(1), image(2), { maxValue: 0 })).toThrow(/maxValue: got 0/);
});
