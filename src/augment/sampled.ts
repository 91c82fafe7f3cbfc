import { ArgumentError, describe, isPlainObject, refuseUnknown, ShapeError } from "../gpu/index.ts";
import type { ParamValue, Transform } from "../transforms/index.ts";
import { knownSamples } from "../transforms/language/choose.ts";
import { checkWhole } from "./keys.ts";
import { type Draw, type Entry, listed, type Planned } from "./plan.ts";
import type { SampledChoice } from "./selection-rules.ts";
import { piecesIn } from "./spread.ts";
import { numbersOf, readTaken, type Taken, takes, writtenTaken } from "./taken.ts";
import type { Workspace } from "./workspace.ts";

/** One value for all samples, one per sample, or one row per sample; of a list per channel, rows of rows. */
export type SampledValue = number | number[] | number[][] | number[][][];

/** What was drawn for one transform. */
export interface SampledTransform {
  /** Name of the transform. */
  name: string;
  /**
   * 0 or 1 per sample, or per patch of every sample within `patches`, as all that is drawn for it; left out where the transform applies to all, or where the coin's p is learned. Within `oneOf` and other
   * combinators this is the transform's own coin, and `choices` say besides to which samples it applies.
   */
  on?: number[];
  /** The uniform numbers, in [0, 1), of a coin whose p is learned: a replay throws it again with p as it is then. */
  onUnits?: number[];
  /** Values by parameter, the fixed ones included; parameters that are tensors are the pipeline's own, and left out. */
  params: Record<string, SampledValue>;
  /** The uniform numbers of parameters whose bounds are learned: a replay draws them again from the bounds as they are then. */
  units: Record<string, number[] | number[][]>;
}

/** What a pipeline drew for a batch: a plain value, that can be printed, saved as JSON, edited and replayed. */
export interface Sampled {
  /** Version of this format. */
  version: 1;
  /** Samples in the batch. */
  n: number;
  /** Seed of the draw. */
  seed: number;
  /** Step of the draw. */
  step: number;
  /** Identities of the samples. */
  samples: number[];
  /** One entry for each transform of the pipeline, in the order in which they first run. */
  transforms: SampledTransform[];
  /** One entry for each `oneOf` and other combinator, in the order in which they were written; left out without any. */
  choices?: SampledChoice[];
}

/** Copies what a workspace drew. */
export function toSampled(
  workspace: Workspace,
  seed: number,
  step: number,
  samples: ArrayLike<number> | undefined,
): Sampled {
  const { n } = workspace;
  return {
    version: 1,
    n,
    seed,
    step,
    samples: Array.from({ length: n }, (_, i) => (samples ? samples[i] : i)),
    ...(workspace.taken.length > 0 ? { choices: workspace.taken.map(writtenTaken) } : {}),
    transforms: workspace.listed.map(({ n, entry, transform, coin, coinUnits, draws }) => {
      const sampled: SampledTransform = { name: entry.name, params: {}, units: {} };
      if (coin) sampled.on = [...coin];
      else if (coinUnits) sampled.onUnits = Array.from(coinUnits);
      else {
        const known = knownSamples(entry.transform.on);
        if (known) sampled.on = known.length === 1 ? new Array<number>(n).fill(known[0]) : known;
      }
      const random = new Map(draws.map((state) => [state.draw.param, state]));
      for (const param of Object.keys(entry.transform.declaration.params)) {
        const state = random.get(param);
        if (state?.units) sampled.units[param] = unitRows(state.units, n, state.draw);
        else {
          const value = plain(transform.params[param]);
          if (value !== null) sampled.params[param] = value;
        }
      }
      return sampled;
    }),
  };
}

/** Numbers of a batch as a list, or as a row per sample. */
export function rows(units: Float32Array, n: number, components: number, vector: boolean): number[] | number[][] {
  if (!vector) return Array.from(units);
  return Array.from({ length: n }, (_, i) => Array.from(units.subarray(i * components, (i + 1) * components)));
}

/** The uniform numbers of a learned draw as a recipe has them: a number per sample, or a row of all that it takes. */
const unitRows = (units: Float32Array, n: number, { size, isList, sources }: Draw): number[] | number[][] =>
  rows(units, n, units.length / n, size !== 1 || isList || sources.length > 1);

/** How many uniform numbers a sample of a learned draw takes, as a recipe has them. */
function unitShape({ size, sources }: Draw, n: number, channels: number): number[] {
  const count = (size === "C" ? channels : size) * sources.length;
  return size === 1 && count === 1 ? [n] : [n, count];
}

/** Nested arrays, typed ones included, as nested lists. */
const copied = (value: ArrayLike<unknown>): unknown[] =>
  Array.from(value, (each) => (Array.isArray(each) || ArrayBuffer.isView(each) ? copied(each as never) : each));

