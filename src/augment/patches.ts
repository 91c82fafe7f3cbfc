import { reshape, slice } from "../autograd/index.ts";
import { combineTensorPatches, extractTensorPatches } from "../functional/patches.ts";
import { number, oneOf, readOptions, rule, ShapeError } from "../gpu/index.ts";
import { checkImage, type Shape, show, type Tensor } from "../tensor/index.ts";
import { PIECE_RULES, type PieceOptions, type PiecePipeline, type Pieces, piecewise } from "./pieces.ts";
import type { Tree } from "./tree.ts";

/** Options of {@link patches}: where patches lie, how draws go, and those of `apply` that do not change the storage type. */
export interface PatchesOptions extends PieceOptions {
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
}

/**
 * A pipeline for patches of images: `patches([RandomHorizontalFlip(), RandomErasing()], { grid: [4, 4] })(images, { step })`, where
 * images are `[N, C, H, W]` of f32. They are cut along a grid, the links run on all patches at once, in the passes of a batch of N · rows ·
 * columns images, and the patches are put together again. Gradients reach the images and what the links learn. (Kornia: `PatchSequential`
 * with `patchwise_apply=False`.)
 *
 * Each patch gets a draw of its own, which depends on (seed, step, image, patch), patches counted row by row: not on the batch. Where links
 * change the size of a patch, the image changes with it, which takes a size that is a multiple of the grid, or `padding: "valid"`.
 *
 * What it returns is called with images, and is no link of another pipeline; selections, `blend` and `within` may stand among its links.
 * @param links a transform, a list of them, or a pipeline; they see one patch
 * @throws ArgumentError for what is no transform, and for mixes, which see other samples. The call throws a ShapeError for an image that has
 * fewer rows or columns than the grid, and for links that change the size of patches that were padded
 */
export function patches(links: Tree, options?: PatchesOptions): PiecePipeline {
  const given = readOptions<PatchesOptions>("patches", options, RULES);
  const { grid = USUAL.grid, padding = "same", same = "patch", ...own } = given;
  const [rows, columns] = grid;
  const pieces = patchesIn([rows, columns], padding, same === "image");
  return piecewise(pieces, links, own, { grid: [rows, columns], padding, same }, USUAL);
}

const COUNT = number({ least: 1, whole: true });
const GRID = rule(
  "[rows, columns], whole numbers of at least 1",
  (value) => Array.isArray(value) && value.length === 2 && value.every((each) => COUNT.fits(each)),
);
const RULES = { ...PIECE_RULES, grid: GRID, padding: oneOf("same", "valid"), same: oneOf("image", "patch") };
const USUAL = { grid: [4, 4], padding: "same", same: "patch" } as const;

/** How one side of an image is cut. */
interface Side {
  /** Pixels of a patch. */
  readonly size: number;
  /** Pixels of the image that are cut, from which one on. */
  readonly kept: readonly [from: number, to: number];
  /** Zeros before and behind. */
  readonly zeros: readonly [number, number];
}

function sideOf(pixels: number, count: number, padding: "same" | "valid"): Side {
  const size = padding === "same" ? Math.ceil(pixels / count) : Math.floor(pixels / count);
  const rest = Math.abs(size * count - pixels);
  const before = Math.floor(rest / 2);
  return padding === "same"
    ? { size, kept: [0, pixels], zeros: [before, rest - before] }
    : { size, kept: [before, before + size * count], zeros: [0, 0] };
}

function patchesIn(grid: readonly [number, number], padding: "same" | "valid", shared: boolean): Pieces {
  const sidesOf = (shape: Shape): Side[] => grid.map((count, i) => sideOf(shape[2 + i], count, padding));
  const [rows, columns] = grid;
  return {
    name: "patches",
    wholes: "images [N, C, H, W]",
    shared,
    shape: (shape) => {
      checkImage(shape, "images of patches()");
      const [n, c, h, w] = shape;
      if (h < rows || w < columns)
        throw new ShapeError(
          "images of patches()",
          show(shape),
          `at least ${rows} · ${columns} pixels, as the grid has`,
        );
      return [n * rows * columns, c, ...sidesOf(shape).map(({ size }) => size)];
    },
    apart: (x) => {
      const sides = sidesOf(x.shape);
      const cut = sides.reduce((part, { kept }, i) => slicedTo(part, 2 + i, kept), x);
      const taken = extractTensorPatches(cut, { ...windows(sides), windowSize: sizes(sides) });
      return reshape(taken, [-1, ...taken.shape.slice(2)]);
    },
    together: (y, shape) => {
      const sides = sidesOf(shape);
      const [, c, h, w] = y.shape;
      const whole = reshape(y, [shape[0], rows * columns, c, h, w]);
      if (h === sides[0].size && w === sides[1].size) {
        const originalSize = sides.map(({ kept: [from, to] }) => to - from) as [number, number];
        return combineTensorPatches(whole, { ...windows(sides), originalSize });
      }
      if (sides.some(({ zeros: [, behind] }) => behind > 0)) {
        const given = `a change from ${show(sizes(sides))} to ${show([h, w])}, of patches with zeros around`;
        throw new ShapeError("links of patches()", given, 'links that keep the size, or padding: "valid"');
      }
      return combineTensorPatches(whole, { originalSize: [rows * h, columns * w] });
    },
  };
}

const sizes = ([down, across]: readonly Side[]) => [down.size, across.size] as const;

/** Where the patches of an image lie. */
const windows = (sides: readonly Side[]) => ({
  stride: sizes(sides),
  padding: sides.flatMap(({ zeros }) => zeros) as [number, number, number, number],
});

const slicedTo = (x: Tensor, axis: number, [from, to]: Side["kept"]): Tensor =>
  to - from === x.shape[axis] ? x : slice(x, axis, from, to);
