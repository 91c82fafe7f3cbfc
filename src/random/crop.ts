import { uniform } from "../augment/index.ts";
import { ArgumentError, check, describe, isPlainObject, refuseUnknown, rule } from "../gpu/index.ts";
import type { Tensor } from "../tensor/index.ts";
import {
  centerCrop,
  cropAt,
  horizontalFlip,
  longestMaxSize,
  padTo,
  resize,
  resizedCrop,
  smallestMaxSize,
  type Transform,
} from "../transforms/index.ts";
import { LOOK } from "./geometry.ts";
import { needed, plain, type RandomOption, type RequiredOption, range, word } from "./options.ts";
import { random } from "./random.ts";

// Crops and sizes, one table for each class. What changes the size applies to every sample.

/** A number of pixels for both sides, or [height, width]. */
export type CropSize = number | readonly [height: number, width: number];

export const isSide = (value: unknown): boolean => Number.isInteger(value) && (value as number) > 0;
const isSize = (value: unknown): boolean =>
  isSide(value) || (Array.isArray(value) && value.length === 2 && Array.from(value).every(isSide));
export const A_SIZE = rule("a whole number of pixels, at least 1, or [height, width] of two", isSize);

/** Both sides of a size. @throws ArgumentError for what is none */
export function sides(argument: string, value: unknown): { height: number; width: number } {
  const [height, width = height] = [check(argument, value, A_SIZE)].flat() as number[];
  return { height, width };
}

/** What makes the height and the width of the result. */
const size: RequiredOption<CropSize> = {
  ...needed<CropSize>("size", A_SIZE),
  sets: ["height", "width"],
  read: sides,
};

/** Any of the places that a window has, each axis by itself. */
const anywhere = () => ({ x: uniform(0, 1), y: uniform(0, 1) });

/** How many pixels beyond the image a window may take in. */
export type CropPadding =
  | number
  | readonly [across: number, down: number]
  | readonly [left: number, top: number, right: number, bottom: number];

/** Whether a value is one margin, or a list of so many. */
export function areMargins(value: unknown, ...lengths: readonly number[]): boolean {
  const all = Array.isArray(value) ? Array.from(value) : [value];
  return [1, ...lengths].includes(all.length) && all.every((each) => Number.isInteger(each) && (each as number) >= 0);
}

const A_PADDING = rule("a whole number of pixels, [across, down], or [left, top, right, bottom]", (value) =>
  areMargins(value, 2, 4),
);
const padding = {
  ...plain<CropPadding>("padding", A_PADDING, 0),
  sets: ["left", "top", "right", "bottom"],
  read: (argument: string, value: unknown) => {
    plain("padding", A_PADDING).read(argument, value);
    const [left, top = left, right = left, bottom = top] = [value].flat() as number[];
    return { left, top, right, bottom };
  },
};

const fill: RandomOption<number | readonly number[] | Tensor> = { ...LOOK.fillValue, default: 0 };

/** What padding shows, in PyTorch's words. */
const paddingMode = word(
  "padding",
  { constant: "fill", reflect: "reflection", replicate: "border", symmetric: "symmetric" },
  "constant",
);

/**
 * Cuts out a window of whole pixels, at any of its places as likely. The window may reach `padding` pixels beyond the image; an image
 * that is smaller than the window lies anywhere in it, among `fill` or what `paddingMode` says.
 */
export const RandomCrop = random(
  "RandomCrop",
  cropAt,
  { size, padding, paddingMode, fill, resample: LOOK.resample },
  { p: 1, together: (given) => ({ ...given, ...anywhere() }) },
);

/**
 * Cuts out a window and resizes it: its area a share of the image's within `scale`, its width over its height within `ratio`, uniform in
 * logarithms; `[0.08, 1]` and `[3/4, 4/3]` unless given.
 */
export const RandomResizedCrop = random(
  "RandomResizedCrop",
  resizedCrop,
  {
    size,
    scale: range("area", { within: [1e-6, 1], default: [0.08, 1] }),
    ratio: range("ratio", { within: [1e-3, Infinity], log: true, default: [3 / 4, 4 / 3] }),
    ...LOOK,
  },
  { p: 1, together: (given) => ({ ...given, ...anywhere() }) },
);

