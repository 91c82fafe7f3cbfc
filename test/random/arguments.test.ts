/** What random classes refuse, and that they name the class and the option; what they take for a range. */
import { describe, expect, test } from "vitest";
import {
  ArgumentError,
  around,
  bernoulli,
  constant,
  parameter,
  RandomBoxBlur,
  RandomBrightness,
  RandomContrast,
  RandomGaussianBlur,
  RandomMotionBlur,
  RandomPlanckianJitter,
  RandomPosterize,
  RandomSaltAndPepperNoise,
  ShapeError,
  sequential,
  type Transform,
  uniform,
  zeros,
} from "../../src/index.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();

/** What a call throws. */
function thrown(call: () => unknown): ArgumentError {
  try {
    call();
  } catch (error) {
    return error as ArgumentError;
  }
  throw new Error("Nothing was thrown.");
}

describe("what cannot be used is refused, by the names of the class and its option", () => {
  const blur = { kernelSize: 3, sigma: 1 };
  const motion = { kernelSize: 3, angle: 1, direction: 0 };
  const wrong: [argument: string, call: () => unknown][] = [
    ["RandomBrightness.brightness", () => RandomBrightness({ brightness: -0.1 })],
    ["RandomBrightness.brightness", () => RandomBrightness({ brightness: Number.NaN })],
    ["RandomBrightness.brightness", () => RandomBrightness({ brightness: [0.5, 2.5] })],
    ["RandomBrightness.brightness", () => RandomBrightness({ brightness: [0.5] as never })],
    ["RandomBrightness.brightness", () => RandomBrightness({ brightness: "0.5" as never })],
    ["RandomBrightness.brightness", () => RandomBrightness({ brightness: null as never })],
    ["RandomBrightness.brightness, lo", () => RandomBrightness({ brightness: [1.2, 0.8] })],
    ["RandomBrightness.brightness", () => RandomBrightness({ brightness: bernoulli(0.5) })],
    ["RandomBrightness.brightness", () => RandomBrightness({ brightness: uniform(1, 2, { scale: "log" }) })],
    ["RandomBrightness.brightness", () => RandomBrightness({ brightness: zeros(device.gpu, [3]) })],
    ["RandomBrightness.clipOutput", () => RandomBrightness({ clipOutput: 1 as never })],
    ["RandomBrightness.p", () => RandomBrightness({ p: 1.5 })],
    ["RandomBrightness.key", () => RandomBrightness({ key: 3 as never })],
    ["RandomBrightness.bright", () => RandomBrightness({ bright: 1 } as never)],
    ["settings of RandomBrightness", () => RandomBrightness(0.2 as never)],
    ["RandomContrast.contrast", () => RandomContrast({ contrast: [-1, 1] })],
    ["RandomGaussianBlur.kernelSize", () => RandomGaussianBlur({ sigma: 1 } as never)],
    ["RandomGaussianBlur.kernelSize", () => RandomGaussianBlur({ ...blur, kernelSize: 4 })],
    ["RandomGaussianBlur.sigma", () => RandomGaussianBlur({ ...blur, sigma: [0, 2] })],
    ["RandomGaussianBlur.sigma", () => RandomGaussianBlur({ ...blur, sigma: uniform(0, 2) })],
    ["RandomGaussianBlur.borderType", () => RandomGaussianBlur({ ...blur, borderType: "mirror" as never })],
    ["RandomBoxBlur.kernelSize", () => RandomBoxBlur({ kernelSize: 0 })],
    ["RandomMotionBlur.kernelSize", () => RandomMotionBlur({ ...motion, kernelSize: [3, 5] as never })],
    ["RandomMotionBlur.direction", () => RandomMotionBlur({ ...motion, direction: uniform(-2, 0) })],
    ["RandomPlanckianJitter.mode", () => RandomPlanckianJitter({ mode: "constructor" as never })],
    ["RandomPosterize.bits", () => RandomPosterize({ bits: 9 })],
    ["RandomPosterize.bits", () => RandomPosterize({ bits: [3.2, 3.8] })],
    ["RandomPosterize.bits", () => RandomPosterize({ bits: parameter(device.gpu, [3, 5]) })],
    ["RandomSaltAndPepperNoise.amount", () => RandomSaltAndPepperNoise({ amount: [0.5, 1.5] })],
  ];
  test.each(wrong)("%s: %s", (argument, call) => {
    const error = thrown(call);
    expect(error).toBeInstanceOf(ArgumentError);
    expect(error.argument).toBe(argument);
  });

  test("a tensor of a wrong shape is a ShapeError, and an unknown option names the one that was meant", () => {
    expect(thrown(() => RandomContrast({ contrast: zeros(device.gpu, [2, 1]) }))).toBeInstanceOf(ShapeError);
    expect(thrown(() => RandomBrightness({ clip_output: true } as never)).message).toContain("clipOutput");
  });
});

describe("a range", () => {
  const shiftOf = ({ params }: Transform) => params.shift;

  test("is a number, a pair, a tensor or a distribution", () => {
    expect(shiftOf(RandomBrightness({ brightness: 0.5 }))).toMatchObject({ lo: -0.5, hi: 0.5 });
    expect(shiftOf(RandomBrightness({ brightness: 3 }))).toMatchObject({ lo: -1, hi: 1 });
    expect(shiftOf(RandomBrightness({ brightness: [1, 1.5] }))).toMatchObject({ lo: 0, hi: 0.5 });
    expect(shiftOf(RandomBrightness({ brightness: uniform(1, 1.5) }))).toMatchObject({ lo: 0, hi: 0.5 });
    expect(shiftOf(RandomBrightness({ brightness: around(1.25, 0.5) }))).toMatchObject({ centre: 0.25, width: 0.5 });
    expect(shiftOf(RandomBrightness({ brightness: constant(1.5) }))).toBe(0.5);
    const width = parameter(device.gpu, 0.1);
    expect(shiftOf(RandomBrightness({ brightness: width }))).toMatchObject({ centre: 0, width });
    expect(shiftOf(RandomBrightness())).toBe(0);
  });

  test("of equal ends draws nothing", () => {
    const { transforms } = sequential([RandomContrast({ contrast: [1.5, 1.5] })]).sample(2);
    expect(transforms[0].params.factor).toBe(1.5);
  });

  test("learns, as one width or two ends, wherever the transform counts from", async () => {
    const { gpu } = device;
    using scope = gpu.scope();
    const read = async (brightness: Parameters<typeof RandomBrightness>[0]) => {
      const pipeline = sequential([RandomBrightness(brightness)]);
      const { transforms } = await pipeline.read(pipeline.sample(3, { step: 1 }));
      return transforms[0].params.shift as number[];
    };
    const expected = await read({ brightness: 0.25 });
    for (const brightness of [
      parameter(gpu, 0.25),
      parameter(gpu, [0.75, 1.25]),
      [parameter(gpu, 0.75), () => parameter(gpu, 1.25)] as const,
    ])
      (await read({ brightness })).forEach((value, i) => expect(value).toBeCloseTo(expected[i], 5));
    void scope;
  });
});
