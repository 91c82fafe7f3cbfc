import type { Tensor } from "../tensor/index.ts";
import { binaryKernel } from "./kernels.ts";

/** a + b of one shape, disposing of both. */
export function accumulate(a: Tensor, b: Tensor): Tensor {
  const sum = binaryKernel("add", a, b, a.sizes);
  a.dispose();
  b.dispose();
  return sum;
}
