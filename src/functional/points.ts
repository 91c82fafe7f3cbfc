import { add, broadcastTo, concat, div, equal, matmul, mul, reshape, slice, where } from "../autograd/index.ts";
import { checkTensor, checkTogether } from "../autograd/operands.ts";
import { check, type Gpu, number, ShapeError } from "../gpu/index.ts";
import { checkGpu } from "../tensor/create.ts";
import { keeping, type Shape, show, type Tensor, tensor } from "../tensor/index.ts";
import { movedPoints } from "./transform-points.ts";

function checkPoints(points: unknown, what: string, least: number, argument = "points"): asserts points is Tensor {
  checkTensor(points, what, argument);
  const { shape } = points;
  if (shape.length < 1 || shape[shape.length - 1] < least)
    throw new ShapeError(`${argument} of ${what}()`, show(shape), `[..., D], with D at least ${least}`);
}

/**
 * Points in homogeneous coordinates: a 1 is added as the last one.
 * @param points `[..., D]`
 * @returns `[..., D + 1]`
 */
export function convertPointsToHomogeneous(points: Tensor): Tensor {
  checkPoints(points, "convertPointsToHomogeneous", 1);
  const gpu = checkTogether([points], "convertPointsToHomogeneous", "points");
  return keeping(gpu, () => homogeneous(points));
}

function homogeneous(points: Tensor): Tensor {
  const { shape, gpu } = points;
  const one = broadcastTo(tensor(gpu, [1]), [...shape.slice(0, -1), 1]);
  return concat([points, one], shape.length - 1);
}

/**
 * Points from homogeneous coordinates: the others divided by the last one. Where that is 0 they stay as they are, as in OpenCV and
 * Kornia, and it has a gradient of 0.
 * @param points `[..., D + 1]`
 * @returns `[..., D]`
 */
export function convertPointsFromHomogeneous(points: Tensor): Tensor {
  checkPoints(points, "convertPointsFromHomogeneous", 2);
  const gpu = checkTogether([points], "convertPointsFromHomogeneous", "points");
  return keeping(gpu, () => euclidean(points));
}

function euclidean(points: Tensor): Tensor {
  const [axis, last] = [points.shape.length - 1, points.shape[points.shape.length - 1] - 1];
  const w = slice(points, axis, last);
  const divisor = where(equal(w.detach(), 0), 1, w);
  return div(slice(points, axis, 0, last), divisor);
}

/**
 * Points through projective maps: M (p, 1), divided by its last coordinate. A point that goes to infinity is not divided
 * ({@link convertPointsFromHomogeneous}).
 * @param matrix `[D + 1, D + 1]` for all points, or one for each sample, `[N, D + 1, D + 1]`
 * @param points `[K, D]`, or `[N, K, D]`; (x, y) in pixels, pixel centres on whole numbers
 * @returns the shape of points; where they are `[K, D]` and there are N matrices, `[N, K, D]`. Gradients flow to both
 * @throws ShapeError when the shapes do not fit
 */
export function transformPoints(matrix: Tensor, points: Tensor): Tensor {
  checkTensor(matrix, "transformPoints", "matrix");
  checkPoints(points, "transformPoints", 1);
  const gpu = checkTogether([matrix, points], "transformPoints");
  const [m, p] = [matrix.shape, points.shape];
  if (p.length < 2 || p.length > 3) throw new ShapeError("points of transformPoints()", show(p), "[K, D] or [N, K, D]");
  const d = p[p.length - 1];
  const samples = p.length === 3 ? p[0] : m[0];
  const fits = m.length === 2 || (m.length === 3 && (m[0] === 1 || samples === 1 || m[0] === samples));
  if (!fits || m[m.length - 1] !== d + 1 || m[m.length - 2] !== d + 1)
    throw new ShapeError(
      "matrix of transformPoints()",
      show(m),
      `${show([d + 1, d + 1])}, or one for each sample of points ${show(p)}`,
    );
  return keeping(gpu, () => {
    const each = m.length === 3 ? matrix : reshape(matrix, [1, d + 1, d + 1]);
    const moved = movedPoints(each, p.length === 3 ? points : reshape(points, [1, ...p]));
    return m.length === 2 && p.length === 2 ? reshape(moved, p) : moved;
  });
}

const SIDE = number({ least: 2, whole: true });

/** Checks the sizes of an image; a side of one pixel has no first and last to be −1 and 1. */
function checkSides(height: number, width: number, what: string): void {
  check(`height of ${what}()`, height, SIDE);
  check(`width of ${what}()`, width, SIDE);
}

function checkPairs(points: unknown, what: string): asserts points is Tensor {
  checkPoints(points, what, 2);
  const { shape } = points;
  if (shape[shape.length - 1] !== 2) throw new ShapeError(`points of ${what}()`, show(shape), "[..., 2], (x, y)");
}

