import { ArgumentError, describe, ShapeError } from "../../gpu/index.ts";
import { show, type Tensor } from "../../tensor/index.ts";
import type { ListLength, ParamSpec, Transform } from "../../transforms/index.ts";
import { type ListShape, listsOf } from "../pack/lists.ts";
import type { BoundValue } from "../pass.ts";

/** What a list is given for. */
interface Place {
  argument: string;
  spec: ParamSpec;
  samples: number;
  channels: number;
  /** Options of the transform. */
  options: Readonly<Record<string, unknown>>;
}

/**
 * A list of values: `[K]`, one for all; `[N, K]`, one per sample; `[N, C, K]`, one per sample and channel; 1 stands for all. As nested
 * arrays, or as a tensor.
 */
function bindList(
  place: Place,
  value: unknown,
  asTensor: (value: unknown) => Tensor | null,
  checkNumber: (argument: string, value: unknown) => void,
): { value: BoundValue; shape: ListShape } {
  const tensor = asTensor(value);
  const things = permuted(place);
  if (tensor) {
    if (things !== undefined) throw new ArgumentError(place.argument, "a tensor", allowed(place));
    if (tensor.dtype !== "f32")
      throw new ArgumentError(place.argument, `a tensor of ${tensor.dtype}`, "a tensor of f32");
    const read = reading(place, tensor.shape, () => `a tensor ${show(tensor.shape)}`);
    return { value: { tensor, strides: read.strides }, shape: read.shape };
  }
  const lengths = lengthsOf(place, value);
  const read = reading(place, lengths, () => `an array of ${lengths.join(" by ")} values`);
  const numbers = new Float32Array(lengths.reduce((a, b) => a * b, 1));
  let at = 0;
  const fill = (argument: string, part: unknown, level: number): void => {
    if (level === lengths.length) {
      checkNumber(argument, part);
      numbers[at++] = part as number;
      return;
    }
    if (!isRow(part) || part.length !== lengths[level])
      throw new ShapeError(
        argument,
        isRow(part) ? `${part.length} values` : describe(part),
        `${lengths[level]} values, as in the first row`,
      );
    for (let k = 0; k < part.length; k++) fill(`${argument}[${k}]`, part[k], level + 1);
  };
  fill(place.argument, value, 0);
  if (things !== undefined) checkOrders(place, numbers, things);
  return { value: { numbers, strides: read.strides }, shape: read.shape };
}

/** Refuses lists of a transform that was bound which go together and have different lengths. @throws ShapeError */
function checkLengths(transform: Transform): void {
  const { name, params } = transform.declaration;
  const lists = listsOf(transform);
  for (const param in lists) {
    const { length } = lists[param];
    const { like } = params[param].list as ListLength;
    if (like === undefined || lists[like].length === length) continue;
    const allowed = `${lists[like].length}, as many as ${name}.${like} has`;
    throw new ShapeError(`${name}.${param}`, `${length} values`, allowed);
  }
}

/** How many things a list puts in order, where it does. */
const permuted = ({ spec, options }: Place): number | undefined => (spec.list as ListLength).permutes?.(options);

/** Every row has every whole number from 0 on, once. */
function checkOrders(place: Place, numbers: Float32Array, things: number): void {
  for (let first = 0; first < numbers.length; first += things) {
    const row = numbers.subarray(first, first + things);
    const seen = new Set(row);
    const wrong = row.find((at) => at >= things);
    if (wrong === undefined && seen.size === things) continue;
    const given = wrong === undefined ? `${row.find((at, i) => row.indexOf(at) !== i)} twice` : String(wrong);
    throw new ArgumentError(place.argument, given, allowed(place));
  }
}

const isRow = (value: unknown): value is ArrayLike<unknown> => Array.isArray(value) || ArrayBuffer.isView(value);

/** Lengths of nested arrays, by their first elements. */
function lengthsOf(place: Place, value: unknown): number[] {
  if (!isRow(value)) throw new ArgumentError(place.argument, describe(value), allowed(place));
  const lengths: number[] = [];
  for (let part: unknown = value; isRow(part) && lengths.length < 4; part = part[0]) lengths.push(part.length);
  return lengths;
}

function reading(
  place: Place,
  lengths: readonly number[],
  given: () => string,
): { shape: ListShape; strides: [number, number] } {
  const { samples, channels, spec } = place;
  const { min = 1, max = Number.MAX_SAFE_INTEGER } = spec.list as ListLength;
  const length = lengths[lengths.length - 1] ?? 0;
  const [rows, tables] = lengths.length === 1 ? [1, 1] : lengths.length === 2 ? [lengths[0], 1] : lengths;
  const fits =
    lengths.length >= 1 &&
    lengths.length <= 3 &&
    (rows === 1 || rows === samples) &&
    (tables === 1 || tables === channels) &&
    length >= min &&
    length <= max &&
    length === (permuted(place) ?? length);
  if (!fits) throw new ShapeError(place.argument, given(), allowed(place));
  return { shape: { length, tables }, strides: [rows === 1 ? 0 : tables * length, 1] };
}

function allowed(place: Place): string {
  const { samples, channels, spec } = place;
  const things = permuted(place);
  if (things !== undefined) return `the numbers 0 to ${things - 1}, each once, or ${samples} rows of them, as numbers`;
  const { min = 1, max } = spec.list as ListLength;
  const count = max === undefined ? `at least ${min}` : `${min} to ${max}`;
  return `K numbers (K of ${count}), ${samples} rows of K, [${samples}, ${channels}, K], or a tensor of such a shape; 1 stands for all`;
}

/** What is done with parameters that are lists. */
export const list = { bindList, checkLengths };
