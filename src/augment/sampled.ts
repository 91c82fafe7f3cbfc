import { ArgumentError, ShapeError } from "../gpu/index.ts";
import type { ParamValue, Transform } from "../transforms/index.ts";
import { describe } from "./keys.ts";
import type { Entry } from "./plan.ts";
import type { Workspace } from "./workspace.ts";

/** One value for all samples, one per sample, or one row per sample. */
export type SampledValue = number | number[] | number[][];

/** What was drawn for one transform. */
export interface SampledTransform {
  /** Name of the transform. */
  name: string;
  /** 0 or 1 per sample; left out where the transform applies to all, or where the coin's p is learned. */
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
  /** Of this format. */
  version: 1;
  /** Samples in the batch. */
  n: number;
  /** Of the draw. */
  seed: number;
  /** Of the draw. */
  step: number;
  /** Identities of the samples. */
  samples: number[];
  /** One entry for each transform of the pipeline, in order. */
  transforms: SampledTransform[];
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
    transforms: workspace.entries.map(({ entry, transform, on, coinUnits, draws }) => {
      const sampled: SampledTransform = { name: entry.name, params: {}, units: {} };
      if (on) sampled.on = [...on];
      else if (coinUnits) sampled.onUnits = Array.from(coinUnits);
      else if (Array.isArray(entry.transform.on)) sampled.on = [...entry.transform.on];
      const random = new Map(draws.map((state) => [state.draw.param, state]));
      for (const param of Object.keys(entry.transform.declaration.params)) {
        const state = random.get(param);
        if (state?.units) sampled.units[param] = rows(state.units, n, state.components, state.vector);
        else {
          const value = plain(transform.params[param]);
          if (value !== null) sampled.params[param] = value;
        }
      }
      return sampled;
    }),
  };
}

function rows(units: Float32Array, n: number, components: number, vector: boolean): number[] | number[][] {
  if (!vector) return Array.from(units);
  return Array.from({ length: n }, (_, i) => Array.from(units.subarray(i * components, (i + 1) * components)));
}

/** A copy of a value that JSON can hold; null for tensors and for NaN, which stands for "the centre". */
function plain(value: ParamValue): SampledValue | null {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (!Array.isArray(value) && !ArrayBuffer.isView(value)) return null;
  const list = Array.from(value as ArrayLike<number | readonly number[]>, (each) =>
    typeof each === "number" ? each : [...each],
  );
  return list.flat().every((each) => Number.isFinite(each)) ? (list as SampledValue) : null;
}

/**
 * The transforms of a pipeline with the values of `sampled` in place of draws, and the uniform numbers for the draws that
 * are made on the GPU. Checks that `sampled` fits the pipeline and a batch of `n`; the values themselves are checked
 * where every transform's are.
 */
export function fromSampled(entries: readonly Entry[], sampled: Sampled, n: number, channels: number): Replay[] {
  if (typeof sampled !== "object" || sampled === null || !Array.isArray(sampled.transforms)) {
    throw new ArgumentError("params", describe(sampled), "what sample() returned");
  }
  if (sampled.version !== 1) throw new ArgumentError("params.version", describe(sampled.version), "1");
  if (sampled.n !== n) throw new ShapeError("params.n", describe(sampled.n), `${n}, the images of the batch`);
  if (sampled.transforms.length !== entries.length) {
    throw new ArgumentError(
      "params.transforms",
      `${sampled.transforms.length} transforms`,
      `${entries.length}, as the pipeline has`,
    );
  }
  return entries.map((entry, i) => replayEntry(entry, sampled.transforms[i], `params.transforms[${i}]`, n, channels));
}

/** A transform to replay; `units` and `onUnits` are for the draws that are made on the GPU. */
export interface Replay {
  readonly entry: Entry;
  readonly transform: Transform & { params: Record<string, ParamValue>; on?: Transform["on"] };
  readonly units: Map<string, Float32Array>;
  readonly onUnits: Float32Array | null;
}

function replayEntry(entry: Entry, sampled: SampledTransform, at: string, n: number, channels: number): Replay {
  const { transform, coin, coinOnGpu, draws } = entry;
  if (typeof sampled !== "object" || sampled === null || sampled.name !== entry.name) {
    throw new ArgumentError(
      `${at}.name`,
      describe((sampled as SampledTransform | null)?.name),
      `"${entry.name}", as the pipeline has`,
    );
  }
  const params: Record<string, ParamValue> = { ...transform.params };
  for (const [param, value] of Object.entries(sampled.params ?? {})) {
    if (!(param in params))
      throw new ArgumentError(`${at}.params.${param}`, describe(value), Object.keys(params).join(", "));
    if (typeof value !== "number" && !Array.isArray(value))
      throw new ArgumentError(`${at}.params.${param}`, describe(value), "a number or an array");
    params[param] = value;
  }
  const units = new Map<string, Float32Array>();
  for (const { param, size } of draws) {
    if (sampled.params?.[param] !== undefined) continue;
    const list = sampled.units?.[param];
    if (list === undefined)
      throw new ArgumentError(
        `${at}.params.${param}`,
        "nothing",
        "a value: the parameter is random, and a replay draws nothing",
      );
    const flat = checkUnits(
      `${at}.units.${param}`,
      (list as number[][]).flat?.(),
      n * (size === "C" ? channels : size),
    );
    units.set(param, flat);
  }
  let on = transform.on;
  if (sampled.on !== undefined) on = checkOn(`${at}.on`, sampled.on, n);
  else if (coin && !(coinOnGpu && sampled.onUnits))
    throw new ArgumentError(`${at}.on`, "nothing", `${n} values, 0 or 1`);
  const onUnits = sampled.on === undefined && coinOnGpu ? checkUnits(`${at}.onUnits`, sampled.onUnits, n) : null;
  return {
    entry,
    transform: { declaration: transform.declaration, params, options: transform.options, on },
    units,
    onUnits,
  };
}

function checkOn(argument: string, on: unknown, n: number): number[] {
  if (!Array.isArray(on) || on.length !== n || !on.every((each) => each === 0 || each === 1)) {
    throw new ArgumentError(argument, describe(on), `${n} values, 0 or 1`);
  }
  return on;
}

function checkUnits(argument: string, values: unknown, count: number): Float32Array {
  if (
    !Array.isArray(values) ||
    values.length !== count ||
    !values.every((u) => typeof u === "number" && u >= 0 && u < 1)
  ) {
    throw new ArgumentError(argument, describe(values), `${count} numbers from 0 to below 1`);
  }
  return Float32Array.from(values);
}
