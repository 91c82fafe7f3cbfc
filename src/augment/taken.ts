import { blend } from "../autograd/blend.ts";
import { add, broadcastTo, mul, noGrad, reshape, sub } from "../autograd/index.ts";
import { ArgumentError, describe, type Gpu, ShapeError } from "../gpu/index.ts";
import { keeping, type Tensor, tensor, zeros } from "../tensor/index.ts";
import type { Picked, Transform } from "../transforms/index.ts";
import { isPicked, knownSamples } from "../transforms/language/choose.ts";
import { drawUnit } from "./keys.ts";
import { RULES, type Rule, type SampledChoice } from "./selection-rules.ts";
import type { Branch, PlacedSelection, Selection } from "./tree.ts";

/** A selection of a pipeline, and the hash of the name of its random stream. */
export interface PlannedSelection extends PlacedSelection {
  readonly identity: readonly [number, number];
}

/** Which branches of a selection the samples of a batch take. */
export interface Taken {
  readonly planned: PlannedSelection;
  /** How many branches there are. */
  readonly count: number;
  /** 0 or 1, sample by sample, branch by branch. */
  readonly rows: Uint8Array;
}

/** Room for what a batch takes. */
export function openTaken(planned: PlannedSelection, n: number): Taken {
  const count = planned.places.length;
  return { planned, count, rows: new Uint8Array(n * count) };
}

/** Draws for every sample, by the step key of the selection. */
export function drawTaken({ planned, count, rows }: Taken, keys: Uint32Array, samples?: ArrayLike<number>): void {
  const { selection, places } = planned;
  // Each rule takes its own kind, which an index by name cannot tell.
  const { take } = RULES[selection.selection] as Rule<Selection>;
  rows.fill(0);
  let sample = 0;
  const unit = (draw: number): number => drawUnit(keys, 0, sample, draw);
  for (let i = 0; i * count < rows.length; i++) {
    sample = samples ? samples[i] : i;
    take(selection, unit, places, rows.subarray(i * count, (i + 1) * count));
  }
}

/** As a recipe has it. */
export function writtenTaken({ planned: { selection, places }, count, rows }: Taken): SampledChoice {
  const { written } = RULES[selection.selection];
  const chosen = Array.from({ length: rows.length / count }, (_, i) =>
    written(rows.subarray(i * count, (i + 1) * count), places),
  );
  return { name: selection.selection, chosen } as SampledChoice;
}

/** What a recipe says about a selection; its fields are checked already. */
export function readTaken(planned: PlannedSelection, sampled: SampledChoice, at: string, n: number): Taken {
  const { selection, places } = planned;
  const name = selection.selection;
  // Each rule reads its own kind, which an index by name cannot tell.
  const { read, allowed } = RULES[name] as Rule<Selection>;
  if (sampled.name !== name)
    throw new ArgumentError(`${at}.name`, describe(sampled.name), `"${name}", as the pipeline has`);
  const { chosen } = sampled;
  if (!Array.isArray(chosen) || chosen.length !== n) {
    const given = Array.isArray(chosen) ? `${chosen.length} values` : describe(chosen);
    throw new ArgumentError(`${at}.chosen`, given, `${n} values, one per sample`);
  }
  const taken = openTaken(planned, n);
  const { count, rows } = taken;
  for (let i = 0; i < n; i++) {
    if (!read(selection, chosen[i], places, rows.subarray(i * count, (i + 1) * count)))
      throw new ArgumentError(`${at}.chosen[${i}]`, describe(chosen[i]), allowed(selection));
  }
  return taken;
}

/** Whether sample i takes all branches of one of the ways to a transform, 1 or 0. */
export function takes(ways: readonly (readonly Branch[])[], taken: readonly Taken[], i: number): number {
  const takesAll = (way: readonly Branch[]): boolean => {
    for (const { selection, branch } of way) {
      const { count, rows } = taken[selection];
      if (rows[i * count + branch] === 0) return false;
    }
    return true;
  };
  return Number(ways.some(takesAll));
}

/** The `on` of a transform as numbers, one for all or one each; null where it is a tensor. */
export function numbersOf({ on, declaration }: Transform, n: number): readonly number[] | null {
  const known = on === undefined ? [1] : knownSamples(on);
  if (known && known.length !== 1 && known.length !== n)
    throw new ShapeError(`${declaration.name}.on`, `${known.length} values`, `${n}, one per image`);
  return known ?? null;
}

/** A gate or an index, as a tensor, that leaves out the samples whose `mask` is 0; `made` is to be disposed of. */
export function maskedTensor(
  gpu: Gpu,
  on: Transform["on"],
  mask: readonly number[],
): { on: Transform["on"]; made: Tensor } {
  const whose = on as Tensor | (Picked & { index: Tensor });
  const made = keeping(gpu, () => {
    const own = tensor(gpu, mask);
    // An index of -1 names no choice.
    if (isPicked(whose)) return noGrad(() => sub(mul(add(whose.index as Tensor, 1), own), 1));
    return blend(own, broadcastTo(reshape(whose, [whose.size]), own.shape), zeros(gpu, own.shape));
  });
  return { on: isPicked(on) ? { ...on, index: made } : made, made };
}
