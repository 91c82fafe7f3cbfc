import { matmul, reshape, sub } from "../autograd/index.ts";
import { type Tensor, tensor } from "../tensor/index.ts";
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
 * @param edges `[N, K, 4]`
 * @param bends whether straight sides may not stay straight
 * @returns `[N, K, P, 2]`, places in pixels: the edge e is the place e − 0.5
 */
export function outlineOf(edges: Tensor, outline: Boxes["outline"], bends: boolean): Tensor {
  const shares = OUTLINES[outline](bends);
  const [n, k] = edges.shape;
  // Each coordinate of a point is a mean of two edges: (1 − t) start + t end.
  const weights = [0, 1, 2, 3].flatMap((edge) =>
    shares.flatMap((point) => point.map((t, axis) => (edge % 2 === axis ? (edge < 2 ? 1 - t : t) : 0))),
  );
  const points = matmul(edges, tensor(edges.gpu, weights, [4, 2 * shares.length]));
  return reshape(sub(points, 0.5), [n, k, shares.length, 2]);
}
