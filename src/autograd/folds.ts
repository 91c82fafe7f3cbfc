import { count, type Shape, type Tensor } from "../tensor/index.ts";
import { floatBits, quads, result, run, THREADS } from "./kernels.ts";
import { broadcastStrides, collapse, dimensions, MAX_WORDS, stridesOf } from "./strides.ts";

// The kernels that add up: reductions and products of matrices. As in kernels.ts, without a graph and without checks.

const REDUCE = { sum: 0, max: 1, min: 2 };

export type ReduceOp = keyof typeof REDUCE;

// A thread adds up about this many values: enough to be worth a thread, few enough to keep rounding errors small.
const VALUES_PER_THREAD = 64;

/**
 * Reduces over `axes` (sorted), in an order that depends on the shape alone, and multiplies by `factor`.
 * @param shape shape of the result: that of x without the axes, or with ones in their place
 */
export function reduce(op: ReduceOp, x: Tensor, axes: readonly number[], shape: Shape, factor = 1): Tensor {
  const strides = stridesOf(x.shape);
  const kept = x.shape.map((_, i) => i).filter((i) => !axes.includes(i));
  const walkOf = (dims: readonly number[]) =>
    collapse(
      dims.map((i) => x.shape[i]),
      [dims.map((i) => strides[i])],
    );
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
    const words = [
      m,
      k,
      chunks,
      floatBits(last ? factor : 1),
      results.sizes.length,
      values.sizes.length,
      lanes,
      perBlock,
    ];
    words.push(...dimensions(results));
    while (words.length < 8 + MAX_WORDS) words.push(0);
    words.push(...dimensions(values));
    const constants = { op: REDUCE[op] };
    const threads = m * chunks;
    run({
      kernel: "reduce",
      label: op,
      constants,
      wide: wide && from === x,
      reads: [from],
      writes: y,
      words,
      threads,
      perGroup: THREADS,
    });
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
  const words = [
    out.size,
    x.size[0],
    y.size[1],
    x.size[1],
    ...x.steps,
    ...y.steps,
    ...front(batch, 1),
    ...front(x.batch, 0),
    ...front(y.batch, 0),
  ];
  run({
    kernel: "matmul",
    label: "matmul",
    reads: [a.tensor, b.tensor],
    writes: out,
    words,
    threads: out.size,
    perGroup: THREADS,
  });
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
