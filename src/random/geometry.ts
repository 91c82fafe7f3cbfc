import {
  around,
  type Distribution,
  type Integers,
  integers,
  isDistribution,
  times,
  type ValueChoice,
} from "../augment/index.ts";
import type { KernelSize } from "../functional/index.ts";
import { ArgumentError, checkedLater, describe } from "../gpu/index.ts";
import { Tensor } from "../tensor/index.ts";
import {
  affine,
  elastic,
  fisheye,
  horizontalFlip,
  perspective,
  rotate,
  shear,
  thinPlateSpline,
  translate,
  verticalFlip,
} from "../transforms/index.ts";
import { A_SHARE, movedCorners, type ShareValue } from "./corners.ts";
import { axes, pair, plain, type RequiredOption, range, word } from "./options.ts";
import { random } from "./random.ts";
import { endsOf, named, PER_CHANNEL, type RangeEnd } from "./values.ts";

// What moves pixels, one table for each class.

/** How a map looks between pixels and beyond the image. */
export const LOOK = {
  resample: word("interpolation", { bilinear: "bilinear", nearest: "nearest", bicubic: "bicubic" }, "bilinear"),
  paddingMode: word("padding", { zeros: "zeros", border: "border", reflection: "reflection", fill: "fill" }, "zeros"),
  fillValue: plain<number | readonly number[] | Tensor>("fill", PER_CHANNEL),
};

const angles = { about: 0, within: [-360, 360] } as const;
const shares = { about: 0, within: [-1, 1] } as const;

/** Mirrors left and right. */
export const RandomHorizontalFlip = random("RandomHorizontalFlip", horizontalFlip, {});

/** Mirrors top and bottom. */
export const RandomVerticalFlip = random("RandomVerticalFlip", verticalFlip, {});

/** Turns counter-clockwise about the centre, by `degrees`: v for ± v. */
export const RandomRotation = random("RandomRotation", rotate, { degrees: range("angle", angles), ...LOOK });

/**
 * Quarters of a turn: a whole number; a pair `[lo, hi]`, of which each number is as likely, and whose ends may be tensors that learn, or one
 * tensor of both; or `integers(...)` or `choice(...)` of them.
 */
export type TurnsValue = number | readonly [lo: RangeEnd, hi: RangeEnd] | Tensor | Integers | ValueChoice;

const QUARTERS =
  "a whole number of quarters, a pair [lo, hi] of them or of tensors, a tensor of two values, integers(...), or choice(...), whose weights may learn";

/** More is a mistake. */
const MOST_TURNS = 1000;
const isTimes = (value: unknown): value is number => Number.isInteger(value) && Math.abs(value as number) <= MOST_TURNS;
const isEnd = (value: unknown): value is RangeEnd =>
  isTimes(value) || value instanceof Tensor || typeof value === "function";

/** Whole quarters as degrees, of which one is drawn. */
function quarters(argument: string, value: unknown): number | Distribution {
  const drawn = named(argument, () => turnsOf(value));
  if (drawn === null) throw new ArgumentError(argument, describe(value), QUARTERS);
  return typeof drawn === "number" ? 90 * drawn : times(drawn, 90);
}

/** What is drawn of quarters, or null for what is none. */
function turnsOf(value: unknown): number | Integers | ValueChoice | null {
  if (isTimes(value)) return value;
  if (value instanceof Tensor) return value.shape.length === 1 && value.size === 2 ? integers(...endsOf(value)) : null;
  if (Array.isArray(value)) {
    const [lo, hi] = value;
    if (value.length !== 2 || !isEnd(lo) || !isEnd(hi) || (isTimes(lo) && isTimes(hi) && lo > hi)) return null;
    return lo === hi && isTimes(lo) ? lo : integers(lo, hi);
  }
  if (!isDistribution(value)) return null;
  if (value.distribution === "integers") return isEnd(value.lo) && isEnd(value.hi) ? value : null;
  const listed = value.distribution === "choice" && Array.isArray(value.values) && value.values.every(isTimes);
  return listed ? value : null;
}

