import densityWgsl from "../../shaders/tensor/density.wgsl";
import densityBackWgsl from "../../shaders/tensor/density_back.wgsl";
import { type Kernel, result, runWhole, THREADS } from "../autograd/dispatch.ts";
import { reduce } from "../autograd/folds.ts";
import { record } from "../autograd/graph.ts";
import { add, div, exp, matmul, mul, reshape, square, sub, sum, transpose } from "../autograd/index.ts";
import { binaryKernel } from "../autograd/kernels.ts";
import { checkTensor, checkTogether } from "../autograd/operands.ts";
import { ArgumentError, checkedLater, describe, number, oneOf, readOptions, ShapeError } from "../gpu/index.ts";
import { keeping, show, Tensor, tensor } from "../tensor/index.ts";

const DENSITY_KERNEL: Kernel = { wgsl: densityWgsl, words: 8 };
const DENSITY_BACK_KERNEL: Kernel = { wgsl: densityBackWgsl, words: 4 };

/** How a value counts in bins near it, by its distance u from their centre in bandwidths. */
export type HistogramKernel = "gaussian" | "triangular" | "uniform" | "epanechnikov";

const KERNELS: readonly HistogramKernel[] = ["gaussian", "triangular", "uniform", "epanechnikov"];

/** Rows of values, and how they are counted. */
interface Count {
  x: Tensor;
  bins: Tensor;
  width: Tensor;
  kind: number;
}

const WHAT = { count: 0, ofBins: 1, ofWidth: 2 };

/** Σ k((x − bin) / width) over the values of each row, `[R, B]`, or of its derivative. */
function counted({ x, bins, width, kind }: Count, what: keyof typeof WHAT): Tensor {
  const [rows, values] = x.shape;
  // Few threads with long sums where threads are slow, many where they are plenty; sums of a chunk, then of chunks.
  const busy = x.gpu.info.software ? 512 : 2 ** 16;
  const wanted = Math.min(values, 256, Math.max(Math.ceil(values / 4096), Math.ceil(busy / (rows * bins.size))));
  const each = Math.ceil(values / wanted);
  const chunks = Math.ceil(values / each);
  const partial = result([chunks, rows, bins.size], x, bins, width);
  runWhole({
    kernel: DENSITY_KERNEL,
    label: "histogram",
    constants: { what: WHAT[what] },
    reads: [x, bins, width],
    writes: partial,
    words: [rows, values, bins.size, chunks, each, kind],
    threads: chunks * rows * bins.size,
    perGroup: THREADS,
  });
  if (chunks === 1) return new Tensor(x.gpu, [rows, bins.size], "f32", take(partial));
  const total = reduce("sum", partial, [0], [rows, bins.size]);
  partial.dispose();
  return total;
}

/** The memory of a tensor that is not used any more. */
function take(t: Tensor): Tensor["storage"] {
  const storage = t.storage.retain();
  t.dispose();
  return storage;
}

/** The counts of each row, differentiably in values, bins and width. */
function counts(count: Count): Tensor {
  const { x, bins, width, kind } = count;
  const y = counted(count, "count");
  x.gpu.untrack(y);
  return record(
    "histogram",
    [x, bins, width],
    { shape: y.shape, storage: y.storage },
    [x, bins, width],
    (g, [sx, sb, sw], needs) => {
      const saved = { x: sx, bins: sb, width: sw, kind };
      return [
        needs[0] ? ofValues(saved, g) : null,
        needs[1] ? ofSetting(saved, "ofBins", g, bins) : null,
        needs[2] ? ofSetting(saved, "ofWidth", g, width) : null,
      ];
    },
  );
}

function ofValues({ x, bins, width, kind }: Count, g: Tensor): Tensor {
  const [rows, values] = x.shape;
  const writes = result(x.shape, x, g);
  const words = [rows, values, bins.size, kind];
  const reads = [x, bins, width, g];
  const threads = rows * values;
  runWhole({ kernel: DENSITY_BACK_KERNEL, label: "histogram", reads, writes, words, threads, perGroup: THREADS });
  return writes;
}

function ofSetting(count: Count, what: "ofBins" | "ofWidth", g: Tensor, { shape }: Tensor): Tensor {
  const slopes = counted(count, what);
  const each = binaryKernel("mul", slopes, g, g.shape);
  const total = reduce("sum", each, what === "ofBins" ? [0] : [0, 1], shape);
  for (const used of [slopes, each]) used.dispose();
  return total;
}

