import binaryWgsl from "../../shaders/tensor/binary.wgsl";
import copyWgsl from "../../shaders/tensor/copy.wgsl";
import ternaryWgsl from "../../shaders/tensor/ternary.wgsl";
import unaryWgsl from "../../shaders/tensor/unary.wgsl";
import { count, empty, type Shape, Tensor, unwritten } from "../tensor/index.ts";
import { floatBits, type Kernel, quads, run } from "./dispatch.ts";
import type { Operand } from "./operands.ts";
import { boxesOf, type Stretch } from "./parts.ts";
import { broadcastStrides, collapse, dimensions, MAX_WORDS, stridesOf, type Walk } from "./strides.ts";

const BINARY_KERNEL: Kernel = { wgsl: binaryWgsl, words: 4 + MAX_WORDS };
const COPY_KERNEL: Kernel = { wgsl: copyWgsl, words: 4 + MAX_WORDS };
const TERNARY_KERNEL: Kernel = { wgsl: ternaryWgsl, words: 8 + MAX_WORDS };
const UNARY_KERNEL: Kernel = { wgsl: unaryWgsl, words: 4 };

// The kernels of autograd, without a graph and without checks: every function makes a new tensor, which the caller owns.

const PER_GROUP = 256;

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
  expm1: 14,
  log1p: 15,
  floor: 16,
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
    atan2: 12,
  },
  ...{ absGrad: 33, sinGrad: 34, cosGrad: 35, reluGrad: 36, softplusGrad: 37, squareGrad: 38, clampGrad: 39 },
  ...{ sqrtGrad: 48, tanhGrad: 49, sigmoidGrad: 50 },
};
const TERNARY = {
  ...{ where: 0, maximumGrad: 1, minimumGrad: 2, divGrad: 3, powGrad: 4, powGradExponent: 5 },
  ...{ blend: 6, blendGrad: 7, only: 8, atan2Grad: 9 },
};

export type UnaryOp = keyof typeof UNARY;
export type BinaryOp = keyof typeof BINARY;
export type TernaryOp = keyof typeof TERNARY;

/** op(x). `lo` and `hi` are the bounds of `clamp`. */
export function unary(op: UnaryOp, x: Tensor, lo = 0, hi = 0): Tensor {
  const y = unwritten(x.gpu, x.sizes);
  const wide = quads([x]);
  const flat: Walk = { sizes: [x.size], strides: [[1], [1]] };
  for (const { sizes, stretches } of boxesOf([x, y], flat)) {
    const n = wide ? Math.ceil(sizes[0] / 4) : sizes[0];
    const words = [n, 0, floatBits(lo), floatBits(hi)];
    const constants = { op: UNARY[op] };
    run({ kernel: UNARY_KERNEL, label: op, constants, wide, stretches, words, threads: n, perGroup: PER_GROUP }, x.gpu);
  }
  return y;
}

// How the binary kernel finds its operands.
const MODES = { equal: 0, numberB: 1, numberA: 2, oneB: 3, oneA: 4, broadcast: 5 };

function modeOf(a: Operand, b: Operand, size: number): number {
  if (typeof b === "number") return MODES.numberB;
  if (typeof a === "number") return MODES.numberA;
  if (a.size === size && b.size === size) return MODES.equal;
  if (a.size === size && b.size === 1) return MODES.oneB;
  return b.size === size && a.size === 1 ? MODES.oneA : MODES.broadcast;
}

/**
 * op(a, b) for tensors of f32 on one device, or one tensor and one number. `out` is their broadcast shape.
 * `lo` and `hi` are the bounds of `clampGrad`.
 */
