import type { Plan, PlanOptions } from "../compiler/index.ts";
import { PLAN_RULES } from "../compiler/stages/plan.ts";
import { ArgumentError, checkedLater, describe, readOptions } from "../gpu/index.ts";
import { checkShape, keeping, type Shape, Tensor } from "../tensor/index.ts";
import { printable, showValue } from "../transforms/language/show.ts";
import { checkSamples, type Sampled } from "./sampled.ts";
import { type Draws, sequential } from "./sequential.ts";
import { pieceIdentities } from "./spread.ts";
import { checkTree, flatten, refuseMixes, showTree, type Tree } from "./tree.ts";

/** What `frames` and `patches` return: call it with clips, or with images. It is no transform: it stands in no other pipeline. */
export interface PiecePipeline {
  /** Draws for every piece, and applies; `samples` are the identities of the N clips or images. */
  (x: Tensor, options?: Draws): Tensor;
  /** Draws for clips or images of this shape without applying anything: a sample for each piece, those of the first one first. */
  sample(shape: Shape, options?: Draws): Sampled;
  /** Applies what was drawn before: equal bits, on one device. */
  replay(x: Tensor, params: Sampled): Tensor;
  /** What the pieces of a recipe get, in the parameters' own units. */
  read(params: Sampled): Promise<Sampled>;
  /** The passes over memory that the links take with clips or images of this shape; what orders pieces is not among them. */
  explain(shape: Shape): Plan;
}

/** Options of all pipelines of pieces: those of `apply` that do not change the storage type, and the seed. */
export interface PieceOptions extends Pick<PlanOptions, "compose"> {
  /** A whole number 0..2^53-1; 0 unless given. */
  seed?: number;
}

export const PIECE_RULES = { seed: checkedLater, compose: PLAN_RULES.compose };

/** How what is larger than an image is taken to pieces, and put together again. */
export interface Pieces {
  /** The function that makes such a pipeline, for messages: `frames`. */
  readonly name: string;
  /** What it is called with, for messages: `clips [N, T, C, H, W]`. */
  readonly wholes: string;
  /** Whether all pieces of one get one draw. */
  readonly shared: boolean;
  /** The shape of all pieces, `[N · K, C, H, W]`. @throws ShapeError for a shape that has none */
  shape(shape: Shape): Shape;
  /** All pieces as a batch, those of the first one first. */
  apart(x: Tensor): Tensor;
  /** What became of the pieces, as the links left them, of an x of this shape. */
  together(pieces: Tensor, shape: Shape): Tensor;
}

/**
 * A pipeline that runs on pieces as on a batch.
 * @param usual options that are not printed
 */
export function piecewise(
  pieces: Pieces,
  links: Tree,
  own: PieceOptions,
  printed: Readonly<Record<string, unknown>>,
  usual: Readonly<Record<string, unknown>>,
): PiecePipeline {
  const { name, shared } = pieces;
  const tree = checkTree("links", links, ` of ${name}()`);
  refuseMixes(flatten(tree, "links"), name, "what sees one image");
  const pipeline = sequential([tree], own);
  const drawsOf = ([n]: Shape, [all]: Shape, draws: Draws | undefined): Draws => {
    const { samples, ...rest } = readOptions<Draws>(name, draws, DRAWS);
    if (samples !== undefined) checkSamples(samples, n);
    return { ...rest, samples: pieceIdentities(n, { count: all / n, shared, sameOnBatch: false }, samples) };
  };
  const shapeOf = (shape: Shape): Shape => {
    checkShape(shape);
    return pieces.shape(shape);
  };
  const through = (x: Tensor, apply: (images: Tensor, shape: Shape) => Tensor): Tensor => {
    checkWholes(x, pieces.wholes);
    const shape = pieces.shape(x.shape);
    return keeping(x.gpu, () => pieces.together(apply(pieces.apart(x), shape), x.shape));
  };
  const shown = Object.entries({ ...printed, ...own }).filter(
    ([option, value]) => showValue(value) !== showValue(usual[option]),
  );
  const text = shown.map(([option, value]) => `${option}: ${showValue(value)}`).join(", ");
  return Object.freeze(
    printable(
      Object.assign(
        (x: Tensor, draws?: Draws) =>
          through(x, (images, shape) => pipeline(images, drawsOf(x.shape, shape, draws)) as Tensor),
        {
          sample: (shape: Shape, draws?: Draws) => {
            const images = shapeOf(shape);
            return pipeline.sample(images[0], { ...drawsOf(shape, images, draws), shape: images });
          },
          replay: (x: Tensor, params: Sampled) => through(x, (images) => pipeline.replay(images, params) as Tensor),
          read: pipeline.read,
          explain: (shape: Shape) => pipeline.explain(shapeOf(shape)),
        },
      ),
      () => `${name}(${showTree(tree)}${text ? `, { ${text} }` : ""})`,
    ),
  );
}

const DRAWS = { seed: checkedLater, step: checkedLater, samples: checkedLater };

function checkWholes(x: unknown, wholes: string): asserts x is Tensor {
  if (!(x instanceof Tensor)) throw new ArgumentError("x", describe(x), `a tensor, ${wholes}`);
  if ((x.dtype as string) !== "f32") throw new ArgumentError("x", `a tensor of ${x.dtype}`, `${wholes} of f32`);
}
