/** Programs in float64: CLAHE and the Canny edge detector. */

import {
  build,
  type Case64,
  type Image64,
  type Options64,
  type Params64,
  pixel,
  type Reference64,
  scalar,
  two,
} from "../image.ts";
import { gaussianKernel } from "./filter.ts";

const BINS = 256;

const even = (v: number): number => v + (v % 2);

/** Counts of 256 equal bins of 0..1; 1 is of the last. */
function histogram(values: readonly number[]): number[] {
  const counts = new Array(BINS).fill(0);
  for (const v of values) if (v >= 0 && v <= 1) counts[Math.min(Math.floor(v * BINS), BINS - 1)]++;
  return counts;
}

/** Counts by a Gaussian of deviation 0.001 around the places k / 255, as many in all as there are values. */
function softHistogram(values: readonly number[]): number[] {
  const density = Array.from({ length: BINS }, (_, k) =>
    values.reduce((sum, v) => sum + Math.exp(-0.5 * ((v - k / 255) / 0.001) ** 2), 0),
  );
  const means = density.map((d) => d / values.length);
  const all = means.reduce((a, b) => a + b, 0) + 1e-10;
  return means.map((d) => (d / all) * values.length);
}

/** Counts of the 256 levels of eight bits. */
function byteHistogram(values: readonly number[]): number[] {
  const counts = new Array(BINS).fill(0);
  for (const v of values) if (!Number.isNaN(v)) counts[byteOf(v)]++;
  return counts;
}

const byteOf = (v: number): number => Math.round(Math.min(Math.max(v, 0), 1) * 255);

/** How the counts of a tile are cut off: where, and what is spread over all bins, and over the first ones. */
interface Cut {
  most: number;
  spread: number;
  rest: number;
  /** What lies between the bins that get one of the rest. */
  step: number;
}

/** Off at max(⌊clip · pixels / 256⌋, 1), what is cut off added to all bins evenly, and what then is left to the first ones. */
function cutOf(counts: readonly number[], pixels: number, clip: number, options: Options64): Cut {
  if (clip <= 0) return { most: Number.POSITIVE_INFINITY, spread: 0, rest: 0, step: 1 };
  const isCv = options.convention === "opencv";
  const most = Math.max(Math.floor((clip * pixels) / BINS), 1);
  const total = (list: readonly number[]) => list.reduce((sum, count) => sum + count, 0);
  // Hard counts leave out values beyond 0..1, which are spread, too. The sum of soft ones is the pixels but for rounding.
  const over =
    options.slowAndDifferentiable === true || isCv
      ? total(counts.map((count) => Math.max(count - most, 0)))
      : pixels - total(counts.map((count) => Math.min(count, most)));
  const rest = over - BINS * Math.floor(over / BINS);
  const step = isCv ? Math.max(Math.floor(BINS / rest), 1) : 1;
  return { most, spread: (over - rest) / BINS, rest, step };
}

/** The levels of a tile, 0..255 and not rounded: its counts, cut off and summed up. */
function levelsOf(
  counts: readonly number[],
  pixels: number,
  { most, spread, rest, step }: Cut,
  within = (level: number) => Math.min(Math.max(level, 0), 255),
): number[] {
  let sum = 0;
  return counts.map((count, k) => {
    sum += Math.min(count, most) + spread + (k % step === 0 && k / step < rest ? 1 : 0);
    return within((sum * 255) / pixels);
  });
}

/** Rounded down; a sum of counts times 255 is exact, and so is what the division makes of a multiple of the pixels. */
const rounded = (levels: readonly number[]): number[] => levels.map((v) => Math.floor(v + 1e-9));

/** To the nearest level, even where two are: in f32, as OpenCV has it. */
function nearest(v: number): number {
  const f = Math.fround(v);
  const low = Math.floor(f);
  return f - low === 0.5 ? low + (low % 2) : Math.round(f);
}

