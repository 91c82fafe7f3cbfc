import { expect, test, vi } from "vitest";
import * as ag from "../../src/index.ts";
import { values } from "../autograd/values.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();
vi.setConfig({ testTimeout: 120_000 });
const camera = () => ag.parameter(device.gpu, [50, 0, 24, 0, 45, 20, 0, 0, 1], [3, 3]);
const points = () => ag.parameter(device.gpu, values(20, 2, 44, 1), [2, 5, 2]);
const lens = () =>
  ag.parameter(device.gpu, [0.1, -0.05, 0.02, -0.01, 0.02, 0.03, -0.02, 0.01, 0.02, -0.01, 0.01, 0.02, 0.05, -0.04]);

test("points that are distorted and straightened are where they were", async () => {
  const [p, k, d] = [points(), camera(), lens()];
  const there = ag.distortPoints(p, k, d);
  const back = await ag.undistortPoints(there, k, d).read();
  const [before, between] = await Promise.all([p.read(), there.read()]);
  expect(Math.max(...back.map((v, i) => Math.abs(v - before[i])))).toBeLessThan(1e-3);
  expect(Math.max(...between.map((v, i) => Math.abs(v - before[i])))).toBeGreaterThan(0.5);
});

test("gradients of points, cameras and coefficients, both ways", async () => {
  const small = ag.parameter(device.gpu, [0.1, -0.05, 0.02, -0.01, 0.02]);
  for (const through of [ag.distortPoints, ag.undistortPoints])
    await ag.assertGradients((p, d) => through(p, camera().detach(), d), [points(), small], { step: 5e-3 });
});

test("what lies beyond all that a lens shows is NaN, and what does not fit is refused", async () => {
  const far = ag.parameter(device.gpu, [2000, 20, 24, 20], [1, 2, 2]);
  const barrel = ag.tensor(device.gpu, [-0.3, 0, 0, 0]);
  const y = ag.undistortPoints(far, camera(), barrel);
  const [gradient] = ag.grad(ag.sum(y), [far]);
  const [found, pulled] = await Promise.all([y.read(), gradient.read()]);
  expect([...found].map(Number.isNaN)).toEqual([true, true, false, false]);
  expect([...pulled].slice(0, 2).map(Math.abs)).toEqual([0, 0]);
  expect(() => ag.distortPoints(far, camera(), ag.tensor(device.gpu, [1, 2]))).toThrow(
    /coefficients of distortPoints\(\): got \[2\]; allowed is \[K\], or \[1, K\], K being 4, 5, 8, 12 or 14/,
  );
});
