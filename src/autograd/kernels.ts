import type { Binding, Gpu } from "../gpu/index.ts";
import { linkShader } from "../gpu/wesl.ts";
import { count, empty, type Shape, Tensor } from "../tensor/index.ts";
import type { Operand } from "./operands.ts";

// The kernels of autograd, without a graph and without checks: every function makes a new tensor, which the caller owns.

const PER_GROUP = 256;
const THREADS = 64;

const UNARY = { neg: 0, exp: 1, log: 2, sqrt: 3, square: 4, abs: 5, sin: 6, cos: 7, tanh: 8, sigmoid: 9, relu: 10, softplus: 11, clamp: 12 };
const BINARY = {
  ...{ add: 0, sub: 1, mul: 2, div: 3, pow: 4, maximum: 5, minimum: 6, greater: 7, greaterEqual: 8, less: 9, lessEqual: 10, equal: 11 },
  ...{ absGrad: 33, sinGrad: 34, cosGrad: 35, reluGrad: 36, softplusGrad: 37, squareGrad: 38, clampGrad: 39 },
  ...{ sqrtGrad: 48, tanhGrad: 49, sigmoidGrad: 50 },
};
const TERNARY = { where: 0, maximumGrad: 1, minimumGrad: 2, divGrad: 3, powGrad: 4, powGradExponent: 5 };
const REDUCE = { sum: 0, max: 1, min: 2 };

export type UnaryOp = keyof typeof UNARY;
export type BinaryOp = keyof typeof BINARY;
export type TernaryOp = keyof typeof TERNARY;
export type ReduceOp = keyof typeof REDUCE;

const scratch = new Float32Array(1);
const scratchBits = new Uint32Array(scratch.buffer);

/** The bits of a number as f32: how numbers travel in uniform words. */
export function floatBits(value: number): number {
  scratch[0] = value;
  return scratchBits[0];
}

/** Row-major strides of a shape, in values. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = stride;
    stride *= shape[i];
  }
  return strides;
}

/** Strides with which `shape` is read as if it were `out`. */
export function broadcastStrides(shape: Shape, out: Shape): number[] {
  const strides = stridesOf(shape);
  const lead = out.length - shape.length;
  return out.map((_, i) => (i < lead || shape[i - lead] === 1 ? 0 : strides[i - lead]));
}

/** A walk over sizes, with strides for each of several buffers. */
export interface Walk {
  sizes: number[];
  strides: number[][];
}

/** The same walk with as few dimensions as possible. */
export function collapse(sizes: readonly number[], strides: readonly (readonly number[])[]): Walk {
  const walk: Walk = { sizes: [], strides: strides.map(() => []) };
  for (let i = 0; i < sizes.length; i++) {
    if (sizes[i] === 1) continue;
    const last = walk.sizes.length - 1;
    if (last >= 0 && strides.every((s, k) => walk.strides[k][last] === s[i] * sizes[i])) {
      walk.sizes[last] *= sizes[i];
      strides.forEach((s, k) => (walk.strides[k][last] = s[i]));
    } else {
      walk.sizes.push(sizes[i]);
      strides.forEach((s, k) => walk.strides[k].push(s[i]));
    }
  }
  return walk;
}

/** Eight words: two `vec4u` of a uniform. */
function eight(values: readonly number[], rest: number): number[] {
  const out = new Array<number>(8).fill(rest);
  for (let i = 0; i < values.length; i++) out[i] = values[i];
  return out;
}

/** Workgroups for a count, in two dimensions when there are more than a device allows in one. */
function groupsFor(gpu: Gpu, values: number, perGroup: number): [number, number] {
  const groups = Math.ceil(values / perGroup);
  const limit = gpu.limits.maxComputeWorkgroupsPerDimension;
  if (groups <= limit) return [groups, 1];
  const rows = Math.ceil(groups / limit);
  return [Math.ceil(groups / rows), rows];
}

function run(
  gpu: Gpu,
  kernel: string,
  op: string,
  constants: Record<string, number> | undefined,
  access: string,
  bindings: Binding[],
  words: readonly number[],
  threads: number,
  perGroup: number,
  values: number,
): void {
  const path = `pass::tensor_${kernel}`;
  const pipeline = gpu.pipeline({ key: path, label: op, access, constants, source: () => linkShader(path) });
  bindings.push(gpu.uniform(words));
  gpu.dispatch({ pipeline, bindings, groups: groupsFor(gpu, threads, perGroup), bytes: values * 4 });
}

