import { mul, reshape } from "../autograd/index.ts";
import type { Tensor } from "../tensor/index.ts";
import { type Hulls, hullOf, leftOf } from "./hull.ts";
import { moveOriented } from "./oriented.ts";
import { outlineOf } from "./outline.ts";
import { batchOf, checkRows } from "./rows.ts";
import type { Rule } from "./rule.ts";
import type { Scene } from "./scene.ts";
import type { Boxes } from "./target.ts";

/** Boxes: the hull of the moved outline, cut off at the edges of the image, and whether enough of it is left. */
export const boxes: Rule<Boxes> = {
  check: ({ data, counts, format }, { samples, checkPlaces }, at) => {
    checkPlaces(at);
    const oriented = format === "oriented";
    const [width, words] = oriented ? [5, "[N, K, 5]"] : [4, "[N, K, 4]"];
    checkRows(at, data, counts, { samples, columns: width, rank: 3, words });
  },
  move: (target, scene, bare) => {
    const { tensor: rows, there, back } = batchOf(scene.gpu, target.data, target.counts);
    if (!rows) return { ...target, kept: target.data };
    const { moved, kept } =
      target.format === "oriented" ? moveOriented(rows, target, scene) : moveUpright(rows, target, scene);
    const data = back(moved);
    if (bare) return { ...target, data };
    const present = there();
    return { ...target, data, kept: back(present ? mul(kept(), present) : kept()) };
  },
};

/** What became of boxes `[N, K, …]`, and which are kept, `[N, K]`. */
export interface MovedBoxes {
  moved: Tensor;
  kept: () => Tensor;
}

function moveUpright(rows: Tensor, target: Boxes, scene: Scene): MovedBoxes {
  const of: Hulls = { points: pointsOf(rows, target, scene), rows, as: target, sizes: scene.sizes() };
  return { moved: hullOf(of), kept: () => leftOf(of) };
}

/** Where the outlines of boxes go, `[N, K, P, 2]`; null where nothing moves. */
function pointsOf(rows: Tensor, target: Boxes, { motion, sizes }: Scene): Tensor | null {
  const moves = motion();
  if (moves.still) return null;
  const around = outlineOf(rows, target, sizes(), moves.matrix === null);
  const [n, k, p] = around.shape;
  return reshape(moves.points(reshape(around, [n, k * p, 2])), [n, k, p, 2]);
}
