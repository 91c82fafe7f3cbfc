/** What classes make of a few pixels, with what they draw fixed: values that follow from Kornia's formulas by hand. */
import { expect, test } from "vitest";
import {
  apply,
  CenterCrop,
  ColorJiggle,
  ColorJitter,
  Denormalize,
  LongestMaxSize,
  labelWeights,
  linearIllumination,
  Normalize,
  PadTo,
  PatchMix,
  RandomAutoContrast,
  RandomBrightness,
  RandomChannelDropout,
  RandomChannelShuffle,
  RandomContrast,
  RandomCutMixV2,
  RandomElasticTransform,
  RandomEqualize,
  RandomErasing,
  RandomGamma,
  RandomGrayscale,
  RandomHorizontalFlip,
  RandomHue,
  RandomInvert,
  RandomJigsaw,
  RandomLinearCornerIllumination,
  RandomLinearIllumination,
  RandomMedianBlur,
  RandomMixUpV2,
  RandomMosaic,
  RandomMotionBlur,
  RandomPlanckianJitter,
  RandomPosterize,
  RandomRGBShift,
  RandomRotation,
  RandomRotation90,
  RandomSaturation,
  RandomSharpness,
  RandomSolarize,
  RandomThinPlateSpline,
  RandomVerticalFlip,
  Resize,
  type Shape,
  SmallestMaxSize,
  sequential,
  type Tensor,
  type Tree,
  tensor,
  zeros,
} from "../../src/index.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();

async function run(tree: Tree, values: readonly number[], shape: Shape, step = 0): Promise<number[]> {
  using scope = device.gpu.scope();
  const y = await sequential([tree].flat() as Tree[])(tensor(device.gpu, [...values], shape), { step }).read();
  void scope;
  return Array.from(y, (value) => Math.round(value * 1e5) / 1e5);
}

/** Expected values, to 10^-5 but for the last digit. */
function near(found: readonly number[], expected: readonly number[]): void {
  expect(found.length).toBe(expected.length);
  found.forEach((value, i) => {
    expect(Math.abs(value - expected[i]), `value ${i}: ${value}, not ${expected[i]}`).toBeLessThan(3e-5);
  });
}

const NINE = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
const COLOUR = [0.2, 0.5, 0.9];
const L = [0, 0, 0, 0, 0, 0, 0, 1, 1];
const always = { p: 1 };

