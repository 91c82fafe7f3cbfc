import { describe, expect, test } from "vitest";
import { apply, grad, hlsToRgb, hsvToRgb, rgbToHls, rgbToHsv, rgbToLab, rgbToLuv, tensor } from "../../src/index.ts";
import { testGpu } from "../gpu.ts";
import { randomImage } from "../reference/image.ts";
import { families } from "../reference/index.ts";
import { check } from "./check.ts";

const device = testGpu();

describe("each colour space and curve against its float64 reference", () => {
  test.each(
    families.space.cases.map((c) => [`${c.name} ${JSON.stringify(c.options ?? {})} ${c.range ?? ""}`, c] as const),
  )("%s", async (_, c) => {
    await check(device.gpu, [c], { image: randomImage([2, 3, 5, 7], 3, ...(c.range ?? [])) });
  });
});

/** Colours where a hue, a saturation or a chromaticity has no meaning: black, white, greys, and a channel of 0. */
const ODD = [
  [0, 0, 0],
  [1, 1, 1],
  [0.5, 0.5, 0.5],
  [0.2, 0.2, 0.2],
  [1, 0, 0],
  [0, 1e-6, 0],
  [0.3, 0.3, 0.7],
  [0.7, 0.1, 0.7],
];

test.each([rgbToHsv, rgbToHls, rgbToLab, rgbToLuv, hsvToRgb, hlsToRgb])(
  "$declaration.name: black, white and grey have a finite value and a finite gradient",
  async (convert) => {
    const planes = [0, 1, 2].flatMap((c) => ODD.map((rgb) => rgb[c]));
    const x = tensor(device.gpu, planes, [1, 3, 2, 4], { requiresGrad: true });
    const y = apply(x, convert());
    expect([...(await y.read())].every(Number.isFinite)).toBe(true);
    const weights = tensor(
      device.gpu,
      planes.map((_, i) => Math.cos(i)),
      [1, 3, 2, 4],
    );
    const [g] = grad(y, [x], { gradient: weights });
    expect([...(await g.read())].every((v) => Number.isFinite(v) && Math.abs(v) < 1e7)).toBe(true);
  },
);

test.each([
  ["HSV", rgbToHsv, hsvToRgb],
  ["HLS", rgbToHls, hlsToRgb],
] as const)("%s and back is the image again", async (_, there, back) => {
  const image = randomImage([2, 3, 9, 7], 5);
  const x = tensor(device.gpu, Float32Array.from(image.data), image.shape);
  const y = await apply(x, [there(), back()]).read();
  let worst = 0;
  for (let i = 0; i < y.length; i++) worst = Math.max(worst, Math.abs(y[i] - image.data[i]));
  expect(worst).toBeLessThan(2e-6);
});
