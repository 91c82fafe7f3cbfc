import demosaicWgsl from "../../shaders/tensor/demosaic.wgsl";
import demosaicBackWgsl from "../../shaders/tensor/demosaic_back.wgsl";
import { type Kernel, result, runWhole, THREADS } from "../autograd/dispatch.ts";
import { record } from "../autograd/graph.ts";
import { add, concat, div, reshape, slice } from "../autograd/index.ts";
import { check, oneOf, ShapeError } from "../gpu/index.ts";
import { keeping, type Shape, show, type Tensor } from "../tensor/index.ts";
import type { BayerPattern } from "../transforms/index.ts";
import { checkImages } from "./colour.ts";

const DEMOSAIC_KERNEL: Kernel = { wgsl: demosaicWgsl, words: 8 };
const DEMOSAIC_BACK_KERNEL: Kernel = { wgsl: demosaicBackWgsl, words: 8 };

const A_PATTERN = oneOf("rggb", "grbg", "bggr", "gbrg");

function demosaiced(
  kernel: Kernel,
  reads: Tensor,
  [n, , h, w]: Shape,
  channels: number,
  pattern: BayerPattern,
): Tensor {
  const writes = result([n, channels, h, w], reads);
  const red = pattern.indexOf("r");
  const words = [n, h, w, Math.floor(red / 2), red % 2];
  runWhole({ kernel, label: "rawToRgb", reads: [reads], writes, words, threads: n * h * w, perGroup: THREADS });
  return writes;
}

/**
 * What a sensor behind a Bayer filter sees, one channel, to RGB: bilinear demosaicing. A pixel keeps the colour that its filter let
 * through, and has the mean of the nearest pixels that saw each other one; beyond the border lie the pixels inside of it.
 * Differentiable. `rgbToRaw` of the result is the image.
 * @param image `[N, 1, H, W]` of at least 2 x 2 pixels
 * @param pattern the filters of the first two rows' first two pixels; `rggb` unless given
 * @returns `[N, 3, H, W]`
 * @throws ShapeError for other channels, or fewer pixels
 */
export function rawToRgb(image: Tensor, pattern: BayerPattern = "rggb"): Tensor {
  checkImages(image, "rawToRgb", "image", 1);
  check("pattern of rawToRgb()", pattern, A_PATTERN);
  const { shape } = image;
  if (shape[2] < 2 || shape[3] < 2)
    throw new ShapeError(
      "image of rawToRgb()",
      show(shape),
      "at least 2 x 2 pixels, of which one is red and one is blue",
    );
  const y = demosaiced(DEMOSAIC_KERNEL, image, shape, 3, pattern);
  image.gpu.untrack(y);
  return record("rawToRgb", [image], { shape: y.shape, storage: y.storage }, [], (g) => [
    demosaiced(DEMOSAIC_BACK_KERNEL, g, shape, 1, pattern),
  ]);
}

/** Which of each 2 x 2 pixels are red, the two greens and blue. */
const PLACES: Record<BayerPattern, readonly [red: number, green: number, other: number, blue: number]> = {
  rggb: [0, 1, 2, 3],
  grbg: [1, 0, 3, 2],
  bggr: [3, 1, 2, 0],
  gbrg: [2, 0, 3, 1],
};

/**
 * What a sensor behind a Bayer filter sees to RGB of half the sides: each 2 x 2 pixels become one, with the mean of their two greens.
 * Differentiable.
 * @param image `[N, 1, H, W]` of even sides
 * @param pattern the filters of the first two rows' first two pixels; `rggb` unless given
 * @returns `[N, 3, H / 2, W / 2]`
 * @throws ShapeError for other channels, or an odd side
 */
export function rawToRgbHalved(image: Tensor, pattern: BayerPattern = "rggb"): Tensor {
  const what = "rawToRgbHalved";
  checkImages(image, what, "image", 1);
  check(`pattern of ${what}()`, pattern, A_PATTERN);
  const [n, , h, w] = image.shape;
  if (h % 2 || w % 2) throw new ShapeError(`image of ${what}()`, show(image.shape), "even sides");
  return keeping(image.gpu, () => {
    const cells = reshape(image, [n, h / 2, 2, w / 2, 2]);
    const cell = (place: number) => {
      const row = slice(cells, 2, Math.floor(place / 2), Math.floor(place / 2) + 1);
      return reshape(slice(row, 4, place % 2, (place % 2) + 1), [n, 1, h / 2, w / 2]);
    };
    const [red, green, other, blue] = PLACES[pattern].map(cell);
    return concat([red, div(add(green, other), 2), blue], 1);
  });
}
