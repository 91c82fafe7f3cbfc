/** One transform with rows of values, on a device: its result and all its gradients. */
import {
  apply,
  type DType,
  type Gpu,
  grad,
  type ParamSpec,
  parameter,
  registry,
  type Tensor,
  type Transform,
  tensor,
} from "../../../src/index.ts";
import { imageOfCase } from "../../reference/image.ts";
import type { Case64, Image64, Params64, Shape4, Transform64 } from "../../reference/index.ts";
import { weightsFor } from "../check.ts";

/** What to run: a case, with some of it replaced. */
export interface Asked {
  made: Case64;
  /** Its image; f32 values, or what another storage type makes of them. */
  image: ArrayLike<number>;
  shape: Shape4;
  /** Rows of values instead of the case's. */
  rows?: Params64;
  dtype?: Extract<DType, "f32" | "f16">;
  /** Samples that it applies to. */
  on?: readonly number[];
  /** A gate for each sample, whose gradient comes with those of the parameters, as `on`. */
  gate?: readonly number[];
  before?: Transform[];
  after?: Transform[];
  /** Every transform by a call of its own. */
  apart?: boolean;
  /** Gradient of the result; weights without a pattern unless given. */
  seed?: ArrayLike<number>;
}

/** What came out, as numbers. */
export interface Ran {
  shape: Shape4;
  y: Float32Array;
  image: Float32Array;
  params: Record<string, Float32Array>;
}

/** The settings of a case as a transform takes them: tensors with a gradient, where there is one. */
export function construct({ name, options = {} }: Case64, values: Record<string, unknown>): Transform {
  const declaration = registry.get(name);
  if (!declaration) throw new Error(`${name} is not in the registry`);
  const params = Object.entries(declaration.params).map(([param, spec]) => [param, values[param] ?? spec.default]);
  const chosen = Object.entries(declaration.options ?? {}).map(([option, spec]) => [
    option,
    options[option] ?? spec.default,
  ]);
  const field = values[declaration.field?.name ?? ""];
  const looks = field ? { field: field as Transform["field"] } : {};
  return { declaration, params: Object.fromEntries(params), options: Object.fromEntries(chosen), ...looks };
}

/** Rows as a tensor that learns: [N], or [N, width]; a list as it is; or of a shape. */
function leafOf(gpu: Gpu, rows: number[][], spec: ParamSpec | Shape4): Tensor {
  if (Array.isArray(spec)) return parameter(gpu, rows.flat(), spec);
  const isList = Boolean((spec as ParamSpec).list);
  const width = rows[0].length;
  return parameter(
    gpu,
    rows.flat(),
    isList && rows.length === 1 ? [width] : width === 1 ? [rows.length] : [rows.length, width],
  );
}

/** The shape of what a field looks through: of its own size, or of that of the image. */
function fieldShape({ field }: Case64, rows: number[][], [height, width]: readonly number[]): Shape4 {
  return [rows.length, 2, ...field!(height, width).size];
}

/** The shape of an image beside the input. */
const besideShape = (rows: number[][], [height, width]: readonly number[]): Shape4 => [
  rows.length,
  rows[0].length / (height * width),
  height,
  width,
];

/** Whether a parameter is an image beside the input. */
export const isBeside = (name: string, param: string): boolean => registry.get(name)!.params[param]?.role === "image";

/** Whether a parameter has a gradient. */
export const isLearnable = (name: string, param: string): boolean => {
  const spec = registry.get(name)!.params[param];
  return spec?.gradient !== false && !spec?.integer;
};

/** A parameter's rows as numbers: a list of a value per sample, or of rows, or one list for all samples, or for each. */
const numbersOf = (name: string, param: string, rows: number[][]): unknown =>
  (registry.get(name)!.params[param].list && rows.length === 1) || rows[0].length === 1 ? rows.flat() : rows;

/** Rows of a case as its settings for images of [height, width], and those of them that learn. */
export function givenOf(gpu: Gpu, made: Case64, rows: Params64, size: readonly number[]) {
  const { params } = registry.get(made.name)!;
  const values: Record<string, unknown> = {};
  const leaves: Record<string, Tensor> = {};
  for (const [name, own] of Object.entries(rows)) {
    if (isLearnable(made.name, name)) {
      const isImage = isBeside(made.name, name);
      leaves[name] = leafOf(gpu, own, isImage ? besideShape(own, size) : (params[name] ?? fieldShape(made, own, size)));
      values[name] = leaves[name];
    } else values[name] = numbersOf(made.name, name, own);
  }
  return { values, leaves };
}

