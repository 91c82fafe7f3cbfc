import matchingWgsl from "../../shaders/functional/matching.wgsl";
import sortWgsl from "../../shaders/functional/sort.wgsl";
import { type Kernel, result, runWhole, THREADS } from "../autograd/dispatch.ts";
import { broadcastTo } from "../autograd/index.ts";
import { checkTogether } from "../autograd/operands.ts";
import { oneOf, readOptions, ShapeError } from "../gpu/index.ts";
import { keeping, show, type Tensor } from "../tensor/index.ts";
import { step } from "./step.ts";

const SORT_KERNEL: Kernel = { wgsl: sortWgsl, words: 8 };
const MATCHING_KERNEL: Kernel = { wgsl: matchingWgsl, words: 8 };
const OPS = { result: 0, given: 1, shared: 2 };
const WHAT = "histogramMatching";

/** Ranks are counted in f32, which has every whole number up to this one. */
const MOST = 2 ** 24;

/** Settings of {@link histogramMatching}. */
export interface HistogramMatchingOptions {
  /**
   * What the gradient of the image is; the result depends on the order of its values alone, so that a true one is 0. `straightThrough`
   * (unless given): that of y = x. `none`: 0.
   */
  estimator?: "straightThrough" | "none";
}

/** Rows of values in order: keys and places, in rows of `filled` pairs. */
interface Sorted {
  pairs: Tensor;
  values: number;
  filled: number;
}

function sorted(x: Tensor): Sorted {
  const [n, c, h, w] = x.shape;
  const [rows, values] = [n * c, h * w];
  const filled = 2 ** Math.max(1, Math.ceil(Math.log2(values)));
  const pairs = result([rows, 2 * filled], x);
  const dispatch = (op: number, threads: number, length: number, distance: number) =>
    runWhole({
      kernel: SORT_KERNEL,
      label: WHAT,
      constants: { op },
      reads: [x],
      writes: pairs,
      words: [rows, values, filled, 0, length, distance],
      threads,
      perGroup: THREADS,
    });
  dispatch(0, rows * filled, 0, 0);
  for (let length = 2; length <= filled; length *= 2)
    for (let distance = length / 2; distance >= 1; distance /= 2) dispatch(1, (rows * filled) / 2, length, distance);
  return { pairs, values, filled };
}

function run(op: keyof typeof OPS, like: Tensor, x: Tensor, source: Sorted, other: Sorted, g: Tensor): Tensor {
  const writes = result(like.shape, x, source.pairs, other.pairs, g);
  runWhole({
    kernel: MATCHING_KERNEL,
    label: WHAT,
    constants: { op: OPS[op] },
    reads: [x, source.pairs, other.pairs, g],
    writes,
    words: [writes.size, source.values, source.filled, 0, 0, other.values, other.filled],
    threads: writes.size,
    perGroup: THREADS,
  });
  return writes;
}

function matched(x: Tensor, template: Tensor): Tensor {
  const [source, other] = [sorted(x), sorted(template)];
  const y = run("result", x, x, source, other, x);
  const saved = [template, source.pairs, other.pairs];
  return step(WHAT, [x, template], y, saved, (g, [own, ...pairs], needs) => {
    const through = needs[0] ? g.detach() : null;
    if (!needs[1]) return [through, null];
    const [from, to] = [source, other].map((of, i) => ({ ...of, pairs: pairs[i] }));
    const sums = run("given", own, own, from, to, g);
    const gradient = run("shared", own, own, from, to, sums);
    sums.dispose();
    return [through, gradient];
  });
}

function checkSizes(x: Tensor, template: Tensor): void {
  const [one, other] = [x.shape, template.shape];
  if (one.length !== 4) throw new ShapeError(`x of ${WHAT}()`, show(one), "[N, C, H, W]");
  const [n, c] = one;
  const fits = other.length === 4 && (other[0] === n || other[0] === 1) && other[1] === c;
  if (!fits) throw new ShapeError(`template of ${WHAT}()`, show(other), `[${n}, ${c}, H, W] of any size, or [1, …]`);
  for (const [argument, [, , h, w]] of Object.entries({ x: one, template: other }))
    if (h * w > MOST)
      throw new ShapeError(
        `${argument} of ${WHAT}()`,
        `${h} x ${w} pixels`,
        `at most ${MOST} pixels, as ranks are f32`,
      );
}

/**
 * Gives every channel of an image the histogram of a template's: a value of which a share q of the channel's values is not above becomes the
 * one of the template of which as many are not above, with straight lines between the template's values. Below its least one there is
 * nothing: a smaller share gets that.
 *
 * True gradients of the template, whose values are what is shown, and equal ones have equal shares. The image's depends on `estimator`, since
 * only the order of its values is seen. NaN stays NaN, and counts in no histogram.
 *
 * Kornia: `contrib.histogram_matching`, over all values of a tensor at once: `reshape(x, [1, 1, 1, x.size])` is that.
 * @param x `[N, C, H, W]`, of at most 2²⁴ pixels
 * @param template `[N, C, H', W']`, of any size; 1 in the place of N shares it
 * @throws ShapeError for another number of channels or images, or more pixels
 */
export function histogramMatching(x: Tensor, template: Tensor, options: HistogramMatchingOptions = {}): Tensor {
  checkTogether([x], WHAT, "x");
  checkTogether([template], WHAT, "template");
  const gpu = checkTogether([x, template], WHAT);
  const { estimator = "straightThrough" } = readOptions<HistogramMatchingOptions>(WHAT, options, {
    estimator: oneOf("straightThrough", "none"),
  });
  checkSizes(x, template);
  return keeping(gpu, () => {
    const [n, ...rest] = [x.shape[0], ...template.shape.slice(1)];
    const all = template.shape[0] === n ? template : broadcastTo(template, [n, ...rest]);
    return matched(estimator === "none" ? x.detach() : x, all);
  });
}
