import type { Plan, PlanOptions, ResultType, StoredType } from "../compiler/index.ts";
import { PLAN_RULES } from "../compiler/stages/plan.ts";
import { ArgumentError, checkedLater, describe, flag, readOptions, ShapeError } from "../gpu/index.ts";
import type { Motion, MotionForm } from "../targets/index.ts";
import type { Moved } from "../targets/moved.ts";
import { checkImage, checkShape, type DType, type Shape, show, type Tensor } from "../tensor/index.ts";
import { printable } from "../transforms/language/show.ts";
import { explainList, explainPipeline } from "./explain.ts";
import type { Images } from "./images.ts";
import { readInput } from "./input.ts";
import { checkWhole } from "./keys.ts";
import { logProbability } from "./logprob.ts";
import { readMoving } from "./motions.ts";
import { isRandom, planTree } from "./plan.ts";
import { bindReplays, readSampled } from "./replay.ts";
import { checkSamples, fromSampled, type Sampled, toSampled } from "./sampled.ts";
import { checkTree, enlist, showTree, type Tree } from "./tree.ts";
import { Workspace } from "./workspace.ts";

/** Options of {@link sequential}: those of `apply`, and the seed of calls that give none. */
export interface SequentialOptions<D extends StoredType | undefined = StoredType | undefined> extends PlanOptions<D> {
  /** A whole number 0..2^53-1; 0 unless given. */
  seed?: number;
  /**
   * All samples of a batch get what sample 0 gets: coins, parameters, selections, and what is drawn in the shader. It does not
   * depend on the size of the batch; false unless given.
   */
  sameOnBatch?: boolean;
}

/** What a draw depends on, beside the transform. */
export interface Draws {
  /** A whole number 0..2^53-1; the pipeline's unless given. */
  seed?: number;
  /** A whole number 0..2^53-1, such as the step of training. A pipeline in which something is random needs it. */
  step?: number;
  /** Identity of each sample, whole numbers 0..2^32-1, such as its index in the data set; its place in the batch unless given. */
  samples?: ArrayLike<number>;
}

/** Options of one call of a pipeline. */
export interface CallOptions extends Draws {
  /** An f32 tensor to write the result into, such as another engine's array. */
  into?: Tensor<StoredType>;
  /** `[N, C, H, W]` of the images: needed for an object of targets that has no images. */
  shape?: Shape;
}

/** Options of {@link Pipeline.replay}. */
export type ReplayOptions = Pick<CallOptions, "into" | "shape">;

/** Options of {@link Pipeline.sample}. */
export interface SampleOptions extends Draws {
  /** Shape of the batch to come: needed where a parameter with one value per channel is random. */
  shape?: Shape;
}

