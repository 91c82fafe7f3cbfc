import {
  ArgumentError,
  checkedLater,
  describe,
  flag,
  number,
  oneOf as oneOfTexts,
  readOptions,
  text,
} from "../gpu/index.ts";
import type { Tensor } from "../tensor/index.ts";
import type { Bernoulli, Bound, Estimator } from "../transforms/index.ts";
import { printable } from "../transforms/language/show.ts";
import { checkWeights } from "./distributions/index.ts";
import { JUMP } from "./distributions/jump.ts";
import { A_PROBABILITY, checkCount, checkLearned, checkLinks, checkNumbers, coinOf } from "./selection-checks.ts";
import {
  checkTree,
  enlistSelection,
  type MixtureOf,
  type OneOf,
  type Order,
  type RandomOrder,
  type Selection,
  type SomeOf,
  type Sometimes,
  showTree,
  type Tree,
} from "./tree.ts";

/** Options of {@link randomOrder} and {@link sometimes}. */
export interface SelectionOptions {
  /** One draw for all samples of a batch, that of sample 0, instead of one each; what is random in the links is drawn as ever. */
  sameOnBatch?: boolean;
  /** Name of its random stream; unless given it is named by how many combinators of its name come before it in the pipeline. */
  key?: string;
}

/** Options of {@link someOf}. */
export interface SomeOfOptions extends SelectionOptions {
  /**
   * How likely each link is, numbers of at least 0, one for each: links are drawn one after the other, each in proportion to the weights of
   * those that are left. All sets of as many links are equally likely unless given.
   */
  weights?: readonly number[];
  /** `given`: the links of a sample run in the order in which they were given. `random`: in one that is drawn for each sample. */
  order?: Order;
}

/** Options of {@link oneOf}. */
export interface OneOfOptions extends SelectionOptions {
  /**
   * How likely each link is, in proportion to their sum: numbers of at least 0, one for each, or a tensor `[K]` or a function that makes
   * one, which learn; all alike unless given. What a learned weight falls below 0 counts as 0; `() => exp(logits)` learns logits.
   */
  weights?: Bound;
  /**
   * How the gradient reaches weights that learn. `straightThrough`, unless given: a sample gets one link, and the gradient is that of the
   * mean of all links' images under the weights. `relaxed`: a sample gets the links' images in shares, of a Gumbel softmax, with their
   * true gradient. `scoreFunction`: a sample gets one link, and the gradient comes by `pipeline.logProb`.
   */
  estimator?: Estimator;
  /** Temperature of `relaxed` shares, above 0; 0.5 unless given. Towards 0 one share comes near 1, and the gradient gets noisier. */
  temperature?: number;
}

/**
 * Gives every sample one of the links, drawn anew for each sample and step:
 * `sequential([oneOf([gaussianBlur({ sigma: 1 }), brightness({ factor: uniform(0.5, 1.5) })], { weights: [1, 3] })])`.
 * A link is a transform, a list of them in a row, or a pipeline; an empty list keeps the sample.
 *
 * The others leave the sample alone, bit for bit. What is random in any of the links is drawn as it would be alone, and a
 * transform's own `p` is thrown besides: it applies where its link was drawn and its coin says so. Transforms that change pixels by
 * themselves share one pass, maps among them too; other kinds take a pass each. Parameters of the links learn from the samples
 * that got them. Which link a sample gets is in what `sample()` returns, as `choices`.
 *
 * Links may change the image's size, where all of them make one size:
 * `oneOf([RandomCrop({ size: 24 }), RandomResizedCrop({ size: 24 }), resize({ height: 24, width: 24 })])`. Each is then a chain of its own,
 * on the samples that got it.
 *
 * Where weights learn, the choice is made on the GPU: each link runs on all samples, a chain of its own, and their images are added in
 * shares, so that a step costs the sum of the links. Labels go the way of the link that a sample got, with
 * the gradient of the weights; with `relaxed` shares, only through links that leave pixels where they are.
 * @param links at least one
 * @throws ArgumentError for what is no transform; for weights that are no numbers of at least 0, or all 0; for an estimator without
 * weights that learn. The pipeline throws a ShapeError where links make different sizes of the images that it gets
 */
