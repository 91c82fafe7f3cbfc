import { ArgumentError, check, number, readOptions } from "../../gpu/index.ts";
import type { Partners, Permutation, Subset } from "../../transforms/index.ts";
import type { ParamSpec } from "../../transforms/language/declare.ts";
import { type DistributionOptions, type Family, made, NEVER_LEARNED, SHARING } from "./family.ts";

// Draws whose values depend on each other: uniform numbers are put in order, and the order says what each becomes.

/** Options of {@link permutation} and {@link subset}. */
export type OrderOptions = Pick<DistributionOptions, "sameOnBatch">;

const readOrder = (what: string, options?: OrderOptions) => {
  const { sameOnBatch = false } = readOptions<OrderOptions>(what, options, { sameOnBatch: SHARING.sameOnBatch });
  return { shared: false, sameOnBatch } as const;
};

/**
 * An order of the values of a parameter: each of the whole numbers from 0 on once, all orders equally likely. For parameters that are
 * one, such as `channelShuffle({ order: permutation() })` and `jigsaw({ permutation: permutation(), grid: 3 })`.
 */
export function permutation(options?: OrderOptions): Permutation {
  return made(PERMUTATION, { distribution: "permutation", ...readOrder("permutation", options) });
}

/**
 * 1 for `count` values of a parameter, 0 for its others; all choices of as many are equally likely. For parameters with a value for each
 * channel, such as `channelDropout({ drop: subset(1) })`. A parameter with fewer values is refused when a batch comes.
 * @param count a whole number, at least 0
 * @throws ArgumentError for another one
 */
export function subset(count: number, options?: OrderOptions): Subset {
  check("count of subset()", count, A_COUNT);
  return made(SUBSET, { distribution: "subset", count, ...readOrder("subset", options) });
}

/**
 * Another sample of the batch for each sample, for the partners of a mix: `mixup({ partner: partners(), lambda: uniform(0, 1) })`. Each
 * sample of a batch is the partner of one, and none its own, unless it is alone.
 *
 * Which ones go together depends on seed, step and the samples' identities, and so, unlike all else that is drawn, on which samples the
 * batch consists of; on their order it does not depend. A recipe has the partners' places in the batch.
 */
export function partners(): Partners {
  return made(PARTNERS, { distribution: "partners", shared: false, sameOnBatch: false });
}

const A_COUNT = number({ least: 0, whole: true });

/** Where the numbers of a list lie, from the least to the largest; the first of equal ones comes first. */
const ascending = (list: readonly number[]): number[] =>
  Array.from(list, (_, i) => i).sort((a, b) => list[a] - list[b] || a - b);

const isOrder = ({ integer, size, list }: ParamSpec): boolean =>
  integer === true && (size === "C" || (typeof list === "object" && list.permutes !== undefined));

/** What all have in common: nothing is learned, and nothing rounded, of the numbers that are put in order. */
const ORDERED = {
  bounds: () => [],
  value: () => (u: number) => u,
  whole: () => (u: number) => u,
  hasWhole: () => true,
  ...NEVER_LEARNED,
} as const;

export const PERMUTATION: Family<Permutation> = {
  ...ORDERED,
  support: () => [[0, Infinity]],
  joint: {
    among: "components",
    fits: isOrder,
    allowed: "a parameter that is an order of channels or tiles",
    settle(_, list) {
      ascending(list).forEach((at, k) => {
        list[k] = at;
      });
    },
  },
  text: () => ({ given: [], options: [] }),
};

export const SUBSET: Family<Subset> = {
  ...ORDERED,
  support: () => [
    [0, 0],
    [1, 1],
  ],
  value({ count }, components) {
    if (count > components)
      throw new ArgumentError("count of subset()", String(count), `at most ${components}, the values of the parameter`);
    return (u) => u;
  },
  joint: {
    among: "components",
    fits: ({ size }) => size !== undefined && size !== 1,
    allowed: "a parameter of several values, such as one for each channel",
    settle({ count }, list) {
      ascending(list).forEach((at, k) => {
        list[at] = k < count ? 1 : 0;
      });
    },
  },
  text: ({ count }) => ({ given: [count], options: [] }),
};

export const PARTNERS: Family<Partners> = {
  ...ORDERED,
  support: () => [[0, Infinity]],
  joint: {
    among: "samples",
    fits: ({ role }) => role === "partner",
    allowed: "the partners of a mix",
    settle(_, list) {
      const order = ascending(list);
      order.forEach((at, k) => {
        list[at] = order[(k + 1) % order.length];
      });
    },
  },
  text: () => ({ given: [], options: [] }),
};
