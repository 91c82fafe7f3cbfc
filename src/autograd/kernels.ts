import { type Binding, type Gpu, LimitError } from "../gpu/index.ts";
import { linkShader } from "../gpu/wesl.ts";
import { count, empty, type Shape, Tensor } from "../tensor/index.ts";
import type { Operand } from "./operands.ts";
import { broadcastStrides, collapse, dimensions, MAX_WORDS, stridesOf, type Walk } from "./strides.ts";

// The kernels of autograd, without a graph and without checks: every function makes a new tensor, which the caller owns.

const PER_GROUP = 256;
/** Threads of a workgroup, in every kernel of `shaders/tensor/`. */
export const THREADS = 64;

const UNARY = {
  neg: 0,
  exp: 1,
  log: 2,
  sqrt: 3,
  square: 4,
  abs: 5,
  sin: 6,
  cos: 7,
  tanh: 8,
  sigmoid: 9,
  relu: 10,
  softplus: 11,
  clamp: 12,
  sign: 13,
};
const BINARY = {
  ...{
    add: 0,
    sub: 1,
    mul: 2,
    div: 3,
    pow: 4,
    maximum: 5,
    minimum: 6,
    greater: 7,
    greaterEqual: 8,
    less: 9,
    lessEqual: 10,
    equal: 11,
  },
  ...{ absGrad: 33, sinGrad: 34, cosGrad: 35, reluGrad: 36, softplusGrad: 37, squareGrad: 38, clampGrad: 39 },
  ...{ sqrtGrad: 48, tanhGrad: 49, sigmoidGrad: 50 },
};
const TERNARY = { where: 0, maximumGrad: 1, minimumGrad: 2, divGrad: 3, powGrad: 4, powGradExponent: 5 };

export type UnaryOp = keyof typeof UNARY;
export type BinaryOp = keyof typeof BINARY;
export type TernaryOp = keyof typeof TERNARY;

const scratch = new Float32Array(1);
const scratchBits = new Uint32Array(scratch.buffer);

/** The bits of a number as f32: how numbers travel in uniform words. */
export function floatBits(value: number): number {
  scratch[0] = value;
  return scratchBits[0];
}

/** Whether a kernel may see buffers as quads: four values at once are several times as fast. */
export const quads = (tensors: readonly Tensor[]): boolean => tensors.every(({ storage }) => storage.size % 16 === 0);

/** Workgroups for a count, in two dimensions when there are more than a device allows in one. */
function groupsFor(gpu: Gpu, values: number, perGroup: number): [number, number] {
  const groups = Math.ceil(values / perGroup);
  const limit = gpu.limits.maxComputeWorkgroupsPerDimension;
  if (groups <= limit) return [groups, 1];
  const rows = Math.ceil(groups / limit);
  return [Math.ceil(groups / rows), rows];
}

/** Memory for the result of a kernel that reads some tensors, once it is sure that it can see all of them. */
export function result(shape: Shape, ...reads: Tensor[]): Tensor {
  const { gpu } = reads[0];
  const limit = gpu.limits.maxStorageBufferBindingSize;
  const bytes = Math.max(4 * count(shape), ...reads.map((tensor) => tensor.byteLength));
  if (bytes > limit)
    throw new LimitError("maxStorageBufferBindingSize", bytes, limit, "An operation on a tensor of this size");
  return empty(gpu, shape);
}

/** Words of the uniform of every kernel: a few, and {@link MAX_WORDS} for every walk. */
const WORDS = {
  unary: 4,
  binary: 4 + MAX_WORDS,
  ternary: 8 + MAX_WORDS,
  copy: 4 + MAX_WORDS,
  reduce: 8 + 2 * MAX_WORDS,
  matmul: 20,
  extreme: 8,
  pick: 8 + MAX_WORDS,
  place: 12 + MAX_WORDS,
  cross_entropy: 8,
  conv2d: 20,
  conv2d_input: 20,
  conv2d_weight: 20,
};

/** A kernel of `shaders/tensor`, and what it works on. */
interface Run {
  kernel: keyof typeof WORDS;
  /** Its name in errors and in profiles. */
  label: string;
  constants?: Record<string, number>;
  /** Compiled for quads. */
  wide?: boolean;
  reads: readonly Tensor[];
  writes: Tensor;
  words: readonly number[];
  threads: number;
  perGroup: number;
}

/** Records a kernel. */
export function run({ kernel, label, constants, wide = false, reads, writes, words, threads, perGroup }: Run): void {
  const { gpu } = writes;
  const path = `tensor::${kernel}`;
  const pipeline = gpu.pipeline({
    key: wide ? `${path} wide` : path,
    label,
    access: `${"r".repeat(reads.length)}wu`,
    constants,
    source: () => linkShader(path, { conditions: { wide } }),
  });
  const bindings: Binding[] = reads.map((tensor) => tensor.storage);
  bindings.push(writes.storage, gpu.uniform(words, WORDS[kernel]));
  const bytes = reads.reduce((total, tensor) => total + tensor.byteLength, writes.byteLength);
  gpu.dispatch({ pipeline, bindings, groups: groupsFor(gpu, threads, perGroup), bytes });
}

