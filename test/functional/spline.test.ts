import { expect, test } from "vitest";
import * as ag from "../../src/index.ts";
import { values } from "../autograd/values.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();
const points = (seed: number, n = 2, k = 6) => ag.parameter(device.gpu, values(2 * n * k, -1, 1, seed), [n, k, 2]);

test("a spline takes its source to its destination, wherever its plates are", async () => {
  const [source, destination] = [points(1), points(2)];
  for (const centers of [source, destination]) {
    const spline = ag.getTpsTransform(source, destination, { centers });
    const found = await ag.warpPointsTps(source, centers, spline).read();
    const expected = await destination.read();
    expect(Math.max(...found.map((v, i) => Math.abs(v - expected[i])))).toBeLessThan(2e-5);
  }
});

test("gradients reach all points", async () => {
  const at = points(5, 1, 3).detach();
  const through = (source: ag.Tensor, destination: ag.Tensor) =>
    ag.warpPointsTps(at, source, ag.getTpsTransform(source, destination));
  await ag.assertGradients(through, [points(1, 1, 5), points(2, 1, 5)], { step: 1e-2, tolerance: 2e-2 });
});

test("a matrix that is affine is no bending, and points on a line stay finite", async () => {
  const source = points(1);
  const destination = ag.add(ag.mul(source, 0.5), 0.25);
  const { kernelWeights, affineWeights } = ag.getTpsTransform(source, destination);
  expect(Math.max(...(await kernelWeights.read()).map(Math.abs))).toBeLessThan(1e-4);
  const affine = [...(await affineWeights.read())].slice(0, 6);
  [0.25, 0.25, 0.5, 0, 0, 0.5].forEach((v, i) => expect(affine[i]).toBeCloseTo(v, 4));
  const line = ag.parameter(device.gpu, [-1, -1, 0, 0, 1, 1, 0.5, 0.5], [1, 4, 2]);
  const made = ag.getTpsTransform(line, points(3, 1, 4));
  const [gradient] = ag.grad(ag.sum(ag.square(made.kernelWeights)), [line]);
  for (const t of [made.kernelWeights, made.affineWeights, gradient])
    expect((await t.read()).every(Number.isFinite)).toBe(true);
});

test("NaN stays in its sample", async () => {
  const list = values(16, -1, 1, 1);
  list[3] = Number.NaN;
  const { kernelWeights } = ag.getTpsTransform(ag.tensor(device.gpu, list, [2, 4, 2]), points(2, 2, 4));
  const found = [...(await kernelWeights.read())];
  expect(found.slice(0, 8).every(Number.isNaN)).toBe(true);
  expect(found.slice(8).every(Number.isFinite)).toBe(true);
});

test("what does not fit is refused", () => {
  const { gpu } = device;
  expect(() => ag.getTpsTransform(ag.zeros(gpu, [1, 2, 2]), ag.zeros(gpu, [1, 2, 2]))).toThrow(
    /source of getTpsTransform\(\): got \[1, 2, 2\]; allowed is \[1, K of at least 3, 2\]/,
  );
  expect(() => ag.getTpsTransform(ag.zeros(gpu, [2, 4, 2]), ag.zeros(gpu, [3, 4, 2]))).toThrow(/source of/);
  expect(() => ag.getTpsTransform(ag.zeros(gpu, [2, 4, 2]), ag.zeros(gpu, [2, 5, 2]))).toThrow(/destination of/);
});