export function oneOf(links: readonly Tree[], options?: OneOfOptions): OneOf {
  const list = checkLinks("oneOf", links);
  const rules = { ...JUMP, ...COMMON, weights: checkedLater };
  const { weights, sameOnBatch, key, ...learned } = readOptions<OneOfOptions>("oneOf", options, rules);
  checkLearned(weights, learned);
  return selected({
    selection: "oneOf",
    links: list,
    ...(weights === undefined ? {} : { weights: checkWeights(weights, list.length, " of oneOf()") }),
    ...learned,
    ...common({ sameOnBatch, key }),
  });
}

/**
 * Gives every sample some of the links, without repeating one, in the order in which they are given unless `order` says `random`:
 * `someOf([1, 2], [brightness({ factor: 1.2 }), rotate({ angle: uniform(-9, 9) }), invert()])`. All sets of as many links are
 * equally likely unless there are `weights`, and drawn anew for each sample and step; else it is as {@link oneOf}. Each link ends in the
 * image's size, which may change within it; of `someOf(1, links)` all may make one other size.
 * @param count how many links a sample gets, or `[least, most]`, both of which may come; each number in between is equally likely
 * @param links at least one; the links of a sample run one after the other, so that points behind maps share their pass
 * @throws ArgumentError for a count that is no whole number from 0 to the number of links, of those with a weight above 0 where there are
 * weights; for what is no transform
 */
export function someOf(
  count: number | readonly [number, number],
  links: readonly Tree[],
  options?: SomeOfOptions,
): SomeOf {
  const list = checkLinks("someOf", links);
  const { order, weights, ...rest } = readOptions<SomeOfOptions>("someOf", options, SOME);
  const shares = weights && checkNumbers(weights, list.length);
  const range = checkCount(count, shares ? shares.filter((weight) => weight > 0).length : list.length, shares);
  return selected({
    selection: "someOf",
    count: range,
    links: list,
    ...(shares ? { weights: shares } : {}),
    ...(order === "random" ? { order } : {}),
    ...common(rest),
  });
}

/**
 * Gives every sample all of the links, in an order that is drawn for each sample and step; all orders are equally likely:
 * `randomOrder([brightness({ factor: uniform(0.5, 1.5) }), rotate({ angle: 20 }), gaussianBlur({ sigma: 1 })])`. (Kornia's
 * `random_apply=True` and torchvision's `RandomOrder` draw one for the batch, as `sameOnBatch` does.)
 *
 * What is random in a link is drawn once, wherever the link runs. In the chain a link stands several times, so that every order is to
 * be found in it, and a sample runs it at one of these places. K transforms that change pixels by themselves share one pass, as
 * K² − K + 1; the row of M maps stands once more than there are points among the links, M times at the most; of others, B in number,
 * B² − B + 1 passes are run. `explain()` shows them. Each link ends in the image's size.
 * @param links at least one; a list among them runs as it is
 * @throws ArgumentError for what is no transform
 */
export function randomOrder(links: readonly Tree[], options?: SelectionOptions): RandomOrder {
  const list = checkLinks("randomOrder", links);
  const read = readOptions<SelectionOptions>("randomOrder", options, COMMON);
  return selected({ selection: "randomOrder", links: list, ...common(read) });
}

/**
 * Applies all of the links to a sample, with probability p, or none of them: `sometimes(0.5, [rotate({ angle: 30 }), invert()])`
 * throws one coin for each sample and step, where `p` of a transform throws one for each transform. A transform's own coin is
 * thrown besides. The links end in the image's size, which may change within them:
 * `sometimes(0.5, [pad({ left: 4, right: 4 }), RandomCrop({ size: 32 })])`.
 *
 * Where p learns, the links run on all samples, and what they make is blended with the image: y = coin · links(x) + (1 − coin) · x.
 * @param p 0 to 1; a tensor `[]` or `[1]` or a function that makes one, which learn straight through; or `bernoulli(p, { estimator })`
 * @param links a transform, a list of them, or a pipeline
 * @throws ArgumentError for a p that is none of these; for what is no transform
 */
export function sometimes(
  p: number | Tensor | (() => Tensor) | Bernoulli,
  links: Tree,
  options?: SelectionOptions,
): Sometimes {
  const read = readOptions<SelectionOptions>("sometimes", options, COMMON);
  const coin = coinOf(p);
  const tree = checkTree("links", links, " of sometimes()");
  return selected({ selection: "sometimes", p: coin, links: tree, ...common(read) });
}

