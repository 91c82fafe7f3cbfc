import { greater, greaterEqual, min, mul, sub } from "../autograd/index.ts";
import { bboxArea, bboxToPoints, clampBbox, pointsToBbox, validateBbox } from "../functional/bbox.ts";
import { ones, type Tensor } from "../tensor/index.ts";
import type { MovedBoxes } from "./boxes.ts";
import { hullOf, leftOf } from "./hull.ts";
import { type Journey, meets } from "./journey.ts";
import type { Leg } from "./leg.ts";
import { gathered, type Meeting } from "./meeting.ts";
import { cutBoxes, seenPart, shifted } from "./met.ts";
import { aroundOriented, moveOriented } from "./oriented.ts";
import { movedOutline, outlineOf } from "./outline.ts";
import { besides, columns } from "./rows.ts";
import { sizeAt } from "./sizes.ts";
import type { Boxes } from "./target.ts";

/** Boxes on their way. */
interface Flow {
  /** Edges in pixels, or what oriented boxes have, `[N, K, …]`. */
  readonly rows: Tensor;
  /** The upright boxes around them, edges in pixels. */
  readonly edges: Tensor;
  /** 1 for those of which something was seen at every meeting, `[N, K]`. */
  readonly present: () => Tensor;
  /** Which part of their area was seen at the meetings, `[N, K]`. */
  readonly visible: () => Tensor;
}

/**
 * Boxes of samples that meet: at a mix, those of all sources move as their source does, and are cut off to what is seen of it. Where the
 * mix puts another source over a box, the box shrinks if that covers a side of it from end to end.
 */
export function meetBoxes(rows: Tensor, target: Boxes, journey: Journey): MovedBoxes {
  const last = journey.at(-1) as Leg;
  const flow = journey.reduce<Flow>(
    (before, way) => (meets(way) ? met(before, way, target) : moved(before, way, target)),
    startOf(rows, target, journey[0] as Leg),
  );
  const around = bboxToPoints(flow.edges);
  const sizes = last.sizes();
  const left = () => leftOf({ points: around, rows: flow.rows, as: { ...inPixels(target), minVisibility: 0 }, sizes });
  return {
    moved: isUpright(target) ? hullOf({ points: around, rows: flow.rows, as: target, sizes }) : flow.rows,
    kept: () => mul(mul(flow.present(), left()), enoughSeen(flow, target, last)),
  };
}

const isUpright = ({ format }: Boxes): boolean => format !== "oriented";

/** The same target, whose upright boxes are edges in pixels that nothing cuts off. */
const inPixels = (target: Boxes): Boxes =>
  isUpright(target) ? { ...target, format: "xyxy", normalized: false, clip: false } : target;

function startOf(rows: Tensor, target: Boxes, leg: Leg): Flow {
  const all = () => ones(rows.gpu, rows.shape.slice(0, 2));
  if (!isUpright(target)) {
    const { around } = aroundOriented(rows, target, leg.sizes(), false);
    const present = () => min(greater(columns(rows, 2, 4).detach(), 0), -1);
    return { rows, edges: pointsToBbox(around), present, visible: all };
  }
  const sizes = leg.sizes();
  const points = outlineOf(rows, { ...target, outline: "corners" }, sizes, false);
  const plain = hullOf({ points, rows, as: inPixels(target), sizes });
  const edges = columns(plain, 0, 4);
  return { rows: plain, edges, present: () => validateBbox(edges), visible: all };
}

/** On a leg, each box goes by itself. */
function moved(flow: Flow, leg: Leg, target: Boxes): Flow {
  const { rows } = flow;
  if (leg.motion().still) return flow;
  if (!isUpright(target)) {
    const { moved, around } = moveOriented(rows, target, leg);
    return { ...flow, rows: moved, edges: pointsToBbox(around) };
  }
  const as = inPixels(target);
  const there = hullOf({ points: movedOutline(rows, as, leg), rows, as, sizes: leg.sizes() });
  return { ...flow, rows: there, edges: columns(there, 0, 4) };
}

/** At a meeting, the boxes of all sources come together. */
function met(flow: Flow, meeting: Meeting, target: Boxes): Flow {
  const rows = gathered(flow.rows, meeting);
  const upright = isUpright(target);
  const edges = shifted(upright ? columns(rows, 0, 4) : gathered(flow.edges, meeting), meeting);
  const cut = cutBoxes(edges, meeting);
  const sides = sub(columns(cut.detach(), 2, 4), columns(cut.detach(), 0, 2));
  const shown = upright && target.clip ? cut : edges;
  return {
    rows: upright ? besides([shown], rows, 4) : besides([shifted(columns(rows, 0, 2), meeting)], rows, 2),
    edges: shown,
    present: () => mul(gathered(flow.present(), meeting), min(greater(sides, 0), -1)),
    visible: () => mul(gathered(flow.visible(), meeting), seenPart(edges, meeting)),
  };
}

/** 1 for boxes of whose area enough is seen, of what the meetings and the edges of the image leave. */
function enoughSeen({ edges, visible }: Flow, { minVisibility }: Boxes, { after }: Leg): Tensor | number {
  if (minVisibility === 0) return 1;
  const known = edges.detach();
  // Behind a mix, all images have one size.
  const left = mul(visible(), bboxArea(clampBbox(known, ...sizeAt(after, 0))));
  return greaterEqual(left, mul(bboxArea(known), minVisibility));
}
