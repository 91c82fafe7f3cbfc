import { ArgumentError } from "../gpu/index.ts";
import type { ParamSpec } from "../transforms/index.ts";
import { planTree } from "./plan.ts";
import { channelsOf } from "./replay.ts";
import { isPerSample } from "./rows.ts";
import { fromSampled, type Replay, type Sampled } from "./sampled.ts";
import { isKnown as isDrawn, numbersOf } from "./taken.ts";
import { type Tree, treeOf } from "./tree.ts";

/** A parameter of one sample, in its own unit. */
export interface DescribedParam {
  /** Its value, or its values: of a vector, of a list. */
  value: unknown;
  /** Unit of its values: pixels, degrees, turns, factor, intensity, exponent. */
  unit: string;
}

/** A transform that a sample got. */
export interface DescribedTransform {
  /** Name of the transform. */
  name: string;
  /** Name of its random stream, if it was given one. */
  key?: string;
  /**
   * How strong it is, from 0 to 100: that of the strongest parameter. A parameter has 0 where it keeps the image and 100 at the full
   * intensity that its declaration states, or else at the farther end of the range that people use. Where parameters say neither,
   * a transform is applied wholly: 100.
   */
  intensity: number;
  /** The patch that got it, where it stands within `patches`: counted row by row, from 0. */
  piece?: number;
  /** Its parameters by name; those that are tensors are not known here. */
  params: Record<string, DescribedParam>;
}

/**
 * A log of what each sample got: for every sample the transforms that apply to it, in the order in which they run, with their
 * parameters in their own units and an intensity from 0 to 100. A plain value, which JSON can hold.
 * @param pipeline that `params` are for
 * @param params what `sample()` returned, or a copy of it
 * @throws ArgumentError or ShapeError for what is no recipe of the pipeline; for one that tells uniform numbers of what is learned:
 * `await pipeline.read(params)` has the values
 */
export function describeSamples(
  pipeline: { readonly transforms: readonly Tree[] },
  params: Sampled,
): DescribedTransform[][] {
  const n = params?.n;
  const planned = planTree(treeOf(pipeline));
  const { replays, taken } = fromSampled(planned, params, n, channelsOf(planned, params));
  const open = taken.findIndex((each) => !isDrawn(each));
  if (open >= 0)
    throw new ArgumentError(
      `params.choices[${open}]`,
      `${taken[open].units ? "uniform numbers" : "shares"} of what is learned`,
      "what each sample gets, as await pipeline.read(params) has it where the choice is not relaxed",
    );
  const rows = replays.map((replay) => {
    const { pieces, place } = replay.entry;
    const row = rowsOf(replay, n * pieces, `params.transforms[${place}]`);
    if (replay.entry.spreads.length === 0) return row;
    return (i: number) =>
      Array.from({ length: pieces }, (_, k) => row(i * pieces + k).map((each) => ({ ...each, piece: k }))).flat();
  });
  return Array.from({ length: n }, (_, i) => rows.flatMap((row) => row(i)));
}

/** What each sample got of a transform: itself, or nothing. */
function rowsOf(
  { entry, transform, units, onUnits, mask }: Replay,
  n: number,
  at: string,
): (i: number) => DescribedTransform[] {
  if (units.size > 0 || onUnits) {
    const field = onUnits ? "onUnits" : `units.${[...units.keys()][0]}`;
    throw new ArgumentError(
      `${at}.${field}`,
      "uniform numbers of what is learned",
      "values, as await pipeline.read(params) has them",
    );
  }
  const specs = transform.declaration.params;
  // What a tensor says is not known here; what a combinator left out is.
  const on = numbersOf(transform, n) ?? mask ?? [1];
  const { name } = entry;
  const { key } = entry.transform;
  const known = Object.entries(transform.params).filter(
    ([param, value]) => specs[param].role === undefined && isKnown(value),
  );
  return (i) => {
    if (on[on.length === 1 ? 0 : i] === 0) return [];
    const values = known.map(([param, value]): [string, unknown] => [
      param,
      single(isPerSample(value, specs[param], transform, n) ? (value as readonly unknown[])[i] : value, specs[param]),
    ]);
    const strengths = values.flatMap(([param, value]) => intensityOf(value, specs[param]) ?? []);
    return [
      {
        name,
        ...(key === undefined ? {} : { key }),
        intensity: strengths.length > 0 ? Math.max(...strengths) : 100,
        params: Object.fromEntries(values.map(([param, value]) => [param, { value, unit: specs[param].unit }])),
      },
    ];
  };
}

/** Numbers; NaN as a default stands for the middle of an image. */
const isKnown = (value: unknown): boolean =>
  (typeof value === "number" && !Number.isNaN(value)) || Array.isArray(value) || ArrayBuffer.isView(value);

/** A copy of a sample's value; a list of one number, which is for all samples, is that number. */
function single(value: unknown, { size = 1, list }: ParamSpec): unknown {
  if (typeof value === "number") return value;
  const copy = Array.from(value as ArrayLike<unknown>, (each) =>
    typeof each === "number" ? each : single(each, { size: 2 } as ParamSpec),
  );
  return size === 1 && !list && copy.length === 1 ? copy[0] : copy;
}

/** From 0 to 100; undefined where the declaration does not say what keeps the image and what is much. */
function intensityOf(value: unknown, { intensity, neutral, usual }: ParamSpec): number | undefined {
  const numbers = [value].flat(3) as number[];
  const strongest = (of: (each: number) => number): number => 100 * Math.min(1, Math.max(0, ...numbers.map(of)));
  if (intensity) {
    const [none, full] = intensity;
    // About what keeps the image both sides are stronger; a quality, say, has one that is weaker still.
    const share = (each: number) => (each - none) / (full - none);
    return strongest(neutral === none ? (each) => Math.abs(share(each)) : share);
  }
  if (typeof neutral !== "number" || !usual) return undefined;
  const far = Math.max(...usual.map((end) => Math.abs(end - neutral)));
  return far > 0 ? strongest((each) => Math.abs(each - neutral) / far) : undefined;
}
