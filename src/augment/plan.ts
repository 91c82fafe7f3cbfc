import { widthOf } from "../compiler/pack/layout.ts";
import { ArgumentError, describe } from "../gpu/index.ts";
import { Tensor } from "../tensor/index.ts";
import type { Bernoulli, Distribution, ParamSpec, Primitive, Spread, Transform } from "../transforms/index.ts";
import { mayResize } from "./arrange.ts";
import { bernoulli, componentsOf, drawsOnGpu, isDistribution, sourcesOf } from "./distributions/index.ts";
import { checkFit, checkFixed } from "./fits.ts";
import { flatten, type PlacedTransform, unfolded } from "./flatten.ts";
import { FIRST_PARAMETER_DRAW, hashText, identities } from "./keys.ts";
import { sharesOf } from "./shares.ts";
import { piecesIn } from "./spread.ts";
import { mixturesIn, type Outline, outlineSteps } from "./steps.ts";
import type { PlannedSelection } from "./taken.ts";
import type { Branch, Tree } from "./tree.ts";
import { withWindow } from "./window.ts";

/** One random parameter of a transform. */
export interface Draw {
  readonly param: string;
  readonly distribution: Distribution;
  /** Values per sample; `C` is known with the image. */
  readonly size: number | "C";
  /** Whether the values of a sample are a list, also where there is one. */
  readonly isList: boolean;
  /** What is drawn for it: one uniform number of each for each value. */
  readonly sources: readonly Source[];
  /** Whether it draws whole numbers. */
  readonly whole: boolean;
  readonly onGpu: boolean;
  /** An earlier draw of the transform that has the same distribution object, and so the same values; -1 for none. */
  readonly sameAs: number;
}

/** What is drawn for a random parameter. */
export interface Source {
  readonly distribution: Primitive;
  /** Number of its first draw; component k has `first + k`. */
  readonly first: number;
}

/** A transform of a pipeline, and what is random about it. */
export interface Entry {
  readonly transform: Transform;
  readonly name: string;
  /** Name of its random stream, and its hash. */
  readonly stream: string;
  readonly identity: readonly [number, number];
  /** The coin of `p`; null for a transform that always applies, or whose `on` was given. */
  readonly coin: Bernoulli | null;
  readonly coinOnGpu: boolean;
  readonly draws: readonly Draw[];
  /** The seed of what the transform draws in the shader, where none was given. */
  readonly seed: Seed | null;
  /** Whether all samples of a batch get what sample 0 gets. */
  readonly sameOnBatch: boolean;
  /** The branches of selections that it stands in: it applies to samples that take all of one of these ways; to all without any. */
  readonly under: readonly (readonly Branch[])[];
  /** Its number among the transforms as a recipe lists them: each once, in the order in which they first run. */
  readonly place: number;
  /** Whether it stands in the chain before: what was drawn there holds here. */
  readonly again: boolean;
  /** How many of the entries behind it are what it applies within itself. */
  readonly inside: number;
  /** The pieces of a sample that it is drawn for; none where it is drawn for the sample. */
  readonly spreads: readonly Spread[];
  /** How many these are. */
  readonly pieces: number;
}

/** A seed for each sample. */
export interface Seed {
  readonly param: string;
  /** Number of its draw. */
  readonly first: number;
}

/** What a pipeline consists of. */
export interface Planned {
  /** In the order in which they run; what one applies within itself comes behind it. */
  readonly entries: readonly Entry[];
  /** In the order in which they were written. */
  readonly selections: readonly PlannedSelection[];
  /** What runs, by the numbers of entries and selections. */
  readonly steps: readonly Outline[];
  /** What runs within an entry, by its number, where that may not be its chain. */
  readonly inner: ReadonlyMap<number, readonly Outline[]>;
  /** The numbers of the selections whose links may change the size of images. */
  readonly resizing: ReadonlySet<number>;
}

/** The transforms as a recipe lists them. */
export const listed = ({ entries }: Planned): Entry[] => entries.filter(({ again }) => !again);

/** Whether something about a transform is random. */
export const isRandom = ({ coin, draws, seed, under }: Entry): boolean =>
  coin !== null || draws.length > 0 || seed !== null || under.length > 0;

/** Components of a parameter have neighbouring draws; parameters lie this far apart, so that no number of channels reaches the next. */
const DRAWS_PER_PARAMETER = 0x10000;
/** And further sources of a parameter this far, so that no number of parameters reaches them. */
const DRAWS_PER_SOURCE = 0x1000000;
const MOST_SOURCES = 0x100;

/**
 * Reads what a pipeline is made of, wherever its transforms stand: which parameters are random, and under which keys. Checks the
 * distributions against what the parameters allow.
 */
