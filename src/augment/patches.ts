import { outputSize } from "../compiler/outcome.ts";
import { PLAN_RULES } from "../compiler/stages/plan.ts";
import { ArgumentError, checkedLater, describe, flag, number, oneOf, readOptions, rule } from "../gpu/index.ts";
import type { Shape, Tensor } from "../tensor/index.ts";
import type { Extent, Inner, Pieces, Transform } from "../transforms/index.ts";
import { printable, showValue } from "../transforms/language/show.ts";
import { withinPatches } from "../transforms/within/within.ts";
import { shapeThrough } from "./arrange.ts";
import { flatten, refuseMixes } from "./flatten.ts";
import { gridOf } from "./grid.ts";
import { type Planned, planTree } from "./plan.ts";
import { type Pipeline, type SequentialOptions, sequential } from "./sequential.ts";
import { checkTree, enlist, enlistLink, enlistSelection, type Patchwise, showTree, type Tree } from "./tree.ts";

/** Options of {@link patches}: where patches lie, how draws go, and the seed of calls that give none. */
export interface PatchesOptions extends Pick<SequentialOptions, "seed" | "compose"> {
  /** How many patches an image has, `[rows, columns]`, at most one for each of its pixels; `[4, 4]` unless given. */
  grid?: readonly [number, number];
  /**
   * What becomes of an image whose sides are no multiples of the grid's. `same`, the default: zeros around it complete the patches for the
   * links, and are cut off again. `valid`: the image is cut to the largest multiples within. Either way it is done evenly around, the
   * odd row and column below and to the right.
   */
  padding?: "same" | "valid";
  /** `patch`, the default: each patch gets its own draw. `image`: all patches of an image get one. */
  same?: "image" | "patch";
  /** All images of a batch get what image 0 gets, patch by patch; false unless given. */
  sameOnBatch?: boolean;
  /**
   * The first link is for the first patch alone, the second one for the second, row by row: as many links as patches. False unless given:
   * all links run on every patch.
   */
  patchwise?: boolean;
}

/**
 * A pipeline for patches of images: `patches([RandomHorizontalFlip(), RandomErasing()], { grid: [4, 4] })(images, { step })`. Images are cut
 * along a grid, the links run on all patches at once, in the passes of a batch of N · rows · columns images, and the patches are put together
 * again. Gradients reach the images and what the links learn. (Kornia: `PatchSequential`, whose `patchwise_apply` is `patchwise`.)
 *
 * Each patch gets a draw of its own, which depends on (seed, step, image, patch), patches counted row by row: not on the batch. Where links
 * change the size of a patch, the image changes with it, which takes a size that is a multiple of the grid, or `padding: "valid"`. What was
 * drawn for the links has a value for each patch in what `sample` returns, those of the first image first.
 *
 * Labels go with their patches: masks are cut as images are, a keypoint is kept as long as it stays in its patch, and a box is the hull of what
 * is left of its parts, each moved with its patch and cut off by it. Polygons, lines, flow, oriented boxes, and keypoints with angles, sizes or
 * pairs are refused beside links that move pixels.
 *
 * It is a pipeline, and a link of others: `sequential([resize({ height: 64, width: 64 }), patches([RandomErasing()]), RandomHorizontalFlip()])`;
 * it may stand in selections, in `blend` and `within`, in `frames`, and in `patches`.
 * @param links a transform, a list of them, or a pipeline; they see one patch
 * @throws ArgumentError for what is no transform, and for mixes, which see other samples. The call throws a ShapeError for an image that has
 * fewer rows or columns than the grid, and for links that change the size of patches that were padded
 */
export function patches(links: Tree, options?: PatchesOptions): Pipeline {
  const { seed, ...own } = readOptions<PatchesOptions>("patches", options, RULES);
  const link = linkOf(links, own);
  const given = seed === undefined ? {} : { seed };
  const inner = sequential([link], given);
  const call = (...of: Parameters<typeof inner.apply>) => inner(...of);
  const show = () => shownAs(link.links!.given, given);
  const pipeline = Object.freeze(printable(Object.assign(call, inner), show)) as unknown as Pipeline;
  enlist(pipeline, given);
  enlistLink(pipeline, link);
  return pipeline;
}

