/** The float64 reference of every transform, and of a chain of them. A family is a file of families/; adding one needs no other edit. */

import {
  type Case64,
  type Context64,
  type Image64,
  type Options64,
  type Params64,
  plainContext,
  type Reference64,
  type Transform64,
} from "./image.ts";
import { identity } from "./matrix.ts";
import { type Field64, fieldRow } from "./place.ts";
import { type Map64, type MapLink64, outputSize, samplerOf, sizeOf, warpRow } from "./warp.ts";

export type { Case64, Context64, Image64, Options64, Params64, Reference64, Shape4, Transform64 } from "./image.ts";

/** What a file of families/ exports. */
export interface Family64 {
  /** The forward pass of each transform, by name. */
  references: Record<string, Reference64>;
  /** Where each is checked. */
  cases: readonly Case64[];
  /** Those that are one matrix per sample; in a chain they are composed. */
  maps?: Record<string, Map64>;
  /** Whether huge and tiny pixels over- or underflow f32 on the way, so that nothing can be said of them; of which transforms, if not of all. */
  overflows?: boolean | readonly string[];
  /** Those that look at a place per output pixel; maps before them in a chain fold into them. */
  fields?: Record<string, Field64>;
  /** Functions whose derivatives are those of a transform with an estimator, where they are not its own. */
  surrogates?: Record<string, Reference64>;
}

const files = import.meta.glob<Family64>("./families/*.ts", { eager: true });

/** Families by name: `color` is families/color.ts. */
export const families: Record<string, Family64> = Object.fromEntries(
  Object.entries(files).map(([path, family]) => [path.replace(/^.*\/|\.ts$/g, ""), family]),
);

/** All that families export under one name, as one record. */
function merged<T>(pick: (family: Family64) => Record<string, T> | undefined): Record<string, T> {
  const all: Record<string, T> = {};
  for (const family of Object.values(families)) {
    for (const [name, value] of Object.entries(pick(family) ?? {})) {
      if (name in all) throw new Error(`${name} is in two families`);
      all[name] = value;
    }
  }
  return all;
}

const forwards = merged(({ references }) => references);
export const maps = merged((family) => family.maps);
const fields = merged((family) => family.fields);
const surrogates = merged((family) => family.surrogates);

/** Whether a transform's family {@link Family64.overflows}. */
export const overflows = (name: string): boolean =>
  Object.values(families).some(({ overflows = false, references }) =>
    typeof overflows === "boolean" ? overflows && name in references : overflows.includes(name),
  );

/** The names of the transforms that are one matrix per sample. */
export const mapNames = Object.keys(maps);

/** Name -> forward. Parameters are rows per sample ([N][k]; one row serves all samples). */
export const reference: Record<
  string,
  (x: Image64, params: Params64, options: Options64, context?: Partial<Context64>) => Image64
> = Object.fromEntries(
  Object.entries(forwards).map(([name, forward]) => [
    name,
    (x, params, options, context) => forward(x, params, options, { ...plainContext, ...context }),
  ]),
);

/** Every case of every family. */
export const cases: readonly Case64[] = Object.values(families).flatMap((family) => family.cases);

export interface ChainOptions {
  /** false: every map resamples on its own. */
  compose?: boolean;
  /**
   * How many consecutive transforms form each row of composed maps (1 for anything alone), instead of the rule of
   * `rowsOf`; a row then samples as its last map does. For following a plan that is known.
   */
  rows?: number[];
  /** What is differentiated: transforms with an estimator are then their surrogates. */
  wrt?: "image" | "params";
}

const linkOf = ({ name, params, options }: Transform64): MapLink64 => ({
  map: maps[name] ?? NO_MAP,
  params,
  options,
});
/** A field samples as a map does. */
const NO_MAP: Map64 = { matrix: () => identity };
const isInside = ({ name }: Transform64): boolean => maps[name]?.inside === true;

/** Interpolation, padding and fill as text: equal text, equal sampling. */
function samplingKey(t: Transform64): string {
  const sampler = samplerOf(linkOf(t));
  return JSON.stringify([sampler, sampler.padding === "fill" ? (t.params.fill ?? [[0]]) : null]);
}

/** May this transform be part of a row of maps, given the size of the image that reaches it? */
function isMap({ name, options }: Transform64, width: number, height: number): boolean {
  return name in maps && !maps[name].filters?.(options, { width, height });
}

/** The output size of a chain's transform without computing its pixels. */
function sizeAfter({ name, options }: Transform64, width: number, height: number): [number, number] {
  if (!(name in maps || name in fields)) return [width, height];
  const before = { width, height };
  const size = maps[name]?.size?.(options, before) ?? outputSize(options, before);
  return [size.width, size.height];
}

/**
 * The lengths of the rows: consecutive maps share a row as long as they sample alike (interpolation, padding, fill);
 * one that never looks between pixels nor outside joins any row. A field joins a row and ends it. A map that filters and every transform that is no map stand
 * alone.
 */
export function rowsOf(transforms: Transform64[], width: number, height: number): number[] {
  const rows: number[] = [];
  let open = false;
  let key: string | undefined;
  for (const t of transforms) {
    const map = isMap(t, width, height);
    const looks = map || t.name in fields;
    const own = looks && !isInside(t) ? samplingKey(t) : undefined;
    if (looks && open && (own === undefined || key === undefined || own === key)) rows[rows.length - 1]++;
    else {
      rows.push(1);
      key = undefined;
    }
    if (own !== undefined) key = own;
    open = map;
    [width, height] = sizeAfter(t, width, height);
  }
  return rows;
}

/** Runs the transforms in order; consecutive maps are composed into one matrix and resampled once. */
export function referenceChain(transforms: Transform64[], x: Image64, options: ChainOptions = {}): Image64 {
  const { width, height } = sizeOf(x);
  const rows =
    options.compose === false ? transforms.map(() => 1) : (options.rows ?? rowsOf(transforms, width, height));
  let image = x;
  let start = 0;
  for (const length of rows) {
    const group = transforms.slice(start, start + length);
    start += length;
    if (length === 1) image = run(group[0], image, options.wrt);
    else if (group[length - 1].name in fields) image = runField(group, image);
    else image = warpRow(image, group.map(linkOf), options.rows ? undefined : linkOf(samplingMember(group)));
  }
  if (start !== transforms.length) throw new Error(`rows cover ${start} of ${transforms.length} transforms`);
  return image;
}

/** Maps, and a field behind them. */
function runField(group: Transform64[], image: Image64): Image64 {
  const last = group[group.length - 1];
  const link = { field: fields[last.name], params: last.params, options: last.options };
  return fieldRow(image, group.slice(0, -1).map(linkOf), link, linkOf(samplingMember(group)));
}

/** The map whose sampling a row has: the last that looks between pixels. */
const samplingMember = (group: Transform64[]): Transform64 =>
  group.findLast((t) => !isInside(t)) ?? group[group.length - 1];

/** One transform; where it is differentiated, its surrogate if it has one. */
export function run({ name, params, options, context }: Transform64, x: Image64, wrt?: "image" | "params"): Image64 {
  const forward = (wrt && surrogates[name]) || forwards[name];
  if (forward === undefined) throw new Error(`no reference for ${name}`);
  return forward(x, params, options, { ...plainContext, ...context, ...(wrt ? { wrt } : {}) });
}
