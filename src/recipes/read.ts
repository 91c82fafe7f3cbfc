import { type Pipeline, sequential, type Tree } from "../augment/index.ts";
import { planTree } from "../augment/plan.ts";
import { checkFields } from "../augment/sampled.ts";
import {
  ArgumentError,
  checkedLater,
  describe,
  type Gpu,
  isPlainObject,
  readOptions,
  ShapeError,
} from "../gpu/index.ts";
import { renamed } from "../random/values.ts";
import { checkGpu } from "../tensor/create.ts";
import { count, type DType, type Shape, Tensor, tensor } from "../tensor/index.ts";
import { choose, registry } from "../transforms/index.ts";
import { construct, settingsOf } from "../transforms/language/construct.ts";
import { declarationOf } from "../transforms/language/declare.ts";
import { DEEPEST, FORMAT, MOST_NUMBERS, MOST_OBJECTS, type PipelineRecipe, VERSION } from "./format.ts";
import { unknownName } from "./names.ts";
import { NEEDED, ROWS } from "./tables.ts";

/** Options of {@link fromRecipe}. */
export interface FromRecipeOptions {
  /** The device of tensors: needed where the document has some. */
  gpu?: Gpu;
}

/** What was read so far. */
interface Reading {
  readonly gpu: Gpu | undefined;
  /** What stands at several places. */
  readonly same: unknown[];
  /** Tensors that were made. */
  readonly made: Tensor<DType>[];
  objects: number;
  numbers: number;
}

/**
 * Makes the pipeline that a document of {@link toRecipe} says. It draws the same numbers, and on one device gives the same bits.
 *
 * A document is data: nothing in it is run, and whatever it holds, reading it takes no longer than its length asks. What is not allowed
 * is refused with its place in the document, `transforms[2].settings.angle.lo`: unknown names, fields, versions and types, numbers that
 * are not finite, wrong lengths, more than 100 lists and objects in each other, more than 20,000 objects.
 * @param document what JSON.parse returned
 * @throws ArgumentError or ShapeError that names the place
 */
export function fromRecipe(document: unknown, options?: FromRecipeOptions): Pipeline {
  const { gpu } = readOptions<FromRecipeOptions>("fromRecipe", options, { gpu: checkedLater });
  if (gpu !== undefined) checkGpu(gpu);
  checkFields("recipe", document, DOCUMENT, "what toRecipe() returned");
  const { format, version, options: own, same = [], transforms } = document as unknown as PipelineRecipe;
  if (format !== FORMAT) throw new ArgumentError("format", describe(format), JSON.stringify(FORMAT));
  if (version !== VERSION) throw new ArgumentError("version", describe(version), String(VERSION));
  for (const [name, list] of Object.entries({ same, transforms }))
    if (!Array.isArray(list)) throw new ArgumentError(name, describe(list), "a list");
  const reading: Reading = { gpu, same: [], made: [], objects: 0, numbers: 0 };
  try {
    for (const [i, each] of same.entries()) reading.same.push(once(each, `same[${i}]`, reading));
    const tree = read(transforms, "transforms", 0, reading) as readonly Tree[];
    return relabelled(
      () => sequential(tree, own as never),
      (argument) => (/^(transforms|options)/.test(argument) ? argument : `options.${argument}`),
    );
  } catch (error) {
    for (const each of reading.made) each.dispose();
    throw error;
  }
}

const DOCUMENT = ["$schema", "format", "version", "options", "same", "transforms"];

/** What `make` makes; the arguments of its errors get names in the document. */
function relabelled<T>(make: () => T, name: (argument: string) => string): T {
  try {
    return make();
  } catch (error) {
    throw renamed(error, name);
  }
}

const ONCE = ["transform", "distribution", "tensor"];

/** What stands at several places is a transform, a distribution or a tensor. */
function once(value: unknown, at: string, reading: Reading): unknown {
  if (isPlainObject(value) && ONCE.some((tag) => Object.hasOwn(value, tag))) return read(value, at, 0, reading);
  throw new ArgumentError(at, describe(value), "a transform, a distribution or a tensor");
}

/** A value of any kind; who uses it checks what may stand there. */
function read(value: unknown, at: string, depth: number, reading: Reading): unknown {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (depth > DEEPEST)
    throw new ArgumentError(at, "a value in more lists and objects", `at most ${DEEPEST} in each other`);
  if (Array.isArray(value)) return list(value, at, depth, reading);
  if (!isPlainObject(value)) {
    const allowed = "a finite number, a text, true, false, a list or an object";
    throw new ArgumentError(at, describe(value), allowed);
  }
  if (++reading.objects > MOST_OBJECTS)
    throw new ArgumentError(at, "one more object", `at most ${MOST_OBJECTS} in a document`);
  const tag = Object.keys(OBJECTS).find((name) => Object.hasOwn(value, name));
  if (tag === undefined)
    throw new ArgumentError(at, describe(value), `an object with ${Object.keys(OBJECTS).join(", ")}`);
  return OBJECTS[tag](value, at, depth + 1, reading);
}

function list(values: readonly unknown[], at: string, depth: number, reading: Reading): unknown[] {
  reading.numbers += values.length;
  if (reading.numbers > MOST_NUMBERS)
    throw new ArgumentError(at, `${values.length} more values`, `at most ${MOST_NUMBERS} in a document`);
  // Places are words: they are made for what is no number.
  return Array.from(values, (each, i) =>
    typeof each === "number" && Number.isFinite(each) ? each : read(each, `${at}[${i}]`, depth + 1, reading),
  );
}

type Read = (value: Record<string, unknown>, at: string, depth: number, reading: Reading) => unknown;

