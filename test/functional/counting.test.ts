import { describe, expect, test } from "vitest";
import * as ag from "../../src/index.ts";
import { values } from "../autograd/values.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();
const parameter = (shape: number[], seed: number, low = 0, high = 1) =>
  ag.parameter(
    device.gpu,
    values(
      shape.reduce((a, b) => a * b, 1),
      low,
      high,
      seed,
    ),
    shape,
  );
const weighed = (y: ag.Tensor) => ag.sum(ag.mul(y, ag.tensor(device.gpu, values(y.size, -1, 1, 77), y.shape)));

const KERNELS: Record<string, (u: number) => number> = {
  gaussian: (u) => Math.exp(-(u * u) / 2),
  triangular: (u) => Math.max(1 - Math.abs(u), 0),
  epanechnikov: (u) => Math.max(1 - u * u, 0),
  uniform: (u) => (Math.abs(u) <= 1 ? 1 : 0),
};

describe("histograms", () => {
  test.each(Object.entries(KERNELS))("imageHistogram2d, %s", async (name, k) => {
    const kernel = name as ag.HistogramKernel;
    const x = parameter([2, 2, 5, 7], 3);
    const image = await x.read();
    const { histogram, density } = ag.imageHistogram2d(x.detach(), { bins: 6, kernel });
    const counts = Array.from({ length: 24 }, (_, i) => {
      const plane = image.slice(Math.floor(i / 6) * 35, Math.floor(i / 6) * 35 + 35);
      return Array.from(plane, (v) => k((v - ((i % 6) + 0.5) / 6) * 6)).reduce((a, b) => a + b);
    });
    (await histogram.read()).forEach((v, i) => expect(v).toBeCloseTo(counts[i], 4));
    const shares = await density.read();
    for (let p = 0; p < 4; p++) expect(shares.slice(6 * p, 6 * p + 6).reduce((a, b) => a + b)).toBeCloseTo(1, 5);
    if (kernel === "uniform") {
      expect(() => ag.imageHistogram2d(x, { kernel })).toThrow(/no gradient/);
      return;
    }
    const [centers, bandwidth] = [parameter([5], 4), ag.parameter(device.gpu, [0.23], [1])];
    await ag.assertGradients(
      (t, c, b) => ag.imageHistogram2d(t, { centers: c, bandwidth: b, kernel }).density,
      [x, centers, bandwidth],
      {
        reference: ([t, c, [b]]) =>
          [0, 1, 2, 3].flatMap((plane) => {
            const own = t.slice(35 * plane, 35 * plane + 35);
            const counts = Array.from(c, (centre) => own.reduce((sum, v) => sum + k((v - centre) / b), 0));
            const all = counts.reduce((sum, v) => sum + v, 1e-10);
            return counts.map((v) => v / all);
          }),
      },
    );
  });

  test("one chunk or many: counts of a large image", async () => {
    const x = ag.tensor(device.gpu, values(3 * 200 * 211, 0, 1, 5), [1, 3, 200, 211]);
    const total = (await ag.imageHistogram2d(x, { bins: 16 }).histogram.read()).reduce((a, b) => a + b);
    // Triangles of neighbouring bins add up to 1, but for half a bin at either end.
    expect(total).toBeGreaterThan(0.9 * 3 * 200 * 211);
    expect(total).toBeLessThanOrEqual(3 * 200 * 211 + 1);
  });

  test("histogram and histogram2d: sums of 1, and gradients", async () => {
    const [x, y, bins] = [parameter([2, 9], 6), parameter([2, 9], 7), parameter([4], 8)];
    const width = ag.parameter(device.gpu, 0.2);
    for (const sums of [ag.histogram(x, bins, 0.2), ag.reshape(ag.histogram2d(x, y, bins, 0.2), [2, 16])])
      for (const v of await ag.sum(sums, 1).read()) expect(v).toBeCloseTo(1, 5);
    await ag.assertGradients((t, b, w) => weighed(ag.histogram(t, b, w)), [x, bins, width], { step: 3e-3 });
    await ag.assertGradients((s, t, b, w) => weighed(ag.histogram2d(s, t, b, w)), [x, y, bins, width], { step: 3e-3 });
    expect(() => ag.histogram(x, bins, 0)).toThrow(/above 0/);
    expect(() => ag.histogram2d(x, ag.zeros(device.gpu, [2, 8]), bins, 1)).toThrow(/as x1/);
  });
});

