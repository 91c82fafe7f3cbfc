import { cast, type StoredType } from "../compiler/index.ts";
import { ArgumentError, describe, type Gpu, isPlainObject } from "../gpu/index.ts";
import type { Tensor } from "../tensor/index.ts";
import { takesApart } from "./apart-moves.ts";
import { sceneBySize } from "./by-size.ts";
import { gpuOf, type Motion, type MotionForm, type MotionImageOptions } from "./motion.ts";
import { partsBySize } from "./motion-by-size.ts";
import { batchOf, moveTargets } from "./move.ts";
import type { Moved } from "./moved.ts";
import { refuseApart, type Scene } from "./scene.ts";
import { kernelSizes } from "./sizes.ts";
import { readParts } from "./walk.ts";

/**
 * Moves everything that an object holds by a motion, and does nothing else to it: `applyMotion({ mask, boxes, keypoints },
 * motion.inverse())` brings what a model said of an augmented image back into the frame of the image (test-time augmentation). Images are interpolated once, masks show
 * the nearest pixel, beyond the image is 0, or the `fill` of a mask; labels stay.
 * @param targets as for a pipeline: what a value is, its name says, or `asBoxes` and its like
 * @returns an object of the same shape
 * @throws ArgumentError, ShapeError that name the part
 */
export function applyMotion<T extends object, A extends MotionForm = "batch">(
  targets: T,
  motion: Motion<MotionForm, A>,
): Moved<T, undefined, A> {
  const gpu = gpuOf(motion, "motion of applyMotion()");
  if (!isPlainObject(targets)) {
    const allowed = "an object such as { image, mask, boxes, keypoints }";
    throw new ArgumentError("targets of applyMotion()", describe(targets), allowed);
  }
  const { samples, before: sizes } = motion;
  const batch = batchOf(readParts(targets), { samples, channels: 1, sizes });
  if (batch.gpu !== gpu)
    throw new ArgumentError("targets of applyMotion()", "tensors of another device", "those of the motion's device");
  return moveTargets(batch, () => sceneOf(gpu, motion)) as Moved<T, undefined, A>;
}

/** The scene in which nothing but a motion happens. */
function sceneOf(gpu: Gpu, motion: Motion<MotionForm, MotionForm>): Scene {
  const { samples, before, after } = motion;
  const groups = partsBySize(motion)?.groups;
  const image: Scene["image"] = (x) => motion.image(x as Tensor);
  if (groups) {
    const first = groups.map(({ places, motion: own }) => ({ places, scene: sceneOf(gpu, own) }));
    return { ...sceneBySize(gpu, { first, behind: null }, { before, after }, image), motion: () => motion };
  }
  return {
    gpu,
    samples,
    before,
    after,
    sizes: () => kernelSizes(gpu, samples, before, after),
    mixes: false,
    checkPlaces: () => {},
    checkMasks: () => {},
    checkWhole: (at) => {
      if (takesApart(motion)) refuseApart(at);
    },
    journey: () => null,
    motion: () => motion,
    image,
    raster: (x, { nearest, fill }) => {
      const interpolation = nearest ? "nearest" : "bilinear";
      const options: MotionImageOptions = { interpolation, ...(fill !== 0 && { padding: "fill", fill }) };
      const moved = (motion as Motion).image(x as Tensor, options);
      return x.dtype === "f32" ? moved : cast(moved, x.dtype as StoredType);
    },
    blended: (labels) => labels,
  };
}
