import { expect, test } from "vitest";
import * as ag from "../../src/index.ts";
import { values } from "../autograd/values.ts";
import { testGpu } from "../gpu.ts";
import { product, samples } from "./matrix.ts";

const device = testGpu();
const learned = (data: ag.Values, shape?: ag.Shape) => ag.parameter(device.gpu, data, shape);

const moved = (m: readonly number[], p: readonly number[], d: number) => {
  const row = (r: number) => p.reduce((sum, v, i) => sum + m[r * (d + 1) + i] * v, m[r * (d + 1) + d]);
  return p.map((_, r) => row(r) / row(d));
};

test("transformPoints: value and gradients, in the plane and in space, one matrix or one for each sample", async () => {
  for (const [d, n, shape] of [
    [2, 2, [2, 3, 2]],
    [2, 1, [2, 3, 2]],
    [3, 2, [2, 4, 3]],
    [2, 2, [5, 2]],
    [2, 2, [2, 150, 2]],
  ] as const) {
    // biome-ignore format: cases
    const size = (d + 1) ** 2;
    const near = values(n * size, -0.1, 0.1, 4).map((v, i) =>
      Math.floor((i % size) / (d + 1)) === i % (d + 1) ? 1 + v : v,
    );
    const [m, p] = [
      learned(near, [n, d + 1, d + 1]),
      learned(
        values(
          shape.reduce((a, b) => a * b, 1),
          -2,
          2,
          7,
        ),
        shape,
      ),
    ];
    await ag.assertGradients(ag.transformPoints, [m, p], {
      reference: ([a, b]) => {
        const each = samples(a, size);
        const points = samples(b, d);
        const times = shape.length === 2 ? n : 1;
        return Array.from({ length: times * points.length }, (_, i) => {
          const sample = shape.length === 2 ? Math.floor(i / points.length) : n === 1 ? 0 : Math.floor(i / shape[1]);
          return moved(each[sample], points[i % points.length], d);
        }).flat();
      },
    });
  }
});

test("homogeneous coordinates: value and gradients, and points at infinity", async () => {
  const p = learned(values(12, -2, 2, 5), [2, 2, 3]);
  await ag.assertGradients(ag.convertPointsToHomogeneous, [p], {
    reference: ([v]) => samples(v, 3).flatMap((one) => [...one, 1]),
  });
  await ag.assertGradients(ag.convertPointsFromHomogeneous, [p], {
    reference: ([v]) => samples(v, 3).flatMap(([x, y, w]) => [x / w, y / w]),
  });
  const far = learned([[2, 4, 0], [2, 4, -2]]); // biome-ignore format: points
  const y = ag.convertPointsFromHomogeneous(far);
  ag.backward(ag.sum(y));
  expect([...(await y.read())]).toEqual([2, 4, -1, -2]);
  expect([...(await far.grad!.read())]).toEqual([1, 1, 0, -0.5, -0.5, -1.5]);
});

test("pixel coordinates from −1 to 1, and homographies between them", async () => {
  const p = learned(values(12, -5, 30, 2), [2, 3, 2]);
  await ag.assertGradients((v) => ag.normalizePixelCoordinates(v, 13, 17), [p], {
    reference: ([v]) => Array.from(v, (c, i) => (i % 2 ? c / 6 - 1 : c / 8 - 1)),
  });
  await ag.assertGradients((v) => ag.denormalizePixelCoordinates(v, 13, 17), [p], {
    reference: ([v]) => Array.from(v, (c, i) => (i % 2 ? 6 * c + 6 : 8 * c + 8)),
  });
  const h = learned([1.1, 0.2, -3, 0.1, 0.9, 2, 0.01, -0.02, 1], [3, 3]);
  const [before, after] = [[8, 0, 8, 0, 6, 6, 0, 0, 1], [0.5, 0, -1, 0, 1 / 3, -1, 0, 0, 1]]; // biome-ignore format: matrices
  await ag.assertGradients((m) => ag.normalizeHomography(m, [13, 17], [7, 5]), [h], {
    reference: ([m]) => product(after, product(Array.from(m), before)),
  });
  const back = ag.denormalizeHomography(ag.normalizeHomography(h, [13, 17], [7, 5]), [13, 17], [7, 5]);
  const [a, b] = [await back.read(), await h.read()];
  for (const [i, v] of a.entries()) expect(v).toBeCloseTo(b[i], 5);
  const unit = ag.normalTransformPixel(device.gpu, 13, 17);
  const normal = await ag.transformPoints(unit, p).read();
  const direct = await ag.normalizePixelCoordinates(p, 13, 17).read();
  for (const [i, v] of normal.entries()) expect(v).toBeCloseTo(direct[i], 5);
});

test("what does not fit is refused", () => {
  const [m, p] = [ag.zeros(device.gpu, [3, 3, 3]), ag.zeros(device.gpu, [2, 4, 2])];
  expect(() => ag.transformPoints(m, p)).toThrow(/matrix of transformPoints\(\): got \[3, 3, 3\]/);
  expect(() => ag.transformPoints(ag.zeros(device.gpu, [2, 3]), p)).toThrow(/\[3, 3\], or one for each sample/);
  expect(() => ag.normalizePixelCoordinates(p, 1, 5)).toThrow(/height of normalizePixelCoordinates\(\): got 1/);
  expect(() => ag.normalizeHomography(m, [4, 4], [4, 1])).toThrow(/sizeAfter of normalizeHomography\(\)/);
  expect(() => ag.convertPointsFromHomogeneous(ag.zeros(device.gpu, [3, 1]))).toThrow(/D at least 2/);
});
