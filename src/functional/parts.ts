import { broadcastTo, concat, reshape } from "../autograd/index.ts";
import { checkTensor, checkTogether } from "../autograd/operands.ts";
import { ArgumentError, describe, ShapeError } from "../gpu/index.ts";
import { count, type Shape, sameShape, show, Tensor, tensor, type Values } from "../tensor/index.ts";
import { readValues } from "../tensor/values.ts";

/** An argument of which there is one for all samples, or one for each. */
export interface Part {
  name: string;
  value: Tensor | Values;
  /** Shape of what one sample has. */
  shape: Shape;
  /** What is wrong with numbers, if anything. */
  check?: (values: readonly number[]) => string | null;
}

/** Checks a part; returns how many samples it has values for. */
function samplesOf({ name, value, shape, check }: Part, what: string): number {
  const argument = `${name} of ${what}()`;
  const size = shape.length ? show(shape) : "a number";
  if (!(value instanceof Tensor)) {
    const given = readValues(value, argument);
    const values = Array.from(given.values);
    const fits = sameShape(given.shape, shape) || (!given.nested && values.length === count(shape) && shape.length > 0);
    if (!fits || !values.every(Number.isFinite))
      throw new ArgumentError(argument, describe(value), `${size}, of finite numbers, or a tensor`);
    const wrong = check?.(values);
    if (wrong) throw new ArgumentError(argument, describe(value), wrong);
    return 1;
  }
  checkTensor(value, what, name);
  const one = sameShape(value.shape, shape);
  if (!one && !(value.shape.length === shape.length + 1 && sameShape(value.shape.slice(1), shape)))
    throw new ShapeError(
      argument,
      show(value.shape),
      `${show(shape)}, or ${show(shape).replace("[", shape.length ? "[N, " : "[N")}`,
    );
  return one ? 1 : value.shape[0];
}

/**
 * Arguments as a row of values for each sample, `[N, K]`: tensors and numbers beside each other, of which at least one is a tensor.
 * @throws ArgumentError, ShapeError
 */
export function rowsOf(what: string, parts: readonly Part[]): Tensor {
  const samples = parts.map((part) => samplesOf(part, what));
  const tensors = parts.flatMap(({ value }) => (value instanceof Tensor ? [value] : []));
  if (tensors.length === 0) {
    const names = parts.map(({ name }) => name).join(", ");
    throw new ArgumentError(`${names} of ${what}()`, "numbers alone", "at least one tensor");
  }
  const gpu = checkTogether(tensors, what);
  const n = Math.max(...samples);
  parts.forEach(({ name, value }, i) => {
    if (samples[i] !== 1 && samples[i] !== n)
      throw new ShapeError(`${name} of ${what}()`, show((value as Tensor).shape), `values for 1 or ${n} samples`);
  });
  const columns = parts.map(({ value, shape }, i) => {
    const wide = value instanceof Tensor ? value : tensor(gpu, readValues(value).values);
    const row = reshape(wide, [samples[i], count(shape)]);
    return samples[i] === n ? row : broadcastTo(row, [n, count(shape)]);
  });
  return columns.length === 1 ? columns[0] : concat(columns, 1);
}
