/** What the declaration of a mix says of the samples of a batch. */
import { add, broadcastTo, clamp, equal, floor, reshape, slice, sub } from "../autograd/index.ts";
import { mixFrame, NUMBERS, TENSORS, type Value } from "../compiler/arithmetic.ts";
import type { Bound, BoundValue } from "../compiler/pass.ts";
import { bind } from "../compiler/stages/bind.ts";
import type { Gpu } from "../gpu/index.ts";
import { keeping, type Shape, Tensor, tensor } from "../tensor/index.ts";
import type { Arithmetic, MixArguments, ParamSpec, Transform } from "../transforms/index.ts";

/** A mix that was bound to a batch. */
export interface BoundMix extends Bound {
  /** How many samples the batch has. */
  readonly samples: number;
  /** Which samples are seen beside the own ones; none, where a mix moves pixels of its own sample about. */
  readonly partners: BoundValue | undefined;
}

/** The parameter of a mix that names partners, if it has one. */
export const partnerOf = ({ params }: Transform["declaration"]): string | undefined =>
  Object.keys(params).find((name) => params[name].role === "partner");

/** Binds a mix to a batch `[N, C, H, W]`. */
export function boundMix(transform: Transform, [n, c, h, w]: Shape): BoundMix {
  const bound = bind(transform, n, c, [h, w]);
  const name = partnerOf(transform.declaration);
  return { ...bound, samples: n, partners: name === undefined ? undefined : bound.values[name] };
}

/** What a declaration computes for one sample: `gate` is how far the mix applies, null where it always does. */
export type SampleRule = <V>(gate: V | null, ...given: MixArguments<V>) => readonly V[];

/**
 * What a declaration computes, for each sample: numbers where all parameters are numbers, else tensors `[N]`, whose gradients reach
 * the parameters.
 */
export function perSample(bound: BoundMix, shape: Shape, rule: SampleRule): readonly (readonly number[] | Tensor)[] {
  const { params } = bound.transform.declaration;
  const values = Object.entries(bound.values).filter(
    ([name]) => params[name].role === undefined && params[name].list === undefined,
  );
  const all = [...values.map(([, value]) => value), ...(bound.on ? [bound.on] : [])];
  const learned = all.find((value) => "tensor" in value);
  return learned && "tensor" in learned
    ? inTensors(bound, values, shape, learned.tensor, rule)
    : inNumbers(bound, values, shape, rule);
}

type Values = readonly (readonly [name: string, value: BoundValue])[];

function inNumbers({ transform, on, samples }: BoundMix, values: Values, shape: Shape, rule: SampleRule): number[][] {
  const at = (value: BoundValue, i: number) => ("numbers" in value ? value.numbers[i * value.strides[0]] : Number.NaN);
  const frame = mixFrame(transform, shape);
  const rows = Array.from({ length: samples }, (_, i) => {
    const row = Object.fromEntries(values.map(([name, value]) => [name, at(value, i)]));
    return rule(on ? at(on, i) : null, row, frame, NUMBERS, transform.options);
  });
  return rows[0].map((_, column) => rows.map((row) => row[column]));
}

function inTensors(bound: BoundMix, values: Values, shape: Shape, like: Tensor, rule: SampleRule): Tensor[] {
  const { transform, on, samples } = bound;
  const { declaration, options } = transform;
  const { gpu } = like;
  return keeping(gpu, () => {
    const given = Object.fromEntries(
      values.map(([name, value]) => [name, givenValue(value, declaration.params[name], samples, like)]),
    );
    const gate = on ? givenValue(on, {}, samples, like) : null;
    return rule<Value>(gate, given, mixFrame(transform, shape), TENSORS, options).map((value) =>
      broadcastTo(typeof value === "number" ? tensor(gpu, new Float32Array(samples).fill(value)) : value, [samples]),
    );
  });
}

/** gate · value + (1 − gate) · alone. At a gate of 0 or 1 that is known, one of the two. */
export function gated<V>(gate: V | null, value: V, alone: V, of: Arithmetic<V>): V {
  if (gate === null || gate === 1) return value;
  return gate === 0 ? alone : of.add(alone, of.mul(gate, of.sub(value, alone)));
}

/** The places of a source in the batch, one for each sample. */
export function samplesOf({ samples, partners }: BoundMix, source: number): readonly number[] | Tensor {
  if (source === 0 || partners === undefined) return Array.from({ length: samples }, (_, i) => i);
  const at = source - 1;
  if ("tensor" in partners) {
    const { tensor: given, strides } = partners;
    if (strides[1] === 0) return given;
    const rows = given.shape.length === 1 ? 1 : given.shape[0];
    return keeping(given.gpu, () => reshape(slice(reshape(given, [rows, -1]), 1, at, at + 1), [rows]));
  }
  const { numbers, strides } = partners;
  return Array.from({ length: samples }, (_, i) => numbers[i * strides[0] + at * strides[1]]);
}

/** Places in a batch of n samples as a tensor `[n]`, as the shader reads them: the nearest whole number, held in the batch. */
export function placesIn(gpu: Gpu, samples: readonly number[] | Tensor, n: number): Tensor {
  if (!(samples instanceof Tensor)) return tensor(gpu, samples);
  const held = clamp(floor(add(samples.detach(), 0.5)), 0, n - 1);
  return broadcastTo(reshape(held, [held.size]), [n]);
}

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