/** op(x). `lo` and `hi` are the bounds of `clamp`. */
export function unary(op: UnaryOp, x: Tensor, lo = 0, hi = 0): Tensor {
  const y = result(x.shape, x);
  const wide = quads([x]);
  const n = wide ? Math.ceil(x.size / 4) : x.size;
  const words = [n, 0, floatBits(lo), floatBits(hi)];
  run({
    kernel: "unary",
    label: op,
    constants: { op: UNARY[op] },
    wide,
    reads: [x],
    writes: y,
    words,
    threads: n,
    perGroup: PER_GROUP,
  });
  return y;
}

/**
 * op(a, b) for tensors of f32 on one device, or one tensor and one number. `out` is their broadcast shape.
 * `lo` and `hi` are the bounds of `clampGrad`.
 */
export function binaryKernel(op: BinaryOp, a: Operand, b: Operand, out: Shape, lo = 0, hi = 0): Tensor {
  const first = (typeof a === "number" ? b : a) as Tensor;
  const second = typeof b === "number" ? first : b;
  const y = result(out, first, second);
  const size = y.size;
  let wide = quads([first, second]);
  let mode = 5;
  let spread = 0;
  let walk: Walk = { sizes: [], strides: [] };
  if (typeof b === "number") mode = 1;
  else if (typeof a === "number") mode = 2;
  else if (a.size === size && b.size === size) mode = 0;
  else if (a.size === size && b.size === 1) mode = 3;
  else if (b.size === size && a.size === 1) mode = 4;
  else {
    walk = collapse(out, [broadcastStrides(a.shape, out), broadcastStrides(b.shape, out)]);
    wide &&= walk.sizes[walk.sizes.length - 1] % 4 === 0;
    if (wide) spread = walk.strides.reduce((bits, s, k) => bits | (s[s.length - 1] === 0 ? 1 << k : 0), 0);
  }
  const n = wide ? Math.ceil(size / 4) : size;
  const words = [n, walk.sizes.length, floatBits(lo), floatBits(hi), ...dimensions(walk)];
  if (typeof a === "number") words[2] = floatBits(a);
  if (typeof b === "number") words[2] = floatBits(b);
  const constants: Record<string, number> =
    mode === 5 && wide ? { op: BINARY[op], mode, spread } : { op: BINARY[op], mode };
  run({
    kernel: "binary",
    label: op,
    constants,
    wide,
    reads: [first, second],
    writes: y,
    words,
    threads: n,
    perGroup: PER_GROUP,
  });
  return y;
}

/** op(a, b, c), broadcast to `out`; b and c may be numbers. */
export function ternary(op: TernaryOp, a: Tensor, b: Operand, c: Operand, out: Shape): Tensor {
  const operands = [a, b, c];
  const y = result(out, ...operands.filter((x) => typeof x !== "number"));
  const walk = collapse(
    out,
    operands.map((x) => (typeof x === "number" ? out.map(() => 0) : broadcastStrides(x.shape, out))),
  );
  const [nb, nc] = [b, c].map((x) => typeof x === "number");
  const words = [
    y.size,
    walk.sizes.length,
    nb ? floatBits(b as number) : 0,
    nc ? floatBits(c as number) : 0,
    Number(nb),
    Number(nc),
    0,
    0,
  ];
  words.push(...dimensions(walk));
  const reads = operands.map((x) => (typeof x === "number" ? a : x));
  run({
    kernel: "ternary",
    label: op,
    constants: { op: TERNARY[op] },
    reads,
    writes: y,
    words,
    threads: y.size,
    perGroup: PER_GROUP,
  });
  return y;
}

/** A view of part of a tensor: where it starts, and its strides. */
export interface View {
  offset: number;
  strides: readonly number[];
}

/** Writes `sizes` values of `x`, seen through `from`, into `y`, seen through `to`. */
export function copyStrided(op: string, x: Tensor, from: View, y: Tensor, to: View, sizes: Shape): void {
  const n = count(sizes);
  const walk = collapse(sizes, [from.strides, to.strides]);
  const words = [n, walk.sizes.length, from.offset, to.offset, ...dimensions(walk)];
  run({ kernel: "copy", label: op, reads: [x], writes: y, words, threads: n, perGroup: PER_GROUP });
}

/** The values of `x` seen through strides, as a new dense tensor. */
export function strided(op: string, x: Tensor, view: View, shape: Shape): Tensor {
  const y = result(shape, x);
  copyStrided(op, x, view, y, { offset: 0, strides: stridesOf(shape) }, shape);
  return y;
}

/** A copy in memory of its own. */
export function clone(x: Tensor): Tensor {
  const y = empty(x.gpu, x.shape, x.dtype);
  x.gpu.copy(x.storage, 0, y.storage, 0, Math.ceil(x.byteLength / 4) * 4);
  return y;
}

/** The same memory under another shape; the storage keeps a user for each. */
export function reshaped(x: Tensor, shape: Shape): Tensor {
  return new Tensor(x.gpu, shape, x.dtype, x.storage.retain());
}
