import { reshape, slice, where } from "../autograd/index.ts";
import { combineTensorPatches, extractTensorPatches } from "../functional/patches.ts";
import { ShapeError } from "../gpu/index.ts";
import { keeping, ones, sameShape, show, type Tensor } from "../tensor/index.ts";
import type { Extent, Pieces } from "../transforms/index.ts";

/** What becomes of an image whose sides are no multiples of a grid's. */
export type GridPadding = "same" | "valid";

/** How one side of an image is cut. */
interface Side {
  /** Pixels of a patch. */
  readonly size: number;
  /** Pixels of the image that are cut, from which one on. */
  readonly kept: readonly [from: number, to: number];
  /** What lies beyond the image, before and behind. */
  readonly beyond: readonly [number, number];
}

function sideOf(pixels: number, count: number, padding: GridPadding): Side {
  const size = padding === "same" ? Math.ceil(pixels / count) : Math.floor(pixels / count);
  const rest = Math.abs(size * count - pixels);
  const before = Math.floor(rest / 2);
  return padding === "same"
    ? { size, kept: [0, pixels], beyond: [before, rest - before] }
    : { size, kept: [before, before + size * count], beyond: [0, 0] };
}

/** Patches along a grid. */
export function gridOf(grid: Extent, padding: GridPadding): Pieces {
  const [rows, columns] = grid;
  const sidesOf = (image: Extent): Sides => {
    if (image[0] < rows || image[1] < columns) {
      const allowed = `at least ${rows} · ${columns} pixels, as the grid has`;
      throw new ShapeError("images of patches()", `${show(image)} pixels`, allowed);
    }
    return [sideOf(image[0], rows, padding), sideOf(image[1], columns, padding)];
  };
  return {
    grid,
    before: (image) => {
      const sides = sidesOf(image);
      return { from: both(sides, ({ kept, beyond }) => kept[0] - beyond[0]), size: sizesOf(sides) };
    },
    behind: (piece, image) => {
      const sides = sidesOf(image);
      if (sameShape(piece, sizesOf(sides)))
        return { from: both(sides, ({ beyond }) => 0 - beyond[0]), size: piece, image: both(sides, lengthOf) };
      if (sides.some(({ beyond }) => beyond[1] > 0)) {
        const given = `a change from ${show(sizesOf(sides))} to ${show(piece)}, of patches with zeros around`;
        throw new ShapeError("links of patches()", given, 'links that keep the size, or padding: "valid"');
      }
      return { from: [0, 0], size: piece, image: [rows * piece[0], columns * piece[1]] };
    },
    apart: (x, fill) => {
      const [n, , h, w] = x.shape;
      const sides = sidesOf([h, w]);
      if (fill === 0 || sides.every(({ beyond }) => beyond[1] === 0)) return cut(x, sides);
      return keeping(x.gpu, () => where(cut(ones(x.gpu, [n, 1, h, w]), sides), cut(x, sides), fill));
    },
    together: (y, image) => {
      const [, c, h, w] = y.shape;
      const sides = sidesOf(image);
      const whole = reshape(y, [y.shape[0] / (rows * columns), rows * columns, c, h, w]);
      if (!sameShape([h, w], sizesOf(sides)))
        return combineTensorPatches(whole, { originalSize: [rows * h, columns * w] });
      return combineTensorPatches(whole, { ...windows(sides), originalSize: both(sides, lengthOf) });
    },
  };
}

/** How the height of an image is cut, and its width. */
type Sides = readonly [Side, Side];

const both = ([down, across]: Sides, of: (side: Side) => number): Extent => [of(down), of(across)];
const lengthOf = ({ kept: [from, to] }: Side): number => to - from;
const sizesOf = (sides: Sides): Extent => both(sides, ({ size }) => size);

/** Where the patches of an image lie. */
const windows = (sides: Sides) => ({
  stride: sizesOf(sides),
  padding: sides.flatMap(({ beyond }) => beyond) as [number, number, number, number],
});

/** The patches of images as a batch, with zeros beyond. */
function cut(x: Tensor, sides: Sides): Tensor {
  const kept = sides.reduce(
    (part, side, i) => (lengthOf(side) === part.shape[2 + i] ? part : slice(part, 2 + i, ...side.kept)),
    x,
  );
  const taken = extractTensorPatches(kept, { ...windows(sides), windowSize: sizesOf(sides) });
  return reshape(taken, [-1, ...taken.shape.slice(2)]);
}