/** Which tiles show at a place, and how much of the second: none of it within half a tile of the border. */
function between(i: number, tile: number, tiles: number): [number, number, number] {
  const from = i - tile / 2;
  if (from < 0) return [0, 0, 0];
  const first = Math.floor(from / tile);
  if (first >= tiles - 1) return [tiles - 1, tiles - 1, 0];
  return [first, first + 1, (from % tile) / (tile - 1)];
}

/** The same for OpenCV: a tile is alone in its middle. */
function betweenCv(i: number, tile: number, tiles: number): [number, number, number] {
  const at = Math.fround(Math.fround(i * Math.fround(1 / tile)) - 0.5);
  const [first, second] = [Math.max(Math.floor(at), 0), Math.min(Math.floor(at) + 1, tiles - 1)];
  return [first, second, at - Math.floor(at)];
}

const mixed = (a: number, b: number, share: number): number => a + share * (b - a);
/** In f32, as OpenCV has it: what is rounded then may lie on a half. */
const mixCv = (a: number, b: number, share: number): number =>
  Math.fround(Math.fround(a * Math.fround(1 - share)) + Math.fround(b * share));

/** The tiles of an image: [rows, columns] of them, and their sizes. */
function gridOf({ shape: [, , H, W] }: Image64, { gridSize, convention }: Options64) {
  const [rows, columns] = typeof gridSize === "number" ? [gridSize, gridSize] : (gridSize as [number, number]);
  if (convention === "opencv") {
    const isWhole = H % rows === 0 && W % columns === 0;
    const [below, right] = isWhole ? [0, 0] : [rows - (H % rows), columns - (W % columns)];
    return { rows, columns, high: (H + below) / rows, wide: (W + right) / columns };
  }
  return { rows, columns, high: even(Math.ceil(H / rows)), wide: even(Math.ceil(W / columns)) };
}

/** Values of every tile, `[n][c][row][column]`; beyond the image it is mirrored. */
function tilesOf(x: Image64, options: Options64): number[][] {
  const [N, C, H, W] = x.shape;
  const { rows, columns, high, wide } = gridOf(x, options);
  const mirrored = (i: number, size: number): number =>
    i < 0 ? mirrored(-i, size) : i < size ? i : size === 1 ? 0 : mirrored(2 * (size - 1) - i, size);
  return Array.from({ length: N * C * rows * columns }, (_, t) => {
    const [left, top] = [(t % columns) * wide, (Math.floor(t / columns) % rows) * high];
    const plane = Math.floor(t / (rows * columns));
    return Array.from({ length: high * wide }, (_, k) =>
      pixel(
        x,
        Math.floor(plane / C),
        plane % C,
        mirrored(top + Math.floor(k / wide), H),
        mirrored(left + (k % wide), W),
      ),
    );
  });
}

/** Blends what the tiles around each pixel say; `seen` is asked for a tile and the pixel's value. */
function blended(
  x: Image64,
  options: Options64,
  seen: (tile: number, n: number, c: number, i: number, j: number) => number,
  last?: (level: number) => number,
) {
  const isCv = options.convention === "opencv";
  const [find, mix] = isCv ? [betweenCv, last ? mixCv : mixed] : [between, mixed];
  const { rows, columns, high, wide } = gridOf(x, options);
  return build(x.shape, (n, c, i, j) => {
    const [t0, t1, down] = find(i, high, rows);
    const [l0, l1, across] = find(j, wide, columns);
    const of = (t: number, l: number) => seen(((n * x.shape[1] + c) * rows + t) * columns + l, n, c, i, j);
    const line = (t: number) => mix(of(t, l0), of(t, l1), across);
    const shown = mix(line(t0), line(t1), down);
    return (last ? last(shown) : shown) / 255;
  });
}

const below = (v: number): number => Math.min(Math.max(Math.trunc(v * 255), 0), 255);
const binOf = (v: number, { convention }: Options64): number => (convention === "opencv" ? byteOf(v) : below(v));

/** How the values of a tile are counted. */
const counting = ({ convention, slowAndDifferentiable }: Options64) =>
  slowAndDifferentiable === true ? softHistogram : convention === "opencv" ? byteHistogram : histogram;

