import { greaterEqual, mul } from "../autograd/index.ts";
import type { ApplyOptions } from "../compiler/index.ts";
import { outputSize } from "../compiler/outcome.ts";
import type { Gpu } from "../gpu/index.ts";
import { type DType, ones, type Shape, type Tensor } from "../tensor/index.ts";
import type { Transform } from "../transforms/index.ts";
import { type RasterMove, rasterChain } from "./chain.ts";
import { type Motion, type MotionForm, motionOf } from "./motion.ts";
import { type ImageSizes, type KernelSizes, kernelSizes } from "./sizes.ts";

/** A chain, or a part of one: what it does to places and rasters. */
export interface Leg {
  readonly gpu: Gpu;
  /** How many images there are. */
  readonly samples: number;
  /** Size of the images before, [height, width], or of each. */
  readonly before: ImageSizes;
  /** Size of the images behind, or of each. */
  readonly after: ImageSizes;
  /** Both, as kernels get them. */
  readonly sizes: () => KernelSizes;
  /** Where places of the own sample go. */
  readonly motion: () => Motion<MotionForm, MotionForm>;
  /** What becomes of a raster of labels, where images have one size. */
  readonly raster: (x: Tensor<DType>, how: RasterMove) => Tensor<DType>;
}

/** Applies a chain, whose gates may be tensors. */
export type Run = (x: Tensor<DType>, transforms: readonly Transform[], options: ApplyOptions) => Tensor<DType>;

/**
 * What transforms do to places and rasters.
 * @param shape `[N, C, H, W]` of the images before
 * @param options of `apply`
 */
export function legOf(
  gpu: Gpu,
  transforms: readonly Transform[],
  shape: Shape,
  run: Run,
  { dtype: _, into: __, ...options }: ApplyOptions,
): Leg {
  const [samples, , height, width] = shape;
  const [, , outHeight, outWidth] = transforms.reduce<Shape>((size, transform) => outputSize(transform, size), shape);
  const [before, after] = [[height, width] as const, [outHeight, outWidth] as const];
  let motion: Motion | undefined;
  let sizes: KernelSizes | undefined;
  return {
    gpu,
    samples,
    before,
    after,
    sizes: () => (sizes ??= kernelSizes(gpu, samples, before, after)),
    motion: () => (motion ??= motionOf(gpu, transforms, shape)),
    raster: (x, how) => {
      const stored = x.dtype === "rgba8" ? "f32" : x.dtype;
      return rasterChain(transforms, how).reduce<Tensor<DType>>((result, stretch) => {
        if ("through" in stretch) return run(result, stretch.through, { ...options, dtype: stored });
        if ("moved" in stretch) return resized(result, stretch.moved, how);
        return covered(result as Tensor, stretch.covered, run);
      }, x);
    },
  };
}

/** 0 where a transform covers at least half of a pixel. */
function covered(x: Tensor, transform: Transform, run: Run): Tensor {
  const [n, , h, w] = x.shape;
  const left = run(ones(x.gpu, [n, 1, h, w]), [transform], {}) as Tensor;
  return mul(x, greaterEqual(left.detach(), 0.5));
}

/** A raster that goes where a transform's motion takes it; the same raster where that is nowhere. */
function resized(x: Tensor<DType>, transform: Transform, { nearest }: RasterMove): Tensor<DType> {
  const motion = motionOf(x.gpu, transform, x.shape);
  const interpolation = nearest ? "nearest" : "bilinear";
  return motion.still ? x : motion.image(x as Tensor, { interpolation, padding: "border" });
}
