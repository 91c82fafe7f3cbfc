import { concat, gather, reshape } from "../autograd/index.ts";
import { checkTogether } from "../autograd/operands.ts";
import { inverse } from "../functional/linalg.ts";
import { ArgumentError, checkedLater, describe, readOptions } from "../gpu/index.ts";
import { keeping, Tensor, tensor, type Values } from "../tensor/index.ts";
import { affineMatrix, homogeneous, perspectiveMatrix } from "./matrices.ts";
import {
  checkVolume,
  type Fault,
  type Parameter,
  rowsOfNumbers,
  SAMPLING,
  SIZE,
  type VolumeSampling,
  type VolumeSize,
  valuesOf,
} from "./parts.ts";
import { resampled } from "./resample.ts";
import { isInvertible, isPerspective } from "./singular.ts";

/** A number for all samples or one for each: a number, a list `[N]`, or a tensor, scalar or `[N]`. */
export type PerSample = Tensor | Values;

/** The voxels of an axis the other way round; bit for bit, the gradient too. */
function flipped(x: Tensor, axis: number, what: string): Tensor {
  checkVolume(x, what);
  const size = x.shape[axis];
  return keeping(x.gpu, () => {
    const index = tensor(
      x.gpu,
      Float32Array.from({ length: size }, (_, i) => size - 1 - i),
    );
    return gather(x, { axis, index });
  });
}

/**
 * Mirrors volumes from left to right, exactly.
 *
 * Kornia: `RandomHorizontalFlip3D`, of which it is what is applied.
 * @param x `[N, C, D, H, W]`
 */
export const horizontalFlip3d = (x: Tensor): Tensor => flipped(x, 4, "horizontalFlip3d");
/**
 * Mirrors volumes from top to bottom, exactly.
 *
 * Kornia: `RandomVerticalFlip3D`, of which it is what is applied.
 * @param x `[N, C, D, H, W]`
 */
export const verticalFlip3d = (x: Tensor): Tensor => flipped(x, 3, "verticalFlip3d");
/**
 * Mirrors volumes from front to back, exactly.
 *
 * Kornia: `RandomDepthicalFlip3D`, of which it is what is applied.
 * @param x `[N, C, D, H, W]`
 */
export const depthicalFlip3d = (x: Tensor): Tensor => flipped(x, 2, "depthicalFlip3d");

/** Checks that tensors live on the device of a volume. */
function checkAll(x: Tensor, parameters: readonly Parameter[], what: string): void {
  const tensors = parameters.flatMap(({ value }) => (value instanceof Tensor ? [value] : []));
  checkTogether([x, ...tensors], what, "x and parameters");
}

/** A volume through a map from its voxels to those of the result, `[N, 4, 4]`. */
const mapped = (x: Tensor, matrix: Tensor, sampling: VolumeSampling, size?: VolumeSize): Tensor =>
  resampled(x, inverse(matrix), size ?? (x.shape.slice(2) as unknown as VolumeSize), sampling);

/** Settings of {@link rotate3d}. */
export interface Rotate3dOptions extends VolumeSampling {
  /** About the axis of x, in degrees; 0 unless given. */
  yaw?: PerSample;
  /** About the axis of y, in degrees; 0 unless given. */
  pitch?: PerSample;
  /** About the axis of z, in degrees, counter-clockwise as seen; 0 unless given. */
  roll?: PerSample;
}

const ZERO = (length: number): number[] => new Array<number>(length).fill(0);
const middle = ({ shape }: Tensor): number[] => [4, 3, 2].map((axis) => (shape[axis] - 1) / 2);

/** The turns `[N, 4, 4]` of three angles about a centre. */
export function turns(x: Tensor, what: string, given: Omit<Rotate3dOptions, keyof VolumeSampling>, center: number[]) {
  const { gpu, shape } = x;
  const named = { yaw: given.yaw ?? 0, pitch: given.pitch ?? 0, roll: given.roll ?? 0 };
  const parameters = Object.entries(named).map(([name, value]): Parameter => ({ name, value, shape: [] }));
  checkAll(x, parameters, what);
  const columns = parameters.map((parameter) => column(valuesOf(parameter, what, gpu, shape[0])));
  const vector = (value: number[]) => valuesOf({ name: "", value, shape: [value.length] }, what, gpu, shape[0]);
  return affineMatrix({
    angles: concat(columns, 1),
    translations: vector(ZERO(3)),
    scale: vector([1, 1, 1]),
    shears: vector(ZERO(6)),
    center: vector(center),
  });
}

const column = (values: Tensor): Tensor => reshape(values, [values.size, 1]);

