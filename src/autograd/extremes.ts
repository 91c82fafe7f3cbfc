import extremeWgsl from "../../shaders/tensor/extreme.wgsl";
import { ArgumentError, checkedLater, flag, readOptions } from "../gpu/index.ts";
import { count, type Shape, type Tensor } from "../tensor/index.ts";
import { type Kernel, result, runWhole, THREADS } from "./dispatch.ts";
import { checkAxis, checkTogether } from "./operands.ts";

const EXTREME_KERNEL: Kernel = { wgsl: extremeWgsl, words: 8 };

/** Along which axis to search, for {@link argmax} and {@link argmin}. */
export interface ExtremeOptions {
  /** A negative one counts from the end. Unless given, all values are searched, and the index counts them in row-major order. */
  axis?: number;
  /** Leave a 1 in the place of the axis; of every axis, when none is given. */
  keepDims?: boolean;
}

/** Whole numbers up to here are exact in f32. */
export const LARGEST_INDEX = 2 ** 24;

// A thread asks this many places, or more where there would be too many threads.
const PLACES_PER_THREAD = 128;
const MOST_THREADS = 2 ** 17;

/**
 * Where the greatest value along an axis lies: `[2, 3, 4]` along axis 1 gives `[2, 4]`, with whole numbers from 0 to 2 as
 * f32. The first of equal values counts, and the first NaN counts as the greatest, as in PyTorch. An index is a constant:
 * it has no gradient. {@link gather} takes the values at such places, with their gradient.
 * @param options an axis, or `{ axis, keepDims }`
 * @throws ArgumentError for an axis that is not there, and for more than 16,777,216 places, which f32 cannot count
 */
export const argmax = (x: Tensor, options: ExtremeOptions | number = {}): Tensor => search("argmax", x, options);

/**
 * Where the least value along an axis lies: `[2, 3, 4]` along axis 1 gives `[2, 4]`, with whole numbers from 0 to 2 as
 * f32. The first of equal values counts, and the first NaN counts as the least, as in PyTorch. An index is a constant: it
 * has no gradient.
 * @param options an axis, or `{ axis, keepDims }`
 * @throws ArgumentError for an axis that is not there, and for more than 16,777,216 places, which f32 cannot count
 */
export const argmin = (x: Tensor, options: ExtremeOptions | number = {}): Tensor => search("argmin", x, options);

function search(what: "argmax" | "argmin", x: Tensor, options: ExtremeOptions | number): Tensor {
  checkTogether([x], what);
  const given = typeof options === "number" ? { axis: options } : options;
  const { axis, keepDims } = readOptions<ExtremeOptions>(what, given, { axis: checkedLater, keepDims: flag });
  const { shape, size } = x;
  const at = axis === undefined ? null : checkAxis(axis, shape.length, what);
  const places = at === null ? size : shape[at];
  if (places > LARGEST_INDEX)
    throw new ArgumentError(`x of ${what}()`, `${places} places`, `at most ${LARGEST_INDEX}, which f32 counts exactly`);
  const gone = (i: number) => at === null || i === at;
  const out = keepDims ? shape.map((s, i) => (gone(i) ? 1 : s)) : shape.filter((_, i) => !gone(i));
  return locate(what, x, places, at === null ? 1 : count(shape.slice(at + 1)), out);
}

/** @param step values from one place to the next */
function locate(what: "argmax" | "argmin", x: Tensor, axis: number, step: number, out: Shape): Tensor {
  const results = x.size / axis;
  let found: Tensor | null = null;
  for (let places = axis; ; ) {
    const each = places <= 2 * PLACES_PER_THREAD ? places : chunk(places, results);
    const chunks = Math.ceil(places / each);
    const y = result(chunks === 1 ? out : [results * chunks], x, found ?? x);
    runWhole({
      kernel: EXTREME_KERNEL,
      label: what,
      constants: { direction: what === "argmax" ? 1 : -1, further: Number(found !== null) },
      reads: [x, found ?? x],
      writes: y,
      words: [results, chunks, each, places, axis, step],
      threads: results * chunks,
      perGroup: THREADS,
    });
    found?.dispose();
    if (chunks === 1) return y;
    found = y;
    places = chunks;
  }
}

const chunk = (places: number, results: number): number =>
  Math.min(places, Math.max(PLACES_PER_THREAD, Math.ceil((places * results) / MOST_THREADS)));