/** A copy of a value that JSON can hold; null for tensors and for NaN, which stands for "the centre". */
function plain(value: ParamValue): SampledValue | null {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (!Array.isArray(value) && !ArrayBuffer.isView(value)) return null;
  const list = copied(value as ArrayLike<unknown>) as SampledValue & unknown[];
  return list.flat(2).every((each) => Number.isFinite(each)) ? list : null;
}

const FIELDS = ["version", "n", "seed", "step", "samples", "transforms", "choices"];
const CHOICE_FIELDS = ["name", "chosen", "units", "shares"];
const TRANSFORM_FIELDS = ["name", "on", "onUnits", "params", "units"];

/** Checks that a part of a recipe is an object with these fields and no others: what is not read would be ignored. */
export function checkFields(argument: string, value: unknown, known: readonly string[], allowed: string): void {
  if (!isPlainObject(value)) throw new ArgumentError(argument, describe(value), allowed);
  const unknown = Object.keys(value).find((field) => !known.includes(field));
  if (unknown !== undefined) refuseUnknown(argument, unknown, known, "field");
}

/**
 * The transforms of a pipeline with the values of `sampled` in place of draws, and the uniform numbers for the draws that
 * are made on the GPU. Checks that `sampled` fits the pipeline and a batch of `n`; the values themselves are checked
 * where every transform's are.
 */
export function fromSampled(planned: Planned, sampled: Sampled, n: number, channels: number): ReadSampled {
  const count = listed(planned).length;
  checkFields("params", sampled, FIELDS, "what sample() returned");
  const { version, seed, step, samples, transforms } = sampled;
  if (version !== 1) throw new ArgumentError("params.version", describe(version), "1");
  if (checkWhole("params.n", sampled.n, 2 ** 32 - 1) === 0)
    throw new ArgumentError("params.n", "0", "at least one sample");
  if (sampled.n !== n) throw new ShapeError("params.n", describe(sampled.n), `${n}, the images of the batch`);
  if (seed !== undefined) checkWhole("params.seed", seed);
  if (step !== undefined) checkWhole("params.step", step);
  if (samples !== undefined) checkSamples(samples, n, "params.samples");
  if (!Array.isArray(transforms) || transforms.length !== count) {
    const given = Array.isArray(transforms) ? `${transforms.length} transforms` : describe(transforms);
    throw new ArgumentError("params.transforms", given, `${count} transforms, as the pipeline has`);
  }
  const taken = readChoices(planned, sampled.choices, n);
  const replays = planned.entries.map((entry) => {
    const own = n * entry.pieces;
    const at = `params.transforms[${entry.place}]`;
    return masked(replayEntry(entry, transforms[entry.place], at, own, channels), taken, own);
  });
  return { replays, taken };
}

/** Which branches the samples take. */
function readChoices({ selections }: Planned, choices: unknown, n: number): Taken[] {
  const given = choices === undefined && selections.length === 0 ? [] : choices;
  if (!Array.isArray(given) || given.length !== selections.length) {
    const count = Array.isArray(given) ? `${given.length} choices` : describe(given);
    throw new ArgumentError("params.choices", count, `${selections.length} choices, as the pipeline has`);
  }
  return selections.map((selection, i) => {
    const at = `params.choices[${i}]`;
    checkFields(at, given[i], CHOICE_FIELDS, "an object, with what each sample gets as `chosen`");
    return readTaken(selection, given[i], at, n * piecesIn(selection.spreads));
  });
}

/** Leaves out the samples that do not take the branches that a transform stands in. What is a tensor is masked later. */
function masked(replay: Replay, taken: readonly Taken[], n: number): Replay {
  const { entry, transform, onUnits } = replay;
  if (entry.under.length === 0) return replay;
  const mask = Array.from({ length: n }, (_, i) => takes(entry.under, taken, i, n));
  const own = onUnits ? null : numbersOf(transform, n);
  if (!own) return { ...replay, mask };
  const on = mask.map((each, i) => each * own[own.length === 1 ? 0 : i]);
  return { ...replay, transform: { ...transform, on } };
}

/** Checks identities of samples, whole numbers 0..2^32-1. */
export function checkSamples(samples: ArrayLike<number>, n: number, argument = "samples"): void {
  if (!Array.isArray(samples) && !ArrayBuffer.isView(samples))
    throw new ArgumentError(argument, describe(samples), `an array of ${n} whole numbers, one per image`);
  if (samples.length !== n) throw new ShapeError(argument, `${samples.length} samples`, `${n}, one per image`);
  for (let i = 0; i < n; i++) {
    const sample = samples[i];
    if (!Number.isInteger(sample) || sample < 0 || sample > 0xffffffff)
      checkWhole(`${argument}[${i}]`, sample, 0xffffffff);
  }
}

/** A recipe that was read. */
export interface ReadSampled {
  readonly replays: readonly Replay[];
  /** Which branches the samples take, of each selection. */
  readonly taken: readonly Taken[];
}