/** The sample of a tile. */
const sampleOf = (t: number, { shape: [N] }: Image64, tiles: readonly unknown[]): number =>
  Math.floor((t * N) / tiles.length);

/** Param clipLimit; options gridSize [rows, columns], slowAndDifferentiable and convention. */
const clahe: Reference64 = (x, params, options) => {
  const softly = options.slowAndDifferentiable === true;
  const isCv = options.convention === "opencv";
  const tiles = tilesOf(x, options);
  const tables = tiles.map((values, t) => {
    const counts = counting(options)(values);
    const cut = cutOf(counts, values.length, scalar(params, "clipLimit", sampleOf(t, x, tiles), 40), options);
    const levels = levelsOf(counts, values.length, cut);
    if (softly) return levels;
    return isCv ? levels.map(nearest) : rounded(levels);
  });
  return blended(
    x,
    options,
    (tile, n, c, i, j) => tables[tile][binOf(pixel(x, n, c, i, j), options)],
    isCv && !softly ? nearest : undefined,
  );
};

/** The values at which a surrogate was last asked for its own value, which are exact in f32; beside them its jumps stay as there. */
let base: { x: Image64; params: Params64 } | undefined;

function baseOf(x: Image64, params: Params64): { x: Image64; params: Params64 } {
  const isExact = (values: ArrayLike<number>) => Array.from(values).every((v) => Math.fround(v) === v);
  if (!base || (isExact(x.data) && Object.values(params).every((rows) => isExact(rows.flat())))) base = { x, params };
  return base;
}

/**
 * What has the derivatives of `clahe`. By parameters: the limit of counts is no whole number, and what is cut off is spread evenly. By the
 * image: bins stay; with hard counts tables are constant, and straight lines between their levels, or all of it is left out; soft
 * counts change, but not what is cut off, which is whole numbers.
 */
const claheSurrogate: Reference64 = (x, params, options, context) => {
  const at = baseOf(x, params);
  const softly = options.slowAndDifferentiable === true;
  const count = counting(options);
  const tiles = tilesOf(at.x, options);
  const clipOf = (of: Params64, t: number) => scalar(of, "clipLimit", sampleOf(t, x, tiles), 40);
  const own = (image: Image64, n: number, c: number, i: number, j: number) => pixel(image, n, c, i, j);
  if (context.wrt === "image" && !softly && options.estimator === "straightThrough") {
    const there = clahe(at.x, at.params, options, context);
    return { shape: x.shape, data: there.data.map((v, i) => v + x.data[i] - at.x.data[i]) };
  }
  const shown = softly && context.wrt === "image" ? tilesOf(x, options) : tiles;
  const tables = tiles.map((values, t) => {
    const counts = count(values);
    const pixels = values.length;
    const cut = cutOf(counts, pixels, clipOf(at.params, t), options);
    if (context.wrt === "image") return levelsOf(count(shown[t]), pixels, cut);
    // Only what is above the limit moves with it.
    const moves = (clipOf(at.params, t) * pixels) / BINS >= 1;
    const more = moves ? ((clipOf(params, t) - clipOf(at.params, t)) * pixels) / BINS : 0;
    const lost = counts.filter((c) => c > cut.most).length * more;
    const limited = counts.map((c) => (c > cut.most ? cut.most + more : c));
    const moved = { ...cut, most: Number.POSITIVE_INFINITY, spread: cut.spread - lost / BINS };
    // Levels that reach 255, but for rounding, are on no kink.
    return levelsOf(limited, pixels, moved, (level) => (level > 255.0001 ? 255 : level));
  });
  return blended(x, options, (tile, n, c, i, j) => {
    const there = own(at.x, n, c, i, j);
    if (softly || context.wrt !== "image") return tables[tile][binOf(there, options)];
    const first = Math.min(below(there), 254);
    return tables[tile][first] + (own(x, n, c, i, j) * 255 - first) * (tables[tile][first + 1] - tables[tile][first]);
  });
};

const mirror = (i: number, size: number): number => (i < 0 ? -i : i >= size ? 2 * (size - 1) - i : i);
const held = (i: number, size: number): number => Math.min(Math.max(i, 0), size - 1);

