import { greater, greaterEqual, lessEqual, min, mul, reshape, sub } from "../autograd/index.ts";
import { bboxArea, clampBbox, convertBbox, pointsToBbox, validateBbox } from "../functional/index.ts";
import { type Tensor, tensor } from "../tensor/index.ts";
import { moveOriented } from "./oriented.ts";
import { outlineOf } from "./outline.ts";
import { batchOf, besides, checkRows, columns } from "./rows.ts";
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
  const edges = edgesOf(columns(rows, 0, 4), target, scene.before);
  const hull = hullOf(edges, target, scene);
  const seen = clampBbox(hull, ...scene.after);
  const kept = () => mul(validateBbox(edges), keptOf(hull, seen, target));
  return { moved: boxesFrom(target.clip ? seen : hull, rows, target, scene.after), kept };
}

/** Edges in pixels in the place of boxes of any format, whose further columns stay. */
export const boxesFrom = (edges: Tensor, rows: Tensor, target: Boxes, size: Scene["after"]): Tensor =>
  besides([rowsOf(edges, target, size)], rows, 4);

/** The tightest boxes around the moved outlines. */
function hullOf(edges: Tensor, { outline }: Boxes, { motion }: Scene): Tensor {
  const moves = motion();
  if (moves.still) return edges;
  const around = outlineOf(edges, outline, moves.matrix === null);
  const [n, k, p] = around.shape;
  return pointsToBbox(reshape(moves.points(reshape(around, [n, k * p, 2])), [n, k, p, 2]));
}

/** Which boxes have enough left in the image. `hull`: the moved box; `seen`: what of it lies in the image. */
export function keptOf(hull: Tensor, seen: Tensor, limits: Boxes): Tensor {
  const { minArea, minVisibility, minWidth, minHeight, maxAspect } = limits;
  const size = sizeOf(seen.detach());
  const [width, height] = [columns(size, 0), columns(size, 1)];
  const whole = () => bboxArea(hull.detach());
  const area = () => mul(width, height);
  const asked = [
    minArea > 0 && (() => greaterEqual(area(), minArea)),
    minVisibility > 0 && (() => greaterEqual(area(), mul(reshape(whole(), width.shape), minVisibility))),
    minWidth > 0 && (() => greaterEqual(width, minWidth)),
    minHeight > 0 && (() => greaterEqual(height, minHeight)),
    maxAspect < Infinity && (() => lessEqual(width, mul(height, maxAspect))),
    maxAspect < Infinity && (() => lessEqual(height, mul(width, maxAspect))),
  ];
  const there = min(greater(size, 0), { axes: 2, keepDims: true });
  return reshape(
    asked.reduce((kept, ask) => (ask ? mul(kept, ask()) : kept), there),
    size.shape.slice(0, 2),
  );
}

/** Width and height of boxes, `[N, K, 2]`. */
const sizeOf = (edges: Tensor): Tensor => sub(columns(edges, 2, 4), columns(edges, 0, 2));

/** What one part of the image's size is in pixels, for (x, y, x, y). */
const sides = (like: Tensor, [height, width]: Scene["before"], of: (side: number) => number): Tensor =>
  tensor(like.gpu, [width, height, width, height].map(of));

/** Boxes of any format as edges in pixels. */
function edgesOf(boxes: Tensor, { format, normalized }: Boxes, size: Scene["before"]): Tensor {
  const pixels = normalized
    ? mul(
        boxes,
        sides(boxes, size, (side) => side),
      )
    : boxes;
  return format === "xyxy" || format === "oriented" ? pixels : convertBbox(pixels, format, "xyxy");
}

/** Edges in pixels as boxes of any format. */
function rowsOf(edges: Tensor, { format, normalized }: Boxes, size: Scene["before"]): Tensor {
  const boxes = format === "xyxy" || format === "oriented" ? edges : convertBbox(edges, "xyxy", format);
  return normalized
    ? mul(
        boxes,
        sides(boxes, size, (side) => 1 / side),
      )
    : boxes;
}
