import { describe, expect, test, vi } from "vitest";
import {
  affine,
  apply,
  cropAndResize,
  cropByBoxes,
  horizontalFlip,
  rotate,
  tensor,
  translate,
  verticalFlip,
} from "../../src/index.ts";
import { testGpu } from "../gpu.ts";
import { two } from "../reference/image.ts";
import { caseOf, check } from "./check.ts";

const device = testGpu();
// Compiling on a busy processor takes its time.
vi.setConfig({ testTimeout: 60_000 });
const FILL = [
  [0.2, 0.5, 0.8],
  [0.9, 0.1, 0.4],
];
const brightness = caseOf("brightness");
const [affineCase, perspective] = [caseOf("affine"), caseOf("perspective")];
const paddings = ["zeros", "border", "reflection", "symmetric", "fill"];
const projective = { backward: 5e-4, forward: 5e-5 };

describe("padding and interpolation", () => {
  for (const interpolation of ["bilinear", "bicubic"]) {
    test.each(paddings)(`${interpolation}, %s`, async (padding) => {
      const fill: Record<string, number[][]> = padding === "fill" ? { fill: FILL } : {};
      for (const base of [affineCase, perspective]) {
        const c = { ...base, params: { ...base.params, ...fill }, options: { interpolation, padding } };
        await check(device.gpu, [c], projective);
      }
    });
  }
  test.each(paddings)("nearest, %s: result and gradient of the image", async (padding) => {
    const fill: Record<string, number[][]> = padding === "fill" ? { fill: FILL } : {};
    // A window larger than the image shows the padding; nearest has no derivative of its own to compare in the place.
    const options = { interpolation: "nearest", padding, width: 11, height: 10 };
    await check(device.gpu, [{ name: "crop", params: { ...fill }, options }], {});
  });
});

describe("rows of maps", () => {
  test("are one resample", async () => {
    const row = ["horizontalFlip", "rotate", "translate", "verticalFlip", "scale", "shear"];
    await check(
      device.gpu,
      row.map((name) => caseOf(name)),
      projective,
    );
  });
  test("run one by one when asked", async () => {
    await check(device.gpu, [caseOf("rotate"), caseOf("translate")], { compose: false, kinks: 2 });
  });
  test("with points before and after", async () => {
    await check(device.gpu, [
      brightness,
      affineCase,
      { name: "contrast", params: { factor: two(1.1, 0.7), pivot: two(0.5, 0.4) } },
      { name: "hue", params: { turns: two(0.1, 0.3) } },
    ]);
  });
  test("with a fill", async () => {
    const last = { ...affineCase, params: { ...affineCase.params, fill: FILL }, options: { padding: "fill" } };
    await check(device.gpu, [caseOf("horizontalFlip"), last, brightness]);
  });
  test.each([1, 2, 4])("%i channels", async (c) => {
    await check(device.gpu, [affineCase, brightness], {
      shape: [2, c, 5, 7],
      backward: 5e-4,
    });
  });
});

describe("exactness", () => {
  const image = () => Float32Array.from({ length: 3 * 5 * 6 }, (_, i) => Math.sin(i * 1.7) * 0.5 + 0.5);
  test("the identity is exact", async () => {
    const x = tensor(device.gpu, image(), [1, 3, 5, 6]);
    for (const interpolation of ["nearest", "bilinear", "bicubic"] as const) {
      const y = apply(x, affine({ interpolation }));
      expect(await y.read()).toEqual(image());
    }
  });
  test("flips, quarter turns and whole steps are exact", async () => {
    const x = tensor(device.gpu, image(), [1, 3, 5, 6]);
    const twice = apply(x, [horizontalFlip(), verticalFlip(), horizontalFlip(), verticalFlip()]);
    expect(await twice.read()).toEqual(image());
    const around = apply(x, [rotate({ angle: 180 }), horizontalFlip(), verticalFlip()], { compose: false });
    expect(await around.read()).toEqual(image());
    const there = apply(x, [translate({ x: 2, y: -1 }), translate({ x: -2, y: 1 })]);
    expect(await there.read()).toEqual(image());
  });
  test("a positive angle turns counter-clockwise as seen", async () => {
    const data = new Float32Array(81);
    data[1 * 9 + 4] = 1; // above the centre
    const y = apply(tensor(device.gpu, data, [1, 1, 9, 9]), rotate({ angle: 90 }));
    const out = await y.read();
    expect(out[4 * 9 + 1]).toBe(1); // left of it
  });
  test("two runs of the gradient have equal bits", async () => {
    const { grad } = await import("../../src/index.ts");
    const run = async () => {
      const x = tensor(device.gpu, image(), [1, 3, 5, 6], { requiresGrad: true });
      const angle = tensor(device.gpu, [33], [1], { requiresGrad: true });
      const y = apply(x, rotate({ angle, padding: "reflection" }));
      const [gx, ga] = grad(y, [x, angle], { gradient: tensor(device.gpu, image(), [1, 3, 5, 6]) });
      return [await gx.read(), await ga.read()];
    };
    expect(await run()).toEqual(await run());
  });
});

test("boxes without an inside are refused by name", () => {
  const x = tensor(device.gpu, new Float32Array(30), [1, 1, 5, 6]);
  const cut = (box: number[]) => () => apply(x, cropAndResize({ box, width: 3, height: 2 }));
  expect(cut([2, 1, 2, 4])).toThrow(/cropAndResize\.box: got \[2, 1, 2, 4\]; allowed is .*x0 < x1 and y0 < y1/);
  expect(cut([2, 1, 5])).toThrow(/cropAndResize\.box/);
  const onto = { srcBox: [0, 0, 6, 5], dstBox: [3, 4, 1, 5] };
  expect(() => apply(x, cropByBoxes(onto))).toThrow(/cropByBoxes\.dstBox: got \[3, 4, 1, 5\]/);
});
