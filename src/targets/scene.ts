import type { ApplyOptions } from "../compiler/index.ts";
import { kinds } from "../compiler/kinds/index.ts";
import { ArgumentError, type Gpu } from "../gpu/index.ts";
import type { Shape } from "../tensor/index.ts";
import { Tensor } from "../tensor/index.ts";
import type { Transform } from "../transforms/index.ts";
import { branchesOf, flatSteps, isBeside, piecesOf, type SideBySide, type Step, shapeBehind } from "./beside.ts";
import type { BySize } from "./by-size.ts";
import type { RasterMove } from "./chain.ts";
import { type Journey, journeyOf, meetingsOf } from "./journey.ts";
import { mixedThrough } from "./labels.ts";
import { type Leg, leavesRasters, legOf, type Run } from "./leg.ts";
import { stackImages } from "./list.ts";
import { isMeeting, saysParts } from "./meeting.ts";
import { anyMoves } from "./moves.ts";
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
  /** Checks that it is known what becomes of labels that no share can be taken of. @throws ArgumentError that names `at` */
  readonly checkMasks: (at: string, how: RasterMove) => void;
  /**
   * Checks that what lies around a place goes with it: what lies in several patches is taken apart.
   * @throws ArgumentError that names `at`
   */
  readonly checkWhole: (at: string) => void;
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
 * What a pipeline's steps make of the targets of a batch.
 * @param shape `[N, C, H, W]` of the images
 * @param options of `apply`, for the images
 */
export function sceneOf(gpu: Gpu, steps: readonly Step[], shape: Shape, run: Run, options: ApplyOptions): Scene {
  const all = flatSteps(steps);
  const mixes = all.some(({ declaration }) => declaration.mix !== undefined);
  const met = all.some(isMeeting);
  let known: Journey | undefined;
  const journey = () => (met ? (known ??= journeyOf(gpu, steps, shape, run, options)) : null);
  return {
    ...legOf(gpu, steps, shape, run, options),
    mixes,
    checkPlaces: (at, data) => {
      checkBranches(at, gpu, steps, shape);
      checkMeetings(at, data, all.filter(isMeeting), journey);
    },
    checkMasks: (at, how) => checkShares(at, steps, shape, (beside, size) => !leavesRasters(gpu, [beside], size, how)),
    checkWhole: (at) => {
      if (all.some(movesPieces)) refuseApart(at);
    },
    journey,
    image: (x) => run(x instanceof Tensor ? x : stackImages(x), steps, options),
    blended: (labels) => (mixes ? mixedThrough(labels, steps, shape) : labels),
  };
}

/** Whether pieces of images move in a transform. */
const movesPieces = (transform: Transform): boolean => piecesOf(transform) !== undefined && movesPixels(transform);

const movesPixels = ({ declaration, parts }: Transform): boolean =>
  parts ? flatSteps(parts.chain).some(movesPixels) : kinds[declaration.kind].motion !== "still";

/** @throws ArgumentError for what cannot be taken apart */
export function refuseApart(at: string): never {
  const given = "what spans several places, beside patches in which pixels move";
  const allowed = "masks, upright boxes, and keypoints without angle, scale and swap: these go with their patches";
  throw new ArgumentError(at, given, allowed);
}

/** Refuses branches whose samples have several of them, where one changes what the labels say. */
function checkShares(
  at: string,
  steps: readonly Step[],
  shape: Shape,
  changes: (beside: SideBySide, shape: Shape) => boolean,
): void {
  let size = shape;
  for (const step of steps) {
    const before = size;
    size = shapeBehind([step], before);
    for (const branch of branchesOf(step)) checkShares(at, branch, before, changes);
    if (!isBeside(step) || step.single || !changes(step, before)) continue;
    const given = "labels beside a mean of what several links make, of which one moves pixels or covers them";
    const allowed =
      "links that leave pixels where they are, or one link for each sample: a mean shows a thing in several places";
    throw new ArgumentError(at, given, allowed);
  }
}

/** Checks what places have to do with branches side by side. */
function checkBranches(at: string, gpu: Gpu, steps: readonly Step[], shape: Shape): void {
  const branched = steps.filter((step) => branchesOf(step).length > 0);
  const mix = flatSteps(branched).find(isMeeting);
  if (mix) {
    const given = `places beside ${mix.declaration.name} in one of several links that run by themselves`;
    const allowed =
      "such a mix before or behind them, or links of a choice whose weights do not learn and that keep the size";
    throw new ArgumentError(at, given, allowed);
  }
  checkShares(at, steps, shape, (beside, size) => anyMoves(gpu, beside, size));
}

function checkMeetings(at: string, data: unknown, mixing: readonly Transform[], journey: () => Journey | null): void {
  const unsaid = mixing.find((transform) => !saysParts(transform));
  if (unsaid) {
    const given = `places in a pipeline with ${unsaid.declaration.name}, which does not say where partners are seen`;
    throw new ArgumentError(at, given, "images, masks, heat maps and labels, or a mix whose declaration has `parts`");
  }
  if (!Array.isArray(data)) return;
  const first = meetingsOf(journey()).findIndex(({ known }) => known === null);
  if (first < 0) return;
  const given = `a list beside partners of ${mixing[first].declaration.name} that are a tensor`;
  throw new ArgumentError(at, given, "a tensor, or partners that are numbers: how long lists become has to be known");
}
