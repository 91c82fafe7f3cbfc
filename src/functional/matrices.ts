import affineWgsl from "../../shaders/functional/affine_matrix.wgsl";
import perspectiveWgsl from "../../shaders/functional/perspective_matrix.wgsl";
import { type Kernel, result, runWhole, THREADS } from "../autograd/dispatch.ts";
import { broadcastTo, concat, type Operand, slice } from "../autograd/index.ts";
import { checkTensor, checkTogether } from "../autograd/operands.ts";
import { checkedLater, readOptions, ShapeError } from "../gpu/index.ts";
import { keeping, show, Tensor, tensor } from "../tensor/index.ts";
import { isQuadrangle } from "../transforms/geometry/quadrangle.ts";
import { inverse } from "./linalg.ts";
import { type Part, rowsOf } from "./parts.ts";
import { step } from "./step.ts";

const AFFINE_KERNEL: Kernel = { wgsl: affineWgsl, words: 4 };
const PERSPECTIVE_KERNEL: Kernel = { wgsl: perspectiveWgsl, words: 4 };

/** A point or a vector, (x, y): two numbers, a tensor `[2]`, or one for each sample, `[N, 2]`. */
export type Vector2 = Tensor | readonly [number, number];
/** Four points (x, y): numbers, a tensor `[4, 2]`, or four for each sample, `[N, 4, 2]`. */
export type Quadrangle = Tensor | readonly (readonly [number, number])[];

/** Matrices `[N, 3, 3]` of rows of parameters, with the gradient of the rows. */
function matrices(name: string, kernel: Kernel, rows: Tensor): Tensor {
  const n = rows.shape[0];
  const compute = (op: number, from: Tensor, g: Tensor, shape: readonly number[]) => {
    const writes = result(shape, from, g);
    runWhole({
      kernel,
      label: name,
      constants: { op },
      reads: [from, g],
      writes,
      words: [n],
      threads: n,
      perGroup: THREADS,
    });
    return writes;
  };
  const y = compute(0, rows, rows, [n, 3, 3]);
  return step(name, [rows], y, [rows], (g, [saved]) => [compute(1, saved, g, saved.shape)]);
}

const vector = (name: string, value: Vector2): Part => ({ name, value, shape: [2] });
const scalar = (name: string, value: Operand): Part => ({ name, value, shape: [] });

/** What an affine matrix is made of; all but the names that a caller gives have their neutral values. */
interface AffineParts {
  angle?: Part;
  translation?: Part;
  scale?: Part;
  shear?: Part;
  center?: Part;
}

function affineMatrix(what: string, given: AffineParts): Tensor {
  const or = (part: Part | undefined, name: string, value: number | readonly [number, number]): Part =>
    part ?? { name, value, shape: typeof value === "number" ? [] : [2] };
  const rows = rowsOf(what, [
    or(given.angle, "angle", 0),
    or(given.translation, "translation", [0, 0]),
    or(given.scale, "scale", [1, 1]),
    or(given.shear, "shear", [0, 0]),
    or(given.center, "center", [0, 0]),
  ]);
  return matrices(what, AFFINE_KERNEL, rows);
}

/** One scale for both axes, or (x, y). */
function scales(scale: Operand | Vector2): Part {
  if (typeof scale === "number") return vector("scale", [scale, scale]);
  return vector("scale", scale as Vector2);
}

/** Makes matrices within a scope of the tensors that they are made on the way. */
function made(given: readonly unknown[], make: () => Tensor): Tensor {
  const first = given.find((value) => value instanceof Tensor);
  return first ? keeping((first as Tensor).gpu, make) : make();
}

/**
 * The matrix of a rotation about a centre, and of a scale: p' = R(angle) diag(scale) (p − c) + c, source to destination. A positive
 * angle turns counter-clockwise as seen. Quarter turns are exact. At least one argument is a tensor.
 * @param center (x, y) in pixels: two numbers, `[2]`, or `[N, 2]`
 * @param angle in degrees: a number, a scalar, or `[N]`
 * @param scale a number for both axes, or (x, y): two numbers, `[2]`, or `[N, 2]`; 1 unless given
 * @returns `[N, 2, 3]`, a matrix of `warpAffine`
 */
export const getRotationMatrix2d = (center: Vector2, angle: Operand, scale: number | Vector2 = 1): Tensor =>
  made([center, angle, scale], () => {
    const whole = affineMatrix("getRotationMatrix2d", {
      center: vector("center", center),
      angle: scalar("angle", angle),
      scale: scales(scale),
    });
    return slice(whole, 1, 0, 2);
  });

/** What {@link getAffineMatrix2d} composes; at least one is a tensor. */
export interface AffineMatrixOptions {
  /** (x, y) in pixels; none unless given. */
  translation?: Vector2;
  /** (x, y) in pixels; the centre of pixel (0, 0) unless given. */
  center?: Vector2;
  /** A number for both axes, or (x, y); 1 unless given. */
  scale?: number | Vector2;
  /** In degrees, counter-clockwise as seen; 0 unless given. */
  angle?: Operand;
  /** (x, y) in degrees; 0 unless given. */
  shear?: Vector2;
}

