/** What moves the pixels of a pipeline's steps, those that run side by side among them. */
import { matmul } from "../autograd/index.ts";
import { type Move as Direct, identity, movesOf } from "../compiler/motion/index.ts";
import { outputSize } from "../compiler/outcome.ts";
import { bindChain } from "../compiler/stages/apply.ts";
import { inverse } from "../functional/linalg.ts";
import { transformPoints } from "../functional/points.ts";
import { ArgumentError, type Gpu } from "../gpu/index.ts";
import { keeping, type Shape, sameShape, type Tensor, tensor } from "../tensor/index.ts";
import type { Branches, Extent, Pieces, Transform } from "../transforms/index.ts";
import { type Laid, placesApart, waysOf } from "./apart.ts";
import {
  chainIn,
  checkKept,
  inShares,
  piecesOf,
  rowsOfSteps,
  type SideBySide,
  type Step,
  shapeBehind,
  sharesBeside,
} from "./beside.ts";
import { takenOf } from "./parted.ts";
import { regionOf, whereInside } from "./region.ts";

/** What moves the pieces of images, each by itself. */
export interface Apart {
  /** Rows and columns of pieces, and where they lie in the images before and behind. */
  readonly apart: { readonly grid: Extent; readonly before: Laid; readonly behind: Laid };
  /** How the pieces move, as a batch of images. */
  readonly moves: readonly Move[];
}

/** How links move pixels. */
export type Move = Direct | Apart;

/** A move, there or back. */
export interface Stride {
  readonly move: Move;
  readonly back: boolean;
}

export const isApart = ({ move }: Stride): boolean => "apart" in move;

/** What pieces go through, there or back. */
export function stridesIn({ moves }: Apart, back: boolean): readonly Stride[] {
  const strides = moves.map((move) => ({ move, back }));
  return back ? strides.toReversed() : strides;
}

export const there = (move: Move): Stride => ({ move, back: false });
export const turned = ({ move, back }: Stride): Stride => ({ move, back: !back });

/** Points `[N, K, 2]` through moves. */
export const through = (points: Tensor, strides: readonly Stride[]): Tensor =>
  strides.reduce((at, { move, back }) => {
    if ("apart" in move) return placesApart(at, waysOf(move, back), (pieces) => through(pieces, stridesIn(move, back)));
    if (!("matrix" in move)) return move.move(at, back);
    return transformPoints(back ? inverse(move.matrix) : move.matrix, at);
  }, points);

/** The product of matrices, `[N, 3, 3]`; null where a move has none. */
export function productOf(gpu: Gpu, samples: number, strides: readonly Stride[]): Tensor | null {
  const matrices = strides.flatMap(({ move, back }) => ("matrix" in move ? [{ matrix: move.matrix, back }] : []));
  if (matrices.length < strides.length) return null;
  if (matrices.length === 0) return identity(gpu, samples);
  if (matrices.length === 1 && !matrices[0].back) return matrices[0].matrix;
  return keeping(gpu, () =>
    matrices
      .map(({ matrix, back }) => (back ? inverse(matrix) : matrix))
      .reduce((before, next) => matmul(next, before)),
  );
}

/** What moves the pixels of images of a shape, in order, and the shape of what comes out. */
export function movesThrough(
  gpu: Gpu,
  steps: readonly Step[],
  shape: Shape,
): { moves: readonly Move[]; output: Shape } {
  let output = shape;
  const moves = rowsOfSteps(steps).flatMap((row) => {
    const before = output;
    if ("shares" in row) {
      output = shapeBehind([row], before);
      return besideMoves(gpu, row, before);
    }
    if ("chains" in row) {
      const ends = row.chains.map(({ chain }) => movesThrough(gpu, chain, before));
      // All end in one size; samples that run none may be there only where that is the one before.
      [{ output }] = ends;
      return partedMoves(gpu, row, ends);
    }
    if ("within" in row) {
      const pieces = piecesOf(row.within);
      output = outputSize(row.within, before);
      return pieces ? movesApart(gpu, row.within, pieces, before) : regionMoves(gpu, row.within, before);
    }
    const made = movesOf(gpu, bindChain(gpu, output, row), output);
    output = made.output;
    return made.moves;
  });
  return { moves, output };
}

/** The moves of each branch. */
function movesOfBranches(gpu: Gpu, { branches }: SideBySide, shape: Shape): readonly (readonly Move[])[] {
  return branches.map((steps) => movesThrough(gpu, steps, shape).moves);
}

/** Whether any of the branches moves pixels. */
export const anyMoves = (gpu: Gpu, beside: SideBySide, shape: Shape): boolean =>
  movesOfBranches(gpu, beside, shape).some((moves) => moves.length > 0);