/**
 * Turns volumes about their centre. The three angles are one rotation vector, as in Kornia: its direction is the axis, its length the
 * angle. So with two of them 0 it is a turn about one axis; quarter turns are exact. Positive angles turn from y to x, from x to z and
 * from z to y, counter-clockwise as seen where one looks along the axis. Gradients flow to the volume and to all angles.
 *
 * Kornia: `RandomRotation3D(degrees)` draws yaw, pitch and roll, and turns the other way: `rotate3d` in Kornia with (a, b, c) is this with
 * (−a, −b, −c). Its `RandomAffine3D` turns as here. `align_corners` does not exist here: voxel centres lie on integers, which is
 * Kornia's `true`.
 * @param x `[N, C, D, H, W]`
 */
export function rotate3d(x: Tensor, options: Rotate3dOptions): Tensor {
  const what = "rotate3d";
  checkVolume(x, what);
  const { yaw, pitch, roll, ...sampling } = readOptions<Rotate3dOptions>(what, options, {
    ...SAMPLING,
    yaw: checkedLater,
    pitch: checkedLater,
    roll: checkedLater,
  });
  return keeping(x.gpu, () => mapped(x, turns(x, what, { yaw, pitch, roll }, middle(x)), sampling));
}

/** Settings of {@link affine3d}: numbers or tensors for all samples, `[3]`, or for each, `[N, 3]`; one number is for all axes. */
export interface Affine3dOptions extends VolumeSampling {
  /** The rotation vector (x, y, z) in degrees; 0 unless given. */
  angles?: PerSample;
  /** (x, y, z) in voxels; none unless given. */
  translations?: PerSample;
  /** (x, y, z), not 0; 1 unless given. */
  scale?: PerSample;
  /** (xy, xz, yx, yz, zx, zy) in degrees, `[6]` or `[N, 6]`: xy slants y by x, and so on; 0 unless given. */
  shears?: PerSample;
  /** (x, y, z) in voxels; the middle of the volume unless given. */
  center?: PerSample;
}

const nonzero: Fault = (values) => (values.every((v) => v !== 0) ? null : "three numbers other than 0");
const slants: Fault = (values) =>
  values.every((v) => Math.abs(Math.cos((v * Math.PI) / 180)) > 1e-6) ? null : "six angles, none of them 90 degrees";

/**
 * An affine map of volumes: p' = R(angles) diag(scale) S (p − c) + c + translation, source to destination, as Kornia's
 * `get_affine_matrix3d` composes it. R turns counter-clockwise as seen ({@link rotate3d}); S = X Y Z, with X = 1 − (tan xy) at (y, x) and
 * − (tan xz) at (z, x), Y and Z likewise. Gradients flow to the volume and to all parameters.
 *
 * Kornia: `RandomAffine3D(degrees, translate, scale, shears)` draws angles, translations, scale and sxy, sxz, syx, syz, szx, szy. Its
 * shears miss the centre by products of tangents, as their translation has the signs of the wrong ones; here the centre stays.
 * @param x `[N, C, D, H, W]`
 * @throws ArgumentError for numbers that make no map with an inverse; with tensors the sample is NaN, and no other
 */
export function affine3d(x: Tensor, options: Affine3dOptions): Tensor {
  const what = "affine3d";
  checkVolume(x, what);
  const given = readOptions<Affine3dOptions>(what, options, {
    ...SAMPLING,
    angles: checkedLater,
    translations: checkedLater,
    scale: checkedLater,
    shears: checkedLater,
    center: checkedLater,
  });
  const { angles = ZERO(3), translations = ZERO(3), scale = 1, shears = ZERO(6), center = middle(x) } = given;
  const parameters: Record<string, Parameter> = {
    angles: { name: "angles", value: angles, shape: [3] },
    translations: { name: "translations", value: translations, shape: [3] },
    scale: { name: "scale", value: scale, shape: [3], fault: nonzero },
    shears: { name: "shears", value: shears, shape: [6], fault: slants },
    center: { name: "center", value: center, shape: [3] },
  };
  checkAll(x, Object.values(parameters), what);
  return keeping(x.gpu, () => {
    const of = (name: string) => valuesOf(parameters[name], what, x.gpu, x.shape[0]);
    const parts = { angles: of("angles"), translations: of("translations"), scale: of("scale") };
    return mapped(x, affineMatrix({ ...parts, shears: of("shears"), center: of("center") }), given);
  });
}

/** Settings of {@link perspective3d}. */
export interface Perspective3dOptions extends VolumeSampling {
  /** Eight points (x, y, z) of the volume, in voxels: `[8, 3]`, or `[N, 8, 3]`. */
  startPoints: PerSample;
  /** Where they go, likewise. */
  endPoints: PerSample;
}