export function planTree(tree: Tree): Planned {
  const { transforms: outer, selections } = flatten(tree, "transforms");
  const transforms = outer.flatMap(unfolded);
  const once = transforms.filter(({ again }) => !again);
  const all = [
    ...once.map(({ transform: { declaration, key }, at, written }) => ({
      name: declaration.name,
      key,
      at,
      written,
    })),
    ...selections.map(({ selection: { selection, key }, at, written }) => ({ name: selection, key, at, written })),
  ].sort((a, b) => a.written - b.written);
  const names = identities(all);
  const streams = new Map(all.map(({ written }, i) => [written, names[i]]));
  const places = new Map(once.map(({ written }, place) => [written, place]));
  const shares = (selection: number) => sharesOf(selections[selection].selection)?.count ?? null;
  return {
    entries: transforms.map((placed) => planEntry(placed, streams.get(placed.written)!, places.get(placed.written)!)),
    selections: selections.map((placed) => ({
      ...placed,
      identity: hashText(streams.get(placed.written)!),
      shares: sharesOf(placed.selection),
    })),
    steps: outlineSteps(
      outer.map((placed) => placed.under),
      shares,
    ),
    inner: new Map(transforms.flatMap((placed, i) => innerSteps(placed, i, shares))),
    resizing: new Set(
      transforms.flatMap(({ transform, under }) =>
        mayResize(transform) ? under.flat().map(({ selection }) => selection) : [],
      ),
    ),
  };
}

/** What runs within a transform, if some of it runs side by side, or stands in selections and may change the size of images. */
function innerSteps(
  { under: [way = []], inside }: PlacedTransform,
  i: number,
  sharesOf: (selection: number) => number | null,
): [number, readonly Outline[]][] {
  const around = new Set(way.map(({ selection }) => selection));
  const steps = outlineSteps(
    inside.map((placed) => placed.under),
    (selection) => (around.has(selection) ? null : sharesOf(selection)),
  );
  const resizes = inside.some(({ transform, under }) => under.length > 0 && mayResize(transform));
  return resizes || mixturesIn(steps).length > 0 ? [[i, steps]] : [];
}

function planEntry(placed: PlacedTransform, stream: string, place: number): Entry {
  const { transform: given, under, again, inside, spreads } = placed;
  const transform = withWindow(given);
  const { declaration, params } = transform;
  const { name } = declaration;
  const coin = coinOf(transform);
  const draws: Draw[] = [];
  let seed: Seed | null = null;
  for (const [i, [param, spec]] of Object.entries(declaration.params).entries()) {
    const value = params[param];
    const first = FIRST_PARAMETER_DRAW + i * DRAWS_PER_PARAMETER;
    if (spec.role === "key" && Number.isNaN(value)) {
      // What is given is not drawn.
      if (transform.field === undefined) seed = { param, first };
      continue;
    }
    if (!isDistribution(value)) {
      checkFixed(`${name}.${param}`, value);
      continue;
    }
    const size = sizeOf(spec, transform);
    checkFit(`${name}.${param}`, value, spec, size);
    draws.push({
      param,
      distribution: value,
      size,
      isList: spec.list !== undefined,
      sources: sourcesIn(`${name}.${param}`, value, first, size, draws),
      whole: spec.integer === true,
      onGpu: drawsOnGpu(value),
      sameAs: draws.findIndex((other) => other.distribution === value && other.size === size),
    });
  }
  return {
    transform,
    name,
    stream,
    identity: hashText(stream),
    coin,
    coinOnGpu: coin !== null && drawsOnGpu(coin),
    draws,
    seed,
    sameOnBatch: transform.sameOnBatch === true,
    under,
    place,
    again,
    inside: inside.flatMap(unfolded).length,
    spreads,
    pieces: piecesIn(spreads),
  };
}

/** What is drawn for a distribution. A source that an earlier parameter has, too, is the same draw. */
function sourcesIn(
  argument: string,
  of: Distribution,
  first: number,
  size: number | "C",
  before: readonly Draw[],
): Source[] {
  const sources = sourcesOf(of);
  if (sources.length > MOST_SOURCES)
    throw new ArgumentError(argument, `a distribution of ${sources.length} others`, `at most ${MOST_SOURCES}`);
  const known = before.filter((draw) => draw.size === size).flatMap((draw) => draw.sources);
  return sources.map(
    (distribution, j) =>
      known.find((source) => source.distribution === distribution) ?? {
        distribution,
        first: first + j * DRAWS_PER_SOURCE,
      },
  );
}

/** How many values a sample draws. */
function sizeOf(spec: ParamSpec, transform: Transform): number | "C" {
  if (spec.size === "C") return "C";
  const order = typeof spec.list === "object" ? spec.list.permutes : undefined;
  return order ? order(transform.options) : widthOf(spec, 1, transform);
}

function coinOf({ declaration, p, on }: Transform): Bernoulli | null {
  const argument = `${declaration.name}.p`;
  if (p === undefined) return null;
  if (on !== undefined)
    throw new ArgumentError(argument, "p beside on", "one of the two: p throws a coin, on says how it fell");
  const allowed = "a number from 0 to 1, a parameter of shape [] or [1], or bernoulli(...)";
  if (isDistribution(p)) {
    if (p.distribution !== "bernoulli" || componentsOf(p.p) !== 1)
      throw new ArgumentError(argument, `${p.distribution}(...)`, allowed);
    return p;
  }
  if (p instanceof Tensor ? p.size !== 1 : !(typeof p === "number" && p >= 0 && p <= 1)) {
    throw new ArgumentError(argument, p instanceof Tensor ? `a tensor of ${p.size} values` : describe(p), allowed);
  }
  return p === 1 ? null : bernoulli(p as number | Tensor);
}
