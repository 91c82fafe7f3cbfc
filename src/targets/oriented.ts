import { add, concat, max, min, mul, neg, reshape, sub } from "../autograd/index.ts";
import type { Tensor } from "../tensor/index.ts";
import type { MovedBoxes } from "./boxes.ts";
import { leftOf } from "./hull.ts";
import type { Leg } from "./leg.ts";
import { outlineOf } from "./outline.ts";
import { movePlaces } from "./points.ts";
import { besides, columns } from "./rows.ts";
import type { KernelSizes } from "./sizes.ts";
import type { Boxes } from "./target.ts";
import { angleOf, cosSin, slopesAt, turned } from "./turn.ts";

/** Points around oriented boxes, `[N, K, P, 2]`, with what says how boxes lie. `bends`: whether straight sides may not stay straight. */
export function aroundOriented(rows: Tensor, { outline }: Boxes, sizes: KernelSizes, bends: boolean) {
  const [n, k] = rows.shape;
  const [centre, size, angle] = [sub(columns(rows, 0, 2), 0.5), columns(rows, 2, 4), columns(rows, 4)];
  const [cosine, sine] = cosSin(angle);
  // The outline about its own centre, at the angle 0.
  const half = mul(size, 0.5);
  const upright = { format: "xyxy", normalized: false, outline } as const;
  const flat = outlineOf(add(concat([neg(half), half], 2), 0.5), upright, sizes, bends);
  const around = add(fromAxes(flat, each(cosine), each(sine)), reshape(centre, [n, k, 1, 2]));
  return { around, centre, cosine, sine };
}

/**
 * Oriented boxes: the width's axis goes where the motion takes it at the centre, and the box is the tightest one of that angle around
 * the moved outline. It is not cut off; whether it is kept is asked of the upright box around it.
 * @returns besides, the moved outlines, `[N, K, P, 2]`
 */
export function moveOriented(rows: Tensor, target: Boxes, leg: Leg): MovedBoxes & { readonly around: Tensor } {
  const { still, matrix } = leg.motion();
  const { around: before, centre, cosine, sine } = aroundOriented(rows, target, leg.sizes(), matrix === null);
  const around = movePlaces(before, leg);
  const kept = () => leftOf({ points: around, rows, as: target, sizes: leg.sizes() });
  if (still) return { moved: rows, kept, around };
  const newAngle = angleOf(turned(slopesAt(centre, leg), cosine, neg(sine)));
  const [newCosine, newSine] = cosSin(newAngle);
  const along = toAxes(around, each(newCosine), each(newSine));
  const [least, most] = [min(along, 2), max(along, 2)];
  const middle = fromAxes(mul(add(least, most), 0.5), newCosine, newSine);
  return { moved: besides([add(middle, 0.5), sub(most, least), newAngle], rows, 5), kept, around };
}

/** `[N, K, 1]`, for every point of a box. */
const each = (x: Tensor): Tensor => reshape(x, [x.shape[0], x.shape[1], 1, 1]);

const joined = (x: Tensor, y: Tensor): Tensor => concat([x, y], x.shape.length - 1);

/** (x, y) along axes that are turned counter-clockwise as seen, in the image's axes. */
const fromAxes = (p: Tensor, cosine: Tensor, sine: Tensor): Tensor => toAxes(p, cosine, neg(sine));

/** (x, y) along such axes. */
const toAxes = (p: Tensor, cosine: Tensor, sine: Tensor): Tensor => {
  const [x, y] = [columns(p, 0), columns(p, 1)];
  return joined(sub(mul(x, cosine), mul(y, sine)), add(mul(x, sine), mul(y, cosine)));
};
