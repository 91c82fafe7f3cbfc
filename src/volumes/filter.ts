import filterWgsl from "../../shaders/volume/filter.wgsl";
import weightWgsl from "../../shaders/volume/filter_weight.wgsl";
import { type Kernel, result, runWhole, THREADS } from "../autograd/dispatch.ts";
import { reduce } from "../autograd/folds.ts";
import { add, broadcastTo, clamp, div, gather, mul, reshape, sum } from "../autograd/index.ts";
import { checkTensor, checkTogether } from "../autograd/operands.ts";
import { inverse } from "../functional/linalg.ts";
import { step } from "../functional/step.ts";
import { checkedLater, number, oneOf, readOptions, rule, ShapeError } from "../gpu/index.ts";
import { count, keeping, type Shape, show, Tensor, tensor } from "../tensor/index.ts";
import { type PerSample, turns } from "./geometry.ts";
import { checkVolume, type Fault, SAMPLING, type VolumeInterpolation, valuesOf } from "./parts.ts";
import { chunksOf, resampled } from "./resample.ts";

const WORDS = 16;
const FILTER_KERNEL: Kernel = { wgsl: filterWgsl, words: WORDS };
const WEIGHT_KERNEL: Kernel = { wgsl: weightWgsl, words: WORDS };

/** What a filter of volumes sees beyond them. */
export type FilterPadding3d = "zeros" | "border" | "reflection" | "circular";
const PADDING = oneOf("zeros", "border", "reflection", "circular");

/** Which voxel is seen in the place of voxel i, beyond an axis of some size. */
function seen(i: number, size: number, padding: FilterPadding3d): number {
  if (padding === "border") return Math.min(Math.max(i, 0), size - 1);
  if (padding === "circular") return ((i % size) + size) % size;
  const period = Math.max(2 * (size - 1), 1);
  const r = ((i % period) + period) % period;
  return size > 1 ? Math.min(r, period - r) : 0;
}

/** A volume with as many voxels around it as a kernel sees beyond it. */
function padded(x: Tensor, reach: Shape, padding: FilterPadding3d): Tensor {
  return reach.reduce((y, r, i) => {
    if (r === 0) return y;
    const size = y.shape[i + 2];
    const index = Float32Array.from({ length: size + 2 * r }, (_, k) => seen(k - r, size, padding));
    return gather(y, { axis: i + 2, index: tensor(x.gpu, index) });
  }, x);
}

/** A filter of known sizes: `[N, C, D, H, W]` before and after, the kernel's sides, and where it begins. */
interface Plan {
  before: Shape;
  after: Shape;
  kernel: Shape;
  start: Shape;
}

const wordsOf = ({ before, after, kernel, start }: Plan, flipped: boolean, threads: number, chunks: number) => [
  ...[...before.slice(1), ...after.slice(2), ...kernel, ...start],
  ...[Number(flipped), threads, chunks],
];

function correlate(plan: Plan, x: Tensor, weight: Tensor, flipped: boolean): Tensor {
  const writes = result(plan.after, x, weight);
  const width = plan.after[4];
  const threads = (count(plan.after) / width) * Math.ceil(width / 4);
  const words = wordsOf(plan, flipped, threads, 1);
  const reads = [x, weight];
  runWhole({ kernel: FILTER_KERNEL, label: "filter3d", reads, writes, words, threads, perGroup: THREADS });
  return writes;
}

function gradientOfWeight(plan: Plan, x: Tensor, g: Tensor): Tensor {
  const [n] = plan.before;
  const taps = count(plan.kernel);
  const chunks = chunksOf(g.gpu.info.software, n * taps, g.size / n / plan.after[4]);
  const partial = result([n, chunks, taps], x, g);
  const threads = n * chunks * taps;
  const words = wordsOf(plan, false, threads, chunks);
  const sizes = { words, threads, perGroup: THREADS };
  runWhole({ kernel: WEIGHT_KERNEL, label: "filter3d weight", reads: [x, g], writes: partial, ...sizes });
  const gw = reduce("sum", partial, [1], [n, ...plan.kernel]);
  partial.dispose();
  return gw;
}

/** y[p] = Σ w[t] x[p + t − reach] for kernels `[N, kd, kh, kw]`, by sums of a fixed order. */
function filtered(x: Tensor, weight: Tensor, padding: FilterPadding3d): Tensor {
  const kernel = weight.shape.slice(1);
  const reach = kernel.map((k) => (k - 1) / 2);
  const zeros = padding === "zeros";
  const source = zeros ? x : padded(x, reach, padding);
  const start = zeros ? reach : [0, 0, 0];
  const plan: Plan = { before: source.shape, after: x.shape, kernel, start };
  // The same sum, with the kernel turned around and starting at its other end.
  const back: Plan = { before: x.shape, after: source.shape, kernel, start: kernel.map((k, i) => k - 1 - start[i]) };
  return step(
    "filter3d",
    [source, weight],
    correlate(plan, source, weight, false),
    [source, weight],
    (g, kept, needs) => [
      needs[0] ? correlate(back, g, kept[1], true) : null,
      needs[1] ? gradientOfWeight(plan, kept[0], g) : null,
    ],
  );
}

/** Settings of {@link filter3d}. */
export interface Filter3dOptions {
  /** `[kd, kh, kw]` for all samples, or `[N, kd, kh, kw]`, of odd sides. */
  kernel: Tensor;
  /** What lies beyond the volume; `reflection` unless given, as in Kornia. */
  padding?: FilterPadding3d;
}

