import { ArgumentError, type Gpu, ShapeError } from "../gpu/index.ts";
import { checkShape, type DType, type Shape, show, type Tensor } from "../tensor/index.ts";
import { axesOf, type ClipLayout, type Clips, clipsOf, frameShape, framesOf, ordered, readClips, turned } from "./clips.ts"; // biome-ignore format: one line
import { gpuOfLeaves } from "./move.ts";
import { onlyTensor } from "./raster.ts";
import { checkTarget, moveTarget } from "./rules.ts";
import { sceneOf } from "./scene.ts";
import { mapped } from "./single.ts";
import { type AnyTarget, asIs, enlistTarget, type Raster, type Targets } from "./target.ts";
import { type Leaf, leavesOf, type Part, readParts, rebuilt } from "./walk.ts";

/** An object of what belongs to clips, as one of what belongs to frames. */
export interface ClipTargets {
  readonly gpu: Gpu;
  readonly leaves: readonly Leaf[];
  readonly clips: Clips;
  /** The same object, for a pipeline of images. */
  apart(): object;
  /** What a pipeline made of that, as what belongs to clips. */
  together(moved: unknown): unknown;
}

/**
 * Reads an object of what belongs to clips.
 * @param given shape of the clips, for an object that has none
 * @throws ArgumentError, ShapeError that name the part
 */
export function readClipTargets(value: object, layout: ClipLayout, given?: Shape): ClipTargets {
  const part = readParts(value);
  const leaves = leavesOf(part);
  const gpu = gpuOfLeaves(leaves, "clips");
  const clips = clipsIn(leaves, layout, given);
  const [n, , ...image] = clips.size;
  const still = sceneOf(gpu, [], [n, ...image], (x) => x, {});
  return {
    gpu,
    leaves,
    clips,
    apart: () =>
      rebuilt(part, ({ leaf, at, bare }) => {
        if (leaf.target === "labels") checkTarget(leaf, still, at);
        const own = RULES[leaf.target].apart(leaf, clips, at);
        return bare && own.target !== "asIs" ? own.data : own;
      }) as object,
    together: (moved) =>
      rejoined(part, moved, ({ leaf, bare }, result) => {
        if (leaf.target === "asIs") return result;
        const own = leaf.target === "labels" ? moveTarget(leaf, still, bare) : resultOf(leaf, result, bare);
        const joined = RULES[leaf.target].together(own, clips, leaf);
        return bare ? joined.data : joined;
      }),
  };
}

/** A result is a target, or the data of one. */
const resultOf = (leaf: AnyTarget, result: unknown, bare: boolean): AnyTarget =>
  bare ? enlistTarget({ ...leaf, data: result } as AnyTarget) : (result as AnyTarget);

/** {@link rebuilt}, with what stands in each place of another object of the same shape. */
function rejoined(part: Part, from: unknown, change: (leaf: Leaf, result: unknown) => unknown): unknown {
  if ("leaf" in part) return change(part, from);
  if ("nothing" in part) return part.nothing;
  if ("list" in part) return part.list.map((each, i) => rejoined(each, (from as readonly unknown[])[i], change));
  const values = from as Readonly<Record<string, unknown>>;
  return Object.fromEntries(part.entries.map(([key, each]) => [key, rejoined(each, values[key], change)]));
}

/** How what belongs to clips becomes what belongs to frames, and back; `before` is what it was. */
interface Rule {
  apart(target: AnyTarget, clips: Clips, at: string): AnyTarget;
  together(moved: AnyTarget, clips: Clips, before: AnyTarget): AnyTarget;
}

const withData = (target: AnyTarget, data: Tensor<DType>): AnyTarget => enlistTarget({ ...target, data } as AnyTarget);

/** @param least the fewest axes: four, where channels may be missing */
const raster = (least: 4 | 5): Rule => ({
  apart(target, { layout, size: [n, t] }, at) {
    const data = onlyTensor(at, target.data as Raster);
    const own = ordered(data.shape, layout);
    if (own.length < least || own[0] !== n || own[1] !== t) {
      const forms = least === 4 ? `[N, T, H, W] or ${axesOf(layout)}` : axesOf(layout);
      throw new ShapeError(at, show(data.shape), `${forms} with N = ${n} and T = ${t}, as the clips have them`);
    }
    return withData(target, framesOf(data, layout));
  },
  together: (moved, clips, before) =>
    withData(moved, clipsOf(moved.data as Tensor<DType>, clips, (before.data as Tensor).shape.length)),
});

/** Tensors begin with clips and frames; a list has one for each frame. */
const rows: Rule = {
  apart: (target, { size: [n, t] }, at) =>
    mapped(target, (tensor) => {
      const [clips, frames, ...rest] = tensor.shape;
      if (rest.length === 0 || clips !== n || frames !== t)
        throw new ShapeError(at, show(tensor.shape), `[N, T, …] with N = ${n} and T = ${t}, as the clips have them`);
      return turned(tensor, false, [n * t, ...rest]);
    }) as AnyTarget,
  together: (moved, { size: [n, t] }) =>
    mapped(moved, (tensor) => turned(tensor, false, [n, t, ...tensor.shape.slice(1)])) as AnyTarget,
};

/** What belongs to a clip is none of its frames' business. */
const whole: Rule = { apart: ({ data }) => asIs(data), together: (moved) => moved };

const RULES: { readonly [Name in keyof Targets]: Rule } = {
  image: raster(5),
  mask: raster(4),
  heatmap: raster(4),
  vectors: raster(5),
  boxes: rows,
  keypoints: rows,
  polygons: rows,
  lines: rows,
  instances: rows,
  labels: whole,
  asIs: whole,
};

/** The clips, or what else says how many there are and how large. */
function clipsIn(leaves: readonly Leaf[], layout: ClipLayout, given: Shape | undefined): Clips {
  if (given !== undefined) checkShape(given);
  const told = given && readClips(given, layout, "shape");
  const clips = leaves.find(({ leaf }) => leaf.target === "image");
  const known = clips ?? leaves.find(({ leaf }) => ["mask", "heatmap", "vectors"].includes(leaf.target));
  if (!known) {
    if (told) return told;
    const allowed = `the shape of the clips ${axesOf(layout)}, for an object without clips`;
    throw new ArgumentError("shape", "nothing", allowed);
  }
  const { shape } = onlyTensor(known.at, known.leaf.data as Raster);
  if (!clips && shape.length < 4) throw new ShapeError(known.at, show(shape), `[N, T, H, W] or ${axesOf(layout)}`);
  const [n, t, ...rest] = ordered(shape, layout);
  const [h, w] = rest.slice(-2);
  const own = clips ? readClips(shape, layout, known.at) : { layout, size: [n, t, told?.size[2] ?? 1, h, w] as const };
  if (told && frameShape(told).join() !== frameShape(own).join())
    throw new ShapeError(known.at, show(shape), `what belongs to clips of the shape ${show(given!)}, which was given`);
  return own;
}
