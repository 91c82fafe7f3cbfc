import { ArgumentError, describe } from "../../gpu/errors.ts";
import type { OptionSpec, ParamSpec } from "../language/declaration.ts";
import type { ParamValue } from "../language/values.ts";

/** Values for the cells of a kernel: rows of numbers, one such matrix per sample, a tensor, or what any parameter may be. */
export type KernelValue = ParamValue | readonly (readonly (readonly number[])[])[];

/** [height, width] of what a caller gave as the size of a kernel. */
export function kernelSizeOf(given: unknown): readonly [number, number] {
  const list = [given].flat() as number[];
  return [list[0], list[list.length - 1]];
}

/** How many values a parameter has whose number follows from the size of the kernel. */
export function kernelValues(
  size: "kernel" | "kernelWidth" | "kernelHeight",
  options: Readonly<Record<string, unknown>>,
): number {
  const [height, width] = kernelSizeOf(options.kernelSize);
  if (size === "kernel") return height * width;
  return size === "kernelWidth" ? width : height;
}

/**
 * Settings whose parameter `name` may be given as a matrix, or as one per sample: it becomes rows of cells, and its size the
 * `kernelSize`.
 */
export function withKernel(
  transform: string,
  name: string,
  settings: Record<string, unknown>,
): Record<string, unknown> {
  const { [name]: value, ...rest } = settings;
  const argument = `${transform}.${name}`;
  const sized = (size: readonly number[], cells: unknown) => {
    const { kernelSize = size } = rest;
    const given = kernelSizeOf(kernelSize);
    if (given[0] !== size[0] || given[1] !== size[1])
      throw new ArgumentError(
        argument,
        `a kernel of ${size.join(" x ")}`,
        `one of ${given.join(" x ")}, the kernelSize`,
      );
    return { ...rest, [name]: cells, kernelSize: size };
  };
  const shape = (value as { shape?: unknown } | null | undefined)?.shape;
  if (Array.isArray(shape)) {
    if (shape.length === 2 || shape.length === 3) return sized(shape.slice(-2), value);
    return settings;
  }
  if (!Array.isArray(value) || !Array.isArray(value[0])) return settings;
  const isList = Array.isArray(value[0][0]);
  const matrices = (isList ? value : [value]) as number[][][];
  const [height, width] = [matrices[0].length, matrices[0][0]?.length ?? 0];
  const fits = (matrix: unknown): boolean =>
    Array.isArray(matrix) &&
    matrix.length === height &&
    matrix.every((row) => Array.isArray(row) && row.length === width);
  if (width === 0 || !matrices.every(fits))
    throw new ArgumentError(argument, describe(value), "rows of equal length, or one such matrix per sample");
  const rows = matrices.map((matrix) => matrix.flat());
  return sized([height, width], isList ? rows : rows[0]);
}

const isPair = (value: unknown, fits: (k: number) => boolean): boolean => {
  const sizes = typeof value === "number" ? [value] : value;
  return (
    Array.isArray(sizes) &&
    (sizes.length === 1 || sizes.length === 2) &&
    Array.from(sizes).every((k) => Number.isInteger(k) && fits(k))
  );
};

/** What options about a kernel may be, and the words for it. */
export const KERNEL_OPTIONS: Record<
  Extract<OptionSpec["allowed"], `k${string}` | `a${string}`>,
  readonly [fits: (value: unknown) => boolean, words: string]
> = {
  kernelSize: [(value) => isPair(value, (k) => k > 0 && k % 2 === 1), "an odd whole number, or [height, width] of two"],
  anyKernelSize: [(value) => isPair(value, (k) => k > 0), "a whole number of at least 1, or [height, width] of two"],
  kernelOrigin: [
    (value) => Array.isArray(value) && value.length === 2 && isPair(value, (k) => k >= 0),
    "[row, column] of a cell",
  ],
  kernelCells: [isCells, "rows of equal length of 0 and 1, not all 0"],
};

function isCells(value: unknown): boolean {
  if (!Array.isArray(value) || value.length === 0) return false;
  const fits = (row: unknown) =>
    Array.isArray(row) && row.length === value[0].length && row.every((cell) => cell === 0 || cell === 1);
  return Array.isArray(value[0]) && value.every(fits) && value.flat().includes(1);
}

/** What may lie beyond the image, for those that look at neighbours. */
export const PADDINGS = ["reflection", "symmetric", "zeros", "border", "circular"] as const;

/** The option that says what lies beyond the image. */
export const padding = (fallback: (typeof PADDINGS)[number]) => ({
  default: fallback,
  allowed: PADDINGS,
  doc: "what lies beyond the image",
});

/** A deviation in pixels. At the least one no neighbour has a weight that f32 can tell from 0. */
export const sigma = (doc: string): ParamSpec => ({
  min: 1e-3,
  neutral: 1e-3,
  usual: [0.1, 5],
  intensity: [1e-3, 10],
  unit: "pixels",
  doc,
});
