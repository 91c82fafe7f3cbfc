/** The tensors that fields look through: what a caller may give. */
import { ArgumentError, describe, ShapeError } from "../../gpu/index.ts";
import { show, type Tensor } from "../../tensor/index.ts";
import { fieldSize } from "../../transforms/geometry/look.ts";
import type { Transform } from "../../transforms/index.ts";
import { needsField } from "../../transforms/language/declare.ts";
import type { BoundField } from "../pass.ts";
import { isTensorLike } from "./bind.ts";

/**
 * Checks what a field is to look through.
 * @param size [height, width] that it has to have; any, unless given
 */
function bindField(
  argument: string,
  value: unknown,
  samples: number,
  size: readonly [number, number] | null,
): BoundField {
  const [h, w] = size ?? ["H", "W"];
  const [one, two] = [`[${samples}, ${h}, ${w}]`, `[${samples}, 2, ${h}, ${w}] or [${samples}, ${h}, ${w}, 2]`];
  const tensors = (Array.isArray(value) ? value : [value]) as Tensor[];
  const allowed = tensors.length === 2 ? `a tensor ${one} each` : `a tensor ${two}`;
  const beside = `${allowed} of f32; 1 in the place of ${samples} shares it`;
  if (tensors.length > 2 || !tensors.every(isTensorLike)) throw new ArgumentError(argument, describe(value), beside);
  for (const { shape, dtype } of tensors) {
    const wrong = () => new ShapeError(argument, `a tensor ${show(shape)}`, beside);
    if (dtype !== "f32") throw new ArgumentError(argument, `a tensor of ${dtype}`, beside);
    if (shape.length !== (tensors.length === 2 ? 3 : 4) || (shape[0] !== samples && shape[0] !== 1)) throw wrong();
    if (tensors.length === 1 && shape[1] !== 2 && shape[3] !== 2) throw wrong();
  }
  const [{ shape }] = tensors;
  const interleaved = tensors.length === 1 && shape[1] !== 2;
  const own = fieldSize(tensors[0])!;
  const other = tensors[1]?.shape.slice(1) ?? own;
  if (other.some((length, i) => length !== own[i]) || size?.some((length, i) => length !== own[i]))
    throw new ShapeError(argument, tensors.map((t) => `a tensor ${show(t.shape)}`).join(" and "), beside);
  return { tensors, size: own, interleaved };
}

/** What a field looks through: what was given, or what is drawn or made for the size of the image. */
export function fieldOf(
  { declaration, field }: Transform,
  samples: number,
  size: readonly [number, number],
): BoundField {
  const { name = "", sizes } = declaration.field!;
  if (field === undefined && !needsField(declaration)) return { tensors: [], size, interleaved: false };
  return bindField(`${declaration.name}.${name}`, field, samples, sizes ? null : size);
}

/** What is given is not drawn. */
export function refuseSeed({ declaration, params }: Transform, param: string): void {
  if (Number.isNaN(params[param])) return;
  const { name } = declaration.field!;
  throw new ArgumentError(
    `${declaration.name}.${param}`,
    `a seed beside ${name}`,
    `one of the two: ${name} is not drawn`,
  );
}
