import { ArgumentError, describe } from "../gpu/index.ts";
import type { Bernoulli, Bound, Estimator, Link, Transform } from "../transforms/index.ts";
import { isChoice, showLink } from "../transforms/language/choose.ts";
import { isTransform } from "../transforms/language/declare.ts";
import { showValue } from "../transforms/language/show.ts";
import type { Pipeline } from "./sequential.ts";

/** What all combinators have. */
export interface Combinator {
  /** Whether all samples of a batch have one draw, that of sample 0. */
  readonly sameOnBatch?: boolean;
  /** Name of its random stream. */
  readonly key?: string;
}

/** What {@link oneOf} makes: every sample gets one of the links, which one is drawn. A plain value, for `sequential`. */
export interface OneOf extends Combinator {
  /** Which combinator it is. */
  readonly selection: "oneOf";
  /** What there is to draw from. */
  readonly links: readonly Tree[];
  /** How likely each link is, in proportion to their sum; all alike unless given. */
  readonly weights?: Bound;
  /** How the gradient reaches weights that learn; `straightThrough` unless given. */
  readonly estimator?: Estimator;
  /** Temperature of relaxed shares. */
  readonly temperature?: number;
}

/** In which order a sample gets links: as they are given, or one that is drawn for each sample. */
export type Order = "given" | "random";

/** What {@link someOf} makes: every sample gets some of the links. A plain value, for `sequential`. */
export interface SomeOf extends Combinator {
  /** Which combinator it is. */
  readonly selection: "someOf";
  /** How many links a sample gets: the least and the most. */
  readonly count: readonly [number, number];
  /** What there is to draw from. */
  readonly links: readonly Tree[];
  /** How likely each link is to be drawn next, in proportion to those that are left; all alike unless given. */
  readonly weights?: readonly number[];
  /** In which order they run; `given` unless said. */
  readonly order?: Order;
}

/** What {@link randomOrder} makes: every sample gets all of the links, in an order of its own. A plain value, for `sequential`. */
export interface RandomOrder extends Combinator {
  /** Which combinator it is. */
  readonly selection: "randomOrder";
  /** What runs. */
  readonly links: readonly Tree[];
}

/** What {@link sometimes} makes: every sample gets all of the links, or none. A plain value, for `sequential`. */
export interface Sometimes extends Combinator {
  /** Which combinator it is. */
  readonly selection: "sometimes";
  /** Probability of applying them to a sample: a number, or a coin whose probability learns. */
  readonly p: number | Bernoulli;
  /** What a sample gets. */
  readonly links: Tree;
}

/** What {@link mixture} makes: every sample becomes a mean of itself and of what the links make of it. A plain value, for `sequential`. */
export interface MixtureOf extends Combinator {
  /** Which combinator it is. */
  readonly selection: "mixture";
  /** What is mixed. */
  readonly links: readonly Tree[];
  /** Concentration of the weights. */
  readonly alpha: number;
}

/** What `patches` with `patchwise` makes of its links: every patch gets the link of its own number. Nothing is drawn. */
export interface Patchwise extends Combinator {
  /** Which combinator it is. */
  readonly selection: "patchwise";
  /** A link for each patch. */
  readonly links: readonly Tree[];
}

/** A part of a pipeline of which every sample takes some branches, drawn anew at every step. */
export type Selection = OneOf | SomeOf | RandomOrder | Sometimes | MixtureOf | Patchwise;

/**
 * What a pipeline is made of: a transform, a choice among transforms, one that is drawn, a list of these, or another pipeline.
 * Lists and pipelines stand for what is in them.
 */
export type Tree = Link | Selection | Pipeline | readonly Tree[];

/** A branch of a selection, by the selection's number in the pipeline. */
export interface Branch {
  readonly selection: number;
  readonly branch: number;
}

/** The options of a pipeline, by name, as far as they were given. */
type Given = Readonly<Record<string, unknown>>;

/** Pipelines, and the options that each was made with. */
const pipelines = new WeakMap<object, Given>();
const selections = new WeakSet<object>();

/** Lets a pipeline stand in another one. `options` are those that were given to it. */
export function enlist(pipeline: object, options: object): void {
  pipelines.set(pipeline, options as Given);
}

/** What holds a pipeline and stands in no other one, by the function that made it. */
const outer = new WeakMap<object, string>();