/** Options of {@link randomApply}: `p`, or how many links, and how they are drawn. */
export interface RandomApplyOptions extends Omit<SomeOfOptions, "order"> {
  /** Probability that a sample gets the links, all of them as they are given, 0 to 1; 0.5 unless `count` is given. */
  p?: number;
  /** So many of the links: a number; `[least, most]`, both of which may come; `[least]`, up to all; or `true`, all of them. */
  count?: number | readonly [number] | readonly [number, number] | true;
  /** In which order the links that were drawn run; `random` unless given. */
  order?: Order;
}

/**
 * Applies links by chance, by the rules of other libraries: `randomApply(links, { p: 0.3 })` is torchvision's `RandomApply`, and
 * {@link sometimes}; with a `count` it is `random_apply` of Kornia's containers, and {@link someOf} in a random order:
 * `randomApply(links, { count: [1, 3], weights: [2, 1, 1, 1] })` for `random_apply=(1, 3), random_apply_weights=[2, 1, 1, 1]`. Each sample
 * draws for itself, unless `sameOnBatch` says that a batch draws once, as these do.
 * @param links at least one
 * @throws ArgumentError for `p` beside a `count`, for `weights` or an `order` without one, and as these two
 */
export function randomApply(links: readonly Tree[], options?: RandomApplyOptions): SomeOf | Sometimes {
  const rules = { ...SOME, p: A_PROBABILITY, count: checkedLater };
  const { p, count, key, sameOnBatch, ...some } = readOptions<RandomApplyOptions>("randomApply", options, rules);
  const list = checkLinks("randomApply", links);
  if (count === undefined) {
    const [other] = Object.keys(some);
    if (other !== undefined)
      throw new ArgumentError(
        `${other} of randomApply()`,
        describe(some[other as keyof typeof some]),
        "nothing without a count",
      );
    return sometimes(p ?? 0.5, list, { sameOnBatch, key });
  }
  if (p !== undefined) throw new ArgumentError("p of randomApply()", String(p), "nothing beside a count");
  return someOf(rangeOf(count, list.length), list, { order: "random", ...some, sameOnBatch, key });
}

/** How many of so many links, as `someOf` takes it. */
function rangeOf(count: NonNullable<RandomApplyOptions["count"]>, links: number): number | readonly [number, number] {
  if (count === true) return links;
  return Array.isArray(count) && count.length === 1 ? [count[0], links] : (count as number | readonly [number, number]);
}

/** Options of {@link mixture}. */
export interface MixtureOptions extends SelectionOptions {
  /** Concentration of the weights, from 0.01 to 1000: below 1 one link or the image prevails, above they come near equal parts; 1 unless given. */
  alpha?: number;
}

/**
 * Makes every sample a mean of itself and of what the links make of it, with weights drawn anew for each sample and step:
 * y = (1 − m) x + m Σ w_k link_k(x), w of Dirichlet(α, …, α) and m of Beta(α, α), as AugMix mixes (Hendrycks et al. 2020).
 *
 * All links run on all samples, each a chain of its own, and end in the image's size. Masks, boxes and points stay where
 * they are, and are refused beside links that move pixels: a mean of images has no one place for a thing.
 * @param links at least one
 * @throws ArgumentError for what is no transform, and for an alpha out of its range
 */
export function mixture(links: readonly Tree[], options?: MixtureOptions): MixtureOf {
  const list = checkLinks("mixture", links);
  const rules = { ...COMMON, alpha: number({ least: 0.01, most: 1000 }) };
  const { alpha = 1, ...rest } = readOptions<MixtureOptions>("mixture", options, rules);
  return selected({ selection: "mixture", links: list, alpha, ...common(rest) });
}

const COMMON = { sameOnBatch: flag, key: text };
/** What all combinators have, where it was given. */
const common = ({ sameOnBatch, key }: SelectionOptions): SelectionOptions => ({
  ...(sameOnBatch ? { sameOnBatch } : {}),
  ...(key === undefined ? {} : { key }),
});
const SOME = { ...COMMON, order: oneOfTexts("given", "random"), weights: checkedLater };
function selected<S extends Selection>(selection: S): S {
  return Object.freeze(printable(enlistSelection(selection), () => showTree(selection)));
}
