import { type Binding, type Gpu, LimitError } from "../gpu/index.ts";
import { linkShader } from "../gpu/wesl.ts";
import { count, empty, type Shape, Tensor } from "../tensor/index.ts";
import type { Operand } from "./operands.ts";
import { broadcastStrides, collapse, dimensions, stridesOf, type Walk } from "./strides.ts";

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

/** Whether a kernel may see buffers as quads: four values at once are several times as fast. */
const quads = (tensors: readonly Tensor[]): boolean => tensors.every(({ storage }) => storage.size % 16 === 0);

/** Workgroups for a count, in two dimensions when there are more than a device allows in one. */
function groupsFor(gpu: Gpu, values: number, perGroup: number): [number, number] {
  const groups = Math.ceil(values / perGroup);
  const limit = gpu.limits.maxComputeWorkgroupsPerDimension;
  if (groups <= limit) return [groups, 1];
  const rows = Math.ceil(groups / limit);
  return [Math.ceil(groups / rows), rows];
}

/** Memory for the result of a kernel that reads some tensors, once it is sure that it can see all of them. */
function result(shape: Shape, ...reads: Tensor[]): Tensor {
  const { gpu } = reads[0];
  const limit = gpu.limits.maxStorageBufferBindingSize;
  const bytes = Math.max(4 * count(shape), ...reads.map((tensor) => tensor.byteLength));
  if (bytes > limit) throw new LimitError("maxStorageBufferBindingSize", bytes, limit, "An operation on a tensor of this size");
  return empty(gpu, shape);
}

