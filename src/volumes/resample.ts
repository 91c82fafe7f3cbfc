import resampleWgsl from "../../shaders/volume/resample.wgsl";
import finishWgsl from "../../shaders/volume/resample_finish.wgsl";
import matrixWgsl from "../../shaders/volume/resample_matrix.wgsl";
import scatterWgsl from "../../shaders/volume/resample_scatter.wgsl";
import { checkBinds, type Kernel, result, runWhole, THREADS } from "../autograd/dispatch.ts";
import { reduce } from "../autograd/folds.ts";
import { unary } from "../autograd/kernels.ts";
import { step } from "../functional/step.ts";
import { count, type Shape, type Tensor, zeros } from "../tensor/index.ts";
import type { VolumeSampling, VolumeSize } from "./parts.ts";

const WORDS = 12;
const RESAMPLE_KERNEL: Kernel = { wgsl: resampleWgsl, words: WORDS };
const MATRIX_KERNEL: Kernel = { wgsl: matrixWgsl, words: WORDS };
const SCATTER_KERNEL: Kernel = { wgsl: scatterWgsl, words: WORDS };
const FINISH_KERNEL: Kernel = { wgsl: finishWgsl, words: WORDS };
const PADDINGS = { zeros: 0, border: 1, reflection: 2 };

/** What a resample looks at: `[N, C, D, H, W]`, the size of the result, and how. */
interface Look {
  before: Shape;
  size: VolumeSize;
  sampling: VolumeSampling;
}

/** The words of `struct Volume`. */
const wordsOf = ({ before, size }: Look, threads: number, chunks: number): number[] => [
  ...[...before.slice(1), ...size, threads, count(size), chunks],
];

/** How places are seen, as constants of a kernel. */
const constantsOf = ({ sampling: { padding = "zeros", interpolation } }: Look) => ({
  padding: PADDINGS[padding],
  nearest: Number(interpolation === "nearest"),
});

/**
 * A volume `[N, C, D, H, W]` as it is seen through matrices `[N, 4, 4]`, from voxels of the result to voxels of the source. Gradients
 * flow to both: to the volume by sums in fixed point, whose order does not matter.
 */
export function resampled(x: Tensor, matrix: Tensor, size: VolumeSize, sampling: VolumeSampling): Tensor {
  const { gpu, shape } = x;
  const look: Look = { before: shape, size, sampling };
  // What backward needs is refused here, not in the middle of it.
  if (x.requiresGrad) checkBinds(gpu, 8 * x.size);
  const y = result([shape[0], shape[1], ...size], x, matrix);
  const threads = shape[0] * count(size);
  runWhole({
    kernel: RESAMPLE_KERNEL,
    label: "resample3d",
    constants: constantsOf(look),
    reads: [x, matrix],
    writes: y,
    words: wordsOf(look, threads, 1),
    threads,
    perGroup: THREADS,
  });
  return step("resample3d", [x, matrix], y, [x, matrix], (g, [volume, m], needs) => [
    needs[0] ? gradientOfVolume(look, m, g) : null,
    needs[1] ? gradientOfMatrix(look, volume, m, g) : null,
  ]);
}

function gradientOfVolume(look: Look, m: Tensor, g: Tensor): Tensor {
  const [n, c] = look.before;
  const sizes = unary("abs", g);
  // The largest magnitude of each plane: infinity is larger than every number, and NaN stays.
  const extents = reduce("max", sizes, [2, 3, 4], [n * c]);
  sizes.dispose();
  const sums = zeros(g.gpu, [2, ...look.before]);
  const threads = n * count(look.size);
  runWhole({
    kernel: SCATTER_KERNEL,
    label: "resample3d scatter",
    constants: constantsOf(look),
    reads: [m, g, extents],
    writes: sums,
    words: wordsOf(look, threads, 1),
    threads,
    perGroup: THREADS,
  });
  const chunks = Math.ceil(count(look.before.slice(2)) / 16);
  const gx = result(look.before, m, extents, sums);
  runWhole({
    kernel: FINISH_KERNEL,
    label: "resample3d finish",
    reads: [m, extents, sums],
    writes: gx,
    words: wordsOf(look, n * c * chunks, chunks),
    threads: n * c * chunks,
    perGroup: THREADS,
  });
  for (const made of [extents, sums]) made.dispose();
  return gx;
}

function gradientOfMatrix(look: Look, x: Tensor, m: Tensor, g: Tensor): Tensor {
  const [n] = look.before;
  const chunks = chunksOf(g.gpu.info.software, n, count(look.size));
  const partial = result([n, chunks, 16], x, m, g);
  runWhole({
    kernel: MATRIX_KERNEL,
    label: "resample3d matrix",
    constants: { padding: constantsOf(look).padding },
    reads: [x, m, g],
    writes: partial,
    words: wordsOf(look, n * chunks, chunks),
    threads: n * chunks,
    perGroup: THREADS,
  });
  const gm = reduce("sum", partial, [1], [n, 4, 4]);
  partial.dispose();
  return gm;
}

/** Parts of a sum over `values` for each of `rows`: few threads with long sums where threads are slow, many where they are plenty. */
export function chunksOf(software: boolean, rows: number, values: number): number {
  const wanted = Math.ceil((software ? 512 : 16384) / rows);
  return Math.max(1, Math.min(wanted, 1024, Math.ceil(values / 16)));
}
