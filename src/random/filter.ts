import type { KernelSize } from "../functional/index.ts";
import { checkedLater, rule } from "../gpu/index.ts";
import { boxBlur, clahe, gaussianBlur, medianBlur, motionBlur } from "../transforms/index.ts";
import { needed, plain, random, range, word } from "./random.ts";

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

/**
 * Blurs along a line of `kernelSize` pixels, which `angle` turns counter-clockwise, in degrees (v for ± v). From a `direction` of −1 to
 * 1 (v for ± v) its weight lies behind, on all of it, or before.
 */
export const RandomMotionBlur = random("RandomMotionBlur", motionBlur, {
  kernelSize: needed<number>(
    "kernelSize",
    rule(
      "an odd whole number from 3 on",
      (value) => Number.isInteger(value) && (value as number) > 2 && (value as number) % 2 === 1,
    ),
  ),
  angle: range("angle", { about: 0, within: [-360, 360] }),
  direction: range("direction", { about: 0, within: [-1, 1] }),
  borderType: borderType("constant"),
  resample: word("interpolation", { nearest: "nearest", bilinear: "bilinear" }, "bilinear"),
});

/** Equalizes within tiles, with counts cut off at `clipLimit`: `[lo, hi]`, or a number for itself; 40 unless given. */
export const RandomClahe = random("RandomClahe", clahe, {
  clipLimit: range("clipLimit", { within: [0, Infinity], default: [40, 40] }),
  gridSize: plain<KernelSize>("gridSize", ANY, [8, 8]),
});
