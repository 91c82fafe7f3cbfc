import type { ApplyOptions } from "../compiler/index.ts";
import { ArgumentError, isPlainObject } from "../gpu/index.ts";
import { sceneBySize } from "../targets/by-size.ts";
import { groupsOf, readList } from "../targets/list.ts";
import { type Batch, batchOf, imagesOfShape, moveTargets } from "../targets/move.ts";
import { type Scene, sceneOf } from "../targets/scene.ts";
import { areListed, type ImageSize } from "../targets/sizes.ts";
import { type Part, readParts } from "../targets/walk.ts";
import type { Shape, Tensor } from "../tensor/index.ts";
import { type ReadImages, readImages } from "./images.ts";
import { transformAt } from "./rows.ts";
import { run } from "./run.ts";
import { checkWithin, onlyTransforms, type Step } from "./steps.ts";
import { frontOfMix, runList } from "./unequal.ts";
import { volumesOf } from "./volume-targets.ts";

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
  const part = readParts(x);
  const read = volumesOf(part) ?? imagesOf(part, shape);
  return {
    ...read,
    run: (steps, options) => {
      if (options.into)
        throw new ArgumentError("into", "a tensor, for an object", "none: an object has several results");
      return read.run(steps, options);
    },
  };
}

/** An object of what belongs to images. */
function imagesOf(part: Part, shape: Shape | undefined): Input {
  const batch = batchOf(part, shape && imagesOfShape(shape));
  const { gpu, samples: n, channels, sizes } = batch;
  const shapes = areListed(sizes) ? groupsOf(sizes, channels).map(({ shape }) => shape) : [[n, channels, ...sizes]];
  return {
    gpu,
    n,
    channels,
    shapes,
    run: (steps, options) => {
      checkWithin(steps, "pipeline of an object");
      return moveTargets(batch, () => sceneOfBatch(batch, steps, options));
    },
  };
}

function sceneOfBatch(
  { gpu, samples, channels, sizes, listed = "x" }: Batch,
  steps: readonly Step[],
  options: ApplyOptions,
): Scene {
  if (!areListed(sizes)) return sceneOf(gpu, steps, [samples, channels, ...sizes], run, options);
  const transforms = onlyTransforms(steps, "pipeline of images of unequal size");
  const groups = groupsOf(sizes, channels);
  const front = frontOfMix({ groups, argument: listed }, transforms);
  const first = groups.map(({ places, shape }) => {
    const own = transforms.slice(0, front).map((each) => transformAt(each, samples, places));
    return { places, scene: sceneOf(gpu, own, shape, run, options) };
  });
  const { after } = first[0].scene;
  const rest = transforms.slice(front);
  const behind =
    rest.length > 0 ? sceneOf(gpu, rest, [samples, channels, ...(after as ImageSize)], run, options) : null;
  const image: Scene["image"] = (x) => runList(readList(x as readonly Tensor[], listed), transforms, options);
  return sceneBySize(gpu, { first, behind }, { before: sizes, after: (behind ?? first[0].scene).after }, image);
}
