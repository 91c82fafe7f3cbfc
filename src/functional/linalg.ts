import solveWgsl from "../../shaders/functional/solve.wgsl";
import { type Kernel, result, runWhole, THREADS } from "../autograd/dispatch.ts";
import { broadcastTo } from "../autograd/index.ts";
import { copyStrided, unary } from "../autograd/kernels.ts";
import { checkTensor, checkTogether } from "../autograd/operands.ts";
import { matmulKernel } from "../autograd/products.ts";
import { stridesOf } from "../autograd/strides.ts";
import { ShapeError } from "../gpu/index.ts";
import { broadcastShapes, count, empty, keeping, sameShape, show, type Tensor, tensor } from "../tensor/index.ts";
import { step } from "./step.ts";

const SOLVE_KERNEL: Kernel = { wgsl: solveWgsl, words: 4 };

/** x of a x = b, or of aᵀ x = b, for `[..., n, n]` and `[..., n, k]` of one batch. */
function solution(a: Tensor, b: Tensor, transposed: boolean): Tensor {
  const [n, k] = b.shape.slice(-2);
  const systems = count(b.shape.slice(0, -2));
  const work = result([systems, n, n + k], a, b);
  runWhole({
    kernel: SOLVE_KERNEL,
    label: "solve",
    constants: { transposed: Number(transposed) },
    reads: [a, b],
    writes: work,
    words: [systems, n, k],
    threads: systems,
    perGroup: THREADS,
  });
  const x = empty(a.gpu, b.shape);
  const shape = [systems, n, k];
  copyStrided(
    "solve",
    work,
    { offset: n, strides: stridesOf(work.shape) },
    x,
    { offset: 0, strides: stridesOf(shape) },
    shape,
  );
  work.dispose();
  return x;
}

/** Checks that the last two dimensions of a tensor are equal. */
function checkSquare(a: Tensor, what: string): void {
  const [rows, columns] = a.shape.slice(-2);
  if (a.shape.length < 2 || rows !== columns)
    throw new ShapeError(`a of ${what}()`, show(a.shape), "square matrices, [..., n, n]");
}

/** Both with the leading dimensions that they broadcast to, `[..., n, n]` and `[..., n, k]`. */
function solved(a: Tensor, b: Tensor): Tensor {
  const batch = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2), "leading dimensions of solve()");
  const [whole, right] = [a, b].map((x) => {
    const shape = [...batch, ...x.shape.slice(-2)];
    return sameShape(shape, x.shape) ? x : broadcastTo(x, shape);
  });
  const x = solution(whole, right, false);
  return step("solve", [whole, right], x, [whole, x], (g, [m, y], needs) => {
    const gb = solution(m, g, true);
    if (!needs[0]) return [null, gb];
    // ga = −gb xᵀ
    const product = matmulKernel({ tensor: gb }, { tensor: y, transposed: true }, batch);
    const ga = unary("neg", product);
    product.dispose();
    if (needs[1]) return [ga, gb];
    gb.dispose();
    return [ga, null];
  });
}

/**
 * Solves systems of linear equations, a x = b, by elimination with partial pivoting in f32. For small matrices: a thread solves
 * a system. Where a has no inverse, x is NaN or infinite, for that system alone.
 * @param a `[..., n, n]`
 * @param b `[..., n, k]`: k right sides; leading dimensions, four at most, broadcast
 * @returns x, `[..., n, k]`; gradients flow to a and b
 * @throws ShapeError when the shapes do not fit; LimitError where the systems are larger than one binding of the device
 */
export function solve(a: Tensor, b: Tensor): Tensor {
  checkTensor(a, "solve", "a");
  checkTensor(b, "solve", "b");
  const gpu = checkTogether([a, b], "solve");
  checkSquare(a, "solve");
  const n = a.shape[a.shape.length - 1];
  if (b.shape.length < 2 || b.shape[b.shape.length - 2] !== n)
    throw new ShapeError("b of solve()", show(b.shape), `[..., ${n}, k], for a ${show(a.shape)}`);
  return keeping(gpu, () => solved(a, b));
}

/**
 * The inverses of small square matrices, by {@link solve}. NaN or infinite where a matrix has none, for that matrix alone.
 * @param a `[..., n, n]`
 * @returns the same shape; gradients flow to a
 * @throws ShapeError for what is not square
 */
export function inverse(a: Tensor): Tensor {
  checkTensor(a, "inverse", "a");
  const gpu = checkTogether([a], "inverse", "a");
  checkSquare(a, "inverse");
  const n = a.shape[a.shape.length - 1];
  const identity = Float32Array.from({ length: n * n }, (_, i) => Number(i % (n + 1) === 0));
  return keeping(gpu, () => solved(a, tensor(gpu, identity, [n, n])));
}
