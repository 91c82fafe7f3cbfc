import { indexOf } from "./distributions/index.ts";
import { placed } from "./orders.ts";
import type { OneOf, Patchwise, Selection } from "./tree.ts";

/**
 * What was drawn for one selection, a value for each sample, or for each patch where it stands within `patches`: of `oneOf`, and of
 * `patches` with `patchwise`, the number of its link, from 0; of `someOf` and `randomOrder` the numbers of its links, in the order in
 * which they run; of `sometimes` 1 or 0. Where weights or p learn, the uniform numbers in its place, in [0, 1), of which a replay draws
 * again; or the shares of the links, where they were relaxed and read. So it is of `mixture`.
 */
export type SampledChoice =
  | {
      /** Name of the combinator. */
      name: "oneOf" | "sometimes" | "mixture" | "patchwise";
      /** What each sample gets; empty where `units` or `shares` say it. */
      chosen: number[];
      /** The uniform numbers of each sample, where weights or p learn. */
      units?: number[][];
      /** The shares of each sample, from 0 to 1: of each link; of the links of `sometimes`, and of the image itself. */
      shares?: number[][];
    }
  | {
      /** Name of the combinator. */
      name: "someOf" | "randomOrder";
      /** What each sample gets. */
      chosen: number[][];
    };

/** What is particular about a combinator. A row is what one sample takes, 0 or 1 for each of the places of its links. */
export interface Rule<S extends Selection> {
  /** Draws, and sets the places taken in `row`, which is 0. `piece`: number of the piece that a row is for, of its sample's. */
  take(selection: S, unit: (draw: number) => number, places: readonly number[], row: Uint8Array, piece: number): void;
  /** A row as a recipe has it. */
  written(row: Uint8Array, places: readonly number[]): number | number[];
  /** Sets the row that a recipe says; false for what is none. */
  read(selection: S, value: unknown, places: readonly number[], row: Uint8Array): boolean;
  allowed(selection: S): string;
}

const isIndex = (value: unknown, count: number): value is number =>
  typeof value === "number" && Number.isInteger(value) && value >= 0 && value < count;

/** Lets a sample through where the links of a list stand, in that order. */
function through(order: readonly number[], places: readonly number[], row: Uint8Array): void {
  for (const at of placed(order, places)) row[at] = 1;
}

/** Different links, in any order or ascending. */
function areLinks(value: unknown, count: number, ascending: boolean): value is number[] {
  if (!Array.isArray(value) || new Set(value).size !== value.length) return false;
  return Array.from(value).every((k, i) => isIndex(k, count) && !(ascending && i > 0 && k <= value[i - 1]));
}

/** The links of a row, in the order in which they run. */
const ran = (row: Uint8Array, places: readonly number[]): number[] => places.filter((_, at) => row[at] === 1);

/** `count` different numbers below `of` in a random order, all as likely: Fisher and Yates, as far as it is needed. */
function shuffled(of: number, count: number, unit: (i: number) => number): number[] {
  const all = Array.from({ length: of }, (_, k) => k);
  for (let i = 0; i < count; i++) {
    const j = i + Math.floor(unit(i) * (of - i));
    [all[i], all[j]] = [all[j], all[i]];
  }
  return all.slice(0, count);
}

/** `count` different numbers below `of`, ascending, all sets as likely: Knuth's algorithm S. */
function someBelow(of: number, count: number, unit: (i: number) => number): number[] {
  const found: number[] = [];
  // Of those that remain, each is as likely to be among those that are still to be taken.
  for (let k = 0; k < of; k++) if (unit(k) * (of - k) < count - found.length) found.push(k);
  return found;
}

/** `count` different numbers of weights, one drawn after the other, in proportion to the weights that are left. */
function weighted(weights: readonly number[], count: number, unit: (i: number) => number): number[] {
  const left = [...weights];
  return Array.from({ length: count }, (_, i) => {
    const k = indexOf(left, unit(i));
    left[k] = 0;
    return k;
  });
}

const COUNTED = (count: number): string => `different whole numbers from 0 to ${count - 1}`;

/** A sample has one link. */
const ONE: Omit<Rule<OneOf | Patchwise>, "take"> = {
  written: (row, places) => ran(row, places)[0],
  read({ links }, value, places, row) {
    if (!isIndex(value, links.length)) return false;
    row[places.indexOf(value)] = 1;
    return true;
  },
  allowed: ({ links }) => `a whole number from 0 to ${links.length - 1}`,
};

/** The rules of all combinators: one that is missing does not compile. */
export const RULES: { readonly [S in Selection as S["selection"]]: Rule<S> } = {
  oneOf: {
    take({ links, weights }, unit, places, row) {
      const u = unit(0);
      row[places.indexOf(weights ? indexOf(weights as readonly number[], u) : Math.floor(u * links.length))] = 1;
    },
    ...ONE,
  },
  someOf: {
    take({ links, count: [lo, hi], order, weights }, unit, places, row) {
      const count = lo + Math.floor(unit(0) * (hi - lo + 1));
      const next = (i: number) => unit(1 + i);
      const drawn = weights
        ? weighted(weights, count, next)
        : (order === "random" ? shuffled : someBelow)(links.length, count, next);
      through(order === "random" ? drawn : drawn.toSorted((a, b) => a - b), places, row);
    },
    written: ran,
    read({ links, order }, value, places, row) {
      if (!areLinks(value, links.length, order !== "random")) return false;
      through(value, places, row);
      return true;
    },
    allowed: ({ links, order }) => `${COUNTED(links.length)}${order === "random" ? "" : ", ascending"}`,
  },
  randomOrder: {
    take({ links }, unit, places, row) {
      through(shuffled(links.length, links.length, unit), places, row);
    },
    written: ran,
    read({ links }, value, places, row) {
      if (!areLinks(value, links.length, false) || value.length !== links.length) return false;
      through(value, places, row);
      return true;
    },
    allowed: ({ links }) => `${COUNTED(links.length)}, all of them`,
  },
  // Nothing is drawn.
  patchwise: {
    take(_selection, _unit, places, row, piece) {
      row[places.indexOf(piece)] = 1;
    },
    ...ONE,
  },
  // Its shares say it all.
  mixture: { take() {}, written: () => [], read: () => false, allowed: () => "nothing: shares say it" },
  sometimes: {
    take({ p }, unit, _, row) {
      if (unit(0) < (p as number)) row[0] = 1;
    },
    written: (row) => row[0],
    read(_selection, value, _places, row) {
      if (value !== 0 && value !== 1) return false;
      row[0] = value;
      return true;
    },
    allowed: () => "0 or 1",
  },
};
