import type { Transform } from "../transforms/index.ts";

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
