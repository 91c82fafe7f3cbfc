import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { GoldenError, type NpyArray, readNpy } from "./npy.ts";

/** An array beside the manifest: stored as float32, `dtype` is what it stands for. */
export interface ArraySpec {
  file: string;
  shape: number[];
  dtype?: string;
}

/** An output; with `trust: "ties"` either value is right, element by element. */
export interface OutputSpec extends ArraySpec {
  trust?: string;
  float32_alternative?: string | ArraySpec;
}

/** A gradient, or the reason why there is none. Only `trust: "ok"` is compared. */
export interface GradSpec extends Partial<ArraySpec> {
  trust?: string;
  grad?: null;
  why?: string;
}

/** A parameter of a pipeline step, in full. */
export interface StoredParam {
  dtype: string;
  shape: number[];
  value?: Nested;
  file?: string;
}

export type Nested = number | boolean | Nested[];

/** One augmentation of a pipeline: class, options, and the parameters that it drew. */
export interface PipelineStep {
  class: string;
  init?: Record<string, unknown>;
  flags?: Record<string, unknown>;
  /** Which patches of the batch it applies to, in a container of patches. */
  patch_indices?: number[];
  params: Record<string, StoredParam>;
}

/** One case: inputs, parameters, and what must come out. */
export interface Case {
  name: string;
  op: string;
  group: string;
  inputs: Record<string, ArraySpec>;
  params?: Record<string, unknown>;
  pipeline?: PipelineStep[];
  container?: Record<string, unknown>;
  outputs: Record<string, OutputSpec>;
  weights: Record<string, ArraySpec>;
  grads: Record<string, GradSpec> | null;
  /** What a class drew before it made the parameters of it that it keeps. */
  explicit?: Record<string, number[]>;
  notes?: string;
}

/** A directory of cases. */
export interface Golden {
  directory: string;
  meta: unknown;
  cases: Case[];
}

/**
 * Reads `manifest.json` of a directory and checks its structure.
 * @throws GoldenError naming the file and the first thing that is wrong
 */
export async function readGolden(directory: string): Promise<Golden> {
  const found = await stat(directory).catch(() => null);
  if (!found) throw new GoldenError(`${directory} does not exist.`);
  if (!found.isDirectory()) throw new GoldenError(`${directory} is not a directory.`);
  const file = join(directory, "manifest.json");
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch {
    throw new GoldenError(`${file} is missing or cannot be read.`);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new GoldenError(`${file} is not valid JSON: ${(error as Error).message}.`);
  }
  const cases = isRecord(json) ? json.cases : undefined;
  if (!Array.isArray(cases)) throw new GoldenError(`${file} has no list "cases".`);
  cases.forEach((entry, i) => {
    const problem = problemOf(entry);
    if (problem) throw new GoldenError(`${file}, case ${isRecord(entry) && entry.name ? entry.name : i}: ${problem}.`);
  });
  return { directory, meta: (json as Record<string, unknown>).meta, cases: cases as Case[] };
}

/** The values of an array of the manifest. */
export function load(golden: Golden, spec: ArraySpec): Promise<NpyArray> {
  return readNpy(join(golden.directory, spec.file), spec.shape);
}

/** Every array of a case, its parameters included. */
export function arraysOf(item: Case): ArraySpec[] {
  const specs: ArraySpec[] = [];
  const visit = (value: unknown): void => {
    if (!isRecord(value) && !Array.isArray(value)) return;
    if (isRecord(value) && isArraySpec(value)) specs.push(value);
    for (const inner of Object.values(value)) visit(inner);
  };
  visit(item);
  for (const output of Object.values(item.outputs)) {
    if (typeof output.float32_alternative === "string") specs.push({ ...output, file: output.float32_alternative });
  }
  return specs;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isArraySpec(value: unknown): value is ArraySpec {
  return isRecord(value) && typeof value.file === "string" && isShape(value.shape);
}

function isShape(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isInteger(size) && size >= 0);
}

function problemOf(entry: unknown): string | null {
  if (!isRecord(entry)) return "it is not an object";
  for (const key of ["name", "op", "group"]) if (typeof entry[key] !== "string") return `"${key}" is missing`;
  for (const key of ["inputs", "outputs", "weights"]) {
    const arrays = entry[key];
    if (!isRecord(arrays)) return `"${key}" is missing`;
    for (const [name, spec] of Object.entries(arrays)) {
      if (!isArraySpec(spec)) return `"${key}.${name}" has no file and shape`;
    }
  }
  if (Object.keys(entry.outputs as object).length === 0) return `"outputs" is empty`;
  if (entry.grads !== null && !isRecord(entry.grads)) return `"grads" is neither an object nor null`;
  for (const [name, spec] of Object.entries(entry.grads ?? {})) {
    if (!isRecord(spec) || (spec.grad !== null && !isArraySpec(spec))) return `"grads.${name}" has no file and shape`;
  }
  if (!isRecord(entry.params) && !Array.isArray(entry.pipeline)) return `neither "params" nor "pipeline" is there`;
  for (const step of (entry.pipeline ?? []) as unknown[]) {
    if (!isRecord(step) || typeof step.class !== "string" || !isRecord(step.params))
      return "a step has no class or params";
    for (const [name, param] of Object.entries(step.params)) {
      if (!isRecord(param) || !isShape(param.shape)) return `parameter "${name}" of ${step.class} has no shape`;
    }
  }
  return null;
}