/** The transform that cuts images, applies links within itself and puts patches together. */
function linkOf(links: Tree, own: Omit<PatchesOptions, "seed">): Transform {
  const { grid = USUAL.grid, padding = "same", same = "patch", sameOnBatch = false, patchwise, compose } = own;
  const [rows, columns] = grid;
  const pieces = gridOf([rows, columns], padding);
  const given = checkTree("links", links, " of patches()");
  const tree = patchwise ? oneEach(given, rows * columns) : given;
  const flat = flatten(tree, "links");
  refuseMixes(flat, "patches", "what sees one image");
  const declaration = withinPatches(
    pieces,
    sizesThrough(
      pieces,
      planTree(tree),
      flat.transforms.map(({ transform }) => transform),
    ),
  );
  const inner: Inner = Object.freeze({
    tree,
    given: Object.freeze({ links: given, ...own, ...(own.grid && { grid: Object.freeze([rows, columns]) }) }),
    show: () => shownAs(inner.given, {}),
    made: (x: Tensor, _: unknown, run: (x: Tensor) => Tensor) => {
      const [, , h, w] = x.shape;
      return pieces.together(run(pieces.apart(x, 0)), [h, w]);
    },
    spread: Object.freeze({ count: rows * columns, shared: same === "image", sameOnBatch }),
    ...(compose === undefined ? {} : { compose }),
  });
  return Object.freeze(printable({ declaration, params: {}, options: {}, links: inner }, inner.show));
}

/** The sizes and channels of what links make of images in patches. */
function sizesThrough(pieces: Pieces, planned: Planned, chain: readonly Transform[]) {
  return {
    size: (_: unknown, image: Extent) => {
      const [, , ...piece] = shapeThrough(planned, [1, 3, ...pieces.before(image).size]);
      return pieces.behind(piece as unknown as Extent, image).image;
    },
    outChannels: (_: unknown, channels: number) =>
      chain.reduce<Shape>((size, each) => outputSize(each, size), [1, channels, 64, 64])[1],
  };
}

/** A link for each patch. */
function oneEach(links: Tree, count: number): Patchwise {
  if (!Array.isArray(links) || links.length !== count) {
    const given = Array.isArray(links) ? `${links.length} links` : describe(links);
    throw new ArgumentError("links of patches()", given, `${count} links, one for each patch, with patchwise`);
  }
  const selection: Patchwise = { selection: "patchwise", links };
  return Object.freeze(printable(enlistSelection(selection), () => showTree(links)));
}

function shownAs({ links, ...own }: Inner["given"], seed: Readonly<Record<string, unknown>>): string {
  const shown = Object.entries({ ...own, ...seed }).filter(
    ([option, value]) => showValue(value) !== showValue(USUAL[option as keyof typeof USUAL]),
  );
  const text = shown.map(([option, value]) => `${option}: ${showValue(value)}`).join(", ");
  return `patches(${showTree(links as Tree)}${text ? `, { ${text} }` : ""})`;
}

const COUNT = number({ least: 1, whole: true });
const GRID = rule(
  "[rows, columns], whole numbers of at least 1",
  (value) => Array.isArray(value) && value.length === 2 && value.every((each) => COUNT.fits(each)),
);
const RULES = {
  seed: checkedLater,
  compose: PLAN_RULES.compose,
  grid: GRID,
  padding: oneOf("same", "valid"),
  same: oneOf("image", "patch"),
  sameOnBatch: flag,
  patchwise: flag,
};
/** Options that are not printed. */
const USUAL = {
  grid: [4, 4],
  padding: "same",
  same: "patch",
  sameOnBatch: false,
  patchwise: false,
  compose: true,
} as const;
