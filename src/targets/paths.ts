import { concat, reshape, slice } from "../autograd/index.ts";
import { ArgumentError, describe, ShapeError } from "../gpu/index.ts";
import { show, Tensor } from "../tensor/index.ts";
import { type Journey, meetingsOf } from "./journey.ts";
import { movePoints } from "./points.ts";
import { batchOf } from "./rows.ts";
import type { Rule } from "./rule.ts";
import type { Scene } from "./scene.ts";
import type { NestedRows, Paths } from "./target.ts";

/** Polygons and lines: their points move. */
export const paths: Rule<Paths> = {
  check: ({ data }, { samples, checkPlaces, checkWhole }, at) => {
    checkPlaces(at, data);
    checkWhole(at);
    if (data instanceof Tensor) {
      checkPoints(at, data, "[N, …, V, 2]", 3);
      if (data.shape[0] !== samples) throw new ShapeError(at, show(data.shape), `[${samples}, …, V, 2]`);
      return;
    }
    if (data.length !== samples)
      throw new ShapeError(at, `a list of ${data.length}`, `a list of ${samples}, one for each image`);
    checkNested(at, data);
  },
  move: (target, scene, bare) => {
    const { data } = target;
    if (data instanceof Tensor) return { ...target, ...moved(data, scene, bare) };
    const rows = data.map((each) => {
      const points = leavesOf(each).map((leaf) => reshape(leaf, [-1, 2]));
      return points.length > 1 ? concat(points) : (points[0] ?? null);
    });
    const journey = scene.journey();
    const { tensor, back } = batchOf(scene.gpu, rows, undefined, journey);
    if (!tensor) return { ...target, kept: data };
    const { rows: there, kept } = movePoints({ rows: tensor, beside: {}, swap: [] }, scene);
    const lists = listsBehind(data, journey);
    const listed = (all: Tensor) => {
      const own = back(all) as readonly (Tensor | null)[];
      return lists.map((each, n) => refilled(each, own[n]));
    };
    return { ...target, data: listed(there), kept: bare ? null : listed(kept()) };
  },
};

/** Points `[N, …, V, 2]` where they go, and which are seen. Where samples meet, a line alone in its image becomes one of several. */
function moved(points: Tensor, scene: Scene, bare: boolean): Pick<Paths, "data" | "kept"> {
  const { shape } = points;
  const [n, vertices] = [shape[0], shape.at(-2)!];
  const among = shape.length === 3 ? [1] : shape.slice(1, -2);
  const flat = reshape(points, [n, points.size / (2 * n * vertices), vertices, 2]);
  const { rows, kept } = movePoints({ rows: flat, beside: {}, swap: [] }, scene);
  const journey = scene.journey();
  const sources = rows.shape[1] / flat.shape[1];
  const leading = journey || shape.length > 3 ? [n, sources * among[0], ...among.slice(1)] : [n];
  return {
    data: reshape(rows, [...leading, vertices, 2]),
    kept: bare ? null : reshape(kept(), [...leading, vertices]),
  };
}

/** The lists of all images where samples meet: of each, those of its sources in a row. */
function listsBehind(lists: readonly NestedRows[], journey: Journey | null): readonly NestedRows[] {
  const open = (of: NestedRows) => (of === null ? [] : of instanceof Tensor ? [of] : of);
  return meetingsOf(journey).reduce<readonly NestedRows[]>(
    (before, { known }) => known!.map((own) => own.flatMap((sample) => open(before[sample]))),
    lists,
  );
}

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

/** The same lists, with the rows of `moved`, or one value for each, in the place of the points, in their order. */
function refilled(rows: NestedRows, moved: Tensor | null): NestedRows {
  let from = 0;
  const fill = (part: NestedRows): NestedRows => {
    if (part === null) return null;
    if (!(part instanceof Tensor)) return part.map(fill);
    const count = part.size / 2;
    from += count;
    const own = slice(moved!, 0, from - count, from);
    return reshape(own, own.shape.length > 1 ? part.shape : part.shape.slice(0, -1));
  };
  return fill(rows);
}
