/** Images with an error for every value, and what a step of the model gives. */
import { type Shape4, zeros } from "../../reference/image.ts";

export interface Grid {
  shape: Shape4;
  v: Float64Array;
  /** The error of each value at most. */
  e: Float64Array;
}

/** Parameters of one transform: name -> a row of values for every sample. */
export type Rows = Record<string, number[][]>;

/** Gradients of one transform's parameters: name -> a row for every sample, values and errors. */
export type RowGradients = Record<string, { v: number[][]; e: number[][] }>;

/** A step of a chain: its result, and how gradients go back through it. */
export interface Step {
  y: Grid;
  back: (g: Grid) => { x: Grid; params: RowGradients[] };
}

export interface Link {
  name: string;
  options: Record<string, unknown>;
  rows: Rows;
  /** 0 or 1 for a coin, anything from 0 to 1 for a gate, one per sample. */
  on?: { kind: "coin" | "gate"; values: number[] };
}

export function gridOf(shape: Shape4): Grid {
  const { data } = zeros(shape);
  return { shape: [...shape], v: data, e: new Float64Array(data.length) };
}

export const gradientsLike = (rows: Rows): RowGradients =>
  Object.fromEntries(
    Object.entries(rows).map(([name, all]) => {
      const empty = () => all.map((row) => row.map(() => 0));
      return [name, { v: empty(), e: empty() }];
    }),
  );

/** The error of a sum in f32, relative to the sum of sizes: roundings are as often up as down, so it grows as a root. */
export const sumError = (terms: number): number => (8 + Math.sqrt(terms)) * 2 ** -24;

/** Adds a term to a sum that lists its size, too: its error is known when all terms are. */
export interface Sum {
  v: number;
  e: number;
  size: number;
  terms: number;
}
export const emptySum = (): Sum => ({ v: 0, e: 0, size: 0, terms: 0 });
export function addTerm(sum: Sum, v: number, e: number): void {
  // A term that is 0 for certain costs no rounding, and 0 times an unknown is 0 for certain.
  if (v === 0 && e === 0) return;
  sum.v += v;
  sum.e += e;
  sum.size += Math.abs(v);
  sum.terms++;
}
export const errorOf = (sum: Sum): number => sum.e + sumError(sum.terms) * sum.size;

/** |a| ea style product of bounds: 0 times anything is 0. */
export const bound = (size: number, error: number): number => (size === 0 || error === 0 ? 0 : size * error);
