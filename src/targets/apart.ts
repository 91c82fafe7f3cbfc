import { add, equal, greater, greaterEqual, lessEqual, max, maximum, min, minimum, mul, reshape, sub, sum, where } from "../autograd/index.ts"; // biome-ignore format: one line
import { type Tensor, tensor, zeros } from "../tensor/index.ts";
import type { Extent, Grid } from "../transforms/index.ts";
import type { Apart } from "./moves.ts";

// Places in pieces of images. A place belongs to the piece that it lies in, what lies beyond the outermost pieces to these, and goes with its
// piece. It is seen behind if it lay in the image and stays in its piece: what leaves that is cut off, as what leaves an image is.

/** Where pieces lie in images, and how large these are. */
export type Laid = Grid & { readonly image: Extent };

/** Where pieces lie on the way there, or back. */
export interface Ways {
  readonly grid: Extent;
  readonly from: Laid;
  readonly to: Laid;
}

export const waysOf = ({ apart: { grid, before, behind } }: Apart, back: boolean): Ways => ({
  grid,
  from: back ? behind : before,
  to: back ? before : behind,
});

/** Takes places `[N · K, P, 2]` in pieces where they go in these. */
type Through = (places: Tensor) => Tensor;

/** Places `[N, P, 2]` where their pieces take them. */
export function placesApart(places: Tensor, ways: Ways, through: Through): Tensor {
  const [n, p] = places.shape;
  const { own, local } = inPieces(places, ways);
  const [count] = own.shape.slice(1);
  const moved = reshape(through(reshape(local, [n * count, p, 2])), [n, count, p, 2]);
  return sum(where(own, add(moved, cornersOf(ways, ways.to, places)), 0), 1);
}

/** What is true of places in their pieces, `[N · K, P]`, as what is true of places `[N, P]`. */
export function factsApart(places: Tensor, ways: Ways, through: Through): Tensor {
  const [n, p] = places.shape;
  const { own, local } = inPieces(places, ways);
  const [count] = own.shape.slice(1);
  const found = reshape(through(reshape(local, [n * count, p, 2])), [n, count, p]);
  return sum(mul(reshape(own, found.shape), found), 1);
}

/** 1 for places in the image that stay in their pieces, `[N, P]`; a constant. */
export function staysApart(before: Tensor, behind: Tensor, { grid, from, to }: Ways): Tensor {
  const stay = equal(pieceAt(before, grid, from), pieceAt(behind, grid, to));
  return min(mul(stay, mul(isSeen(before, grid, from), isSeen(behind, grid, to))), -1);
}

/** 1 for coordinates within all pieces and the image. */
function isSeen(places: Tensor, grid: Extent, { from, size, image }: Laid): Tensor {
  const known = places.detach();
  const least = from.map((at) => Math.max(at, 0) - 0.5);
  const most = from.map((at, i) => Math.min(at + grid[i] * size[i], image[i]) - 0.5);
  const listed = ([down, across]: number[]) => tensor(known.gpu, [across, down]);
  return mul(greaterEqual(known, listed(least)), lessEqual(known, listed(most)));
}

/** Places within every piece, `[N, K, P, 2]`, and which of them are its `own`, `[N, K, P, 1]`; others are at its first pixel. */
function inPieces(places: Tensor, ways: Ways): { own: Tensor; local: Tensor } {
  const { grid, from } = ways;
  const [rows, columns] = grid;
  const [n, p] = places.shape;
  const at = reshape(pieceAt(places, grid, from), [n, 1, p, 2]);
  const numbers = Array.from({ length: rows * columns }, (_, k) => [k % columns, Math.floor(k / columns)]);
  const own = min(equal(at, tensor(places.gpu, numbers.flat(), [1, rows * columns, 1, 2])), {
    axes: 3,
    keepDims: true,
  });
  const local = where(own, sub(reshape(places, [n, 1, p, 2]), cornersOf(ways, from, places)), 0);
  return { own, local };
}

