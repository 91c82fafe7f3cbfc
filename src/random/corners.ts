import { around, type Distribution, uniform } from "../augment/index.ts";
import { add, mul } from "../autograd/index.ts";
import { rule } from "../gpu/index.ts";
import { keeping, Tensor, tensor } from "../tensor/index.ts";

// How far the corners of an image or a volume move.

/** A share of the size, which may learn. */
export type ShareValue = number | Tensor;

export const A_SHARE = rule(
  "a number from 0 to 1, or a tensor of one value",
  (value) => (typeof value === "number" && value >= 0 && value <= 1) || (value instanceof Tensor && value.size === 1),
);

/** Corners, in parts of the size, moved by a share of half the size: inwards, or with `area_preserving` to either side. */
export function movedCorners(
  corners: readonly number[],
  by: ShareValue,
  method: unknown,
): readonly number[] | Distribution {
  if (by === 0) return corners;
  const half = typeof by === "number" ? by / 2 : () => mul(by, 0.5);
  if (method === "area_preserving") return around(corners, half);
  const end = (which: (inwards: number) => number) => {
    const steps = corners.map((corner) => which(0.5 - corner));
    if (typeof by === "number") return corners.map((corner, i) => corner + by * steps[i]);
    const { gpu } = by;
    return () => keeping(gpu, () => add(tensor(gpu, corners), mul(tensor(gpu, steps), by)));
  };
  return uniform(
    end((inwards) => Math.min(inwards, 0)),
    end((inwards) => Math.max(inwards, 0)),
  );
}
