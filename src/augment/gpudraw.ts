import { type Gpu, TensorStateError } from "../gpu/index.ts";
import { type Tensor, tensor } from "../tensor/index.ts";
import type { Bound, Distribution } from "../transforms/index.ts";
import { checkLength, checkWidth, familyOf, isLearnable, tensorOf } from "./distributions/index.ts";

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
  const read = (which: string, value: Bound, check: (name: string, tensor: Tensor) => void): Tensor => {
    if (!isLearnable(value)) return keep(tensor(gpu, value as number[]));
    const of = `${name}, ${which}`;
    const result = tensorOf(of, value, keep);
    check(of, result);
    if (result.gpu !== gpu) throw new TensorStateError(`${of}: the tensor belongs to another device than the image.`);
    return result;
  };
  const bound = (which: string, value: Bound): Tensor | number =>
    typeof value === "number" ? value : read(which, value, (of, given) => checkWidth(of, given, components));
  const list = (which: string, value: Bound, length?: number): Tensor =>
    read(which, value, (of, given) => checkLength(of, given, length));
  const dispose = (): void => {
    for (const each of made) each.dispose();
  };
  try {
    const value = familyOf(distribution).draw(distribution, { units, upload, bound, list, keep });
    return { value, dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}
