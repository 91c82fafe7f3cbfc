import { ArgumentError } from "../gpu/index.ts";
import type { Spread, Transform } from "../transforms/index.ts";
import { isChoice, transformsOf } from "../transforms/language/choose.ts";
import { isTransform } from "../transforms/language/declare.ts";
import { merged, placesOf } from "./orders.ts";
import { sharesOf } from "./shares.ts";
import { type Branch, isPipeline, isSelection, type Selection, type Tree } from "./tree.ts";

// A tree as one chain: the transforms that run, and the branches of selections that they stand in.

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
