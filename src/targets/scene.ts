import { greaterEqual, mul } from "../autograd/index.ts";
import type { ApplyOptions } from "../compiler/index.ts";
import { outputSize } from "../compiler/outcome.ts";
import { ArgumentError, type Gpu } from "../gpu/index.ts";
import { type DType, ones, type Shape, type Tensor } from "../tensor/index.ts";
import type { Transform } from "../transforms/index.ts";
import { type Raster, rasterChain } from "./chain.ts";
import { mixLabels } from "./labels.ts";
import { type Motion, motionOf } from "./motion.ts";
import { type ImageSize, type KernelSizes, kernelSizes } from "./sizes.ts";

/** What moves the targets of a call: everything that a target's rule may ask. */
export interface Scene {
  readonly gpu: Gpu;
  /** How many images there are. */
  readonly samples: number;
  /** Size of the images before, [height, width]. */
  readonly before: readonly [number, number];
  /** Size of the images behind. */
  readonly after: readonly [number, number];
  /** Both, as kernels get them. */
  readonly sizes: () => KernelSizes;
  /** Whether samples see each other. */
  readonly mixes: boolean;
  /** Checks that places have one way to go: a mix shows those of partners, too. @throws ArgumentError that names `at` */
  readonly checkPlaces: (at: string) => void;
  /** Where places go. */
  readonly motion: () => Motion;
  /** What becomes of images. */
  readonly image: (x: Tensor<DType>) => Tensor<DType>;
  /** What becomes of a raster of labels. */
  readonly raster: (x: Tensor<DType>, how: Raster) => Tensor<DType>;
  /** What becomes of labels of whole images: shares, or what nothing changes. */
  readonly blended: (labels: Tensor) => Tensor;
}

/** Applies a chain, whose gates may be tensors. */
export type Run = (x: Tensor<DType>, transforms: readonly Transform[], options: ApplyOptions) => Tensor<DType>;

/**
 * What a chain makes of the targets of a batch.
 * @param shape `[N, C, H, W]` of the images
 * @param options of `apply`, for the images
 */
export function sceneOf(
  gpu: Gpu,
  transforms: readonly Transform[],
  shape: Shape,
  run: Run,
  options: ApplyOptions,
): Scene {
  const [samples, , height, width] = shape;
  const after = transforms.reduce<Shape>((size, transform) => outputSize(transform, size), shape).slice(2) as [
    number,
    number,
  ];
  const mixes = transforms.some(({ declaration }) => declaration.mix !== undefined);
  const mixing = transforms.find(({ declaration }) => declaration.mix && partnersOf(declaration).length > 0);
  let motion: Motion | undefined;
  let sizes: KernelSizes | undefined;
  const before: ImageSize = [height, width];
  const { dtype: _, into: __, ...settings } = options;
  return {
    gpu,
    samples,
    before,
    after,
    sizes: () => (sizes ??= kernelSizes(gpu, samples, before, after)),
    mixes,
    checkPlaces: (at) => {
      if (!mixing) return;
      const given = `places in a pipeline with ${mixing.declaration.name}, which shows those of other samples, too`;
      throw new ArgumentError(at, given, "images, masks, heat maps and labels, or a pipeline without such a mix");
    },
    motion: () => (motion ??= motionOf(gpu, transforms, shape)),
    image: (x) => run(x, transforms, options),
    raster: (x, how) => {
      const stored = x.dtype === "rgba8" ? "f32" : x.dtype;
      return rasterChain(transforms, how).reduce<Tensor<DType>>((result, stretch) => {
        if ("through" in stretch) return run(result, stretch.through, { ...settings, dtype: stored });
        if ("moved" in stretch) return resized(result, stretch.moved, how);
        return covered(result as Tensor, stretch.covered, run);
      }, x);
    },
    blended: (labels) => (mixes ? mixLabels(labels, transforms, shape) : labels),
  };
}

const partnersOf = ({ params }: Transform["declaration"]) =>
  Object.values(params).filter(({ role }) => role === "partner");

/** 0 where a transform covers at least half of a pixel. */
function covered(x: Tensor, transform: Transform, run: Run): Tensor {
  const [n, , h, w] = x.shape;
  const left = run(ones(x.gpu, [n, 1, h, w]), [transform], {}) as Tensor;
  return mul(x, greaterEqual(left.detach(), 0.5));
}

/** A raster that goes where a transform's motion takes it; the same raster where that is nowhere. */
function resized(x: Tensor<DType>, transform: Transform, { nearest }: Raster): Tensor<DType> {
  const motion = motionOf(x.gpu, transform, x.shape);
  const interpolation = nearest ? "nearest" : "bilinear";
  return motion.still ? x : motion.image(x as Tensor, { interpolation, padding: "border" });
}