const cases: [name: string, tree: Tree, values: number[], shape: Shape, expected: number[]][] = [
  ["RandomHorizontalFlip", RandomHorizontalFlip(always), L, [1, 1, 3, 3], [0, 0, 0, 0, 0, 0, 1, 1, 0]],
  ["RandomVerticalFlip", RandomVerticalFlip(always), L, [1, 1, 3, 3], [0, 1, 1, 0, 0, 0, 0, 0, 0]],
  ["RandomRotation by 90", RandomRotation({ degrees: [90, 90], p: 1 }), NINE, [1, 1, 3, 3], [0.3, 0.6, 0.9, 0.2, 0.5, 0.8, 0.1, 0.4, 0.7]],
  ["RandomRotation by 360", RandomRotation({ degrees: [360, 360], p: 1 }), NINE, [1, 1, 3, 3], NINE],
  ["RandomRotation90 by -1", RandomRotation90({ times: -1, p: 1 }), NINE, [1, 1, 3, 3], [0.7, 0.4, 0.1, 0.8, 0.5, 0.2, 0.9, 0.6, 0.3]],
  ["CenterCrop", CenterCrop({ size: 2 }), Array.from({ length: 16 }, (_, i) => i), [1, 1, 4, 4], [5, 6, 9, 10]],
  ["PadTo", PadTo({ size: [3, 4], padValue: 9 }), [1, 2, 3, 4], [1, 1, 2, 2], [1, 2, 9, 9, 3, 4, 9, 9, 9, 9, 9, 9]],
  ["RandomBrightness", RandomBrightness({ brightness: [1.25, 1.25] }), COLOUR, [1, 3, 1, 1], [0.45, 0.75, 1]],
  ["RandomContrast", RandomContrast({ contrast: [1.2, 1.2] }), COLOUR, [1, 3, 1, 1], [0.24, 0.6, 1]],
  ["RandomSaturation of 1", RandomSaturation(), COLOUR, [1, 3, 1, 1], COLOUR],
  ["RandomSaturation of 0", RandomSaturation({ saturation: [0, 0] }), COLOUR, [1, 3, 1, 1], [0.9, 0.9, 0.9]],
  ["RandomHue of 0", RandomHue(), COLOUR, [1, 3, 1, 1], COLOUR],
  ["RandomHue by a third", RandomHue({ hue: [1 / 3, 1 / 3] }), [1, 0, 0], [1, 3, 1, 1], [0, 1, 0]],
  ["RandomGamma", RandomGamma({ gamma: [2, 2], gain: [1.5, 1.5] }), COLOUR, [1, 3, 1, 1], [0.06, 0.375, 1]],
  ["RandomAutoContrast", RandomAutoContrast(), [0.2, 0.3, 0.6], [1, 1, 1, 3], [0, 0.25, 1]],
  ["RandomInvert", RandomInvert(always), COLOUR, [1, 3, 1, 1], [0.8, 0.5, 0.1]],
  ["RandomGrayscale", RandomGrayscale(always), COLOUR, [1, 3, 1, 1], [0.4559, 0.4559, 0.4559]],
  ["RandomRGBShift", RandomRGBShift({ rShiftLimit: [0.1, 0.1], gShiftLimit: [-0.7, -0.7], bShiftLimit: [0.3, 0.3], p: 1 }), COLOUR, [1, 3, 1, 1], [0.3, 0, 1]],
  ["RandomSolarize", RandomSolarize({ thresholds: [0.5, 0.5], additions: [0.1, 0.1], p: 1 }), [0.3, 0.45, 0.8], [1, 1, 1, 3], [0.4, 0.45, 0.1]],
  ["RandomPosterize", RandomPosterize({ bits: [1, 1], p: 1 }), [0.2, 0.6], [1, 1, 1, 2], [0, 128 / 255]],
  ["Normalize", Normalize({ mean: [0.1, 0.2, 0.3], std: [0.5, 0.5, 0.2] }), COLOUR, [1, 3, 1, 1], [0.2, 0.6, 3]],
  ["Denormalize of Normalize", [Normalize({ mean: 0.4, std: 0.3 }), Denormalize({ mean: 0.4, std: 0.3 })], COLOUR, [1, 3, 1, 1], COLOUR],
  ["RandomMedianBlur, zeros beyond", RandomMedianBlur(always), new Array(16).fill(1), [1, 1, 4, 4], [0, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 0]],
  ["RandomMotionBlur", RandomMotionBlur({ kernelSize: 3, angle: [215, 215], direction: [-0.5, -0.5], resample: "nearest", p: 1 }), [0, 0, 0, 0, 1, 0, 0, 0, 0], [1, 1, 3, 3], [0, 0, 0.5, 0, 1 / 3, 0, 1 / 6, 0, 0]],
  ["RandomSharpness of 0", RandomSharpness({ sharpness: [0, 0], p: 1 }), [0, 0, 0, 0, 0.65, 0, 0, 0, 0], [1, 1, 3, 3], [0, 0, 0, 0, 0.25, 0, 0, 0, 0]],
  ["RandomErasing of all", RandomErasing({ scale: [1, 1], ratio: [1, 1], value: 0.7, p: 1 }), [0.1, 0.2, 0.3, 0.4], [1, 1, 2, 2], [0.7, 0.7, 0.7, 0.7]],
  ["RandomPlanckianJitter, the first step", RandomPlanckianJitter({ selectFrom: 0, p: 1 }), [0.5, 0.6, 0.7], [1, 3, 1, 1], [0.5 * (0.6743 / 0.4029), 0.6, 0.7 * (0.0013 / 0.4029)]],
  ["RandomThinPlateSpline of 0", RandomThinPlateSpline({ scale: 0, p: 1 }), NINE, [1, 1, 3, 3], NINE],
  ["RandomElasticTransform of 0", RandomElasticTransform({ kernelSize: 3, alpha: 0, p: 1 }), NINE, [1, 1, 3, 3], NINE],
  ["RandomMixUpV2 of 0", RandomMixUpV2({ lambdaVal: 0 }), [0.2, 0.6], [2, 1, 1, 1], [0.2, 0.6]],
  ["RandomMixUpV2", RandomMixUpV2({ lambdaVal: 0.25 }), [0.2, 0.6], [2, 1, 1, 1], [0.3, 0.5]],
  ["RandomCutMixV2 of 0", RandomCutMixV2({ cutSize: 0 }), [0.2, 0.6], [2, 1, 1, 1], [0.2, 0.6]],
  ["RandomCutMixV2 of all", RandomCutMixV2({ cutSize: 1 }), [0.2, 0.6], [2, 1, 1, 1], [0.6, 0.2]],
  ["PatchMix of all", PatchMix({ patchSize: 2 }), [1, 2, 3, 4, 5, 6, 7, 8], [2, 1, 2, 2], [5, 6, 7, 8, 1, 2, 3, 4]],
  ["RandomMosaic from 0", RandomMosaic({ startRatioRange: 0, p: 1 }), [1, 2, 3, 4, 5, 6, 7, 8], [2, 1, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]],
  ["RandomMosaic from 1", RandomMosaic({ startRatioRange: 1, p: 1 }), [1, 2, 3, 4, 5, 6, 7, 8], [2, 1, 2, 2], [5, 6, 7, 8, 1, 2, 3, 4]],
  ["ColorJiggle", ColorJiggle({ brightness: [1.1, 1.1], contrast: [1.5, 1.5] }), COLOUR, [1, 3, 1, 1], [0.45, 0.9, 1]],
  ["ColorJitter", ColorJitter({ brightness: [0.5, 0.5] }), COLOUR, [1, 3, 1, 1], [0.1, 0.25, 0.45]],
]; // biome-ignore format: a row for each

