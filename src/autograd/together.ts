import { type Gpu, TensorStateError } from "../gpu/index.ts";
import type { DType, Tensor } from "../tensor/index.ts";

/** Checks that tensors are alive and of one device, before anything is recorded. */
export function together(tensors: readonly Tensor<DType>[], what: string): Gpu {
  const { gpu } = tensors[0];
  gpu.assertAlive();
  for (const tensor of tensors) {
    if (tensor.gpu !== gpu)
      throw new TensorStateError(
        `${what}: the tensors belong to two different devices. Create them on one, or adopt the other engine's device.`,
      );
    void tensor.storage;
  }
  return gpu;
}
