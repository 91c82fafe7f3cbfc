import { ArgumentError, describe, type Gpu, ShapeError } from "../gpu/index.ts";
import { type Shape, show, Tensor } from "../tensor/index.ts";
import { together } from "./together.ts";

/** A tensor, or a number that stands for a tensor of that value. */
export type Operand = Tensor | number;

const MAX_RANK = 6;

/** Checks that a value is an f32 tensor of rank 6 at most. */
export function checkTensor(value: unknown, what: string, argument = "x"): asserts value is Tensor {
  if (value instanceof Tensor && value.dtype === "f32" && value.sizes.length <= MAX_RANK) return;
  const name = `${argument} of ${what}()`;
  if (!(value instanceof Tensor)) throw new ArgumentError(name, describe(value), "a tensor");
  if (value.dtype !== "f32")
    throw new ArgumentError(name, `a tensor of ${value.dtype}`, 'a tensor of f32: use cast(x, "f32") first');
  throw new ShapeError(name, show(value.shape), `at most ${MAX_RANK} dimensions`);
}

/** Checks that a value is a finite number, or an f32 tensor. */
export function checkOperand(value: unknown, what: string, argument: string): asserts value is Operand {
  if (typeof value !== "number") return checkTensor(value, what, argument);
  if (!Number.isFinite(value))
    throw new ArgumentError(`${argument} of ${what}()`, String(value), "a finite number, or a tensor of f32");
}

/** Checks tensors that go into one operation: f32, alive, on one living device. */
export function checkTogether(tensors: readonly Tensor[], what: string, argument?: string): Gpu {
  for (let i = 0; i < tensors.length; i++)
    checkTensor(tensors[i], what, argument ?? (tensors.length === 1 ? "x" : "ab"[i]));
  return together(tensors, what);
}

/** The shape of an operand; a number broadcasts with everything. */
export const shapeOf = (value: Operand): Shape => (typeof value === "number" ? [] : value.sizes);

/** An axis from 0 to rank - 1; negative ones count from the end. */
export function checkAxis(axis: number, rank: number, what: string, argument = "axis"): number {
  const at = typeof axis === "number" && axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(at) || at < 0 || at >= rank) {
    throw new ArgumentError(
      `${argument} of ${what}()`,
      describe(axis),
      rank ? `a whole number from ${-rank} to ${rank - 1}` : "nothing, for a tensor without dimensions",
    );
  }
  return at;
}

/** Checks that a value is an array: of axes, or of tensors. */
export function checkList(
  value: unknown,
  what: string,
  argument: string,
  allowed: string,
): asserts value is readonly unknown[] {
  if (!Array.isArray(value)) throw new ArgumentError(`${argument} of ${what}()`, describe(value), allowed);
}
