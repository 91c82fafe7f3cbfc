import { ArgumentError, describe } from "../../gpu/errors.ts";
import { check, isPlainObject, number, refuseUnknown } from "../../gpu/options.ts";
import type { ListLength, ParamSpec } from "./declaration.ts";

// What a declaration may say of matrices and of lists.

export function checkCells(argument: string, { cells, size = 1 }: ParamSpec): void {
  const sides = Array.isArray(cells) ? (cells as readonly unknown[]) : [];
  const one = number({ least: 1, whole: true });
  const isMatrix = sides.length === 2 && sides.every((side) => one.fits(side));
  if (isMatrix && (sides[0] as number) * (sides[1] as number) === size) return;
  throw new ArgumentError(`cells of ${argument}`, describe(cells), `[rows, columns], ${size} cells in all`);
}

export function checkList(argument: string, { list, size }: ParamSpec): void {
  if (size !== undefined)
    throw new ArgumentError(
      `size of ${argument}`,
      describe(size),
      "nothing: a list has the length that the caller gives",
    );
  if (list === true) return;
  if (!isPlainObject(list))
    throw new ArgumentError(`list of ${argument}`, describe(list), "true, or { min, max, permutes, like }");
  const known = ["min", "max", "permutes", "like"];
  const [unknown] = Object.keys(list).filter((key) => !known.includes(key));
  if (unknown !== undefined) refuseUnknown(`list of ${argument}`, unknown, known, "bound");
  const { min = 1, max = Number.MAX_SAFE_INTEGER } = list as { min?: number; max?: number };
  check(`list of ${argument}`, min, number({ least: 1, whole: true }));
  check(`list of ${argument}`, max, number({ least: min, whole: true }));
}

/** A list that is as long as another one says which. */
export function checkListsTogether(name: string, params: Readonly<Record<string, ParamSpec>>): void {
  for (const [param, { list }] of Object.entries(params)) {
    const { like } = (list ?? {}) as ListLength;
    if (like === undefined || (like !== param && params[like]?.list)) continue;
    throw new ArgumentError(`like of ${name}.${param}`, describe(like), "the name of another parameter that is a list");
  }
}
