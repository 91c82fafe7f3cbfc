import { type Gpu, TensorStateError } from "../gpu/index.ts";
import { type Tensor, tensor } from "../tensor/index.ts";
import type { Bound, Distribution } from "../transforms/index.ts";
import { boundTensor, familyOf, isLearnable } from "./distributions/index.ts";

/** A draw on the GPU: its value, and everything made on the way to it. */
export interface GpuDraw {
  value: Tensor;
  /** Frees what was made here. The graph keeps what backward needs, so that this may follow the pass that reads the value. */
  dispose(): void;
}

/**
 * The values of a distribution whose bounds live on the GPU, for uniform numbers of `n` samples by `components`: a tensor
 * [n], or [n, components] for a vector parameter (`vector`). Its gradient reaches the bounds.
 */
export function drawOnGpu(
  gpu: Gpu,
  distribution: Distribution,
  name: string,
  units: Float32Array,
  n: number,
  components: number,
  vector: boolean,
): GpuDraw {
  const made: Tensor[] = [];
  const keep = (value: Tensor): Tensor => {
    made.push(value);
    return value;
  };
  const shape = vector ? [n, components] : [n];
  const upload = (values: Float32Array): Tensor => keep(tensor(gpu, values, shape));
  const bound = (which: string, value: Bound): Tensor | number => {
    if (typeof value === "number") return value;
    if (!isLearnable(value)) return keep(tensor(gpu, value as number[]));
    const result = boundTensor(`${name}, ${which}`, value, components);
    if (result.gpu !== gpu)
      throw new TensorStateError(`${name}, ${which}: the tensor belongs to another device than the image.`);
    if (typeof value === "function") keep(result);
    return result;
  };
  const dispose = (): void => {
    for (const each of made) each.dispose();
  };
  try {
    const value = familyOf(distribution).draw(distribution, { units, upload, bound, keep });
    return { value, dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}
