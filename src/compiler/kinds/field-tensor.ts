/** The tensors that fields look through: what is made of what a caller gave. */
import { broadcastTo, concat, equal, reshape, transpose, where } from "../../autograd/index.ts";
import type { Gpu } from "../../gpu/index.ts";
import { type Shape, type Tensor, tensor } from "../../tensor/index.ts";
import type { FieldSource } from "../../transforms/index.ts";
import { cellsOf, widthOf } from "../pack/layout.ts";
import type { Bound, BoundField, BoundValue } from "../pass.ts";
import { drawnField } from "./field-drawn.ts";
import type { Apply, Making } from "./kind.ts";

/** The tensor `[N, 2, H, W]` that a pass looks through, made of what was given, differentiably; and how to let go of it. */
export function fieldTensor(
  gpu: Gpu,
  links: readonly Bound[],
  samples: number,
  apply: Apply,
): { tensor: Tensor; dispose: () => void } | undefined {
  const link = links.find(({ field }) => field !== undefined);
  if (!link?.field) return undefined;
  const scope = gpu.scope();
  try {
    const tensor = scope.keep(throughOf(link, sourceOf(gpu, link, link.field, samples), apply));
    const isGiven = link.field.tensors.includes(tensor);
    return { tensor, dispose: () => !isGiven && tensor.dispose() };
  } finally {
    scope.dispose();
  }
}

/** What {@link sourceOf} does over all pixels of the tensor, one operation after the other. */
export function fieldMaking(links: readonly Bound[], samples: number): readonly Making[] {
  const link = links.find(({ field }) => field !== undefined);
  if (!link?.field) return [];
  const { tensors, size, interleaved } = link.field;
  const { made } = link.transform.declaration.field!;
  const to = (rows: number): Shape => [rows, 2, ...size];
  const making: Making[] = [];
  let rows = samples;
  if (made) {
    rows = sharesMade(link) ? 1 : samples;
    making.push({ what: "places", from: null, to: to(rows), dispatches: { forward: 1, backward: 1 } });
  } else if (tensors.length === 0)
    making.push({ what: "random numbers", from: null, to: to(rows), dispatches: { forward: 1, backward: 0 } });
  else {
    rows = Math.max(...tensors.map(({ shape }) => shape[0]));
    for (const { shape } of tensors)
      if (shape[0] !== rows) making.push(spreading("one plane for all samples", [1, 1, ...size], rows));
    if (tensors.length === 2)
      making.push({ what: "both planes", from: to(rows), to: to(rows), dispatches: { forward: 2, backward: 2 } });
    else if (interleaved) {
      const from = [rows, ...size, 2];
      making.push({ what: "planes", from, to: to(rows), dispatches: { forward: 1, backward: 1 } });
    }
  }
  return rows === samples ? making : [...making, spreading("one for all samples", to(rows), samples)];
}

/** Repeats what all samples share. */
const spreading = (what: string, from: Shape, samples: number): Making => ({
  what,
  from,
  to: [samples, ...from.slice(1)],
  dispatches: { forward: 1, backward: 1 },
});

/** Whether all samples share what is made. */
const sharesMade = ({ transform: { declaration }, values, on }: Bound): boolean =>
  !on &&
  Object.entries(declaration.params).every(([name, { role }]) => role !== "through" || values[name].strides[0] === 0);

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
  { transform, values, on }: Bound,
  made: NonNullable<FieldSource["made"]>,
  samples: number,
  [height, width]: readonly [number, number],
): Tensor {
  const { options, declaration } = transform;
  const applied = on && appliedOf(gpu, on, samples);
  const tensors = Object.entries(declaration.params)
    .filter(([, { role }]) => role === "through")
    .map(([name, spec]): [string, Tensor] => {
      const cells = cellsOf(spec, transform) ?? [widthOf(spec, 0, transform)];
      const own = valueTensor(gpu, values[name], samples, cells);
      if (!applied) return [name, own];
      // Chosen, so that no gradient comes through what is not applied: 0 times infinity is NaN.
      return [name, where(reshape(applied, [applied.size, ...cells.map(() => 1)]), own, 0)];
    });
  const frame = { samples, width, height, options };
  const field = made(Object.fromEntries(tensors), frame);
  return field.shape[0] === samples ? field : broadcastTo(field, [samples, 2, height, width]);
}

/** Not 0 where a sample's transform is applied; a constant. */
function appliedOf(gpu: Gpu, on: BoundValue, samples: number): Tensor {
  const coin = valueTensor(gpu, on, samples, []).detach();
  return "is" in on && on.is !== undefined ? equal(coin, on.is) : coin;
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
function throughOf({ transform }: Bound, field: Tensor, apply: Apply): Tensor {
  const through = transform.declaration.field?.through;
  const { params, options, on } = transform;
  // What is not applied has no part in it.
  const chain = through?.({ ...params, ...options }).map((each) => ({ ...each, on }));
  return chain ? apply(field, chain) : field;
}
