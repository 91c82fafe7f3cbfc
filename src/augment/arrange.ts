import { outputSize } from "../compiler/outcome.ts";
import { ShapeError } from "../gpu/index.ts";
import { type Shape, sameShape, show } from "../tensor/index.ts";
import type { Transform } from "../transforms/index.ts";
import type { Outcomes } from "../transforms/within/select.ts";
import { outermost, withinOf } from "./outermost.ts";
import type { Entry, Planned } from "./plan.ts";
import type { Arranged, MixtureOutline, Outline } from "./steps.ts";
import type { PlannedSelection } from "./taken.ts";
import type { Branch, Selection } from "./tree.ts";

// Links that a sample may get stand in one chain, as long as all of them keep the size of the images. Which ones do is known with the
// images: those that do not run by themselves, on the samples that get them.

/** Ways to a transform within some branches, outermost branch first. */
type Ways = readonly (readonly Branch[])[];

/** Whether a transform may make images of another size, or with another number of channels. */
export const mayResize = ({ declaration: { size, outChannels, field, volume } }: Transform): boolean =>
  volume === undefined && (size !== undefined || outChannels !== undefined || field?.sizes === true);

/** Arrangements of this many lists of shapes are kept for a pipeline; the oldest goes first. */
const MOST = 64;
const known = new WeakMap<Planned, Map<string, Arrangement>>();

/** Steps, and the shapes behind them. */
interface Arrangement {
  readonly steps: readonly Arranged[];
  readonly shapes: readonly Shape[];
}

/**
 * The steps of a pipeline for images of these shapes, or those within one of its entries.
 * @throws ShapeError where links of a selection end in different sizes
 */
export function arrange(planned: Planned, shapes: readonly Shape[], within?: number): readonly Arranged[] {
  const outline = within === undefined ? planned.steps : planned.inner.get(within)!;
  return planned.resizing.size === 0 ? outline : arrangement(planned, outline, shapes, within).steps;
}

/** The shape behind a pipeline for images of one. @throws ShapeError as {@link arrange} does */
export const shapeThrough = (planned: Planned, shape: Shape): Shape =>
  arrangement(planned, planned.steps, [shape]).shapes[0];

function arrangement(
  planned: Planned,
  outline: readonly Outline[],
  shapes: readonly Shape[],
  within?: number,
): Arrangement {
  const own = known.get(planned) ?? new Map<string, Arrangement>();
  known.set(planned, own);
  const key = `${within ?? ""}:${shapes.map((shape) => shape.slice(1).join()).join("|")}`;
  let found = own.get(key);
  if (!found) {
    if (own.size >= MOST) own.delete(own.keys().next().value!);
    const part = within === undefined ? wholeOf(planned) : insideOf(planned, within);
    // What stands within a transform needs no coins of the selections around that, which has them.
    const apart =
      within !== undefined && planned.entries[within].under.length > 0 && !keepsShapes(part, outline, shapes);
    own.set(key, (found = arranged(part, outline, shapes, apart)));
  }
  return found;
}

/** What an arrangement looks at: a part of a pipeline, whose ways begin where the part does. */
interface Part {
  readonly planned: Planned;
  readonly transforms: readonly Transform[];
  readonly ways: (transform: number) => Ways;
  /** The first branch of a step whose branches run side by side. */
  readonly first: (of: MixtureOutline) => Ways;
}

function partOf(planned: Planned, entries: readonly Entry[], depth: (way: readonly Branch[]) => number): Part {
  const rest = (way: readonly Branch[]) => way.slice(depth(way));
  const ways = entries.map(({ under }) => under.map((way) => rest(way.toReversed())));
  return {
    planned,
    transforms: entries.map(({ transform }) => transform),
    ways: (transform) => ways[transform],
    first: ({ under, selection }) => [rest([...under, { selection, branch: 0 }])],
  };
}

const wholeOf = (planned: Planned): Part => partOf(planned, outermost(planned.entries, planned.entries), () => 0);

/** What stands within an entry: its ways begin behind those to the entry. */
function insideOf(planned: Planned, i: number): Part {
  const { entries } = planned;
  const around = entries[i].under.map((way) => way.toReversed());
  const isSame = (a: Branch, b: Branch | undefined) => a.selection === b?.selection && a.branch === b.branch;
  const depth = (way: readonly Branch[]) =>
    Math.max(
      0,
      ...around.filter((outer) => outer.every((each, k) => isSame(each, way[k]))).map(({ length }) => length),
    );
  return partOf(
    planned,
    withinOf(entries, i).map((at) => entries[at]),
    depth,
  );
}

/** What stands in one branch of the selection that the ways of a part begin with. */
function inBranch(part: Part, { selection, branch }: Branch): Part {
  const rest = (ways: Ways): Ways =>
    ways.filter(([own]) => own?.selection === selection && own.branch === branch).map((way) => way.slice(1));
  return { ...part, ways: (of) => rest(part.ways(of)), first: (of) => rest(part.first(of)) };
}

const waysOf = (part: Part, step: Outline): Ways => (typeof step === "number" ? part.ways(step) : part.first(step));

/** The numbers of all transforms of steps. */
const numbersIn = (steps: readonly Outline[]): number[] =>
  steps.flatMap((step) => (typeof step === "number" ? [step] : step.branches.flatMap(numbersIn)));

/**
 * Steps one after the other, and the shapes behind them.
 * @param apart whether they stand in a branch whose samples run it by themselves
 */