/** One plane per sample, each element a sum over a window. */
function filtered(x: Image64, kernelOf: (n: number) => number[][], resolve: typeof mirror): Image64 {
  const [, , H, W] = x.shape;
  return build(x.shape, (n, c, i, j) => {
    const kernel = kernelOf(n);
    const [down, across] = [(kernel.length - 1) / 2, (kernel[0].length - 1) / 2];
    let sum = 0;
    kernel.forEach((line, a) =>
      line.forEach((w, b) => {
        sum += w * pixel(x, n, c, resolve(i + a - down, H), resolve(j + b - across, W));
      }),
    );
    return sum;
  });
}

const AROUND = [
  [0, 1],
  [1, 1],
  [1, 0],
  [1, -1],
  [0, -1],
  [-1, -1],
  [-1, 0],
  [-1, 1],
] as const;

/** The neighbours of places that are there, eight to a place. */
function neighbours(i: number, j: number, H: number, W: number): [number, number][] {
  return AROUND.map(([di, dj]): [number, number] => [i + di, j + dj]).filter(
    ([a, b]) => a >= 0 && a < H && b >= 0 && b < W,
  );
}

/** Magnitudes of edges where they are largest across the edge, else 0; with eps = 1e-6. */
export function magnitudes(x: Image64, params: Params64, options: Options64): Image64 {
  const [N, C, H, W] = x.shape;
  const grey = build([N, 1, H, W], (n, _, i, j) =>
    C === 1
      ? pixel(x, n, 0, i, j)
      : 0.299 * pixel(x, n, 0, i, j) + 0.587 * pixel(x, n, 1, i, j) + 0.114 * pixel(x, n, 2, i, j),
  );
  const given = options.kernelSize as number | [number, number];
  const [ky, kx] = typeof given === "number" ? [given, given] : given;
  const blurred = filtered(
    grey,
    (n) => {
      const across = gaussianKernel(kx, scalar(params, "sigmaX", n, 1));
      return gaussianKernel(ky, scalar(params, "sigmaY", n, 1)).map((v) => across.map((w) => v * w));
    },
    mirror,
  );
  const across = filtered(
    blurred,
    () => [
      [-1, 0, 1],
      [-2, 0, 2],
      [-1, 0, 1],
    ],
    held,
  );
  const down = filtered(
    blurred,
    () => [
      [-1, -2, -1],
      [0, 0, 0],
      [1, 2, 1],
    ],
    held,
  );
  const size = build(grey.shape, (n, _, i, j) => Math.hypot(pixel(across, n, 0, i, j), pixel(down, n, 0, i, j), 1e-3));
  return build(grey.shape, (n, _, i, j) => {
    const turns = Math.atan2(pixel(down, n, 0, i, j), pixel(across, n, 0, i, j)) / (Math.PI / 4);
    const direction = ((Math.round(turns || 0) % 8) + 8) % 8;
    const own = pixel(size, n, 0, i, j);
    const isLargest = [direction, (direction + 4) % 8].every((k) => {
      const [a, b] = [i + AROUND[k][0], j + AROUND[k][1]];
      return own > (a >= 0 && a < H && b >= 0 && b < W ? pixel(size, n, 0, a, b) : 0);
    });
    return isLargest || Number.isNaN(own) ? own : 0;
  });
}

/** 1 for strong edges, 1/2 for weak ones; with hysteresis 1 for what hangs together with a strong one, else 0. */
function edgesOf(size: Image64, params: Params64, options: Options64): Image64 {
  const [, , H, W] = size.shape;
  const edges = build(size.shape, (n, _, i, j) => {
    const m = pixel(size, n, 0, i, j);
    if (Number.isNaN(m)) return m;
    return (
      0.5 * Number(m > scalar(params, "lowThreshold", n, 0.1)) +
      0.5 * Number(m > scalar(params, "highThreshold", n, 0.2))
    );
  });
  if (options.hysteresis === false) return edges;
  const found = build(size.shape, (n, _, i, j) => 0 * pixel(edges, n, 0, i, j));
  const at = (n: number, i: number, j: number) => (n * H + i) * W + j;
  for (let n = 0; n < size.shape[0]; n++) {
    const open: [number, number][] = [];
    for (let i = 0; i < H; i++) for (let j = 0; j < W; j++) if (pixel(edges, n, 0, i, j) === 1) open.push([i, j]);
    for (const [i, j] of open) found.data[at(n, i, j)] = 1;
    for (let next = open.pop(); next; next = open.pop())
      for (const [i, j] of neighbours(...next, H, W)) {
        if (!(pixel(edges, n, 0, i, j) > 0) || found.data[at(n, i, j)] === 1) continue;
        found.data[at(n, i, j)] = 1;
        open.push([i, j]);
      }
  }
  return found;
}

