/** What JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** A pipeline as a document: `schemas/pipeline.schema.json` of the package says what may stand where. */
export interface PipelineRecipe {
  /** Where the schema is, for editors. */
  readonly $schema?: string;
  /** What the document is. */
  readonly format: "augrad/pipeline";
  /** Version of the format. */
  readonly version: 1;
  /** Options of the pipeline: `seed`, and those of `apply`. */
  readonly options?: { readonly [name: string]: Json };
  /** What stands at several places: `{ "same": 0 }` is the first of them, the same random variable or the same tensor. */
  readonly same?: readonly Json[];
  /** Transforms, choices, combinators, lists and pipelines, in order. */
  readonly transforms: readonly Json[];
}

export const FORMAT = "augrad/pipeline";
export const VERSION = 1;

/** Where the schemas are, in the package. */
export const SCHEMA = "https://augrad.github.io/schemas/pipeline.schema.json";

/** Lists and objects in each other; a document that is deeper was not written by augrad. */
export const DEEPEST = 100;
/** Objects of a document: transforms, distributions, tensors. */
export const MOST_OBJECTS = 20_000;
/** Numbers of a document. */
export const MOST_NUMBERS = 2 ** 22;
