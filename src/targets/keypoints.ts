import { gather, mul, reshape, where } from "../autograd/index.ts";
import { ArgumentError, ShapeError } from "../gpu/index.ts";
import { sameShape, show, Tensor, tensor } from "../tensor/index.ts";
import { insideOf } from "./inside.ts";
import { batchOf, besides, checkRows, columns } from "./rows.ts";
import type { Rule } from "./rule.ts";
import type { Scene } from "./scene.ts";
import type { Keypoints } from "./target.ts";
import { mirrored, turnedBy } from "./turn.ts";

/** Keypoints: each moves, those of a pair change places where the image is mirrored, angles turn and sizes grow. */
export const keypoints: Rule<Keypoints> = {
  check: (target, { samples, checkPlaces }, at) => {
    checkPlaces(at);
    const { data, counts, swap } = target;
    checkRows(at, data, counts, { samples, columns: 2, rank: 4, words: "[N, K, 2] or [N, J, K, 2]" });
    const known = data instanceof Tensor ? data : data.find((each) => each !== null);
    const points = known?.shape.at(-2);
    const highest = Math.max(-1, ...swap.flat());
    if (points !== undefined && highest >= points)
      throw new ArgumentError(`swap of ${at}`, `point ${highest}`, `points from 0 to ${points - 1}`);
    for (const name of ["angle", "scale"] as const) checkBeside(`${name} of ${at}`, target[name], data);
  },
  move: (target, scene, bare) => {
    const { tensor: rows, there, back } = batchOf(scene.gpu, target.data, target.counts);
    if (!rows) return { ...target, kept: target.data };
    const places = columns(rows, 0, 2);
    const swaps = swapOf(target, scene, rows.shape.length - 2);
    const moved = swaps(besides([movePlaces(places, scene)], rows, 2));
    const data = back(moved);
    if (bare) return { ...target, data };
    const inside = insideOf(moved, scene.sizes());
    const present = there();
    const beside = turnedBy(places, target, scene);
    return {
      ...target,
      ...(beside.angle && { angle: swaps(beside.angle) }),
      ...(beside.scale && { scale: swaps(beside.scale) }),
      data,
      kept: back(present ? mul(inside, broad(present, inside)) : inside),
    };
  },
};

/** `[N, K]` with further dimensions. */
const broad = (x: Tensor, like: Tensor): Tensor =>
  reshape(x, [...x.shape, ...like.shape.slice(x.shape.length).map(() => 1)]);

function checkBeside(at: string, value: Tensor | undefined, data: Keypoints["data"]): void {
  if (value === undefined) return;
  if (!(data instanceof Tensor))
    throw new ArgumentError(at, "one beside a list of points", "one beside a tensor of points");
  const wanted = data.shape.slice(0, -1);
  if (!sameShape(value.shape, wanted)) throw new ShapeError(at, show(value.shape), show(wanted));
}

/** Places `[N, …, 2]` where they go. */
export function movePlaces(places: Tensor, { motion }: Scene): Tensor {
  const moves = motion();
  if (moves.still) return places;
  const { shape } = places;
  if (shape.length === 3) return moves.points(places);
  return reshape(moves.points(reshape(places, [shape[0], places.size / shape[0] / 2, 2])), shape);
}

/** Lets the points of pairs, along the axis `axis`, change places where a sample is mirrored. */
function swapOf({ swap }: Keypoints, scene: Scene, axis: number): (x: Tensor) => Tensor {
  if (swap.length === 0 || scene.motion().still) return (x) => x;
  const flips = mirrored(scene);
  return (x) => {
    const order = Array.from({ length: x.shape[axis] }, (_, k) => k);
    for (const [a, b] of swap) [order[a], order[b]] = [b, a];
    const swapped = gather(x, { axis, index: tensor(x.gpu, order) });
    return where(reshape(flips, [flips.size, ...x.shape.slice(1).map(() => 1)]), swapped, x);
  };
}
