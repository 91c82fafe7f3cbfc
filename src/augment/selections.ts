import { ArgumentError, checkedLater, describe, number, oneOf as oneOfTexts, readOptions, text } from "../gpu/index.ts";
import { Tensor } from "../tensor/index.ts";
import { printable } from "../transforms/language/show.ts";
import { checkWeights } from "./distributions/index.ts";
import {
  checkTree,
  enlistSelection,
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
  /** Name of its random stream; unless given it is named by how many combinators of its name come before it in the pipeline. */
  key?: string;
}

/** Options of {@link someOf}. */
export interface SomeOfOptions extends SelectionOptions {
  /** `given`: the links of a sample run in the order in which they were given. `random`: in one that is drawn for each sample. */
  order?: Order;
}

/** Options of {@link oneOf}. */
export interface OneOfOptions extends SelectionOptions {
  /** How likely each link is: numbers of at least 0, one for each, in proportion to their sum; all alike unless given. */
  weights?: readonly number[];
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
 * @param links at least one
 * @throws ArgumentError for what is no transform; for weights that are no numbers of at least 0, or all 0; for tensors as
 * weights: which link is drawn does not learn
 */
export function oneOf(links: readonly Tree[], options?: OneOfOptions): OneOf {
  const list = checkLinks("oneOf", links);
  const { weights, key } = readOptions<OneOfOptions>("oneOf", options, { weights: checkedLater, key: text });
  return selected({
    selection: "oneOf",
    links: list,
    ...(weights === undefined ? {} : { weights: fixedWeights(weights, list.length) }),
    ...(key === undefined ? {} : { key }),
  });
}

/**
 * Gives every sample some of the links, without repeating one, in the order in which they are given unless `order` says `random`:
 * `someOf([1, 2], [brightness({ factor: 1.2 }), rotate({ angle: uniform(-9, 9) }), invert()])`. All sets of as many links are
 * equally likely, and drawn anew for each sample and step; else it is as {@link oneOf}.
 * @param count how many links a sample gets, or `[least, most]`, both of which may come; each number in between is equally likely
 * @param links at least one; the links of a sample run one after the other, so that points behind maps share their pass
 * @throws ArgumentError for a count that is no whole number from 0 to the number of links; for what is no transform
 */
export function someOf(
  count: number | readonly [number, number],
  links: readonly Tree[],
  options?: SomeOfOptions,
): SomeOf {
  const list = checkLinks("someOf", links);
  const { key, order } = readOptions<SomeOfOptions>("someOf", options, { key: text, order: ORDER });
  const range = checkCount(count, list.length);
  return selected({
    selection: "someOf",
    count: range,
    links: list,
    ...(order === "random" ? { order } : {}),
    ...(key === undefined ? {} : { key }),
  });
}

/**
 * Gives every sample all of the links, in an order that is drawn for each sample and step; all orders are equally likely:
 * `randomOrder([brightness({ factor: uniform(0.5, 1.5) }), rotate({ angle: 20 }), gaussianBlur({ sigma: 1 })])`. (Kornia's
 * `random_apply=True` and torchvision's `RandomOrder` draw one for the batch.)
 *
 * What is random in a link is drawn once, wherever the link runs. In the chain a link stands several times, so that every order is to
 * be found in it, and a sample runs it at one of these places. K transforms that change pixels by themselves share one pass, as
 * K² − K + 1; the row of M maps stands once more than there are points among the links, M times at the most; of others, B in number,
 * B² − B + 1 passes are run. `explain()` shows them.
 * @param links at least one; a list among them runs as it is
 * @throws ArgumentError for what is no transform
 */
export function randomOrder(links: readonly Tree[], options?: SelectionOptions): RandomOrder {
  const list = checkLinks("randomOrder", links);
  const { key } = readOptions<SelectionOptions>("randomOrder", options, { key: text });
  return selected({ selection: "randomOrder", links: list, ...(key === undefined ? {} : { key }) });
}

/**
 * Applies all of the links to a sample, with probability p, or none of them: `sometimes(0.5, [rotate({ angle: 30 }), invert()])`
 * throws one coin for each sample and step, where `p` of a transform throws one for each transform. A transform's own coin is
 * thrown besides.
 * @param p 0 to 1
 * @param links a transform, a list of them, or a pipeline
 * @throws ArgumentError for a p that is no number from 0 to 1, a tensor among them: the coin of a list does not learn; for what
 * is no transform
 */
export function sometimes(p: number, links: Tree, options?: SelectionOptions): Sometimes {
  const { key } = readOptions<SelectionOptions>("sometimes", options, { key: text });
  if (!A_PROBABILITY.fits(p)) {
    const allowed = `${A_PROBABILITY.allowed}: what learns is p of a transform`;
    throw new ArgumentError("p of sometimes()", describe(p), allowed);
  }
  const tree = checkTree("links", links, " of sometimes()");
  return selected({ selection: "sometimes", p, links: tree, ...(key === undefined ? {} : { key }) });
}

const ORDER = oneOfTexts("given", "random");
const A_PROBABILITY = number({ least: 0, most: 1 });

function checkCount(count: unknown, links: number): readonly [number, number] {
  const pair = Array.isArray(count) ? Array.from(count) : [count, count];
  const [lo, hi] = pair;
  const whole = number({ least: 0, most: links, whole: true });
  if (pair.length !== 2 || !pair.every((each) => whole.fits(each)) || lo > hi) {
    const allowed = `${whole.allowed}, or [least, most] of them: there are ${links} links`;
    throw new ArgumentError("count of someOf()", describe(count), allowed);
  }
  return Object.freeze([lo, hi]);
}

function selected<S extends Selection>(selection: S): S {
  return Object.freeze(printable(enlistSelection(selection), () => showTree(selection)));
}

function checkLinks(name: string, links: unknown): readonly Tree[] {
  if (!Array.isArray(links) || links.length === 0) {
    const given = Array.isArray(links) ? "no link" : describe(links);
    throw new ArgumentError(`links of ${name}()`, given, "an array of at least one transform");
  }
  return checkTree("links", links, ` of ${name}()`) as readonly Tree[];
}

function fixedWeights(weights: unknown, count: number): readonly number[] {
  const argument = "weights of oneOf()";
  const allowed = `${count} numbers of at least 0, one for each link`;
  if (weights instanceof Tensor || (Array.isArray(weights) && weights.some((each) => each instanceof Tensor))) {
    const given = weights instanceof Tensor ? `a tensor of ${weights.size} values` : "a tensor among them";
    throw new ArgumentError(argument, given, `${allowed}: which link is drawn does not learn; p of a transform does`);
  }
  if (typeof weights === "function") throw new ArgumentError(argument, describe(weights), allowed);
  return checkWeights(weights, count, " of oneOf()") as readonly number[];
}
