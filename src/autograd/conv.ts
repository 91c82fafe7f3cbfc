import conv2dWgsl from "../../shaders/tensor/conv2d.wgsl";
import conv2dInputWgsl from "../../shaders/tensor/conv2d_input.wgsl";
import conv2dWeightWgsl from "../../shaders/tensor/conv2d_weight.wgsl";
import { ArgumentError, checkedLater, number, type Rule, readOptions, rule, ShapeError } from "../gpu/index.ts";
import { count, type Shape, show, Tensor } from "../tensor/index.ts";
import { type Kernel, result, runWhole, THREADS } from "./dispatch.ts";
import { reduce } from "./folds.ts";
import { record } from "./graph.ts";
import { checkTensor, checkTogether } from "./operands.ts";

const CONV2D_KERNEL: Kernel = { wgsl: conv2dWgsl, words: 20 };
const CONV2D_INPUT_KERNEL: Kernel = { wgsl: conv2dInputWgsl, words: 20 };
const CONV2D_WEIGHT_KERNEL: Kernel = { wgsl: conv2dWeightWgsl, words: 20 };

/** Options of {@link conv2d}. Two numbers are down and across, `[y, x]`. */
export interface Conv2dOptions {
  /** `[O]`: added to every pixel of an output channel. */
  bias?: Tensor;
  /** Pixels from one place of the kernel to the next; 1 unless given. */
  stride?: number | readonly [number, number];
  /**
   * Rows and columns of zeros around the input, 0 unless given. `"valid"` is 0; `"same"` keeps the size of the input, for a
   * stride of 1, with the odd row or column at the end.
   */
  padding?: number | readonly [number, number] | "same" | "valid";
  /** Pixels from one weight of the kernel to the next; 1 unless given. */
  dilation?: number | readonly [number, number];
  /** Parts of the channels that do not see each other: it divides C and O. 1 unless given. */
  groups?: number;
}

/** A convolution of known sizes; pairs are down and across. */
interface Plan {
  /** [N, C, H, W] */
  input: Shape;
  /** [O, C / groups, KH, KW] */
  weight: Shape;
  /** [N, O, OH, OW] */
  output: Shape;
  stride: Shape;
  padding: Shape;
  dilation: Shape;
  groups: number;
}

/**
 * A two-dimensional convolution (cross-correlation, as in PyTorch's `conv2d`):
 * y[n, o, r, c] = bias[o] + Σ weight[o, i, ky, kx] · x[n, i, r · stride + ky · dilation − padding, …], with zeros outside.
 *
 * The size of the result is ⌊(size + 2 · padding − dilation · (kernel − 1) − 1) / stride⌋ + 1. Gradients flow to x, weight
 * and bias, in sums of a fixed order: one dispatch forward, three backward.
 * @param x `[N, C, H, W]`
 * @param weight `[O, C / groups, KH, KW]`
 * @returns `[N, O, OH, OW]`
 * @throws ShapeError when the shapes do not fit, or the kernel is larger than the padded input; LimitError where a tensor is
 * larger than one binding of the device: convolve parts of the batch then
 */
export function conv2d(x: Tensor, weight: Tensor, options: Conv2dOptions = {}): Tensor {
  checkTensor(x, "conv2d", "x");
  checkTensor(weight, "conv2d", "weight");
  const { bias, ...settings } = readOptions<Conv2dOptions>("conv2d", options, RULES);
  if (bias !== undefined) checkTensor(bias, "conv2d", "bias");
  const inputs = bias ? [x, weight, bias] : [x, weight];
  checkTogether(inputs, "conv2d");
  const plan = planOf(x.shape, weight.shape, settings);
  const [outputs] = weight.shape;
  if (bias && (bias.shape.length !== 1 || bias.size !== outputs))
    throw new ShapeError("bias of conv2d()", show(bias.shape), `${show([outputs])}, a value for each output channel`);
  const y = forward(plan, x, weight, bias);
  x.gpu.untrack(y);
  // Only what the wanted gradients need is kept.
  const saved = [...(x.requiresGrad ? [weight] : []), ...(weight.requiresGrad || bias?.requiresGrad ? [x] : [])];
  return record("conv2d", inputs, { shape: y.shape, storage: y.storage }, saved, (g, kept, needs) => {
    const gx = needs[0] ? gradientOfInput(plan, g, kept[0]) : null;
    if (!needs[1] && !needs[2]) return [gx];
    const [gw, gb] = gradientOfWeight(plan, kept[kept.length - 1], g, needs[2] ?? false);
    if (needs[1]) return [gx, gw, gb];
    gw.dispose();
    return [gx, null, gb];
  });
}

const pairs = (least: number): Rule => {
  const one = number({ least, whole: true });
  const two = (value: unknown) => Array.isArray(value) && value.length === 2 && value.every((v) => one.fits(v));
  return rule(`${one.allowed}, or two of them, [y, x]`, (value) => one.fits(value) || two(value));
};
const BORDERS = pairs(0);
const RULES = {
  bias: checkedLater,
  stride: pairs(1),
  padding: rule(`${BORDERS.allowed}, "same" or "valid"`, (v) => v === "same" || v === "valid" || BORDERS.fits(v)),
  dilation: pairs(1),
  groups: number({ least: 1, whole: true }),
};

const pairOf = (value: number | readonly [number, number]): Shape =>
  typeof value === "number" ? [value, value] : value;

