import { broadcastTo, matmul, reshape } from "../autograd/index.ts";
import { apply } from "../compiler/index.ts";
import { identity, type Move, movesOf } from "../compiler/motion/index.ts";
import { bindChain } from "../compiler/stages/apply.ts";
import { listOf } from "../compiler/stages/bind.ts";
import { inverse } from "../functional/linalg.ts";
import { transformPoints } from "../functional/points.ts";
import { ArgumentError, checkedLater, describe, type Gpu, readOptions, ShapeError } from "../gpu/index.ts";
import { checkGpu } from "../tensor/create.ts";
import { checkImage, checkShape, keeping, type Shape, show, Tensor, tensor } from "../tensor/index.ts";
import { type Link, type MapSettings, remap, warp } from "../transforms/index.ts";
import { printable } from "../transforms/language/show.ts";

/** How {@link Motion.image} looks between and beyond pixels. */
export type MotionImageOptions = MapSettings;

/** Where the pixels of a batch go: a value, which {@link motionOf} and {@link Pipeline.motion} make. Its tensors live until it is disposed of. */
export interface Motion {
  /** Samples in the batch. */
  readonly samples: number;
  /** Size of the images before, in pixels. */
  readonly before: readonly [height: number, width: number];
  /** Size of the images behind. */
  readonly after: readonly [height: number, width: number];
  /** Whether no pixel moves, and the size stays. */
  readonly still: boolean;
  /**
   * The matrices `[N, 3, 3]` that take points (x, y, 1) of the source to the destination, in pixels whose centres lie on whole numbers;
   * null where something bends lines, such as `elastic`. Differentiable in the transforms' parameters.
   */
  readonly matrix: Tensor | null;
  /**
   * Where points of the source go: (x, y) in pixels, centres on whole numbers. Gradients flow to the points and to the parameters of the
   * transforms that moved them; all points of a motion share the graph of these, which the first backward frees unless it says `retain`.
   *
   * A point on the horizon of a projective map has no place and is not divided, as in `transformPoints`; behind it, places are what the
   * division gives, as for pixels. Through a field, such as `elastic`, a point goes where the pixel lies that looks at it, which is
   * searched for on the GPU to a hundredth of a pixel. Where none does, it goes where one looks nearest to it; where several do, to one of
   * them. Beyond the result, a field that is a tensor goes on as its nearest pixel at the border moves.
   * @param points `[N, K, 2]`, or `[K, 2]` for all samples
   * @returns `[N, K, 2]`
   * @throws ShapeError for points of another shape
   */
  points(points: Tensor): Tensor;
  /**
   * The way back, from the destination to the source. It looks through the same tensors, and is of use as long as this motion is; its own
   * matrix is freed with its own `dispose`.
   */
  inverse(): Motion;
  /**
   * Images that are moved by it, interpolated once: what lies at a point before lies where `points` takes it. `inverse().image(y)` brings
   * results back into the frame of the images, as test-time augmentation needs it. Differentiable in the image and in the parameters.
   * @param x `[N, C, H, W]` of the size `before`
   * @returns `[N, C, H, W]` of the size `after`
   */
  image(x: Tensor, options?: MotionImageOptions): Tensor;
  /**
   * This motion, and then another one: `a.followedBy(b).points(p)` is `b.points(a.points(p))`. It looks through the tensors of both.
   * @throws ArgumentError where the other one is for other sizes, or another number of samples
   */
  followedBy(next: Motion): Motion;
  /** Frees what it was made of. What was computed with it stays. */
  dispose(): void;
}

/** A move, there or back. */
interface Step {
  move: Move;
  back: boolean;
}

interface Parts extends Pick<Motion, "samples" | "before" | "after"> {
  gpu: Gpu;
  steps: readonly Step[];
  /** What is freed with it. */
  own: readonly Tensor[];
}

const known = new WeakMap<Motion, Parts>();

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
  const bound = bindChain(gpu, shape, listOf(transforms));
  const { moves, output, own } = kept(gpu, () => movesOf(gpu, bound, shape));
  return motion({
    gpu,
    samples: shape[0],
    before: [shape[2], shape[3]],
    after: [output[2], output[3]],
    steps: moves.map((move) => ({ move, back: false })),
    own,
  });
}

