import patchesWgsl from "../../shaders/functional/patches.wgsl";
import { type Kernel, result, runWhole, THREADS } from "../autograd/dispatch.ts";
import { checkTensor, checkTogether } from "../autograd/operands.ts";
import { ArgumentError, check, number, type Rule, readOptions, rule, ShapeError } from "../gpu/index.ts";
import { checkImage, count, type Shape, show, type Tensor } from "../tensor/index.ts";
import { step } from "./step.ts";

const PATCHES_KERNEL: Kernel = { wgsl: patchesWgsl, words: 12 };

/** One number for both axes, or two, `[y, x]`. */
export type Both = number | readonly [number, number];

/** Which windows of an image. */
export interface PatchOptions {
  /** Height and width of a patch, in pixels. */
  windowSize: Both;
  /** Pixels from one patch to the next; 1 unless given. */
  stride?: Both;
  /** Rows and columns of zeros around the image: one number, `[y, x]`, or `[top, bottom, left, right]`; 0 unless given. */
  padding?: Both | readonly [number, number, number, number];
}

/** How patches were taken from an image. */
export interface CombineOptions {
  /** `[height, width]` of the image. */
  originalSize: readonly [number, number];
  /** Pixels from one patch to the next, no more than its size; the size of a patch unless given. */
  stride?: Both;
  /** What was around the image: one number, `[y, x]`, or `[top, bottom, left, right]`; 0 unless given. */
  padding?: Both | readonly [number, number, number, number];
}

const pairs = (least: number, ...lengths: number[]): Rule => {
  const one = number({ least, whole: true });
  const list = (value: unknown) =>
    Array.isArray(value) && lengths.includes(value.length) && value.every((v) => one.fits(v));
  return rule(`${one.allowed}, or ${lengths.join(" or ")} of them`, (value) => one.fits(value) || list(value));
};
const SIZES = pairs(1, 2);
const BORDERS = pairs(0, 2, 4);
const PAIR = rule("[height, width], whole numbers of at least 1", (v) => Array.isArray(v) && SIZES.fits(v));

const both = (value: Both): readonly [number, number] => (typeof value === "number" ? [value, value] : value);
/** Top, bottom, left, right. */
function borders(padding: NonNullable<PatchOptions["padding"]>): readonly number[] {
  if (typeof padding !== "number" && padding.length === 4) return padding;
  const [y, x] = both(padding as Both);
  return [y, y, x, x];
}

/** Where windows lie. */
interface Windows {
  image: Shape;
  size: readonly [number, number];
  stride: readonly [number, number];
  /** Rows and columns of windows. */
  counts: number[];
  /** Padding above and to the left. */
  before: number[];
}

function windowsOf(
  image: Shape,
  size: readonly [number, number],
  stride: readonly [number, number],
  [top, bottom, left, right]: readonly number[],
  what: string,
): Windows {
  const padded = [image[2] + top + bottom, image[3] + left + right];
  if (padded.some((side, i) => side < size[i]))
    throw new ShapeError(`windowSize of ${what}()`, show(size), `at most the padded image, ${show(padded)}`);
  const counts = padded.map((side, i) => Math.floor((side - size[i]) / stride[i]) + 1);
  return { image, size, stride, counts, before: [top, left] };
}

/** Patches of images, or images of patches. */
function run(op: "extract" | "combine", windows: Windows, x: Tensor, averaged: boolean): Tensor {
  const { image, size, stride, counts, before } = windows;
  const [n, c, h, w] = image;
  const writes = result(op === "combine" ? image : [n, counts[0] * counts[1], c, ...size], x);
  runWhole({
    kernel: PATCHES_KERNEL,
    label: op === "combine" ? "combineTensorPatches" : "extractTensorPatches",
    constants: { op: Number(op === "combine"), averaged: Number(averaged) },
    reads: [x],
    writes,
    words: [count(writes.shape), c, h, w, ...size, ...stride, ...counts, ...before],
    threads: count(writes.shape),
    perGroup: THREADS,
  });
  return writes;
}

/**
 * Windows of images, row by row. What does not fill a window at the lower and right edges is left out.
 * @param x `[N, C, H, W]`
 * @returns `[N, K, C, h, w]`: K windows of each image
 * @throws ShapeError when a window is larger than the padded image
 */
export function extractTensorPatches(x: Tensor, options: PatchOptions): Tensor {
  const what = "extractTensorPatches";
  checkTensor(x, what);
  checkImage(x.shape, `x of ${what}()`);
  checkTogether([x], what);
  const given = readOptions<PatchOptions>(what, options, { windowSize: SIZES, stride: SIZES, padding: BORDERS });
  check(`windowSize of ${what}()`, given.windowSize, SIZES);
  const { windowSize, stride = 1, padding = 0 } = given;
  const windows = windowsOf(x.shape, both(windowSize), both(stride), borders(padding), what);
  return step(what, [x], run("extract", windows, x, false), [], (g) => [run("combine", windows, g, false)]);
}

/**
 * Images of patches, as {@link extractTensorPatches} takes them: where patches overlap, their mean; 0 where there is none.
 * @param patches `[N, K, C, h, w]`
 * @returns `[N, C, H, W]`
 * @throws ShapeError when the image has another number of such patches
 */
export function combineTensorPatches(patches: Tensor, options: CombineOptions): Tensor {
  const what = "combineTensorPatches";
  checkTensor(patches, what, "patches");
  checkTogether([patches], what, "patches");
  const { shape } = patches;
  if (shape.length !== 5) throw new ShapeError(`patches of ${what}()`, show(shape), "[N, K, C, h, w]");
  const [n, k, c, h, w] = shape;
  const given = readOptions<CombineOptions>(what, options, { originalSize: PAIR, stride: SIZES, padding: BORDERS });
  check(`originalSize of ${what}()`, given.originalSize, PAIR);
  const { originalSize, stride = [h, w], padding = 0 } = given;
  const steps = both(stride);
  if (steps[0] > h || steps[1] > w)
    throw new ArgumentError(`stride of ${what}()`, show(steps), `at most the size of a patch, ${show([h, w])}`);
  const windows = windowsOf([n, c, ...originalSize], [h, w], steps, borders(padding), what);
  if (windows.counts[0] * windows.counts[1] !== k)
    throw new ShapeError(`patches of ${what}()`, show(shape), `${windows.counts.join(" · ")} patches of each image`);
  return step(what, [patches], run("combine", windows, patches, true), [], (g) => [run("extract", windows, g, true)]);
}
