import { type OneOf, oneOf } from "../augment/index.ts";
import type { KernelSize } from "../functional/index.ts";
import { check, checkedLater, isPlainObject, rule } from "../gpu/index.ts";
import { boxBlur, clahe, gaussianBlur, medianBlur, motionBlur, type Transform } from "../transforms/index.ts";
import { jumps, needed, plain, range, word } from "./options.ts";
import { type RandomCommon, type RandomSpec, random } from "./random.ts";
import type { RangeValue } from "./values.ts";

// Blurs, one table for each class.

const ODD = { ...checkedLater, allowed: "an odd whole number, or [height, width] of two" };
const ANY = { ...checkedLater, allowed: "a whole number, or [height, width] of two" };

/** What lies beyond the image, in PyTorch's words. */
const borderType = (otherwise: "reflect" | "constant") =>
  word("padding", { constant: "zeros", reflect: "reflection", replicate: "border", circular: "circular" }, otherwise);

/** The mean over `kernelSize` pixels; 3 unless given. */
export const RandomBoxBlur = random("RandomBoxBlur", boxBlur, {
  kernelSize: plain<KernelSize>("kernelSize", ANY, 3),
  borderType: borderType("reflect"),
});

/** A Gaussian of deviation `sigma`, in pixels, the same across and down: `[lo, hi]`, or a number for itself. */
export const RandomGaussianBlur = random("RandomGaussianBlur", gaussianBlur, {
  kernelSize: needed<KernelSize>("kernelSize", ODD),
  sigma: range(["sigmaX", "sigmaY"], { within: [0.001, Infinity] }),
  borderType: borderType("reflect"),
});

/** The median of `kernelSize` pixels; 3 unless given. */
export const RandomMedianBlur = random("RandomMedianBlur", medianBlur, {
  kernelSize: plain<KernelSize>("kernelSize", ODD, 3),
});

/** Each size of a range is a blur of its own. */
const MOST_SIZES = 32;
const isLength = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) > 2 && (value as number) % 2 === 1;
const LENGTHS = `an odd whole number from 3 on, or a pair [lo, hi] of them with at most ${MOST_SIZES} sizes`;
const A_PAIR = rule(LENGTHS, (value) => {
  const [lo, hi] = value as unknown[];
  return (value as unknown[]).length === 2 && isLength(lo) && isLength(hi) && lo <= hi && hi - lo < 2 * MOST_SIZES;
});

const motionOfOneSize = random("RandomMotionBlur", motionBlur, {
  kernelSize: needed<number>("kernelSize", rule(LENGTHS, isLength)),
  angle: range("angle", { about: 0, within: [-360, 360] }),
  direction: range("direction", { about: 0, within: [-1, 1] }),
  borderType: borderType("constant"),
  resample: word("interpolation", { nearest: "nearest", bilinear: "bilinear" }, "bilinear"),
});

/** Settings of {@link RandomMotionBlur}. */
export interface RandomMotionBlurSettings extends RandomCommon {
  /** How many pixels the line has: an odd number, at least 3; or a pair `[lo, hi]`, of whose odd sizes each is as likely. */
  kernelSize: number | readonly [lo: number, hi: number];
  /** How far the line is turned counter-clockwise, in degrees: v for ± v, or `[lo, hi]`. */
  angle: RangeValue;
  /** From −1, where all weight lies behind, to 1, where it lies before: v for ± v, or `[lo, hi]`. */
  direction: RangeValue;
  /** What lies beyond the image; `constant`, which is 0, unless given. */
  borderType?: "constant" | "reflect" | "replicate" | "circular";
  /** How the line's pixels are made when it turns; `bilinear` unless given, and with `nearest` an angle's gradient is that of `bilinear`. */
  resample?: "nearest" | "bilinear";
}

/** The function that {@link RandomMotionBlur} is. */
export interface RandomMotionBlurClass {
  /** A blur of one size. */
  (settings: RandomMotionBlurSettings & { kernelSize: number }): Transform;
  /** A `oneOf` of blurs, one for each size; every sample gets one of them. Each is a pass. */
  (settings: RandomMotionBlurSettings & { kernelSize: readonly [lo: number, hi: number] }): OneOf;
  /** What it was made from. */
  readonly random: RandomSpec;
}

function motion(settings: RandomMotionBlurSettings): Transform | OneOf {
  if (!isPlainObject(settings) || !Array.isArray(settings.kernelSize)) return motionOfOneSize(settings as never);
  const [lo, hi] = check("RandomMotionBlur.kernelSize", settings.kernelSize as [number, number], A_PAIR);
  const { key, ...rest } = settings;
  const sizes = Array.from({ length: (hi - lo) / 2 + 1 }, (_, i) => lo + 2 * i);
  const links = sizes.map((kernelSize) =>
    motionOfOneSize({ ...rest, kernelSize, key: key === undefined ? undefined : `${key}.${kernelSize}` }),
  );
  return oneOf(links, { sameOnBatch: rest.sameOnBatch, key });
}

/**
 * Blurs along a line of `kernelSize` pixels, which `angle` turns counter-clockwise, in degrees (v for ± v). From a `direction` of −1 to
 * 1 (v for ± v) its weight lies behind, on all of it, or before. With a pair of sizes it is a `oneOf` of blurs.
 */
export const RandomMotionBlur = Object.assign(motion, { random: motionOfOneSize.random }) as RandomMotionBlurClass;

/** Equalizes within tiles, with counts cut off at `clipLimit`: `[lo, hi]`, or a number for itself; 40 unless given. */
export const RandomClahe = random("RandomClahe", clahe, {
  clipLimit: range("clipLimit", { within: [0, Infinity], default: [40, 40] }),
  gridSize: plain<KernelSize>("gridSize", ANY, [8, 8]),
  estimator: jumps(clahe),
});
