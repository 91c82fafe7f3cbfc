import { blend } from "../autograd/blend.ts";
import { add, broadcastTo, mul, noGrad, reshape, sub } from "../autograd/index.ts";
import { ArgumentError, describe, type Gpu, ShapeError } from "../gpu/index.ts";
import { keeping, type Tensor, tensor, zeros } from "../tensor/index.ts";
import type { Picked, Transform } from "../transforms/index.ts";
import { isPicked, knownSamples } from "../transforms/language/choose.ts";
import type { PlacedSelection } from "./flatten.ts";
import { drawUnit } from "./keys.ts";
import { RULES, type Rule, type SampledChoice } from "./selection-rules.ts";
import type { Shares } from "./shares.ts";
import type { Branch, Selection } from "./tree.ts";

/** A selection of a pipeline, and the hash of the name of its random stream. */
export interface PlannedSelection extends PlacedSelection {
  readonly identity: readonly [number, number];
  /** How the shares of its branches are drawn, where they live on the GPU. */
  readonly shares: Shares | null;
}

/** Which branches of a selection the samples of a batch take. */
export interface Taken {
  readonly planned: PlannedSelection;
  /** How many branches there are. */
  readonly count: number;
  /** 0 or 1, sample by sample, branch by branch; all 1 where the shares of the branches say more. */
  readonly rows: Uint8Array;
  /** The uniform numbers of shares that learn, sample by sample. */
  readonly units: Float32Array | null;
  /** Shares that a recipe tells. */
  readonly told: readonly (readonly number[])[] | null;
}

/** Whether all samples of a batch have one draw. */
export const isOneDraw = ({ selection, shares }: PlannedSelection): boolean =>
  selection.sameOnBatch === true || shares?.sameOnBatch === true;

/** Whether the rows say it all. */
export const isKnown = ({ units, told }: Taken): boolean => units === null && told === null;

/** The shares of n samples, `[n, branches]`. */
export function drawShares(gpu: Gpu, { planned, units, told }: Taken, n: number): Tensor {
  return told ? noGrad(() => tensor(gpu, told)) : planned.shares!.draw(gpu, units!, n);
}

/** Room for what a batch takes. */
export function openTaken(planned: PlannedSelection, n: number): Taken {
  const { shares, places } = planned;
  const count = places.length;
  if (!shares) return { planned, count, rows: new Uint8Array(n * count), units: null, told: null };
  return { ...sideBySide(planned, n), units: new Float32Array(n * shares.units) };
}

/** All samples take all branches, in shares that are to be given. */
const sideBySide = (planned: PlannedSelection, n: number): Taken => {
  const count = planned.places.length;
  return { planned, count, rows: new Uint8Array(n * count).fill(1), units: null, told: null };
};

/** Draws for every sample, by the step key of the selection. `samples` are whose draws they get, 0..n-1 unless given. */
export function drawTaken(taken: Taken, keys: Uint32Array, samples?: ArrayLike<number>): void {
  const { planned, count, rows, units } = taken;
  const { selection, places, shares } = planned;
  if (units && shares) {
    const each = shares.units;
    for (let i = 0; i < units.length; i++) {
      const at = Math.floor(i / each);
      units[i] = drawUnit(keys, 0, samples ? samples[at] : at, i % each);
    }
    return;
  }
  // Each rule takes its own kind, which an index by name cannot tell.
  const { take } = RULES[selection.selection] as Rule<Selection>;
  const pieces = planned.spreads.at(-1)?.count ?? 1;
  rows.fill(0);
  let sample = 0;
  const unit = (draw: number): number => drawUnit(keys, 0, sample, draw);
  for (let i = 0; i * count < rows.length; i++) {
    sample = samples ? samples[i] : i;
    take(selection, unit, places, rows.subarray(i * count, (i + 1) * count), i % pieces);
  }
}

/** As a recipe has it. */
export function writtenTaken({ planned: { selection, places, shares }, count, rows, units }: Taken): SampledChoice {
  if (units && shares) {
    const list = Array.from({ length: units.length / shares.units }, (_, i) =>
      Array.from(units.subarray(i * shares.units, (i + 1) * shares.units)),
    );
    return { name: selection.selection, chosen: [], units: list } as SampledChoice;
  }
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
  const { chosen, units, shares } = sampled as Learned;
  if (units !== undefined || shares !== undefined) return readShares(planned, sampled as Learned, at, n);
  if (!Array.isArray(chosen) || chosen.length !== n) {
    const given = Array.isArray(chosen) ? `${chosen.length} values` : describe(chosen);
    throw new ArgumentError(`${at}.chosen`, given, `${n} values, one per sample`);
  }
  const taken: Taken = { ...sideBySide(planned, n), rows: new Uint8Array(n * places.length) };
  const { count, rows } = taken;
  for (let i = 0; i < n; i++) {
    if (!read(selection, chosen[i], places, rows.subarray(i * count, (i + 1) * count)))
      throw new ArgumentError(`${at}.chosen[${i}]`, describe(chosen[i]), allowed(selection));
  }
  return taken;
}

/** What a recipe may say about a selection that learns. */
type Learned = Extract<SampledChoice, { units?: unknown }>;

/** What a recipe says about a selection whose branches run side by side. */
function readShares(planned: PlannedSelection, sampled: Learned, at: string, n: number): Taken {
  const { shares } = planned;
  const field = sampled.units === undefined ? "shares" : "units";
  const other = field === "units" ? sampled.shares : undefined;
  if (other !== undefined || (Array.isArray(sampled.chosen) && sampled.chosen.length > 0))
    throw new ArgumentError(`${at}.${field}`, "a list beside others", "one of chosen, units and shares");
  if (!shares || (field === "shares" && !shares.relaxed)) {
    const allowed = `nothing: ${shares ? "a sample has one link" : "what each sample gets is known"}`;
    throw new ArgumentError(`${at}.${field}`, describe(sampled[field]), allowed);
  }
  const width = field === "units" ? shares.units : shares.count;
  const fits = (each: unknown): boolean =>
    typeof each === "number" && each >= 0 && (field === "units" ? each < 1 : each <= 1);
  const list: unknown = sampled[field];
  const isRow = (row: unknown): row is number[] =>
    Array.isArray(row) && row.length === width && Array.from(row).every(fits);
  const isRows = (rows: unknown): rows is number[][] =>
    Array.isArray(rows) && rows.length === n && Array.from(rows).every(isRow);
  if (!isRows(list)) {
    const allowed = `${n} rows of ${width} numbers from 0 to ${field === "units" ? "below 1" : "1"}`;
    throw new ArgumentError(`${at}.${field}`, describe(list), allowed);
  }
  const taken = sideBySide(planned, n);
  return field === "units" ? { ...taken, units: Float32Array.from(list.flat()) } : { ...taken, told: list };
}

/**
 * Whether the i-th of n samples, or of n pieces of samples, takes all branches of one of the ways to a transform, 1 or 0. A piece takes what
 * its sample takes.
 */
export function takes(ways: readonly (readonly Branch[])[], taken: readonly Taken[], i: number, n: number): number {
  const takesAll = (way: readonly Branch[]): boolean => {
    for (const { selection, branch } of way) {
      const { count, rows } = taken[selection];
      const own = Math.floor((i * rows.length) / (n * count));
      if (rows[own * count + branch] === 0) return false;
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
