import { record } from "../../autograd/graph.ts";
import { reshape } from "../../autograd/index.ts";
import type { Gpu, Storage } from "../../gpu/index.ts";
import { Tensor } from "../../tensor/index.ts";
import type { Bound, Pass } from "../pass.ts";
import { floatWord, groupsFor } from "../pixels/kernel.ts";
import { linkBack } from "../pixels/written.ts";
import { keep } from "./kept.ts";
import { boundValue, type Range, type Slot } from "./layout.ts";

/** A parameter that is a tensor, and its place in the block. */
export interface TensorParam {
  slot: Slot;
  tensor: Tensor;
  strides: [number, number];
  /** What lies in the block is 1 where the tensor has this value, else 0. */
  is?: number;
}

/** The values of a pass for one call. */
export interface Block {
  tensor: Tensor;
  params: readonly TensorParam[];
}

/** Blocks made of numbers alone, by pass: equal numbers need no second upload. At most 1 MB of them. */
const blocks = keep<{ numbers: Float32Array<ArrayBuffer>; storage: Storage }>(2 ** 20, 256);

/**
 * Lays out the parameters of a pass as `[slots][samples]`: numbers by upload, tensors by copies or by a kernel.
 * @param first the pass's first sample in the batch that the parameters are for
 * @param ranged whether the pass's kernels move the values of slots into their ranges themselves, as `loadParams` does
 */
export function packBlock(
  gpu: Gpu,
  pass: Pass,
  bound: readonly Bound[],
  cacheKey: string,
  first: number,
  ranged: boolean,
): Block {
  const samples = pass.input[0];
  const numbers = scratch(Math.max(pass.layout.total, 1) * samples);
  const params: TensorParam[] = [];
  for (const slot of pass.layout.slots) {
    const value = boundValue(bound[slot.transform], slot);
    if ("tensor" in value) {
      params.push({ slot, ...value });
      continue;
    }
    const [bySample, byComponent] = value.strides;
    let at = slot.offset * samples;
    for (let k = 0; k < slot.size; k++)
      for (let n = 0; n < samples; n++) numbers[at++] = value.numbers[(first + n) * bySample + k * byComponent];
  }
  const shape = [Math.max(pass.layout.total, 1), samples];
  if (params.length === 0) return { tensor: new Tensor(gpu, shape, "f32", blockOf(gpu, cacheKey, numbers)), params };
  const storage = gpu.upload(numbers);
  if (params.every((param) => liesAsItIs(param, ranged)))
    for (const { slot, tensor } of params)
      gpu.copy(tensor.storage, first * 4, storage, slot.offset * samples * 4, samples * 4);
  else
    for (let i = 0; i < params.length; i += AT_ONCE)
      dispatchPack(gpu, params.slice(i, i + AT_ONCE), storage, samples, first);
  return { tensor: new Tensor(gpu, shape, "f32", storage), params };
}

/**
 * Whether a tensor's values lie in the block as they are, so that a copy does. On SwiftShader a dispatch of `param_pack` takes 0.06 ms by the
 * device's clock, where a step of the colour chain at 8x3x32x32, which copies, takes 0.33 in all.
 */
const liesAsItIs = ({ slot, strides, is }: TensorParam, ranged: boolean): boolean =>
  isRow(slot, strides) &&
  is === undefined &&
  (!slot.range || (ranged && slot.role === "value" && !slot.perKernel && !slot.list));

const rooms = new Map<number, Float32Array<ArrayBuffer>>();
/** So many of them are kept. */
const ROOMS = 64;

/** Zeros to lay numbers out in, until the next call: making a typed array, or a view of one, costs more than all else here. */
function scratch(length: number): Float32Array<ArrayBuffer> {
  let numbers = rooms.get(length);
  if (!numbers) {
    if (rooms.size === ROOMS) rooms.clear();
    rooms.set(length, (numbers = new Float32Array(length)));
  }
  return numbers.fill(0);
}

/** A tensor to lay into a block: how many values a sample has of it, from which row of the block on. */
interface Spread extends Pick<TensorParam, "tensor" | "strides" | "is"> {
  slot: Pick<Slot, "size" | "offset" | "range">;
}