/** Marks what has links as a pipeline has, and stands outermost. */
export function enlistOuter(whole: object, name: string): void {
  outer.set(whole, name);
}

/** Pipelines of one link that stands for them in other ones. */
const links = new WeakMap<object, Transform>();

/** Lets a transform stand in other pipelines for the pipeline that it is called as. */
export function enlistLink(pipeline: object, link: Transform): void {
  links.set(pipeline, link);
}

/** The options that were given to a pipeline. */
export const optionsOf = (pipeline: object): Given => pipelines.get(pipeline)!;

/** Marks what the combinators have checked. */
export function enlistSelection<S extends Selection>(selection: S): S {
  selections.add(selection);
  return selection;
}

/** Whether a value is what `sequential` has returned. */
export const isPipeline = (value: unknown): value is Pipeline => typeof value === "function" && pipelines.has(value);
/** Whether a value is what a combinator has returned. */
export const isSelection = (value: unknown): value is Selection =>
  typeof value === "object" && value !== null && selections.has(value);

/**
 * What a pipeline is made of.
 * @throws ArgumentError for what is no pipeline
 */
export function treeOf(pipeline: { readonly transforms: readonly Tree[] }): readonly Tree[] {
  const known = isPipeline(pipeline) || (typeof pipeline === "function" && outer.has(pipeline));
  if (!known) throw new ArgumentError("pipeline", describe(pipeline), "what sequential() returned");
  return pipeline.transforms;
}

/** No pipeline that anybody writes is deeper: a list that holds itself is. */
const DEEPEST = 100;

/**
 * A copy of what was given, whose lists nobody can change.
 * @param of what it was given to, for messages
 * @throws ArgumentError for what is no transform, and for a pipeline with options of its own, which would be ignored
 */
export function checkTree(at: string, value: unknown, of = "", depth = 0): Tree {
  if (isTransform(value) || isChoice(value) || isSelection(value)) return value;
  const argument = at + of;
  if (depth > DEEPEST)
    throw new ArgumentError(argument, `a list ${depth} lists deep`, `at most ${DEEPEST} of them in each other`);
  // A hole of an array is skipped by map(), and undefined for from().
  if (Array.isArray(value))
    return Object.freeze(Array.from(value, (each, i) => checkTree(`${at}[${i}]`, each, of, depth + 1)));
  if (typeof value === "function" && outer.has(value)) {
    const name = outer.get(value);
    throw new ArgumentError(
      argument,
      `what ${name}() returned`,
      `a transform: ${name}() stands outermost, around links`,
    );
  }
  if (!isPipeline(value))
    throw new ArgumentError(argument, describe(value), "a transform, such as rotate({ angle: 30 })");
  const options = Object.keys(optionsOf(value));
  if (options.length > 0) {
    const given = `a pipeline with ${options.join(", ")} of its own`;
    const allowed =
      "one without: in another pipeline the outer one's hold, so give them to that, or pass its .transforms";
    throw new ArgumentError(argument, given, allowed);
  }
  return links.get(value) ?? value;
}

/** A part of a pipeline as one would write it. */
export function showTree(tree: Tree): string {
  if (isTransform(tree) || isChoice(tree)) return showLink(tree);
  if (isSelection(tree)) return showSelection(tree);
  return isPipeline(tree) ? String(tree) : `[${tree.map(showTree).join(", ")}]`;
}

/** Options of combinators, as they print. */
const NAMED = ["alpha", "weights", "estimator", "temperature", "order", "sameOnBatch", "key"];

function showSelection(of: Selection): string {
  const { selection, links } = of;
  const options = NAMED.map((name) => [name, of[name as never]]).filter(([, value]) => value !== undefined);
  const text = options.map(([name, value]) => `${name}: ${showValue(value)}`).join(", ");
  const [lo, hi] = of.selection === "someOf" ? of.count : [0, 0];
  const first = {
    oneOf: "",
    randomOrder: "",
    mixture: "",
    patchwise: "",
    someOf: `${lo === hi ? lo : `[${lo}, ${hi}]`}, `,
    sometimes: "p" in of ? `${of.p}, ` : "",
  };
  return `${selection}(${first[selection]}${showTree(links)}${text ? `, { ${text} }` : ""})`;
}
