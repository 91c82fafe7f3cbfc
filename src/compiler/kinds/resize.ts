import bandedLineWgsl from "../../../shaders/pass/banded_line.wgsl";
import { type Gpu, linkShader, type Storage } from "../../gpu/index.ts";
import type { Shape, Tensor } from "../../tensor/index.ts";
import type { Transform } from "../../transforms/index.ts";
import { codeId } from "../identity.ts";
import { sized } from "../outcome.ts";
import { keep } from "../pack/kept.ts";
import type { Pass } from "../pass.ts";
import { groupsFor } from "../pixels/kernel.ts";
import { resultOf } from "../pixels/work.ts";
import { gradientsOf, type Kind } from "./kind.ts";
import { map } from "./map.ts";

/** A banded matrix: for every row where its band starts, and its weights, padded with zeros to equal length. */
export interface Bands {
  starts: number[];
  weights: number[][];
}

/** Triangle, and Keys' cubic with a = −0.5: the filters of PIL, and of torchvision with antialias. */
const FILTERS: Record<string, { radius: number; weight: (t: number) => number }> = {
  bilinear: { radius: 1, weight: (t) => Math.max(0, 1 - Math.abs(t)) },
  bicubic: {
    radius: 2,
    weight: (value) => {
      const t = Math.abs(value);
      if (t < 1) return (1.5 * t - 2.5) * t * t + 1;
      return t < 2 ? ((-0.5 * t + 2.5) * t - 4) * t + 2 : 0;
    },
  },
};

/** The rows of an anti-aliasing resize of one axis, in float64: the filter stretched by how much the axis shrinks. */
export function resizeBands(before: number, after: number, interpolation: string): Bands {
  const { radius, weight } = FILTERS[interpolation];
  const scale = before / after;
  const stretch = Math.max(scale, 1);
  const starts: number[] = [];
  const weights: number[][] = [];
  for (let j = 0; j < after; j++) {
    const center = (j + 0.5) * scale;
    const first = Math.max(0, Math.trunc(center - radius * stretch + 0.5));
    const end = Math.min(before, Math.trunc(center + radius * stretch + 0.5));
    const row = Array.from({ length: end - first }, (_, k) => weight((first + k + 0.5 - center) / stretch));
    const sum = row.reduce((a, b) => a + b, 0);
    starts.push(first);
    // At the end of a filter a weight is 0, or what rounding leaves of it; what has no weight is not seen.
    weights.push(row.map((w) => (Math.abs(w / sum) < 1e-12 ? 0 : w / sum)));
  }
  return { starts, weights };
}

/** The share of each pixel in what a pixel of the result covers; with `whole`, equal shares of all that it touches. */
function areaBands(before: number, after: number, whole: boolean): Bands {
  const starts: number[] = [];
  const weights: number[][] = [];
  for (let j = 0; j < after; j++) {
    // Multiplied first, so that an edge that lies on a pixel's edge is exact.
    const [low, high] = [(j * before) / after, ((j + 1) * before) / after];
    const first = Math.floor(low);
    const end = Math.min(before, Math.ceil(high));
    starts.push(first);
    weights.push(
      Array.from({ length: end - first }, (_, k) => {
        const covered = Math.min(high, first + k + 1) - Math.max(low, first + k);
        return whole ? 1 / (end - first) : covered / (high - low);
      }),
    );
  }
  return { starts, weights };
}

/** What a transform makes of an axis, and the key that says so. */
function bandsOf({ declaration, options }: Transform, before: number, after: number): Bands {
  const interpolation = String(options.interpolation);
  if (declaration.bands) {
    const rows = declaration.bands({ ...options }, before, after);
    return { starts: rows.map(({ start }) => start), weights: rows.map(({ weights }) => [...weights]) };
  }
  if (AREAS.includes(interpolation)) return areaBands(before, after, interpolation === "adaptive");
  return resizeBands(before, after, interpolation);
}

const keyOf = ({ declaration, options }: Transform): string =>
  declaration.bands
    ? `${declaration.name}#${codeId(declaration)}${JSON.stringify(options)}`
    : String(options.interpolation);

/** Interpolations that are means over an area, whether it shrinks or grows. */
const AREAS = ["area", "adaptive"];

/** The transpose; the rows of a resize's transpose are banded too. */
export function transposeBands({ starts, weights }: Bands, before: number): Bands {
  const rows: { start: number; weights: number[] }[] = Array.from({ length: before }, () => ({
    start: 0,
    weights: [],
  }));
  weights.forEach((row, j) => {
    row.forEach((w, k) => {
      const target = rows[starts[j] + k];
      if (target.weights.length === 0) target.start = j;
      while (target.start + target.weights.length < j) target.weights.push(0);
      target.weights.push(w);
    });
  });
  return { starts: rows.map((row) => row.start), weights: rows.map((row) => row.weights) };
}

/** Bands on the GPU by sizes: equal steps upload them once. At most 1 MB of them. */
const tables = keep<{ storage: Storage; taps: number }>(2 ** 20, 32);

