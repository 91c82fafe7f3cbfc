import { mul } from "../autograd/index.ts";
import type { Tensor } from "../tensor/index.ts";
import { type Hulls, hullOf, leftOf } from "./hull.ts";
import { withoutCounts } from "./journey.ts";
import type { Leg } from "./leg.ts";
import { meetBoxes } from "./met-boxes.ts";
import { weightOf } from "./met-rows.ts";
import { moveOriented } from "./oriented.ts";
import { movedOutline } from "./outline.ts";
import { batchOf, checkRows } from "./rows.ts";
import type { Rule } from "./rule.ts";
import type { Boxes } from "./target.ts";

/** Boxes: the hull of the moved outline, cut off at the edges of the image, and whether enough of it is left. */
export const boxes: Rule<Boxes> = {
  check: ({ data, counts, format }, { samples, checkPlaces, checkWhole }, at) => {
    checkPlaces(at, data);
    const oriented = format === "oriented";
    if (oriented) checkWhole(at);
    const [width, words] = oriented ? [5, "[N, K, 5]"] : [4, "[N, K, 4]"];
    checkRows(at, data, counts, { samples, columns: width, rank: 3, words });
  },
  move: (given, scene, bare) => {
    const journey = scene.journey();
    const { tensor: rows, there, back } = batchOf(scene.gpu, given.data, given.counts, journey);
    const target = withoutCounts(given, journey);
    if (!rows) return { ...target, kept: target.data };
    const { moved, kept } = journey ? meetBoxes(rows, target, journey) : moveAlone(rows, target, scene);
    const data = back(moved);
    if (bare) return { ...target, data };
    const [present, weight] = [there(), weightOf(moved, journey)];
    return {
      ...target,
      data,
      kept: back(present ? mul(kept(), present) : kept()),
      weight: weight && back(weight),
    };
  },
};

/** What became of boxes `[N, K, …]`, and which are kept, `[N, K]`. */
export interface MovedBoxes {
  moved: Tensor;
  kept: () => Tensor;
}

/** Boxes of samples that go by themselves. */
function moveAlone(rows: Tensor, target: Boxes, leg: Leg): MovedBoxes {
  if (target.format === "oriented") return moveOriented(rows, target, leg);
  const of: Hulls = { points: movedOutline(rows, target, leg), rows, as: target, sizes: leg.sizes() };
  return { moved: hullOf(of), kept: () => leftOf(of) };
}
