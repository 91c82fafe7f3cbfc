import inverseWgsl from "../../shaders/tensor/inverse.wgsl";
import type { Tensor } from "../tensor/index.ts";
import { type Kernel, result, runWhole, THREADS } from "./dispatch.ts";
import { record } from "./graph.ts";
import { binaryKernel, strided } from "./kernels.ts";
import { type Matrices, matmulKernel } from "./products.ts";

const INVERSE_KERNEL: Kernel = { wgsl: inverseWgsl, words: 4 };

/** The inverses of matrices `[N, m, m]`, of singular ones a generalised inverse; without a graph. */
function inverseKernel(a: Tensor): Tensor {
  const [n, m] = a.shape;
  const size = 3 * m * m + 2 * m;
  const work = result([n, size], a);
  const words = [n, m, size, 0];
  runWhole({
    kernel: INVERSE_KERNEL,
    label: "inverse",
    reads: [a],
    writes: work,
    words,
    threads: n * THREADS,
    perGroup: THREADS,
  });
  const inverse = strided("inverse", work, { offset: 2 * m * m, strides: [size, m, 1] }, [n, m, m]);
  work.dispose();
  return inverse;
}

/** x of a x = b with the inverse of a, made better once: of what x leaves of b, the inverse is taken once more. */
function refined(a: Matrices, inverse: Matrices, b: Tensor): Tensor {
  const batch = b.shape.slice(0, 1);
  const first = matmulKernel(inverse, { tensor: b }, batch);
  const made = matmulKernel(a, { tensor: first }, batch);
  const left = binaryKernel("sub", b, made, b.shape);
  const more = matmulKernel(inverse, { tensor: left }, batch);
  const x = binaryKernel("add", first, more, b.shape);
  for (const tensor of [first, made, left, more]) tensor.dispose();
  return x;
}

/**
 * x of a x = b for small systems, `[N, m, m]` and `[N, m, k]`. Where a has no inverse, as many of its rows and columns as have one are
 * solved for, and the rest of x is 0: the result and its gradients stay finite.
 */
export function solveSettled(a: Tensor, b: Tensor): Tensor {
  const inverse = inverseKernel(a);
  const x = refined({ tensor: a }, { tensor: inverse }, b);
  const { gpu } = a;
  gpu.untrack(x);
  const y = record("solve", [a, b], { shape: x.shape, storage: x.storage }, [a, inverse, x], (g, kept, needs) => {
    const [matrix, own, solution] = kept;
    const gb = refined({ tensor: matrix, transposed: true }, { tensor: own, transposed: true }, g);
    if (!needs[0]) return [null, gb];
    const outer = matmulKernel({ tensor: gb }, { tensor: solution, transposed: true }, [matrix.shape[0]]);
    const ga = binaryKernel("mul", outer, -1, outer.shape);
    outer.dispose();
    if (needs[1]) return [ga, gb];
    gb.dispose();
    return [ga, null];
  });
  inverse.dispose();
  return y;
}