/**
 * Turns counter-clockwise by `times` quarters, whole numbers from `lo` to `hi`, each as likely; ends that learn do so straight-through. The image keeps its size, so that of one that
 * is not square the ends are cut off; a turn of a square is exact.
 */
export const RandomRotation90 = random("RandomRotation90", rotate, {
  times: {
    sets: ["angle"],
    required: true,
    allowed: QUARTERS,
    read: (argument, value) => ({ angle: quarters(argument, value) }),
  } as RequiredOption<TurnsValue>,
  ...LOOK,
});

/**
 * Scales, slants, turns and moves about the centre. `degrees` (v for ± v) counter-clockwise; `translate` [a, b], up to these parts of width
 * and height either way; `scale` `[lo, hi]`, or four numbers for across and down; `shear` (v for ± v) in degrees, or four numbers.
 */
export const RandomAffine = random(
  "RandomAffine",
  affine,
  {
    degrees: range("angle", angles),
    translate: pair(["x", "y"], shares),
    scale: axes(["scaleX", "scaleY"], { within: [1e-6, Infinity], both: true }),
    shear: axes(["shearX", "shearY"], angles),
    ...LOOK,
  },
  { fixed: { relative: true } },
);

/** Slants the columns by `shear` degrees (v for ± v), and with four numbers the rows. */
export const RandomShear = random("RandomShear", shear, {
  shear: axes(["x", "y"], { ...angles, required: true }),
  ...LOOK,
});

/** Moves by parts of the width and the height: v for ± v, or `[lo, hi]`. */
export const RandomTranslate = random(
  "RandomTranslate",
  translate,
  {
    translateX: range("x", { ...shares, default: 0 }),
    translateY: range("y", { ...shares, default: 0 }),
    ...LOOK,
  },
  { fixed: { relative: true } },
);

/** The corners of an image, in parts of its size. */
const CORNERS = [0, 0, 1, 0, 1, 1, 0, 1];

/**
 * Moves the four corners inwards by up to `distortionScale` of half the size, 0 to 1; 0.5 unless given. With `area_preserving` to
 * either side.
 */
export const RandomPerspective = random(
  "RandomPerspective",
  perspective,
  {
    distortionScale: { ...plain<ShareValue>("by", A_SHARE, 0.5), sets: ["endPoints"] },
    samplingMethod: word("method", { basic: "basic", area_preserving: "area_preserving" }, "basic"),
    ...LOOK,
  },
  {
    fixed: { relative: true, startPoints: CORNERS },
    together: ({ by, method, ...look }) => ({ ...look, endPoints: movedCorners(CORNERS, by as ShareValue, method) }),
  },
);

/**
 * Moves every pixel a little, by noise that a Gaussian has smoothed. `kernelSize`, `sigma` in pixels and `alpha` in half sizes are
 * `[down, across]`, or one for both.
 */
export const RandomElasticTransform = random("RandomElasticTransform", elastic, {
  kernelSize: plain<KernelSize>(
    "kernelSize",
    { ...checkedLater, allowed: "an odd whole number, or [height, width] of two" },
    [63, 63],
  ),
  sigma: pair(["sigmaY", "sigmaX"], { within: [1e-3, Infinity], default: [32, 32] }),
  alpha: pair(["alphaY", "alphaX"], { default: [1, 1] }),
  ...LOOK,
});

const CONTROL = [-1, -1, -1, 1, 1, -1, 1, 1, 0, 0];

/** Bends the image as a thin plate: the corners and the middle move by up to `scale` half sizes; 0.2 unless given. */
export const RandomThinPlateSpline = random(
  "RandomThinPlateSpline",
  thinPlateSpline,
  { scale: { ...plain<ShareValue>("by", A_SHARE, 0.2), sets: ["destination"] }, ...LOOK },
  { together: ({ by, ...look }) => ({ ...look, destination: around(CONTROL, by as ShareValue) }) },
);

/** Looks through a fisheye about a place in half sizes, −1 to 1: every option is a range `[lo, hi]`, or a number for itself. */
export const RandomFisheye = random("RandomFisheye", fisheye, {
  centerX: range("centerX"),
  centerY: range("centerY"),
  gamma: range("gamma", { within: [0, Infinity] }),
  ...LOOK,
});