/** A positive number, or a tensor of one. */
function widthOf(value: unknown, what: string, x: Tensor): Tensor {
  if (value instanceof Tensor) {
    checkTensor(value, what, "bandwidth");
    if (value.size !== 1) throw new ShapeError(`bandwidth of ${what}()`, show(value.shape), "a tensor of one value");
    return reshape(value, []);
  }
  if (typeof value !== "number" || !(value > 0) || !Number.isFinite(value))
    throw new ArgumentError(`bandwidth of ${what}()`, describe(value), "a number above 0, or a tensor of one");
  return tensor(x.gpu, [value], []);
}

/** Centres of bins, as a tensor `[B]`. */
function binsOf(value: unknown, what: string, x: Tensor, argument = "bins"): Tensor {
  if (Array.isArray(value) || value instanceof Float32Array) {
    if (value.length === 0) throw new ShapeError(`${argument} of ${what}()`, "[0]", "at least one centre");
    for (const centre of value)
      if (typeof centre !== "number" || !Number.isFinite(centre))
        throw new ArgumentError(`${argument} of ${what}()`, describe(centre), "finite numbers, or a tensor");
    return tensor(x.gpu, Float32Array.from(value as number[]), [value.length]);
  }
  checkTensor(value, what, argument);
  if (value.shape.length !== 1) throw new ShapeError(`${argument} of ${what}()`, show(value.shape), "[B], the centres");
  return value;
}

/** Settings of {@link histogram} and {@link histogram2d}. */
export interface HistogramOptions {
  /** Added to what is divided by; 1e-10 unless given. */
  eps?: number;
}

const HISTOGRAM_RULES = { eps: number({ least: 0 }) };

/** Rows divided by their sums. */
const normalized = (rows: Tensor, axis: number | number[], eps: number): Tensor =>
  div(rows, add(sum(rows, { axes: axis, keepDims: true }), eps));

/**
 * The share of values near each bin, by Gaussian kernels: the sum of exp(−u² / 2) with u = (x − bin) / bandwidth, over the sum of all
 * bins. Differentiable in the values, the bins and the bandwidth.
 * @param x `[N, D]`
 * @param bins `[B]`: the centres of the bins, numbers or a tensor
 * @param bandwidth how wide the kernels are, in the unit of x; a number above 0, or a tensor of one
 * @returns `[N, B]`
 * @throws ShapeError when x has not two dimensions, or bins not one
 */
export function histogram(
  x: Tensor,
  bins: Tensor | readonly number[] | Float32Array,
  bandwidth: Tensor | number,
  options: HistogramOptions = {},
): Tensor {
  const { eps = 1e-10 } = readOptions<HistogramOptions>("histogram", options, HISTOGRAM_RULES);
  const gpu = checkTogether([x], "histogram");
  if (x.shape.length !== 2) throw new ShapeError("x of histogram()", show(x.shape), "[N, D]");
  return keeping(gpu, () => {
    const count = { x, bins: binsOf(bins, "histogram", x), width: widthOf(bandwidth, "histogram", x), kind: 0 };
    checkTogether([x, count.bins, count.width], "histogram");
    return normalized(div(counts(count), x.shape[1]), 1, eps);
  });
}

/**
 * The share of pairs of values near each pair of bins, by Gaussian kernels. Differentiable in the values, the bins and the bandwidth. It
 * keeps a number for each value and bin.
 * @param x1 `[N, D]`: the first value of each pair
 * @param x2 `[N, D]`: the second one
 * @param bins `[B]`: the centres of the bins, of both
 * @param bandwidth how wide the kernels are, in the unit of x; a number above 0, or a tensor of one
 * @returns `[N, B, B]`: bins of x1 down, of x2 across
 * @throws ShapeError when x1 and x2 have not one shape of two dimensions
 */
