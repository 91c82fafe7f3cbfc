import fc from "fast-check";
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
  partners,
  patches,
  permutation,
  plus,
  randomOrder,
  type Selection,
  sequential,
  someOf,
  sometimes,
  subset,
  type Tree,
  times,
  truncatedNormal,
  uniform,
  type Where,
  within,
} from "../../src/augment/index.ts";
import { registry, type Transform } from "../../src/transforms/index.ts";
import { construct } from "../../src/transforms/language/construct.ts";

// Pipelines of anything, of every transform, distribution and combinator that there is.

type Name = Distribution["distribution"];

const between = (lo: number, hi: number) =>
  fc.float({ min: Math.fround(lo), max: Math.fround(hi), noNaN: true }).map((v) => v + 0);
const sameOnBatch = fc.boolean();
const flags = fc.record({ shared: fc.boolean(), sameOnBatch });
const weights = fc.constantFrom(undefined, [1, 0, 2.5]);
const scale = fc.constantFrom<"linear" | "log">("linear", "log");

/** A distribution of each family within bounds above 0: one that is missing does not compile. */
export const DISTRIBUTIONS: { readonly [K in Name]: (lo: number, hi: number) => fc.Arbitrary<Distribution> } = {
  uniform: (lo, hi) =>
    fc
      .tuple(between(lo, hi), between(lo, hi), scale, flags)
      .map(([a, b, scale, of]) => uniform(Math.min(a, b), Math.max(a, b), { scale, ...of })),
  around: (lo, hi) =>
    fc.tuple(between(0, (hi - lo) / 2.01), flags).map(([width, of]) => around((lo + hi) / 2, width, of)),
  normal: (lo, hi) => fc.tuple(between(0, (hi - lo) / 12), flags).map(([std, of]) => normal((lo + hi) / 2, std, of)),
  truncatedNormal: (lo, hi) =>
    fc
      .tuple(between(lo, hi), between(0.1, 2), fc.constantFrom("pathwise", "scoreFunction"), flags)
      .map(([mean, std, estimator, of]) => truncatedNormal(mean, std, lo, hi, { estimator, ...of })),
  beta: () => fc.tuple(between(0.1, 9), between(0.1, 9), flags).map(([a, b, of]) => beta(a, b, of)),
  bernoulli: () =>
    fc
      .tuple(between(0, 1), fc.option(between(0.1, 2), { nil: undefined }), flags)
      .map(([p, temperature, of]) =>
        temperature === undefined ? bernoulli(p, of) : bernoulli(p, { estimator: "relaxed", temperature, ...of }),
      ),
  constant: (lo, hi) => between(lo, hi).map(constant),
  integers: (lo, hi) =>
    fc
      .tuple(fc.constantFrom({}, { estimator: "relaxed", temperature: 0.2 } as const), flags)
      .map(([how, of]) => integers(Math.ceil(lo), Math.max(Math.ceil(lo), Math.floor(hi)), { ...how, ...of })),
  choice: (lo, hi) =>
    fc.record({ shared: fc.boolean(), sameOnBatch, weights }).map((of) => choice([lo, (lo + hi) / 2, hi], of)),
  categorical: () => flags.map((of) => categorical([1, 2, 0, 3], of)),
  plus: (lo, hi) => between(0, (hi - lo) / 2).map((by) => plus(uniform(lo, (lo + hi) / 2), uniform(0, by))),
  times: (lo, hi) => flags.map((of) => times(uniform(lo / 2, hi / 2, of), [2])),
  clipped: (lo, hi) => flags.map((of) => clipped(normal(1, 1, of), lo, hi)),
  permutation: () => fc.record({ sameOnBatch }).map(permutation),
  subset: () => fc.tuple(fc.nat(3), fc.record({ sameOnBatch })).map(([count, of]) => subset(count, of)),
  partners: () => fc.constant(0).map(partners),
};

const key = fc.option(fc.uuid(), { nil: undefined });
const named = fc.record({ sameOnBatch: fc.constantFrom(undefined, true, false), key });

