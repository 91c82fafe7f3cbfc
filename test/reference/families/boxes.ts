/** Maps that take boxes to boxes, in float64: two corners by straight lines. */

import { type Case64, type Reference64, row } from "../image.ts";
import { type Matrix, product, scaling, translation } from "../matrix.ts";
import { type Map64, outputSize, warpRow } from "../warp.ts";

/** From edges to edges; pixel centres lie half a pixel behind the edge. */
function between([x0, y0, x1, y1]: readonly number[], [u0, v0, u1, v1]: readonly number[]): Matrix {
  const grown = scaling((u1 - u0) / (x1 - x0), (v1 - v0) / (y1 - y0));
  return product(translation(u0 - 0.5, v0 - 0.5), grown, translation(0.5 - x0, 0.5 - y0));
}

export const maps: Record<string, Map64> = {
  cropAndResize: {
    matrix: (p, o, size, n) => {
      const { width, height } = outputSize(o, size);
      return between(row(p, "box", n), [0, 0, width, height]);
    },
  },
  cropByBoxes: { matrix: (p, _o, _size, n) => between(row(p, "srcBox", n), row(p, "dstBox", n)) },
};

export const references: Record<string, Reference64> = Object.fromEntries(
  Object.entries(maps).map(([name, map]): [string, Reference64] => [
    name,
    (x, params, options) => warpRow(x, [{ map, params, options }]),
  ]),
);

const box = [
  [1.37, 0.64, 6.23, 5.91],
  [-0.83, 1.12, 5.67, 6.38],
];

export const cases: Case64[] = [
  { name: "cropAndResize", params: { box }, options: { width: 9, height: 4 } },
  {
    name: "cropByBoxes",
    params: {
      srcBox: box,
      dstBox: [
        [0.41, 1.13, 7.32, 6.81],
        [1.57, -0.36, 6.29, 4.93],
      ],
    },
  },
];
