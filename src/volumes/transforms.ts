import { concat, mul, reshape, sub } from "../autograd/index.ts";
import { Tensor, tensor } from "../tensor/index.ts";
import type { OptionSpec, ParamSpec } from "../transforms/index.ts";
import { declareVolume } from "../transforms/language/declare.ts";
import { centerCrop3d, crop3d } from "./crop.ts";
import { type MotionBlur3dOptions, motionBlur3d } from "./filter.ts";
import {
  affine3d,
  depthicalFlip3d,
  horizontalFlip3d,
  type PerSample,
  perspective3d,
  type Rotate3dOptions,
  rotate3d,
  verticalFlip3d,
} from "./geometry.ts";
import { type VolumeSampling, type VolumeSize, valuesOf } from "./parts.ts";
import { type Equalize3dOptions, equalize3d } from "./tone.ts";

// The functions of volumes as transforms of a pipeline: what a sample's values are, and what they make of a volume.

type Settings = Readonly<Record<string, unknown>>;

const LOOK: Record<string, OptionSpec> = {
  interpolation: { default: "trilinear", allowed: ["trilinear", "nearest"], doc: "how places between voxels are seen" },
  padding: { default: "zeros", allowed: ["zeros", "border", "reflection"], doc: "what lies beyond the volume" },
};
const look = ({ interpolation, padding }: Settings) => ({ interpolation, padding }) as VolumeSampling;

const angle = (doc: string): ParamSpec => ({ default: 0, neutral: 0, unit: "degrees", doc });
const ANGLES = {
  yaw: angle("turn about the axis of x"),
  pitch: angle("turn about the axis of y"),
  roll: angle("turn about the axis of z"),
};
const named = (names: readonly string[], spec: (name: string) => ParamSpec): Record<string, ParamSpec> =>
  Object.fromEntries(names.map((name) => [name, spec(name)]));

/** Values of each sample side by side, `[N, values]`, each `times` a number. */
function columns(x: Tensor, values: readonly unknown[], times = values.map(() => 1)): PerSample {
  const [n] = x.shape;
  if (!values.some((value) => value instanceof Tensor)) {
    const at = (value: unknown, i: number): number => {
      const list = typeof value === "number" ? [value] : (value as ArrayLike<number>);
      return list[list.length === 1 ? 0 : i];
    };
    return Array.from({ length: n }, (_, i) => values.map((value, j) => times[j] * at(value, i)));
  }
  const all = values.map((value) => valuesOf({ name: "", value: value as PerSample, shape: [] }, "", x.gpu, n));
  const row = concat(
    all.map((each) => reshape(each, [n, 1])),
    1,
  );
  return mul(row, tensor(x.gpu, times));
}

const flip = (name: string, axis: string, apply: (x: Tensor) => Tensor) =>
  declareVolume({ name, params: {}, doc: `mirrors ${axis}`, source: "symmetry", volume: { apply, moves: true } });
export const horizontalFlip = flip("horizontalFlip3d", "left and right", horizontalFlip3d);
export const verticalFlip = flip("verticalFlip3d", "top and bottom", verticalFlip3d);
export const depthicalFlip = flip("depthicalFlip3d", "front and back", depthicalFlip3d);

export const rotate = declareVolume({
  name: "rotate3d",
  params: ANGLES,
  options: LOOK,
  doc: "p' = R(yaw, pitch, roll) (p − c) + c",
  source: "rotation vector (Rodrigues)",
  volume: {
    apply: (x, settings) => rotate3d(x, settings as Rotate3dOptions),
    moves: true,
  },
});

const SHEARS = ["xy", "xz", "yx", "yz", "zx", "zy"];

export const affine = declareVolume({
  name: "affine3d",
  params: {
    ...ANGLES,
    ...named(["x", "y", "z"], (name) => ({
      default: 0,
      neutral: 0,
      unit: `parts of the ${{ x: "width", y: "height", z: "depth" }[name]}`,
      doc: `shift along ${name}`,
    })),
    ...named(["scaleX", "scaleY", "scaleZ"], (name) => ({
      default: 1,
      neutral: 1,
      nonzero: true,
      unit: "factor",
      doc: `scale along ${name[5].toLowerCase()}`,
    })),
    ...named(SHEARS, ([axis, by]) => angle(`how much ${by} is slanted by ${axis}`)),
  },
  options: LOOK,
  doc: "p' = R diag(scale) S (p − c) + c + t",
  source: "Kornia `RandomAffine3D`",
  volume: {
    apply: (x, s) =>
      affine3d(x, {
        angles: columns(x, [s.yaw, s.pitch, s.roll]),
        translations: columns(x, [s.x, s.y, s.z], x.shape.slice(2).toReversed()),
        scale: columns(x, [s.scaleX, s.scaleY, s.scaleZ]),
        shears: columns(
          x,
          SHEARS.map((name) => s[name]),
        ),
        ...look(s),
      }),
    moves: true,
  },
});