/**
 * The projective map of volumes that takes eight points to eight points. Such a map has 15 freedoms, and eight points are 24 equations:
 * they are solved in the sense of least squares, exactly where a map exists. Gradients flow to the volume and to all points.
 *
 * Kornia: `RandomPerspective3D(distortion_scale)` draws start_points and end_points. Its `get_perspective_transform3d` takes five of the
 * eight points and misses the others; where the points have a map, both give it.
 * @param x `[N, C, D, H, W]`
 * @throws ArgumentError for numbers that make no map with an inverse; with tensors the sample is NaN, and no other
 */
export function perspective3d(x: Tensor, options: Perspective3dOptions): Tensor {
  const what = "perspective3d";
  checkVolume(x, what);
  const given = readOptions<Perspective3dOptions>(what, options, {
    ...SAMPLING,
    startPoints: checkedLater,
    endPoints: checkedLater,
  });
  const [start, end] = (["startPoints", "endPoints"] as const).map((name): Parameter => {
    if (given[name] === undefined) throw new ArgumentError(`${name} of ${what}()`, "undefined", "eight points, [8, 3]");
    return { name, value: given[name], shape: [8, 3] };
  });
  const [n, , ...size] = x.shape;
  checkAll(x, [start, end], what);
  const [from, to] = [start, end].map((points) => rowsOfNumbers(points, what, n));
  for (let i = 0; from && to && i < Math.max(from.length, to.length); i++) {
    const [p, q] = [from[i % from.length], to[i % to.length]];
    if (isPerspective(p, q, size)) continue;
    const argument = `startPoints and endPoints of ${what}()`;
    throw new ArgumentError(argument, `${describe(p)} and ${describe(q)}`, "points that make a map with an inverse");
  }
  return keeping(x.gpu, () => {
    const [p, q] = [start, end].map((points) => valuesOf(points, what, x.gpu, n));
    return mapped(x, perspectiveMatrix(p, q, size), given);
  });
}

/** Settings of {@link warp3d} and {@link warpAffine3d}. */
export interface Warp3dOptions extends VolumeSampling {
  /** By rows, source to destination voxels: 4 × 4 for `warp3d`, 3 × 4 for `warpAffine3d`, for all samples or `[N, …]`. */
  matrix: PerSample;
  /** `[depth, height, width]` of the result; the volume's unless given. */
  size?: VolumeSize;
}

function warped(x: Tensor, options: Warp3dOptions, rows: number, what: string): Tensor {
  checkVolume(x, what);
  const given = readOptions<Warp3dOptions>(what, options, { ...SAMPLING, matrix: checkedLater, size: SIZE });
  if (given.matrix === undefined) throw new ArgumentError(`matrix of ${what}()`, "undefined", `[${rows}, 4]`);
  const fault: Fault = (m) =>
    isInvertible([...m, 0, 0, 0, 1].slice(0, 16)) ? null : "a matrix that has an inverse: this one is singular";
  const matrix: Parameter = { name: "matrix", value: given.matrix, shape: [rows, 4], fault };
  checkAll(x, [matrix], what);
  return keeping(x.gpu, () => {
    const m = valuesOf(matrix, what, x.gpu, x.shape[0]);
    return mapped(x, rows === 4 ? m : homogeneous(m), given, given.size);
  });
}

/**
 * Volumes through a projective map, a 4 × 4 matrix from source to destination voxels (x, y, z). Gradients flow to volume and matrix.
 *
 * Kornia: `warp_perspective3d(src, M, dsize)` with `align_corners=True`.
 * @param x `[N, C, D, H, W]`
 * @returns `[N, C, depth, height, width]` of `size`
 * @throws ArgumentError for numbers that make a singular matrix; with tensors the sample is NaN, and no other
 */
export const warp3d = (x: Tensor, options: Warp3dOptions): Tensor => warped(x, options, 4, "warp3d");
/**
 * Volumes through an affine map, a 3 × 4 matrix from source to destination voxels (x, y, z). Gradients flow to volume and matrix.
 *
 * Kornia: `warp_affine3d(src, M, dsize)` with `align_corners=True`.
 * @param x `[N, C, D, H, W]`
 * @returns `[N, C, depth, height, width]` of `size`
 * @throws ArgumentError for numbers that make a singular matrix; with tensors the sample is NaN, and no other
 */
export const warpAffine3d = (x: Tensor, options: Warp3dOptions): Tensor => warped(x, options, 3, "warpAffine3d");
