import { unbatched } from "../autograd/view.ts";
import { cast, type StoredType } from "../compiler/index.ts";
import type { Gpu } from "../gpu/index.ts";
import { type DType, Tensor } from "../tensor/index.ts";
import type { Journey } from "./journey.ts";
import type { Leg } from "./leg.ts";
import { eachInOrder, inOrder, type Places, samplesAt, stack } from "./list.ts";
import type { Motion, MotionForm } from "./motion.ts";
import { motionBySize } from "./motion-by-size.ts";
import type { Scene } from "./scene.ts";
import { areListed, type ImageSizes, type KernelSizes, kernelSizes } from "./sizes.ts";
import { type AnyTarget, enlistTarget, type Raster, type Rows } from "./target.ts";

// Images that differ in size: what is points goes through one motion of all, rasters go size by size.

/** The images of one size, and what moves their targets. */
export interface SceneOfSize extends Places {
  readonly scene: Scene;
}

/** The scenes of images that differ in size. */
export interface BySize {
  /** Up to where all images have one size. */
  readonly first: readonly SceneOfSize[];
  /** What follows for all of them, where something does that sees other samples. */
  readonly behind: Scene | null;
}

/**
 * The scene of images that differ in size, before or behind.
 * @param image what becomes of images
 */
export function sceneBySize(
  gpu: Gpu,
  bySize: BySize,
  sizes: { before: ImageSizes; after: ImageSizes },
  image: Scene["image"],
): Scene {
  const { first, behind } = bySize;
  const { mixes, checkPlaces, checkMasks, blended } = behind ?? first[0].scene;
  const scenes = [...first.map(({ scene }) => scene), ...(behind ? [behind] : [])];
  const between = behind?.before ?? sizes.after;
  let journey: Journey | undefined;
  return {
    ...legBySize(gpu, first, { before: sizes.before, after: between }, behind),
    mixes,
    checkPlaces,
    checkMasks,
    checkWhole: (at) => {
      for (const scene of scenes) scene.checkWhole(at);
    },
    journey: () => {
      const later = behind?.journey();
      if (!later) return null;
      const [start, ...rest] = later;
      journey ??= [legBySize(gpu, first, { before: sizes.before, after: between }, start as Leg), ...rest];
      return journey;
    },
    image,
    blended,
    bySize,
  };
}

/** What happens to places of images that differ in size, up to where they have one, and on a leg behind that. */
function legBySize(
  gpu: Gpu,
  first: readonly SceneOfSize[],
  sizes: { before: ImageSizes; after: ImageSizes },
  behind: Leg | null,
): Leg {
  const samples = first.reduce((n, { places }) => n + places.length, 0);
  const after = behind?.after ?? sizes.after;
  let motion: Motion<MotionForm, MotionForm> | undefined;
  let words: KernelSizes | undefined;
  const moves = () => {
    const of = first.map(({ places, scene }) => ({ places, motion: scene.motion() as Motion }));
    const own = motionBySize(gpu, samples, of, sizes);
    const next = behind?.motion();
    return next && !next.still ? own.followedBy(next) : own;
  };
  return {
    gpu,
    samples,
    before: sizes.before,
    after,
    sizes: () => (words ??= kernelSizes(gpu, samples, sizes.before, after)),
    motion: () => (motion ??= moves()),
    raster: () => {
      throw new Error("Rasters of images that differ in size go size by size.");
    },
  };
}

/** What becomes of a raster, by what becomes of a batch of one size; of a list too, as one batch where images have one size behind. */
export function sizeBySize(
  data: Raster,
  scene: Scene,
  move: (x: Tensor<DType>, scene: Scene) => Tensor<DType>,
): Raster {
  const { bySize, after } = scene;
  if (!bySize) return data instanceof Tensor ? move(data, scene) : stored(move(stack(data), scene), data);
  const { first, behind } = bySize;
  // Where there is one size before, there is one behind for each of these.
  const groups = first.map(({ places, scene: own }) => {
    const x = data instanceof Tensor ? samplesAt(whole(data), places) : stack(places.map((i) => data[i]));
    return move(x, own) as Tensor;
  });
  const like = data instanceof Tensor ? [data] : data;
  if (areListed(after)) return eachInOrder(groups, first).map((each) => unbatched(stored(each, like)));
  const all = inOrder(groups, first);
  return stored(behind ? move(all, behind) : all, like);
}

const whole = (x: Tensor<DType>): Tensor => (x.dtype === "f32" ? (x as Tensor) : cast(x, "f32"));

/** In the storage type that a list has. */
const stored = (x: Tensor<DType>, [{ dtype }]: readonly Tensor<DType>[]): Tensor<DType> =>
  x.dtype === dtype || dtype === "rgba8" ? x : cast(x, dtype as StoredType);

/** Rows of some images. */
export const rowsAt = (rows: Rows, places: readonly number[]): Rows =>
  rows instanceof Tensor ? samplesAt(rows, places) : places.map((i) => rows[i]);

/** What a target of rows may have for each image. */
interface OfRows {
  readonly data: Rows;
  readonly kept?: Rows | null;
  readonly counts?: readonly number[];
  readonly angle?: Tensor;
  readonly scale?: Tensor;
}

/** Boxes, keypoints or anything else of some images. */
export function targetAt<T extends AnyTarget>(target: T, places: readonly number[]): T {
  const { data, counts, angle, scale } = target as AnyTarget as OfRows;
  return enlistTarget({
    ...(target as AnyTarget),
    data: rowsAt(data, places),
    ...(counts && { counts: places.map((i) => counts[i]) }),
    ...(angle && { angle: samplesAt(angle, places) }),
    ...(scale && { scale: samplesAt(scale, places) }),
  }) as AnyTarget as T;
}

/** Boxes, keypoints or anything else of all images, from those of each size. */
export function targetOfAll(parts: readonly AnyTarget[], groups: readonly Places[]): AnyTarget {
  const all = parts as readonly AnyTarget[] as readonly OfRows[];
  const [{ kept, angle, scale, counts }] = all;
  const rows = (of: (part: OfRows) => Rows) => together(all.map(of), groups);
  const values = (of: (part: OfRows) => Tensor) => inOrder(all.map(of), groups);
  return enlistTarget({
    ...parts[0],
    data: rows((part) => part.data),
    ...(kept && { kept: rows((part) => part.kept!) }),
    ...(angle && { angle: values((part) => part.angle!) }),
    ...(scale && { scale: values((part) => part.scale!) }),
    ...(counts && {
      counts: inPlaces(
        all.map((part) => part.counts!),
        groups,
      ),
    }),
  } as AnyTarget);
}

/** What some images have each, put together again. */
export function together(parts: readonly Rows[], groups: readonly Places[]): Rows {
  if (parts.every((part) => part instanceof Tensor)) return inOrder(parts, groups);
  return inPlaces(parts as readonly (readonly (Tensor | null)[])[], groups);
}

/** What the images of groups have each, in the order of the list. */
function inPlaces<T>(parts: readonly (readonly T[])[], groups: readonly Places[]): readonly T[] {
  const all: T[] = [];
  for (const [g, { places }] of groups.entries()) for (const [i, place] of places.entries()) all[place] = parts[g][i];
  return all;
}
