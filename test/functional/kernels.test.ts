import { describe, expect, test } from "vitest";
import * as ag from "../../src/index.ts";
import { testGpu } from "../gpu.ts";
import { gaussianKernel } from "../reference/families/filter.ts";
import { motionKernel } from "../reference/families/stencil.ts";

const device = testGpu();

describe("kernels", () => {
  test("getGaussianKernel1d: value and gradients, odd and even", async () => {
    for (const size of [5, 4])
      await ag.assertGradients((sigma) => ag.getGaussianKernel1d(size, sigma), [ag.parameter(device.gpu, [0.7, 1.9])], {
        reference: ([sigma]) => Array.from(sigma, (s) => gaussianKernel(size, s)).flat(),
      });
  });

  test("getGaussianKernel2d: value and gradients", async () => {
    await ag.assertGradients(
      (sigma) => ag.getGaussianKernel2d([3, 4], sigma),
      [ag.parameter(device.gpu, [0.7, 1.9, 1.2, 0.8], [2, 2])],
      {
        reference: ([sigma]) =>
          [0, 1].flatMap((n) => {
            const across = gaussianKernel(4, sigma[2 * n + 1]);
            return gaussianKernel(3, sigma[2 * n]).flatMap((a) => across.map((b) => a * b));
          }),
      },
    );
  });

  test("getMotionKernel2d: value and gradients", async () => {
    await ag.assertGradients(
      (angle, direction) => ag.getMotionKernel2d(5, angle, direction),
      [ag.parameter(device.gpu, [33, -107]), ag.parameter(device.gpu, [0.4, -0.7])],
      {
        reference: ([angle, direction]) =>
          Array.from(angle, (a, n) => motionKernel(5, a, direction[n], "bilinear").flat()).flat(),
      },
    );
  });

  test("kernels without parameters", async () => {
    const { gpu } = device;
    expect(Array.from(await ag.getBoxKernel2d(gpu, [1, 4]).read())).toEqual([0.25, 0.25, 0.25, 0.25]);
    expect(Array.from(await ag.getLaplacianKernel2d(gpu, 3).read())).toEqual([1, 1, 1, 1, -8, 1, 1, 1, 1]);
    expect(Array.from(await ag.getPascalKernel2d(gpu, [1, 4]).read())).toEqual([0.125, 0.375, 0.375, 0.125]);
    const sobel = ag.getSpatialGradientKernel2d(gpu);
    expect(sobel.shape).toEqual([2, 3, 3]);
    expect(Array.from(await sobel.read()).slice(0, 9)).toEqual([-1, 0, 1, -2, 0, 2, -1, 0, 1]);
    expect(ag.getSpatialGradientKernel2d(gpu, { order: 2 }).shape).toEqual([3, 5, 5]);
  });

  test("what does not fit is refused", () => {
    const sigma = ag.parameter(device.gpu, [1, 2, 3]);
    expect(() => ag.getGaussianKernel1d(0, sigma)).toThrow(/kernelSize of getGaussianKernel1d/);
    expect(() => ag.getGaussianKernel2d(3, sigma)).toThrow(/sigma of getGaussianKernel2d\(\): got \[3\]/);
    expect(() => ag.getMotionKernel2d(4, sigma)).toThrow(/odd/);
    expect(() => ag.getLaplacianKernel2d(device.gpu, 2)).toThrow(/odd/);
  });
});
