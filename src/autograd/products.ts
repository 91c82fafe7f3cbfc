import matmulWgsl from "../../shaders/tensor/matmul.wgsl";
import { count, empty, type Shape, type Tensor } from "../tensor/index.ts";
import { type Kernel, run, THREADS } from "./dispatch.ts";
import { boxesOf } from "./parts.ts";
import { broadcastStrides, stridesOf, type Walk } from "./strides.ts";

const MATMUL_KERNEL: Kernel = { wgsl: matmulWgsl, words: 32 };

// Products of matrices. As in kernels.ts, without a graph and without checks.

/** A matrix of a batch, the last two dimensions of a tensor, perhaps transposed. */
export interface Matrices {
  tensor: Tensor;
  transposed?: boolean;
}

/** a · b over the last two dimensions, either transposed; `batch` is the broadcast of the leading ones, at most four. */
export function matmulKernel(a: Matrices, b: Matrices, batch: Shape): Tensor {
  const [x, y] = [a, b].map(({ tensor, transposed }) => {
    const [rows, columns] = tensor.shape.slice(-2);
    const strides = broadcastStrides(tensor.shape.slice(0, -2), batch).map((s) => s * rows * columns);
    return transposed
      ? { rows: columns, columns: rows, steps: [1, columns], batch: strides }
      : { rows, columns, steps: [columns, 1], batch: strides };
  });
  const out = empty(a.tensor.gpu, [...batch, x.rows, y.columns]);
  const front = (values: readonly number[], rest: number) => [...new Array(4 - values.length).fill(rest), ...values];
  const strides = [x.batch, y.batch, stridesOf(out.shape).slice(0, -2)].map((s) => front(s, 0));
  // Over the batch, rows, columns, and what is summed.
  const walk: Walk = {
    sizes: [...front(batch, 1), x.rows, y.columns, x.columns],
    strides: [
      [...strides[0], x.steps[0], 0, x.steps[1]],
      [...strides[1], 0, y.steps[1], y.steps[0]],
      [...strides[2], y.columns, 1, 0],
    ],
  };
  for (const { sizes, starts, stretches } of boxesOf([a.tensor, b.tensor, out], walk)) {
    const threads = count(sizes.slice(0, -1));
    const words = [threads, ...sizes.slice(4), ...x.steps, ...y.steps, ...sizes.slice(0, 4), ...strides.flat()];
    // A box that sums on adds to what the boxes before it have left.
    words.push(...stretches.map(({ shift }) => shift), y.columns, Number(starts[6] > 0));
    run({ kernel: MATMUL_KERNEL, label: "matmul", stretches, words, threads, perGroup: THREADS }, out.gpu);
  }
  return out;
}
