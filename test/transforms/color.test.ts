import { describe, test } from "vitest";
import { testGpu } from "../gpu.ts";
import { type Case, check } from "./check.ts";

const device = testGpu();
const two = (a: number, b: number) => [[a], [b]];

/** Every transform away from its identity, with one value per sample. */
const cases: Case[] = [
  { name: "brightness", params: { factor: two(1.3, 0.7) } },
  { name: "brightnessShift", params: { shift: two(0.2, -0.15) } },
  { name: "contrast", params: { factor: two(1.4, 0.6), pivot: two(0.5, 0.3) } },
  { name: "contrast", params: { factor: two(1.4, 0.6), pivot: two(0, 0) }, options: { clip: false } },
  { name: "contrastAboutMean", params: { factor: two(1.4, 0.6) } },
  { name: "saturation", params: { factor: two(1.6, 0.4) } },
  { name: "hsvSaturation", params: { factor: two(1.6, 0.4) } },
  { name: "hue", params: { turns: two(0.13, -0.37) } },
  { name: "gamma", params: { gamma: two(1.7, 0.6), gain: two(1.1, 0.9) } },
  { name: "invert", params: { max: two(1, 0.8) } },
  {
    name: "grayscale",
    params: {
      weights: [
        [0.299, 0.587, 0.114],
        [0.5, 0.2, 0.3],
      ],
    },
  },
  {
    name: "grayscale",
    params: {
      weights: [
        [0.299, 0.587, 0.114],
        [0.5, 0.2, 0.3],
      ],
    },
    options: { channels: 1 },
  },
  {
    name: "normalize",
    params: {
      mean: [
        [0.4, 0.5, 0.6],
        [0.1, 0.2, 0.3],
      ],
      std: [
        [0.2, 0.3, 0.25],
        [0.5, 0.4, 0.3],
      ],
    },
  },
  {
    name: "denormalize",
    params: {
      mean: [
        [0.4, 0.5, 0.6],
        [0.1, 0.2, 0.3],
      ],
      std: [
        [0.2, 0.3, 0.25],
        [0.5, 0.4, 0.3],
      ],
    },
  },
  {
    name: "erasing",
    params: { x: two(1.3, 2.4), y: two(2.2, 0.7), width: two(3.1, 2.7), height: two(2.5, 4.2), value: two(0.3, 0.9) },
  },
];

describe("each colour transform against its float64 reference", () => {
  test.each(cases.map((c) => [`${c.name} ${JSON.stringify(c.options ?? {})}`, c] as const))("%s", async (_, c) => {
    await check(device.gpu, [c]);
  });
  test.each(cases.filter((c) => c.name !== "grayscale" || !c.options).map((c) => [c.name, c] as const))(
    "%s, odd size",
    async (_, c) => {
      await check(device.gpu, [c], { shape: [2, 3, 5, 5], seed: 12 });
    },
  );
});

describe("chains", () => {
  test("the colour chain", async () => {
    await check(device.gpu, [cases[0], cases[2], cases[5], cases[7], cases[12]]);
  });
  test("two statistics in one chain", async () => {
    await check(device.gpu, [cases[4], cases[0], cases[4], cases[8]]);
  });
  test("a statistic behind a shift, where the last quad is not full", async () => {
    await check(device.gpu, [cases[1], cases[4], cases[4]], { shape: [2, 3, 5, 5], seed: 12 });
  });
  test.each([1, 2, 4, 5, 7])("%i channels", async (c) => {
    const per = (v: number) => Array.from({ length: c }, (_, i) => v + 0.05 * i);
    await check(
      device.gpu,
      [
        cases[0],
        cases[2],
        { name: "normalize", params: { mean: [per(0.3), per(0.5)], std: [per(0.5), per(0.4)] } },
        cases[14],
      ],
      { shape: [2, c, 6, 8], seed: 5 },
    );
  });
});
