/** Maps in float64: one resample of the source through the inverse of a matrix, and resizing. */

import {
  type Case64,
  type Image64,
  type Options64,
  type Params64,
  type Reference64,
  row,
  scalar,
  two,
} from "../image.ts";
import {
  homography,
  identity,
  type Matrix,
  multiply,
  product,
  rotation,
  type Size,
  scaling,
  shearing,
  translation,
} from "../matrix.ts";
import { type Padding, padIndex } from "../sample.ts";
import {
  antialiasWeights,
  areaWeights,
  type Map64,
  outputSize,
  plainWeights,
  resample,
  samplerOf,
  sizeOf,
  type Weights,
  warpRow,
} from "../warp.ts";

/** A motion about a centre: the image's, unless `centerX` and `centerY` (or `center`, both) say another. */
function about(p: Params64, { width, height }: Size, n: number, m: Matrix): Matrix {
  const [x, y] = row(p, "center", n, [
    scalar(p, "centerX", n, (width - 1) / 2),
    scalar(p, "centerY", n, (height - 1) / 2),
  ]);
  return product(translation(x, y), m, translation(-x, -y));
}

/** Does this resize filter against aliasing on some axis? Then it is no map and cannot join a row. */
export function isAntialiased(options: Options64, input: Size): boolean {
  const output = outputSize(options, input);
  if (["area", "adaptive"].includes(String(options.interpolation))) return true;
  return (
    options.antialias !== false &&
    options.interpolation !== "nearest" &&
    (output.width < input.width || output.height < input.height || filtersGrowth(options, input))
  );
}

/** PIL and torchvision use their bicubic filter (a = -0.5) along axes that grow, too. */
function filtersGrowth(options: Options64, input: Size): boolean {
  const output = outputSize(options, input);
  return options.interpolation === "bicubic" && (output.width !== input.width || output.height !== input.height);
}

/** A quarter turn counter-clockwise, again and again: each in the frame that the one before left. */
function quarterTurns(turns: number, size: Size): Matrix {
  let made = identity;
  let { width, height } = size;
  for (let k = 0; k < ((turns % 4) + 4) % 4; k++) {
    made = multiply([0, 1, 0, -1, 0, width - 1, 0, 0, 1], made);
    [width, height] = [height, width];
  }
  return made;
}

const turnedSize = ({ turns = 1 }: Options64, { width, height }: Size): Size =>
  Number(turns) % 2 === 0 ? { width, height } : { width: height, height: width };

/** A shift in pixels, or in parts of the image. */
const moved = (p: Params64, o: Options64, { width, height }: Size, n: number): Matrix => {
  const [w, h] = o.relative ? [width, height] : [1, 1];
  return translation(scalar(p, "x", n, 0) * w, scalar(p, "y", n, 0) * h);
};

/** Points in pixels, of parts from edge to edge. */
const inPixels = (points: number[], o: Options64, { width, height }: Size): number[] =>
  o.relative ? points.map((v, i) => v * (i % 2 ? height : width) - 0.5) : points;