export function histogram2d(
  x1: Tensor,
  x2: Tensor,
  bins: Tensor | readonly number[] | Float32Array,
  bandwidth: Tensor | number,
  options: HistogramOptions = {},
): Tensor {
  const { eps = 1e-10 } = readOptions<HistogramOptions>("histogram2d", options, HISTOGRAM_RULES);
  const gpu = checkTogether([x1, x2], "histogram2d");
  if (x1.shape.length !== 2) throw new ShapeError("x1 of histogram2d()", show(x1.shape), "[N, D]");
  if (show(x2.shape) !== show(x1.shape))
    throw new ShapeError("x2 of histogram2d()", show(x2.shape), `${show(x1.shape)}, as x1`);
  return keeping(gpu, () => {
    const centres = binsOf(bins, "histogram2d", x1);
    const width = widthOf(bandwidth, "histogram2d", x1);
    checkTogether([x1, centres, width], "histogram2d");
    const [n, d] = x1.shape;
    const near = (x: Tensor) =>
      exp(
        mul(square(div(sub(reshape(x, [n, 1, d]), reshape(centres, [1, centres.size, 1])), reshape(width, []))), -0.5),
      );
    return normalized(matmul(near(x1), transpose(near(x2), [0, 2, 1])), [1, 2], eps);
  });
}

/** Settings of {@link imageHistogram2d}. */
export interface ImageHistogramOptions {
  /** Where the first bin begins; 0 unless given. */
  min?: number;
  /** Where the last bin ends; 1 unless given. */
  max?: number;
  /** How many bins there are; 256 unless given. */
  bins?: number;
  /** How wide kernels are: (max − min) / bins unless given. A tensor of one value has a gradient. */
  bandwidth?: number | Tensor;
  /** Centres of the bins, in the place of `min`, `max` and `bins`: numbers, or a tensor `[B]`, which has a gradient. */
  centers?: Tensor | readonly number[] | Float32Array;
  /**
   * How a value counts, by its distance u from a centre in bandwidths: `triangular` (unless given) 1 − |u|, `gaussian` exp(−u² / 2),
   * `epanechnikov` 1 − u², `uniform` 1; 0 beyond |u| = 1, but for the Gaussian.
   */
  kernel?: HistogramKernel;
  /** Added to what is divided by; 1e-10 unless given. */
  eps?: number;
}

/**
 * Histograms of each channel of each image, by kernels: how many pixels are near each bin, and what share of all counts that is.
 * Differentiable in the image, the centres and the bandwidth; counts by the kernel `uniform` are steps, which have no gradient.
 * @param image `[N, C, H, W]`
 * @returns `histogram` and `density`, both `[N, C, B]`
 * @throws ShapeError when image is no batch of images; ArgumentError when the kernel is `uniform` and a gradient is asked for
 */
export function imageHistogram2d(
  image: Tensor,
  options: ImageHistogramOptions = {},
): { histogram: Tensor; density: Tensor } {
  const what = "imageHistogram2d";
  const read = readOptions<ImageHistogramOptions>(what, options, {
    min: number(),
    max: number(),
    bins: number({ least: 1, whole: true }),
    bandwidth: checkedLater,
    centers: checkedLater,
    kernel: oneOf(...KERNELS),
    eps: number({ least: 0 }),
  });
  const { min = 0, max = 1, bins = 256, kernel = "triangular", eps = 1e-10 } = read;
  const gpu = checkTogether([image], what);
  if (image.shape.length !== 4) throw new ShapeError(`image of ${what}()`, show(image.shape), "[N, C, H, W]");
  if (!(max > min)) throw new ArgumentError(`max of ${what}()`, String(max), `a number above min, ${min}`);
  const [n, c, h, w] = image.shape;
  const [histogram, density] = keeping(gpu, () => {
    const step = read.bandwidth ?? (max - min) / bins;
    const width = widthOf(step, what, image);
    const places = Float32Array.from({ length: bins }, (_, i) => min + ((max - min) / bins) * (i + 0.5));
    const centres =
      read.centers === undefined ? tensor(gpu, places, [bins]) : binsOf(read.centers, what, image, "centers");
    checkTogether([image, centres, width], what);
    if (kernel === "uniform" && [image, centres, width].some(({ requiresGrad }) => requiresGrad))
      throw new ArgumentError(
        `kernel of ${what}()`,
        '"uniform", and a tensor that requires a gradient',
        '"triangular", "gaussian" or "epanechnikov", or tensors without, as from detach(): steps have no gradient',
      );
    const rows = reshape(image, [n * c, h * w]);
    const made = reshape(counts({ x: rows, bins: centres, width, kind: KERNELS.indexOf(kernel) }), [
      n,
      c,
      centres.size,
    ]);
    return [made, normalized(made, 2, eps)];
  });
  return { histogram, density };
}
