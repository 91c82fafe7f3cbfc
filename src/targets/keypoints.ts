import { mul, reshape } from "../autograd/index.ts";
import { ArgumentError, ShapeError } from "../gpu/index.ts";
import { sameShape, show, Tensor } from "../tensor/index.ts";
import { weightOf } from "./met-rows.ts";
import { movePoints } from "./points.ts";
import { batchOf, checkRows } from "./rows.ts";
import type { Rule } from "./rule.ts";
import type { Keypoints } from "./target.ts";

/** Keypoints: each moves, those of a pair change places where the image is mirrored, angles turn and sizes grow. */
export const keypoints: Rule<Keypoints> = {
  check: (target, { samples, checkPlaces, checkWhole }, at) => {
    const { data, counts, swap, angle, scale } = target;
    checkPlaces(at, data);
    if (angle || scale || swap.length > 0) checkWhole(at);
    checkRows(at, data, counts, { samples, columns: 2, rank: 4, words: "[N, K, 2] or [N, J, K, 2]" });
    const known = data instanceof Tensor ? data : data.find((each) => each !== null);
    const points = known?.shape.at(-2);
    const highest = Math.max(-1, ...swap.flat());
    if (points !== undefined && highest >= points)
      throw new ArgumentError(`swap of ${at}`, `point ${highest}`, `points from 0 to ${points - 1}`);
    for (const name of ["angle", "scale"] as const) checkBeside(`${name} of ${at}`, target[name], data);
  },
  move: (target, scene, bare) => {
    const { counts, ...given } = target;
    const journey = scene.journey();
    const { tensor: rows, there, back } = batchOf(scene.gpu, given.data, counts, journey);
    if (!rows) return { ...target, kept: target.data };
    const { angle, scale, swap } = given;
    const flow = movePoints({ rows, beside: { angle, scale }, swap }, scene);
    const data = back(flow.rows);
    if (bare) return { ...target, data };
    const [present, kept, weight] = [there(), flow.kept(), weightOf(flow.rows, journey)];
    return {
      ...(journey ? given : target),
      ...flow.beside,
      swap: flow.swap,
      data,
      kept: back(present ? mul(kept, broad(present, kept)) : kept),
      weight: weight && back(weight),
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