describe("integral images", () => {
  test("sums up to each place, along any axes, with gradients", async () => {
    const ones = ag.ones(device.gpu, [1, 3, 4]);
    expect(Array.from(await ag.integralImage(ones).read())).toEqual([1, 2, 3, 4, 2, 4, 6, 8, 3, 6, 9, 12]);
    const x = parameter([2, 3, 4], 9);
    for (const axes of [[-1], [0], [1, 2], [2, 0]])
      await ag.assertGradients((t) => weighed(ag.integralTensor(t, axes)), [x]);
    expect(() => ag.integralTensor(x, [1, -2])).toThrow(/each once/);
    expect(() => ag.integralTensor(x, [3])).toThrow(/axes/);
  });
});

describe("whitening", () => {
  test("the covariance becomes the identity, and the inverse undoes it", async () => {
    for (const [shape, axis] of [
      [[40, 3], 0],
      [[2, 60, 3], 1],
      [[30, 5], -2],
    ] as const) {
      const x = parameter([...shape], 10, -1, 1);
      const { matrix, mean, inverse } = ag.zcaMean(x.detach(), { axis, eps: 1e-7 });
      const d = matrix.shape[0];
      const y = ag.zcaWhiten(x.detach(), { axis, eps: 1e-7 });
      expect(y.shape).toEqual(shape);
      const order = [axis < 0 ? axis + shape.length : axis];
      shape.forEach((_, i) => !order.includes(i) && order.push(i));
      const rows = ag.reshape(ag.transpose(y, order), [y.size / d, d]);
      const covariance = await ag.div(ag.matmul(ag.transpose(rows, [1, 0]), rows), rows.shape[0] - 1).read();
      covariance.forEach((v, i) => expect(v).toBeCloseTo(i % (d + 1) === 0 ? 1 : 0, 3));
      const product = await ag.matmul(matrix, inverse).read();
      product.forEach((v, i) => expect(v).toBeCloseTo(i % (d + 1) === 0 ? 1 : 0, 4));
      expect(mean.shape).toEqual([1, d]);
    }
  });

  test("gradients through all statistics, of equal and of vanishing eigenvalues too", async () => {
    const plain = parameter([7, 3], 11, -1, 1);
    const equal = ag.parameter(device.gpu, [1, 0, -1, 0, 0, 1, 0, -1], [4, 2]);
    const few = parameter([3, 4], 12, -1, 1);
    for (const x of [plain, equal, few]) {
      await ag.assertGradients((t) => weighed(ag.zcaWhiten(t, { eps: 0.05 })), [x]);
      await ag.assertGradients((t) => weighed(ag.zcaMean(t, { eps: 0.05, unbiased: false }).inverse), [x], {
        step: 3e-3,
      });
    }
  });

  test("linearTransform, and what does not fit", async () => {
    const [x, m, c] = [parameter([2, 3, 2], 13), parameter([4, 4], 14), parameter([1, 4], 15)];
    await ag.assertGradients((t, a, b) => weighed(ag.linearTransform(t, a, b, 1)), [x, m, c]);
    expect(() => ag.linearTransform(x, m, c)).toThrow(/matrix of/);
    expect(() => ag.zcaMean(ag.zeros(device.gpu, [1, 4]))).toThrow(/1 sample/);
    expect(() => ag.zcaMean(ag.zeros(device.gpu, [2, 1024]))).toThrow(/at most 512/);
  });
});