/** Moves, and what they keep; all else that is made on the way is freed. */
function kept(gpu: Gpu, make: () => ReturnType<typeof movesOf>) {
  const scope = gpu.scope();
  let own: readonly Tensor[];
  let made: ReturnType<typeof movesOf>;
  try {
    made = make();
    own = made.moves.flatMap((move) => ("matrix" in move ? [move.matrix] : move.kept));
    for (const each of own) scope.keep(each);
  } finally {
    scope.dispose();
  }
  for (const each of own) gpu.track(each);
  return { ...made, own };
}

/** The device of a motion. @throws ArgumentError for what is none */
export function gpuOf(motion: Motion, argument: string): Gpu {
  const parts = known.get(motion);
  if (!parts) throw new ArgumentError(argument, describe(motion), "a motion, such as motionOf() makes");
  return parts.gpu;
}

function motion(parts: Parts): Motion {
  const { gpu, samples, before, after, steps } = parts;
  const matrix = matrixOf(parts);
  const own = [...parts.own, ...(matrix && !parts.own.includes(matrix) ? [matrix] : [])];
  const still = steps.length === 0;
  const value: Motion = {
    samples,
    before: Object.freeze(before),
    after: Object.freeze(after),
    still,
    matrix,
    points: (points: Tensor) => {
      const all = checkPoints(points, parts);
      return keeping(gpu, () => moved(all(), steps, matrix));
    },
    inverse: () => motion({ ...parts, before: after, after: before, own: [], steps: steps.toReversed().map(turned) }),
    image: (x: Tensor, options?: MotionImageOptions) => imageThrough(made, x, options),
    followedBy: (next: Motion) => joined(made, next),
    dispose: () => {
      for (const each of own) each.dispose();
    },
  };
  const made = Object.freeze(printable(value, () => showMotion(value)));
  known.set(made, parts);
  return made;
}

/** `motion of 2 images [20, 24] -> [12, 30], by matrices`. */
function showMotion({ samples, before, after, still, matrix }: Motion): string {
  const how = still ? "nothing moves" : matrix ? "by matrices" : "some of it bends";
  return `motion of ${samples} images ${show(before)} -> ${show(after)}, ${how}`;
}

const turned = ({ move, back }: Step): Step => ({ move, back: !back });

/** The product of all matrices, where all steps have one. */
function matrixOf({ gpu, samples, steps }: Parts): Tensor | null {
  const matrices = steps.flatMap(({ move, back }) => ("matrix" in move ? [{ matrix: move.matrix, back }] : []));
  if (matrices.length < steps.length) return null;
  if (matrices.length === 0) return identity(gpu, samples);
  if (matrices.length === 1 && !matrices[0].back) return matrices[0].matrix;
  return keeping(gpu, () =>
    matrices
      .map(({ matrix, back }) => (back ? inverse(matrix) : matrix))
      .reduce((before, next) => matmul(next, before)),
  );
}

/** Points `[N, K, 2]` through steps. */
function moved(points: Tensor, steps: readonly Step[], matrix: Tensor | null): Tensor {
  if (steps.length === 0) return reshape(points, points.shape);
  if (matrix) return transformPoints(matrix, points);
  return steps.reduce((at, { move, back }) => {
    if (!("matrix" in move)) return move.move(at, back);
    return transformPoints(back ? inverse(move.matrix) : move.matrix, at);
  }, points);
}

/** Checks points; what it returns makes them `[N, K, 2]`. */
function checkPoints(points: unknown, { gpu, samples }: Parts): () => Tensor {
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

function joined(own: Motion, next: Motion): Motion {
  const [a, b] = [known.get(own)!, known.get(next)];
  if (!b) throw new ArgumentError("next", describe(next), "a motion, such as motionOf() makes");
  if (a.gpu !== b.gpu) throw new ArgumentError("next", "a motion of another device", "one of this device");
  const given = [b.samples, ...b.before];
  const wanted = [a.samples, ...a.after];
  if (given.some((each, i) => each !== wanted[i])) {
    const words = ([n, h, w]: readonly number[]) => `${n} images of ${h} x ${w} pixels`;
    throw new ArgumentError("next", `a motion of ${words(given)}`, `one of ${words(wanted)}`);
  }
  return motion({ ...a, after: b.after, steps: [...a.steps, ...b.steps], own: [] });
}
