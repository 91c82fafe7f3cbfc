import type { ApplyOptions } from "../compiler/index.ts";
import { ArgumentError, type Gpu } from "../gpu/index.ts";
import type { Shape } from "../tensor/index.ts";
import { Tensor } from "../tensor/index.ts";
import type { Transform } from "../transforms/index.ts";
import type { BySize } from "./by-size.ts";
import { type Journey, journeyOf, meetingsOf } from "./journey.ts";
import { mixLabels } from "./labels.ts";
import { type Leg, legOf, type Run } from "./leg.ts";
import { stackImages } from "./list.ts";
import { isMeeting, saysParts } from "./meeting.ts";
import type { Raster } from "./target.ts";

export type { Run } from "./leg.ts";

/** What moves the targets of a call: everything that a target's rule may ask. */
export interface Scene extends Leg {
  /** Whether samples see each other. */
  readonly mixes: boolean;
  /**
   * Checks that it is known where places of all samples are seen, and, for a list of the images', in which images.
   * @throws ArgumentError that names `at`
   */
  readonly checkPlaces: (at: string, data: unknown) => void;
  /** The way of places, where samples meet; null where each goes by itself. */
  readonly journey: () => Journey | null;
  /** What becomes of images. */
  readonly image: (x: Raster) => Raster;
  /** Where images differ in size, the scenes of each. */
  readonly bySize?: BySize;
  /** What becomes of labels of whole images: shares, or what nothing changes. */
  readonly blended: (labels: Tensor) => Tensor;
}

/**
 * What a chain makes of the targets of a batch.
 * @param shape `[N, C, H, W]` of the images
 * @param options of `apply`, for the images
 */
export function sceneOf(
  gpu: Gpu,
  transforms: readonly Transform[],
  shape: Shape,
  run: Run,
  options: ApplyOptions,
): Scene {
  const mixes = transforms.some(({ declaration }) => declaration.mix !== undefined);
  const mixing = transforms.filter(isMeeting);
  let known: Journey | undefined;
  const journey = () => (mixing.length === 0 ? null : (known ??= journeyOf(gpu, transforms, shape, run, options)));
  return {
    ...legOf(gpu, transforms, shape, run, options),
    mixes,
    checkPlaces: (at, data) => checkMeetings(at, data, mixing, journey),
    journey,
    image: (x) => run(x instanceof Tensor ? x : stackImages(x), transforms, options),
    blended: (labels) => (mixes ? mixLabels(labels, transforms, shape) : labels),
  };
}

function checkMeetings(at: string, data: unknown, mixing: readonly Transform[], journey: () => Journey | null): void {
  const unsaid = mixing.find((transform) => !saysParts(transform));
  if (unsaid) {
    const given = `places in a pipeline with ${unsaid.declaration.name}, which does not say where partners are seen`;
    throw new ArgumentError(at, given, "images, masks, heat maps and labels, or a mix whose declaration has `parts`");
  }
  if (!Array.isArray(data)) return;
  const at0 = meetingsOf(journey()).findIndex(({ known }) => known === null);
  if (at0 < 0) return;
  const given = `a list beside partners of ${mixing[at0].declaration.name} that are a tensor`;
  throw new ArgumentError(at, given, "a tensor, or partners that are numbers: how long lists become has to be known");
}
