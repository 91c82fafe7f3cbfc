import { broadcastTo } from "../autograd/index.ts";
import { checkTensor, checkTogether } from "../autograd/operands.ts";
import { ArgumentError, describe, type Gpu, oneOf, rule, ShapeError } from "../gpu/index.ts";
import { type Shape, sameShape, show, Tensor, tensor, type Values } from "../tensor/index.ts";
import { readValues } from "../tensor/values.ts";

/** How places between voxels are seen; the gradient of places with `nearest` is that of `trilinear` (straight-through). */
export type VolumeInterpolation = "trilinear" | "nearest";
/** What lies beyond a volume: nothing, its outermost voxels, or the volume mirrored about them. */
export type VolumePadding = "zeros" | "border" | "reflection";
/** Depth, height and width of a volume. */
export type VolumeSize = readonly [depth: number, height: number, width: number];

/** Settings of what looks between voxels. */
export interface VolumeSampling {
  /** `trilinear` unless given. */
  interpolation?: VolumeInterpolation;
  /** What lies beyond the volume; `zeros` unless given. */
  padding?: VolumePadding;
}

export const SAMPLING = {
  interpolation: oneOf("trilinear", "nearest"),
  padding: oneOf("zeros", "border", "reflection"),
};

const isSize = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 1;
export const SIZE = rule(
  "[depth, height, width], whole numbers of at least 1",
  (value) => Array.isArray(value) && value.length === 3 && value.every(isSize),
);

/** Checks that x is a batch of volumes of f32, `[N, C, D, H, W]`, that lives. */
export function checkVolume(x: unknown, what: string): asserts x is Tensor {
  checkTensor(x, what);
  checkTogether([x], what);
  const { shape } = x;
  if (shape.length === 5) return;
  const fix = shape.length === 4 ? `: reshape(x, ${show([1, ...shape])}) makes a batch of one` : "";
  throw new ShapeError(`x of ${what}()`, show(shape), `[N, C, D, H, W]${fix}`);
}

/** What is wrong with numbers, in words of what is allowed, if anything. */
export type Fault = (values: readonly number[]) => string | null;

/** A parameter of a volume's function: its shape for one sample, and its numbers' check. */
export interface Parameter {
  name: string;
  value: Tensor | Values;
  shape: Shape;
  fault?: Fault;
}

/** Numbers of a parameter for one sample or several, `[1 or N, …]`. @throws ArgumentError */
function numbersOf({ name, value, shape, fault }: Parameter, what: string, samples: number) {
  const argument = `${name} of ${what}()`;
  const given = readValues(value, argument);
  const spread = given.shape.length === 0 && shape.length === 1;
  const values = spread ? new Array<number>(shape[0]).fill(given.values[0]) : Array.from(given.values);
  const one = spread || sameShape(given.shape, shape);
  const each = shape.length + 1 === given.shape.length && sameShape(given.shape.slice(1), shape);
  if (!(one || (each && (given.shape[0] === samples || given.shape[0] === 1))) || !values.every(Number.isFinite))
    throw new ArgumentError(argument, describe(value), `${allowed(shape, samples)}, of finite numbers, or a tensor`);
  const rows = one ? 1 : given.shape[0];
  const length = values.length / rows;
  for (let i = 0; i < rows; i++) {
    const row = values.slice(i * length, (i + 1) * length);
    const wrong = fault?.(row);
    if (wrong) throw new ArgumentError(argument, describe(shape.length ? row : row[0]), wrong);
  }
  return { values, rows };
}

function allowed(shape: Shape, samples: number): string {
  if (shape.length === 0) return `a number, or [${samples}]`;
  return `${show(shape)}, or ${show([samples, ...shape])}`;
}

/** The numbers of a parameter, a row for each sample that has its own, or null for a tensor's. @throws ArgumentError */
export function rowsOfNumbers(parameter: Parameter, what: string, samples: number): number[][] | null {
  if (parameter.value instanceof Tensor) return null;
  const { values, rows } = numbersOf(parameter, what, samples);
  const length = values.length / rows;
  return Array.from({ length: rows }, (_, i) => values.slice(i * length, (i + 1) * length));
}

/**
 * A parameter as a tensor with values for each sample, `[N, …]`.
 * @throws ArgumentError, ShapeError
 */
export function valuesOf(parameter: Parameter, what: string, gpu: Gpu, samples: number): Tensor {
  const { name, value, shape } = parameter;
  const whole = [samples, ...shape];
  const all = (x: Tensor) => (sameShape(x.shape, whole) ? x : broadcastTo(x, whole));
  if (!(value instanceof Tensor)) {
    const { values, rows } = numbersOf(parameter, what, samples);
    return all(tensor(gpu, values, [rows, ...shape]));
  }
  checkTensor(value, what, name);
  const fits = sameShape(value.shape, shape) || sameShape(value.shape, whole) || sameShape(value.shape, [1, ...shape]);
  if (!fits) throw new ShapeError(`${name} of ${what}()`, show(value.shape), allowed(shape, samples));
  return all(value);
}