/** What an object is, by the name of the field that says it. */
const OBJECTS: Readonly<Record<string, Read>> = {
  transform: readTransform,
  distribution: (...of) => readRow("distribution", ...of),
  selection: (...of) => readRow("selection", ...of),
  part: (...of) => readRow("part", ...of),
  choices(value, at, depth, reading) {
    checkFields(at, value, ["choices", "index"], "a choice");
    const { choices, index } = readFields(value, at, depth, reading);
    return relabelled(
      () => choose(choices as never, index as never),
      (argument) => `${at}.${argument.replace(/ of choose\(\)$/, "").replace(/^transforms/, "choices")}`,
    );
  },
  pipeline(value, at, depth, reading) {
    checkFields(at, value, ["pipeline"], "a pipeline");
    const { pipeline } = readFields(value, at, depth, reading);
    return relabelled(
      () => sequential(pipeline as readonly Tree[]),
      (argument) => `${at}.${argument.replace(/^transforms/, "pipeline")}`,
    );
  },
  tensor: readTensor,
  same(value, at, _, { same }) {
    checkFields(at, value, ["same"], "the number of an entry of same");
    const place = value.same;
    if (typeof place === "number" && Number.isInteger(place) && place >= 0 && place < same.length) return same[place];
    const allowed = same.length > 0 ? `a whole number from 0 to ${same.length - 1}` : "no number: nothing is there yet";
    throw new ArgumentError(`${at}.same`, describe(place), allowed);
  },
};

/** The fields of an object whose names were checked. */
const readFields = (value: Record<string, unknown>, at: string, depth: number, reading: Reading) =>
  Object.fromEntries(Object.entries(value).map(([name, each]) => [name, read(each, `${at}.${name}`, depth, reading)]));

function readTransform(value: Record<string, unknown>, at: string, depth: number, reading: Reading): unknown {
  checkFields(at, value, ["transform", "settings"], "a transform");
  const { transform: name, settings = {} } = value;
  const declaration = typeof name === "string" ? declarationOf(name) : undefined;
  if (!declaration) throw unknownName(`${at}.transform`, name, registry.keys(), "transform");
  checkFields(`${at}.settings`, settings, settingsOf(declaration), "an object of settings");
  const given = readFields(settings as Record<string, unknown>, `${at}.settings`, depth, reading);
  checkOn(given.on, `${at}.settings.on`);
  return relabelled(
    () => {
      const made = construct(declaration, given);
      // What the parameters do not allow is found by planning.
      planTree([made]);
      return made;
    },
    (argument) => `${at}.settings.${argument.replace(/^(?:transforms\[0\]|\w+)\./, "")}`,
  );
}

/** Which samples a transform applies to is looked at when a batch comes; what it can never be is refused here. */
function checkOn(on: unknown, at: string): void {
  if (on === undefined || on instanceof Tensor) return;
  if (!Array.isArray(on) || !on.every((each) => each === 0 || each === 1))
    throw new ArgumentError(at, describe(on), "a list of 0 and 1, or a tensor");
}

function readRow(
  tag: keyof typeof ROWS,
  value: Record<string, unknown>,
  at: string,
  depth: number,
  reading: Reading,
): unknown {
  const name = value[tag];
  const rows = ROWS[tag];
  if (typeof name !== "string" || !Object.hasOwn(rows, name))
    throw unknownName(
      `${at}.${tag}`,
      name,
      Object.keys(rows),
      { selection: "combinator", distribution: "distribution", part: "part of an image" }[tag],
    );
  const { fields, make } = rows[name];
  checkFields(at, value, [tag, ...Object.keys(fields)], `the fields of ${name}`);
  const { [tag]: _, ...given } = value;
  const read = readFields(given, at, depth, reading);
  const missing = Object.keys(fields).find((field) => fields[field] === NEEDED && read[field] === undefined);
  if (missing !== undefined)
    throw new ArgumentError(`${at}.${missing}`, "nothing", `a value: ${name} has no default for it`);
  const made = relabelled(
    () => make(read) as Record<string, unknown>,
    (argument) => `${at}.${argument.replace(/ of \w+\(\)$/, "").replace(/^options\./, "")}`,
  );
  // Nothing that is said is left aside.
  for (const [field, said] of Object.entries(read))
    if (typeof said === typeof made[field] && typeof said !== "object" && said !== made[field])
      throw new ArgumentError(`${at}.${field}`, describe(said), describe(made[field]));
  return made;
}

function readTensor(value: Record<string, unknown>, at: string, depth: number, reading: Reading): unknown {
  checkFields(at, value, ["tensor", "shape", "dtype", "learns"], "a tensor");
  const { gpu, made } = reading;
  if (!gpu) throw new ArgumentError(at, "a tensor", "numbers, or a device for it: fromRecipe(document, { gpu })");
  const { tensor: values, shape, dtype = "f32", learns = false } = readFields(value, at, depth, reading);
  const options = { dtype: dtype as DType, requiresGrad: learns as boolean };
  if (!Array.isArray(values) || !values.every((each) => typeof each === "number"))
    throw new ArgumentError(`${at}.tensor`, describe(values), "a list of numbers");
  if (Array.isArray(shape) && count(shape as number[]) > values.length)
    throw new ShapeError(`${at}.tensor`, `${values.length} values`, `as many as ${describe(shape)} says`);
  const result = relabelled(
    () => tensor(gpu, values, shape as Shape, options),
    (argument) => `${at}.${{ data: "tensor", requiresGrad: "learns" }[argument] ?? argument}`,
  );
  made.push(result);
  return result;
}