/** So many tensors are laid into a block by one dispatch. */
const AT_ONCE = 4;

function dispatchPack(gpu: Gpu, spreads: readonly Spread[], block: Storage, samples: number, first: number): void {
  const pipeline = gpu.pipeline({
    key: "param_pack",
    label: "param_pack",
    access: "urrrrw",
    source: () => linkBack("param_pack"),
  });
  let widest = 0;
  const words = [samples, first, 0, 0];
  for (const { slot, strides, is } of spreads) {
    widest = Math.max(widest, slot.size);
    words.push(slot.size, slot.offset, strides[0], strides[1]);
    pushRange(words, slot.range);
    words.push(Number(is !== undefined), floatWord(is ?? 0), 0, 0);
  }
  // Where there are fewer, the first one stands for the others, and nobody reads it.
  const tensors = Array.from({ length: AT_ONCE }, (_, i) => (spreads[i] ?? spreads[0]).tensor.storage);
  gpu.dispatch({
    pipeline,
    bindings: [gpu.uniform(words, 4 + AT_ONCE * SPREAD_WORDS), ...tensors, block],
    groups: [...groupsFor(widest * samples), spreads.length],
  });
}

const SPREAD_WORDS = 12;

/** A tensor whose values are moved to the nearest that a parameter allows, as in a block; its gradient passes as it is. */
export function movedInto(tensor: Tensor, range: Range): Tensor {
  const storage = tensor.gpu.allocate(tensor.byteLength);
  dispatchPack(tensor.gpu, [{ tensor, strides: [1, 0], slot: { size: 1, offset: 0, range } }], storage, tensor.size, 0);
  return record("movedInto", [tensor], { shape: tensor.shape, storage }, [], (g) => [reshape(g, tensor.shape)]);
}

function pushRange(words: number[], { min = -Infinity, max = Infinity, gap, whole }: Range = ANYTHING): void {
  words.push(floatWord(min), floatWord(max), floatWord(gap), Number(whole));
}
const ANYTHING: Range = { gap: 0, whole: false };

/** The gradient of one tensor parameter, from row `row` of the gradients `[rows][samples]`; 0 for samples before and behind these. */
export function unpackGradient(
  gpu: Gpu,
  gradients: Storage,
  row: number,
  param: TensorParam,
  samples: number,
  first: number,
): Tensor {
  const { tensor, strides, slot } = param;
  const storage = gpu.allocate(tensor.byteLength);
  if (isRow(slot, strides) && tensor.size === samples) {
    gpu.copy(gradients, row * samples * 4, storage, 0, samples * 4);
    return new Tensor(gpu, tensor.sizes, "f32", storage);
  }
  const pipeline = gpu.pipeline({
    key: "param_unpack",
    label: "param_unpack",
    access: "urw",
    source: () => linkBack("param_unpack"),
  });
  const words = gpu.uniform([samples, slot.size, row, strides[0], strides[1], tensor.size, first]);
  gpu.dispatch({ pipeline, bindings: [words, gradients, storage], groups: groupsFor(tensor.size) });
  return new Tensor(gpu, tensor.sizes, "f32", storage);
}

/** One value per sample: then it lies in the block as it is, and a copy does instead of a dispatch. */
const isRow = (slot: Slot, strides: readonly [number, number]): boolean => slot.size === 1 && strides[0] === 1;

/** A buffer with these numbers: the pass's last one, where they are equal bit by bit. */
function blockOf(gpu: Gpu, key: string, numbers: Float32Array<ArrayBuffer>): Storage {
  const known = blocks.get(gpu, key);
  if (known && sameBits(known.numbers, numbers)) return known.storage.retain();
  blocks.drop(gpu, key);
  const storage = gpu.upload(numbers);
  blocks.set(gpu, key, { numbers: numbers.slice(), storage });
  return storage;
}

/** A zero of the other sign is another number: WGSL's 1 / x and atan2 tell them apart. */
function sameBits(a: Float32Array, b: Float32Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false;
  return true;
}
