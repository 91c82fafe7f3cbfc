/** What random classes refuse, and that they name the class and the option; what they take for a range. */
import { describe, expect, test } from "vitest";
import {
  ArgumentError,
  around,
  bernoulli,
  beta,
  choice,
  constant,
  integers,
  Normalize,
  PatchMix,
  parameter,
  permutation,
  RandomBoxBlur,
  RandomBrightness,
  RandomChannelDropout,
  RandomContrast,
  RandomCutMixV2,
  RandomGaussianBlur,
  RandomGaussianIllumination,
  RandomJigsaw,
  RandomMixUpV2,
  RandomMosaic,
  RandomMotionBlur,
  RandomPlanckianJitter,
  RandomPosterize,
  RandomRotation90,
  RandomSaltAndPepperNoise,
  Resize,
  ShapeError,
  sequential,
  type Transform,
  truncatedNormal,
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
    ["RandomBrightness.brightness, of", () => RandomBrightness({ brightness: permutation() })],
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
    ["RandomMotionBlur.kernelSize", () => RandomMotionBlur({ ...motion, kernelSize: [4, 5] })],
    ["RandomMotionBlur.kernelSize", () => RandomMotionBlur({ ...motion, kernelSize: [7, 5] })],
    ["RandomMotionBlur.kernelSize", () => RandomMotionBlur({ ...motion, kernelSize: [3, 1e6 + 1] })],
    ["RandomMotionBlur.kernelSize", () => RandomMotionBlur({ ...motion, kernelSize: [3, 5, 7] as never })],
    ["RandomMotionBlur.angle", () => RandomMotionBlur({ ...motion, kernelSize: [3, 5], angle: -1 })],
    ["RandomRotation90.times", () => RandomRotation90({} as never)],
    ["RandomRotation90.times", () => RandomRotation90({ times: 0.5 })],
    ["RandomRotation90.times", () => RandomRotation90({ times: [2, 1] })],
    ["RandomRotation90.times", () => RandomRotation90({ times: choice([0, 0.5]) })],
    ["RandomRotation90.times", () => RandomRotation90({ times: uniform(0, 3) as never })],
    ["RandomRotation90.times", () => RandomRotation90({ times: parameter(device.gpu, [0, 1, 2]) })],
    ["RandomRotation90.times", () => RandomRotation90({ times: integers([0, 1], 2) })],
    ["RandomRotation90.times, hi", () => RandomRotation90({ times: [0, parameter(device.gpu, [[1, 2]])] })],
    ["RandomGaussianIllumination.sign", () => RandomGaussianIllumination({ sign: 2 })],
    ["RandomGaussianIllumination.sign", () => RandomGaussianIllumination({ sign: [1, -1] })],
    ["RandomGaussianIllumination.sigma", () => RandomGaussianIllumination({ sigma: [0, 1] })],
    ["RandomPlanckianJitter.selectFrom", () => RandomPlanckianJitter({ selectFrom: [] })],
    ["RandomPlanckianJitter.selectFrom", () => RandomPlanckianJitter({ selectFrom: [1.5] })],
    ["RandomChannelDropout.numDropChannels", () => RandomChannelDropout({ numDropChannels: 0 })],
    ["RandomMixUpV2.lambdaVal", () => RandomMixUpV2({ lambdaVal: [0.5, 1.5] })],
    ["RandomCutMixV2.cutSize", () => RandomCutMixV2({ cutSize: -0.1 })],
    ["RandomMosaic.outputSize", () => RandomMosaic({ outputSize: [3] as never })],
    ["RandomJigsaw.grid", () => RandomJigsaw({ grid: 0 })],
    ["PatchMix.patchSize", () => PatchMix({ patchSize: 0.5 })],
    ["Normalize.std", () => Normalize({ mean: 0 } as never)],
    ["Resize.side", () => Resize({ size: 3, side: "high" as never })],
    ["RandomBrightness.sameOnBatch", () => RandomBrightness({ sameOnBatch: 1 as never })],
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
    for (const brightness of [
      uniform(1, 1.5),
      uniform(1, 2, { scale: "log" }),
      bernoulli(0.5),
      around(1.25, 0.5),
      choice([0.5, 1]),
    ])
      expect(String(shiftOf(RandomBrightness({ brightness })))).toBe(`plus(${brightness}, -1)`);
    expect(shiftOf(RandomBrightness({ brightness: constant(1.5) }))).toBe(0.5);
    const width = parameter(device.gpu, 0.1);
    expect(shiftOf(RandomBrightness({ brightness: width }))).toMatchObject({ of: { centre: 1, width }, by: -1 });
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

describe("values that a class makes of what it is given", () => {
  const turns = (given: Parameters<typeof RandomRotation90>[0]["times"]) =>
    RandomRotation90({ times: given }).params.angle;

  test("quarters of a turn", () => {
    expect(turns(3)).toBe(270);
    expect(turns([1, 1])).toBe(90);
    expect(String(turns([-1, 1]))).toBe("times(integers(-1, 1), 90)");
    expect(String(turns(integers(0, 2, { sameOnBatch: true })))).toBe(
      "times(integers(0, 2, { sameOnBatch: true }), 90)",
    );
    expect(String(turns(choice([0, 2], { weights: [1, 3] })))).toBe("times(choice([0, 2], { weights: [1, 3] }), 90)");
    const ends = parameter(device.gpu, [0, 3]);
    expect(turns(ends)).toMatchObject({ of: { distribution: "integers", estimator: "straightThrough" }, by: 90 });
    const lo = parameter(device.gpu, [1]);
    expect(turns([lo, 3])).toMatchObject({ of: { lo, hi: 3 } });
  });

  test("signs: as likely as the range lies above and below 0", () => {
    const sign = (given: Parameters<typeof RandomGaussianIllumination>[0] & object) =>
      RandomGaussianIllumination(given).params.sign;
    expect(sign({})).toMatchObject({ values: [-1, 1], weights: [1, 1] });
    expect(sign({ sign: [-1, 3] })).toMatchObject({ weights: [1, 3] });
    expect(sign({ sign: [0, 1] })).toBe(1);
    expect(sign({ sign: [-2, -1] })).toBe(-1);
    expect(sign({ sign: 0.5 })).toBe(0.5);
  });

  test("steps of temperature, and sizes of a motion's blur as a choice among blurs", () => {
    expect(RandomPlanckianJitter({ selectFrom: [0, 4], mode: "CIED" }).params.temperature).toMatchObject({
      values: [4000, 6000],
    });
    const blur = RandomMotionBlur({ kernelSize: [3, 7], angle: 10, direction: 1, p: 1, key: "blur" });
    expect(blur).toMatchObject({ selection: "oneOf", key: "blur" });
    const { choices, transforms } = sequential([blur]).sample(60, { step: 0 });
    expect(new Set(choices![0].chosen as number[]).size).toBe(3);
    expect(transforms.map(({ name }) => name)).toEqual(["motionBlur", "motionBlur", "motionBlur"]);
  });

  test("the partner's share of a mixup", () => {
    const lambda = (lambdaVal: Parameters<typeof RandomMixUpV2>[0] & object) => RandomMixUpV2(lambdaVal).params.lambda;
    expect(lambda({})).toMatchObject({ lo: 0, hi: 1 });
    expect(lambda({ lambdaVal: [0.25, 0.5] })).toMatchObject({ lo: 0.5, hi: 0.75 });
    expect(lambda({ lambdaVal: 0.25 })).toBe(0.75);
    for (const lambdaVal of [
      beta(2, 3),
      truncatedNormal(0.25, 0.5, 0, 0.75),
      choice([0, 0.25], { weights: [1, 3] }),
      uniform(0.25, 0.5, { sameOnBatch: true }),
    ])
      expect(String(lambda({ lambdaVal }))).toBe(`plus(times(${lambdaVal}, -1), 1)`);
  });
});
