import { ArgumentError, describe } from "../gpu/index.ts";
import type { Link, Transform } from "../transforms/index.ts";
import { isChoice, showLink, transformsOf } from "../transforms/language/choose.ts";
import { isTransform } from "../transforms/language/declare.ts";
import type { Pipeline } from "./sequential.ts";

/**
 * What a pipeline is made of: a transform, a choice among transforms, a list of these, or another pipeline, which stand for what
 * is in them.
 */
export type Tree = Link | Pipeline | readonly Tree[];

/** A transform in its place. */
export interface Placed {
  readonly transform: Transform;
  /** Where it stands in what was given, for messages: `transforms[1][0]`. */
  readonly at: string;
}

/** Pipelines, and the options that each was made with. */
const pipelines = new WeakMap<object, readonly string[]>();

/** Lets a pipeline stand in another one. `options` are the names of those that were given to it. */
export function enlist(pipeline: object, options: readonly string[]): void {
  pipelines.set(pipeline, options);
}

const isPipeline = (value: unknown): value is Pipeline => typeof value === "function" && pipelines.has(value);

/** No pipeline that anybody writes is deeper: a list that holds itself is. */
const DEEPEST = 100;

/**
 * A copy of what was given, whose lists nobody can change.
 * @throws ArgumentError for what is no transform, and for a pipeline with options of its own, which would be ignored
 */
export function checkTree(at: string, value: unknown, depth = 0): Tree {
  if (isTransform(value) || isChoice(value)) return value;
  if (depth > DEEPEST)
    throw new ArgumentError(at, `a list ${depth} lists deep`, `at most ${DEEPEST} of them in each other`);
  // A hole of an array is skipped by map(), and undefined for from().
  if (Array.isArray(value))
    return Object.freeze(Array.from(value, (each, i) => checkTree(`${at}[${i}]`, each, depth + 1)));
  if (!isPipeline(value)) throw new ArgumentError(at, describe(value), "a transform, such as rotate({ angle: 30 })");
  const options = pipelines.get(value)!;
  if (options.length > 0) {
    const given = `a pipeline with ${options.join(", ")} of its own`;
    const allowed =
      "one without: in another pipeline the outer one's hold, so give them to that, or pass its .transforms";
    throw new ArgumentError(at, given, allowed);
  }
  return value;
}

/** The transforms that run, in order, wherever they stand. */
export function flatten(tree: Tree, at: string): Placed[] {
  if (isTransform(tree)) return [{ transform: tree, at }];
  if (isChoice(tree)) return transformsOf([tree]).map((transform) => ({ transform, at }));
  if (isPipeline(tree)) return flatten(tree.transforms, at);
  return tree.flatMap((each, i) => flatten(each, `${at}[${i}]`));
}

/** A part of a pipeline as one would write it. */
export function showTree(tree: Tree): string {
  if (isTransform(tree) || isChoice(tree)) return showLink(tree);
  return isPipeline(tree) ? String(tree) : `[${tree.map(showTree).join(", ")}]`;
}