export const maps: Record<string, Map64> = {
  horizontalFlip: { inside: true, matrix: (_p, _o, { width }) => [-1, 0, width - 1, 0, 1, 0, 0, 0, 1] },
  verticalFlip: { inside: true, matrix: (_p, _o, { height }) => [1, 0, 0, 0, -1, height - 1, 0, 0, 1] },
  rotate: { matrix: (p, _o, size, n) => about(p, size, n, rotation(scalar(p, "angle", n, 0))) },
  translate: { matrix: (p, o, size, n) => moved(p, o, size, n) },
  scale: { matrix: (p, _o, size, n) => about(p, size, n, scaling(scalar(p, "x", n, 1), scalar(p, "y", n, 1))) },
  shear: { matrix: (p, _o, size, n) => about(p, size, n, shearing(scalar(p, "x", n, 0), scalar(p, "y", n, 0))) },
  affine: {
    matrix: (p, o, size, n) => {
      const linear = product(
        rotation(scalar(p, "angle", n, 0)),
        shearing(scalar(p, "shearX", n, 0), scalar(p, "shearY", n, 0)),
        scaling(scalar(p, "scaleX", n, 1), scalar(p, "scaleY", n, 1)),
      );
      // The middle of the image goes to that of the result.
      const { width, height } = outputSize(o, size);
      const recentred = translation((width - size.width) / 2, (height - size.height) / 2);
      return product(recentred, moved(p, o, size, n), about(p, size, n, linear));
    },
  },
  perspective: {
    matrix: (p, o, size, n) =>
      homography(inPixels(row(p, "startPoints", n), o, size), inPixels(row(p, "endPoints", n), o, outputSize(o, size))),
  },
  warp: { matrix: (p, _o, _size, n) => row(p, "matrix", n) },
  warpAffine: { matrix: (p, _o, _size, n) => [...row(p, "matrix", n), 0, 0, 1] },
  crop: { matrix: (p, _o, _size, n) => translation(-scalar(p, "x", n, 0), -scalar(p, "y", n, 0)) },
  cropAt: {
    matrix: (p, o, size, n) => {
      const { width, height } = outputSize(o, size);
      const first = (share: number, room: number) =>
        Math.sign(room) * Math.min(Math.floor(share * (Math.abs(room) + 1)), Math.abs(room));
      const [left, top, right, bottom] = ["left", "top", "right", "bottom"].map((side) => Number(o[side] ?? 0));
      return translation(
        left - first(scalar(p, "x", n), left + size.width + right - width),
        top - first(scalar(p, "y", n), top + size.height + bottom - height),
      );
    },
  },
  resizedCrop: {
    matrix: (p, o, size, n) => {
      const out = outputSize(o, size);
      const pixels = scalar(p, "area", n) * size.width * size.height;
      const ratio = scalar(p, "ratio", n, 1);
      const axis = (side: number, length: number, share: number, result: number): [number, number] => {
        const window = Math.min(side, length);
        const s = result / window;
        return [s, s * (0.5 - share * (length - window)) - 0.5];
      };
      const [sx, tx] = axis(Math.sqrt(pixels * ratio), size.width, scalar(p, "x", n, 0.5), out.width);
      const [sy, ty] = axis(Math.sqrt(pixels / ratio), size.height, scalar(p, "y", n, 0.5), out.height);
      return [sx, 0, tx, 0, sy, ty, 0, 0, 1];
    },
  },
  centerCrop: {
    matrix: (_p, o, size) => {
      const { width, height } = outputSize(o, size);
      return translation(-Math.floor((size.width - width) / 2), -Math.floor((size.height - height) / 2));
    },
  },
  rot180: { inside: true, matrix: (_p, _o, { width, height }) => [-1, 0, width - 1, 0, -1, height - 1, 0, 0, 1] },
  transposeImage: {
    inside: true,
    size: (_, { width, height }) => ({ width: height, height: width }),
    matrix: () => [0, 1, 0, 1, 0, 0, 0, 0, 1],
  },
  rot90: { inside: true, size: turnedSize, matrix: (_p, o, size) => quarterTurns(Number(o.turns ?? 1), size) },
  dihedral: {
    inside: true,
    size: turnedSize,
    matrix: (_p, o, size) => {
      const mirror: Matrix = o.mirrored ? [-1, 0, size.width - 1, 0, 1, 0, 0, 0, 1] : identity;
      return multiply(quarterTurns(Number(o.turns ?? 1), size), mirror);
    },
  },
  pad: {
    padding: "fill",
    size: (o, { width, height }) => ({
      width: width + Number(o.left ?? 0) + Number(o.right ?? 0),
      height: height + Number(o.top ?? 0) + Number(o.bottom ?? 0),
    }),
    matrix: (_p, o) => translation(Number(o.left ?? 0), Number(o.top ?? 0)),
  },
  padTo: { padding: "fill", matrix: () => identity },
  resize: {
    padding: "border",
    size: (o, input) => outputSize(withSides(o, input), input),
    filters: (o, input) => isAntialiased(withSides(o, input), input),
    matrix: (_p, o, size) => {
      const output = outputSize(withSides(o, size), size);
      const [sx, sy] = [output.width / size.width, output.height / size.height];
      return [sx, 0, 0.5 * sx - 0.5, 0, sy, 0.5 * sy - 0.5, 0, 0, 1];
    },
  },
};

/** A resize to a size in proportion, as a map. */
function proportional(pick: (...of: number[]) => number): Map64 {
  const sizedBy = (o: Options64, input: Size): Options64 => ({
    ...o,
    size: inProportion(input, Number(o.maxSize), pick),
  });
  return {
    ...maps.resize,
    size: (o, input) => outputSize(sizedBy(o, input), input),
    filters: (o, input) => isAntialiased(sizedBy(o, input), input),
    matrix: (p, o, input, n) => maps.resize.matrix(p, sizedBy(o, input), input, n),
  };
}
maps.longestMaxSize = proportional(Math.max);
maps.smallestMaxSize = proportional(Math.min);