/**
 * The matrix of the transform `affine`: p' = R(angle) [[1, tan shear x], [tan shear y, 1]] diag(scale) (p − c) + c + translation,
 * source to destination.
 * @returns `[N, 3, 3]`, a matrix of `warp`
 */
export function getAffineMatrix2d(options: AffineMatrixOptions): Tensor {
  const what = "getAffineMatrix2d";
  const { translation, center, scale, angle, shear } = readOptions<AffineMatrixOptions>(what, options, {
    translation: checkedLater,
    center: checkedLater,
    scale: checkedLater,
    angle: checkedLater,
    shear: checkedLater,
  });
  return made([translation, center, scale, angle, shear], () =>
    affineMatrix(what, {
      translation: translation && vector("translation", translation),
      center: center && vector("center", center),
      scale: scale === undefined ? undefined : scales(scale),
      angle: angle === undefined ? undefined : scalar("angle", angle),
      shear: shear && vector("shear", shear),
    }),
  );
}

/**
 * The matrix of the transform `shear`: p' = [[1, tan x], [tan y, 1]] (p − c) + c. At least one argument is a tensor.
 * @param center (x, y) in pixels: two numbers, `[2]`, or `[N, 2]`
 * @param shear angles (x, y) in degrees: two numbers, `[2]`, or `[N, 2]`
 * @returns `[N, 3, 3]`
 */
export const getShearMatrix2d = (center: Vector2, shear: Vector2): Tensor =>
  made([center, shear], () =>
    affineMatrix("getShearMatrix2d", { center: vector("center", center), shear: vector("shear", shear) }),
  );

/**
 * The matrix of a translation, p' = p + t.
 * @param translation (x, y) in pixels: `[2]` or `[N, 2]`
 * @returns `[N, 3, 3]`
 */
export const getTranslationMatrix2d = (translation: Tensor): Tensor =>
  made([translation], () =>
    affineMatrix("getTranslationMatrix2d", { translation: vector("translation", translation) }),
  );

/**
 * The homography that takes four points to four points, its last element 1 (Heckbert 1989). At least one argument is a tensor.
 * Where three points of a tensor lie on one line, the matrix is NaN or infinite, for that sample alone.
 * @param startPoints in order around the quadrangle, (x, y) in pixels: four pairs of numbers, `[4, 2]`, or `[N, 4, 2]`
 * @param endPoints where they go, likewise
 * @returns `[N, 3, 3]`
 * @throws ArgumentError for numbers of which three points lie on one line
 */
export const getPerspectiveTransform = (startPoints: Quadrangle, endPoints: Quadrangle): Tensor => {
  const what = "getPerspectiveTransform";
  const check = (q: readonly number[]) => (isQuadrangle(q) ? null : "four points, no three of them on one line");
  const points = (name: string, value: Quadrangle): Part => ({
    name,
    value: value as Part["value"],
    shape: [4, 2],
    check,
  });
  return made([startPoints, endPoints], () => {
    const rows = rowsOf(what, [points("startPoints", startPoints), points("endPoints", endPoints)]);
    return matrices(what, PERSPECTIVE_KERNEL, rows);
  });
};

/** Checks matrices of some rows and three columns, one or `[N, …]`. */
function checkMatrix(matrix: unknown, what: string, rows: number): asserts matrix is Tensor {
  checkTensor(matrix, what, "matrix");
  const { shape } = matrix;
  if (shape.length < 2 || shape[shape.length - 2] !== rows || shape[shape.length - 1] !== 3)
    throw new ShapeError(`matrix of ${what}()`, show(shape), `[..., ${rows}, 3]`);
}

/**
 * Affine matrices as homographies: a row (0, 0, 1) is added.
 * @param matrix `[..., 2, 3]`
 * @returns `[..., 3, 3]`
 */
export function convertAffinematrixToHomography(matrix: Tensor): Tensor {
  checkMatrix(matrix, "convertAffinematrixToHomography", 2);
  const gpu = checkTogether([matrix], "convertAffinematrixToHomography", "matrix");
  return keeping(gpu, () => square(matrix));
}

function square(matrix: Tensor): Tensor {
  const { shape, gpu } = matrix;
  const row = broadcastTo(tensor(gpu, [0, 0, 1]), [...shape.slice(0, -2), 1, 3]);
  return concat([matrix, row], shape.length - 2);
}

/**
 * The inverses of affine maps. NaN or infinite where a map has none, for that matrix alone.
 * @param matrix `[..., 2, 3]`
 * @returns `[..., 2, 3]`
 */
export function invertAffineTransform(matrix: Tensor): Tensor {
  checkMatrix(matrix, "invertAffineTransform", 2);
  const gpu = checkTogether([matrix], "invertAffineTransform", "matrix");
  return keeping(gpu, () => slice(inverse(square(matrix)), -2, 0, 2));
}