/** Points with each coordinate times a factor, and a shift added. */
function scaled(points: Tensor, what: string, factors: readonly number[], shifts: readonly number[]): Tensor {
  const gpu = checkTogether([points], what, "points");
  return keeping(gpu, () => add(mul(points, tensor(gpu, factors)), tensor(gpu, shifts)));
}

/**
 * Pixel coordinates as −1 to 1 from the centre of the first pixel to that of the last one: 2 x / (width − 1) − 1. (PyTorch's
 * `grid_sample` with `align_corners=True`.)
 * @param points `[..., 2]`, (x, y) in pixels
 * @param height of the image, at least 2 pixels
 * @param width of the image, at least 2 pixels
 */
export function normalizePixelCoordinates(points: Tensor, height: number, width: number): Tensor {
  const what = "normalizePixelCoordinates";
  checkPairs(points, what);
  checkSides(height, width, what);
  return scaled(points, what, [2 / (width - 1), 2 / (height - 1)], [-1, -1]);
}

/**
 * Pixel coordinates of what {@link normalizePixelCoordinates} gives: (x + 1) (width − 1) / 2.
 * @param points `[..., 2]`, −1 to 1
 * @param height of the image, at least 2 pixels
 * @param width of the image, at least 2 pixels
 */
export function denormalizePixelCoordinates(points: Tensor, height: number, width: number): Tensor {
  const what = "denormalizePixelCoordinates";
  checkPairs(points, what);
  checkSides(height, width, what);
  const half = [(width - 1) / 2, (height - 1) / 2];
  return scaled(points, what, half, half);
}

/** Row by row: pixel coordinates to −1 to 1. */
const normal = (height: number, width: number): number[] => [2 / (width - 1), 0, -1, 0, 2 / (height - 1), -1, 0, 0, 1];
/** Row by row: back. */
const pixels = (height: number, width: number): number[] => {
  const [x, y] = [(width - 1) / 2, (height - 1) / 2];
  return [x, 0, x, 0, y, y, 0, 0, 1];
};

/**
 * The matrix that {@link normalizePixelCoordinates} multiplies by.
 * @param height of the image, at least 2 pixels
 * @param width of the image, at least 2 pixels
 * @returns `[1, 3, 3]`
 */
export function normalTransformPixel(gpu: Gpu, height: number, width: number): Tensor {
  checkGpu(gpu);
  checkSides(height, width, "normalTransformPixel");
  return tensor(gpu, normal(height, width), [1, 3, 3]);
}

const PAIR = "two whole numbers, [height, width], each at least 2";

function checkSize(size: unknown, what: string, argument: string): asserts size is readonly [number, number] {
  const fits = (value: unknown) => Array.isArray(value) && value.length === 2 && value.every((side) => SIDE.fits(side));
  check(`${argument} of ${what}()`, size, { allowed: PAIR, fits });
}

/** after · matrix · before, for one matrix or many. */
function between(after: readonly number[], matrix: Tensor, before: readonly number[]): Tensor {
  const { gpu } = matrix;
  return keeping(gpu, () => matmul(tensor(gpu, after, [3, 3]), matmul(matrix, tensor(gpu, before, [3, 3]))));
}

function checkHomography(
  matrix: unknown,
  sizeBefore: readonly [number, number],
  sizeAfter: readonly [number, number],
  what: string,
): asserts matrix is Tensor {
  checkTensor(matrix, what, "matrix");
  checkTogether([matrix], what, "matrix");
  const { shape }: { shape: Shape } = matrix;
  if (shape.length < 2 || shape[shape.length - 1] !== 3 || shape[shape.length - 2] !== 3)
    throw new ShapeError(`matrix of ${what}()`, show(shape), "[..., 3, 3]");
  checkSize(sizeBefore, what, "sizeBefore");
  checkSize(sizeAfter, what, "sizeAfter");
}

/**
 * A homography between pixels as one between coordinates from −1 to 1 ({@link normalizePixelCoordinates}).
 * @param matrix `[..., 3, 3]`, source to destination, in pixels
 * @param sizeBefore `[height, width]` of the source
 * @param sizeAfter `[height, width]` of the destination
 * @returns the same shape
 */
export function normalizeHomography(
  matrix: Tensor,
  sizeBefore: readonly [number, number],
  sizeAfter: readonly [number, number],
): Tensor {
  checkHomography(matrix, sizeBefore, sizeAfter, "normalizeHomography");
  return between(normal(...sizeAfter), matrix, pixels(...sizeBefore));
}

/**
 * A homography between coordinates from −1 to 1 as one between pixels: the inverse of {@link normalizeHomography}.
 * @param matrix `[..., 3, 3]`, source to destination
 * @param sizeBefore `[height, width]` of the source
 * @param sizeAfter `[height, width]` of the destination
 * @returns the same shape
 */
export function denormalizeHomography(
  matrix: Tensor,
  sizeBefore: readonly [number, number],
  sizeAfter: readonly [number, number],
): Tensor {
  checkHomography(matrix, sizeBefore, sizeAfter, "denormalizeHomography");
  return between(pixels(...sizeAfter), matrix, normal(...sizeBefore));
}