/** A kernel of `shaders/pass`, and what it works on. */
interface Run {
  kernel: string;
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

function run({ kernel, label, constants, wide = false, reads, writes, words, threads, perGroup }: Run): void {
  const { gpu } = writes;
  const path = `pass::tensor_${kernel}`;
  const pipeline = gpu.pipeline({
    key: wide ? `${path} wide` : path,
    label,
    access: `${"r".repeat(reads.length)}wu`,
    constants,
    source: () => linkShader(path, { conditions: { wide } }),
  });
  const bindings: Binding[] = reads.map((tensor) => tensor.storage);
  bindings.push(writes.storage, gpu.uniform(words));
  const bytes = reads.reduce((total, tensor) => total + tensor.byteLength, writes.byteLength);
  gpu.dispatch({ pipeline, bindings, groups: groupsFor(gpu, threads, perGroup), bytes });
}

/** op(x). `lo` and `hi` are the bounds of `clamp`. */
export function unary(op: UnaryOp, x: Tensor, lo = 0, hi = 0): Tensor {
  const y = result(x.shape, x);
  const wide = quads([x]);
  const n = wide ? Math.ceil(x.size / 4) : x.size;
  const words = [n, 0, floatBits(lo), floatBits(hi)];
  run({ kernel: "unary", label: op, constants: { op: UNARY[op] }, wide, reads: [x], writes: y, words, threads: n, perGroup: PER_GROUP });
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
  const constants: Record<string, number> = mode === 5 && wide ? { op: BINARY[op], mode, spread } : { op: BINARY[op], mode };
  run({ kernel: "binary", label: op, constants, wide, reads: [first, second], writes: y, words, threads: n, perGroup: PER_GROUP });
  return y;
}

/** op(a, b, c), broadcast to `out`; b and c may be numbers. */
export function ternary(op: TernaryOp, a: Tensor, b: Operand, c: Operand, out: Shape): Tensor {
  const operands = [a, b, c];
  const y = result(out, ...operands.filter((x) => typeof x !== "number"));
  const walk = collapse(out, operands.map((x) => (typeof x === "number" ? out.map(() => 0) : broadcastStrides(x.shape, out))));
  const [nb, nc] = [b, c].map((x) => typeof x === "number");
  const words = [y.size, walk.sizes.length, nb ? floatBits(b as number) : 0, nc ? floatBits(c as number) : 0, Number(nb), Number(nc), 0, 0];
  words.push(...dimensions(walk));
  const reads = operands.map((x) => (typeof x === "number" ? a : x));
  run({ kernel: "ternary", label: op, constants: { op: TERNARY[op] }, reads, writes: y, words, threads: y.size, perGroup: PER_GROUP });
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
export function gather(op: string, x: Tensor, view: View, shape: Shape): Tensor {
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

// A thread adds up about this many values: enough to be worth a thread, few enough to keep rounding errors small.
const VALUES_PER_THREAD = 64;

/**
 * Reduces over `axes` (sorted), in an order that depends on the shape alone, and multiplies by `factor`.
 * @param shape shape of the result: that of x without the axes, or with ones in their place
 */
export function reduce(op: ReduceOp, x: Tensor, axes: readonly number[], shape: Shape, factor = 1): Tensor {
  const strides = stridesOf(x.shape);
  const kept = x.shape.map((_, i) => i).filter((i) => !axes.includes(i));
  const walkOf = (dims: readonly number[]) => collapse(dims.map((i) => x.shape[i]), [dims.map((i) => strides[i])]);
  let results = walkOf(kept);
  let values = walkOf(axes);
  const m = count(kept.map((i) => x.shape[i]));
  let k = count(axes.map((i) => x.shape[i]));
  // Neighbouring values go four at a time.
  const wide = quads([x]) && values.sizes.length === 1 && values.strides[0][0] === 1 && k % 4 === 0;
  if (wide) {
    k /= 4;
    values = { sizes: [k], strides: [[1]] };
    results.strides = results.strides.map((s) => s.map((stride) => stride / 4));
  }
  let from = x;
  for (;;) {
    const { chunks, lanes, perBlock } = blocksFor(m, k);
    const last = chunks === 1;
    const y = result(last ? shape : [m * chunks], from);
    const words = [m, k, chunks, floatBits(last ? factor : 1), results.sizes.length, values.sizes.length, lanes, perBlock];
    words.push(...dimensions(results), ...dimensions(values));
    const constants = { op: REDUCE[op] };
    const threads = m * chunks;
    run({ kernel: "reduce", label: op, constants, wide: wide && from === x, reads: [from], writes: y, words, threads, perGroup: THREADS });
    if (from !== x) from.dispose();
    if (last) return y;
    from = y;
    k = chunks;
    results = collapse([m], [[chunks]]);
    values = collapse([chunks], [[1]]);
  }
}

/** How many threads share the values of one result, in how many lanes, so that no thread is left without a value. */
function blocksFor(results: number, values: number): { chunks: number; lanes: number; perBlock: number } {
  if (values <= 2 * VALUES_PER_THREAD || (results >= 16384 && values <= 4096)) return { chunks: 1, lanes: 1, perBlock: values };
  const wanted = Math.min(Math.ceil(values / VALUES_PER_THREAD), Math.max(2, Math.ceil(2 ** 18 / results)));
  if (wanted <= THREADS) return { chunks: wanted, lanes: wanted, perBlock: values };
  const perThread = Math.ceil(values / wanted);
  const perBlock = perThread * THREADS;
  const blocks = Math.ceil(values / perBlock);
  const rest = values - (blocks - 1) * perBlock;
  return { chunks: (blocks - 1) * THREADS + Math.min(THREADS, rest), lanes: THREADS, perBlock };
}

/** A matrix of a batch: strides of its rows and columns, and of the batch (which broadcasts). */
export interface Matrices {
  tensor: Tensor;
  transposed?: boolean;
}

/** a · b over the last two dimensions, either transposed; `batch` is the broadcast of the leading ones, at most four. */
export function matmulKernel(a: Matrices, b: Matrices, batch: Shape): Tensor {
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
  const out = result(shape, a.tensor, b.tensor);
  const front = (values: readonly number[], rest: number) => [...new Array(4 - values.length).fill(rest), ...values];
  const words = [out.size, x.size[0], y.size[1], x.size[1], ...x.steps, ...y.steps, ...front(batch, 1), ...front(x.batch, 0), ...front(y.batch, 0)];
  run({ kernel: "matmul", label: "matmul", reads: [a.tensor, b.tensor], writes: out, words, threads: out.size, perGroup: THREADS });
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