/** Params lowThreshold, highThreshold, sigmaX, sigmaY; options kernelSize [ky, kx], hysteresis and output. */
const canny: Reference64 = (x, params, options) => {
  const size = magnitudes(x, params, options);
  if (options.output === "magnitude") return size;
  const edges = edgesOf(size, params, options);
  if (options.output !== "both") return edges;
  const [N, , H, W] = size.shape;
  return build([N, 2, H, W], (n, c, i, j) => pixel(c === 0 ? size : edges, n, 0, i, j));
};

/** What has the derivatives of `canny`: magnitudes are as they are, edges the mean of what magnitudes are above either threshold. */
const cannySurrogate: Reference64 = (x, params, options) => {
  const size = magnitudes(x, params, options);
  if (options.output === "magnitude") return size;
  const edges = build(size.shape, (n, _, i, j) => {
    const m = pixel(size, n, 0, i, j);
    const middle = (scalar(params, "lowThreshold", n, 0.1) + scalar(params, "highThreshold", n, 0.2)) / 2;
    return m > 0 ? m - middle : 0;
  });
  if (options.output !== "both") return edges;
  const [N, , H, W] = size.shape;
  return build([N, 2, H, W], (n, c, i, j) => pixel(c === 0 ? size : edges, n, 0, i, j));
};

export const references: Record<string, Reference64> = { clahe, canny };
export const surrogates: Record<string, Reference64> = { clahe: claheSurrogate, canny: cannySurrogate };

const TILED = { shape: [2, 3, 11, 10] as [number, number, number, number], least: [3, 3] as [number, number] };
const SIGMAS = { sigmaX: two(0.8, 1.3), sigmaY: two(1.1, 0.7) };

export const cases: Case64[] = [
  { name: "clahe", params: { clipLimit: two(20.3, 0.7) }, options: { gridSize: 2 }, ...TILED },
  {
    name: "clahe",
    params: { clipLimit: two(24.9, 12.1) },
    options: { gridSize: [3, 2], estimator: "straightThrough" },
    ...TILED,
  },
  {
    name: "clahe",
    params: { clipLimit: two(21.6, 30.2) },
    options: { gridSize: 2, slowAndDifferentiable: true },
    ...TILED,
    step: 1e-6,
    forward: 1e-4,
    backward: 1e-3,
  },
  { name: "clahe", params: { clipLimit: two(20.3, 2.7) }, options: { gridSize: 3, convention: "opencv" }, ...TILED },
  {
    name: "clahe",
    params: { clipLimit: two(21.6, 30.2) },
    options: { gridSize: 2, slowAndDifferentiable: true, convention: "opencv" },
    ...TILED,
    step: 1e-6,
    forward: 1e-4,
    backward: 1e-3,
  },
  { name: "canny", params: SIGMAS, options: { kernelSize: [3, 5], output: "magnitude" }, least: [2, 3] },
  {
    name: "canny",
    params: { lowThreshold: two(0.4, 0.5), highThreshold: two(0.9, 1.1), ...SIGMAS },
    options: { kernelSize: 3, output: "both" },
    least: [2, 2],
  },
  {
    name: "canny",
    params: { lowThreshold: two(0.4, 0.5), highThreshold: two(0.9, 1.1) },
    options: { kernelSize: 3, hysteresis: false },
    least: [2, 2],
  },
];
