import { ArgumentError, flag, oneOf, ShapeError } from "../../gpu/index.ts";
import { checkImage, checkShape, type DType, type Shape, show } from "../../tensor/index.ts";
import type { Transform } from "../../transforms/index.ts";
import { makePass, type Pass } from "../pass.ts";
import { checkUserModule } from "../reflect.ts";
import { HEAVIEST, LONGEST_TAIL } from "../tuning.ts";
import { weightOf } from "../weight.ts";
import type { Bound } from "./bind.ts";

/** Storage types of a result. */
export type StoredType = "f32" | "f16" | "u8";

/** The storage type of a result: what was asked for, else f16 for f16 and f32 for all others. */
export type ResultType<X extends DType, D extends StoredType | undefined> = D extends StoredType
  ? D
  : X extends "f16"
    ? "f16"
    : "f32";

/** How to compile a chain. */
export interface PlanOptions<D extends StoredType | undefined = StoredType | undefined> {
  /** Compose maps in a row to one resample; true unless given. `false` runs them one by one, as other libraries do. */
  compose?: boolean;
  /**
   * Storage type of the result: f16 if the input is f16, else f32, unless given. u8 clips and rounds to 256 levels; its
   * gradient is that of no clipping and no rounding (straight-through).
   */
  dtype?: D;
}

/** The rules of {@link PlanOptions}, for every function that takes them. */
export const PLAN_RULES = { compose: flag, dtype: oneOf("f32", "f16", "u8") };

/** Size of the result of one transform. */
export function outputSize({ declaration, options }: Transform, input: Shape): Shape {
  const [n, c, h, w] = input;
  const [height, width] = declaration.size?.(options as Record<string, unknown>, [h, w]) ?? [h, w];
  return [n, declaration.name === "grayscale" ? (options.channels as number) : c, height, width];
}

const isMap = (transform: Transform): boolean => transform.declaration.kind === "map";

/** An anti-aliasing resize is a filter, not a place to look. Bicubic filters as PIL does, even where it grows. */
export function isFilter({ declaration, options }: Transform, input: Shape, output: Shape): boolean {
  if (declaration.name !== "resize" || !options.antialias || options.interpolation === "nearest") return false;
  const shrinks = output[2] < input[2] || output[3] < input[3];
  return shrinks || (options.interpolation === "bicubic" && (output[2] !== input[2] || output[3] !== input[3]));
}

const startsFilter = ({ transform }: Bound, input: Shape): boolean =>
  transform.declaration.kind === "window" || isFilter(transform, input, outputSize(transform, input));

/** Puts transforms into as few passes as their mathematics allows. */
export function plan(bound: readonly Bound[], shape: Shape, dtype: DType, options: PlanOptions = {}): Pass[] {
  checkShape(shape);
  checkImage(shape);
  for (const { transform } of bound) checkUserModule(transform.declaration);
  const last: DType = options.dtype ?? (dtype === "f16" ? "f16" : "f32");
  const passes: Pass[] = [];
  let at = 0;
  let input = shape;
  let inputType = dtype;
  while (at < bound.length || passes.length === 0) {
    const taken = take(bound, at, input, options.compose ?? true);
    const filters = taken.pass.kind === "window" || taken.pass.kind === "resample";
    if (filters && inputType !== "f32") {
      // Filters read every pixel many times: it is unpacked once before.
      passes.push(castPass(input, inputType, "f32", "a filter reads f32"));
      inputType = "f32";
      continue;
    }
    const done = at + taken.count >= bound.length;
    // A filter that follows reads f32, and nothing between passes is rounded to 256 levels.
    const stored: DType = done
      ? last
      : last === "u8" || startsFilter(bound[at + taken.count], taken.pass.output)
        ? "f32"
        : last;
    const outputType: DType = filters ? "f32" : stored;
    passes.push(
      makePass({
        ...taken.pass,
        links: bound.slice(at, at + taken.count),
        positions: Array.from({ length: taken.count }, (_, i) => at + i),
        input,
        inputType,
        outputType,
        ended: done ? "end of the chain" : taken.ended,
      }),
    );
    input = taken.pass.output;
    inputType = outputType;
    at += taken.count;
  }
  if (inputType !== last) passes.push(castPass(input, inputType, last, "end of the chain"));
  return passes;
}

/** A pass of no transform: it only changes how pixels are stored. */
function castPass(shape: Shape, inputType: DType, outputType: DType, ended: string): Pass {
  const nothing = { links: [], positions: [], heads: 0, frames: [], interpolation: "", padding: "" };
  return makePass({ kind: "point", ...nothing, input: shape, output: shape, inputType, outputType, ended });
}

interface Taken {
  count: number;
  ended: string;
  pass: Pick<Pass, "kind" | "heads" | "output" | "frames" | "interpolation" | "padding" | "fill">;
}

function take(bound: readonly Bound[], at: number, input: Shape, compose: boolean): Taken {
  const first = bound[at]?.transform;
  if (!first || first.declaration.kind === "point") return takePoints(bound, at, input);
  if (first.declaration.kind === "window") {
    const frame = { frames: [], interpolation: "", padding: String(first.options.padding), heads: 1 };
    const { count, ended } = countLinear(bound, at + 1);
    return { count: 1 + count, ended, pass: { kind: "window", output: input, ...frame } };
  }
  const output = sized(first, bound[at], input);
  if (isFilter(first, input, output)) {
    const rest = { frames: [], interpolation: String(first.options.interpolation), padding: "border", heads: 0 };
    return {
      count: 1,
      ended: "an anti-aliasing resize is a filter of its own",
      pass: { kind: "resample", output, ...rest },
    };
  }
  return takeMaps(bound, at, input, compose);
}

