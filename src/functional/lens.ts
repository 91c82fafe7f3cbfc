import lensPointsWgsl from "../../shaders/functional/lens_points.wgsl";
import { type Kernel, result, runWhole, THREADS } from "../autograd/dispatch.ts";
import { reduce } from "../autograd/folds.ts";
import { record } from "../autograd/graph.ts";
import { broadcastTo, concat, mul, reshape, slice } from "../autograd/index.ts";
import { strided } from "../autograd/kernels.ts";
import { checkTogether } from "../autograd/operands.ts";
import { checkedLater, readOptions, ShapeError } from "../gpu/index.ts";
import { keeping, show, type Tensor, zeros } from "../tensor/index.ts";

const LENS_POINTS_KERNEL: Kernel = { wgsl: lensPointsWgsl, words: 4 };

/** Options of {@link distortPoints} and {@link undistortPoints}. */
export interface LensOptions {
  /** The camera matrix on the side without the lens, `[3, 3]` or `[N, 3, 3]`; `camera` unless given. */
  newCamera?: Tensor;
}

/** How many coefficients a lens may have, in OpenCV's order: k1 k2 p1 p2, k3, k4 k5 k6, s1 s2 s3 s4, τx τy. */
const COUNTS = [4, 5, 8, 12, 14];
const MOST = 14;

/**
 * Points of an image without a lens as a lens shows them, by OpenCV's model. Gradients flow to points, cameras and coefficients.
 * @param points `[N, M, 2]`, in pixels
 * @param camera the camera matrix, `[3, 3]` or `[N, 3, 3]`: fx, fy, cx and cy of it count
 * @param coefficients `[K]` or `[N, K]`, K being 4, 5, 8, 12 or 14, as OpenCV orders them: k1 k2 p1 p2, k3, k4 k5 k6, s1 s2 s3 s4,
 * τx τy in radians
 * @returns `[N, M, 2]`
 * @throws ShapeError when the shapes do not fit
 */
export const distortPoints = (
  points: Tensor,
  camera: Tensor,
  coefficients: Tensor,
  options: LensOptions = {},
): Tensor => throughLens("distortPoints", points, camera, coefficients, options, false);

/**
 * Points of an image that a lens made, as they are without it: the inverse of {@link distortPoints}, by Newton's method, with its
 * true gradients. A point that no other is distorted to is NaN, with a gradient of 0.
 * @param points `[N, M, 2]`, in pixels
 * @param camera the camera matrix, `[3, 3]` or `[N, 3, 3]`
 * @param coefficients `[K]` or `[N, K]`, as for {@link distortPoints}
 * @returns `[N, M, 2]`
 * @throws ShapeError when the shapes do not fit
 */
export const undistortPoints = (
  points: Tensor,
  camera: Tensor,
  coefficients: Tensor,
  options: LensOptions = {},
): Tensor => throughLens("undistortPoints", points, camera, coefficients, options, true);

function throughLens(
  what: string,
  points: Tensor,
  camera: Tensor,
  coefficients: Tensor,
  options: LensOptions,
  back: boolean,
): Tensor {
  const { newCamera = camera } = readOptions<LensOptions>(what, options, { newCamera: checkedLater });
  const gpu = checkTogether([points, camera, coefficients, newCamera], what, "points");
  const [samples, , two] = points.shape;
  if (points.shape.length !== 3 || two !== 2)
    throw new ShapeError(`points of ${what}()`, show(points.shape), "[N, M, 2], x and y of each");
  for (const [name, { shape }] of Object.entries({ camera, newCamera })) {
    const fits = shape.length === 2 || (shape.length === 3 && (shape[0] === samples || shape[0] === 1));
    if (!fits || shape.at(-1) !== 3 || shape.at(-2) !== 3)
      throw new ShapeError(`${name} of ${what}()`, show(shape), `[3, 3], or [${samples}, 3, 3]`);
  }
  const { shape } = coefficients;
  const k = shape.at(-1) ?? 0;
  const isOne = shape.length === 1 || (shape.length === 2 && (shape[0] === samples || shape[0] === 1));
  if (!isOne || !COUNTS.includes(k))
    throw new ShapeError(
      `coefficients of ${what}()`,
      show(shape),
      `[K], or [${samples}, K], K being ${COUNTS.slice(0, -1).join(", ")} or ${MOST}`,
    );
  return keeping(gpu, () => {
    const rows = (x: Tensor, width: number): Tensor => {
      const own = reshape(x, [x.size / width, width]);
      return own.shape[0] === samples ? own : broadcastTo(own, [samples, width]);
    };
    const lens = rows(coefficients, k);
    const angles = k === MOST ? [mul(slice(lens, 1, 12, MOST), 180 / Math.PI)] : [zeros(gpu, [samples, MOST - k])];
    const [from, to] = (back ? [camera, newCamera] : [newCamera, camera]).map((each) => axesOf(rows(each, 9)));
    const all = concat([from, to, k === MOST ? slice(lens, 1, 0, 12) : lens, ...angles], 1);
    return lensStep(what, points, all, back);
  });
}

/** fx, fy, cx and cy of matrices `[N, 9]`. */
const axesOf = (matrix: Tensor): Tensor =>
  concat(
    [0, 4, 2, 5].map((at) => slice(matrix, 1, at, at + 1)),
    1,
  );

/** Values that the kernel gives for a point when it pulls back: its gradient, then those of two cameras and of the lens. */
const PULLED = 24;

/** What the kernel makes of every point: itself, or with `width` {@link PULLED} the gradients. */
function lensKernel(what: string, [points, lenses, g]: readonly Tensor[], back: boolean, width: number): Tensor {
  const [samples, count] = points.shape;
  const threads = samples * count;
  const writes = result([samples, count, width], points, lenses, g);
  runWhole({
    kernel: LENS_POINTS_KERNEL,
    label: what,
    reads: [points, lenses, g],
    writes,
    words: [threads, count, Number(back), Number(width > 2)],
    threads,
    perGroup: THREADS,
  });
  return writes;
}

/** The kernel, on the graph. */
function lensStep(what: string, points: Tensor, lenses: Tensor, back: boolean): Tensor {
  const [samples, count] = points.shape;
  const y = lensKernel(what, [points, lenses, points], back, 2);
  points.gpu.untrack(y);
  return record(what, [points, lenses], { shape: y.shape, storage: y.storage }, [points, lenses], (g, kept) => {
    const pulled = lensKernel(what, [...kept, g], back, PULLED);
    const strides = [count * PULLED, PULLED, 1];
    const gp = strided(what, pulled, { offset: 0, strides }, [samples, count, 2]);
    const each = strided(what, pulled, { offset: 2, strides }, [samples, count, PULLED - 2]);
    const gl = reduce("sum", each, [1], [samples, PULLED - 2]);
    for (const tensor of [pulled, each]) tensor.dispose();
    return [gp, gl];
  });
}