/** A transform to replay; `units` and `onUnits` are for the draws that are made on the GPU. */
export interface Replay {
  readonly entry: Entry;
  readonly transform: Transform & { params: Record<string, ParamValue>; on?: Transform["on"] };
  /** What its `on` is without what selections leave out, where that is not drawn on the GPU. */
  readonly own: Transform["on"];
  readonly units: Map<string, Float32Array>;
  readonly onUnits: Float32Array | null;
  /** The samples, 0 or 1 each, that a tensor says `on` for; all, where it is null. */
  readonly mask: readonly number[] | null;
}

function replayEntry(entry: Entry, sampled: SampledTransform, at: string, n: number, channels: number): Replay {
  const { transform, coin, coinOnGpu, draws } = entry;
  checkFields(at, sampled, TRANSFORM_FIELDS, `an object, with name "${entry.name}", as the pipeline has`);
  if (sampled.name !== entry.name)
    throw new ArgumentError(`${at}.name`, describe(sampled.name), `"${entry.name}", as the pipeline has`);
  const given = sampled.params ?? {};
  checkFields(`${at}.params`, given, Object.keys(transform.params), "an object, with values by parameter");
  const params: Record<string, ParamValue> = { ...transform.params };
  for (const [param, value] of Object.entries(given)) {
    if (value === undefined) continue;
    if (typeof value !== "number" && !Array.isArray(value))
      throw new ArgumentError(`${at}.params.${param}`, describe(value), "a number or an array");
    params[param] = value as ParamValue;
  }
  let on = transform.on;
  if (sampled.on !== undefined) on = checkOn(`${at}.on`, sampled.on, n, coinOnGpu && coin?.estimator === "relaxed");
  else if (coin && !(coinOnGpu && sampled.onUnits))
    throw new ArgumentError(`${at}.on`, "nothing", `${n} values, 0 or 1`);
  if (sampled.onUnits !== undefined && !coinOnGpu)
    throw new ArgumentError(`${at}.onUnits`, describe(sampled.onUnits), "nothing: p is not learned");
  if (entry.seed && given[entry.seed.param] === undefined)
    throw new ArgumentError(
      `${at}.params.${entry.seed.param}`,
      "nothing",
      `${n} whole numbers: a replay draws nothing`,
    );
  const onUnits = sampled.on === undefined && coinOnGpu ? checkUnits(`${at}.onUnits`, sampled.onUnits, [n]) : null;
  return {
    entry,
    transform: { declaration: transform.declaration, params, field: transform.field, options: transform.options, on },
    own: on,
    units: readUnits(draws, sampled, `${at}.units`, n, channels),
    onUnits,
    mask: null,
  };
}

/** The uniform numbers of draws on the GPU that the recipe gives no value for. */
function readUnits(
  draws: readonly Draw[],
  { params, units = {} }: SampledTransform,
  at: string,
  n: number,
  channels: number,
) {
  const learned = draws.filter(({ onGpu }) => onGpu).map(({ param }) => param);
  checkFields(at, units, learned, "an object, with uniform numbers by parameter");
  const found = new Map<string, Float32Array>();
  for (const draw of draws) {
    const { param } = draw;
    if (params?.[param] !== undefined) continue;
    if (units[param] === undefined)
      throw new ArgumentError(
        `${at.slice(0, -"units".length)}params.${param}`,
        "nothing",
        "a value: the parameter is random, and a replay draws nothing",
      );
    found.set(param, checkUnits(`${at}.${param}`, units[param], unitShape(draw, n, channels)));
  }
  return found;
}

function checkOn(argument: string, on: unknown, n: number, relaxed: boolean): number[] {
  const fits = (each: unknown): boolean => each === 0 || each === 1 || (relaxed && isUnit(each));
  if (!Array.isArray(on) || on.length !== n || !Array.from(on).every(fits)) {
    throw new ArgumentError(argument, describe(on), `${n} values, ${relaxed ? "from 0 to 1" : "0 or 1"}`);
  }
  return on;
}

const isUnit = (u: unknown): u is number => typeof u === "number" && u >= 0 && u < 1;

/** Uniform numbers: a list of them, or a row per sample. */
function checkUnits(argument: string, values: unknown, [n, width]: readonly number[]): Float32Array {
  const isList = (list: unknown, length: number, fits: (each: unknown) => boolean): boolean =>
    Array.isArray(list) && list.length === length && Array.from(list).every(fits);
  const fits = width === undefined ? isList(values, n, isUnit) : isList(values, n, (row) => isList(row, width, isUnit));
  if (!fits) {
    const allowed = width === undefined ? `${n} numbers` : `${n} rows of ${width} numbers`;
    throw new ArgumentError(argument, describe(values), `${allowed} from 0 to below 1`);
  }
  return Float32Array.from((values as number[] | number[][]).flat());
}
