import { ArgumentError, type Gpu, isPlainObject, ShapeError } from "../gpu/index.ts";
import { checkImage, checkShape, type DType, type Shape, show, Tensor } from "../tensor/index.ts";
import { checkTarget, moveTarget } from "./rules.ts";
import type { Scene } from "./scene.ts";
import { type Single, single } from "./single.ts";
import type { AnyTarget, Heatmap, ImageTarget, Mask, Vectors } from "./target.ts";
import { type Leaf, leavesOf, type Part, readParts, rebuilt } from "./walk.ts";

/** An object of targets that was read, and the batch that it belongs to. */
export interface Batch {
  readonly part: Part;
  readonly gpu: Gpu;
  /** `[N, C, H, W]` of the images; N is 1 for one image. */
  readonly shape: Shape;
  /** Whether it is one image `[C, H, W]`, and what belongs to it. */
  readonly alone: boolean;
}

/**
 * Reads an object of targets.
 * @param images shape of the images, for an object that has none
 * @throws ArgumentError, ShapeError that name the part
 */
export function readTargets(value: object, images?: Shape): Batch {
  const part = readParts(value);
  const leaves = leavesOf(part);
  const gpu = gpuOfLeaves(leaves, "images");
  const alone = leaves.some(({ leaf }) => leaf.target === "image" && leaf.data.shape.length === 3);
  return { part, gpu, shape: shapeOf(leaves, images), alone };
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

/** What becomes of the targets of a batch, in an object of the same shape. Nothing else stays allocated. */
export function moveTargets({ part, gpu, alone }: Batch, scene: Scene): unknown {
  const leaves = leavesOf(part);
  return keepingTargets(gpu, leaves, () => {
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
  const scope = gpu.scope();
  let made: readonly Tensor<DType>[];
  let result: T;
  try {
    result = make();
    made = tensorsIn(result).filter((tensor) => !given.has(tensor));
    for (const tensor of made) scope.keep(tensor);
  } finally {
    scope.dispose();
  }
  for (const tensor of made) gpu.track(tensor);
  return result;
}

const IN_A_BATCH: Single = { batched: (target) => target, alone: (moved) => moved };

/** Every tensor of a target. */
function tensorsIn(value: unknown): readonly Tensor<DType>[] {
  if (value instanceof Tensor) return [value as Tensor<DType>];
  if (Array.isArray(value)) return value.flatMap(tensorsIn);
  return isPlainObject(value) ? Object.values(value).flatMap(tensorsIn) : [];
}

type Raster = ImageTarget | Mask | Heatmap | Vectors;
const RASTERS: readonly string[] = ["image", "mask", "heatmap", "vectors"];
const isRaster = (target: AnyTarget): target is Raster => RASTERS.includes(target.target);

/** `[N, C, H, W]` of the images, or of what else says how large they are. */
function shapeOf(leaves: readonly Leaf[], given: Shape | undefined): Shape {
  if (given !== undefined) {
    checkShape(given);
    checkImage(given, "shape");
  }
  const image = leaves.find(({ leaf }) => leaf.target === "image");
  const known = image ?? leaves.find(({ leaf }) => isRaster(leaf));
  if (!known || !isRaster(known.leaf)) {
    if (given) return given;
    throw new ArgumentError("shape", "nothing", "the shape of the images [N, C, H, W], for an object without images");
  }
  const { shape } = known.leaf.data;
  if (image && shape.length !== 3) checkImage(shape, known.at);
  const own = image ? (shape.length === 3 ? [1, ...shape] : shape) : [shape[0], given?.[1] ?? 1, ...shape.slice(-2)];
  if (given && [0, 2, 3].some((i) => given[i] !== own[i]))
    throw new ShapeError(known.at, show(shape), `images of the shape ${show(given)}, which was given`);
  return own;
}
