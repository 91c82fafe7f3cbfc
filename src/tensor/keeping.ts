import type { Gpu } from "../gpu/index.ts";
import type { DType } from "./dtype.ts";
import type { Tensor } from "./tensor.ts";

/** What a function makes, in the scope that is open; all else that it makes on the way is freed. */
export const keeping = <T extends Tensor | readonly Tensor[]>(gpu: Gpu, make: () => T): T =>
  keepingIn(gpu, make, (made) => [made].flat());

/** {@link keeping} for what holds tensors: those that `held` lists. */
export function keepingIn<T>(gpu: Gpu, make: () => T, held: (made: T) => readonly Tensor<DType>[]): T {
  const scope = gpu.scope();
  let made: T;
  let own: readonly Tensor<DType>[];
  try {
    made = make();
    own = held(made);
    for (const tensor of own) scope.keep(tensor);
  } finally {
    scope.dispose();
  }
  for (const tensor of own) gpu.track(tensor);
  return made;
}
