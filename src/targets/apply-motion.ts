import { cast, type StoredType } from "../compiler/index.ts";
import { ArgumentError, describe, isPlainObject } from "../gpu/index.ts";
import type { Tensor } from "../tensor/index.ts";
import { gpuOf, type Motion } from "./motion.ts";
import { moveTargets, readTargets } from "./move.ts";
import type { Moved } from "./moved.ts";
import type { Scene } from "./scene.ts";
import { kernelSizes } from "./sizes.ts";

/**
 * Moves everything that an object holds by a motion, and does nothing else to it: `applyMotion({ mask, boxes, keypoints },
 * motion.inverse())` brings what a model said of an augmented image back into the frame of the image (test-time augmentation). Images are interpolated once, masks show
 * the nearest pixel, beyond the image is 0, or the `fill` of a mask; labels stay.
 * @param targets as for a pipeline: what a value is, its name says, or `asBoxes` and its like
 * @returns an object of the same shape
 * @throws ArgumentError, ShapeError that name the part
 */
export function applyMotion<T extends object>(targets: T, motion: Motion): Moved<T> {
  const gpu = gpuOf(motion, "motion of applyMotion()");
  if (!isPlainObject(targets)) {
    const allowed = "an object such as { image, mask, boxes, keypoints }";
    throw new ArgumentError("targets of applyMotion()", describe(targets), allowed);
  }
  const { samples, before, after } = motion;
  const batch = readTargets(targets, [samples, 1, ...before]);
  if (batch.gpu !== gpu)
    throw new ArgumentError("targets of applyMotion()", "tensors of another device", "those of the motion's device");
  const scene: Scene = {
    gpu,
    samples,
    before,
    after,
    sizes: () => kernelSizes(gpu, samples, before, after),
    mixes: false,
    checkPlaces: () => {},
    journey: () => null,
    motion: () => motion,
    image: (x) => motion.image(x as Tensor),
    raster: (x, { nearest, fill }) => {
      const interpolation = nearest ? "nearest" : "bilinear";
      const moved = motion.image(x as Tensor, { interpolation, ...(fill !== 0 && { padding: "fill", fill }) });
      return x.dtype === "f32" ? moved : cast(moved, x.dtype as StoredType);
    },
    blended: (labels) => labels,
  };
  return moveTargets(batch, scene) as Moved<T>;
}
