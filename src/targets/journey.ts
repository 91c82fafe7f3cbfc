/** The ways of samples that meet: legs on which each goes by itself, and between them the mixes that show them together. */
import type { ApplyOptions } from "../compiler/index.ts";
import type { Gpu } from "../gpu/index.ts";
import type { Shape, Tensor } from "../tensor/index.ts";
import { isBeside, type Step, shapeBehind } from "./beside.ts";
import type { RasterMove } from "./chain.ts";
import { type Leg, legOf, type Run } from "./leg.ts";
import { gathered, isMeeting, type Meeting, meetingOf } from "./meeting.ts";

/** A part of a chain, or a mix. */
export type Way = Leg | Meeting;

/** Legs and meetings in turn: it begins and ends with a leg. */
export type Journey = readonly Way[];

export const meets = (way: Way): way is Meeting => "seen" in way;

/** How a mix shows one source at each pixel. */
const ONE_SOURCE: RasterMove = { nearest: true, fill: 0, erased: false };

/** The mixes of a journey. */
export const meetingsOf = (journey: Journey | null): readonly Meeting[] => (journey ?? []).filter(meets);

/** The journey of a pipeline's steps. All of its mixes with partners have to say where they are seen, and none stands in a branch. */
export function journeyOf(gpu: Gpu, steps: readonly Step[], shape: Shape, run: Run, options: ApplyOptions): Journey {
  const ways: Way[] = [];
  let [from, start, size] = [0, shape, shape];
  const leg = (to?: number): Leg => legOf(gpu, steps.slice(from, to), start, run, options);
  for (const [i, step] of steps.entries()) {
    const next = shapeBehind([step], size);
    if (!isBeside(step) && isMeeting(step)) {
      const { raster } = legOf(gpu, [step], size, run, options);
      ways.push(
        leg(i),
        meetingOf(gpu, step, size, (x) => raster(x, ONE_SOURCE) as Tensor),
      );
      [from, start] = [i + 1, next];
    }
    size = next;
  }
  return [...ways, leg()];
}

/** What no motion changes of rows `[N, K, …]`, with that of the partners, `[N, S · K, …]`. */
export const followed = (rows: Tensor, journey: Journey | null): Tensor => meetingsOf(journey).reduce(gathered, rows);

/**
 * What lists of the images become, one for each: those of all sources, in the order of their rows. `null` for partners that are not known.
 * @param width how many rows each image has beside each other
 */
export function placesBehind(sizes: readonly number[], width: number, journey: Journey | null): readonly number[][] {
  let places = sizes.map((size) => Array.from({ length: size }, (_, k) => k));
  let rows = width;
  for (const { known, sources } of meetingsOf(journey)) {
    const before = places;
    const each = rows;
    places = known!.map((own) => own.flatMap((sample, s) => before[sample].map((k) => k + s * each)));
    rows = each * sources;
  }
  return places;
}

/** A target behind a journey, whose rows are no longer the first ones of each image where samples met. */
export function withoutCounts<T extends { readonly counts?: readonly number[] }>(
  target: T,
  journey: Journey | null,
): T {
  if (!journey || target.counts === undefined) return target;
  const { counts: _, ...rest } = target;
  return rest as T;
}
