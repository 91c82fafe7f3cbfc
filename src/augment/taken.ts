import { blend } from "../autograd/blend.ts";
import { add, broadcastTo, mul, noGrad, reshape, sub } from "../autograd/index.ts";
import { ArgumentError, describe, type Gpu, ShapeError } from "../gpu/index.ts";
import { keeping, type Tensor, tensor, zeros } from "../tensor/index.ts";
import type { Picked, Transform } from "../transforms/index.ts";
import { isPicked, knownSamples } from "../transforms/language/choose.ts";
import { indexOf } from "./distributions/index.ts";
import { drawUnit } from "./keys.ts";
import { type Branch, branchesOf, type PlacedSelection, type Selection } from "./tree.ts";

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

/**
 * What was drawn for one selection, a value for each sample: of `oneOf` the number of its link, from 0; of `someOf` the numbers of
 * its links, ascending; of `sometimes` 1 or 0.
 */
export type SampledChoice =
  | {
      /** Name of the combinator. */
      name: "oneOf" | "sometimes";
      /** What each sample gets. */
      chosen: number[];
    }
  | {
      /** Name of the combinator. */
      name: "someOf";
      /** What each sample gets. */
      chosen: number[][];
    };

/** What is particular about a combinator. A row is what one sample takes, 0 or 1 for each branch. */
interface Rule<S extends Selection> {
  /** Draws, and sets the branches taken in `rows`, which is 0 from `at` on. */
  take(selection: S, rows: Uint8Array, at: number, unit: (draw: number) => number): void;
  /** A row as a recipe has it. */
  written(row: Uint8Array): number | number[];
  /** Sets the row that a recipe says; false for what is none. */
  read(value: unknown, row: Uint8Array): boolean;
  allowed(count: number): string;
}

const isIndex = (value: unknown, count: number): value is number =>
  typeof value === "number" && Number.isInteger(value) && value >= 0 && value < count;

const RULES: { readonly [S in Selection as S["selection"]]: Rule<S> } = {
  oneOf: {
    take({ links, weights }, rows, at, unit) {
      const u = unit(0);
      if (!weights) rows[at + Math.floor(u * links.length)] = 1;
      else rows[at + indexOf(weights, u)] = 1;
    },
    written: (row) => row.indexOf(1),
    read(value, row) {
      if (!isIndex(value, row.length)) return false;
      row[value] = 1;
      return true;
    },
    allowed: (count) => `a whole number from 0 to ${count - 1}`,
  },
  someOf: {
    take({ links, count: [lo, hi] }, rows, at, unit) {
      let left = lo + Math.floor(unit(0) * (hi - lo + 1));
      // Knuth's algorithm S: of the links that remain, each is as likely to be among those that are still to be taken.
      for (let k = 0; k < links.length; k++) {
        if (unit(1 + k) * (links.length - k) >= left) continue;
        rows[at + k] = 1;
        left--;
      }
    },
    written: (row) => Array.from(row.keys()).filter((k) => row[k] === 1),
    read(value, row) {
      if (!Array.isArray(value) || value.length > row.length) return false;
      let last = -1;
      for (const k of value) {
        if (!isIndex(k, row.length) || k <= last) return false;
        row[k] = 1;
        last = k;
      }
      return true;
    },
    allowed: (count) => `whole numbers from 0 to ${count - 1}, ascending`,
  },
  sometimes: {
    take({ p }, rows, at, unit) {
      if (unit(0) < p) rows[at] = 1;
    },
    written: (row) => row[0],
    read(value, row) {
      if (value !== 0 && value !== 1) return false;
      row[0] = value;
      return true;
    },
    allowed: () => "0 or 1",
  },
};

/** Room for what a batch takes. */
export function openTaken(planned: PlannedSelection, n: number): Taken {
  const count = branchesOf(planned.selection).length;
  return { planned, count, rows: new Uint8Array(n * count) };
}

/** Draws for every sample, by the step key of the selection. */
export function drawTaken({ planned, count, rows }: Taken, keys: Uint32Array, samples?: ArrayLike<number>): void {
  const { selection } = planned;
  // Each rule takes its own kind, which an index by name cannot tell.
  const { take } = RULES[selection.selection] as Rule<Selection>;
  rows.fill(0);
  let sample = 0;
  const unit = (draw: number): number => drawUnit(keys, 0, sample, draw);
  for (let i = 0; i * count < rows.length; i++) {
    sample = samples ? samples[i] : i;
    take(selection, rows, i * count, unit);
  }
}

/** As a recipe has it. */
export function writtenTaken({ planned: { selection }, count, rows }: Taken): SampledChoice {
  const { written } = RULES[selection.selection];
  const chosen = Array.from({ length: rows.length / count }, (_, i) =>
    written(rows.subarray(i * count, (i + 1) * count)),
  );
  return { name: selection.selection, chosen } as SampledChoice;
}

/** What a recipe says about a selection; its fields are checked already. */
export function readTaken(planned: PlannedSelection, sampled: SampledChoice, at: string, n: number): Taken {
  const name = planned.selection.selection;
  const { read, allowed } = RULES[name];
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
    if (!read(chosen[i], rows.subarray(i * count, (i + 1) * count)))
      throw new ArgumentError(`${at}.chosen[${i}]`, describe(chosen[i]), allowed(count));
  }
  return taken;
}

/** Whether sample i takes all of the branches that a transform stands in, 1 or 0. */
export function takes(under: readonly Branch[], taken: readonly Taken[], i: number): number {
  for (const { selection, branch } of under) {
    const { count, rows } = taken[selection];
    if (rows[i * count + branch] === 0) return 0;
  }
  return 1;
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
