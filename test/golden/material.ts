import { type Gpu, type Tensor, tensor } from "../../src/index.ts";
import {
  type ArraySpec,
  type Case,
  type Golden,
  isArraySpec,
  isRecord,
  load,
  type Nested,
  type PipelineStep,
  type StoredParam,
} from "./manifest.ts";
import { GoldenError } from "./npy.ts";

/** Thrown by the mapping where augrad cannot do what a case asks for; the message is the reason. */
export class NotImplementedYet extends Error {
  override name = "NotImplementedYet";
}

/** What a mapping makes of a case. */
export interface Outcome {
  outputs: Record<string, Tensor>;
  /** Whether it samples the nearest pixel somewhere: where two are equally near, either is right. */
  ties?: boolean;
  /** Share of the values that may be off. */
  share?: number;
  /** Absolute error allowed beside the tolerance, for references that are themselves inexact. */
  extra?: number;
  /** Why `share` or `extra`. */
  note?: string;
}

/** What the mapping gets: the tensors of a case, its parameters as tensors, its options as plain values. */
export class Material {
  /** Tensors whose gradient the case knows, by the name of the gradient. */
  readonly leaves = new Map<string, Tensor>();
  #arrays = new Map<string, Float32Array>();

  private constructor(
    readonly gpu: Gpu,
    readonly item: Case,
  ) {}

  /** Loads what the case needs. @throws GoldenError */
  static async open(gpu: Gpu, golden: Golden, item: Case): Promise<Material> {
    const material = new Material(gpu, item);
    const stored: ArraySpec[] = [
      ...Object.values(item.inputs),
      ...Object.values(item.params ?? {}).filter(isArraySpec),
      ...(item.pipeline ?? []).flatMap((step) =>
        Object.values(step.params).filter((param): param is StoredParam & ArraySpec => isArraySpec(param)),
      ),
    ];
    for (const spec of stored) material.#arrays.set(spec.file, (await load(golden, spec)).data);
    return material;
  }

  /** An input by name, or the case's only one. */
  input(name?: string): Tensor {
    const key = name ?? Object.keys(this.item.inputs)[0];
    const spec = this.item.inputs[key];
    if (!spec) throw new GoldenError(`Case ${this.item.name} has no input "${key}".`);
    return this.#leaf(key, this.#arrays.get(spec.file)!, spec.shape);
  }

  has(name: string): boolean {
    const value = this.item.params?.[name];
    return value !== undefined && value !== null;
  }

  /** A numeric parameter as a tensor of its own shape (`[]` for a number). */
  param(name: string): Tensor {
    const value = this.item.params?.[name];
    if (value === undefined || value === null)
      throw new GoldenError(`Case ${this.item.name} has no parameter "${name}".`);
    if (isArraySpec(value)) return this.#leaf(name, this.#arrays.get(value.file)!, value.shape);
    return this.#leaf(name, flatten(value as Nested), shapeOf(value as Nested));
  }

  /** A parameter as it stands in the manifest: numbers, strings, flags. */
  option<T>(name: string, fallback: T): T {
    const value = this.item.params?.[name];
    return value === undefined || value === null ? fallback : (value as T);
  }

  /** What step `i` of a pipeline drew, as a tensor. */
  drawn(i: number, name: string): Tensor {
    const stored = this.#step(i).params[name];
    if (!stored)
      throw new GoldenError(`Case ${this.item.name}, step ${i} (${this.#step(i).class}) has no parameter "${name}".`);
    return this.#leaf(`${i}.${name}`, this.drawnNumbers(i, name), stored.shape);
  }

  /** What step `i` drew, as numbers in row-major order. */
  drawnNumbers(i: number, name: string): Float32Array {
    const stored = this.#step(i).params[name];
    if (!stored)
      throw new GoldenError(`Case ${this.item.name}, step ${i} (${this.#step(i).class}) has no parameter "${name}".`);
    return isArraySpec(stored) ? this.#arrays.get(stored.file)! : flatten(stored.value ?? 0);
  }

  /** An option of step `i`, from its constructor or its flags. */
  setting<T>(i: number, name: string, fallback: T): T {
    const { init, flags } = this.#step(i);
    const value = init?.[name] ?? flags?.[name];
    return value === undefined || value === null ? fallback : (value as T);
  }

  constant(values: ArrayLike<number> | number, shape: readonly number[]): Tensor {
    return tensor(this.gpu, typeof values === "number" ? [values] : values, shape);
  }

  #step(i: number): PipelineStep {
    return this.item.pipeline![i];
  }

  #leaf(name: string, data: Float32Array, shape: readonly number[]): Tensor {
    const known = this.leaves.get(name);
    if (known) return known;
    const spec = this.item.grads?.[name];
    const wanted = isRecord(spec) && spec.trust === "ok";
    const leaf = tensor(this.gpu, data, shape, { requiresGrad: wanted });
    if (wanted) this.leaves.set(name, leaf);
    return leaf;
  }
}

/** Numbers of a nested list, in row-major order; flags are 0 and 1. */
export function flatten(value: Nested): Float32Array {
  return Float32Array.from(
    Array.isArray(value) ? (value as unknown[]).flat(Number.POSITIVE_INFINITY) : [value],
    Number,
  );
}

export function shapeOf(value: Nested): number[] {
  return Array.isArray(value) ? [value.length, ...(value.length ? shapeOf(value[0]) : [])] : [];
}
