import { ArgumentError, describe, ShapeError } from "../gpu/index.ts";
import { type Shape, sameShape, show } from "./shape.ts";

/** Numbers, flat or nested: `5`, `[1, 2]`, `[[1, 2], [3, 4]]`, a typed array, or an array of them. */
export type Values = number | ArrayLike<number> | readonly Values[];

/** Values in row-major order; `shape` is that of the nesting. */
export interface Flat {
  values: ArrayLike<number>;
  shape: Shape;
  nested: boolean;
}

const ALLOWED = "a number, an array of numbers (which may be nested), or a typed array";
/** More levels than any operation has dimensions; an array that holds itself has no end. */
const DEEPEST = 16;

/** Reads what a caller gave as the values of a tensor. @throws ArgumentError for what is no number, ShapeError for ragged arrays */
export function readValues(data: unknown, argument = "data"): Flat {
  if (typeof data === "number") return { values: [data], shape: [], nested: false };
  if (!isList(data)) throw new ArgumentError(argument, describe(data), ALLOWED);
  if (data.length === 0 || !isList(data[0])) {
    checkNumbers(data, argument);
    return { values: data as ArrayLike<number>, shape: [data.length], nested: false };
  }
  const values: number[] = [];
  const shape = shapeOf(data, argument);
  collect(data, shape, 0, argument, values);
  return { values, shape, nested: true };
}

/** Checks values against a shape that was given beside them. */
export function checkNesting({ nested, shape }: Flat, wanted: Shape): void {
  if (nested && !sameShape(shape, wanted))
    throw new ShapeError(
      "data",
      `arrays nested as ${show(shape)}`,
      `${show(wanted)}, the shape given, or a flat array`,
    );
}

/** Arrays, typed arrays, and objects that count as such: never text. */
function isList(value: unknown): value is ArrayLike<unknown> {
  if (Array.isArray(value)) return true;
  if (typeof value !== "object" || value === null) return false;
  const { length } = value as { length?: unknown };
  return Number.isSafeInteger(length) && (length as number) >= 0;
}

function checkNumbers(list: ArrayLike<unknown>, argument: string): void {
  // A typed array holds numbers all, or bigints all.
  const count = ArrayBuffer.isView(list) ? Math.min(list.length, 1) : list.length;
  for (let i = 0; i < count; i++)
    if (typeof list[i] !== "number") throw new ArgumentError(`${argument}[${i}]`, describe(list[i]), "a number");
}

/** The sizes of nested arrays, by their first elements. */
function shapeOf(data: ArrayLike<unknown>, argument: string): number[] {
  const shape: number[] = [];
  for (let level: unknown = data; isList(level); level = level[0]) {
    if (shape.length === DEEPEST)
      throw new ArgumentError(argument, `arrays of more than ${DEEPEST} levels`, `at most ${DEEPEST} levels`);
    shape.push(level.length);
  }
  return shape;
}

function collect(list: ArrayLike<unknown>, shape: Shape, level: number, argument: string, values: number[]): void {
  if (list.length !== shape[level]) {
    const first = `${argument.slice(0, argument.lastIndexOf("["))}[0]`;
    throw new ShapeError(argument, `${list.length} elements`, `${shape[level]}, as in ${first}`);
  }
  if (level === shape.length - 1) {
    checkNumbers(list, argument);
    for (let i = 0; i < list.length; i++) values.push(list[i] as number);
    return;
  }
  for (let i = 0; i < list.length; i++) {
    const item = list[i];
    const name = `${argument}[${i}]`;
    if (!isList(item))
      throw new ArgumentError(name, describe(item), `an array of ${shape[level + 1]}, as its neighbours`);
    collect(item, shape, level + 1, name, values);
  }
}
