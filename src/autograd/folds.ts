import reduceWgsl from "../../shaders/tensor/reduce.wgsl";
import type { Gpu } from "../gpu/index.ts";
import { count, empty, type Shape, type Tensor } from "../tensor/index.ts";
import { floatBits, type Kernel, quads, result, run, THREADS } from "./dispatch.ts";
import { binaryKernel, strided } from "./kernels.ts";
import { bindsWhole, longest, type Stretch, stretchOf, wholeOf } from "./parts.ts";
import { collapse, dimensions, MAX_WORDS, stridesOf } from "./strides.ts";

const REDUCE_KERNEL: Kernel = { wgsl: reduceWgsl, words: 8 + 2 * MAX_WORDS };

// Reductions. As in kernels.ts, without a graph and without checks.

const REDUCE = { sum: 0, max: 1, min: 2 };
// The same of two tensors.
const PAIRS = { sum: "add", max: "maximum", min: "minimum" } as const;

export type ReduceOp = keyof typeof REDUCE;

// A thread adds up about this many values: enough to be worth a thread, few enough to keep rounding errors small.
const VALUES_PER_THREAD = 64;

/**
 * Reduces over `axes` (sorted), in an order that depends on the shape alone, and on the device's largest binding where x
 * is larger than that, and multiplies by `factor`.
 * @param shape shape of the result: that of x without the axes, or with ones in their place
 */
export function reduce(op: ReduceOp, x: Tensor, axes: readonly number[], shape: Shape, factor = 1): Tensor {
  if (!bindsWhole([x])) return reduceInParts(op, x, axes, shape, factor);
  const y = result(shape, x);
  reduceStretch(op, { from: wholeOf(x), sizes: x.shape, axes, into: wholeOf(y), wide: quads([x]), factor }, x.gpu);
  return y;
}

/** A reduction of a stretch of values, dense in the given sizes, into a stretch of its results. */
interface Reduction {
  from: Stretch;
  sizes: Shape;
  axes: readonly number[];
  into: Stretch;
  /** Whether the buffer may be seen as quads. */
  wide: boolean;
  factor: number;
}

function reduceStretch(op: ReduceOp, reduction: Reduction, gpu: Gpu): void {
  const { sizes, axes, into, factor } = reduction;
  const strides = stridesOf(sizes);
  const walkOf = (dims: readonly number[]) =>
    collapse(
      dims.map((i) => sizes[i]),
      [dims.map((i) => strides[i])],
    );
  const kept = sizes.map((_, i) => i).filter((i) => !axes.includes(i));
  let [results, values] = [walkOf(kept), walkOf(axes)];
  const m = count(results.sizes);
  let k = count(values.sizes);
  // Neighbouring values go four at a time.
  let wide = reduction.wide && values.sizes.length === 1 && values.strides[0][0] === 1 && k % 4 === 0;
  wide &&= reduction.from.shift % 4 === 0;
  let { from } = reduction;
  if (wide) {
    k /= 4;
    values = { sizes: [k], strides: [[1]] };
    results.strides = results.strides.map((s) => s.map((stride) => stride / 4));
    from = { ...from, shift: from.shift / 4 };
  }
  let partial: Tensor | null = null;
  for (;;) {
    const { chunks, lanes, perBlock } = blocksFor(m, k);
    const last = chunks === 1;
    const y: Tensor | null = last ? null : empty(gpu, [m * chunks]);
    const to = y ? wholeOf(y) : into;
    const ranks = [results.sizes.length, values.sizes.length];
    const words = [m, k, chunks, floatBits(last ? factor : 1), ...ranks, lanes, perBlock, ...dimensions(results)];
    words.push(...new Array<number>(36 - words.length).fill(0), from.shift, to.shift, 0, 0, ...dimensions(values));
    const constants = { op: REDUCE[op] };
    const stretches = [from, to];
    const threads = m * chunks;
    run({ kernel: REDUCE_KERNEL, label: op, constants, wide, stretches, words, threads, perGroup: THREADS }, gpu);
    partial?.dispose();
    if (!y) return;
    [partial, from, wide, k] = [y, to, false, chunks];
    [results, values] = [collapse([m], [[chunks]]), collapse([chunks], [[1]])];
  }
}

