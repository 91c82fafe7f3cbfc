import { reshape, transpose } from "../autograd/index.ts";
import type { Plan, PlanOptions } from "../compiler/index.ts";
import { PLAN_RULES } from "../compiler/stages/plan.ts";
import { ArgumentError, checkedLater, describe, oneOf, readOptions, ShapeError } from "../gpu/index.ts";
import { checkShape, keeping, type Shape, show, Tensor } from "../tensor/index.ts";
import { printable, showValue } from "../transforms/language/show.ts";
import { checkSamples, type Sampled } from "./sampled.ts";
import { type Draws, sequential } from "./sequential.ts";
import { threefryInto } from "./threefry.ts";
import { checkTree, flatten, showTree, type Tree } from "./tree.ts";

/** Options of {@link frames}: how draws and axes go, and those of `apply` that do not change the storage type. */
export interface FramesOptions extends Pick<PlanOptions, "compose"> {
  /** `clip`, the default: all frames of a clip get one draw. `frame`: each gets its own. */
  same?: "clip" | "frame";
  /** Order of the axes; `NTCHW` unless given. */
  layout?: "NTCHW" | "NCTHW";
  /** A whole number 0..2^53-1; 0 unless given. */
  seed?: number;
}

/** What {@link frames} returns: call it with clips. */
export interface FramePipeline {
  /** Draws, and applies to clips `[N, T, C, H, W]`, or in the layout that was given. `samples` are the identities of the N clips. */
  (x: Tensor, options?: Draws): Tensor;
  /** Draws for clips of this shape without applying anything: N · T samples, frame by frame. */
  sample(shape: Shape, options?: Draws): Sampled;
  /** Applies what was drawn before: equal bits, on one device. */
  replay(x: Tensor, params: Sampled): Tensor;
  /** What the frames of a recipe get, in the parameters' own units. */
  read(params: Sampled): Promise<Sampled>;
  /** The passes over memory that clips of this shape take. */
  explain(shape: Shape): Plan;
}

/**
 * A pipeline for video: `frames([RandomHorizontalFlip(), ColorJitter({ hue: 0.1 })])(clips, { step })`. Its links are those of `sequential`,
 * and run on all frames at once, in the passes of a batch of N · T images. (Kornia: `VideoSequential`, whose `same_on_frame` is
 * `same: "clip"`.)
 *
 * All frames of a clip get one draw, coins, selections and what is drawn in the shader included, or with `same: "frame"` each gets its own,
 * which depends on (seed, step, clip, frame): not on how many clips or frames there are.
 * @param links a transform, a list of them, or a pipeline; they see one image
 * @throws ArgumentError for what is no transform, and for mixes, which see other samples
 */
export function frames(links: Tree, options?: FramesOptions): FramePipeline {
  const { same = "clip", layout = "NTCHW", ...own } = readOptions<FramesOptions>("frames", options, RULES);
  const tree = checkTree("links", links, " of frames()");
  const mix = flatten(tree, "links").transforms.find(({ transform }) => transform.declaration.reads === "batch");
  if (mix) {
    const given = `${mix.transform.declaration.name}, which sees other samples`;
    throw new ArgumentError(`${mix.at} of frames()`, given, "what sees one image");
  }
  const pipeline = sequential([tree], own);
  const front = layout === "NCTHW";
  const drawsOf = (shape: Shape, draws: Draws | undefined): Draws => {
    const [n, t] = [shape[0], shape[front ? 2 : 1]];
    const { samples, ...rest } = readOptions<Draws>("frames", draws, DRAWS);
    if (samples !== undefined) checkSamples(samples, n);
    return { ...rest, samples: identities(n, t, same, samples) };
  };
  const through = (x: Tensor, apply: (images: Tensor) => Tensor): Tensor => {
    checkClips(x, layout);
    return keeping(x.gpu, () => {
      const ordered = front ? transpose(x, SWAPPED) : x;
      const [n, t, ...image] = ordered.shape;
      const y = apply(reshape(ordered, [n * t, ...image]));
      const clips = reshape(y, [n, t, ...y.shape.slice(1)]);
      return front ? transpose(clips, SWAPPED) : clips;
    });
  };
  const flat = (shape: Shape): Shape => {
    checkShape(shape);
    checkRank(shape, layout);
    const [n, t, ...image] = front ? SWAPPED.map((axis) => shape[axis]) : shape;
    return [n * t, ...image];
  };
  const shown = Object.entries({ same, layout, ...own }).filter(([name, value]) => value !== USUAL[name]);
  const text = shown.map(([name, value]) => `${name}: ${showValue(value)}`).join(", ");
  return Object.freeze(
    printable(
      Object.assign(
        (x: Tensor, draws?: Draws) => through(x, (images) => pipeline(images, drawsOf(x.shape, draws)) as Tensor),
        {
          sample: (shape: Shape, draws?: Draws) => {
            const images = flat(shape);
            return pipeline.sample(images[0], { ...drawsOf(shape, draws), shape: images });
          },
          replay: (x: Tensor, params: Sampled) => through(x, (images) => pipeline.replay(images, params) as Tensor),
          read: pipeline.read,
          explain: (shape: Shape) => pipeline.explain(flat(shape)),
        },
      ),
      () => `frames(${showTree(tree)}${text ? `, { ${text} }` : ""})`,
    ),
  );
}

const RULES = {
  same: oneOf("clip", "frame"),
  layout: oneOf("NTCHW", "NCTHW"),
  seed: checkedLater,
  compose: PLAN_RULES.compose,
};
const DRAWS = { seed: checkedLater, step: checkedLater, samples: checkedLater };
const USUAL: Readonly<Record<string, unknown>> = { same: "clip", layout: "NTCHW" };

/** Channels and time change places. */
const SWAPPED = [0, 2, 1, 3, 4] as const;

const pair = new Uint32Array(2);

/** The identities of N · T frames: those of their clips, or of (clip, frame), hashed. */
function identities(n: number, t: number, same: "clip" | "frame", clips?: ArrayLike<number>): number[] {
  return Array.from({ length: n * t }, (_, i) => {
    const place = Math.floor(i / t);
    const clip = clips ? clips[place] : place;
    if (same === "clip") return clip;
    threefryInto(0, 0, clip, i % t, pair, 0);
    return pair[0];
  });
}

function checkClips(x: unknown, layout: string): asserts x is Tensor {
  if (!(x instanceof Tensor)) throw new ArgumentError("x", describe(x), `clips, a tensor [${[...layout].join(", ")}]`);
  checkRank(x.shape, layout);
  if ((x.dtype as string) !== "f32") throw new ArgumentError("x", `a tensor of ${x.dtype}`, "clips of f32");
}

function checkRank(shape: Shape, layout: string): void {
  if (shape.length !== 5 || shape.includes(0))
    throw new ShapeError("clips of frames()", show(shape), `[${[...layout].join(", ")}], none of them 0`);
}
