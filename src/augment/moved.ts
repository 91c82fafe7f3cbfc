import { ArgumentError, check, describe, number } from "../gpu/index.ts";
import { piecesAt } from "../targets/list.ts";
import type { ParamSpec } from "../transforms/index.ts";
import { type Entry, listed, planTree } from "./plan.ts";
import { channelsOf } from "./replay.ts";
import { paramsAt } from "./rows.ts";
import { fromSampled, type Sampled, type SampledTransform, type SampledValue } from "./sampled.ts";
import type { SampledChoice } from "./selection-rules.ts";
import { piecesIn } from "./spread.ts";
import { type Tree, treeOf } from "./tree.ts";

/**
 * What was drawn for some of the samples of a batch, in another order, or several times: a value for `replay` with another batch.
 * Further samples need no old batch: a draw depends on (seed, step, sample) alone, so that `pipeline.sample(n, { seed, step, samples })`
 * has the same for the samples that were there.
 * @param pipeline that `params` are for
 * @param places of the samples in the old batch, from 0, one for each sample of the new one
 * @throws ArgumentError or ShapeError for what is no recipe of the pipeline, for a place that the batch does not have, and for a partner
 * of a mix that does not come along
 */
export function takeSamples(
  pipeline: { readonly transforms: readonly Tree[] },
  params: Sampled,
  places: readonly number[],
): Sampled {
  const planned = planTree(treeOf(pipeline));
  const entries = listed(planned);
  const n = params?.n;
  fromSampled(planned, params, n, channelsOf(planned, params));
  checkPlaces(places, n);
  const { samples, transforms, choices } = structuredClone(params);
  return {
    ...params,
    n: places.length,
    ...(samples === undefined ? {} : { samples: places.map((i) => samples[i]) }),
    transforms: transforms.map((each, t) => {
      const { pieces } = entries[t];
      return transformAt(entries[t], each, n * pieces, piecesAt(places, pieces), `params.transforms[${t}]`);
    }),
    ...(choices === undefined
      ? {}
      : {
          choices: choices.map((choice, c) =>
            choiceAt(choice, piecesAt(places, piecesIn(planned.selections[c].spreads))),
          ),
        }),
  };
}

/** A list of a choice has a row for each sample, unless another one says it. */
const choiceAt = ({ name, ...lists }: SampledChoice, places: readonly number[]): SampledChoice =>
  ({
    name,
    ...Object.fromEntries(
      Object.entries(lists).map(([field, list]) => [field, list.length > 0 ? places.map((i) => list[i]) : []]),
    ),
  }) as SampledChoice;

function checkPlaces(places: unknown, n: number): asserts places is readonly number[] {
  const place = number({ least: 0, most: n - 1, whole: true });
  if (!Array.isArray(places) || places.length === 0)
    throw new ArgumentError("places", describe(places), "an array of at least one place in the batch");
  for (const [i, each] of Array.from(places).entries()) check(`places[${i}]`, each, place);
}

function transformAt(
  { transform }: Entry,
  { name, on, onUnits, params, units }: SampledTransform,
  n: number,
  places: readonly number[],
  at: string,
): SampledTransform {
  const rows = <T>(list: readonly T[]): T[] => places.map((i) => list[i]);
  const specs = transform.declaration.params;
  const own = paramsAt(transform, params, n, places);
  return {
    name,
    ...(on === undefined ? {} : { on: rows(on) }),
    ...(onUnits === undefined ? {} : { onUnits: rows(onUnits) }),
    params: Object.fromEntries(
      Object.entries(own).map(([param, value]) => [
        param,
        partnersAt(value, specs[param], places, `${at}.params.${param}`),
      ]),
    ),
    units: Object.fromEntries(
      Object.entries(units ?? {}).map(([param, list]) => [param, rows<number | number[]>(list) as number[]]),
    ),
  };
}

/** Partners are places in the batch: those that they have in the new one. */
function partnersAt(value: SampledValue, { role }: ParamSpec, places: readonly number[], at: string): SampledValue {
  if (role !== "partner") return value;
  const moved = (each: SampledValue): SampledValue => {
    if (typeof each !== "number") return each.map(moved) as SampledValue;
    const place = places.indexOf(each);
    if (place < 0) throw new ArgumentError(at, `partner ${each}, which is not taken`, `one of ${describe(places)}`);
    return place;
  };
  return moved(value);
}