/** The starts of the bands, then the weights; the caller releases them. */
function tableOf(
  gpu: Gpu,
  before: number,
  after: number,
  transform: Transform,
  transposed: boolean,
): { storage: Storage; taps: number } {
  const key = `${before}>${after}|${keyOf(transform)}|${transposed}`;
  const known = tables.get(gpu, key);
  if (known) return { storage: known.storage.retain(), taps: known.taps };
  const forward = bandsOf(transform, before, after);
  const { starts, weights } = transposed ? transposeBands(forward, before) : forward;
  const taps = weights.reduce((most, row) => Math.max(most, row.length), 1);
  const data = new Float32Array(starts.length * (1 + taps));
  data.set(starts);
  weights.forEach((row, j) => data.set(row, starts.length + j * taps));
  const table = { storage: gpu.upload(data), taps };
  tables.set(gpu, key, table);
  return table;
}

/** Rows, then columns. */
function forwardResample(gpu: Gpu, pass: Pass, x: Tensor, into?: Storage): Storage {
  const [n, c, h, w] = pass.input;
  const [, , height, width] = pass.output;
  const between = axis(gpu, pass, x.storage, { outer: n * c * h, inner: 1 }, [w, width], false);
  const y = axis(gpu, pass, between, { outer: n * c, inner: width }, [h, height], false, resultOf(gpu, pass, into));
  between.release();
  return y;
}

function backwardResample(gpu: Gpu, pass: Pass, gradient: Tensor): Storage {
  const [n, c, h, w] = pass.input;
  const [, , height, width] = pass.output;
  const between = axis(gpu, pass, gradient.storage, { outer: n * c, inner: width }, [h, height], true);
  const image = axis(gpu, pass, between, { outer: n * c * h, inner: 1 }, [w, width], true);
  between.release();
  return image;
}

/** One axis; `sizes` are those of the resize, before and after, also where its transpose runs. */
function axis(
  gpu: Gpu,
  pass: Pass,
  from: Storage,
  view: { outer: number; inner: number },
  sizes: readonly [number, number],
  transposed: boolean,
  to?: Storage,
): Storage {
  const { storage, taps } = tableOf(gpu, sizes[0], sizes[1], pass.links[0].transform, transposed);
  const [before, after] = transposed ? [sizes[1], sizes[0]] : sizes;
  const size = view.outer * after * view.inner;
  const target = to ?? gpu.allocate(size * 4);
  const pipeline = gpu.pipeline({
    key: "banded_line",
    label: "banded_line: resize",
    access: "urrw",
    source: () => linkShader(bandedLineWgsl),
  });
  const shape = gpu.uniform([view.outer, before, after, view.inner, taps]);
  gpu.dispatch({
    pipeline,
    bindings: [shape, storage, from, target],
    groups: groupsFor(size),
    bytes: (size + view.outer * before * view.inner) * 4,
  });
  storage.release();
  return target;
}

/** Averaging is a filter, not a place to look. Bicubic filters as PIL does, even where it grows. */
function filters({ declaration, options }: Transform, input: Shape, output: Shape): boolean {
  if (declaration.bands || AREAS.includes(String(options.interpolation))) return true;
  if (!options.antialias || options.interpolation === "nearest") return false;
  const shrinks = output[2] < input[2] || output[3] < input[3];
  return shrinks || (options.interpolation === "bicubic" && (output[2] !== input[2] || output[3] !== input[3]));
}

/** Whether the weights of each row add up to 1, so that a constant stays what it is. */
const areMeans = ({ weights }: Bands): boolean =>
  weights.every((row) => Math.abs(row.reduce((sum, weight) => sum + weight, 0) - 1) < 1e-9);

/** A change of size: a map, unless it averages; then it is two banded matrices. */
export const resize: Kind = {
  motion: "matrix",
  functions: map.functions,
  hasParams: map.hasParams,
  as: (transform, input, output) => (filters(transform, input, output) ? "resize" : "map"),
  take: ({ links, at, input }) => ({
    count: 1,
    ended: "an anti-aliasing resize is a filter of its own",
    pass: {
      kind: "resize",
      output: sized(links[at], input),
      interpolation: String(links[at].transform.options.interpolation),
      padding: "border",
      heads: 0,
    },
  }),
  averages: ({ transform }, input, output) =>
    output[2] * output[3] <= input[2] * input[3] &&
    (!transform.declaration.bands || [2, 3].every((axis) => areMeans(bandsOf(transform, input[axis], output[axis])))),
  readsF32: true,
  savesInput: false,
  cost: ({ input, output }) => ({
    dispatches: { forward: 2, backward: 2 },
    between: input[0] * input[1] * input[2] * output[3] * 4,
    buffers: 3,
  }),
  forward: (gpu, pass, x, _, into) => ({
    y: forwardResample(gpu, pass, x, into),
    saved: [],
    pull: (gradient, _, needsImage) => gradientsOf(needsImage ? backwardResample(gpu, pass, gradient) : null, [], null),
  }),
};
