import { describe, expect, test, vi } from "vitest";
import { affine, apply, horizontalFlip, rotate, tensor, translate, verticalFlip } from "../../src/index.ts";
import { testGpu } from "../gpu.ts";
import { type Case, check } from "./check.ts";

const device = testGpu();
// Compiling on a busy processor takes its time.
vi.setConfig({ testTimeout: 60_000 });
const two = (a: number, b: number) => [[a], [b]];
const FILL = [
  [0.2, 0.5, 0.8],
  [0.9, 0.1, 0.4],
];

const corners = [0, 0, 7, 0, 7, 6, 0, 6];
const moved = [
  [0.7, 0.4, 6.2, 0.9, 6.6, 5.3, 0.3, 5.7],
  [-0.6, 0.8, 7.4, -0.3, 6.1, 6.6, 0.9, 5.2],
];

const maps: Case[] = [
  { name: "horizontalFlip" },
  { name: "verticalFlip" },
  { name: "rotate", params: { angle: two(27, -64), centerX: two(3.2, 2.9), centerY: two(2.7, 3.4) } },
  { name: "translate", params: { x: two(1.3, -2.6), y: two(-0.7, 1.8) } },
  { name: "scale", params: { x: two(1.3, 0.6), y: two(0.7, 1.9), centerX: two(3.2, 2.9), centerY: two(2.7, 3.4) } },
  { name: "shear", params: { x: two(17, -24), y: two(-9, 13), centerX: two(3.2, 2.9), centerY: two(2.7, 3.4) } },
  {
    name: "affine",
    params: {
      angle: two(23, -41),
      x: two(0.8, -1.3),
      y: two(-0.6, 0.9),
      scaleX: two(1.2, 0.8),
      scaleY: two(0.9, 1.3),
      shearX: two(8, -11),
      shearY: two(-5, 7),
    },
  },
  { name: "perspective", params: { startPoints: [corners, corners], endPoints: moved } },
  {
    name: "warp",
    params: {
      matrix: [
        [1.1, 0.2, -0.6, -0.1, 0.9, 0.8, 0.01, -0.02, 1],
        [0.8, -0.3, 1.4, 0.2, 1.1, -0.7, -0.015, 0.01, 1],
      ],
    },
  },
  {
    name: "warpAffine",
    params: {
      matrix: [
        [1.13, 0.21, -0.57, -0.09, 0.93, 0.77],
        [0.83, -0.31, 1.37, 0.19, 1.07, -0.71],
      ],
    },
  },
  { name: "crop", params: { x: two(1.3, 2.4), y: two(0.7, 1.6) }, options: { width: 5, height: 4 } },
  { name: "centerCrop", options: { width: 5, height: 4 } },
  { name: "resize", options: { width: 11, height: 9, antialias: false } },
  { name: "resize", options: { width: 5, height: 4, antialias: false } },
];
const paddings = ["zeros", "border", "reflection", "symmetric", "fill"];
const projective = { steps: { matrix: 1e-7 }, backward: 5e-4, forward: 5e-5 };

describe("each map against its float64 reference", () => {
  test.each(maps.map((c) => [c.name, c] as const))("%s", async (_, c) => {
    // The check for kinks is wary of the last row of a projective matrix, which moves far pixels a long way.
    await check(device.gpu, [c], { ...projective, kinks: c.name === "warp" ? 10 : 0 });
  });
});

describe("padding and interpolation", () => {
  for (const interpolation of ["bilinear", "bicubic"]) {
    test.each(paddings)(`${interpolation}, %s`, async (padding) => {
      const fill: Record<string, number[][]> = padding === "fill" ? { fill: FILL } : {};
      for (const base of [maps[6], maps[7]]) {
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
    await check(device.gpu, [maps[0], maps[2], maps[3], maps[1], maps[4], maps[5]], projective);
  });
  test("run one by one when asked", async () => {
    await check(device.gpu, [maps[2], maps[3]], { compose: false, kinks: 2 });
  });
  test("with points before and after", async () => {
    await check(device.gpu, [
      { name: "brightness", params: { factor: two(1.2, 0.8) } },
      maps[6],
      { name: "contrast", params: { factor: two(1.1, 0.7), pivot: two(0.5, 0.4) } },
      { name: "hue", params: { turns: two(0.1, 0.3) } },
    ]);
  });
  test("with a fill", async () => {
    const last = { ...maps[6], params: { ...maps[6].params, fill: FILL }, options: { padding: "fill" } };
    await check(device.gpu, [maps[0], last, { name: "brightness", params: { factor: two(1.2, 0.8) } }]);
  });
  test.each([1, 2, 4])("%i channels", async (c) => {
    await check(device.gpu, [maps[6], { name: "brightness", params: { factor: two(1.2, 0.8) } }], {
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
