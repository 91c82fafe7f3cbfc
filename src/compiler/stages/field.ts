/** The tensors that fields look through: what a caller may give, and what is made of it. */
import { broadcastTo, concat, reshape, transpose } from "../../autograd/index.ts";
import { ArgumentError, describe, type Gpu, ShapeError } from "../../gpu/index.ts";
import { show, type Tensor, tensor } from "../../tensor/index.ts";
import { fieldSize } from "../../transforms/geometry/look.ts";
import type { FieldSource, Transform } from "../../transforms/index.ts";
import { needsField } from "../../transforms/language/declare.ts";
import { cellsOf, widthOf } from "../pack/layout.ts";
import type { Bound, BoundField, BoundValue } from "../pass.ts";
import { applyRead } from "./apply.ts";
import { isTensorLike } from "./bind.ts";
import { drawnField } from "./drawn.ts";

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

/** The tensor `[N, 2, H, W]` that a pass looks through, made of what was given, differentiably; and how to let go of it. */
export function fieldTensor(
  gpu: Gpu,
  links: readonly Bound[],
  samples: number,
): { tensor: Tensor; dispose: () => void } | undefined {
  const link = links.find(({ field }) => field !== undefined);
  if (!link?.field) return undefined;
  const scope = gpu.scope();
  try {
    const tensor = scope.keep(throughOf(link, sourceOf(gpu, link, link.field, samples)));
    const isGiven = link.field.tensors.includes(tensor);
    return { tensor, dispose: () => !isGiven && tensor.dispose() };
  } finally {
    scope.dispose();
  }
}

/** What a field looks through before it goes through anything: drawn, made, or given in one form or another. */
function sourceOf(gpu: Gpu, link: Bound, { tensors, size, interleaved }: BoundField, samples: number): Tensor {
  const { declaration } = link.transform;
  if (declaration.field?.made) return madeField(gpu, link, declaration.field.made, samples, size);
  if (tensors.length === 0) return drawnField(gpu, seedOf(link), samples, size);
  let field = tensors[0];
  if (tensors.length === 2) {
    const n = Math.max(tensors[0].shape[0], tensors[1].shape[0]);
    const planes = tensors.map((tensor) => {
      const plane = reshape(tensor, [tensor.shape[0], 1, ...size]);
      return tensor.shape[0] === n ? plane : broadcastTo(plane, [n, 1, ...size]);
    });
    field = concat(planes, 1);
  } else if (interleaved) field = transpose(field, [0, 3, 1, 2]);
  return field.shape[0] === samples ? field : broadcastTo(field, [samples, 2, ...size]);
}

/** Words of the seeds, which a field's block does not have. */
function seedOf({ transform, values }: Bound): Numbers {
  const { params } = transform.declaration;
  return values[Object.keys(params).find((name) => params[name].role === "key")!] as Numbers;
}
type Numbers = Extract<BoundValue, { numbers: unknown }>;

/** What is made of the parameters of role `through`. */
function madeField(
  gpu: Gpu,
  { transform, values }: Bound,
  made: NonNullable<FieldSource["made"]>,
  samples: number,
  [height, width]: readonly [number, number],
): Tensor {
  const { options, declaration } = transform;
  const tensors = Object.entries(declaration.params)
    .filter(([, { role }]) => role === "through")
    .map(([name, spec]): [string, Tensor] => [
      name,
      valueTensor(gpu, values[name], samples, cellsOf(spec, transform) ?? [widthOf(spec, 0, transform)]),
    ]);
  const frame = { samples, width, height, options };
  const field = made(Object.fromEntries(tensors), frame);
  return field.shape[0] === samples ? field : broadcastTo(field, [samples, 2, height, width]);
}

/** A parameter's values as a tensor `[N, …shape]`; 1 in the place of N where all samples share them. */
function valueTensor(gpu: Gpu, value: BoundValue, samples: number, shape: readonly number[]): Tensor {
  const [bySample, byComponent] = value.strides;
  const rows = bySample === 0 ? 1 : samples;
  const width = shape.reduce((product, length) => product * length, 1);
  if ("tensor" in value) {
    const values = reshape(value.tensor, [rows, value.tensor.size / rows]);
    return reshape(byComponent === 0 && width > 1 ? broadcastTo(values, [rows, width]) : values, [rows, ...shape]);
  }
  const numbers = Array.from({ length: rows * width }, (_, i) => {
    return value.numbers[Math.floor(i / width) * bySample + (i % width) * byComponent];
  });
  return tensor(gpu, numbers, [rows, ...shape]);
}

/** What a field looks through behind what it goes through before. */
function throughOf({ transform }: Bound, field: Tensor): Tensor {
  const through = transform.declaration.field?.through;
  const { params, options, on } = transform;
  // What is not applied has no part in it.
  const chain = through?.({ ...params, ...options }).map((each) => ({ ...each, on }));
  return chain ? (applyRead(field, chain, {}) as Tensor) : field;
}
