import { add, mul, reshape, sub } from "../autograd/index.ts";
import { type Tensor, tensor } from "../tensor/index.ts";
import { columns } from "./rows.ts";
import type { Boxes } from "./target.ts";

/** How many stretches a side has where it may bend. */
const STRETCHES = 16;
/** Points of an ellipse: what lies between them reaches at most 0.13% of a radius further. */
const AROUND = 64;

/** Points of the outline of the square from 0 to 1, by what it is. `bends`: whether straight sides may not stay straight. */
const OUTLINES: Readonly<Record<Boxes["outline"], (bends: boolean) => readonly (readonly [number, number])[]>> = {
  corners: (bends) => {
    const steps = Array.from({ length: bends ? STRETCHES : 1 }, (_, i) => (bends ? i / STRETCHES : 0));
    return steps.flatMap((t) => [[t, 0], [1, t], [1 - t, 1], [0, 1 - t]] as const); // biome-ignore format: four sides
  },
  ellipse: () =>
    Array.from({ length: AROUND }, (_, i) => {
      const angle = (2 * Math.PI * i) / AROUND;
      return [(1 + Math.cos(angle)) / 2, (1 + Math.sin(angle)) / 2] as const;
    }),
};

/**
 * Points around boxes.
 * @param start the upper left edges, `[N, K, 2]`
 * @param size `[N, K, 2]`
 * @returns `[N, K, P, 2]`, places in pixels: the edge e is the place e − 0.5
 */
export function outlineOf(start: Tensor, size: Tensor, outline: Boxes["outline"], bends: boolean): Tensor {
  const shares = OUTLINES[outline](bends);
  const [n, k] = start.shape;
  const along = mul(reshape(size, [n, k, 1, 2]), tensor(start.gpu, shares.flat(), [shares.length, 2]));
  return add(along, sub(reshape(start, [n, k, 1, 2]), 0.5));
}

/** Edges as where they start, and how far they reach. */
export function startAndSize(edges: Tensor): [start: Tensor, size: Tensor] {
  const start = columns(edges, 0, 2);
  return [start, sub(columns(edges, 2, 4), start)];
}
