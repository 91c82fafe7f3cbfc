import { floatBits } from "../autograd/dispatch.ts";
import type { Gpu } from "../gpu/index.ts";
import { type Tensor, tensor } from "../tensor/index.ts";

/** Size of an image in pixels. */
export type ImageSize = readonly [height: number, width: number];

/** The size that all images have, or that of each. */
export type ImageSizes = ImageSize | readonly ImageSize[];

/** Whether images have sizes of their own. */
export const areListed = (sizes: ImageSizes): sizes is readonly ImageSize[] => Array.isArray(sizes[0]);

/** The size of one image. */
export const sizeAt = (sizes: ImageSizes, n: number): ImageSize => (areListed(sizes) ? sizes[n] : sizes);

/** Whether so many images have the same sizes. */
export const areEqual = (samples: number, a: ImageSizes, b: ImageSizes): boolean =>
  Array.from({ length: samples }, (_, n) => [sizeAt(a, n), sizeAt(b, n)]).every(
    ([x, y]) => x[0] === y[0] && x[1] === y[1],
  );

/** `2 images of 20 x 24 pixels`, for messages. */
export const wordsOf = (samples: number, sizes: ImageSizes): string =>
  `${samples} images of ${(areListed(sizes) ? sizes : [sizes]).map((size) => size.join(" x ")).join(", ")} pixels`;

/** Sizes before and behind, as kernels get them. */
export interface KernelSizes {
  /** `[N, 4]`, width and height before and behind, where images differ; else null. */
  readonly each: Tensor | null;
  /** Width and height before and behind, that all images have. */
  readonly all: readonly number[];
}

/** What kernels get of sizes. Its tensor belongs to the scope that is open. */
export function kernelSizes(gpu: Gpu, samples: number, before: ImageSizes, after: ImageSizes): KernelSizes {
  const sides = (n: number): number[] => {
    const [[h, w], [h2, w2]] = [sizeAt(before, n), sizeAt(after, n)];
    return [w, h, w2, h2];
  };
  if (!areListed(before) && !areListed(after)) return { each: null, all: sides(0).map(floatBits) };
  return {
    each: tensor(
      gpu,
      Array.from({ length: samples }, (_, n) => sides(n)),
    ),
    all: [0, 0, 0, 0],
  };
}
