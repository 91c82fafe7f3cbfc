import type { ApplyOptions } from "../compiler/index.ts";
import { ArgumentError, isPlainObject } from "../gpu/index.ts";
import { moveTargets, readTargets } from "../targets/move.ts";
import { sceneOf } from "../targets/scene.ts";
import type { Shape } from "../tensor/index.ts";
import { type ReadImages, readImages } from "./images.ts";
import { run } from "./run.ts";
import { onlyTransforms, type Step } from "./steps.ts";
import { readVolumes } from "./volume-targets.ts";

/** What a pipeline was called with, and what applies transforms to it that were made for so many samples. */
export interface Input extends Omit<ReadImages, "run"> {
  run(steps: readonly Step[], options: ApplyOptions): unknown;
}

/**
 * Reads what a pipeline was called with: images in any of their forms, or an object of targets.
 * @param shape `[N, C, H, W]` of the images, for an object that has none
 */
export function readInput(x: unknown, shape: Shape | undefined): Input {
  if (!isPlainObject(x)) {
    if (shape !== undefined) throw new ArgumentError("shape", "a shape beside images", "none: images have their own");
    return readImages(x);
  }
  const volumes = readVolumes(x);
  if (volumes) return volumes;
  const batch = readTargets(x, shape);
  const { gpu } = batch;
  const [n, channels] = batch.shape;
  return {
    gpu,
    n,
    channels,
    run: (steps, options) => {
      if (options.into)
        throw new ArgumentError("into", "a tensor, for an object", "none: an object has several results");
      const transforms = onlyTransforms(steps, "pipeline of an object");
      return moveTargets(batch, sceneOf(gpu, transforms, batch.shape, run, options));
    },
  };
}