/**
 * The same of a tensor larger than a binding: blocks of it, dense in its last dimensions, are reduced one by one, and what
 * they leave is reduced further.
 */
function reduceInParts(op: ReduceOp, x: Tensor, axes: readonly number[], shape: Shape, factor: number): Tensor {
  const most = longest(x.gpu);
  // The blocks are stretches of dimension `cut`; those behind it are in them whole.
  const cut = x.shape.findIndex((_, i) => count(x.shape.slice(i + 1)) <= most);
  const inner = x.shape.slice(cut + 1);
  const length = Math.max(1, Math.floor(most / count(inner)));
  const reduced = axes.includes(cut);
  const chunks = Math.ceil(x.shape[cut] / length);
  const rest = inner.map((size, i) => (axes.includes(cut + 1 + i) ? 1 : size));
  const left = [...x.shape.slice(0, cut), reduced ? chunks : x.shape[cut], ...rest];
  if (count(left) === x.size && axes.some((axis) => x.shape[axis] > 1)) return foldSlices(op, x, axes, shape, factor);
  const done = axes.every((axis) => left[axis] === 1);
  const y = empty(x.gpu, done ? shape : left);
  const [rows, results] = [x.size / (x.shape[cut] * count(inner)), count(rest)];
  for (let row = 0; row < rows; row++) {
    for (let chunk = 0; chunk < chunks; chunk++) {
      const size = Math.min(length, x.shape[cut] - chunk * length);
      const from = stretchOf(x, (row * x.shape[cut] + chunk * length) * count(inner), size * count(inner));
      const first = (row * left[cut] + (reduced ? chunk : chunk * length)) * results;
      const into = stretchOf(y, first, (reduced ? 1 : size) * results);
      const inside = axes.filter((axis) => axis >= cut).map((axis) => axis - cut);
      const scale = done ? factor : 1;
      reduceStretch(op, { from, sizes: [size, ...inner], axes: inside, into, wide: quads([x]), factor: scale }, x.gpu);
    }
  }
  if (done) return y;
  const result = reduce(op, y, axes, shape, factor);
  y.dispose();
  return result;
}

/** The same where no block has two values of a result: whole slices, one after another. */
function foldSlices(op: ReduceOp, x: Tensor, axes: readonly number[], shape: Shape, factor: number): Tensor {
  const axis = axes.find((i) => x.shape[i] > 1)!;
  const strides = stridesOf(x.shape);
  const one = x.shape.map((size, i) => (i === axis ? 1 : size));
  let sum = strided(op, x, { offset: 0, strides }, one);
  for (let i = 1; i < x.shape[axis]; i++) {
    const slice = strided(op, x, { offset: i * strides[axis], strides }, one);
    const next = binaryKernel(PAIRS[op], sum, slice, one);
    for (const used of [sum, slice]) used.dispose();
    sum = next;
  }
  const result = reduce(op, sum, axes, shape, factor);
  sum.dispose();
  return result;
}

/** How many threads share the values of one result, in how many lanes, so that no thread is left without a value. */
function blocksFor(results: number, values: number): { chunks: number; lanes: number; perBlock: number } {
  if (values <= 2 * VALUES_PER_THREAD || (results >= 16384 && values <= 4096))
    return { chunks: 1, lanes: 1, perBlock: values };
  const wanted = Math.min(Math.ceil(values / VALUES_PER_THREAD), Math.max(2, Math.ceil(2 ** 18 / results)));
  if (wanted <= THREADS) return { chunks: wanted, lanes: wanted, perBlock: values };
  const perThread = Math.ceil(values / wanted);
  const perBlock = perThread * THREADS;
  const blocks = Math.ceil(values / perBlock);
  const rest = values - (blocks - 1) * perBlock;
  return { chunks: (blocks - 1) * THREADS + Math.min(THREADS, rest), lanes: THREADS, perBlock };
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