/** A list of transforms, some of whose parameters are random: an immutable value. Call it with a batch of images. */
export interface Pipeline<D extends StoredType | undefined = undefined> {
  /** Draws, and applies: the same as `apply`. */
  <X extends DType>(x: Images<X>, options?: CallOptions): Tensor<ResultType<X, D>>;
  /**
   * Draws, and applies to everything that an object holds: images, masks, boxes, keypoints and other labels, all moved alike. The
   * result is an object of the same shape. What a value is, its name says (`image`, `mask`, `boxes`, `keypoints`, …), or {@link asBoxes}
   * and its like. Behind a mix with partners, `[N, K, …]` of boxes, points and instances has become `[N, S · K, …]`, those of the S − 1 partners
   * behind the own ones, and `kept` says which are seen. With one image `[C, H, W]`, everything lacks the dimension of samples: a mask is
   * `[H, W]` or `[1, H, W]`, boxes are `[K, 4]`.
   *
   * Images may be a list of `[C, H, W]` in sizes of their own, where a transform gives all of them one size: `{ image: [a, b], mask: [ma, mb],
   * boxes: [ba, bb] }`. Masks, heat maps and vectors are lists then, too, of the sizes of their images, and boxes are in the pixels, or the
   * parts, of their own image. Images and what is as large become batches; rows stay lists.
   */
  <T extends object>(targets: T, options?: CallOptions): Moved<T, D>;
  /** As they were given. */
  readonly transforms: readonly Tree[];
  /** Used by calls that give no seed. */
  readonly seed: number;
  /**
   * Draws the parameters of every sample and applies the transforms to x: `[N, C, H, W]`; `[C, H, W]`, of which `[C, H, W]` becomes; or
   * a list of `[C, H, W]` in sizes of their own, of which a batch becomes, where a transform gives all of them one size. Those of one
   * size run together, so that each pass costs a dispatch for each size that there is.
   * @throws ArgumentError or ShapeError for what is none of these, and for a list that does not come out with one size
   */
  apply<X extends DType>(x: Images<X>, options?: CallOptions): Tensor<ResultType<X, D>>;
  /** The same to everything that an object holds. */
  apply<T extends object>(targets: T, options?: CallOptions): Moved<T, D>;
  /** Draws the parameters for `n` samples without applying anything: a plain value, for `replay`. */
  sample(n: number, options?: SampleOptions): Sampled;
  /** Applies the transforms with parameters that were drawn before: equal bits, on one device. */
  replay<X extends DType>(x: Images<X>, params: Sampled, options?: ReplayOptions): Tensor<ResultType<X, D>>;
  /** The same to everything that an object holds. */
  replay<T extends object>(targets: T, params: Sampled, options?: ReplayOptions): Moved<T, D>;
  /**
   * What the samples of a recipe get, in the parameters' own units: `sample` cannot know the bounds that live on the GPU, and
   * so tells uniform numbers for what is learned. The result is a recipe whose replay is fixed, whatever is learned later.
   */
  read(params: Sampled): Promise<Sampled>;
  /**
   * The logarithm of how likely is what `sample` drew, `[N]`, of the draws that have `estimator: "scoreFunction"`; what had no effect on a
   * sample is left out. Its gradient reaches their probabilities, weights and bounds. With a loss for each sample that counts as given,
   * `backward(mean(mul(loss.detach(), pipeline.logProb(params))))` adds that of the expected loss (REINFORCE, Williams 1992): for losses
   * without a gradient in what was drawn. The loss less its usual size has the same gradient, with less noise. Gradients of other draws
   * flow through `replay(x, params)` as ever.
   *
   * Values that a recipe gives, such as those of `read`, are not drawn: they count nothing.
   * @throws ArgumentError where no learned draw has that estimator, and where `params` do not fit the pipeline
   */
  logProb(params: Sampled): Tensor;
  /**
   * Where the pixels of x, `[N, C, H, W]` or one image `[C, H, W]`, go with parameters that were drawn before: a value that takes points
   * along, and images back.
   * Of a mix it is that of the sample itself: what its partners show is no way of its own pixels.
   * Test-time augmentation is `const m = augment.motion(x, params); m.inverse().image(model(augment.replay(x, params)))`.
   * @throws ArgumentError or ShapeError where `params` do not fit the pipeline or the batch, as `replay` does
   */
  motion(x: Tensor<DType>, params: Sampled): Motion;
  /**
   * The same of a list of images, of which the pipeline makes a batch: the motion takes points of each to the batch, its inverse makes a
   * list of images in the sizes that they had.
   * @throws ShapeError where the images do not come out with one size
   */
  motion(x: readonly Tensor<DType>[], params: Sampled): Motion<"list">;
  /**
   * The passes over memory that a batch of this shape takes, or a list of images of these shapes, `[C, H, W]` each: then those of each size
   * come first, and those of the batch that they become behind them.
   * @throws ShapeError for what is no shape, and for a list that does not come out with one size
   */
  explain(shape: Shape | readonly Shape[]): Plan;
}

const WORKSPACES = 8;

/**
 * A pipeline of transforms whose parameters are numbers, one per sample, tensors, or distributions, each applied to a
 * sample with its probability `p`.
 *
 * A list or another pipeline among them stands for the transforms in it, with the same draws: `sequential([a, sequential([b, c])])`
 * is `sequential([a, b, c])`. The outer pipeline's options hold for all.
 * @throws ArgumentError for what is no transform, a distribution that a parameter does not allow, a `p` outside 0..1, a bad seed,
 * a pipeline inside that was given a seed or another option of its own
 */
