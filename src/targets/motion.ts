import { broadcastTo, reshape } from "../autograd/index.ts";
import { apply } from "../compiler/index.ts";
import { listOf } from "../compiler/stages/bind.ts";
import { transformPoints } from "../functional/points.ts";
import { ArgumentError, checkedLater, describe, type Gpu, readOptions, ShapeError } from "../gpu/index.ts";
import { checkGpu } from "../tensor/create.ts";
import { checkImage, checkShape, keeping, keepingIn, type Shape, show, Tensor, tensor } from "../tensor/index.ts";
import { type Link, remap, warp } from "../transforms/index.ts";
import { printable } from "../transforms/language/show.ts";
import type { Step } from "./beside.ts";
import { piecesAt, samplesAt } from "./list.ts";
import { behindBatch, partsBySize } from "./motion-by-size.ts";
import type { Motion, MotionForm, MotionImageOptions } from "./motion-value.ts";
import { keptBy, type Move, mayHide, movesThrough, productOf, type Stride, there, through, turned } from "./moves.ts";
import { areListed } from "./sizes.ts";

export type { Motion, MotionForm, MotionImageOptions, MotionImages, MotionSizes } from "./motion-value.ts";

interface Parts extends Pick<Motion, "samples" | "before" | "after"> {
  gpu: Gpu;
  strides: readonly Stride[];
  /** What is freed with it. */
  own: readonly Tensor[];
}

const known = new WeakMap<Motion<MotionForm, MotionForm>, Parts>();

/**
 * Where the pixels of a batch of this shape go when transforms are applied to it: points of images, or images that are to be brought back.
 * `motionOf(gpu, [rotate({ angle }), crop({ … })], x.shape).points(keypoints)`. Points and filters move nothing; a mix moves the pixels of
 * each sample itself, not those of its partners; what a coin (`on`) or a choice leaves out moves nothing of its sample.
 * @param gpu the device of the transforms' tensors
 * @param transforms as for `apply`
 * @param shape `[N, C, H, W]` of the images before
 * @throws ArgumentError or ShapeError that names the transform and its parameter, as `apply` does
 */
export function motionOf(gpu: Gpu, transforms: Link | readonly Link[], shape: Shape): Motion {
  checkGpu(gpu);
  checkShape(shape);
  checkImage(shape, "shape");
  return motionThrough(gpu, listOf(transforms), shape);
}

/** The same of a pipeline's steps: a sample goes the way of its branch. @throws ArgumentError where it has several, and one moves pixels */
export function motionThrough(gpu: Gpu, steps: readonly Step[], shape: Shape): Motion {
  const { moves, output } = keepingIn(
    gpu,
    () => movesThrough(gpu, steps, shape),
    (made) => keptBy(made.moves),
  );
  return motion({
    gpu,
    samples: shape[0],
    before: [shape[2], shape[3]],
    after: [output[2], output[3]],
    strides: moves.map(there),
    own: keptBy(moves),
  });
}

/** Whether points may be hidden where a motion takes them: then its inverse does not lead back from there. */
export const hidesPoints = (motion: Motion<MotionForm, MotionForm>): boolean =>
  known.get(motion)?.strides.some(({ move }) => mayHide(move)) ?? false;

/** The device of a motion. @throws ArgumentError for what is none */
export function gpuOf(motion: Motion<MotionForm, MotionForm>, argument: string): Gpu {
  const parts = known.get(motion) ?? partsBySize(motion);
  if (!parts) throw new ArgumentError(argument, describe(motion), "a motion, such as motionOf() makes");
  return parts.gpu;
}

function motion(parts: Parts): Motion {
  const { gpu, samples, before, after, strides } = parts;
  const matrix = productOf(gpu, samples, strides);
  const own = [...parts.own, ...(matrix && !parts.own.includes(matrix) ? [matrix] : [])];
  const still = strides.length === 0;
  const value: Motion = {
    samples,
    before: Object.freeze(before),
    after: Object.freeze(after),
    still,
    matrix,
    points: (points: Tensor) => {
      const all = checkPoints(points, gpu, samples);
      return keeping(gpu, () => moved(all(), strides, matrix));
    },
    inverse: () =>
      motion({ ...parts, before: after, after: before, own: [], strides: strides.toReversed().map(turned) }),
    image: (x: Tensor, options?: MotionImageOptions) => imageThrough(made, x, options),
    followedBy: (next) => joined(made, next) as never,
    dispose: () => {
      for (const each of own) each.dispose();
    },
  };
  const made = Object.freeze(printable(value, () => showMotion(value)));
  known.set(made, parts);
  return made;
}

/** `motion of 2 images [20, 24] -> [12, 30], by matrices`. */
export function showMotion({ samples, before, after, still, matrix }: Motion<MotionForm, MotionForm>): string {
  const how = still ? "nothing moves" : matrix ? "by matrices" : "some of it bends";
  const words = (sizes: typeof before) => (areListed(sizes) ? "sizes of their own" : show(sizes));
  return `motion of ${samples} images ${words(before)} -> ${words(after)}, ${how}`;
}

/** The motion of some of its samples, by their places in the batch. */
export function motionAt(whole: Motion, places: readonly number[]): Motion {
  const parts = known.get(whole)!;
  const { gpu, samples } = parts;
  if (places.length === samples && places.every((place, i) => place === i)) return whole;
  const own: Tensor[] = [];
  const strides = parts.strides.map(({ move, back }) => ({ move: moveAt(gpu, move, samples, places, own), back }));
  return motion({ ...parts, samples: places.length, strides, own });
}

