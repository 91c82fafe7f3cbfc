import type { Gpu } from "../../gpu/index.ts";
import { type Tensor, tensor } from "../../tensor/index.ts";

/** The same matrix for all samples, `[samples, 3, 3]`. */
export const repeated = (gpu: Gpu, samples: number, matrix: readonly number[]): Tensor =>
  tensor(
    gpu,
    Float32Array.from({ length: 9 * samples }, (_, i) => matrix[i % 9]),
    [samples, 3, 3],
  );

/** Matrices that move nothing, `[samples, 3, 3]`. */
export const identity = (gpu: Gpu, samples: number): Tensor => repeated(gpu, samples, [1, 0, 0, 0, 1, 0, 0, 0, 1]);
