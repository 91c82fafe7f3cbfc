import { blend } from "../autograd/blend.ts";
import { add, noGrad, reshape, slice } from "../autograd/index.ts";
import { outputSize } from "../compiler/outcome.ts";
import { ShapeError } from "../gpu/index.ts";
import { keeping, type Shape, sameShape, show, type Tensor, tensor, zeros } from "../tensor/index.ts";
import type { Branches, Parts, Pieces, Transform } from "../transforms/index.ts";
import { mayHaveRegion } from "./region.ts";

/** Branches that run side by side: a sample gets what all of them make of it, in shares. */
export interface SideBySide {
  /** `[n, branches]`, from 0 to 1. */
  readonly shares: Tensor;
  readonly branches: readonly (readonly Step[])[];
  /** The samples, 0 or 1 each, that come here at all, where there are others. */
  readonly mask: readonly number[] | null;
  /** Whether each sample gets one branch, all of it. */
  readonly single: boolean;
}

/** What a pipeline runs: a transform, or branches side by side. */
export type Step = Transform | SideBySide;

export const isBeside = (step: Step): step is SideBySide => "shares" in step;

/** The branches of a step: those side by side, and those of which each sample runs one. */
export const branchesOf = (step: Step): readonly (readonly Step[])[] =>
  isBeside(step) ? step.branches : (step.branches?.chains ?? []).map(({ chain }) => chain);

/** All transforms, in the order in which they stand. */
export const flatSteps = (steps: readonly Step[]): Transform[] =>
  steps.flatMap((step) =>
    isBeside(step) || step.branches !== undefined ? branchesOf(step).flatMap(flatSteps) : [step],
  );

/**
 * A part of a pipeline: transforms in a row, which run as one chain; one with links that may be shown in a region, or see pieces; branches side by side; or
 * chains of which each sample runs one.
 */
export type Row = readonly Transform[] | { readonly within: Transform } | SideBySide | Branches;

/** How a transform takes images apart. */
export const piecesOf = ({ declaration }: Transform): Pieces | undefined => declaration.composite?.pieces;

/** The chain of links within a transform, for what they see of this shape. */
export const chainIn = ({ chain, chainFor }: Parts, shape: Shape): readonly Transform[] => chainFor?.(shape) ?? chain;

/** The parts that steps fall into. */
export function rowsOfSteps(steps: readonly Step[]): Row[] {
  const rows: Row[] = [];
  let row: Transform[] | null = null;
  for (const step of steps) {
    const within = (of: Transform) => (mayHaveRegion(of) || piecesOf(of) ? { within: of } : null);
    const alone = isBeside(step) ? step : (step.branches ?? within(step));
    if (alone) {
      rows.push(alone);
      row = null;
    } else if (row) row.push(step as Transform);
    else rows.push((row = [step as Transform]));
  }
  return rows;
}

/** The shape behind steps. @throws ShapeError for branches that end in different sizes */
export const shapeBehind = (steps: readonly Step[], shape: Shape): Shape =>
  steps.reduce<Shape>(
    (before, step) =>
      isBeside(step)
        ? shapeBeside(
            step,
            before,
            step.branches.map((branch) => shapeBehind(branch, before)),
          )
        : outputSize(step, before),
    shape,
  );

/** Refuses a change of the size in a part of the image. */
export function checkKept(before: Shape, after: Shape): void {
  if (sameShape(before, after)) return;
  const given = `a change from ${show(before)} to ${show(after)}`;
  throw new ShapeError("links within a region", given, "links that keep the size");
}

/** The shape behind branches whose results are added up: one, and that of the images where some samples do not come there. */
export function shapeBeside({ mask }: SideBySide, before: Shape, ends: readonly Shape[]): Shape {
  const [first] = ends;
  const other = (mask ? [...ends, before] : ends).find((end) => !sameShape(end, first));
  if (!other) return first;
  const given = `images ${show(before)} that become ${show(first)} and ${show(other)}`;
  throw new ShapeError("links that run side by side", given, "links that make one size");
}

/** The shares of each branch beside what it makes of rank `rank`. */
export const sharesBeside = ({ shares, branches }: SideBySide, rank: number): Tensor[] =>
  branches.map((_, b) => reshape(slice(shares, 1, b, b + 1), [shares.shape[0], ...Array<number>(rank - 1).fill(1)]));

/**
 * Σ share · part, and x for samples that do not come here. Where a share is 1 and the others are 0, this is that part, bit for bit, and
 * nothing of the others reaches a gradient but that of their share.
 */
export function inShares(
  shares: readonly Tensor[],
  parts: readonly Tensor[],
  mask: SideBySide["mask"],
  x: Tensor,
): Tensor {
  const { gpu } = x;
  return keeping(gpu, () => {
    const none = noGrad(() => zeros(gpu, [1]));
    const sum = parts.map((part, b) => blend(shares[b], part, none)).reduce((total, part) => add(total, part));
    if (!mask) return sum;
    const comes = noGrad(() => tensor(gpu, mask, [mask.length, ...x.shape.slice(1).map(() => 1)]));
    return blend(comes, sum, x);
  });
}
