import { abs, add, atan2, cos, less, mul, neg, reshape, sin, slice, sqrt, sub } from "../autograd/index.ts";
import { type Tensor, tensor } from "../tensor/index.ts";
import type { Leg } from "./leg.ts";
import { columns } from "./rows.ts";
import { sizeAt } from "./sizes.ts";
import type { Keypoints } from "./target.ts";

// How the image turns, slants and grows at a place: the Jacobian of the motion, by differences over one pixel. A matrix's differences are
// exact but for rounding; a pixel is much less than that over which a field changes.

/** Half a pixel to the right, left, down and up. */
const STEPS = [0.5, 0, -0.5, 0, 0, 0.5, 0, -0.5];
const DEGREES = 180 / Math.PI;

/** Where a pixel's width and height go, as vectors. */
export interface Slopes {
  /** What becomes of (1, 0), `[N, P, 2]`. */
  across: Tensor;
  /** What becomes of (0, 1), `[N, P, 2]`. */
  down: Tensor;
}

/** The slopes at places `[N, P, 2]`. */
export function slopesAt(places: Tensor, { motion }: Leg): Slopes {
  const [n, p] = places.shape;
  const around = add(reshape(places, [n, p, 1, 2]), tensor(places.gpu, STEPS, [4, 2]));
  const moved = reshape(motion().points(reshape(around, [n, 4 * p, 2])), [n, p, 4, 2]);
  const step = (i: number) => reshape(slice(moved, 2, i, i + 1), [n, p, 2]);
  return { across: sub(step(0), step(1)), down: sub(step(2), step(3)) };
}

/** How many times larger an area gets, `[N, P, 1]`; negative where the image is mirrored. */
const growth = ({ across, down }: Slopes): Tensor =>
  sub(mul(columns(across, 0), columns(down, 1)), mul(columns(across, 1), columns(down, 0)));

/** What becomes of vectors (x, y), `[N, P, 1]` each. */
export const turned = ({ across, down }: Slopes, x: Tensor, y: Tensor): Tensor => add(mul(across, x), mul(down, y));

/** The angles of vectors `[N, P, 2]`, in degrees, counter-clockwise as seen, −180 to 180. */
export const angleOf = (vectors: Tensor): Tensor => mul(atan2(neg(columns(vectors, 1)), columns(vectors, 0)), DEGREES);

/** The cosine and the sine of angles in degrees. */
export function cosSin(degrees: Tensor): [cosine: Tensor, sine: Tensor] {
  const angle = mul(degrees, 1 / DEGREES);
  return [cos(angle), sin(angle)];
}

/** 1 for samples that are mirrored, at the middle of the image, else 0: `[N]`, a constant. */
export function mirrored(leg: Leg): Tensor {
  const { gpu, samples, before } = leg;
  const middles = Array.from({ length: samples }, (_, n) => {
    const [height, width] = sizeAt(before, n);
    return [(width - 1) / 2, (height - 1) / 2];
  });
  const places = tensor(gpu, middles.flat(), [samples, 1, 2]);
  return reshape(less(growth(slopesAt(places, leg)).detach(), 0), [samples]);
}

/** Angles and sizes of keypoints at places, `[N, …, 2]` or wider, where they have some. */
export function turnedBy(
  rows: Tensor,
  { angle, scale }: Pick<Keypoints, "angle" | "scale">,
  leg: Leg,
): Pick<Keypoints, "angle" | "scale"> {
  if ((!angle && !scale) || leg.motion().still) return { angle, scale };
  const [n] = rows.shape;
  const slopes = slopesAt(reshape(columns(rows, 0, 2), [n, -1, 2]), leg);
  const column = (x: Tensor): Tensor => reshape(x, [n, -1, 1]);
  const result: { angle?: Tensor; scale?: Tensor } = {};
  if (angle) {
    const [cosine, sine] = cosSin(column(angle));
    result.angle = reshape(angleOf(turned(slopes, cosine, neg(sine))), angle.shape);
  }
  if (scale) result.scale = reshape(mul(column(scale), sqrt(abs(growth(slopes)))), scale.shape);
  return result;
}
