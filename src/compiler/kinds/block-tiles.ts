/** How the planes of a pass of blocks are cut into tiles. */
import type { BlockSpec } from "../../transforms/index.ts";
import { gateOf } from "../pack/layout.ts";
import type { Pass } from "../pass.ts";

/** The tiles of a sample. */
export interface Tiling {
  /** Sides of a tile. */
  height: number;
  width: number;
  /** Tiles across and down an image, or its padded luma. */
  columns: number;
  rows: number;
  /** Tiles of all planes of a sample. */
  tiles: number;
  /** Whether chroma has planes of half the sides. */
  halved: boolean;
  /** Floats of a sample's planes. */
  floats: number;
  /** The slot of a coin. */
  coin?: number;
}

/** What the transform of a pass of blocks declares of them. */
export const blockOf = ({ links }: Pick<Pass, "links">): BlockSpec => links[0].transform.declaration.block!;

/** Sides of a block, [height, width]: fixed, or by an option. */
export function sidesOf({ links }: Pick<Pass, "links">): readonly [number, number] {
  const { size } = blockOf({ links });
  return typeof size === "string" ? (links[0].transform.options[size] as [number, number]) : size;
}

export function tilingOf(pass: Pass): Tiling {
  const [height, width] = sidesOf(pass);
  const [, c, h, w] = pass.input;
  const halved = blockOf(pass).planes === "ycbcr420";
  // Where chroma has half the sides its tiles cover two by two of luma's.
  const step = halved ? 2 : 1;
  const columns = step * Math.ceil(w / (step * width));
  const rows = step * Math.ceil(h / (step * height));
  const area = columns * rows;
  return {
    height,
    width,
    columns,
    rows,
    halved,
    tiles: halved ? 1.5 * area : c * area,
    floats: halved ? 1.5 * area * height * width : c * h * w,
    coin: gateOf(pass.layout, 0)?.offset,
  };
}
