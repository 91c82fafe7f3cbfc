/** Which neighbours the pixels of a stencil look at. */

import { kernelSizeOf } from "../transforms/filter/kernel.ts";
import type { Transform } from "../transforms/index.ts";

/** The kernel of a stencil, and where in it the output pixel lies. */
export interface Neighbourhood {
  height: number;
  width: number;
  /** How many of its rows lie above the output pixel, and columns to the left. */
  top: number;
  left: number;
  /** How many pixels lie between those of neighbouring output pixels, [down, across]. */
  stride: readonly [number, number];
  /** Whether its cells are numbered from the last one, as in a convolution. */
  mirrored: boolean;
  /** Which cells take part, where not all of them do: row by row. */
  members?: readonly boolean[];
}

/** A cell of it: how far it lies to the right and below, and its number. */
export interface Cell {
  x: number;
  y: number;
  k: number;
}

const range = (n: number): number[] => Array.from({ length: n }, (_, k) => k);

/** The neighbourhood of a transform: its declaration's, or its `kernelSize` around the pixel. */
export function neighbourhoodOf({ declaration, options }: Transform): Neighbourhood {
  const own = declaration.neighbourhood?.(options as Record<string, unknown>);
  const [height, width] = own?.size ?? kernelSizeOf(options.kernelSize);
  const [top, left] = own?.origin ?? [(height - 1) >> 1, (width - 1) >> 1];
  return {
    height,
    width,
    top,
    left,
    stride: own?.stride ?? [1, 1],
    mirrored: own?.mirrored ?? false,
    members: own?.members,
  };
}

/** How many cells it has, those that take no part included. */
export const cellsOf = ({ height, width }: Neighbourhood): number => height * width;

/** The number of the cell in row r and column c. */
const numberOf = ({ height, width, mirrored }: Neighbourhood, r: number, c: number): number =>
  mirrored ? height * width - 1 - (r * width + c) : r * width + c;

/** The cells that take part, row by row. */
export const membersOf = (n: Neighbourhood): Cell[] =>
  range(n.height)
    .flatMap((r) => range(n.width).map((c) => ({ x: c - n.left, y: r - n.top, k: numberOf(n, r, c) })))
    .filter(({ k }) => n.members?.[k] ?? true);

/** Whether nobody looks farther outside than an image of this size is wide; a quad may begin one row below the last. */
export function isNear({ top, left, stride, ...n }: Neighbourhood, height: number, width: number): boolean {
  const [down, across] = stride;
  return Math.max(top, n.height - top + down - 1) < height && Math.max(left, n.width - left + across - 1) < width;
}

/** Words that tell two neighbourhoods apart. */
export const neighbourhoodKey = (n: Neighbourhood): string =>
  `${n.height}x${n.width}@${n.top},${n.left}${n.stride.join() === "1,1" ? "" : `/${n.stride}`}${n.mirrored ? "m" : ""}${n.members ? n.members.map(Number).join("") : ""}`;
