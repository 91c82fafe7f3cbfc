import { blend, only } from "../autograd/blend.ts";
import { reshape } from "../autograd/index.ts";
import type { ApplyOptions } from "../compiler/index.ts";
import { kinds } from "../compiler/kinds/index.ts";
import { outputSize } from "../compiler/outcome.ts";
import { applyRead, bindAll } from "../compiler/stages/apply.ts";
import { ArgumentError } from "../gpu/index.ts";
import { type DType, type Shape, sameShape, show, Tensor } from "../tensor/index.ts";
import type { Transform } from "../transforms/index.ts";

/**
 * Applies transforms whose `on` may be a tensor. Points take such a gate inside their pass. A map cannot: half of a
 * turned image is no image turned by half. There the chain is cut, and the images before and after the transform are
 * blended: y = on T(x) + (1 - on) x, whose gradient in `on` is the difference that the transform makes.
 */
export function run(x: Tensor<DType>, transforms: readonly Transform[], options: ApplyOptions): Tensor<DType> {
  if (!transforms.some(isCut)) return applyRead(x, transforms, options);
  // The pieces run one by one: what is wrong with the last has to be found before the first.
  bindAll(x, transforms);
  checkSizes(x.shape, transforms);
  const { dtype: wanted = x.dtype === "f16" ? "f16" : "f32", into, ...settings } = options;
  const between = { ...settings, dtype: "f32" as const };
  let current: Tensor<DType> = x;
  let from = 0;
  const move = (next: Tensor<DType>): void => {
    if (current !== x) current.dispose();
    current = next;
  };
  try {
    transforms.forEach((transform, i) => {
      if (!isCut(transform)) return;
      if (i > from || current.dtype !== "f32") move(applyRead(current, transforms.slice(from, i), between));
      move(blended(current as Tensor, transform, between));
      from = i + 1;
    });
    const rest = transforms.slice(from);
    if (rest.length > 0 || wanted !== "f32" || into)
      move(applyRead(current, rest, { ...settings, dtype: wanted, into }));
    return current;
  } catch (error) {
    if (current !== x) current.dispose();
    throw error;
  }
}

const isCut = ({ declaration, on }: Transform): boolean => on instanceof Tensor && !kinds[declaration.kind].blends;

function blended(x: Tensor, transform: Transform, options: ApplyOptions): Tensor {
  const made: Tensor[] = [];
  const keep = (tensor: Tensor): Tensor => {
    made.push(tensor);
    return tensor;
  };
  const samples = x.shape[0];
  const gate = transform.on as Tensor;
  /** A tensor whose gradient leaves out the samples that the gate leaves alone, if it has one row for each. */
  const gated = (value: Tensor): Tensor => {
    if (value.shape[0] !== samples || gate.size !== samples || !value.requiresGrad) return value;
    return keep(only(keep(reshape(gate, [samples, ...value.shape.slice(1).map(() => 1)])), value));
  };
  try {
    const params = Object.fromEntries(
      Object.entries(transform.params).map(([name, value]) => [name, value instanceof Tensor ? gated(value) : value]),
    );
    const { field } = transform;
    const through = field && (field instanceof Tensor ? gated(field) : ([gated(field[0]), gated(field[1])] as const));
    // A sample that is left alone may be another one's partner.
    const seen = transform.declaration.reads === "batch" ? x : gated(x);
    const changed = keep(applyRead(seen, [{ ...transform, params, field: through, on: undefined }], options) as Tensor);
    const on = keep(reshape(gate, [gate.size, 1, 1, 1]));
    return blend(on, changed, x);
  } finally {
    for (const tensor of made) tensor.dispose();
  }
}

/** Samples of a batch have one size: a coin may not change it. */
function checkSizes(shape: Shape, transforms: readonly Transform[]): void {
  for (const transform of transforms) {
    const after = outputSize(transform, shape);
    if (isCut(transform) && !sameShape(shape, after)) {
      const given = `a probability of going from ${show(shape)} to ${show(after)}`;
      throw new ArgumentError(`${transform.declaration.name}.p`, given, "a transform that keeps the size");
    }
    shape = after;
  }
}
