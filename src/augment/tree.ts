import { ArgumentError, describe } from "../gpu/index.ts";
import type { Bernoulli, Bound, Estimator, Link, Spread, Transform } from "../transforms/index.ts";
import { isChoice, showLink, transformsOf } from "../transforms/language/choose.ts";
import { isTransform } from "../transforms/language/declare.ts";
import { showValue } from "../transforms/language/show.ts";
import { merged, placesOf } from "./orders.ts";
import type { Pipeline } from "./sequential.ts";
import { sharesOf } from "./shares.ts";

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

/** Something random in its place. */
interface Placed {
  /** Where it stands in what was given, for messages: `transforms[1][0]`. */
  readonly at: string;
  /** Its number among transforms and selections, as they were written. */
  readonly written: number;
  /** The pieces of a sample that it is drawn for, those of pieces behind; none where it is drawn for the sample. */
  readonly spreads: readonly Spread[];
}

export interface PlacedTransform extends Placed {
  readonly transform: Transform;
  /** The branches that it stands in, all of which a sample has to take; several such ways where branches share it; none where it stands in none. */
  readonly under: readonly (readonly Branch[])[];
  /** Whether it stands in the chain before, for samples that get it in another order. */
  readonly again: boolean;
  /** What it applies within itself. */
  readonly inside: readonly PlacedTransform[];
}

export interface PlacedSelection extends Placed {
  readonly selection: Selection;
  /** The branches in the order in which they stand in the chain, by the number of their link. */
  readonly places: readonly number[];
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

/** What a sample takes or leaves. */
const linksOf = (selection: Selection): readonly Tree[] =>
  selection.selection === "sometimes" ? [selection.links] : selection.links;

/** A transform, and behind it what it applies within itself. */
export const unfolded = (placed: PlacedTransform): PlacedTransform[] => [placed, ...placed.inside.flatMap(unfolded)];

/** The branches that transforms stand in. */
const under = (rows: readonly (readonly PlacedTransform[])[]): readonly Branch[] =>
  rows
    .flat()
    .flatMap(unfolded)
    .flatMap((each) => each.under.flat());

/** Where the links of a selection stand in the chain, by number. */
function placesIn(selection: Selection, rows: readonly (readonly PlacedTransform[])[]): readonly number[] {
  const order = selection.selection === "someOf" && selection.order === "random";
  if (order || selection.selection === "randomOrder")
    return placesOf(rows.map((row) => row.map(({ transform }) => transform)));
  return [...rows.keys()];
}

/** The ways to what stands in a branch of a further selection. */
const inBranch = (under: PlacedTransform["under"], branch: Branch): PlacedTransform["under"] =>
  under.length === 0 ? [[branch]] : under.map((way) => [...way, branch]);

/** A transform, and all that it applies within itself, by a further branch. */
const inBranchWhole = (placed: PlacedTransform, branch: Branch, again: boolean): PlacedTransform => ({
  ...placed,
  under: inBranch(placed.under, branch),
  again: placed.again || again,
  inside: placed.inside.map((each) => inBranchWhole(each, branch, again)),
});

/** The transforms that run, in order, wherever they stand, and the selections that they stand in. */
export function flatten(tree: Tree, at: string): { transforms: PlacedTransform[]; selections: PlacedSelection[] } {
  const found: PlacedSelection[] = [];
  let written = 0;
  const visit = (part: Tree, at: string, spreads: readonly Spread[]): PlacedTransform[] => {
    const placed = (transform: Transform): PlacedTransform => {
      const own = { transform, at, under: [], written: written++, again: false, spreads };
      if (transform.links === undefined) return { ...own, inside: [] };
      const { tree, spread } = transform.links;
      return { ...own, inside: visit(tree as Tree, `${at}.links`, spread ? [...spreads, spread] : spreads) };
    };
    if (isTransform(part)) return [placed(part)];
    if (isChoice(part)) return transformsOf([part]).map(placed);
    if (isPipeline(part)) return visit(part.transforms, at, spreads);
    if (!isSelection(part)) return part.flatMap((each, i) => visit(each, `${at}[${i}]`, spreads));
    const selection = found.length;
    const own = { selection: part, at, written: written++, spreads };
    // Those within come behind it.
    found.push({ ...own, places: [] });
    const rows = linksOf(part).map((each, k) =>
      visit(each, `${at}.links${part.selection === "sometimes" ? "" : `[${k}]`}`, spreads),
    );
    const places = placesIn(part, rows);
    found[selection] = { ...own, places };
    const branches = places.map((k, branch) => {
      const again = places.indexOf(k) < branch;
      return rows[k].map((each) => inBranchWhole(each, { selection, branch }, again));
    });
    // What runs side by side stays in one piece.
    const inPieces = sharesOf(part) || under(branches).some(({ selection }) => sharesOf(found[selection].selection));
    const takesOne = part.selection === "oneOf" || part.selection === "patchwise";
    return takesOne && !inPieces ? merged(branches) : branches.flat();
  };
  const transforms = visit(tree, at, []);
  return { transforms, selections: found };
}

/**
 * Refuses what sees other samples of the batch.
 * @param allowed what may stand there instead
 */
export function refuseMixes({ transforms }: ReturnType<typeof flatten>, name: string, allowed: string): void {
  const mix = transforms.find(({ transform }) => transform.declaration.reads === "batch");
  if (!mix) return;
  const given = `${mix.transform.declaration.name}, which sees other samples`;
  throw new ArgumentError(`${mix.at} of ${name}()`, given, allowed);
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