/** Resize; an axis that shrinks is anti-aliased unless options.antialias is false or the interpolation is nearest. */
export function resize(x: Image64, options: Options64): Image64 {
  const input = sizeOf(x);
  const output = outputSize(options, input);
  const area = String(options.interpolation);
  if (area === "area" || area === "adaptive") {
    const touched = area === "adaptive";
    return resample(
      x,
      areaWeights(input.height, output.height, touched),
      areaWeights(input.width, output.width, touched),
    );
  }
  const { interpolation } = samplerOf({ map: maps.resize, options });
  const padding = (options.padding as Padding | undefined) ?? "border";
  const axis = (from: number, to: number): Weights =>
    (to < from || interpolation === "bicubic") && isAntialiased(options, input)
      ? antialiasWeights(from, to, interpolation)
      : plainWeights(from, to, interpolation, padding);
  return resample(x, axis(input.height, output.height), axis(input.width, output.width));
}

export const references: Record<string, Reference64> = {
  ...Object.fromEntries(
    Object.entries(maps).map(([name, map]): [string, Reference64] => [
      name,
      (x, params, options) => warpRow(x, [{ map, params, options }]),
    ]),
  ),
  resize: (x, _, options) => resize(x, withSides(options, sizeOf(x))),
  longestMaxSize: (x, _, options) =>
    resize(x, { ...options, size: inProportion(sizeOf(x), Number(options.maxSize), Math.max) }),
  smallestMaxSize: (x, _, options) =>
    resize(x, { ...options, size: inProportion(sizeOf(x), Number(options.maxSize), Math.min) }),
  pyrDown: (x, _, options) => {
    const { width, height } = sizeOf(x);
    const factor = Number(options.factor ?? 2);
    const [h, w] = [Math.floor(height / factor), Math.floor(width / factor)];
    return bilinear(binomial(x, (options.padding as Padding | undefined) ?? "reflection"), h, w);
  },
  pyrUp: (x, _, options) => {
    const { width, height } = sizeOf(x);
    return binomial(bilinear(x, 2 * height, 2 * width), (options.padding as Padding | undefined) ?? "reflection");
  },
  upscaleDouble: (x) => {
    const axis = (size: number): Weights =>
      Array.from({ length: 2 * size }, (_, j) => [
        [Math.floor(j / 2), 0.5],
        [Math.min(Math.ceil(j / 2), size - 1), 0.5],
      ]);
    return resample(x, axis(x.shape[2]), axis(x.shape[3]));
  },
};

/** [height, width] in proportion, the side that `pick` says being `side`. */
/** The options of a resize with both sides, where one is to follow the other. */
function withSides(options: Options64, input: Size): Options64 {
  const { width, height, proportions } = options as { width?: number; height?: number; proportions?: string };
  if (proportions !== "kept" || (width === undefined) === (height === undefined)) return options;
  const size = inProportion(input, Number(width ?? height), (w, h) => (width === undefined ? h : w));
  return { ...options, size, width: undefined, height: undefined };
}

function inProportion({ width, height }: Size, side: number, pick: (...of: number[]) => number): [number, number] {
  const scaled = (s: number) => Math.max(1, Math.floor((s * side) / pick(width, height)));
  return [scaled(height), scaled(width)];
}

const bilinear = (x: Image64, h: number, w: number): Image64 =>
  resample(x, plainWeights(x.shape[2], h, "bilinear", "border"), plainWeights(x.shape[3], w, "bilinear", "border"));

/** The weights 1, 4, 6, 4, 1 over 16, along both axes. */
function binomial(x: Image64, padding: Padding): Image64 {
  const axis = (size: number): Weights =>
    Array.from({ length: size }, (_, i) =>
      [1, 4, 6, 4, 1].map((w, t): [number, number] => [padIndex(i + t - 2, size, padding), w / 16]),
    );
  return resample(x, axis(x.shape[2]), axis(x.shape[3]));
}

const CENTRE = { centerX: two(3.2, 2.9), centerY: two(2.7, 3.4) };
const corners = [0, 0, 7, 0, 7, 6, 0, 6];
const unit = [0, 0, 1, 0, 1, 1, 0, 1];
// A projective map moves far pixels a long way: small steps, and the check for kinks is wary of its last row.
const projective = { steps: { matrix: 1e-7 }, backward: 5e-4, forward: 5e-5 };

