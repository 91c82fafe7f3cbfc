import { gather, lessEqual, mul, reshape, square, sub, sum, where } from "../autograd/index.ts";
import { movedPoints } from "../functional/transform-points.ts";
import { type Tensor, tensor } from "../tensor/index.ts";
import { staysIn, takesApart } from "./apart-moves.ts";
import { insideOf } from "./inside.ts";
import { meets } from "./journey.ts";
import type { Leg } from "./leg.ts";
import { gathered, type Meeting } from "./meeting.ts";
import { shifted, shownAt } from "./met.ts";
import { hidesPoints } from "./motion.ts";
import { besides, columns } from "./rows.ts";
import type { Scene } from "./scene.ts";
import type { Keypoints } from "./target.ts";
import { mirrored, turnedBy } from "./turn.ts";

/** Points, and what stands beside them. */
export interface Points {
  /** `[N, K, 2]` or `[N, J, K, 2]`, and wider. */
  readonly rows: Tensor;
  readonly beside: Pick<Keypoints, "angle" | "scale">;
  /** Pairs of points that change places where an image is mirrored. */
  readonly swap: Keypoints["swap"];
}

/** Points on their way. */
interface Flow extends Points {
  /** 1 for points that lay in the image, and were seen, all along. */
  readonly kept: (() => Tensor) | null;
}

/**
 * Where points go, those of all sources where samples meet; they move as their source does. `kept` says which of them lie in the image and are
 * seen, `[N, …]`.
 */
export function movePoints(points: Points, scene: Scene): Points & { readonly kept: () => Tensor } {
  const start: Flow = { ...points, kept: null };
  const end = (scene.journey() ?? [scene]).reduce((at, way) => (meets(way) ? met(at, way) : moved(at, way)), start);
  return { ...end, kept: end.kept! };
}

/** On a leg, points go by themselves. */
function moved({ rows, beside, swap, kept }: Flow, leg: Leg): Flow {
  const swaps = swapOf(swap, leg, rows.shape.length - 2);
  const placed = moveRows(rows, leg);
  const there = swaps(placed);
  const turned = turnedBy(rows, beside, leg);
  const inside = (): Tensor => {
    const within = insideOf(there, leg.sizes());
    const motion = leg.motion();
    const stayed = takesApart(motion) ? staysIn(motion, reshape(columns(rows, 0, 2), [rows.shape[0], -1, 2])) : null;
    const seen = stayed ? mul(within, swaps(reshape(stayed, within.shape))) : within;
    return hidesPoints(motion) ? mul(seen, swaps(leadsBack(placed, rows, leg))) : seen;
  };
  return {
    rows: there,
    beside: mapped(turned, swaps),
    swap,
    kept: kept ? () => mul(kept(), inside()) : inside,
  };
}

/** The square of how far from where it was a point may come back: half a pixel. */
const NEAR = 0.25;

/** 1 for rows `[N, …, 2]` and wider from which the way back leads to where they were before, `[N, …]`, a constant: there, they are shown. */
function leadsBack(rows: Tensor, before: Tensor, leg: Leg): Tensor {
  const inverse = leg.motion().inverse();
  const places = (of: Tensor): Tensor => columns(of.detach(), 0, 2);
  const back = movePlaces(places(rows), { motion: () => inverse });
  return lessEqual(sum(square(sub(back, places(before))), { axes: -1 }), NEAR);
}

/** At a meeting, the points of all sources come together, with the pairs of each. */
function met({ rows, beside, swap, kept }: Flow, meeting: Meeting): Flow {
  const all = gathered(rows, meeting);
  const places = shifted(columns(all, 0, 2), meeting);
  return {
    rows: besides([places], all, 2),
    beside: mapped(beside, (x) => gathered(x, meeting)),
    swap: rows.shape.length === 3 ? repeated(swap, rows.shape[1], meeting.sources) : swap,
    kept: () => mul(gathered(kept!(), meeting), shownAt(places, meeting)),
  };
}

/** Angles and sizes, where there are some. */
const mapped = ({ angle, scale }: Flow["beside"], change: (x: Tensor) => Tensor): Flow["beside"] => ({
  ...(angle && { angle: change(angle) }),
  ...(scale && { scale: change(scale) }),
});

/** The pairs of every source, whose points stand behind each other. */
const repeated = (swap: Keypoints["swap"], points: number, sources: number): Keypoints["swap"] =>
  Object.freeze(
    Array.from({ length: sources }, (_, s) =>
      swap.map(([a, b]) => Object.freeze([a + s * points, b + s * points] as const)),
    ).flat(),
  );

/** Rows that begin with places, `[N, …, 2]` or wider, where these go; further columns stay. */
function moveRows(rows: Tensor, leg: Leg): Tensor {
  const { still, matrix } = leg.motion();
  if (still) return rows;
  const [n] = rows.shape;
  const width = rows.shape[rows.shape.length - 1];
  if (width === 2 || !matrix) return besides([movePlaces(columns(rows, 0, 2), leg)], rows, 2);
  return reshape(movedPoints(matrix, reshape(rows, [n, rows.size / n / width, width])), rows.shape);
}

/** Places `[N, …, 2]` where they go. */
export function movePlaces(places: Tensor, { motion }: Pick<Leg, "motion">): Tensor {
  const moves = motion();
  if (moves.still) return places;
  const { shape } = places;
  if (shape.length === 3) return moves.points(places);
  return reshape(moves.points(reshape(places, [shape[0], places.size / shape[0] / 2, 2])), shape);
}

/** Lets the points of pairs, along the axis `axis`, change places where a sample is mirrored. */
function swapOf(swap: Keypoints["swap"], leg: Leg, axis: number): (x: Tensor) => Tensor {
  if (swap.length === 0 || leg.motion().still) return (x) => x;
  const flips = mirrored(leg);
  return (x) => {
    const order = Array.from({ length: x.shape[axis] }, (_, k) => k);
    for (const [a, b] of swap) [order[a], order[b]] = [b, a];
    const swapped = gather(x, { axis, index: tensor(x.gpu, order) });
    return where(reshape(flips, [flips.size, ...x.shape.slice(1).map(() => 1)]), swapped, x);
  };
}
