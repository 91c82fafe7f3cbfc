import { flag, oneOf } from "../../gpu/index.ts";
import { checkImage, checkShape, type DType, type Shape } from "../../tensor/index.ts";
import { abilities } from "../kinds/abilities.ts";
import { kinds, type Taken } from "../kinds/index.ts";
import { outputSize } from "../outcome.ts";
import { type Bound, makePass, type Pass } from "../pass.ts";
import { commute } from "./commute.ts";

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

/** The kind that a link is for images of this size. */
export function kindOf({ transform }: Bound, input: Shape): Pass["kind"] {
  const { kind } = transform.declaration;
  return kinds[kind].as?.(transform, input, outputSize(transform, input)) ?? kind;
}

const startsFilter = (link: Bound, input: Shape): boolean => kinds[kindOf(link, input)].readsF32;

/** Puts transforms into as few passes as their mathematics allows. */
export function plan(chain: readonly Bound[], shape: Shape, dtype: DType, options: PlanOptions = {}): Pass[] {
  checkShape(shape);
  checkImage(shape);
  for (const { transform } of chain) abilities.checkUserModule?.(transform.declaration);
  const order = commute(chain, shape, kindOf);
  const bound = order.map(({ link }) => link);
  const last: DType = options.dtype ?? (dtype === "f16" ? "f16" : "f32");
  const passes: Pass[] = [];
  let at = 0;
  let input = shape;
  let inputType = dtype;
  while (at < bound.length || passes.length === 0) {
    const taken = take(bound, at, input, options.compose ?? true);
    const filters = kinds[taken.pass.kind].readsF32;
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
    const outputType: DType = filters && !taken.packs ? "f32" : stored;
    passes.push(
      makePass({
        ...NO_HEAD,
        ...taken.pass,
        links: bound.slice(at, at + taken.count),
        positions: order.slice(at, at + taken.count).map((placed) => placed.at),
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

/** What a pass has that looks at no other pixels. */
const NO_HEAD = { frames: [], interpolation: "", padding: "" };

/** A pass of no transform: it only changes how pixels are stored. */
function castPass(shape: Shape, inputType: DType, outputType: DType, ended: string): Pass {
  const nothing = { ...NO_HEAD, links: [], positions: [], heads: 0 };
  return makePass({ kind: "point", ...nothing, input: shape, output: shape, inputType, outputType, ended });
}

function take(links: readonly Bound[], at: number, input: Shape, compose: boolean): Taken {
  const kind = at < links.length ? kindOf(links[at], input) : "point";
  return kinds[kind].take({ links, at, input, compose, kindOf });
}