test.each(cases)("%s", async (_, tree, values, shape, expected) => {
  near(await run(tree, values, shape), expected);
});

test("sizes: Resize by each side, LongestMaxSize, SmallestMaxSize", () => {
  const size = (tree: Tree, height: number, width: number) =>
    sequential([tree]).explain([1, 1, height, width]).passes.at(-1)!.output.slice(2);
  expect(size(Resize({ size: [4, 5] }), 4, 6)).toEqual([4, 5]);
  expect(size(Resize({ size: 2 }), 4, 6)).toEqual([2, 3]);
  expect(size(Resize({ size: 3, side: "long" }), 4, 6)).toEqual([2, 3]);
  expect(size(Resize({ size: 2, side: "vert" }), 4, 6)).toEqual([2, 3]);
  expect(size(Resize({ size: 3, side: "horz" }), 4, 6)).toEqual([2, 3]);
  expect(size(Resize({ size: 8, side: "horz" }), 9, 6)).toEqual([12, 8]);
  expect(size(LongestMaxSize({ maxSize: 3 }), 4, 6)).toEqual([2, 3]);
  expect(size(LongestMaxSize({ maxSize: 3 }), 8, 6)).toEqual([3, 2]);
  expect(size(SmallestMaxSize({ maxSize: 2 }), 4, 6)).toEqual([2, 3]);
  expect(size(SmallestMaxSize({ maxSize: 2 }), 9, 6)).toEqual([3, 2]);
});

