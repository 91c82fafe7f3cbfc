/** Gradients of ranges point to a target that is known: for a class of each kind, from below and from above. */
import { expect, test } from "vitest";
import { backward, mean, parameter, sequential, square, sub, tensor } from "../../src/index.ts";
import { testGpu } from "../gpu.ts";
import { classes } from "./classes.ts";

const device = testGpu();

interface Target {
  /** The option that learns. */
  option: string;
  /** What made the target. */
  truth: number;
  /** Ends of a range below it and of one above it; of an option that takes one number, that. */
  below: readonly number[];
  above: readonly number[];
  /** The other settings. */
  settings?: Readonly<Record<string, unknown>>;
}

/** By class: points, with and without statistics and noise, maps, a line, stencils, fields, mixes, a program. */
const TARGETS: Record<string, Target> = {
  RandomBrightness: { option: "brightness", truth: 1.1, below: [0.9, 1], above: [1.2, 1.25] },
  RandomGamma: { option: "gamma", truth: 1.2, below: [0.8, 1], above: [1.5, 1.8] },
  RandomHue: { option: "hue", truth: 0.05, below: [-0.05, 0], above: [0.1, 0.15] },
  RandomErasing: { option: "value", truth: 0.5, below: [0.1, 0.2], above: [0.7, 0.9] },
  RandomGaussianNoise: { option: "std", truth: 0.2, below: [0.05, 0.1], above: [0.3, 0.4] },
  RandomLinearIllumination: { option: "gain", truth: 0.1, below: [0.02, 0.05], above: [0.15, 0.2] },
  RandomTranslate: { option: "translateX", truth: 0.1, below: [0, 0.03], above: [0.17, 0.2] },
  RandomRotation: { option: "degrees", truth: 12, below: [2, 5], above: [20, 25] },
  RandomResizedCrop: { option: "scale", truth: 0.5, below: [0.3, 0.4], above: [0.65, 0.75], settings: { size: 8 } },
  RandomGaussianBlur: { option: "sigma", truth: 1, below: [0.5, 0.7], above: [1.5, 2], settings: { kernelSize: 5 } },
  RandomSharpness: { option: "sharpness", truth: 1.4, below: [0.9, 1.1], above: [1.7, 2] },
  RandomMotionBlur: {
    option: "direction",
    truth: 0.2,
    below: [-0.5, -0.2],
    above: [0.5, 0.8],
    settings: { kernelSize: 3, angle: 10 },
  },
  RandomElasticTransform: {
    option: "alpha",
    truth: 0.3,
    below: [0.1],
    above: [0.5],
    settings: { kernelSize: 3, sigma: 2 },
  },
  RandomFisheye: {
    option: "gamma",
    truth: 1,
    below: [0.6, 0.8],
    above: [1.3, 1.6],
    settings: { centerX: 0, centerY: 0 },
  },
  RandomMixUpV2: { option: "lambdaVal", truth: 0.4, below: [0.1, 0.2], above: [0.6, 0.7] },
  RandomCutMixV2: { option: "cutSize", truth: 0.4, below: [0.15, 0.25], above: [0.6, 0.7] },
  RandomPlasmaBrightness: { option: "intensity", truth: 0.2, below: [0.05, 0.1], above: [0.3, 0.4] },
};

/** Two smooth images, and different ones. */
const pixels = Float32Array.from({ length: 384 }, (_, i) => {
  const [n, c, y, x] = [Math.floor(i / 192), Math.floor(i / 64) % 3, Math.floor(i / 8) % 8, i % 8];
  return 0.5 + 0.2 * Math.sin(0.5 * x + 0.9 * c + 2 * n) + 0.15 * Math.cos(0.4 * y + 1.3 * c - n);
});

test.each(Object.entries(TARGETS))("%s", async (name, { option, truth, below, above, settings }) => {
  using scope = device.gpu.scope();
  const { gpu } = device;
  const make = Object.fromEntries(classes)[name];
  const x = tensor(gpu, pixels, [2, 3, 8, 8]);
  const run = (value: unknown) => sequential([make({ ...settings, [option]: value, p: 1 })])(x, { step: 4 });
  const target = run(below.length === 1 ? truth : [truth, truth]).detach();
  for (const [start, direction] of [
    [below, -1],
    [above, 1],
  ] as const) {
    const bounds = parameter(gpu, start.length === 1 ? start[0] : [...start]);
    backward(mean(square(sub(run(bounds), target))));
    for (const slope of await bounds.grad!.read()) expect(Math.sign(slope), `from ${start}`).toBe(direction);
  }
  void scope;
});