function planOf(input: Shape, weight: Shape, settings: Omit<Conv2dOptions, "bias">): Plan {
  const { padding: border = 0, groups = 1 } = settings;
  const [stride, dilation] = [pairOf(settings.stride ?? 1), pairOf(settings.dilation ?? 1)];
  if (input.length !== 4)
    throw new ShapeError("x of conv2d()", show(input), "[N, C, H, W]: use reshape() for a single image");
  const [n, c, ...size] = input;
  const [outputs, inputs, ...kernel] = weight;
  if (weight.length !== 4 || inputs * groups !== c || outputs % groups !== 0) {
    const parts = groups === 1 ? "" : ` and O a multiple of ${groups}`;
    throw new ShapeError(
      "weight of conv2d()",
      show(weight),
      c % groups === 0
        ? `[O, ${c / groups}, KH, KW]${parts}, for x ${show(input)}`
        : `groups that divide ${c} channels`,
    );
  }
  if (border === "same" && stride.some((s) => s !== 1))
    throw new ArgumentError("padding of conv2d()", `"same" with stride ${show(stride)}`, "a number, or a stride of 1");
  const reach = kernel.map((k, i) => dilation[i] * (k - 1));
  const same = reach.map((r) => Math.floor(r / 2));
  const padding = border === "same" ? same : pairOf(border === "valid" ? 0 : border);
  const out = size.map((s, i) =>
    border === "same" ? s : Math.floor((s + 2 * padding[i] - reach[i] - 1) / stride[i]) + 1,
  );
  if (out.some((s) => s < 1)) {
    const [seen, room] = [reach.map((r) => r + 1), size.map((s, i) => s + 2 * padding[i])];
    throw new ShapeError(
      "weight of conv2d()",
      `a kernel that sees ${show(seen)}`,
      `at most the padded input, ${show(room)}`,
    );
  }
  return { input, weight, output: [n, outputs, ...out], stride, padding, dilation, groups };
}

/** The words of `struct Conv`. */
function wordsOf(plan: Plan, threads: number, bias: boolean, rowsPerChunk = 0): number[] {
  const { input, weight, output, stride, padding, dilation, groups } = plan;
  const sizes = [...input.slice(1), ...output.slice(1), ...weight.slice(2)];
  const rows = output[0] * output[2];
  return [...sizes, ...stride, ...padding, ...dilation, groups, threads, Number(bias), rowsPerChunk, rows, 0];
}

const quarters = (n: number): number => Math.ceil(n / 4);

/** Threads for an image, each with four columns of four channels of one group. */
const tiles = ([n, c, h, w]: Shape, groups: number): number => n * groups * quarters(c / groups) * h * quarters(w);

function forward(plan: Plan, x: Tensor, weight: Tensor, bias?: Tensor): Tensor {
  const reads = [x, weight, bias ?? weight];
  const writes = result(plan.output, ...reads);
  const threads = tiles(plan.output, plan.groups);
  const words = wordsOf(plan, threads, bias !== undefined);
  runWhole({ kernel: CONV2D_KERNEL, label: "conv2d", reads, writes, words, threads, perGroup: THREADS });
  return writes;
}

function gradientOfInput(plan: Plan, g: Tensor, weight: Tensor): Tensor {
  const writes = result(plan.input, g, weight);
  const threads = tiles(plan.input, plan.groups);
  const words = wordsOf(plan, threads, false);
  runWhole({
    kernel: CONV2D_INPUT_KERNEL,
    label: "conv2d input",
    reads: [g, weight],
    writes,
    words,
    threads,
    perGroup: THREADS,
  });
  return writes;
}

// Few threads with long sums where threads are slow, many where they are plenty. Up to 128 chunks are summed in one dispatch.
const busy = (software: boolean): number => (software ? 512 : 16384);
const MOST_CHUNKS = 128;

/** The gradients in weight and bias: partial sums over chunks of rows, then their sum. */
function gradientOfWeight(plan: Plan, x: Tensor, g: Tensor, bias: boolean): [Tensor, Tensor | null] {
  const { weight, output, groups } = plan;
  const [outputs] = weight;
  const taps = count(weight.slice(1)) + Number(bias);
  const tilesOfWeight = groups * quarters(outputs / groups) * quarters(taps);
  const rows = output[0] * output[2];
  const wanted = Math.min(rows, MOST_CHUNKS, Math.ceil(busy(g.gpu.info.software) / tilesOfWeight));
  const rowsPerChunk = Math.ceil(rows / wanted);
  const chunks = Math.ceil(rows / rowsPerChunk);
  const threads = tilesOfWeight * chunks;
  const partial = result([chunks, outputs * taps], x, g);
  const words = wordsOf(plan, threads, bias, rowsPerChunk);
  runWhole({
    kernel: CONV2D_WEIGHT_KERNEL,
    label: "conv2d weight",
    reads: [x, g],
    writes: partial,
    words,
    threads,
    perGroup: THREADS,
  });
  const sums = reduce("sum", partial, [0], [outputs * taps]);
  partial.dispose();
  const gb = bias ? result([outputs], sums) : null;
  if (gb) g.gpu.copy(sums.storage, 4 * count(weight), gb.storage, 0, 4 * outputs);
  // The sums of the weight come first: its gradient is their memory under its own shape.
  const gw = new Tensor(g.gpu, weight, "f32", sums.storage.retain());
  sums.dispose();
  return [gw, gb];
}
