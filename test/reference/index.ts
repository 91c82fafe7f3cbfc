/** The float64 reference of every transform, and of a chain of them. */

import { isAntialiased, mapNames, maps, samplerOf, warpRow } from "./geometry.ts";
import type { Image64, Options64, Params64, Transform64 } from "./image.ts";
import { points } from "./point.ts";
import { windows } from "./window.ts";

export type { Image64, Options64, Params64, Shape4, Transform64 } from "./image.ts";

/** Name -> forward. Parameters are rows per sample ([N][k]; one row serves all samples). */
export const reference: Record<string, (x: Image64, params: Params64, options: Options64) => Image64> = {
  ...points,
  ...maps,
  ...windows,
};

export interface ChainOptions {
  /** false: every map resamples on its own. */
  compose?: boolean;
  /**
   * How many consecutive transforms form each row of composed maps (1 for anything alone), instead of the rule of
   * `rowsOf`; a row then samples as its last map does. For following a plan that is known.
   */
  rows?: number[];
}

const isFlip = (t: Transform64): boolean => t.name === "horizontalFlip" || t.name === "verticalFlip";

/** Interpolation, padding and fill as text: equal text, equal sampling. */
function samplingKey(t: Transform64): string {
  const sampler = samplerOf(t.name, t.options);
  return JSON.stringify([sampler, sampler.padding === "fill" ? (t.params.fill ?? [[0]]) : null]);
}

/** May this transform be part of a row of maps, given the size of the image that reaches it? */
function isMap(t: Transform64, width: number, height: number): boolean {
  return mapNames.includes(t.name) && !(t.name === "resize" && isAntialiased(t.options, { width, height }));
}

/** The output size of a chain's transform without computing its pixels. */
function sizeAfter(t: Transform64, width: number, height: number): [number, number] {
  if (!mapNames.includes(t.name)) return [width, height];
  const tiny: Image64 = { data: new Float64Array(0), shape: [0, 1, height, width] };
  const { shape } = reference[t.name](tiny, t.params, t.options);
  return [shape[3], shape[2]];
}

/**
 * The lengths of the rows: consecutive maps share a row as long as they sample alike (interpolation, padding, fill);
 * a flip, which never looks between pixels nor outside, joins any row. An anti-aliased resize and every transform that
 * is no map stand alone.
 */
export function rowsOf(transforms: Transform64[], width: number, height: number): number[] {
  const rows: number[] = [];
  let open = false;
  let key: string | undefined;
  for (const t of transforms) {
    const map = isMap(t, width, height);
    const own = map && !isFlip(t) ? samplingKey(t) : undefined;
    if (map && open && (own === undefined || key === undefined || own === key)) rows[rows.length - 1]++;
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
  const rows =
    options.compose === false ? transforms.map(() => 1) : (options.rows ?? rowsOf(transforms, x.shape[3], x.shape[2]));
  let image = x;
  let start = 0;
  for (const length of rows) {
    const group = transforms.slice(start, start + length);
    start += length;
    if (length === 1) image = run(group[0], image);
    else image = warpRow(image, group, options.rows ? undefined : samplingMember(group));
  }
  if (start !== transforms.length) throw new Error(`rows cover ${start} of ${transforms.length} transforms`);
  return image;
}

/** The map whose sampling a row has: the last that is no flip. */
const samplingMember = (group: Transform64[]): Transform64 =>
  group.findLast((t) => !isFlip(t)) ?? group[group.length - 1];

export function run(t: Transform64, x: Image64): Image64 {
  const forward = reference[t.name];
  if (forward === undefined) throw new Error(`no reference for ${t.name}`);
  return forward(x, t.params, t.options);
}
