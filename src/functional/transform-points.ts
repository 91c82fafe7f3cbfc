import transformWgsl from "../../shaders/functional/transform_points.wgsl";
import { type Kernel, result, runWhole, THREADS } from "../autograd/dispatch.ts";
import { reduce, sumTo } from "../autograd/folds.ts";
import type { Shape, Tensor } from "../tensor/index.ts";
import { step } from "./step.ts";

const KERNEL: Kernel = { wgsl: transformWgsl, words: 12 };
const OPS = { points: 0, pullPoints: 1, pullMatrices: 2 };

/** Points that a thread of the gradient of a matrix adds up. */
const CHUNK = 64;

/**
 * Points `[N, K, D]` through matrices `[N, D + 1, D + 1]`, with 1 in the place of N where all samples share them; checked. Further columns
 * of points stay.
 */
export function movedPoints(matrix: Tensor, points: Tensor): Tensor {
  const [, k, columns] = points.shape;
  const d = matrix.shape[2] - 1;
  const n = Math.max(matrix.shape[0], points.shape[0]);
  const size = (d + 1) ** 2;
  const chunks = Math.ceil(k / CHUNK);
  const compute = (op: keyof typeof OPS, m: Tensor, p: Tensor, g: Tensor, shape: Shape): Tensor => {
    const writes = result(shape, m, p, g);
    const threads = op === "pullMatrices" ? n * chunks * size : n * k;
    const steps = [m.shape[0] === 1 ? 0 : size, p.shape[0] === 1 ? 0 : k * columns];
    runWhole({
      kernel: KERNEL,
      label: "transformPoints",
      constants: { op: OPS[op] },
      reads: [m, p, g],
      writes,
      words: [n, k, d, ...steps, chunks, CHUNK, threads, columns],
      threads,
      perGroup: THREADS,
    });
    return writes;
  };
  const y = compute("points", matrix, points, points, [n, k, columns]);
  return step("transformPoints", [matrix, points], y, [matrix, points], (g, [m, p], needs) => {
    const ofPoints = needs[1] ? sumTo(compute("pullPoints", m, p, g, [n, k, columns]), p.shape) : null;
    if (!needs[0]) return [null, ofPoints];
    const parts = compute("pullMatrices", m, p, g, [n, chunks, d + 1, d + 1]);
    const each = reduce("sum", parts, [1], [n, d + 1, d + 1]);
    parts.dispose();
    return [sumTo(each, m.shape), ofPoints];
  });
}
