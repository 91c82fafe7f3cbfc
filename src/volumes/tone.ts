import { reshape } from "../autograd/index.ts";
import { apply } from "../compiler/index.ts";
import { oneOf, readOptions } from "../gpu/index.ts";
import { keeping, type Tensor } from "../tensor/index.ts";
import { equalize } from "../transforms/color/stretch.ts";
import { checkVolume } from "./parts.ts";

/** Settings of {@link equalize3d}. */
export interface Equalize3dOptions {
  /**
   * `slope` (unless given): the gradient of straight lines from each level to the next. `straightThrough`: that of y = x. `none`: 0, as in
   * Kornia.
   */
  estimator?: "slope" | "straightThrough" | "none";
}

/**
 * Equalises the histogram of each channel over its whole volume, as the transform `equalize` does for images: a volume is an image of as
 * many rows as all its slices have.
 *
 * Kornia: `RandomEqualize3D`, `equalize3d`.
 * @param x `[N, C, D, H, W]`, values from 0 to 1
 */
export function equalize3d(x: Tensor, options: Equalize3dOptions = {}): Tensor {
  const what = "equalize3d";
  checkVolume(x, what);
  const settings = readOptions<Equalize3dOptions>(what, options, {
    estimator: oneOf("slope", "straightThrough", "none"),
  });
  const [n, c, d, h, w] = x.shape;
  return keeping(x.gpu, () => reshape(apply(reshape(x, [n, c, d * h, w]), [equalize(settings)]), x.shape));
}
