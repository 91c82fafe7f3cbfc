import {
  around,
  bernoulli,
  beta,
  blend,
  categorical,
  choice,
  clipped,
  constant,
  type Distribution,
  integers,
  mixture,
  normal,
  oneOf,
  type PatchesOptions,
  type Patchwise,
  partners,
  patches,
  permutation,
  plus,
  randomOrder,
  type Selection,
  someOf,
  sometimes,
  subset,
  type Tree,
  times,
  truncatedNormal,
  uniform,
  type Where,
  within,
} from "../augment/index.ts";
import { ArgumentError } from "../gpu/index.ts";
import type { ParamValue } from "../transforms/index.ts";

/** A field that has to be there. */
export const NEEDED = Symbol("needed");

/** A value that is written field by field: what each is unless it is written, and what makes the value of those that are. */
export interface Row<V, Tag extends string> {
  readonly fields: { readonly [F in Exclude<keyof V, Tag>]-?: typeof NEEDED | string | number | boolean | undefined };
  make(of: Omit<V, Tag>): V;
}

/** A row, whatever it is of. */
export interface AnyRow {
  readonly fields: Readonly<Record<string, unknown>>;
  make(of: Readonly<Record<string, unknown>>): object;
}

type Distributions = { readonly [D in Distribution as D["distribution"]]: Row<D, "distribution"> };
/** What people write; `patchwise` is an option of `patches`. */
type Selections = { readonly [S in Exclude<Selection, Patchwise> as S["selection"]]: Row<S, "selection"> };

/** What samples and components have in common, unless it is written. */
const APART = { shared: false, sameOnBatch: false } as const;

/** How every distribution is written and made again: one that has no row, or a field too few, does not compile. */
export const DISTRIBUTIONS: Distributions = {
  uniform: {
    fields: { lo: NEEDED, hi: NEEDED, scale: "linear", ...APART },
    make: ({ lo, hi, ...options }) => uniform(lo, hi, options),
  },
  around: {
    fields: { centre: NEEDED, width: NEEDED, scale: "linear", ...APART },
    make: ({ centre, width, ...options }) => around(centre, width, options),
  },
  normal: {
    fields: { mean: NEEDED, std: NEEDED, estimator: "pathwise", ...APART },
    make: ({ mean, std, ...options }) => normal(mean, std, options),
  },
  truncatedNormal: {
    fields: { mean: NEEDED, std: NEEDED, lo: NEEDED, hi: NEEDED, estimator: "pathwise", ...APART },
    make: ({ mean, std, lo, hi, ...options }) => truncatedNormal(mean, std, lo, hi, options),
  },
  beta: {
    fields: { a: NEEDED, b: NEEDED, estimator: "pathwise", ...APART },
    make: ({ a, b, ...options }) => beta(a, b, options),
  },
  bernoulli: {
    fields: { p: NEEDED, estimator: "straightThrough", temperature: 0.5, ...APART },
    make: ({ p, ...options }) => bernoulli(p, options),
  },
  integers: {
    fields: { lo: NEEDED, hi: NEEDED, estimator: "straightThrough", temperature: 0.5, ...APART },
    make: ({ lo, hi, ...options }) => integers(lo, hi, options),
  },
  choice: {
    fields: { values: NEEDED, weights: undefined, estimator: "straightThrough", temperature: 0.5, ...APART },
    make: ({ values, ...options }) => choice(values, options),
  },
  categorical: {
    fields: { weights: NEEDED, estimator: "straightThrough", temperature: 0.5, ...APART },
    make: ({ weights, ...options }) => categorical(weights, options),
  },
  constant: { fields: { value: NEEDED, shared: true, sameOnBatch: true }, make: ({ value }) => constant(value) },
  plus: { fields: { of: NEEDED, by: NEEDED }, make: ({ of, by }) => plus(of, by) },
  times: { fields: { of: NEEDED, by: NEEDED }, make: ({ of, by }) => times(of, by) },
  clipped: { fields: { of: NEEDED, lo: NEEDED, hi: NEEDED }, make: ({ of, lo, hi }) => clipped(of, lo, hi) },
  permutation: { fields: APART, make: ({ shared: _, ...options }) => permutation(options) },
  subset: { fields: { count: NEEDED, ...APART }, make: ({ count, shared: _, ...options }) => subset(count, options) },
  partners: { fields: APART, make: () => partners() },
};

/** What all combinators may say. */
const DRAWN = { sameOnBatch: undefined, key: undefined } as const;

/** How every combinator is written and made again. */
export const SELECTIONS: Selections = {
  oneOf: {
    fields: { links: NEEDED, weights: undefined, estimator: undefined, temperature: undefined, ...DRAWN },
    make: ({ links, ...options }) => oneOf(links, options),
  },
  someOf: {
    fields: { count: NEEDED, links: NEEDED, weights: undefined, order: undefined, ...DRAWN },
    make: ({ count, links, ...options }) => someOf(count, links, options),
  },
  mixture: {
    fields: { links: NEEDED, alpha: 1, ...DRAWN },
    make: ({ links, ...options }) => mixture(links, options),
  },
  randomOrder: {
    fields: { links: NEEDED, ...DRAWN },
    make: ({ links, ...options }) => randomOrder(links, options),
  },
  sometimes: {
    fields: { p: NEEDED, links: NEEDED, ...DRAWN },
    make: ({ p, links, ...options }) => sometimes(p, links, options),
  },
};

/** What links are applied within, by name. A colour space is a list of transforms, and written as one. */
export const PARTS: Readonly<Record<"blend" | "within" | "patches", AnyRow>> = {
  patches: {
    fields: {
      links: NEEDED,
      grid: undefined,
      padding: "same",
      same: "patch",
      sameOnBatch: false,
      patchwise: false,
      compose: true,
    },
    make: ({ links, ...options }) => patches(links as Tree, options as PatchesOptions),
  },
  blend: {
    fields: { by: NEEDED, links: NEEDED, key: undefined },
    make: ({ links, by, ...options }) => blend(links as Tree, by as ParamValue, options),
  },
  within: {
    fields: { mask: undefined, box: undefined, channels: undefined, links: NEEDED, key: undefined },
    make({ mask, box, channels, links, ...options }) {
      const given = Object.entries({ mask, box, channels }).filter(([, value]) => value !== undefined);
      if (given.length !== 1)
        throw new ArgumentError(
          "where",
          given.map(([name]) => name).join(" and ") || "nothing",
          "one of mask, box, channels",
        );
      const where = given[0][0] === "mask" ? mask : Object.fromEntries(given);
      return within(where as Where, links as Tree, options) as object;
    },
  },
};

/** What is written field by field, by the name of the field that says what it is. */
export const ROWS: { readonly [Tag in "distribution" | "selection" | "part"]: Readonly<Record<string, AnyRow>> } = {
  distribution: DISTRIBUTIONS as never,
  selection: SELECTIONS as never,
  part: PARTS,
};