/** A sample goes the way of its branch, with the gradient of the shares. */
function besideMoves(gpu: Gpu, beside: SideBySide, shape: Shape): readonly Move[] {
  const ways = movesOfBranches(gpu, beside, shape).map((moves) => moves.map(there));
  if (ways.every((strides) => strides.length === 0)) return [];
  if (!beside.single)
    throw new ArgumentError(
      "links that run side by side",
      "shares of several links for a sample, of which one moves pixels",
      "links that leave pixels where they are, or one link for each sample: what is in several places has no one motion",
    );
  const shares = sharesBeside(beside, 3);
  const pick: Pick = (parts, still) => inShares(shares, parts, beside.mask, still);
  const [move] = pickedMoves(gpu, shape[0], ways, pick);
  return "matrix" in move ? [move] : [{ ...move, kept: [...shares, ...move.kept] }];
}

/** A sample goes the way of the chain that it runs. Chains are there for all samples: what they move is points, and not pixels. */
function partedMoves(gpu: Gpu, branches: Branches, ends: readonly { moves: readonly Move[] }[]): readonly Move[] {
  const ways = ends.map(({ moves }) => moves.map(there));
  if (ways.every((strides) => strides.length === 0)) return [];
  return pickedMoves(gpu, branches.taken.length, ways, (parts, still) => takenOf(parts, still, branches));
}

/** What each sample's own way makes, from what ways make of all samples and what stands still. */
type Pick = (parts: readonly Tensor[], still: Tensor) => Tensor;

/** One move of several ways: a matrix where each of them has one. */
function pickedMoves(gpu: Gpu, samples: number, ways: readonly (readonly Stride[])[], pick: Pick): [Direct] {
  refuseApart("links of which each sample goes its own way", ways.flat());
  const products = ways.map((strides) => productOf(gpu, samples, strides));
  if (products.every((product) => product !== null)) return [{ matrix: pick(products, identity(gpu, samples)) }];
  const move = (points: Tensor, back: boolean): Tensor =>
    keeping(gpu, () => {
      const each = ways.map((strides) => through(points, back ? strides.toReversed().map(turned) : strides));
      return pick(each, points);
    });
  const all = ways.flat().map((stride) => stride.move);
  return [{ move, kept: keptBy(all), hides: all.some(mayHide) }];
}

/** What lies in a region goes the way of its links. Of one that is none, as `movesOf` has it. */
function regionMoves(gpu: Gpu, transform: Transform, shape: Shape): readonly Move[] {
  const region = regionOf(gpu, transform, shape);
  if (!region) return movesOf(gpu, bindChain(gpu, shape, [transform]), shape).moves;
  const { moves, output } = movesThrough(gpu, region.chain, shape);
  checkKept(shape, output);
  if (moves.length === 0) return [];
  const share = region.share();
  const strides = moves.map(there);
  refuseApart(`links of ${transform.declaration.name}()`, strides);
  const move = (points: Tensor, back: boolean): Tensor =>
    keeping(gpu, () => whereInside(share, points, through(points, back ? strides.toReversed().map(turned) : strides)));
  return [{ move, kept: [share, ...keptBy(moves)], hides: true }];
}

/** Refuses what would be shown in part: a place in a piece and one of the whole image. */
function refuseApart(argument: string, strides: readonly Stride[]): void {
  if (!strides.some(isApart)) return;
  const allowed = "such patches in a row with other links, or in a choice that is known: await pipeline.read(params)";
  throw new ArgumentError(argument, "patches in which pixels move, beside labels or for a motion", allowed);
}

/** Pieces move each by itself; where nothing in them moves, they have at most another place. */
function movesApart(gpu: Gpu, { parts }: Transform, pieces: Pieces, [n, c, h, w]: Shape): readonly Move[] {
  const image = [h, w] as const;
  const [rows, columns] = pieces.grid;
  const before = { ...pieces.before(image), image };
  const inside = [n * rows * columns, c, ...before.size];
  const { moves, output } = movesThrough(gpu, chainIn(parts!, inside), inside);
  const behind = pieces.behind([output[2], output[3]], image);
  if (moves.length > 0) return [{ apart: { grid: pieces.grid, before, behind }, moves }];
  const [down, across] = behind.from.map((from, i) => from - before.from[i]);
  if (down === 0 && across === 0 && sameShape(image, behind.image)) return [];
  const shift = [1, 0, across, 0, 1, down, 0, 0, 1];
  return [{ matrix: tensor(gpu, Array.from({ length: n }, () => shift).flat(), [n, 3, 3]) }];
}

/** Whether what a move takes along may be hidden where it goes. */
export const mayHide = (move: Move): boolean =>
  "apart" in move ? move.moves.some(mayHide) : !("matrix" in move) && move.hides === true;

/** The tensors that moves look through. */
export const keptBy = (moves: readonly Move[]): readonly Tensor[] =>
  moves.flatMap((move) => ("apart" in move ? keptBy(move.moves) : "matrix" in move ? [move.matrix] : move.kept));