/** The points of a row from `at` on; they end where the number of channels changes, or at a statistic behind a resample. */
function countPoints(
  bound: readonly Bound[],
  at: number,
  input: Shape,
  statistics: boolean,
): { count: number; output: Shape; ended: string } {
  let output = input;
  let count = 0;
  let weight = 0;
  while (at + count < bound.length) {
    const { transform } = bound[at + count];
    const { kind, name, statistic } = transform.declaration;
    weight += weightOf(bound[at + count]);
    if (kind !== "point") return { count, output, ended: `${name} looks at other pixels` };
    if (statistic && !statistics) return { count, output, ended: `${name} needs the mean of the resampled image` };
    if (weight > HEAVIEST && (count > 0 || !statistics))
      return { count, output, ended: `${name} would make a kernel that takes long to compile` };
    output = outputSize(transform, output);
    count++;
    if (output[1] !== input[1]) return { count, output, ended: `${name} changes the number of channels` };
  }
  return { count, output, ended: "end of the chain" };
}

/**
 * Points that a window applies to what it stores: those whose pull-back needs neither the image nor sums, so that nothing has
 * to be saved between the window and them.
 */
function countLinear(bound: readonly Bound[], at: number): { count: number; ended: string } {
  let count = 0;
  while (count < LONGEST_TAIL && at + count < bound.length && isTail(bound[at + count])) count++;
  const next = bound[at + count]?.transform.declaration;
  if (!next) return { count, ended: "end of the chain" };
  if (isTail(bound[at + count])) return { count, ended: `a filter takes ${LONGEST_TAIL} points along` };
  return {
    count,
    ended: next.kind === "point" ? `${next.name} needs the filtered image again` : `${next.name} looks at other pixels`,
  };
}

/** A linear point with numbers alone. */
export const isTail = ({ transform, gate, values }: Bound): boolean =>
  transform.declaration.linear === true &&
  gate !== "gate" &&
  Object.values(values).every((value) => !("tensor" in value));

function takePoints(bound: readonly Bound[], at: number, input: Shape): Taken {
  const { count, output, ended } = countPoints(bound, at, input, true);
  return { count, ended, pass: { kind: "point", heads: 0, output, frames: [], interpolation: "", padding: "" } };
}

function takeMaps(bound: readonly Bound[], at: number, input: Shape, compose: boolean): Taken {
  const frames: Pass["frames"][number][] = [];
  let output = input;
  let maps = 0;
  let row: { interpolation: string; padding: string; fill?: number } | null = null;
  let ended = "";
  while (at + maps < bound.length && isMap(bound[at + maps].transform)) {
    const next = bound[at + maps];
    const { declaration, options } = next.transform;
    const after = sized(next.transform, next, output);
    if (isFilter(next.transform, output, after)) {
      ended = "an anti-aliasing resize is a filter of its own";
      break;
    }
    // A flip sees only pixels of its source, and looks at none between: it fits into any row.
    const own =
      declaration.inside && declaration.name !== "resize"
        ? null
        : { interpolation: String(options.interpolation), padding: paddingOf(next.transform) };
    if (maps > 0 && !compose) {
      ended = "compose is false";
      break;
    }
    if (row && own && (row.interpolation !== own.interpolation || row.padding !== own.padding)) {
      ended = `${declaration.name} has another interpolation or padding`;
      break;
    }
    if (row && own?.padding === "fill") {
      ended = `${declaration.name} shows a fill of its own`;
      break;
    }
    if (own) row = row ?? { ...own, fill: own.padding === "fill" ? maps : undefined };
    frames.push([output[3], output[2], after[3], after[2]]);
    output = after;
    maps++;
    if (maps === 16) {
      ended = "a row has at most 16 maps";
      break;
    }
  }
  const points = countPoints(bound, at + maps, output, false);
  return {
    count: maps + points.count,
    ended: points.count > 0 || !ended ? points.ended : ended,
    pass: {
      kind: "map",
      heads: maps,
      output: points.output,
      frames,
      interpolation: row?.interpolation ?? "nearest",
      padding: row?.padding ?? "border",
      fill: row?.fill,
    },
  };
}

/** A resize never looks beyond the image by more than a tap: whatever was asked for, the border is what it sees. */
const paddingOf = ({ declaration, options }: Transform): string =>
  declaration.name === "resize" ? "border" : String(options.padding);

function sized(transform: Transform, bound: Bound, input: Shape): Shape {
  const output = outputSize(transform, input);
  if (bound.gate !== "always" && (output[2] !== input[2] || output[3] !== input[3])) {
    throw new ArgumentError(
      `${transform.declaration.name}.p`,
      "a probability",
      `none: it changes the size from ${show(input)} to ${show(output)}, and samples of a batch have one size`,
    );
  }
  if (output[2] < 1 || output[3] < 1)
    throw new ShapeError(transform.declaration.name, show(output), "sizes of at least 1");
  return output;
}
