import { ArgumentError, type Gpu, isPlainObject, ShapeError } from "../gpu/index.ts";
import { checkImage, checkShape, type DType, keepingIn, type Shape, Tensor } from "../tensor/index.ts";
import { readList, sizeOf } from "./list.ts";
import { checkTarget, moveTarget } from "./rules.ts";
import type { Scene } from "./scene.ts";
import { type Single, single } from "./single.ts";
import { areEqual, type ImageSizes, wordsOf } from "./sizes.ts";
import type { AnyTarget, Heatmap, ImageTarget, Mask, Raster, Vectors } from "./target.ts";
import { type Leaf, leavesOf, type Part, rebuilt } from "./walk.ts";

/** The images that targets belong to. */
export interface ImagesRead {
  /** How many images there are; 1 for one image. */
  readonly samples: number;
  readonly channels: number;
  /** The size of all, or for a list that of each. */
  readonly sizes: ImageSizes;
  /** What the list is called, for messages. */
  readonly listed?: string;
}

/** An object of targets that was read, and the batch that it belongs to. */
export interface Batch extends ImagesRead {
  readonly part: Part;
  readonly gpu: Gpu;
  /** Whether it is one image `[C, H, W]`, and what belongs to it. */
  readonly alone: boolean;
}

/**
 * The batch of an object of targets that was read.
 * @param images what is known of the images, for an object that has none
 * @throws ArgumentError, ShapeError that name the part
 */
export function batchOf(part: Part, images?: ImagesRead): Batch {
  const leaves = leavesOf(part);
  const gpu = gpuOfLeaves(leaves, "images");
  const alone = leaves.some(
    ({ leaf }) => leaf.target === "image" && leaf.data instanceof Tensor && leaf.data.shape.length === 3,
  );
  return { part, gpu, ...imagesOf(leaves, images), alone };
}

/** The device of targets. @param wholes what they belong to, for messages */
export function gpuOfLeaves(leaves: readonly Leaf[], wholes: string): Gpu {
  const tensors = leaves.flatMap(({ leaf, at }) =>
    leaf.target === "asIs" ? [] : tensorsIn(leaf).map((tensor) => ({ tensor, at })),
  );
  const [first] = tensors;
  if (!first)
    throw new ArgumentError("x", "an object without a tensor", `one with ${wholes}, masks, boxes or keypoints`);
  const { gpu } = first.tensor;
  gpu.assertAlive();
  for (const { tensor, at } of tensors) {
    void tensor.storage;
    if (tensor.gpu !== gpu) throw new ArgumentError(at, "a tensor of another device", "tensors of one device");
  }
  return gpu;
}

/** What is known of images by their shape `[N, C, H, W]`. @throws ArgumentError, ShapeError */
export function imagesOfShape(shape: Shape): ImagesRead {
  checkShape(shape);
  checkImage(shape, "shape");
  const [samples, channels, ...size] = shape;
  return { samples, channels, sizes: size as [number, number] };
}

/**
 * What becomes of the targets of a batch, in an object of the same shape. Nothing else stays allocated.
 * @param sceneOf makes the scene; what it is made of is freed, too
 */
export function moveTargets({ part, gpu, alone }: Batch, sceneOf: () => Scene): unknown {
  const leaves = leavesOf(part);
  return keepingTargets(gpu, leaves, () => {
    const scene = sceneOf();
    const { batched, alone: taken } = alone ? single() : IN_A_BATCH;
    const targets = new Map(leaves.map((each) => [each, batched(each.leaf, each.at)]));
    for (const [{ at }, target] of targets) checkTarget(target, scene, at);
    return rebuilt(part, (each) => {
      if (each.leaf.target === "asIs") return each.leaf.data;
      const moved = taken(moveTarget(targets.get(each)!, scene, each.bare));
      return each.bare ? moved.data : moved;
    });
  });
}

/** What a function makes of targets, in the scope that is open; all else that it makes on the way is freed. */
export function keepingTargets<T>(gpu: Gpu, leaves: readonly Leaf[], make: () => T): T {
  const given = new Set(leaves.flatMap(({ leaf }) => tensorsIn(leaf)));
  return keepingIn(gpu, make, (made) => tensorsIn(made).filter((tensor) => !given.has(tensor)));
}

const IN_A_BATCH: Single = { batched: (target) => target, alone: (moved) => moved };

/** Every tensor of a target. */
function tensorsIn(value: unknown): readonly Tensor<DType>[] {
  if (value instanceof Tensor) return [value as Tensor<DType>];
  if (Array.isArray(value)) return value.flatMap(tensorsIn);
  return isPlainObject(value) ? Object.values(value).flatMap(tensorsIn) : [];
}

type RasterTarget = ImageTarget<DType, Raster> | Mask<DType, Raster> | Heatmap<DType, Raster> | Vectors<Raster<"f32">>;
const RASTERS: readonly string[] = ["image", "mask", "heatmap", "vectors"];
const isRaster = (target: AnyTarget): target is RasterTarget => RASTERS.includes(target.target);

/** What is known of the images, from themselves or from what else says how large they are. */
function imagesOf(leaves: readonly Leaf[], given: ImagesRead | undefined): ImagesRead {
  const image = leaves.find(({ leaf }) => leaf.target === "image");
  const known = image ?? leaves.find(({ leaf }) => isRaster(leaf));
  if (!known || !isRaster(known.leaf)) {
    if (given) return given;
    throw new ArgumentError("shape", "nothing", "the shape of the images [N, C, H, W], for an object without images");
  }
  const { data, target } = known.leaf;
  const own =
    data instanceof Tensor
      ? imagesIn(data.shape, known.at, target === "image", given?.channels)
      : listedImages(data, known.at, target === "image", given?.channels);
  if (given) checkGiven(own, given, known.at);
  return own;
}

function imagesIn(shape: Shape, at: string, areImages: boolean, channels = 1): ImagesRead {
  if (areImages && shape.length !== 3) checkImage(shape, at);
  const alone = areImages && shape.length === 3;
  return {
    samples: alone ? 1 : shape[0],
    channels: areImages ? shape[shape.length - 3] : channels,
    sizes: sizeOf(shape),
  };
}

/** What is known of the images of a list. One size that all have is as that of a batch. */
function listedImages(data: readonly Tensor<DType>[], at: string, areImages: boolean, channels = 1): ImagesRead {
  const read = areImages ? readList(data, at) : undefined;
  const sizes = data.map(({ shape }) => sizeOf(shape));
  const isOne = sizes.every((size) => size.join() === sizes[0].join());
  return { samples: data.length, channels: read?.channels ?? channels, sizes: isOne ? sizes[0] : sizes, listed: at };
}

function checkGiven(own: ImagesRead, given: ImagesRead, at: string): void {
  if (own.samples === given.samples && areEqual(own.samples, own.sizes, given.sizes)) return;
  const words = ({ samples, sizes }: ImagesRead) => wordsOf(samples, sizes);
  throw new ShapeError(at, words(own), `${words(given)}, as was given`);
}
