import { type OneOf, oneOf } from "../augment/index.ts";
import type { KernelSize } from "../functional/index.ts";
import { ArgumentError, check, checkedLater, isPlainObject, rule } from "../gpu/index.ts";
import { boxBlur, clahe, gaussianBlur, medianBlur, motionBlur, type Transform } from "../transforms/index.ts";
import { jumps, needed, plain, random, range, word } from "./random.ts";

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

const isLength = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) > 2 && (value as number) % 2 === 1;
const A_LENGTH = rule("an odd whole number from 3 on", isLength);
const LENGTHS = rule(
  `${A_LENGTH.allowed}, or a pair [lo, hi] of them`,
  (value) => Array.isArray(value) && value.length === 2 && value.every(isLength) && value[0] <= value[1],
);

const motionOfOneSize = random("RandomMotionBlur", motionBlur, {
  kernelSize: needed<number>("kernelSize", A_LENGTH),
  angle: range("angle", { about: 0, within: [-360, 360] }),
  direction: range("direction", { about: 0, within: [-1, 1] }),
  borderType: borderType("constant"),
  resample: word("interpolation", { nearest: "nearest", bilinear: "bilinear" }, "bilinear"),
});
type MotionSettings = Parameters<typeof motionOfOneSize>[0];

/**
 * Blurs along a line of `kernelSize` pixels, which `angle` turns counter-clockwise, in degrees (v for ± v). From a `direction` of −1 to
 * 1 (v for ± v) its weight lies behind, on all of it, or before.
 */
function motion(settings: MotionSettings): Transform;
/**
 * The same of an odd size from `lo` to `hi`, each as likely: a `oneOf` of as many blurs, of which every sample gets one. Each is a pass.
 */
function motion(
  settings: Omit<MotionSettings, "kernelSize"> & { kernelSize: readonly [lo: number, hi: number] },
): OneOf;
function motion(settings: Omit<MotionSettings, "kernelSize"> & { kernelSize: unknown }): Transform | OneOf {
  if (!isPlainObject(settings) || !Array.isArray(settings.kernelSize)) return motionOfOneSize(settings as never);
  const [lo, hi] = check("RandomMotionBlur.kernelSize", settings.kernelSize as [number, number], LENGTHS);
  const { key, ...rest } = settings;
  if (rest.sameOnBatch)
    throw new ArgumentError(
      "RandomMotionBlur.sameOnBatch",
      "true beside a pair of sizes",
      "one size; or sameOnBatch of the pipeline, which holds for the choice of a size, too",
    );
  const sizes = Array.from({ length: (hi - lo) / 2 + 1 }, (_, i) => lo + 2 * i);
  const links = sizes.map((kernelSize) =>
    motionOfOneSize({ ...rest, kernelSize, key: key === undefined ? undefined : `${key}.${kernelSize}` }),
  );
  return oneOf(links, { key });
}

/** Blurs along a line, whose angle is random, as is what of it weighs most, and with a pair of sizes its length. */
export const RandomMotionBlur = Object.assign(motion, { random: motionOfOneSize.random });

/** Equalizes within tiles, with counts cut off at `clipLimit`: `[lo, hi]`, or a number for itself; 40 unless given. */
export const RandomClahe = random("RandomClahe", clahe, {
  clipLimit: range("clipLimit", { within: [0, Infinity], default: [40, 40] }),
  gridSize: plain<KernelSize>("gridSize", ANY, [8, 8]),
  estimator: jumps(clahe),
});
