import {
  ArgumentError,
  check,
  checkedLater,
  describe,
  type Gpu,
  LimitError,
  readOptions,
  ShapeError,
  type Storage,
  TensorStateError,
} from "../../gpu/index.ts";
import { checkImage, count, type DType, type Shape, sameShape, show, Tensor } from "../../tensor/index.ts";
import type { Declaration, Link, Transform } from "../../transforms/index.ts";
import { abilities } from "../kinds/abilities.ts";
import { kinds } from "../kinds/index.ts";
import { outputSize } from "../outcome.ts";
import { hasLists } from "../pack/lists.ts";
import { type Bound, type BoundValue, type Pass, perPass } from "../pass.ts";
import { besideTensors } from "./beside.ts";
import { bind, listOf } from "./bind.ts";
import { PLAN_RULES, type PlanOptions, type ResultType, type StoredType } from "./plan.ts";
import { planned } from "./plans.ts";
import { runPass } from "./run.ts";
import { largestBinding, samplesOf } from "./split.ts";

/** How to apply a chain. */
export interface ApplyOptions<D extends StoredType | undefined = StoredType | undefined> extends PlanOptions<D> {
  /** An f32 tensor to write the result into: for handing it to another engine's array. The result is then not pooled. */
  into?: Tensor<StoredType>;
}

const RULES = { ...PLAN_RULES, into: checkedLater };

/**
 * Applies transforms to a batch of images `[N, C, H, W]`, in as few passes as possible, and differentiably: in the image
 * and in every parameter that is a tensor which requires a gradient.
 * @param transforms one or several, in order; a choice among transforms (`choose`) stands as one of them
 * @throws ArgumentError or ShapeError that names the transform and its parameter; nothing has then reached the GPU
 */
export function apply<X extends DType, D extends StoredType | undefined = undefined>(
  x: Tensor<X>,
  transforms: Link | readonly Link[],
  given?: ApplyOptions<D>,
): Tensor<ResultType<X, D>> {
  const options = readOptions<ApplyOptions>("apply", given, RULES);
  return applyRead(x, listOf(transforms), options) as Tensor<ResultType<X, D>>;
}

/** {@link apply}, with options that were read. */
export function applyRead(x: Tensor<DType>, list: readonly Transform[], options: ApplyOptions): Tensor<DType> {
  const bound = bindAll(x, list);
  bound.forEach(checkGate);
  const passes = planned(x, bound, options);
  checkLimits(x.gpu, passes);
  checkInto(x, passes, options.into);
  const held = options.into?.storage.refs ?? 0;
  try {
    return x.gpu.attempt(() => runPasses(x, passes, bound, options.into?.storage));
  } catch (error) {
    while (options.into && options.into.storage.refs > held) options.into.storage.release();
    throw error;
  }
}

function runPasses(x: Tensor<DType>, passes: readonly Pass[], bound: readonly Bound[], into?: Storage): Tensor<DType> {
  let result: Tensor<DType> = x;
  passes.forEach((pass, i) => {
    const isLast = i === passes.length - 1;
    const links = pass.positions.map((at) => bound[at]);
    const beside = besideTensors(pass, links, x.sizes[0]);
    const { compose } = kinds[pass.kind];
    const key = `${i}|${pass.key}`;
    const next = compose
      ? written(compose(result as Tensor, pass, links[0], beside.tensors, applyPart), isLast ? into : undefined)
      : runOne(result, pass, links, key, isLast ? into : undefined, beside.tensors);
    beside.dispose();
    if (result !== x) result.dispose();
    result = next;
  });
  return result;
}

function runOne(
  x: Tensor<DType>,
  pass: Pass,
  links: readonly Bound[],
  key: string,
  into: Storage | undefined,
  images: readonly Tensor[],
): Tensor<DType> {
  const field = kinds[pass.kind].through?.(x.gpu, links, x.sizes[0], applyPart);
  const y = runPass(x, pass, links, key, into, { field: field?.tensor, images });
  field?.dispose();
  return y;
}

/** A chain within a transform that is made of others, or looks through what others made. */
export const applyPart = (x: Tensor, chain: readonly Transform[]): Tensor => applyRead(x, chain, {}) as Tensor;

/** A result, or a copy of it where a caller wants it. */
function written(made: Tensor, into?: Storage): Tensor {
  if (!into) return made;
  const [pass] = planned(made, [], {});
  const copy = runPass(made, pass, [], `into|${pass.key}`, into);
  made.dispose();
  return copy as Tensor;
}

/** Checks everything before anything is recorded. */
export function bindAll(x: Tensor<DType>, transforms: readonly Transform[]): Bound[] {
  if (!(x instanceof Tensor)) throw new ArgumentError("x", describe(x), "a tensor [N, C, H, W]");
  checkImage(x.sizes);
  x.gpu.assertAlive();
  checkTensor("x", x, x.gpu);
  return bindChain(x.gpu, x.sizes, transforms);
}

