import { add, reshape, sub } from "../autograd/index.ts";
import type { ApplyOptions } from "../compiler/index.ts";
import { ArgumentError, ShapeError } from "../gpu/index.ts";
import { gpuOfLeaves, keepingTargets } from "../targets/move.ts";
import { onlyTensor } from "../targets/raster.ts";
import type { AnyTarget, Heatmap, Mask, Raster, Targets } from "../targets/target.ts";
import { type Leaf, leavesOf, type Part, rebuilt } from "../targets/walk.ts";
import { type DType, type Shape, show, Tensor } from "../tensor/index.ts";
import type { Transform } from "../transforms/index.ts";
import type { Input } from "./input.ts";
import { onlyTransforms } from "./steps.ts";
import { runVolumes } from "./volumes.ts";

// What belongs to volumes: masks and heat maps go where the voxels go.

/** A call with an object of volumes. */
interface Call {
  readonly transforms: readonly Transform[];
  readonly options: ApplyOptions;
  /** `[N, C, D, H, W]` of the volumes. */
  readonly shape: Shape;
}

/** What becomes of a target at a place of the object; `null` for what has no meaning in three dimensions. */
type Rules = {
  readonly [Name in keyof Targets]: ((target: Targets[Name], call: Call, at: string) => AnyTarget) | null;
};

const RULES: Rules = {
  image: (target, { transforms, options, shape }, at) => {
    const data = onlyTensor(at, target.data);
    checkSides(data.shape, shape, at);
    return { ...target, data: runVolumes(data, transforms, options) };
  },
  mask: (target, call, at) => raster(target, call, at, true),
  heatmap: (target, call, at) => raster(target, call, at, false),
  labels: (target) => target,
  asIs: (target) => target,
  boxes: null,
  keypoints: null,
  polygons: null,
  lines: null,
  vectors: null,
  instances: null,
};

const isVolume = ({ leaf }: Leaf): boolean =>
  leaf.target === "image" && leaf.data instanceof Tensor && leaf.data.shape.length === 5;

/** An object whose images are volumes; null for any other. @throws ArgumentError for what is no part of volumes */
export function volumesOf(part: Part): Input | null {
  const leaves = leavesOf(part);
  const first = leaves.find(isVolume);
  if (!first) return null;
  const gpu = gpuOfLeaves(leaves, "volumes");
  for (const { leaf, at } of leaves)
    if (RULES[leaf.target] === null)
      throw new ArgumentError(at, `${leaf.target}, beside volumes`, "masks, heat maps and labels of whole volumes");
  const { shape } = onlyTensor(first.at, (first.leaf as Targets["image"]).data);
  return {
    gpu,
    n: shape[0],
    channels: shape[1],
    shapes: [],
    run: (steps, options) => {
      const call = { transforms: onlyTransforms(steps, "pipeline of volumes"), options, shape };
      return keepingTargets(gpu, leaves, () =>
        rebuilt(part, ({ leaf, at, bare }) => {
          const moved = RULES[leaf.target]!(leaf as never, call, at);
          return bare || moved.target === "asIs" ? moved.data : moved;
        }),
      );
    },
  };
}

/** What moves of the pipeline, for `[N, D, H, W]` or with channels; `nearest`: by whole voxels. */
function raster<T extends Mask<DType, Raster> | Heatmap<DType, Raster>>(
  target: T,
  call: Call,
  at: string,
  nearest: boolean,
): T {
  const { fill } = target;
  const data = onlyTensor(at, target.data);
  const isFlat = data.shape.length === 4;
  const [n, ...sides] = data.shape;
  const whole = isFlat ? [n, 1, ...sides] : data.shape;
  checkSides(whole, call.shape, at);
  const x = (isFlat ? reshape(data as Tensor, whole) : data) as Tensor;
  const moving = call.transforms.filter(({ declaration }) => declaration.volume?.moves);
  // Beyond the volume lies 0, and so what is meant by it.
  const chain = nearest ? moving.map(hard) : moving;
  const y = fill === 0 ? runVolumes(x, chain, {}) : add(runVolumes(sub(x, fill), chain, {}), fill);
  return { ...target, data: isFlat ? reshape(y, [n, ...y.shape.slice(2)]) : y };
}

/** A transform that looks for the nearest voxel, where it looks between voxels. */
const hard = (transform: Transform): Transform =>
  transform.options.interpolation === undefined
    ? transform
    : { ...transform, options: { ...transform.options, interpolation: "nearest" } };

function checkSides(given: Shape, { 0: n, 2: d, 3: h, 4: w }: Shape, at: string): void {
  const fits = given.length === 5 && [n, d, h, w].every((side, i) => given[[0, 2, 3, 4][i]] === side);
  if (!fits)
    throw new ShapeError(at, show(given), `as large as the volumes: [${n}, C, ${d}, ${h}, ${w}], or without C`);
}
