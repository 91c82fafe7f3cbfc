import { ArgumentError, ShapeError } from "../../gpu/index.ts";
import { sameShape, show, type Tensor } from "../../tensor/index.ts";

// The shapes in which the values of a parameter may come.

/** The values of a parameter as a matrix, [rows, columns]. */
export type Cells = readonly [number, number];

type Numbers = ArrayLike<number> | ArrayLike<ArrayLike<number>>;

/** A matrix of numbers, row by row; other values as they are. */
export function flattened(value: Numbers, cells?: Cells): Numbers {
  const isMatrix = cells && cells[0] > 1 && value.length === cells[0];
  if (!isMatrix) return value;
  const rows = Array.from(value as ArrayLike<ArrayLike<number>>);
  const fits = rows.every((row) => Array.isArray(row) && row.length === cells[1]);
  return fits ? rows.flatMap((row) => Array.from(row)) : value;
}

export function allowedShapes(samples: number, width: number, cells?: Cells): string {
  if (width === 1) return `a number, ${samples} numbers (one per sample), or a tensor [] or [${samples}]`;
  const flat = `${width} numbers, ${samples} rows of ${width}, or a tensor [${width}] or [${samples}, ${width}]`;
  return cells ? `${flat}, ${show(cells)} or ${show([samples, ...cells])}` : flat;
}

/** Strides by which a tensor is read as [samples, width]; they may be a matrix of cells. */
export function tensorStrides(
  argument: string,
  tensor: Tensor,
  samples: number,
  width: number,
  cells?: Cells,
): [number, number] {
  const isMatrix = cells && sameShape(tensor.shape.slice(-2), cells);
  const shape = isMatrix ? [...tensor.shape.slice(0, -2), width] : tensor.shape;
  if (tensor.dtype !== "f32") throw new ArgumentError(argument, `a tensor of ${tensor.dtype}`, "a tensor of f32");
  const fail = () => new ShapeError(argument, `a tensor ${show(tensor.shape)}`, allowedShapes(samples, width, cells));
  if (shape.length === 0) return [0, 0];
  if (width === 1) {
    if (shape.length > 2 || (shape.length === 2 && shape[1] !== 1)) throw fail();
    if (shape[0] !== samples && shape[0] !== 1) throw fail();
    return [shape[0] === 1 ? 0 : 1, 0];
  }
  if (shape.length === 1) {
    if (shape[0] !== width && shape[0] !== 1) throw fail();
    return [0, shape[0] === 1 ? 0 : 1];
  }
  if (shape.length !== 2 || (shape[0] !== samples && shape[0] !== 1) || (shape[1] !== width && shape[1] !== 1))
    throw fail();
  return [shape[0] === 1 ? 0 : shape[1], shape[1] === 1 ? 0 : 1];
}
