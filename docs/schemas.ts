import type { SequentialOptions } from "../src/augment/index.ts";
import { SCHEMA } from "../src/recipes/format.ts";
import { DISTRIBUTIONS, NEEDED, PARTS, SELECTIONS } from "../src/recipes/tables.ts";

// The schemas of what pipelines write, made of the tables that read it. JSON Schema, draft 2020-12.

type Schema = Readonly<Record<string, unknown>>;

const DIALECT = "https://json-schema.org/draft/2020-12/schema";
const closed = (
  properties: Readonly<Record<string, Schema>>,
  required: readonly string[],
  description?: string,
): Schema => ({
  type: "object",
  ...(description ? { description } : {}),
  required,
  additionalProperties: false,
  properties,
});
const ref = (name: string): Schema => ({ $ref: `#/$defs/${name}` });
const list = (items: Schema, rest: Schema = {}): Schema => ({ type: "array", items, ...rest });
const anyOf = (...schemas: readonly Schema[]): Schema => ({ anyOf: schemas });
const whole = (maximum: number): Schema => ({ type: "integer", minimum: 0, maximum });

/** What a field is, by what is there unless it is written. */
function fieldOf(name: string, usual: unknown): Schema {
  if (name === "links") return ref("link");
  if (name === "key") return { type: "string" };
  if (typeof usual === "boolean") return { type: "boolean" };
  if (typeof usual === "string") return { type: "string" };
  return ref("value");
}

type Rows = Readonly<Record<string, { readonly fields: Readonly<Record<string, unknown>> }>>;

/** A distribution or a combinator of each kind. */
const rowsOf = (tag: string, rows: Rows): Schema => ({
  oneOf: Object.entries(rows).map(([name, { fields }]) =>
    closed(
      {
        [tag]: { const: name },
        ...Object.fromEntries(Object.entries(fields).map(([field, usual]) => [field, fieldOf(field, usual)])),
      },
      [tag, ...Object.keys(fields).filter((field) => fields[field] === NEEDED)],
    ),
  ),
});

/** Options of a pipeline: one that is missing does not compile. */
const OPTIONS: { readonly [Name in keyof SequentialOptions]-?: Schema } = {
  seed: { ...whole(Number.MAX_SAFE_INTEGER), description: "Of calls that give none; 0 unless given." },
  sameOnBatch: { type: "boolean", description: "Whether all samples of a batch get the same; false unless given." },
  compose: { type: "boolean", description: "Whether maps in a row are one resample; true unless given." },
  dtype: { enum: ["f32", "f16", "u8"], description: "Storage type of the result." },
};

const PIPELINE: Schema = {
  $schema: DIALECT,
  $id: SCHEMA,
  title: "A pipeline of augrad",
  description: "What toRecipe() of augrad/recipes writes and fromRecipe() reads.",
  ...closed(
    {
      $schema: { type: "string", description: "Where this schema is." },
      format: { const: "augrad/pipeline" },
      version: { const: 1 },
      options: {
        ...closed(OPTIONS, []),
        description: "Options of the pipeline.",
      },
      same: list(anyOf(ref("transform"), ref("distribution"), ref("tensor")), {
        description:
          'What stands at several places, where { "same": 0 } is the first of them. An entry may hold earlier ones.',
      }),
      transforms: list(ref("link")),
    },
    ["format", "version", "transforms"],
  ),
  $defs: {
    link: {
      description: "A transform, a choice, a combinator, a pipeline, or a list of them in a row.",
      ...anyOf(
        ref("transform"),
        ref("choice"),
        ref("selection"),
        ref("part"),
        ref("pipeline"),
        ref("same"),
        list(ref("link")),
      ),
    },
    transform: closed(
      {
        transform: { type: "string", description: "Its name in the registry." },
        settings: {
          type: "object",
          description: "Its parameters and options by name, and p, on and key. What is left out is at its default.",
          additionalProperties: ref("value"),
        },
      },
      ["transform"],
    ),
    choice: closed({ choices: list(list(ref("transform"))), index: ref("value") }, ["choices", "index"]),
    same: closed({ same: { ...whole(2 ** 32 - 1), description: "The place of an entry of same." } }, ["same"]),
    pipeline: closed({ pipeline: list(ref("link")) }, ["pipeline"]),
    selection: { description: "A combinator.", ...rowsOf("selection", SELECTIONS) },
    part: { description: "Links that are applied in a part of images, or in a share.", ...rowsOf("part", PARTS) },
    distribution: { description: "A random value.", ...rowsOf("distribution", DISTRIBUTIONS) },
    tensor: closed(
      {
        tensor: list({ type: "number" }, { description: "Its values, row by row." }),
        shape: list({ type: "integer", minimum: 1 }),
        dtype: { enum: ["f32", "f16", "u8", "rgba8"], description: "f32 unless given." },
        learns: { type: "boolean", description: "Whether gradients flow to it; false unless given." },
      },
      ["tensor", "shape"],
    ),
    value: anyOf(
      { type: "number" },
      { type: "string" },
      { type: "boolean" },
      list(ref("value")),
      ref("distribution"),
      ref("tensor"),
      ref("same"),
    ),
  },
};

const numbers = (depth: number): Schema => (depth === 0 ? { type: "number" } : list(numbers(depth - 1)));

const SAMPLED: Schema = {
  $schema: DIALECT,
  $id: SCHEMA.replace("pipeline.", "sampled."),
  title: "What a pipeline of augrad drew for a batch",
  description: "What sample() returns and replay() takes.",
  ...closed(
    {
      version: { const: 1 },
      n: { type: "integer", minimum: 1, description: "Samples in the batch." },
      seed: whole(Number.MAX_SAFE_INTEGER),
      step: whole(Number.MAX_SAFE_INTEGER),
      samples: list(whole(2 ** 32 - 1), { description: "Identities of the samples." }),
      transforms: list(
        closed(
          {
            name: { type: "string" },
            on: list(
              { type: "number", minimum: 0, maximum: 1 },
              { description: "Whether it applies, for each sample." },
            ),
            onUnits: list(ref("unit"), { description: "Uniform numbers of a coin whose p is learned." }),
            params: {
              type: "object",
              description: "Values by parameter, in its unit: one for all samples, one for each, or a row for each.",
              additionalProperties: anyOf(numbers(0), numbers(1), numbers(2), numbers(3)),
            },
            units: {
              type: "object",
              description: "Uniform numbers by parameter whose bounds are learned.",
              additionalProperties: anyOf(list(ref("unit")), list(list(ref("unit")))),
            },
          },
          ["name", "params", "units"],
        ),
        { description: "One entry for each transform, in the order in which they run." },
      ),
      choices: list(
        closed(
          {
            name: { enum: [...Object.keys(SELECTIONS), "patchwise"] },
            chosen: list(anyOf(whole(2 ** 32 - 1), list(whole(2 ** 32 - 1)))),
            units: list(list({ $ref: "#/$defs/unit" })),
            shares: list(list({ type: "number", minimum: 0, maximum: 1 })),
          },
          ["name", "chosen"],
        ),
        { description: "What every sample gets of each combinator, in the order in which they were written." },
      ),
    },
    ["version", "n", "transforms"],
  ),
  $defs: { unit: { type: "number", minimum: 0, exclusiveMaximum: 1 } },
};

/** The schemas by the files that they are in, as text. */
export const SCHEMAS: Readonly<Record<string, string>> = {
  "schemas/pipeline.schema.json": `${JSON.stringify(PIPELINE, null, 2)}\n`,
  "schemas/sampled.schema.json": `${JSON.stringify(SAMPLED, null, 2)}\n`,
};
