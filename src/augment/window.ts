import { ArgumentError } from "../gpu/index.ts";
import type { Transform } from "../transforms/index.ts";
import { isDistribution, support } from "./distributions/index.ts";

/**
 * Fixes the size of a window whose width is random by the largest width that may be drawn. Left to the batch, it would
 * follow the largest width in it, and a sample would depend on its neighbours.
 * @throws ArgumentError when a width is learned, and so has no largest value
 */
export function withWindow(transform: Transform): Transform {
  const { declaration, params, options } = transform;
  const widths = (declaration.options?.kernelSize?.holds ?? []).map((name) => params[name]);
  if (options.kernelSize !== undefined || !widths.some(isDistribution)) return transform;
  const kernelSize = widths.map((width) => {
    const most = isDistribution(width) ? support(width, 0)[1] : Math.max(...[width as number | number[]].flat());
    if (Number.isNaN(most)) {
      const allowed = "an odd whole number, or [height, width]: a learned width has no largest value";
      throw new ArgumentError(`${declaration.name}.kernelSize`, "nothing", allowed);
    }
    return 2 * Math.ceil(3 * most) + 1;
  });
  return { ...transform, options: { ...options, kernelSize } };
}
