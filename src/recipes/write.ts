import { isDistribution, type Pipeline } from "../augment/index.ts";
import { isPipeline, isSelection, optionsOf } from "../augment/tree.ts";
import { noGrad } from "../autograd/index.ts";
import type { StoredType } from "../compiler/index.ts";
import { ArgumentError, describe } from "../gpu/index.ts";
import { type DType, show, Tensor } from "../tensor/index.ts";
import type { Transform } from "../transforms/index.ts";
import { isChoice } from "../transforms/language/choose.ts";
import { declarationOf, isTransform } from "../transforms/language/declare.ts";
import { givenOf } from "../transforms/language/show.ts";
import { FORMAT, type Json, MOST_NUMBERS, type PipelineRecipe, VERSION } from "./format.ts";
import { ROWS } from "./tables.ts";

/** An object of a document on the way, whose tensors are not read yet. */
type Draft = Record<string, unknown>;

/** What was written so far. */
interface Writing {
  /** What may stand at several places, and how it is written; what is in one comes before it. */
  readonly once: Map<object, { readonly draft: Draft; uses: number }>;
  /** Tensors, read at the end. */
  readonly tensors: {
    readonly tensor: Tensor<DType>;
    readonly draft: Draft;
    readonly at: string;
    readonly own: boolean;
  }[];
}

/**
 * A pipeline as a plain value that JSON can hold: transforms by their names and the settings that differ from the defaults,
 * distributions, combinators, choices, keys, weights, options. {@link fromRecipe} makes a pipeline of it that prints and draws the same,
 * and on one device gives the same bits.
 *
 * Tensors are written by value, as they are when this is called: `{ "tensor": [0.5], "shape": [1], "learns": true }`. Where a bound is a
 * function, what it makes now is written: of which parameters, no document can say. Transforms, distributions and
 * tensors that stand at several places stay one. JSON has no -0, which becomes 0.
 * @throws ArgumentError that names the place of what cannot be written: a number that is not finite, a transform that is not in the
 * registry under its name, `blend` and its like, which are no combinators, tensors of more than four million values
 */
export async function toRecipe(pipeline: Pipeline<StoredType | undefined>): Promise<PipelineRecipe> {
  if (!isPipeline(pipeline)) throw new ArgumentError("pipeline", describe(pipeline), "what sequential([...]) returned");
  const writing: Writing = { once: new Map(), tensors: [] };
  const options = draftOf(optionsOf(pipeline), "options", writing);
  const transforms = written(pipeline.transforms, "transforms", writing);
  await readTensors(writing.tensors);
  const several = [...writing.once.values()].filter(({ uses }) => uses > 1).map(({ draft }) => draft);
  const places = new Map(several.map((draft, i) => [draft as object, i]));
  return {
    format: FORMAT,
    version: VERSION,
    ...(Object.keys(options).length > 0 ? { options: placed(options, places) } : {}),
    ...(several.length > 0 ? { same: several.map((draft) => placed(draft, places, true)) } : {}),
    transforms: placed(transforms, places),
  } as PipelineRecipe;
}

/** A copy in which what stands at several places is named by its number. */
function placed(value: unknown, places: ReadonlyMap<object, number>, itself = false): Json {
  if (typeof value !== "object" || value === null) return value as Json;
  if (Array.isArray(value)) return value.map((each) => placed(each, places));
  const same = places.get(value);
  if (same !== undefined && !itself) return { same };
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, placed(each, places)]));
}

function written(value: unknown, at: string, to: Writing): unknown {
  if (typeof value === "number") return finite(value, at);
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (value instanceof Tensor) return once(value, to, () => tensorDraft(value, at, to, false));
  if (Array.isArray(value) || ArrayBuffer.isView(value))
    return Array.from(value as ArrayLike<unknown>, (each, i) => written(each, `${at}[${i}]`, to));
  if (isTransform(value)) return once(value, to, () => transformDraft(value, at, to));
  if (isChoice(value)) return draftOf({ choices: value.choices, index: value.index }, at, to);
  if (isPipeline(value)) return { pipeline: written(value.transforms, `${at}.pipeline`, to) };
  if (isSelection(value)) return rowDraft("selection", value, at, to);
  if (isDistribution(value)) return once(value, to, () => rowDraft("distribution", value, at, to));
  if (typeof value === "function") return once(value, to, () => madeDraft(value as () => unknown, at, to));
  throw new ArgumentError(at, describe(value), "a number, a list, a tensor, a distribution or a part of a pipeline");
}

