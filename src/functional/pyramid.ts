import { reshape } from "../autograd/index.ts";
import { checkTogether } from "../autograd/operands.ts";
import { apply } from "../compiler/index.ts";
import { check, number, oneOf, readOptions, ShapeError } from "../gpu/index.ts";
import { keeping, show, type Tensor } from "../tensor/index.ts";
import { type PyramidPadding, pyrDown } from "../transforms/index.ts";

/** Settings of {@link buildPyramid}. */
export interface PyramidOptions {
  /** What the five weights see beyond the image; `reflection` unless given. */
  padding?: PyramidPadding;
}

/**
 * The Gaussian pyramid of an image: itself, and from level to level what `pyrDown` makes of the one before, half as large, rounded down.
 * Differentiable. The first level shares the image's memory.
 *
 * Kornia: `geometry.build_pyramid`, whose `max_level` is this number of levels.
 * @param x `[N, C, H, W]`
 * @param levels how many images, itself included, at least 1
 * @returns `levels` images, the largest first
 * @throws ShapeError where the last one would have no pixel
 */
export function buildPyramid(x: Tensor, levels: number, options: PyramidOptions = {}): Tensor[] {
  const what = "buildPyramid";
  const gpu = checkTogether([x], what);
  check(`levels of ${what}()`, levels, number({ least: 1, most: 32, whole: true }));
  const settings = readOptions<PyramidOptions>(what, options, {
    padding: oneOf("reflection", "symmetric", "zeros", "border", "circular"),
  });
  const { shape } = x;
  if (shape.length !== 4) throw new ShapeError(`x of ${what}()`, show(shape), "[N, C, H, W]");
  if (Math.floor(Math.min(shape[2], shape[3]) / 2 ** (levels - 1)) < 1)
    throw new ShapeError(`x of ${what}()`, show(shape), `sides of at least ${2 ** (levels - 1)}, for ${levels} levels`);
  return keeping(gpu, () => {
    const pyramid = [reshape(x, shape)];
    while (pyramid.length < levels) pyramid.push(apply(pyramid[pyramid.length - 1], pyrDown(settings)));
    return pyramid;
  });
}