export const cases: Case64[] = [
  { name: "horizontalFlip" },
  { name: "verticalFlip" },
  { name: "rotate", params: { angle: two(27, -64), ...CENTRE } },
  { name: "translate", params: { x: two(1.3, -2.6), y: two(-0.7, 1.8) } },
  { name: "scale", params: { x: two(1.3, 0.6), y: two(0.7, 1.9), ...CENTRE } },
  { name: "shear", params: { x: two(17, -24), y: two(-9, 13), ...CENTRE } },
  {
    name: "affine",
    params: {
      angle: two(23, -41),
      x: two(0.8, -1.3),
      y: two(-0.6, 0.9),
      scaleX: two(1.2, 0.8),
      scaleY: two(0.9, 1.3),
      shearX: two(8, -11),
      shearY: two(-5, 7),
    },
  },
  {
    name: "perspective",
    params: {
      startPoints: [corners, corners],
      endPoints: [
        [0.7, 0.4, 6.2, 0.9, 6.6, 5.3, 0.3, 5.7],
        [-0.6, 0.8, 7.4, -0.3, 6.1, 6.6, 0.9, 5.2],
      ],
    },
    ...projective,
  },
  {
    name: "perspective",
    params: {
      startPoints: [unit, unit],
      endPoints: [
        [0.11, 0.06, 0.87, 0.13, 0.94, 0.81, 0.07, 0.86],
        [-0.09, 0.12, 1.06, -0.07, 0.86, 0.93, 0.13, 0.79],
      ],
    },
    options: { relative: true },
    ...projective,
  },
  { name: "translate", params: { x: two(0.17, -0.31), y: two(-0.09, 0.23) }, options: { relative: true } },
  {
    name: "affine",
    params: { angle: two(23, -41), x: two(0.11, -0.17), y: two(-0.08, 0.13) },
    options: { relative: true },
  },
  { name: "cropAt", params: { x: two(0.3, 0.8), y: two(0.6, 0.1) }, options: { width: 5, height: 4 } },
  {
    name: "cropAt",
    params: { x: two(0.3, 0.8), y: two(0.6, 0.1) },
    options: { width: 9, height: 14, left: 2, top: 1, right: 3, bottom: 0 },
  },
  {
    name: "resizedCrop",
    params: { area: two(0.43, 0.31), ratio: two(1.2, 0.8), x: two(0.3, 0.7), y: two(0.6, 0.2) },
    options: { width: 7, height: 6 },
  },
  {
    name: "warp",
    params: {
      matrix: [
        [1.1, 0.2, -0.6, -0.1, 0.9, 0.8, 0.01, -0.02, 1],
        [0.8, -0.3, 1.4, 0.2, 1.1, -0.7, -0.015, 0.01, 1],
      ],
    },
    ...projective,
    kinks: 10,
  },
  {
    name: "warpAffine",
    params: {
      matrix: [
        [1.13, 0.21, -0.57, -0.09, 0.93, 0.77],
        [0.83, -0.31, 1.37, 0.19, 1.07, -0.71],
      ],
    },
    ...projective,
  },
  { name: "crop", params: { x: two(1.3, 2.4), y: two(0.7, 1.6) }, options: { width: 5, height: 4 } },
  { name: "centerCrop", options: { width: 5, height: 4 } },
  { name: "resize", options: { width: 11, height: 9, antialias: false } },
  { name: "resize", options: { width: 5, height: 4, antialias: false } },
  { name: "resize", options: { width: 4, height: 3 } },
  { name: "resize", options: { height: 5, proportions: "kept" } },
  { name: "resize", options: { width: 5, height: 9, interpolation: "area" } },
  { name: "resize", options: { width: 5, height: 3, interpolation: "adaptive" } },
  { name: "longestMaxSize", options: { maxSize: 9 } },
  { name: "smallestMaxSize", options: { maxSize: 9, antialias: false } },
  { name: "pyrDown", options: { factor: 1.7 } },
  { name: "pyrUp", options: { padding: "border" } },
  { name: "upscaleDouble" },
  { name: "rot90", options: { turns: -1 } },
  { name: "rot180" },
  { name: "transposeImage" },
  { name: "dihedral", options: { turns: 1, mirrored: true } },
  { name: "pad", options: { left: 2, top: 1, right: -1, bottom: 3, padding: "reflection" } },
  { name: "padTo", options: { width: 9, height: 6, padding: "border" } },
];
