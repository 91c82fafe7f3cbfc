import { add, broadcastTo, clamp, equal, gather, mul, reshape, slice, sub } from "../autograd/index.ts";
import { mixFrame, NUMBERS, TENSORS, type Value } from "../compiler/arithmetic.ts";
import { outputSize } from "../compiler/outcome.ts";
import type { Bound, BoundValue } from "../compiler/pass.ts";
import { bind, listOf } from "../compiler/stages/bind.ts";
import { ArgumentError, describe, ShapeError } from "../gpu/index.ts";
import { checkImage, checkShape, keeping, type Shape, show, Tensor, tensor } from "../tensor/index.ts";
import type { Link, ParamSpec, Transform } from "../transforms/index.ts";
import { isTransform } from "../transforms/language/declare.ts";

/** One of the samples that each sample of a mixed batch is made of, and how much of it there is. */
export interface LabelSource {
  /** Places in the batch, one for each sample: numbers, or what the transform was given as a tensor, `[N]` or `[1]`. */
  samples: readonly number[] | Tensor;
  /** Shares, 0 to 1, one for each sample: numbers, or a tensor `[N]` through which gradients reach what was learned. */
  weights: readonly number[] | Tensor;
}

/**
 * What becomes of the labels of a batch that a mix changes: of which samples each consists, and to which shares. The first source is
 * the sample itself, further ones are its partners; shares add up to 1, less what a `mosaic` shows beyond its four images. They are
 * numbers where all parameters are numbers, else tensors, whose gradients reach the parameters.
 * @param shape `[N, C, H, W]` of the batch
 * @throws ArgumentError for a transform that is no mix, and for parameters that the batch does not allow
 */
export function labelWeights(transform: Transform, shape: Shape): readonly LabelSource[] {
  if (!isTransform(transform) || !transform.declaration.mix)
    throw new ArgumentError("transform of labelWeights()", describe(transform), "a mix, such as mixup(...)");
  checkShape(shape);
  checkImage(shape, "shape");
  const { declaration } = transform;
  const [n, c, h, w] = shape;
  const bound = bind(transform, n, c, [h, w]);
  const scalars = Object.entries(declaration.params).filter(([, { role, list }]) => role === undefined && !list);
  const all = [...scalars.map(([name]) => bound.values[name]), ...(bound.on ? [bound.on] : [])];
  const learned = all.find((value) => "tensor" in value);
  const weights =
    learned && "tensor" in learned ? tensorShares(bound, shape, learned.tensor) : numberShares(bound, shape);
  const partners =
    bound.values[Object.keys(declaration.params).find((name) => declaration.params[name].role === "partner")!];
  return weights.map((own, source) => ({ samples: samplesOf(partners, source, n), weights: own }));
}

/**
 * The labels of a batch behind a chain: each mix takes of every source's label its share; other transforms leave labels alone.
 * @param labels `[N, K]`, such as `oneHot` makes; N is that of the batch
 * @param transforms as for `apply`, with numbers and tensors for parameters
 * @param shape `[N, C, H, W]` of the batch before the chain
 */
export function mixLabels(labels: Tensor, transforms: Link | readonly Link[], shape: Shape): Tensor {
  const list = listOf(transforms);
  checkShape(shape);
  checkImage(shape, "shape");
  if (!(labels instanceof Tensor) || labels.shape.length !== 2 || labels.shape[0] !== shape[0]) {
    const given = labels instanceof Tensor ? `a tensor ${show(labels.shape)}` : describe(labels);
    throw new ShapeError("labels of mixLabels()", given, `a tensor [${shape[0]}, K], such as oneHot makes`);
  }
  return keeping(labels.gpu, () => {
    let mixed = add(labels, 0);
    let size = shape;
    for (const transform of list) {
      if (transform.declaration.mix) mixed = mixedOnce(mixed, labelWeights(transform, size));
      size = outputSize(transform, size);
    }
    return mixed;
  });
}

