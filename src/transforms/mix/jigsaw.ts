import jigsawWgsl from "../../../shaders/mix/jigsaw.wgsl";
import { kernelSizeOf } from "../filter/kernel.ts";
import { define } from "../language/declare.ts";
import type { ListValue, Permutation } from "../language/values.ts";

/**
 * Cuts every image into the tiles of a grid, and puts them together in another order: the tile that is counted k, row by row, shows
 * what was tile `permutation[k]`. Labels stay.
 */
export const jigsaw = define<{
  /** Which tile is shown at each place: the numbers 0 to rows · columns − 1, each once; a row of them for each sample; or `permutation()`. */
  permutation: ListValue | Permutation;
  /** Tiles [down, across], or one number for both; 4 unless given. */
  grid?: number | readonly [number, number];
  /**
   * Where the grid does not divide the image's sides: `refused` (unless given), or `kept`, pixels at the right and below that no tile
   * has stay where they are.
   */
  rest?: "refused" | "kept";
}>({
  name: "jigsaw",
  kind: "mix",
  reads: "image",
  wgsl: jigsawWgsl,
  params: {
    permutation: {
      list: {
        permutes: ({ grid }) => {
          const [rows, columns] = kernelSizeOf(grid);
          return rows * columns;
        },
      },
      integer: true,
      gradient: false,
      min: 0,
      unit: "index",
      doc: "which tile is shown at each place",
    },
  },
  options: {
    grid: { default: 4, allowed: "anyKernelSize", doc: "tiles, [down, across]", inShader: true },
    rest: { default: "refused", allowed: ["refused", "kept"], doc: "what becomes of pixels that no tile has" },
  },
  mix: {
    taps: 1,
    reach: 1,
    shares: (_, __, of) => [of.of(1)],
    refuses: ([, , h, w], { grid, rest }) => {
      const [rows, columns] = kernelSizeOf(grid);
      if (rest === "kept" ? h >= rows && w >= columns : h % rows === 0 && w % columns === 0) return null;
      const given = `${rows} x ${columns} tiles on ${h} x ${w} pixels`;
      return { argument: "grid", given, allowed: "tiles of whole pixels, with nothing left over unless rest is kept" };
    },
  },
  example: { params: { permutation: [1, 0] }, options: { grid: [1, 2], rest: "kept" } },
  doc: "tile k shows tile permutation[k]",
  source: "Noroozi and Favaro 2016, Jigsaw Puzzles; Kornia, RandomJigsaw",
});
