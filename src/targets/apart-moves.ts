/** What becomes of labels where motions take images apart, one size after the other where images differ in size. */
import { mul } from "../autograd/index.ts";
import { ones, type Tensor } from "../tensor/index.ts";
import { type Corners, cornersApart, factsApart, staysApart, waysOf } from "./apart.ts";
import { inOrder, samplesAt } from "./list.ts";
import { type Motion, type MotionForm, stridesOf } from "./motion.ts";
import { type MotionOfSize, partsBySize } from "./motion-by-size.ts";
import { type Apart, isApart, type Stride, stridesIn, through } from "./moves.ts";

type AnyMotion = Motion<MotionForm, MotionForm>;

/** Whether a motion takes images apart. */
export const takesApart = (motion: AnyMotion): boolean =>
  partsBySize(motion)?.groups.some((group) => takesApart(group.motion)) ?? stridesOf(motion).some(isApart);

/** 1 for points `[N, P, 2]` that stay in their pieces all along, `[N, P]`; null where a motion takes nothing apart. */
export function staysIn(motion: AnyMotion, points: Tensor): Tensor | null {
  if (!takesApart(motion)) return null;
  const groups = partsBySize(motion)?.groups;
  if (!groups) return staysThrough(points, stridesOf(motion));
  const part = ({ motion: own, places }: MotionOfSize) => {
    const at = samplesAt(points, places);
    return staysIn(own, at) ?? ones(points.gpu, at.shape.slice(0, 2));
  };
  return inOrder(groups.map(part), groups);
}

function staysThrough(points: Tensor, strides: readonly Stride[]): Tensor {
  let at = points.detach();
  let all: Tensor | null = null;
  const and = (stay: Tensor): void => {
    all = all ? mul(all, stay) : stay;
  };
  for (const stride of strides) {
    const behind = through(at, [stride]).detach();
    const { move, back } = stride;
    if ("apart" in move) {
      const [ways, inside] = [waysOf(move, back), stridesIn(move, back)];
      and(staysApart(at, behind, ways));
      if (inside.some(isApart)) and(factsApart(at, ways, (pieces) => staysThrough(pieces, inside)));
    }
    at = behind;
  }
  return all!;
}

/** Takes boxes through what leaves images whole; `bends`: whether straight sides may not stay straight. */
type Whole = (boxes: Corners, points: (places: Tensor) => Tensor, bends: boolean) => Corners;

/** The corners of boxes behind a motion that takes images apart: there a box is the hull of its parts. */
export function cornersBehind(motion: AnyMotion, boxes: Corners, whole: Whole): Corners {
  const groups = partsBySize(motion)?.groups;
  if (!groups) return cornersThrough(boxes, stridesOf(motion), whole);
  const parts = groups.map(({ motion: own, places }) => {
    const some = { least: samplesAt(boxes.least, places), most: samplesAt(boxes.most, places) };
    return cornersBehind(own, some, whole);
  });
  return {
    least: inOrder(
      parts.map(({ least }) => least),
      groups,
    ),
    most: inOrder(
      parts.map(({ most }) => most),
      groups,
    ),
  };
}

function cornersThrough(boxes: Corners, strides: readonly Stride[], whole: Whole): Corners {
  const first = strides.findIndex(isApart);
  const front = first < 0 ? strides : strides.slice(0, first);
  const bends = front.some(({ move }) => !("matrix" in move));
  const met = front.length > 0 ? whole(boxes, (places) => through(places, front), bends) : boxes;
  if (first < 0) return met;
  const { move, back } = strides[first] as Stride & { move: Apart };
  const behind = cornersApart(met, waysOf(move, back), (parts) => cornersThrough(parts, stridesIn(move, back), whole));
  return cornersThrough(behind, strides.slice(first + 1), whole);
}
