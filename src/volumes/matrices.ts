import affineWgsl from "../../shaders/volume/affine_matrix.wgsl";
import { type Kernel, result, runWhole, THREADS } from "../autograd/dispatch.ts";
import { add, broadcastTo, concat, matmul, mul, neg, reshape, slice, sub, transpose } from "../autograd/index.ts";
import { solve } from "../functional/linalg.ts";
import { step } from "../functional/step.ts";
import type { Gpu } from "../gpu/index.ts";
import { ones, type Shape, type Tensor, tensor, zeros } from "../tensor/index.ts";

const AFFINE_KERNEL: Kernel = { wgsl: affineWgsl, words: 4 };

/** What an affine map of a volume is made of, each `[N, 3]`, the shears `[N, 6]`. */
export interface AffineParts {
  angles: Tensor;
  translations: Tensor;
  scale: Tensor;
  shears: Tensor;
  center: Tensor;
}

/** Affine maps `[N, 4, 4]`, source to destination. */
export function affineMatrix({ angles, translations, scale, shears, center }: AffineParts): Tensor {
  const rows = concat([angles, translations, scale, shears, center], 1);
  const [n] = rows.shape;
  const compute = (op: number, from: Tensor, g: Tensor, shape: Shape) => {
    const writes = result(shape, from, g);
    const sizes = { words: [n], threads: n, perGroup: THREADS };
    runWhole({ kernel: AFFINE_KERNEL, label: "affine3d", constants: { op }, reads: [from, g], writes, ...sizes });
    return writes;
  };
  const y = compute(0, rows, rows, [n, 4, 4]);
  return step("affine3d", [rows], y, [rows], (g, [saved]) => [compute(1, saved, g, saved.shape)]);
}

/** Matrices `[N, 3, 4]` as maps of homogeneous coordinates, `[N, 4, 4]`. */
export function homogeneous(matrix: Tensor): Tensor {
  const [n] = matrix.shape;
  return concat([matrix, broadcastTo(tensor(matrix.gpu, [0, 0, 0, 1]), [n, 1, 4])], 1);
}

/** Scales `[N, 3]` and shifts `[N, 3]` as maps, p' = scale · p + shift. */
export function scaling(scale: Tensor, shift: Tensor): Tensor {
  const [n] = scale.shape;
  const one = tensor(scale.gpu, [1, 0, 0, 0, 1, 0, 0, 0, 1], [1, 3, 3]);
  return homogeneous(concat([mul(one, reshape(scale, [n, 1, 3])), reshape(shift, [n, 3, 1])], 2));
}

/** A frame in which a volume reaches from −1 to 1, and the way back, `[4, 4]`: sums of squares are of the same size there. */
export function frameOf([depth, height, width]: readonly number[]): { to: number[]; back: number[] } {
  const [x, y, z] = [width, height, depth].map((size) => ({ c: (size - 1) / 2, h: Math.max((size - 1) / 2, 0.5) }));
  const rows = (f: (axis: { c: number; h: number }) => readonly [number, number]) => [
    ...[f(x)[0], 0, 0, f(x)[1]],
    ...[0, f(y)[0], 0, f(y)[1]],
    ...[0, 0, f(z)[0], f(z)[1]],
    ...[0, 0, 0, 1],
  ];
  return { to: rows(({ c, h }) => [1 / h, -c / h]), back: rows(({ c, h }) => [h, c]) };
}

/**
 * The projective maps `[N, 4, 4]` that take eight points to eight points, both `[N, 8, 3]`, in the sense of least squares of the equations
 * (row · p) − q (last row · p) = 0, for p and q in a frame where the volume reaches from −1 to 1. What is solved for is the difference
 * from the identity, which is exact where nothing moves.
 * @param size depth, height and width of the volume
 */
export function perspectiveMatrix(start: Tensor, end: Tensor, size: readonly number[]): Tensor {
  const { gpu } = start;
  const [n] = start.shape;
  const { to, back } = frameOf(size);
  const [there, away] = [to, back].map((m) => tensor(gpu, m, [4, 4]));
  const framed = (points: Tensor) => scaledBy(points, gpu, to);
  const [p, q] = [framed(start), framed(end)];
  const whole = concat([p, ones(gpu, [n, 8, 1])], 2);
  const none = zeros(gpu, [n, 8, 4]);
  const equations = [0, 1, 2].map((axis) => {
    const rows = [none, none, none].with(axis, whole);
    return concat([...rows, neg(mul(p, slice(q, 2, axis, axis + 1)))], 2);
  });
  const a = concat(equations, 1);
  const left = reshape(transpose(sub(q, p)), [n, 24, 1]);
  const turned = transpose(a);
  const delta = solve(matmul(turned, a), matmul(turned, left));
  const change = reshape(concat([reshape(delta, [n, 15]), zeros(gpu, [n, 1])], 1), [n, 4, 4]);
  const identity = tensor(gpu, [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1], [4, 4]);
  return add(matmul(matmul(away, change), there), identity);
}

/** Points `[N, 8, 3]` in the frame of a matrix that has no turn. */
const scaledBy = (points: Tensor, gpu: Gpu, m: readonly number[]): Tensor =>
  add(mul(points, tensor(gpu, [m[0], m[5], m[10]])), tensor(gpu, [m[3], m[7], m[11]]));
