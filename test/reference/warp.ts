/** Resampling in float64: through the inverse of a matrix, and by weights of an axis. */

import { build, channel, type Image64, type Options64, type Params64 } from "./image.ts";
import { identity, inverse, type Matrix, multiply, type Size, transformPoint } from "./matrix.ts";
import { cubic, type Interpolation, type Padding, padIndex, pixelReader, sample, taps } from "./sample.ts";

/** A transform that is one matrix per sample. */
export interface Map64 {
  /** The matrix of sample n of an image of size `input`. */
  matrix: (params: Params64, options: Options64, input: Size, n: number) => Matrix;
  /** It looks only at pixels of the source, never between or beyond them, and so joins any row of maps. */
  inside?: boolean;
  /** The size of its result, where `width` and `height` do not say it. */
  size?: (options: Options64, input: Size) => Size;
  /** With these options it averages over an area, and is no matrix. */
  filters?: (options: Options64, input: Size) => boolean;
  /** What lies beyond the image unless given; zeros. */
  padding?: Padding;
}

/** The size of a map's result: width and height, or size = [height, width], where given; else that of its input. */
export function outputSize(options: Options64, input: Size): Size {
  const size = options.size as [number, number] | undefined;
  if (size !== undefined) return { height: size[0], width: size[1] };
  const { width, height } = options as { width?: number; height?: number };
  return { width: width ?? input.width, height: height ?? input.height };
}

export interface Sampler {
  interpolation: Interpolation;
  padding: Padding;
}

/** A map with its settings. */
export interface MapLink64 {
  map: Map64;
  params: Params64;
  options: Options64;
}

/** How a map samples: bilinear, and what it says of padding. */
export const samplerOf = ({ map, options }: Pick<MapLink64, "map" | "options">): Sampler => ({
  interpolation: (options.interpolation as Interpolation | undefined) ?? "bilinear",
  padding: (options.padding as Padding | undefined) ?? map.padding ?? "zeros",
});

export const sizeOf = (x: Image64): Size => ({ width: x.shape[3], height: x.shape[2] });

/** out(p) = x(inverse(matrices[n]) · p), output size `size`; `fill` gives the value outside of padding "fill". */
export function warp(
  x: Image64,
  matrices: Matrix[],
  size: Size,
  sampler: Sampler,
  fill: (n: number, c: number) => number = () => 0,
): Image64 {
  const inverses = matrices.map(inverse);
  return build([x.shape[0], x.shape[1], size.height, size.width], (n, c, i, j) => {
    const [u, v] = transformPoint(inverses[n], j, i);
    return sample(x, n, c, u, v, sampler.interpolation, sampler.padding, fill(n, c));
  });
}

/** A row of maps as one matrix per sample (each in the frame that the map before it left), and the final size. */
export function composeMaps(links: MapLink64[], input: Size, samples: number): { matrices: Matrix[]; size: Size } {
  const matrices = Array.from({ length: samples }, () => identity);
  let size = input;
  for (const { map, params, options } of links) {
    for (let n = 0; n < samples; n++) matrices[n] = multiply(map.matrix(params, options, size, n), matrices[n]);
    size = map.size?.(options, size) ?? outputSize(options, size);
  }
  return { matrices, size };
}

/** One resample for a row of maps; interpolation, padding and fill are those of `sampling` (by default the last map). */
export function warpRow(x: Image64, links: MapLink64[], sampling: MapLink64 = links[links.length - 1]): Image64 {
  const { matrices, size } = composeMaps(links, sizeOf(x), x.shape[0]);
  return warp(x, matrices, size, samplerOf(sampling), (n, c) => channel(sampling.params, "fill", n, c, 0));
}

export type Weights = [number, number][][];

/** For every output index of an axis, its taps: half-pixel centres, indices outside replaced by `padding`. */
export function plainWeights(input: number, output: number, interpolation: Interpolation, padding: Padding): Weights {
  return Array.from({ length: output }, (_, k) => {
    const edge = ((k + 0.5) * input) / output;
    const axis: [number, number][] =
      interpolation === "nearest" ? [[Math.floor(edge), 1]] : taps(edge - 0.5, interpolation);
    return axis.map(([i, w]) => [padIndex(i, input, padding), w]);
  });
}

/**
 * The anti-aliasing filter of PIL and torchvision: a triangle or a cubic (a = -0.5) stretched by the shrink factor
 * (by 1 where the axis grows), cut at the image's edges, normalised.
 */
export function antialiasWeights(input: number, output: number, interpolation: Interpolation): Weights {
  const scale = input / output;
  const stretch = Math.max(scale, 1);
  const support = (interpolation === "bicubic" ? 2 : 1) * stretch;
  return Array.from({ length: output }, (_, k) => {
    const center = (k + 0.5) * scale;
    const first = Math.max(Math.trunc(center - support + 0.5), 0);
    const end = Math.min(Math.trunc(center + support + 0.5), input);
    const axis: [number, number][] = [];
    for (let i = first; i < end; i++) {
      const t = (i + 0.5 - center) / stretch;
      axis.push([i, interpolation === "bicubic" ? cubic(t, -0.5) : Math.max(1 - Math.abs(t), 0)]);
    }
    const sum = axis.reduce((total, [, w]) => total + w, 0);
    return axis.map(([i, w]) => [i, w / sum]);
  });
}

/** Means over an area: of what a pixel of the result covers, or with `touched` of all pixels that it touches, alike. */
export const areaWeights = (input: number, output: number, touched: boolean): Weights =>
  Array.from({ length: output }, (_, k) => {
    const axis: [number, number][] = [];
    for (let i = 0; i < input; i++) {
      // In units of 1 / output of a source pixel all edges are whole numbers.
      const covered = Math.min((k + 1) * input, (i + 1) * output) - Math.max(k * input, i * output);
      if (covered > 0) axis.push([i, touched ? 1 : covered]);
    }
    const sum = axis.reduce((total, [, w]) => total + w, 0);
    return axis.map(([i, w]) => [i, w / sum]);
  });

/** A separable linear resample; index -1 reads 0. */
export function resample(x: Image64, rows: Weights, columns: Weights): Image64 {
  const read = pixelReader(x);
  return build([x.shape[0], x.shape[1], rows.length, columns.length], (n, c, i, j) => {
    let sum = 0;
    // What has no weight is not seen, NaN included.
    for (const [y, wy] of rows[i])
      for (const [k, wx] of columns[j]) if (wy * wx !== 0) sum += wy * wx * read(n, c, y, k);
    return sum;
  });
}
