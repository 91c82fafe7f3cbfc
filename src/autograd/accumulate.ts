import type { Tensor } from "../tensor/index.ts";
import { binary } from "./elementwise.ts";

/** a + b in a fixed order, disposing of both. */
export function accumulate(a: Tensor, b: Tensor): Tensor {
  const sum = binary("add", a, b);
  a.dispose();
  b.dispose();
  return sum;
}
