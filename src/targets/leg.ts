import { blend } from "../autograd/blend.ts";
import { greaterEqual } from "../autograd/index.ts";
import { type ApplyOptions, cast, type StoredType } from "../compiler/index.ts";
import type { Gpu } from "../gpu/index.ts";
import { type DType, type Shape, sameShape, type Tensor } from "../tensor/index.ts";
import type { Branches, Parts, Pieces, Transform } from "../transforms/index.ts";
import {
  chainIn,
  checkKept,
  inShares,
  rowsOfSteps,
  type SideBySide,
  type Step,
  shapeBehind,
  sharesBeside,
} from "./beside.ts";
import { type RasterMove, rasterChain } from "./chain.ts";
import { type Motion, type MotionForm, motionOf, motionThrough } from "./motion.ts";
import { throughBranches } from "./parted.ts";
import { type Region, regionOf } from "./region.ts";
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

/** Applies a pipeline's steps, whose gates may be tensors. */
export type Run = (x: Tensor<DType>, steps: readonly Step[], options: ApplyOptions) => Tensor<DType>;

/**
 * What steps do to places and rasters.
 * @param shape `[N, C, H, W]` of the images before
 * @param options of `apply`
 */
export function legOf(
  gpu: Gpu,
  steps: readonly Step[],
  shape: Shape,
  run: Run,
  { dtype: _, into: __, ...options }: ApplyOptions,
): Leg {
  const [samples, , height, width] = shape;
  const [, , outHeight, outWidth] = shapeBehind(steps, shape);
  const [before, after] = [[height, width] as const, [outHeight, outWidth] as const];
  let motion: Motion | undefined;
  let sizes: KernelSizes | undefined;
  return {
    gpu,
    samples,
    before,
    after,
    sizes: () => (sizes ??= kernelSizes(gpu, samples, before, after)),
    motion: () => (motion ??= motionThrough(gpu, steps, shape)),
    raster: (x, how) => rasterThrough(x, steps, how, (on, chain, dtype) => run(on, chain, { ...options, dtype })),
  };
}

/** Applies transforms to rasters, and stores the result as a type. */
type RasterRun = (x: Tensor<DType>, transforms: readonly Transform[], dtype: StoredType) => Tensor<DType>;

function rasterThrough(x: Tensor<DType>, steps: readonly Step[], how: RasterMove, run: RasterRun): Tensor<DType> {
  const stored = x.dtype === "rgba8" ? "f32" : x.dtype;
  return rowsOfSteps(steps).reduce<Tensor<DType>>((before, row) => {
    if ("shares" in row) return rasterBeside(before, row, how, run);
    if ("chains" in row) return rasterParted(before, row, how, run);
    const region = "within" in row ? regionOf(x.gpu, row.within, before.shape) : null;
    if (region) return rasterWithin(before, region, how, run);
    return rasterChain("within" in row ? [row.within] : row, how).reduce<Tensor<DType>>((result, stretch) => {
      if ("through" in stretch) return run(result, stretch.through, stored);
      if ("moved" in stretch) return resized(result, stretch.moved, how);
      return inPieces(result, stretch.apart, stretch.parts, how, run);
    }, before);
  }, x);
}

/** A raster that shows in a region what links make of it; in whole pixels, or in shares. */
function rasterWithin(x: Tensor<DType>, { chain, share }: Region, how: RasterMove, run: RasterRun): Tensor<DType> {
  const made = rasterThrough(x, chain, how, run);
  if (made === x) return x;
  checkKept(x.shape, made.shape);
  const by = share();
  return alike(x, blend(how.nearest ? greaterEqual(by.detach(), 0.5) : by, plain(made), plain(x)));
}

/** A raster that is taken apart, and put together of what became of its pieces. */
function inPieces(x: Tensor<DType>, pieces: Pieces, parts: Parts, how: RasterMove, run: RasterRun): Tensor<DType> {
  const [, , h, w] = x.shape;
  const apart = pieces.apart(plain(x), how.fill);
  const moved = rasterThrough(apart, chainIn(parts, apart.shape), how, run) as Tensor;
  return alike(x, pieces.together(moved, [h, w]));
}

const plain = (x: Tensor<DType>): Tensor => (x.dtype === "f32" ? (x as Tensor<DType> as Tensor) : cast(x, "f32"));

/** In the storage type of a raster. */
const alike = (like: Tensor<DType>, x: Tensor): Tensor<DType> =>
  like.dtype === "f32" || like.dtype === "rgba8" ? x : cast(x, like.dtype);

/** The raster of each sample behind the chain that it runs. */
const rasterParted = (x: Tensor<DType>, branches: Branches, how: RasterMove, run: RasterRun): Tensor<DType> =>
  alike(
    x,
    throughBranches(plain(x), branches, (own, chain) => rasterThrough(own, chain, how, run) as Tensor),
  );

/** The rasters of branches in their shares; the raster itself where none of them changes it. */
function rasterBeside(x: Tensor<DType>, beside: SideBySide, how: RasterMove, run: RasterRun): Tensor<DType> {
  const parts = beside.branches.map((branch) => rasterThrough(x, branch, how, run));
  if (parts.every((part) => part === x)) return x;
  return alike(x, inShares(sharesBeside(beside, 4), parts.map(plain), beside.mask, plain(x)));
}

/** Whether images that are taken apart are put together as they were, for rasters of labels. */
function leavesPieces(gpu: Gpu, pieces: Pieces, parts: Parts, how: RasterMove, [n, c, h, w]: Shape): boolean {
  const [rows, columns] = pieces.grid;
  const { size } = pieces.before([h, w]);
  const { image } = pieces.behind(size, [h, w]);
  const inside = [n * rows * columns, c, ...size];
  return sameShape(image, [h, w]) && leavesRasters(gpu, chainIn(parts, inside), inside, how);
}

/** Whether steps leave every raster of labels as it is. */
export const leavesRasters = (gpu: Gpu, steps: readonly Step[], shape: Shape, how: RasterMove): boolean =>
  rowsOfSteps(steps).every((row) => {
    const leaves = (branch: readonly Step[]): boolean => leavesRasters(gpu, branch, shape, how);
    if ("shares" in row) return row.branches.every(leaves);
    if ("chains" in row) return row.chains.every(({ chain }) => leaves(chain));
    const region = "within" in row ? regionOf(gpu, row.within, shape) : null;
    if (region) return leaves(region.chain);
    const stretches = rasterChain("within" in row ? [row.within] : row, how);
    return stretches.every((stretch) => {
      if ("moved" in stretch) return motionOf(gpu, stretch.moved, shape).still;
      return "apart" in stretch && leavesPieces(gpu, stretch.apart, stretch.parts, how, shape);
    });
  });

/** A raster that goes where a transform's motion takes it; the same raster where that is nowhere. */
function resized(x: Tensor<DType>, transform: Transform, { nearest }: RasterMove): Tensor<DType> {
  const motion = motionOf(x.gpu, transform, x.shape);
  const interpolation = nearest ? "nearest" : "bilinear";
  return motion.still ? x : motion.image(x as Tensor, { interpolation, padding: "border" });
}
