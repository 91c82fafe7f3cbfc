import { expect, test } from "vitest";
import * as ag from "../../src/index.ts";
import { values } from "../autograd/values.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();
const [N, C, H, W] = [2, 2, 7, 9];

test("extractTensorPatches and combineTensorPatches: value and gradients", async () => {
  const cases = [
    { size: [3, 4], stride: [2, 3], borders: [1, 0, 2, 1] },
    { size: [2, 3], stride: [2, 3], borders: [0, 1, 0, 0] },
    { size: [3, 3], stride: [1, 2], borders: [0, 0, 0, 0] },
  ] as const;
  for (const { size, stride, borders } of cases) {
    const [h, w] = size;
    const [top, bottom, left, right] = borders;
    const rows = Math.floor((H + top + bottom - h) / stride[0]) + 1;
    const columns = Math.floor((W + left + right - w) / stride[1]) + 1;
    /** For each value of the patches the pixel that it shows, or -1. */
    const places = Array.from({ length: N * rows * columns * C * h * w }, (_, i) => {
      const [j, k, c] = [i % w, Math.floor(i / w) % h, Math.floor(i / (w * h)) % C];
      const window = Math.floor(i / (w * h * C)) % (rows * columns);
      const n = Math.floor(i / (w * h * C * rows * columns));
      const y = Math.floor(window / columns) * stride[0] + k - top;
      const x = (window % columns) * stride[1] + j - left;
      return y < 0 || y >= H || x < 0 || x >= W ? -1 : ((n * C + c) * H + y) * W + x;
    });
    const options = { stride, padding: borders };
    const x = ag.parameter(device.gpu, values(N * C * H * W, -1, 1, 1), [N, C, H, W]);
    await ag.assertGradients((v) => ag.extractTensorPatches(v, { ...options, windowSize: size }), [x], {
      reference: ([v]) => places.map((i) => (i < 0 ? 0 : v[i])),
    });
    const patches = ag.parameter(device.gpu, values(places.length, -1, 1, 2), [N, rows * columns, C, h, w]);
    const back = { ...options, originalSize: [H, W] as const };
    await ag.assertGradients((v) => ag.combineTensorPatches(v, back), [patches], {
      reference: ([v]) => {
        const [sums, seen] = [new Float64Array(N * C * H * W), new Float64Array(N * C * H * W)];
        for (const [i, place] of places.entries()) {
          if (place < 0) continue;
          sums[place] += v[i];
          seen[place]++;
        }
        return sums.map((v, i) => v / Math.max(1, seen[i]));
      },
    });
  }
});

test("what does not fit is refused", () => {
  const x = ag.zeros(device.gpu, [1, 1, 4, 4]);
  expect(() => ag.extractTensorPatches(x, { windowSize: 5 })).toThrow(/at most the padded image, \[4, 4\]/);
  expect(() => ag.extractTensorPatches(x, {} as never)).toThrow(
    /windowSize of extractTensorPatches\(\): got undefined/,
  );
  const patches = ag.zeros(device.gpu, [1, 3, 1, 2, 2]);
  expect(() => ag.combineTensorPatches(patches, { originalSize: [4, 4] })).toThrow(/2 · 2 patches of each image/);
  expect(() => ag.combineTensorPatches(patches, { originalSize: [4, 4], stride: 3 })).toThrow(
    /at most the size of a patch/,
  );
});
