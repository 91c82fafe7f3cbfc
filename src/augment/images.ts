import { batched, unbatched } from "../autograd/view.ts";
import type { ApplyOptions } from "../compiler/index.ts";
import { ArgumentError, describe, type Gpu } from "../gpu/index.ts";
import { readList } from "../targets/list.ts";
import { checkImage, type DType, keeping, type Shape, Tensor } from "../tensor/index.ts";
import { run } from "./run.ts";
import type { Step } from "./steps.ts";
import { runList } from "./unequal.ts";
import { runVolumes } from "./volumes.ts";

/**
 * Images for a pipeline: a batch `[N, C, H, W]`, one image `[C, H, W]`, or a list of images whose sizes may differ; or volumes
 * `[N, C, D, H, W]`, for transforms of volumes and for those that change each value by itself.
 */
export type Images<X extends DType = DType> = Tensor<X> | readonly Tensor<X>[];

/** Images in any of their forms: how many they are, and what applies transforms that were made for so many. */
export interface ReadImages {
  readonly gpu: Gpu;
  readonly n: number;
  readonly channels: number;
  /** Their shapes as batches, one for each size that there is; none of volumes. */
  readonly shapes: readonly Shape[];
  run(steps: readonly Step[], options: ApplyOptions): Tensor<DType>;
}

/** @throws ArgumentError or ShapeError for what is no image */
export function readImages(x: unknown): ReadImages {
  if (Array.isArray(x)) {
    const list = readList(x);
    const { images, channels } = list;
    const shapes = list.groups.map(({ shape }) => shape);
    return { gpu: images[0].gpu, n: images.length, channels, shapes, run: (...of) => runList(list, ...of) };
  }
  if (!(x instanceof Tensor))
    throw new ArgumentError("x", describe(x), "a tensor [N, C, H, W] or [C, H, W], or a list of images");
  const { gpu } = x;
  gpu.assertAlive();
  void x.storage;
  if (x.shape.length === 5) {
    const [n, channels] = x.shape;
    return { gpu, n, channels, shapes: [], run: (...of) => runVolumes(x, ...of) };
  }
  const isOne = x.shape.length === 3;
  if (!isOne) checkImage(x.shape);
  const shape = isOne ? [1, ...x.shape] : x.shape;
  const [n, channels] = shape;
  return {
    gpu,
    n,
    channels,
    shapes: [shape],
    run: (steps, options) => (isOne ? runOne(x, steps, options) : run(x, steps, options)),
  };
}

/** Applies transforms to one image `[C, H, W]`. */
function runOne(x: Tensor<DType>, steps: readonly Step[], options: ApplyOptions): Tensor<DType> {
  const into = options.into?.shape.length === 3 ? batched(options.into) : options.into;
  return keeping(x.gpu, () => unbatched(run(batched(x), steps, { ...options, into })) as Tensor);
}
