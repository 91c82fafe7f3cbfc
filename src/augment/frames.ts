import type { Plan, PlanOptions, ResultType, StoredType } from "../compiler/index.ts";
import { PLAN_RULES } from "../compiler/stages/plan.ts";
import { ArgumentError, checkedLater, describe, flag, isPlainObject, oneOf, readOptions } from "../gpu/index.ts";
import { readClipTargets } from "../targets/clip-targets.ts";
import { axesOf, type ClipLayout, type Clips, clipsOf, frameShape, framesOf, readClips } from "../targets/clips.ts";
import type { Motion } from "../targets/index.ts";
import { keepingTargets } from "../targets/move.ts";
import type { Moved } from "../targets/moved.ts";
import { checkShape, type DType, keeping, type Shape, Tensor } from "../tensor/index.ts";
import { printable, showValue } from "../transforms/language/show.ts";
import { flatten, refuseMixes } from "./flatten.ts";
import { checkSamples, type Sampled } from "./sampled.ts";
import { type Draws, type Pipeline, sequential } from "./sequential.ts";
import { pieceIdentities } from "./spread.ts";
import { checkTree, enlistOuter, showTree, type Tree } from "./tree.ts";

/** Options of {@link frames}: how draws and axes go, those of `apply`, and the seed. */
export interface FramesOptions<D extends StoredType | undefined = StoredType | undefined> extends PlanOptions<D> {
  /** `clip`, the default: all frames of a clip get one draw. `frame`: each gets its own. */
  same?: "clip" | "frame";
  /** Order of the axes; `NTCHW` unless given. */
  layout?: "NTCHW" | "NCTHW";
  /** All clips of a batch get what clip 0 gets, frame by frame; false unless given. */
  sameOnBatch?: boolean;
  /** A whole number 0..2^53-1; 0 unless given. */
  seed?: number;
}

/** Options of one call with an object of what belongs to clips. */
export interface ClipOptions extends Draws {
  /** Shape of the clips: needed for an object that has none. */
  shape?: Shape;
}

/** What {@link frames} returns: call it with clips, or with an object of what belongs to clips. It stands in no other pipeline. */
export interface ClipPipeline<D extends StoredType | undefined = undefined> extends Pick<Pipeline, "transforms"> {
  /** Draws for every frame, and applies; `samples` are the identities of the N clips. */
  <X extends DType>(clips: Tensor<X>, options?: Draws): Tensor<ResultType<X, D>>;
  /**
   * Draws, and applies to everything that an object holds, under the names of a pipeline's: clips; masks `[N, T, H, W]`, or with channels as
   * clips; boxes `[N, T, K, 4]`, keypoints `[N, T, K, 2]` and whatever else comes in rows, or lists with one for each frame, those of
   * the first clip first; labels of clips, `[N]` or `[N, classes]`. `kept` of boxes and keypoints is `[N, T, K]`.
   */
  <T extends object>(targets: T, options?: ClipOptions): Moved<T, D>;
  /** Draws for clips of this shape without applying anything: a sample for each frame, those of the first clip first. */
  sample(shape: Shape, options?: Draws): Sampled;
  /** Applies what was drawn before: equal bits, on one device. */
  replay<X extends DType>(clips: Tensor<X>, params: Sampled): Tensor<ResultType<X, D>>;
  /** The same to everything that an object holds. */
  replay<T extends object>(targets: T, params: Sampled, options?: Pick<ClipOptions, "shape">): Moved<T, D>;
  /** What the frames of a recipe get, in the parameters' own units. */
  read(params: Sampled): Promise<Sampled>;
  /** As that of a pipeline, `[N · T]`. */
  logProb(params: Sampled): Tensor;
  /** Where the pixels of clips go with parameters that were drawn before: a motion of N · T images, those of the first clip first. */
  motion(clips: Tensor<DType>, params: Sampled): Motion;
  /** The passes over memory that clips of this shape take; where time comes behind channels, the axes change places besides. */
  explain(shape: Shape): Plan;
}

/**
 * A pipeline for video: `frames([RandomHorizontalFlip(), ColorJitter({ hue: 0.1 })])(clips, { step })`, where clips are
 * `[N, T, C, H, W]` in any storage type but `rgba8`. Its links are those of `sequential`, and run on all frames at once, in the passes of a
 * batch of N · T images. (Kornia: `VideoSequential`, whose `same_on_frame` is `same: "clip"`, and `data_format` is `layout`.)
 *
 * All frames of a clip get one draw, coins, selections and what is drawn in the shader included, or with `same: "frame"` each gets its own,
 * which depends on (seed, step, clip, frame): not on how many clips or frames there are. Labels go with the frames that they belong to.
 *
 * What it returns is called with clips, and is no link of another pipeline; anything that sees one image may stand among its links,
 * `patches`, selections, `blend` and `within` included.
 * @param links a transform, a list of them, or a pipeline; they see one image
 * @throws ArgumentError for what is no transform, and for mixes, which see other samples
 */
