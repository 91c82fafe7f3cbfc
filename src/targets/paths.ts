import { concat, reshape, slice } from "../autograd/index.ts";
import { ArgumentError, describe, ShapeError } from "../gpu/index.ts";
import { show, Tensor } from "../tensor/index.ts";
import { movePlaces } from "./keypoints.ts";
import { batchOf } from "./rows.ts";
import type { Rule } from "./rule.ts";
import type { NestedRows, Paths } from "./target.ts";

/** Polygons and lines: their points move. */
export const paths: Rule<Paths> = {
  check: ({ data }, { samples, checkPlaces }, at) => {
    checkPlaces(at);
    if (data instanceof Tensor) {
      checkPoints(at, data, "[N, …, V, 2]", 3);
      if (data.shape[0] !== samples) throw new ShapeError(at, show(data.shape), `[${samples}, …, V, 2]`);
      return;
    }
    if (data.length !== samples)
      throw new ShapeError(at, `a list of ${data.length}`, `a list of ${samples}, one for each image`);
    checkNested(at, data);
  },
  move: (target, scene) => {
    const { data } = target;
    if (scene.motion().still) return target;
    if (data instanceof Tensor) return { ...target, data: movePlaces(data, scene) };
    const rows = data.map((each) => {
      const points = leavesOf(each).map((leaf) => reshape(leaf, [-1, 2]));
      return points.length > 1 ? concat(points) : (points[0] ?? null);
    });
    const { tensor, back } = batchOf(scene.gpu, rows);
    if (!tensor) return target;
    const moved = back(movePlaces(tensor, scene)) as readonly (Tensor | null)[];
    return { ...target, data: data.map((each, n) => refilled(each, moved[n])) };
  },
};

/** No list that anybody writes is deeper. */
const DEEPEST = 100;

function checkNested(at: string, list: readonly NestedRows[], depth = 0): void {
  if (depth > DEEPEST)
    throw new ArgumentError(at, `a list ${depth} lists deep`, `at most ${DEEPEST} of them in each other`);
  list.forEach((each, i) => {
    const here = `${at}[${i}]`;
    if (each === null) return;
    if (each instanceof Tensor) checkPoints(here, each, "[V, 2]", 2);
    else if (Array.isArray(each)) checkNested(here, each, depth + 1);
    else throw new ArgumentError(here, describe(each), "a tensor [V, 2], a list of them, or null");
  });
}

function checkPoints(at: string, points: Tensor, words: string, least: number): void {
  const { shape, dtype } = points;
  if (dtype !== "f32") throw new ArgumentError(at, `a tensor of ${dtype}`, "a tensor of f32");
  if (shape.length < least || shape[shape.length - 1] !== 2) throw new ShapeError(at, show(shape), `${words}, (x, y)`);
}

const leavesOf = (rows: NestedRows): readonly Tensor[] =>
  rows instanceof Tensor ? [rows] : rows === null ? [] : rows.flatMap(leavesOf);

/** The same lists, with the rows of `moved` in the place of the points, in their order. */
function refilled(rows: NestedRows, moved: Tensor | null): NestedRows {
  let from = 0;
  const fill = (part: NestedRows): NestedRows => {
    if (part === null) return null;
    if (!(part instanceof Tensor)) return part.map(fill);
    const count = part.size / 2;
    from += count;
    return reshape(slice(moved!, 0, from - count, from), part.shape);
  };
  return fill(rows);
}
