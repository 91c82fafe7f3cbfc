import jacobiAnglesWgsl from "../../shaders/tensor/jacobi_angles.wgsl";
import jacobiTurnWgsl from "../../shaders/tensor/jacobi_turn.wgsl";
import { type Kernel, result, runWhole, THREADS } from "../autograd/dispatch.ts";
import { add, div, matmul, maximum, mean, mul, reshape, sqrt, sub, sum, transpose } from "../autograd/index.ts";
import { checkAxis, checkTogether } from "../autograd/operands.ts";
import { ArgumentError, flag, number, readOptions, ShapeError } from "../gpu/index.ts";
import { keeping, sameShape, show, type Tensor, tensor } from "../tensor/index.ts";

const ANGLES_KERNEL: Kernel = { wgsl: jacobiAnglesWgsl, words: 4 };
const TURN_KERNEL: Kernel = { wgsl: jacobiTurnWgsl, words: 4 };

/** Jacobi's method takes a round for each feature, several times over. */
const MOST_FEATURES = 512;

const identity = (like: Tensor, size: number): Tensor =>
  tensor(
    like.gpu,
    Float32Array.from({ length: size * size }, (_, i) => Number(i % (size + 1) === 0)),
    [size, size],
  );

/**
 * Eigenvectors, as columns, and eigenvalues of a symmetric matrix, without a graph: Jacobi's method, in rounds in which each row meets
 * another one. It converges quadratically; a matrix of n rows gets 4 + log2(n) sweeps.
 */
function eigen(matrix: Tensor): { vectors: Tensor; values: Tensor } {
  const [size] = matrix.shape;
  const unit = identity(matrix, size);
  const a = result([size, size], matrix);
  a.gpu.copy(matrix.storage, 0, a.storage, 0, 4 * size * size);
  const vectors = result([size, size], unit);
  a.gpu.copy(unit.storage, 0, vectors.storage, 0, 4 * size * size);
  const players = size + (size % 2);
  const pairs = players / 2;
  const turns = result([2 * pairs], a);
  const sweeps = size === 1 ? 0 : 4 + Math.ceil(Math.log2(size));
  for (let round = 0; round < sweeps * (players - 1); round++) {
    const shared = { words: [size, players, round % (players - 1)], perGroup: THREADS };
    runWhole({ ...shared, kernel: ANGLES_KERNEL, label: "eigen", reads: [a], writes: turns, threads: pairs });
    for (const [writes, both, rows] of [
      [a, 1, pairs],
      [vectors, 0, size],
    ] as const) {
      const threads = rows * pairs;
      runWhole({
        ...shared,
        kernel: TURN_KERNEL,
        label: "eigen",
        constants: { both },
        reads: [turns],
        writes,
        threads,
      });
    }
  }
  const values = sum(mul(a, unit), 1);
  return { vectors, values };
}

/**
 * A function f of a symmetric matrix, U f(S) Uᵀ, with its gradient: U (F ∘ (Uᵀ dA U)) Uᵀ with the differences F of f
 * (Daleckii and Krein), which are as they are for equal eigenvalues too. The graph sees the value as a constant, and the matrix by its
 * distance from itself.
 */
function matrixFunction(matrix: Tensor, vectors: Tensor, f: Tensor, differences: Tensor): Tensor {
  const turned = transpose(vectors, [1, 0]);
  const value = matmul(mul(vectors, reshape(f, [1, f.size])), turned);
  if (!matrix.requiresGrad) return value;
  const moved = matmul(turned, matmul(sub(matrix, matrix.detach()), vectors));
  return add(value, matmul(vectors, matmul(mul(moved, differences), turned)));
}

/** Settings of {@link zcaMean} and {@link zcaWhiten}. */
export interface WhiteningOptions {
  /** The axis along which samples lie; 0 unless given. A negative one counts from the end. */
  axis?: number;
  /** Whether the covariance is divided by the number of samples less one; true unless given. */
  unbiased?: boolean;
  /** Added to the eigenvalues of the covariance, above 0; 1e-6 unless given. */
  eps?: number;
}

/** What {@link zcaMean} makes of data of D features. */
export interface Whitening {
  /** The symmetric matrix that whitens, `[D, D]`. */
  matrix: Tensor;
  /** The mean, `[1, D]`. */
  mean: Tensor;
  /** The matrix that undoes it, `[D, D]`. */
  inverse: Tensor;
}

/** The data as rows of samples, `[N, D]`. */
function rowsOf(x: Tensor, axis: number): { rows: Tensor; order: number[] } {
  const order = [axis, ...x.shape.map((_, i) => i).filter((i) => i !== axis)];
  return { rows: reshape(transpose(x, order), [x.shape[axis], x.size / x.shape[axis]]), order };
}

