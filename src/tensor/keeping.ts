import type { Gpu } from "../gpu/index.ts";
import type { Tensor } from "./tensor.ts";

/** What a function makes, in the scope that is open; all else that it makes on the way is freed. */
export function keeping<T extends Tensor | readonly Tensor[]>(gpu: Gpu, make: () => T): T {
  const scope = gpu.scope();
  let made: T;
  try {
    made = make();
    for (const tensor of [made].flat()) scope.keep(tensor);
  } finally {
    scope.dispose();
  }
  for (const tensor of [made].flat()) gpu.track(tensor);
  return made;
}
