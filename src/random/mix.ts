import { partners, permutation, uniform } from "../augment/index.ts";
import { checkedLater } from "../gpu/index.ts";
import { cutmix, cutmixArea, jigsaw, mixup, mosaic } from "../transforms/index.ts";
import { A_SIZE, type CropSize, sides } from "./crop.ts";
import { plain, range } from "./options.ts";
import { random } from "./random.ts";

// What mixes the samples of a batch, one table for each class. Each sample is the partner of one, and none its own: `partners()`.

/**
 * Mixes every sample with its partner in the batch, whose share is `lambdaVal`: `[lo, hi]` within 0..1, or a number for itself; `[0, 1]`
 * unless given. `labelWeights` and `mixLabels` say what becomes of labels; boxes and points of both stay, those of the
 * partner behind the own ones.
 */
export const RandomMixUpV2 = random(
  "RandomMixUpV2",
  mixup,
  { lambdaVal: range("lambda", { within: [0, 1], default: [0, 1], counts: [-1, 1] }) },
  { p: 1, together: (given) => ({ ...given, partner: partners() }) },
);

/**
 * Puts a rectangle of its partner in the batch in the place of the same rectangle of every sample, anywhere in the image and in its
 * proportions; its area is `cutSize` of the image's: `[lo, hi]` within 0..1, or a number for itself; `[0, 1]` unless given. Boxes and points of
 * the partner come along where they are seen.
 */
export const RandomCutMixV2 = random(
  "RandomCutMixV2",
  cutmixArea,
  { cutSize: range("area", { within: [0, 1], default: [0, 1] }) },
  { p: 1, together: (given) => ({ ...given, partner: partners(), x: uniform(0, 1), y: uniform(0, 1) }) },
);

/** Puts a square of `patchSize` pixels of its partner in the batch into every sample, anywhere; 16 unless given. */
export const PatchMix = random(
  "PatchMix",
  cutmix,
  { patchSize: range(["width", "height"], { within: [1, Infinity], default: 16 }) },
  {
    p: 1,
    fixed: { relative: true },
    together: (given) => ({ ...given, partner: partners(), x: uniform(0, 1), y: uniform(0, 1) }),
  },
);

/**
 * Puts every sample and three others together, two by two, and shows a window of `outputSize`, the image's size unless given. It starts
 * at `startRatioRange` of the image's sides, within 0..1; `[0.3, 0.7]` unless given. Where it changes the size, `p` has to be 1. Boxes,
 * points and instances of all four come along, `[N, 4 · K, …]`.
 */
export const RandomMosaic = random(
  "RandomMosaic",
  mosaic,
  {
    outputSize: {
      ...plain<CropSize>("outputSize", A_SIZE),
      sets: ["height", "width"],
      read: (argument, value) => sides(argument, value),
    },
    startRatioRange: range(["x", "y"], { within: [0, 1], default: [0.3, 0.7], apart: true }),
  },
  { p: 0.7, fixed: { relative: true }, together: (given) => ({ ...given, partners: partners() }) },
);

/** Cuts the image into tiles, `grid` of them down and across, and puts them together in another order; [4, 4] unless given. */
export const RandomJigsaw = random(
  "RandomJigsaw",
  jigsaw,
  {
    grid: plain<number | readonly [number, number]>(
      "grid",
      { ...checkedLater, allowed: "a whole number, or [down, across] of two" },
      [4, 4],
    ),
  },
  { fixed: { rest: "kept" }, together: (given) => ({ ...given, permutation: permutation() }) },
);