/** Cuts out the middle. */
export const CenterCrop = random("CenterCrop", centerCrop, { size, resample: LOOK.resample }, { p: 1 });

const resample = word(
  "interpolation",
  { bilinear: "bilinear", nearest: "nearest", bicubic: "bicubic", area: "area" },
  "bilinear",
);
const antialias = plain<boolean>(
  "antialias",
  rule("true or false", (value) => typeof value === "boolean"),
  true,
);
const maxSize = needed<number>("maxSize", rule("a whole number of pixels, at least 1", isSide));

/** What a number is the length of, by Kornia's word for the side. */
const SIDES = {
  short: { by: smallestMaxSize, settings: (length: number) => ({ maxSize: length }) },
  long: { by: longestMaxSize, settings: (length: number) => ({ maxSize: length }) },
  vert: { by: resize, settings: (length: number) => ({ height: length, proportions: "kept" }) },
  horz: { by: resize, settings: (length: number) => ({ width: length, proportions: "kept" }) },
} as const;

/**
 * Changes the size to [height, width], or so that a `side` gets a length, and the other one follows in proportion: the `"short"` one
 * (unless given), the `"long"` one, the height (`"vert"`) or the width (`"horz"`).
 */
export const Resize = random(
  "Resize",
  resize,
  {
    size: { ...needed<CropSize>("size", A_SIZE), sets: ["height", "width", "maxSize"] },
    side: word("side", { short: "short", long: "long", vert: "vert", horz: "horz" }, "short"),
    resample,
    antialias,
  },
  {
    p: 1,
    instead: ({ size: given, side }) => (Array.isArray(given) ? resize : SIDES[side as keyof typeof SIDES].by),
    together: ({ size: given, side, ...look }) =>
      Array.isArray(given)
        ? { ...look, height: given[0], width: given[1] }
        : { ...look, ...SIDES[side as keyof typeof SIDES].settings(given as number) },
  },
);

/** Changes the size so that the longer side is `maxSize`. */
export const LongestMaxSize = random("LongestMaxSize", longestMaxSize, { maxSize, resample, antialias }, { p: 1 });

/** Changes the size so that the shorter side is `maxSize`. */
export const SmallestMaxSize = random("SmallestMaxSize", smallestMaxSize, { maxSize, resample, antialias }, { p: 1 });

/** Adds pixels on the right and below up to a size, or cuts them off down to it. */
export const PadTo = random("PadTo", padTo, { size, padMode: paddingMode, padValue: fill }, { p: 1 });

/** Settings of {@link fiveCrop} and {@link tenCrop}. */
export interface FiveCropSettings {
  /** Size of the windows: a number of pixels for both sides, or [height, width]. */
  size: CropSize;
}

/**
 * The windows in the four corners (left above, right above, left below, right below) and in the middle: a transform each, for `apply`.
 * @throws ArgumentError for a size that is none
 */
export const fiveCrop = (settings: FiveCropSettings): Transform[] => crops("fiveCrop", settings);

/**
 * The windows of {@link fiveCrop}, and those of the mirrored image: a chain of transforms each, for `apply`.
 * @throws ArgumentError for a size that is none
 */
export function tenCrop(settings: FiveCropSettings): Transform[][] {
  const five = crops("tenCrop", settings);
  return [...five.map((window) => [window]), ...five.map((window) => [horizontalFlip(), window])];
}

function crops(name: string, settings: FiveCropSettings): Transform[] {
  if (!isPlainObject(settings)) throw new ArgumentError(`settings of ${name}`, describe(settings), "an object of size");
  const unknown = Object.keys(settings).find((each) => each !== "size");
  if (unknown !== undefined) refuseUnknown(name, unknown, ["size"], "setting");
  const window = size.read(`${name}.size`, settings.size) as { width: number; height: number };
  const corners = [0, 1].flatMap((down) => [0, 1].map((across) => cropAt({ x: across, y: down, ...window })));
  return [...corners, centerCrop(window)];
}
