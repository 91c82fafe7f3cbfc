import { ArgumentError, check, checkedLater, describe, number, readOptions, text } from "../gpu/index.ts";
import { Tensor } from "../tensor/index.ts";
import { printable } from "../transforms/language/show.ts";
import { checkTree, enlistSelection, type OneOf, type Selection, showTree, type Tree } from "./tree.ts";

/** Options of {@link oneOf}. */
export interface OneOfOptions {
  /** How likely each link is: numbers of at least 0, one for each, in proportion to their sum; all alike unless given. */
  weights?: readonly number[];
  /** Name of its random stream; unless given it is named by how many `oneOf` come before it in the pipeline. */
  key?: string;
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
    ...(weights === undefined ? {} : { weights: checkWeights(weights, list.length) }),
    ...(key === undefined ? {} : { key }),
  });
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

const A_WEIGHT = number({ least: 0 });

function checkWeights(weights: unknown, count: number): readonly number[] {
  const argument = "weights of oneOf()";
  const allowed = `${count} numbers of at least 0, one for each link`;
  if (weights instanceof Tensor || (Array.isArray(weights) && weights.some((each) => each instanceof Tensor))) {
    const given = weights instanceof Tensor ? `a tensor of ${weights.size} values` : "a tensor among them";
    throw new ArgumentError(argument, given, `${allowed}: which link is drawn does not learn; p of a transform does`);
  }
  if (!Array.isArray(weights) && !ArrayBuffer.isView(weights))
    throw new ArgumentError(argument, describe(weights), allowed);
  const list = Array.from(weights as ArrayLike<number>);
  if (list.length !== count) throw new ArgumentError(argument, `${list.length} numbers`, allowed);
  for (const [k, weight] of list.entries()) check(`weights[${k}] of oneOf()`, weight, A_WEIGHT);
  const sum = list.reduce((a, b) => a + b, 0);
  if (!(sum > 0 && Number.isFinite(sum)))
    throw new ArgumentError(argument, `a sum of ${sum}`, "weights with a finite sum above 0");
  return Object.freeze(list);
}