function checkData(x: Tensor, axis: number, what: string): number {
  if (x.shape.length < 2) throw new ShapeError(`x of ${what}()`, show(x.shape), "at least two dimensions");
  return checkAxis(axis, x.shape.length, what);
}

/**
 * The mean of samples, and the ZCA matrices that whiten their differences from it and undo that: (Σ + eps)^(−1/2) and (Σ + eps)^(1/2) of
 * their covariance Σ. All three are differentiable in x, for covariances with equal or vanishing eigenvalues too.
 * @param x samples along an axis; all other axes are features, 512 at most together
 * @throws ShapeError for more features, or a single sample where the covariance is unbiased
 */
export function zcaMean(x: Tensor, options: WhiteningOptions = {}): Whitening {
  return whitening("zcaMean", x, options);
}

function whitening(what: string, x: Tensor, options: WhiteningOptions): Whitening {
  const read = readOptions<WhiteningOptions>(what, options, {
    axis: number({ whole: true }),
    unbiased: flag,
    eps: number({ least: 0 }),
  });
  const { unbiased = true, eps = 1e-6 } = read;
  if (eps === 0) throw new ArgumentError(`eps of ${what}()`, "0", "a number above 0");
  const gpu = checkTogether([x], what);
  const axis = checkData(x, read.axis ?? 0, what);
  const samples = x.shape[axis];
  const features = x.size / samples;
  if (features > MOST_FEATURES)
    throw new ShapeError(`x of ${what}()`, `${features} features`, `at most ${MOST_FEATURES}`);
  if (unbiased && samples < 2) throw new ShapeError(`x of ${what}()`, "1 sample", "at least 2, or unbiased: false");
  const [matrix, middle, inverse] = keeping(gpu, () => {
    const { rows } = rowsOf(x, axis);
    const average = mean(rows, { axes: 0, keepDims: true });
    const centred = sub(rows, average);
    const covariance = div(matmul(transpose(centred, [1, 0]), centred), unbiased ? samples - 1 : samples);
    const { vectors, values } = eigen(covariance.detach());
    const roots = sqrt(add(maximum(values, 0), eps));
    const [down, across] = [reshape(roots, [features, 1]), reshape(roots, [1, features])];
    const both = add(down, across);
    const shrinks = div(-1, mul(mul(down, across), both));
    return [
      matrixFunction(covariance, vectors, div(1, roots), shrinks),
      average,
      matrixFunction(covariance, vectors, roots, div(1, both)),
    ];
  });
  return { matrix, mean: middle, inverse };
}

/**
 * Whitens data by ZCA: (x − mean) · (Σ + eps)^(−1/2), whose covariance is that of independent features, and which is as near to x as can
 * be. Differentiable in x, its statistics included.
 * @param x samples along an axis; all other axes are features, 512 at most together
 * @returns a tensor of x's shape
 * @throws ShapeError for more features, or a single sample where the covariance is unbiased
 */
export function zcaWhiten(x: Tensor, options: WhiteningOptions = {}): Tensor {
  const gpu = checkTogether([x], "zcaWhiten");
  return keeping(gpu, () => {
    const { matrix, mean: middle } = whitening("zcaWhiten", x, options);
    return linearTransform(x, matrix, middle, options.axis ?? 0);
  });
}

/**
 * Multiplies the differences of samples from a mean by a matrix: (x − mean) · matrix. Differentiable in all three.
 * @param x samples along an axis; all other axes are D features
 * @param matrix `[D, D]`
 * @param middle the mean, `[1, D]`
 * @param axis the axis along which samples lie; 0 unless given. A negative one counts from the end
 * @returns a tensor of x's shape
 * @throws ShapeError when matrix or mean do not fit
 */
export function linearTransform(x: Tensor, matrix: Tensor, middle: Tensor, axis = 0): Tensor {
  const what = "linearTransform";
  const gpu = checkTogether([x], what);
  checkTogether([x, matrix], what);
  checkTogether([x, middle], what);
  const at = checkData(x, axis, what);
  const features = x.size / x.shape[at];
  if (!sameShape(matrix.shape, [features, features]))
    throw new ShapeError(`matrix of ${what}()`, show(matrix.shape), show([features, features]));
  if (middle.size !== features) throw new ShapeError(`mean of ${what}()`, show(middle.shape), show([1, features]));
  return keeping(gpu, () => {
    const { rows, order } = rowsOf(x, at);
    const moved = matmul(sub(rows, reshape(middle, [1, features])), matrix);
    const back = x.shape.map((_, i) => order.indexOf(i));
    return transpose(
      reshape(
        moved,
        order.map((i) => x.shape[i]),
      ),
      back,
    );
  });
}