/** A combinator of each kind, of links: one that is missing does not compile. */
export const SELECTIONS: {
  readonly [K in Exclude<Selection["selection"], "patchwise">]: (links: readonly Tree[]) => fc.Arbitrary<Selection>;
} = {
  oneOf: (links) =>
    fc
      .tuple(fc.option(fc.constant(links.map((_, i) => i + 0.5)), { nil: undefined }), named)
      .map(([weights, of]) => oneOf(links, { weights, ...of })),
  someOf: (links) =>
    fc
      .record({
        least: fc.nat(links.length),
        order: fc.constantFrom("given", "random"),
        weights: fc.option(fc.constant(links.map((_, i) => i + 0.5)), { nil: undefined }),
        named,
      })
      .map(({ least, named, ...of }) => someOf([least, links.length], links, { ...of, ...named })),
  mixture: (links) => fc.tuple(between(0.1, 2), named).map(([alpha, of]) => mixture(links, { alpha, ...of })),
  randomOrder: (links) => named.map((of) => randomOrder(links, of)),
  sometimes: (links) => fc.tuple(between(0, 1), named).map(([p, of]) => sometimes(p, links, of)),
};

/** Transforms whose example is all that they need: no tensor, no partner. */
export const EXAMPLES = [...registry.values()].filter((declaration) => {
  if (!declaration.example) return false;
  try {
    return construct(declaration, { ...declaration.example.params, ...declaration.example.options }) !== undefined;
  } catch {
    return false;
  }
});

/** A transform at its example, with distributions about some of its values, where they fit. */
const transform: fc.Arbitrary<Transform> = fc
  .record({
    declaration: fc.constantFrom(...EXAMPLES),
    family: fc.constantFrom(...(Object.keys(DISTRIBUTIONS) as Name[])),
    pick: fc.nat(5),
    p: fc.option(between(0, 1), { nil: undefined }),
    key,
  })
  .chain(({ declaration, family, pick, p, key }) => {
    const { example, params, size, outChannels } = declaration;
    const settings: Record<string, unknown> = { ...example!.params, ...example!.options, key };
    // A coin cannot change the size.
    if (!size && !outChannels && declaration.name !== "jigsaw") settings.p = p;
    const names = Object.keys(params).filter((name) => typeof (settings[name] ?? params[name].default) === "number");
    const name = names[pick % Math.max(1, names.length)];
    const value = Number(settings[name] ?? params[name]?.default);
    const plain = fc.constant(0).map(() => construct(declaration, settings));
    if (!(value > 0)) return plain;
    return DISTRIBUTIONS[family](value * 0.9, value * 1.1).map((drawn) => {
      try {
        const made = construct(declaration, { ...settings, [name]: drawn });
        sequential([made]);
        return made;
      } catch {
        return construct(declaration, settings);
      }
    });
  });

/** Links in a share, or in a part of images. */
const part: fc.Arbitrary<Tree> = fc
  .record({
    link: transform.filter(({ declaration }) => declaration.reads !== "batch"),
    by: fc.oneof(between(0, 1), fc.constant(uniform(0.2, 0.6))),
    where: fc.constantFrom<Where>({ box: [0, 1, 3, 3] }, { box: [[0, 0, 2, 2]] }, { channels: [0, 2] }, "hsv"),
    is: fc.constantFrom("blend", "within", "patches"),
    key,
    of: fc.record({
      grid: fc.constantFrom([2, 1] as const, [1, 2] as const),
      padding: fc.constantFrom("same" as const, "valid" as const),
      patchwise: fc.boolean(),
      compose: fc.boolean(),
    }),
  })
  .map(({ link, by, where, is, key, of }) => {
    if (is === "blend") return blend([link], by, { key });
    if (is === "patches") return patches([link, []], of);
    return within(where, [link, []], where === "hsv" ? undefined : { key });
  });

/** A part of a pipeline: transforms, and combinators, lists and pipelines of them. */
export const tree: fc.Arbitrary<Tree> = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    transform,
    part,
    fc.array(tie("tree"), { minLength: 1, maxLength: 3 }),
    fc.array(tie("tree"), { maxLength: 2 }).map((links) => sequential(links)),
    fc
      .tuple(
        fc.constantFrom(...(Object.keys(SELECTIONS) as (keyof typeof SELECTIONS)[])),
        fc.array(tie("tree"), { minLength: 1, maxLength: 3 }),
      )
      .chain(([name, links]) => SELECTIONS[name](links)),
  ),
})).tree;