export function binaryKernel(op: BinaryOp, a: Operand, b: Operand, out: Shape, lo = 0, hi = 0): Tensor {
  const first = (typeof a === "number" ? b : a) as Tensor;
  const second = typeof b === "number" ? first : b;
  const y = unwritten(first.gpu, out);
  const { size } = y;
  const mode = modeOf(a, b, size);
  const spreads = mode === MODES.broadcast;
  // Where nothing broadcasts but single values, all is one long row.
  const walk: Walk = spreads
    ? collapse(out, [broadcastStrides(first.sizes, out), broadcastStrides(second.sizes, out), stridesOf(out)])
    : { sizes: [size], strides: [[Number(first.size === size)], [Number(second.size === size)], [1]] };
  const wide = quads([first, second]) && (!spreads || walk.sizes[walk.sizes.length - 1] % 4 === 0);
  const constants: Record<string, number> = { op: BINARY[op], mode };
  // Whether one value of an operand stands for four neighbours.
  if (spreads && wide)
    constants.spread = Number(walk.strides[0].at(-1) === 0) + 2 * Number(walk.strides[1].at(-1) === 0);
  const number = typeof a === "number" ? a : typeof b === "number" ? b : lo;
  for (const { sizes, stretches } of boxesOf([first, second, y], walk)) {
    const n = wide ? Math.ceil(count(sizes) / 4) : count(sizes);
    const words = [n, spreads ? sizes.length : 0, floatBits(number), floatBits(hi)];
    if (spreads) words.push(...dimensions({ sizes, strides: walk.strides.slice(0, 2) }));
    if (spreads) words.push(...shiftsOf(stretches, words.length, 32));
    run(
      { kernel: BINARY_KERNEL, label: op, constants, wide, stretches, words, threads: n, perGroup: PER_GROUP },
      y.gpu,
    );
  }
  return y;
}

/** op(a, b, c), broadcast to `out`; b and c may be numbers. */
export function ternary(op: TernaryOp, a: Tensor, b: Operand, c: Operand, out: Shape): Tensor {
  const operands = [a, b, c];
  const y = unwritten(a.gpu, out);
  const strides = operands.map((x) => (typeof x === "number" ? out.map(() => 0) : broadcastStrides(x.sizes, out)));
  const walk = collapse(out, [...strides, stridesOf(out)]);
  const reads = operands.map((x) => (typeof x === "number" ? a : x));
  const [nb, nc] = [b, c].map((x) => (typeof x === "number" ? floatBits(x) : 0));
  const numbers = [b, c].map((x) => Number(typeof x === "number"));
  for (const { sizes, stretches } of boxesOf([...reads, y], walk)) {
    const n = count(sizes);
    const words = [
      n,
      sizes.length,
      nb,
      nc,
      ...numbers,
      0,
      0,
      ...dimensions({ sizes, strides: walk.strides.slice(0, 3) }),
    ];
    words.push(...shiftsOf(stretches, words.length, 32));
    const constants = { op: TERNARY[op] };
    run({ kernel: TERNARY_KERNEL, label: op, constants, stretches, words, threads: n, perGroup: PER_GROUP }, y.gpu);
  }
  return y;
}

/** The shifts of stretches as the words from `at` on, behind the words that there are; nothing where all are 0. */
function shiftsOf(stretches: readonly Stretch[], words: number, at: number): number[] {
  const shifts = stretches.map(({ shift }) => shift);
  return shifts.some((shift) => shift > 0) ? [...new Array<number>(at - words).fill(0), ...shifts] : [];
}

/** A view of part of a tensor: where it starts, and its strides. */
export interface View {
  offset: number;
  strides: readonly number[];
}

/** Writes `sizes` values of `x`, seen through `from`, into `y`, seen through `to`. */
export function copyStrided(op: string, x: Tensor, from: View, y: Tensor, to: View, shape: Shape): void {
  const walk = collapse(shape, [from.strides, to.strides]);
  for (const { sizes, stretches } of boxesOf([x, y], walk, [from.offset, to.offset])) {
    const n = count(sizes);
    const words = [n, sizes.length, ...stretches.map(({ shift }) => shift), ...dimensions({ ...walk, sizes })];
    run({ kernel: COPY_KERNEL, label: op, stretches, words, threads: n, perGroup: PER_GROUP }, y.gpu);
  }
}

/** The values of `x` seen through strides, as a new dense tensor. */
export function strided(op: string, x: Tensor, view: View, shape: Shape): Tensor {
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

/** The same memory under another shape; the storage keeps a user for each. */
export function reshaped(x: Tensor, shape: Shape): Tensor {
  return new Tensor(x.gpu, shape, x.dtype, x.storage.retain());
}