export function frames<D extends StoredType | undefined = undefined>(
  links: Tree,
  options?: FramesOptions<D>,
): ClipPipeline<D> {
  const given = readOptions<FramesOptions>("frames", options, RULES);
  const { same = "clip", layout = "NTCHW", sameOnBatch = false, ...own } = given;
  const tree = checkTree("links", links, " of frames()");
  refuseMixes(flatten(tree, "links"), "frames", "what sees one image");
  const pipeline = sequential([tree], own);
  const spread = { shared: same === "clip", sameOnBatch };

  const drawsOf = ({ size: [n, t] }: Clips, { samples, ...rest }: Draws): Draws => {
    if (samples !== undefined) checkSamples(samples, n);
    return { ...rest, samples: pieceIdentities(n, { ...spread, count: t }, samples) };
  };
  const shapeOf = (shape: Shape): Clips => {
    checkShape(shape);
    return readClips(shape, layout, CLIPS);
  };
  /** Whatever it was called with, through what applies the links to frames. */
  const through = (given: unknown, shape: Shape | undefined, apply: Apply): unknown => {
    if (isPlainObject(given)) {
      const { gpu, leaves, clips, apart, together } = readClipTargets(given, layout, shape);
      return keepingTargets(gpu, leaves, () => together(apply(apart(), clips, { shape: frameShape(clips) })));
    }
    const { x, clips } = readTensor(given, layout, shape);
    return keeping(x.gpu, () => clipsOf(apply(framesOf(x, layout), clips, {}) as Tensor, clips));
  };

  const shown = Object.entries(given).filter(([option, value]) => USUAL[option as keyof FramesOptions] !== value);
  const text = shown.map(([option, value]) => `${option}: ${showValue(value)}`).join(", ");
  const whole = Object.freeze(
    printable(
      Object.assign(
        (x: unknown, options?: ClipOptions) => {
          const { shape, ...draws } = readOptions<ClipOptions>("frames", options, { ...DRAWS, shape: checkedLater });
          return through(x, shape, (images, clips, more) =>
            pipeline(images as object, { ...drawsOf(clips, draws), ...more }),
          );
        },
        {
          transforms: pipeline.transforms,
          sample: (shape: Shape, options?: Draws) => {
            const clips = shapeOf(shape);
            const draws = drawsOf(clips, readOptions<Draws>("sample", options, DRAWS));
            return pipeline.sample(frameShape(clips)[0], { ...draws, shape: frameShape(clips) });
          },
          replay: (x: unknown, params: Sampled, options?: Pick<ClipOptions, "shape">) => {
            const { shape } = readOptions<Pick<ClipOptions, "shape">>("replay", options, { shape: checkedLater });
            return through(x, shape, (images, _, more) => pipeline.replay(images as object, params, more));
          },
          motion: (x: Tensor<DType>, params: Sampled) => {
            readTensor(x, layout);
            const images = keeping(x.gpu, () => framesOf(x, layout) as Tensor);
            try {
              return pipeline.motion(images, params);
            } finally {
              images.dispose();
            }
          },
          read: pipeline.read,
          logProb: pipeline.logProb,
          explain: (shape: Shape) => pipeline.explain(frameShape(shapeOf(shape))),
        },
      ),
      () => `frames(${showTree(tree)}${text ? `, { ${text} }` : ""})`,
    ),
  ) as unknown as ClipPipeline<D>;
  enlistOuter(whole, "frames");
  return whole;
}

/** What applies the links to frames, or to an object of what belongs to them. */
type Apply = (images: unknown, clips: Clips, more: { shape?: Shape }) => unknown;

const CLIPS = "clips of frames()";
const RULES = {
  ...PLAN_RULES,
  same: oneOf("clip", "frame"),
  layout: oneOf("NTCHW", "NCTHW"),
  sameOnBatch: flag,
  seed: checkedLater,
};
/** Options that are not printed. */
const USUAL: FramesOptions = { same: "clip", layout: "NTCHW", sameOnBatch: false };
const DRAWS = { seed: checkedLater, step: checkedLater, samples: checkedLater };

function readTensor(x: unknown, layout: ClipLayout, shape?: Shape): { x: Tensor<DType>; clips: Clips } {
  if (!(x instanceof Tensor))
    throw new ArgumentError("x", describe(x), `a tensor, clips ${axesOf(layout)}, or an object`);
  if (shape !== undefined) throw new ArgumentError("shape", "a shape beside clips", "none: clips have their own");
  return { x, clips: readClips(x.shape, layout, CLIPS) };
}