/** Applies and pulls back, and reads everything at once. What was made is freed. @throws at once what the call refuses */
export function runCase(gpu: Gpu, asked: Asked): Promise<Ran> {
  const { made, image, shape, rows = rowsFor(made, shape), dtype = "f32", on, gate, before = [], after = [] } = asked;
  const scope = gpu.scope();
  try {
    const { values, leaves } = givenOf(gpu, made, rows, shape.slice(2));
    if (gate) leaves.on = parameter(gpu, [...gate]);
    const transform = { ...construct(made, values), on: gate ? leaves.on : on };
    const x = tensor(gpu, Float32Array.from(image), shape, { dtype, requiresGrad: true });
    const chain = [...before, transform, ...after];
    const y = asked.apart ? chain.reduce<Tensor<DType>>((t, link) => apply(t, link), x) : apply(x, chain);
    const seed = asked.seed ?? weightsFor(y.size);
    const wanted = [x, ...Object.values(leaves)] as Tensor[];
    const gradients = grad(y, wanted, { gradient: tensor(gpu, Float32Array.from(seed), y.shape) });
    const reads = [y, ...gradients].map((t) => t.read() as Promise<Float32Array>);
    return Promise.all(reads)
      .then(([result, own, ...others]) => ({
        shape: [...y.shape] as Shape4,
        y: result,
        image: own,
        params: Object.fromEntries(Object.keys(leaves).map((name, i) => [name, others[i]])),
      }))
      .finally(() => scope.dispose());
  } catch (error) {
    scope.dispose();
    throw error;
  }
}

/** Values as f32 has them. */
export const rounded = (rows: Params64): Params64 =>
  Object.fromEntries(Object.entries(rows).map(([name, own]) => [name, own.map((row) => row.map(Math.fround))]));

/** The size of a result that has the size of what a field looks through. */
function sizeFrom({ name, field }: Case64): { height?: number; width?: number } {
  if (!registry.get(name)?.field?.sizes) return {};
  const [height, width] = field!(1, 1).size;
  return { height, width };
}

/** The same for the float64 reference. */
export const asReference = (made: Case64, rows: Params64): Transform64 => ({
  name: made.name,
  params: rounded(rows),
  options: { ...made.options, ...sizeFrom(made) },
  context: made.context,
});

/** Rows of a case for a shape: a row with a value per channel gets as many as there are, a field what it looks through. */
export function rowsFor(made: Case64, [, channels, height, width]: readonly number[]): Params64 {
  const { params, field } = registry.get(made.name)!;
  const looks: Params64 = field?.name && made.field ? { [field.name]: made.field(height, width).rows } : {};
  const beside = Object.fromEntries(
    Object.keys(params)
      .filter((param) => isBeside(made.name, param))
      .map((param, i) => {
        const shape: Shape4 = [2, made.images?.[param] ?? channels, height, width];
        const image = Array.from(imageOfCase(made, shape, 11 + i).data);
        return [param, [sampleOf(image, 0, 2), sampleOf(image, 1, 2)]];
      }),
  );
  return Object.fromEntries(
    Object.entries({ ...made.params, ...looks, ...beside }).map(([name, rows]) => {
      if (params[name]?.size !== "C") return [name, rows];
      const most = params[name].below === "C" ? channels - 1 : Number.POSITIVE_INFINITY;
      return [name, rows.map((row) => Array.from({ length: channels }, (_, c) => Math.min(row[c % row.length], most)))];
    }),
  );
}

/** The values of sample n. */
export function sampleOf(values: ArrayLike<number>, n: number, samples: number): number[] {
  const each = values.length / samples;
  return Array.from(values).slice(n * each, (n + 1) * each);
}

/** Largest difference, relative to the largest expected value (at least 1). */
export function relativeError(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (found.length !== expected.length) return Number.POSITIVE_INFINITY;
  let [worst, scale] = [0, 1];
  for (let i = 0; i < found.length; i++) {
    const error = Math.abs(found[i] - expected[i]);
    worst = Number.isNaN(error) ? Number.POSITIVE_INFINITY : Math.max(worst, error);
    scale = Math.max(scale, Math.abs(expected[i]));
  }
  return worst / scale;
}

/** An image as the float64 reference takes it. */
export const image64 = (data: ArrayLike<number>, shape: Shape4): Image64 => ({ data: Float64Array.from(data), shape });