/**
 * Filters every channel of volumes with a kernel, y[p] = Σ w[t] x[p + t], t counted from its middle (cross-correlation). Gradients flow to
 * volume and kernel.
 *
 * Kornia: `filter3d(input, kernel, border_type)`; its borders `constant`, `reflect`, `replicate` and `circular` are `zeros`, `reflection`,
 * `border` and `circular` here.
 * @param x `[N, C, D, H, W]`
 * @throws ShapeError for even sides; LimitError where a tensor is larger than one binding of the device
 */
export function filter3d(x: Tensor, options: Filter3dOptions): Tensor {
  const what = "filter3d";
  checkVolume(x, what);
  const { kernel, padding = "reflection" } = readOptions<Filter3dOptions>(what, options, {
    kernel: checkedLater,
    padding: PADDING,
  });
  checkTensor(kernel, what, "kernel");
  checkTogether([x, kernel], what, "x and kernel");
  const sides = kernel.shape.slice(-3);
  const [n] = x.shape;
  const rows = kernel.shape.length === 4 ? kernel.shape[0] : 1;
  const fits = kernel.shape.length === 3 || (kernel.shape.length === 4 && (rows === n || rows === 1));
  if (!fits || sides.some((side) => side % 2 === 0)) {
    const allowed = `[kd, kh, kw], or [${n}, kd, kh, kw], of odd sides`;
    throw new ShapeError(`kernel of ${what}()`, show(kernel.shape), allowed);
  }
  return keeping(x.gpu, () => filtered(x, broadcastTo(kernel, [n, ...sides]), padding));
}

/** Settings of {@link motionBlur3d}. */
export interface MotionBlur3dOptions {
  /** Length of the motion in voxels, odd and at least 3; 3 unless given. */
  kernelSize?: number;
  /** Direction of the motion, turned from the axis of x: about that axis, in degrees; 0 unless given. */
  yaw?: PerSample;
  /** About the axis of y, in degrees; 0 unless given. */
  pitch?: PerSample;
  /** About the axis of z, in degrees, counter-clockwise as seen; 0 unless given. */
  roll?: PerSample;
  /** −1 weighs the back alone, 1 the front, 0 (unless given) all alike. */
  direction?: PerSample;
  /** How the line is turned; `trilinear` unless given. Kornia's default is `nearest`. */
  interpolation?: VolumeInterpolation;
  /** What lies beyond the volume; `zeros` unless given, as in Kornia. */
  padding?: FilterPadding3d;
}

const isKernel = number({ least: 3, whole: true });
export const KERNEL = rule("an odd whole number of at least 3", (v) => isKernel.fits(v) && (v as number) % 2 === 1);
const directed: Fault = ([v]) => (v >= -1 && v <= 1 ? null : "from −1 to 1");

/**
 * Blurs volumes along a line, as what moves: a line along x with weights from (1 + direction) / 2 to (1 − direction) / 2, turned as
 * {@link rotate3d} turns a volume of the size of the kernel, and divided by its sum. Gradients flow to the volume, the angles and the direction.
 *
 * Kornia: `RandomMotionBlur3D(kernel_size, angle, direction, border)` draws yaw, pitch and roll, and turns the other way.
 * @param x `[N, C, D, H, W]`
 */
export function motionBlur3d(x: Tensor, options: MotionBlur3dOptions): Tensor {
  const what = "motionBlur3d";
  checkVolume(x, what);
  const given = readOptions<MotionBlur3dOptions>(what, options, {
    kernelSize: KERNEL,
    yaw: checkedLater,
    pitch: checkedLater,
    roll: checkedLater,
    direction: checkedLater,
    interpolation: SAMPLING.interpolation,
    padding: PADDING,
  });
  const { kernelSize: k = 3, yaw, pitch, roll, direction = 0, interpolation, padding = "zeros" } = given;
  const { gpu, shape } = x;
  const [n] = shape;
  if (direction instanceof Tensor) checkTogether([x, direction], what, "x and direction");
  return keeping(gpu, () => {
    const forward = valuesOf({ name: "direction", value: direction, shape: [], fault: directed }, what, gpu, n);
    // From d = (1 + direction) / 2 at one end to 1 − d at the other.
    const d = reshape(add(mul(clamp(forward, -1, 1), 0.5), 0.5), [n, 1]);
    const places = Float32Array.from({ length: k }, (_, i) => i / (k - 1));
    const weights = add(mul(d, tensor(gpu, places.map((t) => 1 - 2 * t))), tensor(gpu, places)); // biome-ignore format: one line
    const middle = Float32Array.from({ length: k * k }, (_, i) => Number(i === (k * k - 1) / 2));
    const line = mul(reshape(weights, [n, 1, 1, 1, k]), tensor(gpu, middle, [1, 1, k, k, 1]));
    const turn = turns(x, what, { yaw, pitch, roll }, new Array<number>(3).fill((k - 1) / 2));
    const kernel = resampled(line, inverse(turn), [k, k, k], { interpolation });
    const normalised = div(kernel, sum(kernel, { axes: [1, 2, 3, 4], keepDims: true }));
    return filtered(x, reshape(normalised, [n, k, k, k]), padding);
  });
}
