import { ArgumentError, describe, isPlainObject } from "../gpu/index.ts";
import { Tensor } from "../tensor/index.ts";
import { type Named, namedBy, refuseUnnamed } from "./names.ts";
import { type AnyTarget, isTarget } from "./target.ts";

/** A target, and where it stands in what was given. */
export interface Leaf {
  readonly leaf: AnyTarget;
  /** Its place, for messages: `left.mask`. */
  readonly at: string;
  /** Whether it was given as bare data. */
  readonly bare: boolean;
}

/** A part of what was given: a target, or what holds further parts. */
export type Part =
  | Leaf
  | { readonly list: readonly Part[] }
  | { readonly entries: readonly (readonly [key: string, part: Part])[] }
  | { readonly nothing: null | undefined };

/** No object that anybody writes is deeper: one that holds itself is. */
const DEEPEST = 100;

/** Reads an object of targets, whatever its shape. @throws ArgumentError that names a part whose type nothing says */
export function readParts(value: unknown, at = "", key?: string, depth = 0): Part {
  if (value === null || value === undefined) return { nothing: value };
  if (isTarget(value)) return { leaf: value, at, bare: false };
  if (depth > DEEPEST)
    throw new ArgumentError(at, `an object ${depth} objects deep`, `at most ${DEEPEST} in each other`);
  const named = key === undefined ? undefined : namedBy(key);
  if (Array.isArray(value) && !isOneByOne(value, named))
    return { list: Array.from(value, (each, i) => readParts(each, `${at}[${i}]`, key, depth + 1)) };
  if (isPlainObject(value) && named?.as !== "members") {
    const entries = Object.entries(value).map(
      ([name, each]) => [name, readParts(each, at === "" ? name : `${at}.${name}`, name, depth + 1)] as const,
    );
    return { entries };
  }
  if (named === undefined) return refuseUnnamed(at === "" ? "x" : at, key ?? "", value);
  if (named.as === "members" ? !isPlainObject(value) : !(value instanceof Tensor) && !Array.isArray(value))
    throw new ArgumentError(at, describe(value), "a tensor, or asIs(value) for what stays as it is");
  if (named.as === "tensors" && Array.isArray(value)) checkTensors(value, at);
  return { leaf: named.make(value as never), at, bare: true };
}

/** Whether a list has what the images have one by one. */
const isOneByOne = (list: readonly unknown[], named: Named | undefined): boolean =>
  named?.as === "rows" ||
  (named?.as === "tensors" && (list.length === 0 || list.some((each) => each instanceof Tensor)));

function checkTensors(list: readonly unknown[], at: string): void {
  if (list.length === 0) throw new ArgumentError(at, "an empty array", "a tensor for each image, at least one");
  // An array may have holes, which forEach() leaves out.
  for (const [i, each] of Array.from(list).entries())
    if (!(each instanceof Tensor))
      throw new ArgumentError(`${at}[${i}]`, describe(each), "a tensor, one for each image");
}

/** All targets, in the order of the object. */
export function leavesOf(part: Part): readonly Leaf[] {
  if ("leaf" in part) return [part];
  if ("list" in part) return part.list.flatMap(leavesOf);
  return "entries" in part ? part.entries.flatMap(([, each]) => leavesOf(each)) : [];
}

/** The object again, with what `change` makes of each target. */
export function rebuilt(part: Part, change: (leaf: Leaf) => unknown): unknown {
  if ("leaf" in part) return change(part);
  if ("list" in part) return part.list.map((each) => rebuilt(each, change));
  if ("nothing" in part) return part.nothing;
  return Object.fromEntries(part.entries.map(([key, each]) => [key, rebuilt(each, change)]));
}