export function sequential<D extends StoredType | undefined = undefined>(
  transforms: readonly Tree[],
  options?: SequentialOptions<D>,
): Pipeline<D> {
  if (!Array.isArray(transforms)) throw new ArgumentError("transforms", describe(transforms), A_LIST);
  const tree = checkTree("transforms", transforms) as readonly Tree[];
  const planned = planTree(tree);
  const { entries } = planned;
  const own = readOptions<SequentialOptions>("sequential", options, SEQUENTIAL);
  const { seed: given, sameOnBatch = false, ...settings } = own;
  const seed = given === undefined ? 0 : checkWhole("seed", given);
  const hasDraws = entries.some(isRandom) || planned.selections.length > 0;
  const perChannel = entries.flatMap(({ name, draws }) =>
    draws.filter(({ size }) => size === "C").map(({ param }) => `${name}.${param}`),
  );
  const workspaces = new Map<string, Workspace>();

  /** Room for a batch; the least recently made goes when there are many. */
  const workspace = (n: number, channels: number | undefined): Workspace => {
    const key = `${n},${perChannel.length ? channels : ""}`;
    let found = workspaces.get(key);
    if (!found) {
      if (workspaces.size >= WORKSPACES) workspaces.delete(workspaces.keys().next().value!);
      found = new Workspace(planned, n, channels, sameOnBatch);
      workspaces.set(key, found);
    }
    return found;
  };

  const draw = (room: Workspace, draws: Draws): void => {
    if (!hasDraws) return;
    if (draws.step === undefined)
      throw new ArgumentError("step", "nothing", "a whole number: the pipeline draws anew at every step");
    if (draws.samples !== undefined) checkSamples(draws.samples, room.n);
    const step = checkWhole("step", draws.step);
    room.draw(draws.seed === undefined ? seed : checkWhole("seed", draws.seed), step, draws.samples);
  };

  const pipeline = (x: unknown, options?: CallOptions): unknown => {
    const call = readOptions<CallOptions>("pipeline", options, { ...DRAWS, ...REPLAY });
    const { gpu, n, channels, shapes, run } = readInput(x, call.shape);
    const room = workspace(n, channels);
    draw(room, call);
    const bound = room.bind(gpu);
    try {
      return run(bound.steps(shapes), { ...settings, into: call.into });
    } finally {
      bound.dispose();
    }
  };

  const sample = (n: number, given?: SampleOptions): Sampled => {
    const options = readOptions<SampleOptions>("sample", given, { ...DRAWS, shape: checkedLater });
    if (checkWhole("n", n, 2 ** 32 - 1) === 0) throw new ArgumentError("n", "0", "at least one sample");
    if (options.shape !== undefined) checkShapeOf(options.shape, n);
    else if (perChannel.length) {
      throw new ArgumentError(
        "shape",
        "nothing",
        `the shape of the batch: ${perChannel.join(", ")} has one value per channel`,
      );
    }
    const room = workspace(n, options.shape?.[1]);
    draw(room, options);
    return toSampled(room, options.seed ?? seed, options.step ?? 0, options.samples);
  };

  const replay = (x: unknown, params: Sampled, options?: ReplayOptions): unknown => {
    const { into, shape } = readOptions<ReplayOptions>("replay", options, REPLAY);
    const { gpu, n, channels, shapes, run } = readInput(x, shape);
    const bound = bindReplays(gpu, planned, fromSampled(planned, params, n, channels), n);
    try {
      return run(bound.steps(shapes), { ...settings, into });
    } finally {
      bound.dispose();
    }
  };

  const motion = (x: unknown, params: Sampled): Motion<MotionForm> => {
    const { gpu, n, channels, shapes, motion: through } = readMoving(x);
    const bound = bindReplays(gpu, planned, fromSampled(planned, params, n, channels), n);
    try {
      return through(bound.steps(shapes));
    } finally {
      bound.dispose();
    }
  };

  const show = () => `sequential(${showTree(tree)})`;
  const whole = Object.freeze(
    printable(
      Object.assign((x: unknown, call?: CallOptions) => pipeline(x, call), {
        transforms: tree,
        seed,
        apply: pipeline,
        sample,
        replay,
        motion,
        logProb: (sampled: Sampled) => logProbability(planned, sampled),
        read: (sampled: Sampled) => readSampled(planned, sampled),
        explain: (shape: Shape | readonly Shape[]): Plan => {
          if (isListOfShapes(shape)) return explainList(planned, shape, settings);
          checkShape(shape);
          checkImage(shape, "shape");
          return explainPipeline(planned, shape, settings);
        },
      }),
      show,
    ),
  ) as Pipeline<D>;
  enlist(whole, own);
  return whole;
}

const A_LIST = "an array of transforms, such as [rotate({ angle: 30 })]";

const SEQUENTIAL = { ...PLAN_RULES, seed: checkedLater, sameOnBatch: flag };
const DRAWS = { seed: checkedLater, step: checkedLater, samples: checkedLater };
const REPLAY = { into: checkedLater, shape: checkedLater };

const isListOfShapes = (shape: Shape | readonly Shape[]): shape is readonly Shape[] =>
  Array.isArray(shape) && Array.isArray(shape[0]);

function checkShapeOf(shape: Shape, n: number): void {
  checkShape(shape);
  if (shape.length !== 5) checkImage(shape, "shape");
  if (shape[0] !== n) throw new ShapeError("shape", show(shape), `[${n}, C, H, W], for ${n} samples`);
}
