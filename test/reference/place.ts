/** Fields in float64: one resample at a place per output pixel, which maps before it take back to the source. */

import { build, channel, type Image64, type Options64, type Params64 } from "./image.ts";
import { inverse, type Size, transformPoint } from "./matrix.ts";
import { sample } from "./sample.ts";
import { composeMaps, type MapLink64, outputSize, samplerOf, sizeOf } from "./warp.ts";

/** Where output pixel (x, y) of sample n looks. */
export type Places = (n: number, x: number, y: number) => [x: number, y: number];

/** The places of a field, for `samples` images of size `input`. */
export type Field64 = (params: Params64, options: Options64, input: Size, samples: number) => Places;

/** A field with its settings. */
export interface FieldLink64 {
  field: Field64;
  params: Params64;
  options: Options64;
}

/** Maps, if any, and a field behind them; interpolation, padding and fill are those of `sampling`. */
export function fieldRow(
  x: Image64,
  maps: MapLink64[],
  { field, params, options }: FieldLink64,
  sampling: Pick<MapLink64, "map" | "params" | "options">,
): Image64 {
  const samples = x.shape[0];
  const { matrices, size } = composeMaps(maps, sizeOf(x), samples);
  const places = field(params, options, size, samples);
  const back = matrices.map(inverse);
  const { interpolation, padding } = samplerOf(sampling);
  const { width, height } = outputSize(options, size);
  return build([samples, x.shape[1], height, width], (n, c, i, j) => {
    const [u, v] = transformPoint(back[n], ...places(n, j, i));
    return sample(x, n, c, u, v, interpolation, padding, channel(sampling.params, "fill", n, c, 0));
  });
}
