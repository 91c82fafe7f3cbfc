import type { Shape } from "../../tensor/index.ts";
import { kinds } from "../kinds/index.ts";
import { outputSize } from "../outcome.ts";
import type { Bound, Pass } from "../pass.ts";
import { isTail } from "../pixels/epilogue.ts";

/** A link, and where it stands in the caller's chain. */
export interface Placed {
  link: Bound;
  at: number;
}

/**
 * The order in which links run. A row of linear points before a head whose weights sum to 1 moves behind it: a · x + b commutes with
 * a mean, and the points' own pass over memory is saved. A row that could move only in part stays, as nothing would be saved; and so do
 * points between maps, which would become one look at the image.
 */
export function commute(
  links: readonly Bound[],
  input: Shape,
  kindOf: (link: Bound, input: Shape) => Pass["kind"],
): Placed[] {
  const order: Placed[] = [];
  let row: Placed[] = [];
  let shape = input;
  let last: { at: number; joins: boolean } | null = null;
  links.forEach((link, at) => {
    const output = outputSize(link.transform, shape);
    const kind = kindOf(link, shape);
    if (kind === "point") row.push({ link, at });
    else {
      const { averages, joins = false } = kinds[kind];
      const isBetween = last?.joins && joins && row.some((point) => point.at > last!.at);
      if (!isBetween && averages?.(link, shape, output) && row.every((point) => commutes(point.link)))
        order.push({ link, at });
      else {
        order.push(...row, { link, at });
        row = [];
      }
      last = { at, joins };
    }
    shape = output;
  });
  return [...order, ...row];
}

/** y = a · x + b with the same a and b everywhere in a channel. */
const commutes = (link: Bound): boolean => isTail(link) && !link.transform.declaration.position;