/** The pieces that places `[…, 2]` lie in, as (column, row) from 0; a constant. */
function pieceAt(places: Tensor, [rows, columns]: Extent, { from: [top, left], size: [h, w] }: Laid): Tensor {
  const known = places.detach();
  const steps = Math.max(rows, columns) - 1;
  if (steps === 0) return zeros(places.gpu, places.shape);
  const edges = Array.from({ length: steps }, (_, i) => [
    i + 1 < columns ? left + (i + 1) * w - 0.5 : Infinity,
    i + 1 < rows ? top + (i + 1) * h - 0.5 : Infinity,
  ]);
  const apart = reshape(known, [...known.shape.slice(0, -1), 1, 2]);
  return sum(greaterEqual(apart, tensor(places.gpu, edges.flat(), [steps, 2])), -2);
}

/** The first pixels of all pieces, `[1, K, 1, 2]`. */
function cornersOf({ grid: [rows, columns] }: Ways, { from, size }: Laid, { gpu }: Tensor): Tensor {
  const corners = Array.from({ length: rows * columns }, (_, k) => [
    from[1] + (k % columns) * size[1],
    from[0] + Math.floor(k / columns) * size[0],
  ]);
  return tensor(gpu, corners.flat(), [1, rows * columns, 1, 2]);
}

/** What is seen of pieces, `[1, K, 1, 2]`, in their own pixels: from where on, and up to where. */
function reachOf({ grid: [rows, columns] }: Ways, { from, size, image }: Laid, { gpu }: Tensor): [Tensor, Tensor] {
  const all = Array.from({ length: rows * columns }, (_, k) => [k % columns, Math.floor(k / columns)]);
  const side = (at: readonly number[], axis: 0 | 1) => from[axis] + at[1 - axis] * size[axis];
  const least = all.flatMap((at) => ([1, 0] as const).map((axis) => Math.max(0, -side(at, axis)) - 0.5));
  const most = all.flatMap((at) =>
    ([1, 0] as const).map((axis) => Math.min(size[axis], image[axis] - side(at, axis)) - 0.5),
  );
  return [tensor(gpu, least, [1, rows * columns, 1, 2]), tensor(gpu, most, [1, rows * columns, 1, 2])];
}

/** Boxes by two corners, `[N, B, 2]` each. */
export interface Corners {
  readonly least: Tensor;
  readonly most: Tensor;
}

/**
 * Boxes where pieces take what lies in each of them: the hull of these parts, each cut off at its piece. Of a box of which nothing is left,
 * both corners are that of the image.
 * @param through takes boxes in pieces where they go in these
 */
export function cornersApart(boxes: Corners, ways: Ways, through: (boxes: Corners) => Corners): Corners {
  const { least, most } = boxes;
  const [n, b] = least.shape;
  const [lowest, highest] = reachOf(ways, ways.from, least);
  const corners = cornersOf(ways, ways.from, least);
  const local = (edge: Tensor) => sub(reshape(edge, [n, 1, b, 2]), corners);
  const part = { least: maximum(local(least), lowest), most: minimum(local(most), highest) };
  const before = isThere(part);
  const [, count] = before.shape;
  const flat = (edge: Tensor) => reshape(where(before, edge, 0), [n * count, b, 2]);
  const moved = through({ least: flat(part.least), most: flat(part.most) });
  const [low, high] = reachOf(ways, ways.to, least);
  const apart = (edge: Tensor) => reshape(edge, [n, count, b, 2]);
  const seen = { least: maximum(apart(moved.least), low), most: minimum(apart(moved.most), high) };
  const left = mul(before, isThere(seen));
  const behind = cornersOf(ways, ways.to, least);
  const any = max(left, 1);
  // What is not there lies beyond all that is.
  const beyond = Math.max(...ways.to.image);
  const hull = (edge: Tensor, otherwise: number) => where(left, add(edge, behind), otherwise);
  return {
    least: where(any, min(hull(seen.least, beyond), 1), -0.5),
    most: where(any, max(hull(seen.most, -1), 1), -0.5),
  };
}

/** 1 for boxes that have an area, a constant: `[…, 1]`. */
const isThere = ({ least, most }: Corners): Tensor =>
  min(greater(most.detach(), least.detach()), { axes: least.shape.length - 1, keepDims: true });