/** Checks the transforms of a chain for images of this shape. */
export function bindChain(gpu: Gpu, input: Shape, transforms: readonly Transform[]): Bound[] {
  let shape = input;
  const bound = transforms.map((transform) => {
    const made = bind(transform, shape[0], shape[1], [shape[2], shape[3]]);
    shape = outputSize(made.transform, shape);
    return made;
  });
  for (const { transform, values, on, field, images } of bound) {
    const { declaration } = transform;
    for (const name in values) checkValue(declaration, name, values[name], gpu);
    if (on) checkValue(declaration, "on", on, gpu);
    for (const name in images) checkTensor(`${declaration.name}.${name}`, images[name], gpu);
    if (field)
      for (const tensor of field.tensors) checkTensor(`${declaration.name}.${declaration.field!.name}`, tensor, gpu);
    // Behind the tensors themselves: one that was disposed of is what is wrong with it, however long it was.
    if (hasLists(transform)) abilities.list.checkLengths(transform);
  }
  return bound;
}

function checkValue({ name }: Declaration, param: string, value: BoundValue, gpu: Gpu): void {
  if (!("tensor" in value)) return;
  checkTensor(value.is === undefined ? `${name}.${param}` : "index of choose()", value.tensor, gpu);
}

/**
 * A batch of images `[N, C, H, W]` in another storage type: `u8` and `rgba8` frames to `f32`, or f32 to f16. Differentiable.
 * @throws ShapeError when x is no batch of images
 */
export function cast<D extends StoredType>(x: Tensor<DType>, dtype: D): Tensor<D> {
  return applyRead(x, [], { dtype: check("dtype of cast()", dtype, PLAN_RULES.dtype) }) as Tensor<D>;
}

/** Checks that a tensor is one, alive, and of the image's device. */
function checkTensor(argument: string, tensor: Tensor<DType>, gpu: Gpu): void {
  if (!(tensor instanceof Tensor)) throw new ArgumentError(argument, describe(tensor), "a tensor made by augrad");
  if (!tensor.disposed && tensor.gpu === gpu) return;
  const what = tensor.disposed
    ? "that was disposed of; allowed is one that was not"
    : "of another device; allowed is one of x's device: create it there, or adopt the other engine's device";
  throw new TensorStateError(`${argument}: got a tensor ${show(tensor.shape)} ${what}.`);
}

/** A pass can leave a sample alone by a branch; half of a turned image is no image turned by half. */
function checkGate({ gate, transform: { declaration } }: Bound): void {
  if (gate !== "gate" || kinds[declaration.kind].blends) return;
  throw new ArgumentError(
    `${declaration.name}.on`,
    "a tensor",
    `0 or 1 per sample, for a ${declaration.kind}; sequential([...]) blends`,
  );
}

/** What a pass needs of a device: buffers, the bytes of the largest binding that no split makes smaller, and of a whole batch. */
const needsOf = perPass((pass: Pass) => {
  const { whole: reason, cost } = kinds[pass.kind];
  return {
    reason,
    buffers: cost(pass).buffers,
    one: largestBinding(reason === undefined ? samplesOf(pass, 1) : pass),
    whole: 4 * Math.max(count(pass.input), count(pass.output)),
  };
});

/** Checks that the device can hold every image, and bind one sample of every pass, backward included; batches are split. */
function checkLimits(gpu: Gpu, passes: readonly Pass[]): void {
  const { maxStorageBufferBindingSize, maxBufferSize, maxStorageBuffersPerShaderStage } = gpu.limits;
  for (const pass of passes) {
    const { reason, buffers, one, whole } = needsOf(pass);
    if (buffers > maxStorageBuffersPerShaderStage) {
      const what = `A ${pass.kind} pass of ${pass.links.map(({ transform }) => transform.declaration.name).join(" > ")}`;
      throw new LimitError("maxStorageBuffersPerShaderStage", buffers, maxStorageBuffersPerShaderStage, what);
    }
    if (one > maxStorageBufferBindingSize) {
      const what = reason === undefined ? "One sample of" : `A batch that cannot be split, because ${reason},`;
      throw new LimitError(
        "maxStorageBufferBindingSize",
        one,
        maxStorageBufferBindingSize,
        `${what} ${show(pass.input)} -> ${show(pass.output)}`,
      );
    }
    if (whole > maxBufferSize)
      throw new LimitError(
        "maxBufferSize",
        whole,
        maxBufferSize,
        `A batch ${show(pass.input)} -> ${show(pass.output)}`,
      );
  }
}

function checkInto(x: Tensor<DType>, passes: readonly Pass[], into: Tensor<DType> | undefined): void {
  if (!into) return;
  checkTensor("into", into, x.gpu);
  const { output, outputType } = passes[passes.length - 1];
  if (!sameShape(into.shape, output) || into.dtype !== outputType) {
    throw new ShapeError("into", `${show(into.shape)} of ${into.dtype}`, `${show(output)} of ${outputType}`);
  }
  if (into.storage === x.storage) throw new ArgumentError("into", "the input itself", "another tensor");
}
