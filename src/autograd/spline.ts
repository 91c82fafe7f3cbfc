import splineWgsl from "../../shaders/tensor/spline.wgsl";
import splineBackWgsl from "../../shaders/tensor/spline_back.wgsl";
import { type Tensor, tensor, zeros } from "../tensor/index.ts";
import { floatBits, type Kernel, result, runWhole, THREADS } from "./dispatch.ts";
import { add, log, mul, square, sub } from "./elementwise.ts";
import { reduce } from "./folds.ts";
import { record } from "./graph.ts";
import { solveSettled } from "./inverse.ts";
import { strided } from "./kernels.ts";
import { sum } from "./reduce.ts";
import { broadcastTo, concat, reshape, transpose } from "./shaping.ts";

// Splines of thin plates (Duchon 1977, Bookstein 1989): f(q) = a₀ + a₁ q_x + a₂ q_y + Σ w_j U(|q − c_j|²), U(s) = ½ s ln s.

const SPLINE_KERNEL: Kernel = { wgsl: splineWgsl, words: 16 };
const SPLINE_BACK_KERNEL: Kernel = { wgsl: splineBackWgsl, words: 16 };

/** Keeps the logarithm of 0 finite: ½ s ln s and its slope in the points are 0 there. */
const TINY = 1e-30;

/** U of every distance from points `[N, M, 2]` to centres `[N, K, 2]`: `[N, M, K]`. */
export function plates(points: Tensor, centres: Tensor): Tensor {
  const [n, m] = points.shape;
  const [other, k] = centres.shape;
  const s = sum(square(sub(reshape(points, [n, m, 1, 2]), reshape(centres, [other, 1, k, 2]))), [3]);
  return mul(mul(s, 0.5), log(add(s, TINY)));
}

/** 1, x and y of points: `[N, K, 3]`. */
export const affineBasis = (points: Tensor): Tensor =>
  concat([tensor(points.gpu, new Float32Array(points.size / 2).fill(1), [...points.shape.slice(0, 2), 1]), points], 2);

/**
 * Weights `[N, K + 3, 2]` of the spline that has `values` at `points`, both `[N, K, 2]`: those of the centres `[N, K, 2]`, then the
 * affine part, of 1, x and y. The sums of the former, and of those times the points, are 0.
 */
export function splineWeights(points: Tensor, centres: Tensor, values: Tensor): Tensor {
  const { gpu } = points;
  const [n] = points.shape;
  const basis = affineBasis(points);
  const above = concat([plates(points, centres), basis], 2);
  const below = concat([transpose(basis, [0, 2, 1]), zeros(gpu, [n, 3, 3])], 2);
  const matrix = concat([above, below], 1);
  return solveSettled(matrix, concat([values, zeros(gpu, [n, 3, 2])], 1));
}

/** How pixels become coordinates of a spline, q = scale · p + shift, and its values pixels again. */
export interface SplineFrame {
  width: number;
  height: number;
  scale: readonly [number, number];
  shift: readonly [number, number];
  /** Pixels for 1 of the spline's values. */
  back: readonly [number, number];
}

const numbersOf = ({ width, scale, shift, back }: SplineFrame, second: number): number[] => [
  ...[width, second, 0, 0],
  ...[...scale, ...shift].map(floatBits),
  ...[...back.map(floatBits), 0, 0],
];

/**
 * Where every pixel looks that moves by the spline of these centres and weights: `[N, 2, H, W]`, in pixels.
 * @param centres `[N, K, 2]`
 * @param weights `[N, K + 3, 2]`
 */
export function splineField(centres: Tensor, weights: Tensor, frame: SplineFrame): Tensor {
  const [n, points] = centres.shape;
  const pixels = frame.width * frame.height;
  const places = result([n, 2, frame.height, frame.width], centres, weights);
  const quads = Math.ceil(pixels / 4);
  runWhole({
    kernel: SPLINE_KERNEL,
    label: "spline",
    reads: [centres, weights],
    writes: places,
    words: [n * quads, quads, points, pixels, ...numbersOf(frame, 0)],
    threads: n * quads,
    perGroup: THREADS,
  });
  centres.gpu.untrack(places);
  const made = { shape: places.shape, storage: places.storage };
  return record("spline", [centres, weights], made, [centres, weights], (g, [c, w]) => pullSpline(c, w, g, frame));
}

/** The gradients of centres and weights. */
function pullSpline(centres: Tensor, weights: Tensor, g: Tensor, frame: SplineFrame): [Tensor, Tensor] {
  const [n, points] = centres.shape;
  const pixels = frame.width * frame.height;
  const rows = points + 3;
  // Few threads with long sums where threads are slow, many where they are plenty.
  const wanted = Math.ceil((g.gpu.info.software ? 512 : 16384) / (n * rows));
  const each = Math.ceil(pixels / Math.min(wanted, 128, Math.ceil(pixels / 64)));
  const chunks = Math.ceil(pixels / each);
  const partial = result([n, chunks, rows, 4], centres, weights, g);
  runWhole({
    kernel: SPLINE_BACK_KERNEL,
    label: "spline back",
    reads: [centres, weights, g],
    writes: partial,
    words: [n * chunks * rows, chunks, points, pixels, ...numbersOf(frame, each)],
    threads: n * chunks * rows,
    perGroup: THREADS,
  });
  const sums = reduce("sum", partial, [1], [n, rows, 4]);
  partial.dispose();
  const part = (offset: number, count: number) =>
    strided("spline back", sums, { offset, strides: [rows * 4, 4, 1] }, [n, count, 2]);
  const gradients: [Tensor, Tensor] = [part(2, points), part(0, rows)];
  sums.dispose();
  return gradients;
}

/** A tensor `[1 or N, …]` for all samples. */
export const forAll = (x: Tensor, samples: number): Tensor =>
  x.shape[0] === samples ? x : broadcastTo(x, [samples, ...x.shape.slice(1)]);