/** The move of some of its samples; `own` gets what was made for it. */
function moveAt(gpu: Gpu, move: Move, samples: number, places: readonly number[], own: Tensor[]): Move {
  if ("apart" in move) {
    const [rows, columns] = move.apart.grid;
    const pieces = piecesAt(places, rows * columns);
    return { ...move, moves: move.moves.map((each) => moveAt(gpu, each, samples * rows * columns, pieces, own)) };
  }
  if ("matrix" in move) {
    const matrix = samplesAt(move.matrix, places);
    own.push(matrix);
    return { matrix };
  }
  // It moves the points of all samples; what those that are left out get is nobody's.
  const among = Array.from({ length: samples }, (_, n) => Math.max(places.indexOf(n), 0));
  const some = (points: Tensor, back: boolean): Tensor =>
    keeping(gpu, () => samplesAt(move.move(samplesAt(points, among), back), places));
  return { move: some, kept: [] };
}

/** The moves of a motion of images of one size, for what asks more than where points go. */
export const stridesOf = (motion: Motion<MotionForm, MotionForm>): readonly Stride[] => known.get(motion)!.strides;

/** All tensors that are freed with a motion. */
export const tensorsOf = (motion: Motion<MotionForm, MotionForm>): readonly Tensor[] => {
  const { matrix } = motion;
  const own = known.get(motion)?.own ?? partsBySize(motion)!.own.flatMap(tensorsIn);
  return matrix ? [...own, matrix] : own;
};
const tensorsIn = (owned: Tensor | Motion<MotionForm, MotionForm>): readonly Tensor[] =>
  owned instanceof Tensor ? [owned] : tensorsOf(owned);

/** Points `[N, K, 2]` through moves, of which the product may be known. */
function moved(points: Tensor, strides: readonly Stride[], matrix: Tensor | null): Tensor {
  if (strides.length === 0) return reshape(points, points.shape);
  return matrix ? transformPoints(matrix, points) : through(points, strides);
}

/** Checks points; what it returns makes them `[N, K, 2]`. */
export function checkPoints(points: unknown, gpu: Gpu, samples: number): () => Tensor {
  const allowed = `a tensor [${samples}, K, 2] or [K, 2], (x, y) in pixels`;
  if (!(points instanceof Tensor)) throw new ArgumentError("points", describe(points), allowed);
  if (points.gpu !== gpu) throw new ArgumentError("points", "a tensor of another device", "one of the motion's device");
  if (points.dtype !== "f32") throw new ArgumentError("points", `a tensor of ${points.dtype}`, "a tensor of f32");
  const { shape } = points;
  const [k, xy] = shape.slice(-2);
  if (xy !== 2 || shape.length > 3 || shape.length < 2 || (shape.length === 3 && shape[0] !== samples))
    throw new ShapeError("points", show(shape), allowed);
  return () => (shape.length === 3 ? points : broadcastTo(reshape(points, [1, k, 2]), [samples, k, 2]));
}

const LOOK = { interpolation: checkedLater, padding: checkedLater, fill: checkedLater };

function imageThrough(own: Motion, x: Tensor, given?: MotionImageOptions): Tensor {
  const options = readOptions<MotionImageOptions>("image", given, LOOK);
  const { samples, before, after, matrix } = own;
  const { gpu } = known.get(own)!;
  if (!(x instanceof Tensor)) throw new ArgumentError("x of image()", describe(x), "a tensor of images [N, C, H, W]");
  const { shape } = x;
  if (shape.length !== 4 || shape[0] !== samples || shape[2] !== before[0] || shape[3] !== before[1])
    throw new ShapeError("x of image()", show(shape), `[${samples}, C, ${before.join(", ")}]`);
  const [height, width] = after;
  if (own.still) return apply(x, []);
  if (matrix) return apply(x, warp({ matrix, width, height, ...options }));
  return keeping(gpu, () => {
    const back = own.inverse();
    const places = back.points(pixelsOf(gpu, height, width));
    return apply(x, remap({ grid: reshape(places, [samples, height, width, 2]), ...options }));
  });
}

/** The centres of all pixels, row by row. */
const pixelsOf = (gpu: Gpu, height: number, width: number): Tensor => {
  const at = Float32Array.from({ length: 2 * height * width }, (_, i) =>
    i % 2 ? Math.floor(i / 2 / width) : (i / 2) % width,
  );
  return tensor(gpu, at, [height * width, 2]);
};

function joined(own: Motion, next: Motion<MotionForm, MotionForm>): Motion<MotionForm, MotionForm> {
  if (partsBySize(next)) return behindBatch(own, next);
  const [a, b] = [known.get(own)!, known.get(next)];
  if (!b) throw new ArgumentError("next", describe(next), "a motion, such as motionOf() makes");
  if (a.gpu !== b.gpu) throw new ArgumentError("next", "a motion of another device", "one of this device");
  const given = [b.samples, ...b.before];
  const wanted = [a.samples, ...a.after];
  if (given.some((each, i) => each !== wanted[i])) {
    const words = ([n, h, w]: readonly number[]) => `${n} images of ${h} x ${w} pixels`;
    throw new ArgumentError("next", `a motion of ${words(given)}`, `one of ${words(wanted)}`);
  }
  return motion({ ...a, after: b.after, strides: [...a.strides, ...b.strides], own: [] });
}
