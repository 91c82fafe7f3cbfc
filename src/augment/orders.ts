import type { Transform } from "../transforms/index.ts";
import type { PlacedTransform } from "./flatten.ts";

/** What the links of a selection are to the planner: points share a pass in any number, maps a matrix, others take a pass each. */
type Cost = "point" | "map" | "other";

/** The links of a row of transforms; one without any is free, as a point is. */
function costOf(row: readonly Transform[]): Cost {
  const kinds = new Set(row.map(({ declaration }) => declaration.kind));
  const only = (kind: "point" | "map") => [...kinds].every((each) => each === kind);
  return only("point") ? "point" : only("map") ? "map" : "other";
}

/**
 * A list in which every order of some of `of` is to be found, others in between: to and fro, so that two runs share the one at which
 * they turn. Each run has at least one more of an order, which never asks for the same one twice.
 */
function toAndFro(of: readonly number[]): number[] {
  return of.flatMap((_, run) => {
    const walk = run % 2 === 0 ? of : of.toReversed();
    return run === 0 ? walk : walk.slice(1);
  });
}

/** Lists one after the other, each behind `between`, which also ends it. */
const parted = (parts: readonly (readonly number[])[], between: readonly number[]): number[] => [
  ...between,
  ...parts.flatMap((part) => [...part, ...between]),
];

/**
 * Places for links of which every sample runs some in an order of its own: a number of a link for each, such that every order of some of
 * them is to be found in it, others left out in between. So one chain serves all samples of a batch: each is let through at its own
 * places. Links that share a pass stand together, wherever samples differ; what takes a pass of its own stands as rarely as possible.
 */
export function placesOf(links: readonly (readonly Transform[])[]): number[] {
  const of = (cost: Cost) => [...links.keys()].filter((k) => costOf(links[k]) === cost);
  const [points, maps, others] = [toAndFro(of("point")), toAndFro(of("map")), toAndFro(of("other"))];
  // Points run in the pass of maps before them. In an order maps stand together at most once more often than points do.
  const runs = Math.min(of("map").length, of("point").length + 1);
  const cheap = parted(new Array<number[]>(runs).fill(maps), points);
  return parted(
    others.map((each) => [each]),
    cheap,
  );
}

/** The places at which a sample runs links in an order. */
export function placed(order: readonly number[], places: readonly number[]): number[] {
  let at = -1;
  return order.map((link) => {
    at = places.indexOf(link, at + 1);
    return at;
  });
}

/** Whether a transform is a point that needs to know the whole image, which is read once more for it. */
const measures = ({ declaration }: Transform): boolean =>
  declaration.kind === "point" && declaration.statistic !== undefined;

/** What shares the pass of its kind with all others of it, in the order that takes the fewest passes: maps come before points. */
const SHARING: readonly ((transform: Transform) => boolean)[] = [
  ({ declaration }) => declaration.kind === "map",
  (transform) => transform.declaration.kind === "point" && !measures(transform),
];

/** One transform, and all that it applies within itself, for the samples of both. */
const forBoth = (one: PlacedTransform, other: PlacedTransform): PlacedTransform => ({
  ...one,
  under: [...one.under, ...other.under],
  inside: one.inside.map((each, i) => forBoth(each, other.inside[i])),
});

/**
 * Rows of which a sample runs one, as one chain in which each keeps its order: what shares a pass stands together, and what takes one of
 * its own comes as late as it can. The same transform in several rows is one, for the samples of all of them.
 */
export function merged(rows: readonly (readonly PlacedTransform[])[]): PlacedTransform[] {
  const chain: PlacedTransform[] = [];
  const left = rows.map((row) => ({ row: row.slice(), last: -1 }));
  /** Numbers of the transforms that others of further rows are one with. */
  const one = new Map<number, number>();
  /** Takes the first of each row that fits, until no first one does. */
  const takeAll = (fits: (transform: Transform) => boolean): boolean => {
    const from = chain.length;
    for (const each of left) {
      while (each.row[0] && fits(each.row[0].transform)) {
        const own = each.row.shift()!;
        const first = { ...own, written: one.get(own.written) ?? own.written };
        // Behind what the row has run already. Where it stands again, it has the draws of its first place.
        const isOne = ({ transform, written }: PlacedTransform): boolean =>
          first.again ? written === first.written : transform === first.transform;
        const same = chain.findIndex((other, at) => at > each.last && isOne(other));
        each.last = same < 0 ? chain.push(first) - 1 : same;
        if (same < 0) continue;
        one.set(own.written, chain[same].written);
        chain[same] = forBoth(chain[same], first);
      }
    }
    return chain.length > from;
  };
  for (;;) {
    if (SHARING.map(takeAll).includes(true) || takeAll(measures)) continue;
    const next = left.find(({ row }) => row.length > 0)?.row[0].transform.declaration;
    if (!next) return chain;
    takeAll(({ declaration }) => declaration === next);
  }
}
