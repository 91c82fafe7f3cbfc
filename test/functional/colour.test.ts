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

/** A weighted sum, so that every value has a gradient of its own. */
const weighed = (y: ag.Tensor) => ag.sum(ag.mul(y, ag.tensor(device.gpu, values(y.size, -1, 1, 77), y.shape)));

describe("Bayer filters", () => {
  test.each(["rggb", "grbg", "bggr", "gbrg"] as const)("%s: to RGB and back, with gradients", async (pattern) => {
    for (const [h, w] of [
      [4, 6],
      [5, 3],
      [2, 2],
    ]) {
      const raw = parameter([2, 1, h, w], 3);
      const rgb = ag.rawToRgb(raw, pattern);
      expect(rgb.shape).toEqual([2, 3, h, w]);
      expect(await ag.apply(rgb, ag.rgbToRaw({ pattern })).read()).toEqual(await raw.read());
      await ag.assertGradients((x) => weighed(ag.rawToRgb(x, pattern)), [raw]);
    }
  });

  test("a plane of one intensity is grey, and halving takes the mean of the greens", async () => {
    const flat = ag.tensor(device.gpu, new Float32Array(30).fill(0.25), [1, 1, 6, 5]);
    expect(new Set(await ag.rawToRgb(flat, "grbg").read())).toEqual(new Set([0.25]));
    const cell = ag.tensor(device.gpu, [0.1, 0.2, 0.4, 0.8], [1, 1, 2, 2]);
    const halved = await ag.rawToRgbHalved(cell, "gbrg").read();
    [0.4, 0.45, 0.2].forEach((v, i) => expect(halved[i]).toBeCloseTo(v, 6));
  });

  test("what does not fit is refused", () => {
    expect(() => ag.rawToRgb(ag.zeros(device.gpu, [1, 1, 1, 4]))).toThrow(/at least 2 x 2 pixels/);
    expect(() => ag.rawToRgb(ag.zeros(device.gpu, [1, 3, 4, 4]))).toThrow(/\[N, 1, H, W\]/);
    expect(() => ag.rawToRgbHalved(ag.zeros(device.gpu, [1, 1, 3, 4]))).toThrow(/even sides/);
  });
});

describe("chroma of fewer pixels, opacity, blends", () => {
  test("YUV 4:2:0 and 4:2:2: grey survives, sizes, gradients", async () => {
    const x = parameter([1, 3, 4, 6], 5);
    const grey = ag.tensor(device.gpu, new Float32Array(72).fill(0.3), [1, 3, 4, 6]);
    for (const [to, back, size] of [
      [ag.rgbToYuv420, ag.yuv420ToRgb, [1, 2, 2, 3]],
      [ag.rgbToYuv422, ag.yuv422ToRgb, [1, 2, 4, 3]],
    ] as const) {
      const { y, uv } = to(grey);
      expect(uv.shape).toEqual(size);
      for (const v of await back(y, uv).read()) expect(v).toBeCloseTo(0.3, 5);
      await ag.assertGradients(
        (t) => {
          const yuv = to(t);
          return weighed(back(yuv.y, yuv.uv));
        },
        [x],
      );
    }
    expect(() => ag.rgbToYuv420(ag.zeros(device.gpu, [1, 3, 3, 4]))).toThrow(/even sides/);
    expect(() => ag.yuv420ToRgb(ag.zeros(device.gpu, [1, 1, 4, 4]), ag.zeros(device.gpu, [1, 2, 4, 4]))).toThrow(
      /uv of/,
    );
  });

  test("opacity: added, and laid over a background", async () => {
    const [x, alpha] = [parameter([2, 3, 2, 3], 7), parameter([2, 1, 2, 3], 8)];
    expect((await ag.rgbToRgba(x).read()).slice(18, 24)).toEqual(new Float32Array(6).fill(1));
    await ag.assertGradients((a, b) => weighed(ag.rgbaToRgb(ag.rgbToRgba(a, b), [0.2, 0.4, 0.6])), [x, alpha]);
    const white = await ag.rgbaToRgb(ag.rgbToRgba(x, 0)).read();
    expect(white).toEqual(new Float32Array(36).fill(1));
  });

  test("addWeighted and grey, with the gradients of everything", async () => {
    const [a, b] = [parameter([2, 1, 2, 3], 9), parameter([2, 1, 2, 3], 10)];
    const [alpha, beta, gamma] = [0.7, 0.4, 0.1].map((v) => ag.parameter(device.gpu, [v], [1]));
    await ag.assertGradients(
      (...t) => weighed(ag.grayscaleToRgb(ag.addWeighted(t[0], t[1], t[2], t[3], t[4]))),
      [a, alpha, b, beta, gamma],
    );
  });
});

describe("colour maps", () => {
  test("tables begin and end where they should", () => {
    const ends = (name: ag.ColormapName) =>
      ag.colormap(name, 64).map((row) => [row[0], row[63]].map((v) => v.toFixed(3)));
    expect(ends("viridis")).toEqual([
      ["0.267", "0.993"],
      ["0.005", "0.906"],
      ["0.329", "0.144"],
    ]);
    expect(ends("jet")).toEqual([
      ["0.000", "0.500"],
      ["0.000", "0.000"],
      ["0.500", "0.000"],
    ]);
    expect(() => ag.colormap("magenta" as never)).toThrow(/viridis/);
    expect(() => ag.colormap("hot", 1)).toThrow(/colors/);
  });

  test("applied, with the gradients of the image and of a table that learns", async () => {
    const x = ag.parameter(device.gpu, [0.05, 0.35, 0.62, 0.81], [1, 1, 2, 2]);
    const y = await ag.applyColormap(x.detach(), "winter").read();
    [0, 0, 0, 0, 0.05, 0.35, 0.62, 0.81].forEach((v, i) => expect(y[i]).toBeCloseTo(v, 5));
    const map = parameter([3, 5], 11);
    await ag.assertGradients((image, table) => weighed(ag.applyColormap(image, table)), [x, map]);
  });
});