/** The corners of a volume, (x, y, z) in parts of its size. */
export const CORNERS: readonly number[] = Array.from({ length: 8 }, (_, i) => [i & 1, (i >> 1) & 1, i >> 2]).flat();

/** Corners in parts of the size, from edge to edge, as places in voxels, `[8, 3]` or `[N, 8, 3]`. */
function inVoxels(x: Tensor, points: unknown): PerSample {
  const sizes = x.shape.slice(2).toReversed();
  if (points instanceof Tensor) return sub(mul(reshape(points, [-1, 8, 3]), tensor(x.gpu, sizes)), 0.5);
  const corners = (row: readonly number[]) =>
    Array.from({ length: 8 }, (_, i) => sizes.map((size, k) => row[3 * i + k] * size - 0.5));
  const rows = points as readonly number[] | readonly (readonly number[])[];
  return (Array.isArray(rows[0]) ? (rows as number[][]).map(corners) : corners(rows as number[])) as PerSample;
}

export const perspective = declareVolume({
  name: "perspective3d",
  params: {
    endPoints: { size: 24, default: CORNERS, unit: "parts of the size", doc: "where the eight corners (x, y, z) go" },
  },
  options: LOOK,
  doc: "the projective map that takes the corners to these points",
  source: "Kornia `RandomPerspective3D`",
  volume: {
    apply: (x, { endPoints, ...s }) =>
      perspective3d(x, { startPoints: inVoxels(x, CORNERS), endPoints: inVoxels(x, endPoints), ...look(s) }),
    moves: true,
  },
});

const side = (doc: string): OptionSpec => ({ allowed: "size", required: true, doc });
const SIZE = { depth: side("slices of the window"), height: side("its rows"), width: side("its columns") };
const sizeOf = ({ depth, height, width }: Settings) => [depth, height, width] as unknown as VolumeSize;

/** How many voxels lie beyond the volume before and behind it, by axis. */
const MARGINS = [
  ["left", "right"],
  ["top", "bottom"],
  ["front", "back"],
] as const;

export const crop = declareVolume({
  name: "crop3d",
  params: named(["x", "y", "z"], (name) => ({
    min: 0,
    max: 1,
    gradient: false,
    unit: "share",
    doc: `which of the places of the window along ${name}, from the first to the last`,
  })),
  options: {
    ...SIZE,
    ...Object.fromEntries(
      MARGINS.flat().map((name) => [
        name,
        { default: 0, allowed: { min: 0, integer: true }, doc: `voxels beyond the volume, ${name}` },
      ]),
    ),
    ...LOOK,
  },
  doc: "the voxels of a window",
  source: "Kornia `RandomCrop3D`",
  volume: {
    apply: (x, s) => {
      const window = sizeOf(s);
      const starts = MARGINS.map(([before, behind], axis) => {
        const room = x.shape[4 - axis] + (s[before] as number) + (s[behind] as number) - window[2 - axis];
        return { room, before: s[before] as number };
      });
      const shares = columns(x, [s.x, s.y, s.z]) as number[][];
      const box = shares.map((row) => {
        const from = row.map((share, axis) => first(share, starts[axis].room) - starts[axis].before);
        return [...from, ...from.map((each, axis) => each + window[2 - axis])];
      });
      return crop3d(x, { box, size: window, ...look(s) });
    },
    moves: true,
  },
});

/** The place of a window by its share; where the window is larger, that of the volume in it. */
const first = (share: number, room: number): number =>
  Math.sign(room) * Math.min(Math.floor(share * (Math.abs(room) + 1)), Math.abs(room));

export const centerCrop = declareVolume({
  name: "centerCrop3d",
  params: {},
  options: SIZE,
  doc: "the voxels in the middle",
  source: "Kornia `CenterCrop3D`",
  volume: {
    apply: (x, s) => centerCrop3d(x, { size: sizeOf(s) }),
    moves: true,
  },
});

export const equalize = declareVolume({
  name: "equalize3d",
  params: {},
  options: {
    estimator: { default: "slope", allowed: ["slope", "straightThrough", "none"], doc: "what is differentiated" },
  },
  doc: "equalizes the histogram of each channel",
  source: "Kornia `equalize3d`",
  volume: {
    apply: (x, s) => equalize3d(x, s as Equalize3dOptions),
  },
});

export const motionBlur = declareVolume({
  name: "motionBlur3d",
  params: { ...ANGLES, direction: { default: 0, min: -1, max: 1, unit: "share", doc: "which end of the line weighs" } },
  options: {
    kernelSize: { required: true, allowed: { min: 3, integer: true }, doc: "voxels of the line, an odd number" },
    interpolation: LOOK.interpolation,
    padding: { default: "zeros", allowed: ["zeros", "border", "reflection", "circular"], doc: "what lies beyond" },
  },
  doc: "the mean along a line",
  source: "Kornia `motion_blur3d`",
  volume: {
    apply: (x, settings) => motionBlur3d(x, settings as MotionBlur3dOptions),
  },
});