function mixedOnce(labels: Tensor, sources: readonly LabelSource[]): Tensor {
  const { gpu, shape } = labels;
  const terms = sources.map(({ samples, weights }) => {
    const index = samples instanceof Tensor ? reshape(samples, [samples.size]) : tensor(gpu, samples);
    const share = weights instanceof Tensor ? weights : tensor(gpu, weights);
    const taken = gather(labels, { axis: 0, index: index.size === shape[0] ? index : broadcastTo(index, [shape[0]]) });
    return mul(reshape(share, [shape[0], 1]), taken);
  });
  return terms.reduce((sum, term) => add(sum, term));
}

function samplesOf(partners: BoundValue, source: number, n: number): LabelSource["samples"] {
  if (source === 0) return Array.from({ length: n }, (_, i) => i);
  const at = source - 1;
  if ("tensor" in partners) {
    const { tensor: given, strides } = partners;
    if (strides[1] === 0) return given;
    const rows = given.shape.length === 1 ? 1 : given.shape[0];
    return keeping(given.gpu, () => reshape(slice(reshape(given, [rows, -1]), 1, at, at + 1), [rows]));
  }
  const { numbers, strides } = partners;
  return Array.from({ length: n }, (_, i) => numbers[i * strides[0] + at * strides[1]]);
}

/** Shares by source, in numbers. What a coin leaves alone is the sample itself. */
function numberShares(bound: Bound, shape: Shape): readonly number[][] {
  const { transform, values, on } = bound;
  const at = (value: BoundValue, i: number) => ("numbers" in value ? value.numbers[i * value.strides[0]] : Number.NaN);
  const rows = Array.from({ length: shape[0] }, (_, i) => {
    const row = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, at(value, i)]));
    const shares = transform.declaration.mix!.shares(row, mixFrame(transform, shape), NUMBERS, transform.options);
    return on && at(on, i) === 0 ? shares.map((_, source) => Number(source === 0)) : shares;
  });
  return rows[0].map((_, source) => rows.map((row) => row[source]));
}

/** Shares by source, in tensors `[N]`. */
function tensorShares(bound: Bound, shape: Shape, like: Tensor): readonly Tensor[] {
  const { transform, values, on } = bound;
  const { declaration, options } = transform;
  const { params, mix } = declaration;
  const { gpu } = like;
  const [n] = shape;
  return keeping(gpu, () => {
    const given = Object.fromEntries(
      Object.entries(values)
        .filter(([name]) => params[name].role === undefined)
        .map(([name, value]) => [name, givenValue(value, params[name], n, like)]),
    );
    const shares = mix!.shares<Value>(given, mixFrame(transform, shape), TENSORS, options);
    const gate = on && givenValue(on, {}, n, like);
    return shares.map((share, source) => {
      const own = gate === undefined ? share : gated(gate, share, Number(source === 0));
      return broadcastTo(typeof own === "number" ? tensor(gpu, new Float32Array(n).fill(own)) : own, [n]);
    });
  });
}

/** gate · share + (1 − gate) · alone */
const gated = (gate: Value, share: Value, alone: number): Value =>
  TENSORS.add(alone, TENSORS.mul(gate, TENSORS.sub(share, alone)));

/** A parameter as the shader gets it: a tensor is moved to the nearest value that is allowed, with a gradient of 1. */
function givenValue(
  value: BoundValue,
  { min = -Infinity, max = Infinity }: Partial<ParamSpec>,
  n: number,
  like: Tensor,
): Value {
  if ("numbers" in value) {
    const { numbers, strides } = value;
    if (strides[0] === 0) return numbers[0];
    return tensor(
      like.gpu,
      Float32Array.from({ length: n }, (_, i) => numbers[i * strides[0]]),
    );
  }
  const flat = reshape(value.tensor, value.tensor.size === n ? [n] : []);
  if (value.is !== undefined) return equal(flat, value.is);
  if (min === -Infinity && max === Infinity) return flat;
  return add(flat, sub(clamp(flat, min, max), flat).detach());
}
