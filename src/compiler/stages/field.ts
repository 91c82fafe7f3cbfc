/** The tensors that fields look through: what a caller may give, and what is made of it. */
import { broadcastTo, concat, reshape, transpose } from "../../autograd/index.ts";
import { ArgumentError, describe, ShapeError } from "../../gpu/index.ts";
import { show, type Tensor } from "../../tensor/index.ts";
import { fieldSize } from "../../transforms/geometry/look.ts";
import type { Bound, BoundField } from "../pass.ts";
import { applyRead } from "./apply.ts";
import { isTensorLike } from "./bind.ts";

/**
 * Checks what a field is to look through.
 * @param size [height, width] that it has to have; any, unless given
 */
export function bindField(
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

/** The tensor `[N, 2, H, W]` that a pass looks through, made of what was given, differentiably; and how to let go of it. */
export function fieldTensor(
  links: readonly Bound[],
  samples: number,
): { tensor: Tensor; dispose: () => void } | undefined {
  const link = links.find(({ field }) => field !== undefined);
  if (!link?.field) return undefined;
  const { tensors, size, interleaved } = link.field;
  const steps: Tensor[] = [];
  const step = (tensor: Tensor): Tensor => {
    steps.push(tensor);
    return tensor;
  };
  let field = tensors[0];
  if (tensors.length === 2) {
    const n = Math.max(tensors[0].shape[0], tensors[1].shape[0]);
    const planes = tensors.map((tensor) => {
      const plane = step(reshape(tensor, [tensor.shape[0], 1, ...size]));
      return tensor.shape[0] === n ? plane : step(broadcastTo(plane, [n, 1, ...size]));
    });
    field = step(concat(planes, 1));
  } else if (interleaved) field = step(transpose(field, [0, 3, 1, 2]));
  if (field.shape[0] !== samples) field = step(broadcastTo(field, [samples, 2, ...size]));
  const through = link.transform.declaration.field?.through;
  const { params, options, on } = link.transform;
  // What is not applied has no part in it.
  const chain = through?.({ ...params, ...options }).map((transform) => ({ ...transform, on }));
  if (chain) field = step(applyRead(field, chain, {}) as Tensor);
  return { tensor: field, dispose: () => steps.forEach((tensor) => tensor.dispose()) };
}