function arranged(part: Part, outline: readonly Outline[], before: readonly Shape[], apart: boolean): Arrangement {
  const steps: Arranged[] = [];
  let shapes = before;
  for (let at = 0; at < outline.length; ) {
    const to = endOf(part, outline, at);
    const row = outline.slice(at, to);
    at = to;
    const own = waysOf(part, row[0])[0]?.[0];
    const isParted = own !== undefined && part.planned.resizing.has(own.selection) && !keepsShapes(part, row, shapes);
    if (isParted) {
      const made = parted(part, own, row, shapes);
      steps.push(made.step);
      shapes = made.shapes;
      continue;
    }
    steps.push(...(apart ? row.map((step) => within(part, step)) : row));
    if (own === undefined) shapes = shapes.map((shape) => outputSize(part.transforms[row[0] as number], shape));
  }
  return { steps, shapes };
}

/** Where the row ends that begins with a step: all links of a selection of which a sample gets one, one link of another selection, or itself. */
function endOf(part: Part, outline: readonly Outline[], at: number): number {
  const own = waysOf(part, outline[at])[0]?.[0];
  if (own === undefined || sidesOf(outline[at], own.selection)) return at + 1;
  const whole = takesOne(part.planned.selections[own.selection]);
  const isOwn = (ways: Ways): boolean => {
    const other = ways[0]?.[0];
    return other?.selection === own.selection && (whole || other.branch === own.branch);
  };
  const rest = outline.slice(at + 1).findIndex((step) => !isOwn(waysOf(part, step)));
  return rest < 0 ? outline.length : at + 1 + rest;
}

/** The branches of a step that run side by side, where they are those of this selection. */
const sidesOf = (step: Outline, selection: number): MixtureOutline["branches"] | null =>
  typeof step !== "number" && step.selection === selection ? step.branches : null;

/** Whether every sample gets one of the links, and each stands once. */
const takesOne = ({ selection, places }: PlannedSelection): boolean =>
  BESIDE[selection.selection] === null ||
  (selection.selection === "someOf" && String(selection.count) === "1,1" && places.length === selection.links.length);

const keepsShapes = (part: Part, row: readonly Outline[], shapes: readonly Shape[]): boolean =>
  numbersIn(row).every((of) => shapes.every((shape) => sameShape(outputSize(part.transforms[of], shape), shape)));

/** A step as it is, in a branch whose samples run it by themselves. */
function within(part: Part, step: Outline): Arranged {
  if (typeof step === "number") {
    const ways = part.ways(step);
    return { transform: step, ways: ways.some((way) => way.length === 0) ? [] : ways };
  }
  const branches = step.branches.map((steps) => steps.map((each) => within(part, each))) as MixtureOutline["branches"];
  return { ...step, branches, under: part.first(step)[0].slice(0, -1) };
}

/** Links of a selection that its samples run by themselves. */
function parted(part: Part, { selection, branch }: Branch, row: readonly Outline[], shapes: readonly Shape[]) {
  const planned = part.planned.selections[selection];
  const sides = sidesOf(row[0], selection);
  const whole = takesOne(planned);
  const numbers = sides ? [...sides.keys()] : whole ? [...planned.places.keys()] : [branch];
  const made = numbers.map((number) => {
    const own = inBranch(part, { selection, branch: number });
    // A transform that several links have stands once.
    const steps = sides ? sides[number] : row.filter((step) => waysOf(own, step).length > 0);
    return arranged(own, steps, shapes, true);
  });
  const ends = made.map((each) => each.shapes);
  checkEnds(planned, shapes, whole || sides ? ends : [...ends, shapes]);
  const step: Arranged = {
    parted: selection,
    branches: made.map(({ steps }) => steps),
    numbers,
    outcomes: outcomesOf(shapes, ends[0]),
  };
  return { step, shapes: ends[0] };
}

/** Why a sample may show more than one size, where not every sample is what one of the links makes. */
const BESIDE: { readonly [S in Selection["selection"]]: string | null } = {
  oneOf: null,
  patchwise: null,
  someOf: "a sample may go without some of them",
  randomOrder: "each of them runs in any place",
  sometimes: "a sample may go without them",
  mixture: "what they make is added to the image",
};

/** @param ends shapes behind each of the links, and of the image where samples may show it */
function checkEnds(
  { selection, places, at }: PlannedSelection,
  before: readonly Shape[],
  ends: readonly (readonly Shape[])[],
): void {
  const of = before.findIndex((_, i) => ends.some((end) => !sameShape(end[i], ends[0][i])));
  if (of < 0) return;
  const beside = BESIDE[selection.selection];
  const changes = ends.flatMap((end, k) =>
    sameShape(end[of], before[of]) && beside ? [] : [`${show(end[of])} by link ${places[k] ?? 0}`],
  );
  throw new ShapeError(
    `${at}, links of ${selection.selection}()`,
    `images ${show(before[of])} that become ${changes.join(", ")}`,
    beside
      ? `links that keep the size, as ${beside}; links of oneOf() may all make one other size`
      : "links that all make one size: end each with a crop or a resize to it",
  );
}

/** What becomes of shapes: each pair once. */
function outcomesOf(before: readonly Shape[], behind: readonly Shape[]): Outcomes {
  const pairs = <T>(of: (shape: Shape) => T): [T, T][] => {
    const found = new Map(before.map((shape, i) => [String(of(shape)), [of(shape), of(behind[i])] as [T, T]]));
    return [...found.values()];
  };
  return {
    sizes: pairs(([, , h, w]) => [h, w] as const),
    channels: pairs(([, c]) => c),
  };
}