test("RandomEqualize makes steps of 20 / 255 of twenty rows, as Pillow", async () => {
  const values = Array.from({ length: 400 }, (_, i) => Math.floor(i / 20) / 20);
  const rows = (await run(RandomEqualize(always), values, [1, 1, 20, 20])).filter((_, i) => i % 20 === 0);
  near(
    rows,
    Array.from({ length: 20 }, (_, k) => Math.min(1, (20 * k) / 255)),
  );
});

test("RandomChannelShuffle shows each channel once, and RandomChannelDropout drops as many as it says", async () => {
  const shape = [4, 3, 1, 1];
  const values = Array.from({ length: 12 }, (_, i) => (1 + (i % 3)) / 10);
  const shuffled = await run(RandomChannelShuffle(always), values, shape);
  const dropped = await run(RandomChannelDropout({ numDropChannels: 2, fillValue: 0.9, p: 1 }), values, shape);
  for (const n of [0, 1, 2, 3]) {
    expect(shuffled.slice(3 * n, 3 * n + 3).sort()).toEqual([0.1, 0.2, 0.3]);
    expect(dropped.slice(3 * n, 3 * n + 3).filter((value) => value === 0.9)).toHaveLength(2);
  }
});

test("lights come from the four sides and the four corners, and darken or brighten", async () => {
  const grey = new Array(9).fill(0.5);
  const seen = async (tree: Tree) => {
    const found = new Set<string>();
    for (let step = 0; step < 30; step++) found.add((await run(tree, grey, [1, 1, 3, 3], step)).join());
    return found;
  };
  const sides = await seen(RandomLinearIllumination({ gain: [0.25, 0.25], sign: -1, p: 1 }));
  expect(sides.size).toBe(4);
  expect(sides).toContain([0.25, 0.25, 0.25, 0.375, 0.375, 0.375, 0.5, 0.5, 0.5].join());
  const above = await run(linearIllumination({ gain: 0.25, sign: -1, angle: 90 }), grey, [1, 1, 3, 3]);
  expect(above.slice(0, 3)).toEqual([0.25, 0.25, 0.25]);
  const corners = await seen(RandomLinearCornerIllumination({ gain: [0.2, 0.2], p: 1 }));
  expect(corners.size).toBe(8);
  expect(corners).toContain([0.5, 0.55, 0.6, 0.55, 0.6, 0.65, 0.6, 0.65, 0.7].join());
});

test("RandomJigsaw puts tiles where a recipe says, and the labels of a mix have the shares of its images", async () => {
  const augment = sequential([RandomJigsaw({ grid: 2, p: 1 })]);
  const recipe = augment.sample(1, { step: 0 });
  recipe.transforms[0].params.permutation = [[3, 0, 1, 2]];
  using scope = device.gpu.scope();
  expect(Array.from(await augment.replay(tensor(device.gpu, [1, 2, 3, 4], [1, 1, 2, 2]), recipe).read())).toEqual([
    4, 1, 2, 3,
  ]);
  const drawn = sequential([RandomCutMixV2({ cutSize: [0.2, 0.6] })]).sample(3, { step: 0 }).transforms[0].params;
  const cut = { ...RandomCutMixV2({ p: 1 }), params: drawn } as Parameters<typeof labelWeights>[0];
  const [own, other] = labelWeights(cut, [3, 1, 8, 8]);
  expect(other.weights).toEqual(drawn.area);
  const white = ones();
  const share = await apply(white, cut).read();
  for (const n of [0, 1, 2]) {
    const mean = share.slice(64 * n, 64 * n + 64).reduce((a, b) => a + b, 0) / 64;
    const partner = (other.samples as number[])[n];
    expect(mean).toBeCloseTo((own.weights as number[])[n] * n + (other.weights as number[])[n] * partner, 4);
  }
  void scope;
});

/** Sample n is n everywhere. */
function ones(): Tensor {
  const x = zeros(device.gpu, [3, 1, 8, 8]);
  x.write(Array.from({ length: 192 }, (_, i) => Math.floor(i / 64)));
  return x;
}