/** op(x). `lo` and `hi` are the bounds of `clamp`. */
export function unary(op: UnaryOp, x: Tensor, lo = 0, hi = 0): Tensor {
  const y = empty(x.gpu, x.shape);
  const n = x.size;
  run(x.gpu, "unary", op, { op: UNARY[op] }, "rwu", [x.storage, y.storage], [n, 0, floatBits(lo), floatBits(hi)], n, PER_GROUP, 2 * n);
  return y;
}

/**
 * op(a, b) for tensors of f32 on one device, or one tensor and one number. `out` is their broadcast shape.
 * `lo` and `hi` are the bounds of `clampGrad`.
 */
export function binaryKernel(op: BinaryOp, a: Operand, b: Operand, out: Shape, lo = 0, hi = 0): Tensor {
  const x = (typeof a === "number" ? b : a) as Tensor;
  const other = typeof b === "number" ? x : b;
  const y = empty(x.gpu, out);
  const n = y.size;
  const words = [n, 0, floatBits(lo), floatBits(hi)];
  let mode = 0;
  if (typeof b === "number") mode = 1;
  else if (typeof a === "number") mode = 2;
  else if (a.size !== n || b.size !== n) mode = 3;
  if (mode === 1 || mode === 2) words[2] = floatBits((mode === 1 ? b : a) as number);
  if (mode === 3) {
    const walk = collapse(out, [broadcastStrides(x.shape, out), broadcastStrides(other.shape, out)]);
    words[1] = walk.sizes.length;
    words.push(...eight(walk.sizes, 1), ...eight(walk.strides[0], 0), ...eight(walk.strides[1], 0));
  }
  while (words.length < 28) words.push(0);
  run(x.gpu, "binary", op, { op: BINARY[op], mode }, "rrwu", [x.storage, other.storage, y.storage], words, n, PER_GROUP, 3 * n);
  return y;
}

/** op(a, b, c), broadcast to `out`; b and c may be numbers. */
export function ternary(op: TernaryOp, a: Tensor, b: Operand, c: Operand, out: Shape): Tensor {
  const y = empty(a.gpu, out);
  const n = y.size;
  const operands = [a, b, c];
  const walk = collapse(out, operands.map((x) => (typeof x === "number" ? out.map(() => 0) : broadcastStrides(x.shape, out))));
  const number = (x: Operand) => (typeof x === "number" ? x : 0);
  const words = [n, walk.sizes.length, floatBits(number(b)), floatBits(number(c)), ...eight(walk.sizes, 1)];
  for (const strides of walk.strides) words.push(...eight(strides, 0));
  words.push(Number(typeof b === "number"), Number(typeof c === "number"), 0, 0);
  const storages = operands.map((x) => (typeof x === "number" ? a.storage : x.storage));
  run(a.gpu, "ternary", op, { op: TERNARY[op] }, "rrrwu", [...storages, y.storage], words, n, PER_GROUP, 4 * n);
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
  const words = [n, walk.sizes.length, from.offset, to.offset, ...eight(walk.sizes, 1), ...eight(walk.strides[0], 0), ...eight(walk.strides[1], 0)];
  run(x.gpu, "copy", op, undefined, "rwu", [x.storage, y.storage], words, n, PER_GROUP, 2 * n);
}

/** The values of `x` seen through strides, as a new dense tensor. */
export function gather(op: string, x: Tensor, view: View, shape: Shape): Tensor {
  const y = empty(x.gpu, shape);
  copyStrided(op, x, view, y, { offset: 0, strides: stridesOf(shape) }, shape);
  return y;
}

/** A copy in memory of its own. */
export function clone(x: Tensor): Tensor {
  const y = empty(x.gpu, x.shape, x.dtype);
  x.gpu.copy(x.storage, 0, y.storage, 0, Math.ceil(x.byteLength / 4) * 4);
  return y;
}

// A thread adds up about this many values: enough to be worth a thread, few enough to keep rounding errors small.
const VALUES_PER_THREAD = 128;

