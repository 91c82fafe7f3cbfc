/** Map transforms in float64: one resample of the source through the inverse of a matrix, and resizing. */

import { build, channel, type Image64, type Options64, type Params64, type Transform64 } from "./image.ts";
import { identity, inverse, type Matrix, matrixOf, multiply, outputSize, type Size, transformPoint } from "./matrix.ts";
import { cubic, type Interpolation, type Padding, padIndex, pixelReader, sample, taps } from "./sample.ts";

export const mapNames = [
  "horizontalFlip",
  "verticalFlip",
  "rotate",
  "translate",
  "scale",
  "shear",
  "affine",
  "perspective",
  "warp",
  "warpAffine",
  "crop",
  "centerCrop",
  "resize",
];

export interface Sampler {
  interpolation: Interpolation;
  padding: Padding;
}

/** How a map samples: bilinear and zeros by default; resize pads with the border. */
export function samplerOf(name: string, options: Options64): Sampler {
  return {
    interpolation: (options.interpolation as Interpolation | undefined) ?? "bilinear",
    padding: (options.padding as Padding | undefined) ?? (name === "resize" ? "border" : "zeros"),
  };
}

const sizeOf = (x: Image64): Size => ({ width: x.shape[3], height: x.shape[2] });

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
export function composeMaps(
  transforms: Transform64[],
  input: Size,
  samples: number,
): { matrices: Matrix[]; size: Size } {
  const matrices = Array.from({ length: samples }, () => identity);
  let size = input;
  for (const { name, params, options } of transforms) {
    for (let n = 0; n < samples; n++) matrices[n] = multiply(matrixOf(name, params, options, size, n), matrices[n]);
    size = outputSize(name, options, size);
  }
  return { matrices, size };
}

/** One resample for a row of maps; interpolation, padding and fill are those of `sampling` (by default the last map). */
export function warpRow(
  x: Image64,
  transforms: Transform64[],
  sampling: Transform64 = transforms[transforms.length - 1],
): Image64 {
  const { matrices, size } = composeMaps(transforms, sizeOf(x), x.shape[0]);
  return warp(x, matrices, size, samplerOf(sampling.name, sampling.options), (n, c) =>
    channel(sampling.params, "fill", n, c, 0),
  );
}

type Weights = [number, number][][];

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

/** A separable linear resample; index -1 reads 0. */
export function resample(x: Image64, rows: Weights, columns: Weights): Image64 {
  const read = pixelReader(x);
  return build([x.shape[0], x.shape[1], rows.length, columns.length], (n, c, i, j) => {
    let sum = 0;
    for (const [y, wy] of rows[i]) for (const [k, wx] of columns[j]) sum += wy * wx * read(n, c, y, k);
    return sum;
  });
}

/** Does this resize filter against aliasing on some axis? Then it is no map and cannot join a row. */
export function isAntialiased(options: Options64, input: Size): boolean {
  const output = outputSize("resize", options, input);
  return (
    options.antialias !== false &&
    samplerOf("resize", options).interpolation !== "nearest" &&
    (output.width < input.width || output.height < input.height || filtersGrowth(options, input))
  );
}

/** PIL and torchvision use their bicubic filter (a = -0.5) along axes that grow, too. */
function filtersGrowth(options: Options64, input: Size): boolean {
  const output = outputSize("resize", options, input);
  const { interpolation } = samplerOf("resize", options);
  return interpolation === "bicubic" && (output.width !== input.width || output.height !== input.height);
}

/** Resize; an axis that shrinks is anti-aliased unless options.antialias is false or the interpolation is nearest. */
export function resize(x: Image64, options: Options64): Image64 {
  const input = sizeOf(x);
  const output = outputSize("resize", options, input);
  const { interpolation, padding } = samplerOf("resize", options);
  const axis = (from: number, to: number): Weights =>
    (to < from || interpolation === "bicubic") && isAntialiased(options, input)
      ? antialiasWeights(from, to, interpolation)
      : plainWeights(from, to, interpolation, padding);
  return resample(x, axis(input.height, output.height), axis(input.width, output.width));
}

function runMap(name: string, x: Image64, params: Params64, options: Options64): Image64 {
  return name === "resize" ? resize(x, options) : warpRow(x, [{ name, params, options }]);
}

export const maps: Record<string, (x: Image64, params: Params64, options: Options64) => Image64> = Object.fromEntries(
  mapNames.map((name) => [
    name,
    (x: Image64, params: Params64, options: Options64) => runMap(name, x, params, options),
  ]),
);
