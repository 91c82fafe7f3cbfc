import pickWgsl from "../../shaders/tensor/pick.wgsl";
import placeWgsl from "../../shaders/tensor/place.wgsl";
import { ArgumentError, check, checkedLater, number, readOptions, ShapeError } from "../gpu/index.ts";
import { count, type Shape, show, type Tensor, tensor } from "../tensor/index.ts";
import { checkBinds, type Kernel, result, runWhole, THREADS } from "./dispatch.ts";
import { binary } from "./elementwise.ts";
import { LARGEST_INDEX } from "./extremes.ts";
import { sumTo } from "./folds.ts";
import { record } from "./graph.ts";
import { reshaped } from "./kernels.ts";
import { checkAxis, checkTensor, checkTogether } from "./operands.ts";
import { broadcastStrides, collapse, dimensions, MAX_WORDS, stridesOf } from "./strides.ts";

const PICK_KERNEL: Kernel = { wgsl: pickWgsl, words: 8 + MAX_WORDS };
const PLACE_KERNEL: Kernel = { wgsl: placeWgsl, words: 12 + MAX_WORDS };

/** Which values {@link gather} takes. */
export interface GatherOptions {
  /** Along which axis; a negative one counts from the end. */
  axis: number;
  /** The places along that axis, whole numbers from 0 as f32: a constant. */
  index: Tensor;
}

/** Refuses an index that requires a gradient: it has none. */
function checkIndex(index: unknown, what: string): asserts index is Tensor {
  checkTensor(index, what, "index");
  if (index.requiresGrad)
    throw new ArgumentError(
      `index of ${what}()`,
      "a tensor that requires a gradient",
      "a constant, as from argmax() or detach(): a place has no gradient",
    );
}

/**
 * The values at given places along an axis: `y[i, j] = x[i, index[i, j]]` for axis 1.
 *
 * An index of as many dimensions as x takes single values, as `torch.gather` and `jnp.take_along_axis` do: beside the axis
 * its sizes and those of x are equal, or 1 and repeated. An index of one dimension takes whole slices, as
 * `torch.index_select` does: `[V, D]` along axis 0 with an index `[n]` gives `[n, D]`.
 *
 * Where the index is no whole number from 0 to size − 1 the result is NaN, because no error can come from the GPU. The
 * gradient of x adds up what every place was taken for, in a fixed order; the index has none.
 * @throws ShapeError when the sizes of x and index do not fit; LimitError where x, the result or the gradient is larger than
 * one binding of the device
 */
export function gather(x: Tensor, options: GatherOptions): Tensor {
  checkTogether([x], "gather");
  const { axis, index } = readOptions<GatherOptions>("gather", options, { axis: checkedLater, index: checkedLater });
  const rank = x.shape.length;
  if (rank === 0) throw new ShapeError("x of gather()", "[]", "a tensor with at least one dimension");
  const at = checkAxis(axis, rank, "gather");
  checkIndex(index, "gather");
  checkTogether([x, index], "gather");
  const seen = index.shape.length === 1 ? x.shape.map((_, i) => (i === at ? index.size : 1)) : index.shape;
  const fits =
    seen.length === rank && seen.every((s, i) => i === at || s === 1 || x.shape[i] === 1 || s === x.shape[i]);
  if (!fits) {
    const beside = `[n], or as many dimensions as x ${show(x.shape)} with sizes equal to x's or 1, but for axis ${at}`;
    throw new ShapeError("index of gather()", show(index.shape), beside);
  }
  const shape = seen.map((s, i) => (i === at ? s : Math.max(s, x.shape[i])));
  // What backward needs is refused here, not in the middle of it.
  if (x.requiresGrad) checkBinds(x.gpu, 4 * count(gradientShape({ at, shape }, x.shape[at])));
  const y = pick(x, index, { at, seen, shape });
  x.gpu.untrack(y);
  const before = x.shape;
  return record("gather", [x], { shape, storage: y.storage }, [index], (g, [places]) => [
    sumTo(place(g, places, { at, seen, shape }, before[at]), before),
  ]);
}

/** How an index lies beside a tensor: along which axis, under which shape it is seen, and the shape of what is taken. */
interface Places {
  at: number;
  seen: Shape;
  shape: Shape;
}

function pick(x: Tensor, index: Tensor, { at, seen, shape }: Places): Tensor {
  const y = result(shape, x, index);
  const beside = broadcastStrides(x.shape, shape).map((stride, i) => (i === at ? 0 : stride));
  const walk = collapse(shape, [beside, broadcastStrides(seen, shape)]);
  const words = [y.size, walk.sizes.length, x.shape[at], stridesOf(x.shape)[at], 0, 0, 0, 0, ...dimensions(walk)];
  runWhole({
    kernel: PICK_KERNEL,
    label: "gather",
    reads: [x, index],
    writes: y,
    words,
    threads: y.size,
    perGroup: 256,
  });
  return y;
}

/** The shape of x where it is as large beside the axis as what is taken. */
const gradientShape = ({ at, shape }: Pick<Places, "at" | "shape">, size: number): number[] => shape.with(at, size);

/** Threads that keep a device busy; each reads the whole index, so that a processor is better off with few. */
const busy = (software: boolean): number => (software ? 32 : 4096);

/** The adjoint of {@link pick}, in the shape of y with `size` places along the axis. */
function place(g: Tensor, index: Tensor, { at, seen, shape }: Places, size: number): Tensor {
  const full = gradientShape({ at, shape }, size);
  const gx = result(full, g, index);
  const strides = [full, shape].map(stridesOf).concat([broadcastStrides(seen, shape)]);
  const beside = shape.map((s, i) => (i === at ? 1 : s));
  const walk = collapse(beside, strides);
  const positions = count(beside);
  const each = Math.ceil(size / Math.min(size, Math.ceil(busy(g.gpu.info.software) / positions)));
  const stretches = Math.ceil(size / each);
  const words = [positions, stretches, each, size, shape[at], ...strides.map((s) => s[at]), walk.sizes.length, 0, 0, 0];
  words.push(...walk.sizes.flatMap((s, d) => [s, ...walk.strides.map((stride) => stride[d])]));
  const threads = positions * stretches;
  runWhole({ kernel: PLACE_KERNEL, label: "gather", reads: [g, index], writes: gx, words, threads, perGroup: THREADS });
  return gx;
}

/**
 * 1 at the place that the index names and 0 elsewhere, in a new last dimension: `[n]` with 3 classes gives `[n, 3]`. Where
 * the index is no whole number from 0 to classes − 1, all are 0. The result is a constant.
 * @param index whole numbers as f32, of 5 dimensions at most
 * @param classes the size of the new dimension, at least 1
 */
export function oneHot(index: Tensor, classes: number): Tensor {
  checkIndex(index, "oneHot");
  if (index.shape.length > 5) throw new ShapeError("index of oneHot()", show(index.shape), "at most 5 dimensions");
  check("classes of oneHot()", classes, number({ least: 1, most: LARGEST_INDEX, whole: true }));
  checkTogether([index], "oneHot", "index");
  const column = reshaped(index, [...index.shape, 1]);
  const names = tensor(
    index.gpu,
    Float32Array.from({ length: classes }, (_, k) => k),
  );
  const y = binary("equal", column, names);
  for (const used of [column, names]) used.dispose();
  return y;
}
