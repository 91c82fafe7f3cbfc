import { uniform } from "../augment/index.ts";
import { check, oneOf as oneOfWords, rule } from "../gpu/index.ts";
import { KERNEL } from "../volumes/filter.ts";
import * as volume from "../volumes/transforms.ts";
import { A_SHARE, movedCorners, type ShareValue } from "./corners.ts";
import { areMargins, isSide } from "./crop.ts";
import { needed, plain, type RequiredOption, range, several, word } from "./options.ts";
import { random } from "./random.ts";

// Classes of volumes [N, C, D, H, W], one table for each.

const LOOK = {
  resample: word("interpolation", { bilinear: "trilinear", nearest: "nearest" }, "bilinear"),
  paddingMode: word("padding", { zeros: "zeros", border: "border", reflection: "reflection" }, "zeros"),
};
const ANGLES = ["yaw", "pitch", "roll"];
const turns = { about: 0, within: [-360, 360] } as const;

/** Mirrors the columns of volumes. */
export const RandomHorizontalFlip3D = random("RandomHorizontalFlip3D", volume.horizontalFlip, {});

/** Mirrors the rows of volumes. */
export const RandomVerticalFlip3D = random("RandomVerticalFlip3D", volume.verticalFlip, {});

/** Mirrors the slices of volumes. */
export const RandomDepthicalFlip3D = random("RandomDepthicalFlip3D", volume.depthicalFlip, {});

/**
 * Turns volumes about their centre: the rotation vector is (yaw, pitch, roll), by `degrees`, v for ± v for all three, or three of these.
 * A positive roll turns counter-clockwise as seen.
 */
export const RandomRotation3D = random("RandomRotation3D", volume.rotate, {
  degrees: several(ANGLES, { ...turns, required: true }),
  ...LOOK,
});

/**
 * Scales, slants, turns and moves volumes about the centre. `degrees` as in `RandomRotation3D`; `translate` three numbers, up to these parts of
 * width, height and depth either way; `scale` `[lo, hi]`, one for all axes, or three of these; `shears` (v for ± v) in degrees for all
 * of xy, xz, yx, yz, zx, zy, or six of these.
 */
export const RandomAffine3D = random("RandomAffine3D", volume.affine, {
  degrees: several(ANGLES, { ...turns, required: true }),
  translate: several(["x", "y", "z"], { about: 0, within: [-1, 1], default: 0 }),
  scale: several(["scaleX", "scaleY", "scaleZ"], { within: [1e-6, Infinity], default: 1, together: true }),
  shears: several(["xy", "xz", "yx", "yz", "zx", "zy"], { about: 0, within: [-89, 89], default: 0 }),
  ...LOOK,
});

/** Moves the eight corners inwards by up to `distortionScale` of half the size, 0 to 1; 0.5 unless given. */
export const RandomPerspective3D = random(
  "RandomPerspective3D",
  volume.perspective,
  { distortionScale: { ...plain<ShareValue>("by", A_SHARE, 0.5), sets: ["endPoints"] }, ...LOOK },
  {
    together: ({ by, ...look }) => ({ ...look, endPoints: movedCorners(volume.CORNERS, by as ShareValue, "basic") }),
  },
);

/** A number of voxels for all sides, or [depth, height, width]. */
export type VolumeCropSize = number | readonly [depth: number, height: number, width: number];

const A_SIZE = rule(
  "a whole number of voxels, at least 1, or [depth, height, width] of three",
  (value) => isSide(value) || (Array.isArray(value) && value.length === 3 && Array.from(value).every(isSide)),
);
const size: RequiredOption<VolumeCropSize> = {
  ...needed<VolumeCropSize>("size", A_SIZE),
  sets: ["depth", "height", "width"],
  read: (argument, value) => {
    const [depth, height = depth, width = depth] = [check(argument, value, A_SIZE)].flat() as number[];
    return { depth, height, width };
  },
};

/** How many voxels beyond the volume a window may take in. */
export type VolumeCropPadding =
  | number
  | readonly [across: number, down: number, deep: number]
  | readonly [left: number, top: number, right: number, bottom: number, front: number, back: number];

const A_PADDING = rule(
  "a whole number of voxels, [across, down, deep], or [left, top, right, bottom, front, back]",
  (value) => areMargins(value, 3, 6),
);
const padding = {
  ...plain<VolumeCropPadding>("padding", A_PADDING, 0),
  sets: ["left", "top", "right", "bottom", "front", "back"],
  read: (argument: string, value: unknown) => {
    const all = [check(argument, value, A_PADDING)].flat() as number[];
    if (all.length === 6) {
      const [left, top, right, bottom, front, back] = all;
      return { left, top, right, bottom, front, back };
    }
    const [across, down = across, deep = across] = all;
    return { left: across, right: across, top: down, bottom: down, front: deep, back: deep };
  },
};

/**
 * Cuts out a window of whole voxels, at any of its places as likely. The window may reach `padding` voxels beyond the volume; a volume
 * that is smaller than the window lies anywhere in it, among what `paddingMode` says: `constant`, which is 0, unless given.
 */
export const RandomCrop3D = random(
  "RandomCrop3D",
  volume.crop,
  {
    size,
    padding,
    paddingMode: word("padding", { constant: "zeros", reflect: "reflection", replicate: "border" }, "constant"),
  },
  { p: 1, together: (given) => ({ ...given, x: uniform(0, 1), y: uniform(0, 1), z: uniform(0, 1) }) },
);

/** Cuts out the middle of volumes, which are at least as large as the window. */
export const CenterCrop3D = random("CenterCrop3D", volume.centerCrop, { size }, { p: 1 });

/** Equalizes the histogram of each channel over its whole volume. */
export const RandomEqualize3D = random("RandomEqualize3D", volume.equalize, {
  estimator: plain<"slope" | "straightThrough" | "none">(
    "estimator",
    oneOfWords("slope", "straightThrough", "none"),
    "slope",
  ),
});

/**
 * Blurs volumes along a line of `kernelSize` voxels, turned by `angle` as `RandomRotation3D` turns (v for ± v, or three of these). From a
 * `direction` of −1 to 1 (v for ± v) its weight lies behind, on all of it, or before.
 */
export const RandomMotionBlur3D = random("RandomMotionBlur3D", volume.motionBlur, {
  kernelSize: needed<number>("kernelSize", KERNEL),
  angle: several(ANGLES, { ...turns, required: true }),
  direction: range("direction", { about: 0, within: [-1, 1] }),
  borderType: word(
    "padding",
    { constant: "zeros", reflect: "reflection", replicate: "border", circular: "circular" },
    "constant",
  ),
  resample: word("interpolation", { nearest: "nearest", bilinear: "trilinear" }, "bilinear"),
});