/**
 * Reduces over `axes` (sorted), in an order that depends on the shape alone, and multiplies by `factor`.
 * @param shape shape of the result: that of x without the axes, or with ones in their place
 */
export function reduce(op: ReduceOp, x: Tensor, axes: readonly number[], shape: Shape, factor = 1): Tensor {
  const { gpu } = x;
  const strides = stridesOf(x.shape);
  const kept = x.shape.map((_, i) => i).filter((i) => !axes.includes(i));
  const walkOf = (dims: readonly number[]) => collapse(dims.map((i) => x.shape[i]), [dims.map((i) => strides[i])]);
  let results = walkOf(kept);
  let values = walkOf(axes);
  const m = count(kept.map((i) => x.shape[i]));
  let k = count(axes.map((i) => x.shape[i]));
  let from = x;
  for (;;) {
    const chunks = chunksFor(m, k);
    const last = chunks === 1;
    const y = last ? empty(gpu, shape) : empty(gpu, [m * chunks]);
    const words = [m, k, chunks, floatBits(last ? factor : 1), results.sizes.length, values.sizes.length, 0, 0];
    for (const walk of [results, values]) words.push(...eight(walk.sizes, 1), ...eight(walk.strides[0], 0));
    run(gpu, "reduce", op, { op: REDUCE[op] }, "rwu", [from.storage, y.storage], words, m * chunks, THREADS, m * k + m * chunks);
    if (from !== x) from.dispose();
    if (last) return y;
    from = y;
    k = chunks;
    results = { sizes: [m], strides: [[chunks]] };
    values = { sizes: [chunks], strides: [[1]] };
  }
}

function chunksFor(results: number, values: number): number {
  if (values <= 2 * VALUES_PER_THREAD) return 1;
  if (results >= 16384 && values <= 4096) return 1;
  const wanted = Math.ceil(values / VALUES_PER_THREAD);
  return Math.min(wanted, Math.max(2, Math.ceil(2 ** 18 / results)));
}

/** A matrix of a batch: strides of its rows and columns, and of the batch (which broadcasts). */
export interface Matrices {
  tensor: Tensor;
  transposed?: boolean;
}

/** a · b over the last two dimensions, either transposed; `batch` is the broadcast of the leading ones, at most four. */
export function matmulKernel(a: Matrices, b: Matrices, batch: Shape): Tensor {
  const gpu = a.tensor.gpu;
  const [x, y] = [a, b].map(({ tensor, transposed }) => {
    const { shape } = tensor;
    const [rows, columns] = shape.slice(-2);
    return {
      size: transposed ? [columns, rows] : [rows, columns],
      steps: transposed ? [1, columns] : [columns, 1],
      batch: broadcastStrides(shape.slice(0, -2), batch).map((s) => s * rows * columns),
    };
  });
  const shape = [...batch, x.size[0], y.size[1]];
  const out = empty(gpu, shape);
  const front = (values: readonly number[], rest: number) => [...new Array(4 - values.length).fill(rest), ...values];
  const words = [out.size, x.size[0], y.size[1], x.size[1], ...x.steps, ...y.steps, ...front(batch, 1), ...front(x.batch, 0), ...front(y.batch, 0)];
  const storages = [a.tensor.storage, b.tensor.storage, out.storage];
  run(gpu, "matmul", "matmul", undefined, "rrwu", storages, words, out.size, THREADS, a.tensor.size + b.tensor.size + out.size);
  return out;
}

/** Adds up a gradient over the dimensions that a broadcast had made; disposes of it, unless it is returned. */
export function sumTo(gradient: Tensor, shape: Shape): Tensor {
  const rank = gradient.shape.length;
  const lead = rank - shape.length;
  const axes: number[] = [];
  for (let i = 0; i < rank; i++) if (i < lead || (shape[i - lead] === 1 && gradient.shape[i] !== 1)) axes.push(i);
  if (axes.length === 0) return gradient;
  const sum = reduce("sum", gradient, axes, shape);
  gradient.dispose();
  return sum;
}

/** The same memory under another shape; the storage keeps a user for each. */
export function reshaped(x: Tensor, shape: Shape): Tensor {
  return new Tensor(x.gpu, shape, x.dtype, x.storage.retain());
}