/** JSON would write null for NaN and infinity, and has no -0. */
function finite(value: number, at: string): number {
  if (!Number.isFinite(value)) throw new ArgumentError(at, String(value), "a finite number: JSON has no other");
  return value + 0;
}

function once(value: object, { once: known }: Writing, draft: () => Draft): Draft {
  const found = known.get(value);
  if (found) {
    found.uses++;
    return found.draft;
  }
  const made = draft();
  known.set(value, { draft: made, uses: 1 });
  return made;
}

const draftOf = (values: object, at: string, to: Writing): Draft =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, written(value, `${at}.${name}`, to)]));

function transformDraft(transform: Transform, at: string, to: Writing): Draft {
  const { name } = transform.declaration;
  if (transform.links) {
    const { tree: links, given } = transform.links;
    return rowDraft("part", { part: name, links, ...given, key: transform.key }, at, to);
  }
  if (declarationOf(name) !== transform.declaration) {
    const given = `a transform that is not the registry's ${JSON.stringify(name)}`;
    throw new ArgumentError(at, given, "one that the program has imported, or declared last under its name");
  }
  const settings = draftOf(Object.fromEntries(givenOf(transform)), `${at}.settings`, to);
  return { transform: name, ...(Object.keys(settings).length > 0 ? { settings } : {}) };
}

/** The fields that differ from what they are unless written. */
function rowDraft(tag: keyof typeof ROWS, value: object, at: string, to: Writing): Draft {
  const fields = value as Readonly<Record<string, unknown>>;
  const name = fields[tag] as string;
  const { fields: usual } = ROWS[tag][name];
  const given = Object.keys(usual).filter((field) => fields[field] !== undefined && fields[field] !== usual[field]);
  return { [tag]: name, ...draftOf(Object.fromEntries(given.map((field) => [field, fields[field]])), at, to) };
}

/** What a function makes of parameters, as it is now. */
function madeDraft(make: () => unknown, at: string, to: Writing): Draft {
  const made = noGrad(make);
  if (!(made instanceof Tensor)) throw new ArgumentError(at, describe(made), "a function that returns a tensor");
  return tensorDraft(made, at, to, true);
}

/** @param own whether the tensor was made to be written */
function tensorDraft(tensor: Tensor<DType>, at: string, { tensors }: Writing, own: boolean): Draft {
  const { shape, dtype, requiresGrad } = tensor;
  const draft: Draft = { tensor: [], shape: [...shape] };
  if (dtype !== "f32") draft.dtype = dtype;
  // What was computed of others does not learn by itself.
  if (requiresGrad && !tensor.origin) draft.learns = true;
  tensors.push({ tensor, draft, at, own });
  return draft;
}

async function readTensors(tensors: Writing["tensors"]): Promise<void> {
  const total = tensors.reduce((sum, { tensor }) => sum + tensor.size, 0);
  try {
    if (total > MOST_NUMBERS) {
      const { at, tensor } = tensors.reduce((a, b) => (b.tensor.size > a.tensor.size ? b : a));
      throw new ArgumentError(at, `a tensor ${show(tensor.shape)}`, `at most ${MOST_NUMBERS} values in all`);
    }
    await Promise.all(
      tensors.map(async ({ tensor, draft, at }) => {
        const values = Array.from((await tensor.read()) as ArrayLike<number>);
        draft.tensor = values.map((value, i) => finite(value, `${at}[${i}]`));
      }),
    );
  } finally {
    for (const { tensor, own } of tensors) if (own) tensor.dispose();
  }
}
