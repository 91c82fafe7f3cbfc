import { describe, expect, test } from "vitest";
import * as ag from "../../src/index.ts";
import { values } from "../autograd/values.ts";
import { samples } from "../functional/matrix.ts";
import { testGpu } from "../gpu.ts";
import { type Sizes, seenThrough } from "./reference.ts";

const device = testGpu();
const SHAPE = [2, 2, 4, 5, 6];
const COUNT = 2 * 2 * 4 * 5 * 6;
const volume = () => ag.parameter(device.gpu, values(COUNT, -1, 1, 1), SHAPE);

/** The voxels of a box, by loops. */
function cut(x: ArrayLike<number>, [x0, y0, z0, x1, y1, z1]: Sizes): number[] {
  const y: number[] = [];
  for (let p = 0; p < 4; p++)
    for (let k = z0; k < z1; k++)
      for (let j = y0; j < y1; j++) for (let i = x0; i < x1; i++) y.push(x[((p * 4 + k) * 5 + j) * 6 + i]);
  return y;
}

/** From voxels of the result to those of the source, with half-pixel centres. */
const matrix = (b: readonly number[], size: Sizes): number[] =>
  [0, 1, 2]
    .flatMap((a) => {
      const scale = (b[a + 3] - b[a]) / size[2 - a];
      return [0, 1, 2].map((k) => (k === a ? scale : 0)).concat(b[a] - 0.5 + 0.5 * scale);
    })
    .concat([0, 0, 0, 1]);

describe("crop3d", () => {
  test("whole boxes are copied, and their gradients are the voxels'", async () => {
    const x = volume();
    const box = [1, 0, 2, 5, 3, 4];
    const y = ag.crop3d(x, { box });
    expect(y.shape).toEqual([2, 2, 2, 3, 4]);
    expect([...(await y.read())]).toEqual(cut(await x.read(), box));
    await ag.assertGradients((v) => ag.crop3d(v, { box }), [x], { reference: ([v]) => cut(v, box) });
    // The same box as a tensor is the same to the last bits, and learns.
    const learned = ag.parameter(device.gpu, box);
    const through = ag.crop3d(x, { box: learned, size: [2, 3, 4] });
    expect([...(await through.read())]).toEqual([...(await y.read())]);
    expect(await ag.crop3d(x, { box: [0, 0, 0, 6, 5, 4] }).read()).toEqual(await x.read());
  });

  test("value and gradients of volume and boxes, in another size, and beyond the volume", async () => {
    const boxes = ag.parameter(device.gpu, [0.3, 0.6, 0.2, 4.9, 3.8, 3.1, -0.7, 1.2, 1.1, 5.6, 6.3, 3.7], [2, 6]);
    const size = [3, 4, 3] as const;
    for (const padding of ["zeros", "reflection"] as const)
      await ag.assertGradients((x, box) => ag.crop3d(x, { box, size, padding }), [volume(), boxes], {
        tolerance: 3e-4,
        reference: ([x, b]) =>
          seenThrough(x, SHAPE, samples(b, 6).map((box) => matrix(box, size)), size, { padding }), // biome-ignore format: one line
      });
  });

  test("boxes of their own for samples, as numbers", async () => {
    const x = volume();
    const y = ag.crop3d(x, { box: [[0, 0, 0, 3, 2, 2], [2, 1, 2, 5, 3, 4]], size: [2, 2, 3] }); // biome-ignore format: boxes
    const data = await x.read();
    const half = 2 * 12;
    const expected = [...cut(data, [0, 0, 0, 3, 2, 2]).slice(0, half), ...cut(data, [2, 1, 2, 5, 3, 4]).slice(half)];
    expect([...(await y.read())]).toEqual(expected);
  });
});

test("centerCrop3d is the middle, and no voxel before it where there is none", async () => {
  const x = volume();
  expect([...(await ag.centerCrop3d(x, { size: [2, 2, 3] }).read())]).toEqual(cut(await x.read(), [1, 1, 1, 4, 3, 3]));
  expect(await ag.centerCrop3d(x, { size: [4, 5, 6] }).read()).toEqual(await x.read());
});

test("what does not fit is refused", () => {
  const x = ag.zeros(device.gpu, SHAPE);
  const refused = [
    [() => ag.crop3d(x, {} as never), /box of crop3d\(\): got undefined/],
    [() => ag.crop3d(x, { box: [0, 0, 0, 0, 5, 4] }), /x0 < x1/],
    [() => ag.crop3d(x, { box: [0, 0, 0, 1.5, 5, 4] }), /size of crop3d\(\): got undefined/],
    [() => ag.crop3d(x, { box: [0, 0, 0, 1] }), /\[6\], or \[2, 6\]/],
    [() => ag.crop3d(x, { box: ag.zeros(device.gpu, [6]) }), /size of crop3d\(\)/],
    [() => ag.crop3d(ag.zeros(device.gpu, [1, 2, 3, 4]), { box: [0, 0, 0, 1, 1, 1] }), /\[N, C, D, H, W\]/],
    [() => ag.centerCrop3d(x, { size: [4, 5, 7] }), /at most the volume, \[4, 5, 6\]/],
    [() => ag.centerCrop3d(x, {} as never), /size of centerCrop3d\(\)/],
    [() => ag.centerCrop3d(x, { size: [0, 1, 1] }), /whole numbers of at least 1/],
  ] as const;
  for (const [call, message] of refused) expect(call).toThrow(message);
});
