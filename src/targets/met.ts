/** What becomes of places and boxes of samples that meet: they move as their source does, and are seen where it is. */
import {
  add,
  concat,
  div,
  greater,
  greaterEqual,
  less,
  lessEqual,
  maximum,
  min,
  minimum,
  mul,
  reshape,
  sub,
  where,
} from "../autograd/index.ts";
import type { Tensor } from "../tensor/index.ts";
import type { Limits, Meeting } from "./meeting.ts";
import { columns } from "./rows.ts";

/** Something of every row `[N, S · K, …, C]`, source by source: `[N, S, K · …, C]`. */
const bySource = (x: Tensor, { samples, sources }: Meeting): Tensor =>
  reshape(x, [samples, sources, x.size / (samples * sources * x.shape.at(-1)!), x.shape.at(-1)!]);

/** Places `[N, S · K, …, 2]`, or pairs of them `[N, S · K, 4]`, where they lie in the result. */
export function shifted(places: Tensor, meeting: Meeting): Tensor {
  const { shift } = meeting.seen();
  if (!shift) return places;
  const by = places.shape.at(-1) === 4 ? concat([shift, shift], 3) : shift;
  return reshape(add(bySource(places, meeting), by), places.shape);
}

/** 1 for places `[N, S · K, …, 2]` of the result at which their own source is seen: `[N, S · K, …]`, a constant. */
export function shownAt(places: Tensor, meeting: Meeting): Tensor {
  const { within, covers, present } = meeting.seen();
  const edges = bySource(add(places.detach(), 0.5), meeting);
  const pair = (limits: Tensor): Tensor => columns(limits.detach(), 0, 2);
  const inside = min(mul(greaterEqual(edges, pair(within.low)), lessEqual(edges, pair(within.high))), -1);
  const shown = covers.reduce((left, { low, high }) => {
    const hidden = min(mul(greater(edges, pair(low)), less(edges, pair(high))), -1);
    return mul(left, sub(1, hidden));
  }, inside);
  return reshape(present ? mul(shown, present) : shown, places.shape.slice(0, -1));
}

/** The tightest boxes `[N, S · K, 4]` around what is seen of boxes of the result, edges in pixels. */
export function cutBoxes(edges: Tensor, meeting: Meeting): Tensor {
  const { within, covers, present } = meeting.seen();
  const inside = limited(bySource(edges, meeting), within);
  const cut = covers.reduce(uncovered, inside);
  return reshape(present ? mul(cut, reshape(present, [...present.shape, 1])) : cut, edges.shape);
}

/** Which part of the area of boxes `[N, S · K, 4]` is seen, `[N, S · K]`, a constant. */
export function seenPart(edges: Tensor, meeting: Meeting): Tensor {
  const { within, covers, present } = meeting.seen();
  const known = bySource(edges.detach(), meeting);
  const whole = areaOf(known);
  const inside = limited(known, within);
  // What covers a source does not overlap: of two partners, one lies over the other in no mix.
  const left = covers.reduce((area, cover) => sub(area, areaOf(limited(inside, cover))), areaOf(inside));
  const part = mul(left, where(greater(whole, 0), div(1, whole), 0));
  return reshape(present ? mul(part, reshape(present, [...present.shape, 1])) : part, edges.shape.slice(0, -1));
}

const areaOf = (edges: Tensor): Tensor => {
  const sides = sub(columns(edges, 2, 4), columns(edges, 0, 2));
  return maximum(mul(columns(sides, 0), columns(sides, 1)), 0);
};

/** Boxes cut off at rectangles, `[N, S, K, 4]`. */
const limited = (edges: Tensor, { low, high }: Limits): Tensor => minimum(maximum(edges, low), high);

/** The tightest boxes around what a rectangle leaves of boxes: it cuts off a side that it covers from end to end. */
function uncovered(edges: Tensor, { low, high }: Limits): Tensor {
  const [start, end] = [columns(edges, 0, 2), columns(edges, 2, 4)];
  const [first, last] = [columns(low, 0, 2), columns(high, 0, 2)];
  const [overStart, overEnd] = [lessEqual(first.detach(), start.detach()), greaterEqual(last.detach(), end.detach())];
  const across = mul(overStart, overEnd);
  const spans = concat([columns(across, 1), columns(across, 0)], 3);
  const from = where(mul(spans, overStart), minimum(maximum(last, start), end), start);
  const to = where(mul(spans, overEnd), maximum(minimum(first, end), start), end);
  return concat([from, maximum(from, to)], 3);
}
