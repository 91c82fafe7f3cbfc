import {
  oneOf,
  type Pipeline,
  type SomeOfOptions,
  sequential,
  someOf,
  sometimes,
  type Tree,
} from "../../augment/index.ts";
import { ArgumentError, check, describe, flag, isPlainObject, number } from "../../gpu/index.ts";
import { renamed } from "../../random/values.ts";
import { DEEPEST, MOST_OBJECTS } from "../format.ts";
import { unknownName } from "../names.ts";
import { CLASSES } from "./classes.ts";
import type { ClassRow } from "./row.ts";

/** An object of the document. */
type Node = Record<string, unknown>;

/** What was read so far. */
interface Reading {
  objects: number;
}

/** A transform, and how likely it is to be applied. */
interface Part {
  readonly tree: Tree;
  readonly coin: number;
}

const applied = ({ tree, coin }: Part): Tree => (coin === 1 ? tree : sometimes(coin, tree));

/** How a composition is read. */
interface Composition {
  /** Its parameters beside `transforms` and `p`; those of labels are ignored, as a call says what its targets are. */
  readonly takes: readonly string[];
  readonly p: number;
  make(parts: readonly Part[], node: Node, at: string): Part | Tree;
}

const LABELS = ["bbox_params", "keypoint_params", "additional_targets", "is_check_shapes", "is_check_args"];
const REST = [...LABELS, "strict", "mask_interpolation", "seed", "save_applied_params"];
const inOrder: Composition["make"] = (parts) => parts.map(applied);

/** So many of the transforms, in their order or in a random one. */
function some(
  order: SomeOfOptions["order"],
  parts: readonly Part[],
  { n = 1, replace = false }: Node,
  at: string,
): Tree {
  if (check(`${at}.replace`, replace, flag))
    throw new ArgumentError(`${at}.replace`, "true", "false: a sample gets no transform twice");
  const count = check(`${at}.n`, n as number, number({ least: 0, whole: true }));
  return someOf(Math.min(count, parts.length), parts.map(applied), { order });
}

const COMPOSITIONS: Readonly<Record<string, Composition>> = {
  Compose: { takes: REST, p: 1, make: inOrder },
  ReplayCompose: { takes: [...REST, "save_key"], p: 1, make: inOrder },
  Sequential: { takes: [], p: 0.5, make: inOrder },
  OneOf: {
    takes: [],
    p: 0.5,
    // What is chosen is applied, so that the coins of those to choose from are weights.
    make: (parts) =>
      oneOf(
        parts.map(({ tree }) => tree),
        { weights: parts.map(({ coin }) => coin) },
      ),
  },
  SomeOf: { takes: ["n", "replace"], p: 1, make: (...of) => some(undefined, ...of) },
  RandomOrder: { takes: ["n", "replace"], p: 1, make: (...of) => some("random", ...of) },
  OneOrOther: {
    takes: [],
    p: 0.5,
    // Its coin says which of the two, not whether.
    make: (parts, { p = 0.5 }) => ({
      tree: oneOf([parts[0]?.tree, parts[parts.length - 1]?.tree], { weights: [Number(p), 1 - Number(p)] }),
      coin: 1,
    }),
  },
};

/**
 * Makes a pipeline of what Albumentations' `to_dict` wrote, for the classes that augrad has the operations of; `docs/names.md` lists them,
 * and what differs. Levels, such as `fill` and the limits of `RGBShift`, are read as those of images of bytes. Random numbers are augrad's:
 * the same ranges, other draws.
 * @param document the object, as JSON.parse returned it
 * @throws ArgumentError that names the place in the document, for classes, parameters and values that augrad has nothing for
 */
export function fromAlbumentations(document: unknown): Pipeline {
  if (!isPlainObject(document) || !isPlainObject(document.transform))
    throw new ArgumentError("document", describe(document), "what to_dict() returned, an object with transform");
  const tree = applied(read(document.transform, "transform", 0, { objects: 0 }));
  return sequential(Array.isArray(tree) ? (tree as readonly Tree[]) : [tree]);
}

function read(node: unknown, at: string, depth: number, reading: Reading): Part {
  if (!isPlainObject(node)) throw new ArgumentError(at, describe(node), "an object with __class_fullname__");
  if (depth > DEEPEST) throw new ArgumentError(at, "a transform in more lists", `at most ${DEEPEST} in each other`);
  if (++reading.objects > MOST_OBJECTS)
    throw new ArgumentError(at, "one more transform", `at most ${MOST_OBJECTS} in a document`);
  const { __class_fullname__: fullName, always_apply = false } = node;
  const name = typeof fullName === "string" ? fullName.slice(fullName.lastIndexOf(".") + 1) : undefined;
  const composition = name !== undefined && Object.hasOwn(COMPOSITIONS, name) ? COMPOSITIONS[name] : undefined;
  const row = composition ?? (name === undefined ? undefined : CLASSES.get(name));
  if (!row) throw unknownName(`${at}.__class_fullname__`, name ?? fullName, NAMES, "class");
  const { p = row.p } = node;
  const coin = check(`${at}.p`, p as number, number({ least: 0, most: 1 }));
  const made = composition
    ? readComposition(composition, node, at, depth, reading)
    : readClass(row as ClassRow, node, at);
  if ("coin" in made) return made;
  return { tree: made, coin: always_apply === true ? 1 : coin };
}

/** The classes and compositions of Albumentations that are read. */
export const NAMES: readonly string[] = [...Object.keys(COMPOSITIONS), ...CLASSES.keys()];

const COMMON = ["__class_fullname__", "p", "always_apply"];

function readComposition(
  { takes, make }: Composition,
  node: Node,
  at: string,
  depth: number,
  reading: Reading,
): Part | Tree {
  refuse(node, at, [...COMMON, "transforms", ...takes]);
  const { transforms } = node;
  if (!Array.isArray(transforms))
    throw new ArgumentError(`${at}.transforms`, describe(transforms), "a list of transforms");
  const parts = Array.from(transforms, (each, i) => read(each, `${at}.transforms[${i}]`, depth + 1, reading));
  return inDocument(at, () => make(parts, node, at));
}

function readClass({ takes, make }: ClassRow, node: Node, at: string): Tree {
  refuse(node, at, [...COMMON, ...Object.keys(takes)]);
  const values: Node = {};
  for (const [param, { read, usual }] of Object.entries(takes)) {
    const given = Object.hasOwn(node, param) ? node[param] : usual;
    if (given !== undefined) values[param] = read(given, `${at}.${param}`);
  }
  const made = inDocument(at, () => make(values as never));
  // What the parameters do not allow is found by planning.
  inDocument(at, () => sequential([made]));
  return made;
}

function refuse(node: Node, at: string, known: readonly string[]): void {
  const unknown = Object.keys(node).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const allowed = known.filter((name) => name !== COMMON[0]).join(", ");
    throw new ArgumentError(`${at}.${unknown}`, "a parameter that augrad has nothing for", allowed);
  }
}

/** What `make` makes; its errors name the place in the document, and then the setting of augrad. */
function inDocument<T>(at: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw renamed(error, (argument) => (argument.startsWith(at) ? argument : `${at}, ${argument}`));
  }
}
