import { reshape } from "../autograd/index.ts";
import { checkTensor, checkTogether } from "../autograd/operands.ts";
import { apply } from "../compiler/index.ts";
import { check, number, oneOf, readOptions, ShapeError } from "../gpu/index.ts";
import { keeping, show, type Tensor } from "../tensor/index.ts";
import { lut } from "../transforms/index.ts";
import { TABLES } from "./colormap-tables.ts";
import { grayscaleToRgb } from "./colour.ts";

type Colour = readonly [red: number, green: number, blue: number];

/** Straight lines through points (place, value). */
const lines =
  (...points: readonly (readonly [number, number])[]) =>
  (t: number): number => {
    const i = Math.max(
      1,
      points.findIndex(([place]) => t <= place),
    );
    const [[from, low], [to, high]] = [points[i - 1], points[i]];
    return low + ((t - from) / (to - from)) * (high - low);
  };

/** A map by a curve for each colour. */
const curves =
  (...each: [(t: number) => number, (t: number) => number, (t: number) => number]) =>
  (t: number): Colour =>
    each.map((curve) => Math.min(Math.max(curve(t), 0), 1)) as unknown as Colour;

const rise = (t: number) => t;
const fall = (t: number) => 1 - t;
const flat = (value: number) => () => value;

const HOT = curves(
  lines([0, 0.0416], [0.365079, 1], [1, 1]),
  lines([0, 0], [0.365079, 0], [0.746032, 1], [1, 1]),
  lines([0, 0], [0.746032, 0], [1, 1]),
);
const pink = (c: number) => (t: number) => Math.sqrt((2 * t + HOT(t)[c]) / 3);

/** A map from a table of colours, with straight lines between them. */
const table = (hex: string) => {
  const values = hex.match(/.{4}/g)!.map((word) => Number.parseInt(word, 16) / 65535);
  const last = values.length / 3 - 1;
  return (t: number): Colour => {
    const i = Math.min(Math.floor(t * last), last - 1);
    const at = (c: number) => values[3 * i + c] + (t * last - i) * (values[3 * i + 3 + c] - values[3 * i + c]);
    return [at(0), at(1), at(2)];
  };
};

/** A colour map that has a name. */
export type ColormapName =
  | "autumn"
  | "winter"
  | "summer"
  | "spring"
  | "cool"
  | "bone"
  | "jet"
  | "hot"
  | "pink"
  | "brg"
  | "seismic"
  | "hsv"
  | "rainbow"
  | "ocean"
  | "viridis"
  | "plasma"
  | "cividis"
  | "twilight"
  | "turbo";

// The formulas are those of MATLAB and gnuplot, as matplotlib states them.
const MAPS: Record<ColormapName, (t: number) => Colour> = {
  autumn: curves(flat(1), rise, flat(0)),
  winter: curves(flat(0), rise, (t) => 1 - t / 2),
  summer: curves(rise, (t) => (1 + t) / 2, flat(0.4)),
  spring: curves(flat(1), rise, fall),
  cool: curves(rise, fall, flat(1)),
  bone: curves(
    lines([0, 0], [0.746032, 0.652778], [1, 1]),
    lines([0, 0], [0.365079, 0.319444], [0.746032, 0.777778], [1, 1]),
    lines([0, 0], [0.365079, 0.444444], [1, 1]),
  ),
  jet: curves(
    lines([0, 0], [0.35, 0], [0.66, 1], [0.89, 1], [1, 0.5]),
    lines([0, 0], [0.125, 0], [0.375, 1], [0.64, 1], [0.91, 0], [1, 0]),
    lines([0, 0.5], [0.11, 1], [0.34, 1], [0.65, 0], [1, 0]),
  ),
  hot: HOT,
  pink: curves(pink(0), pink(1), pink(2)),
  brg: curves(lines([0, 0], [0.5, 1], [1, 0]), lines([0, 0], [0.5, 0], [1, 1]), lines([0, 1], [0.5, 0], [1, 0])),
  seismic: curves(
    lines([0, 0], [0.25, 0], [0.5, 1], [0.75, 1], [1, 0.5]),
    lines([0, 0], [0.25, 0], [0.5, 1], [0.75, 0], [1, 0]),
    lines([0, 0.3], [0.25, 1], [0.5, 1], [0.75, 0], [1, 0]),
  ),
  hsv: curves(
    lines(
      [0, 1],
      [0.15873, 1],
      [0.174603, 0.96875],
      [0.333333, 0.03125],
      [0.349206, 0],
      [0.666667, 0],
      [0.68254, 0.03125],
      [0.84127, 0.96875],
      [0.857143, 1],
      [1, 1],
    ),
    lines([0, 0], [0.15873, 0.9375], [0.174603, 1], [0.507937, 1], [0.666667, 0.0625], [0.68254, 0], [1, 0]),
    lines([0, 0], [0.333333, 0], [0.349206, 0.0625], [0.507937, 1], [0.84127, 1], [0.857143, 0.9375], [1, 0.09375]),
  ),
  rainbow: curves(
    (t) => Math.abs(2 * t - 0.5),
    (t) => Math.sin(Math.PI * t),
    (t) => Math.cos((Math.PI * t) / 2),
  ),
  ocean: curves(
    (t) => 3 * t - 2,
    (t) => Math.abs((3 * t - 1) / 2),
    rise,
  ),
  viridis: table(TABLES.viridis),
  plasma: table(TABLES.plasma),
  cividis: table(TABLES.cividis),
  twilight: table(TABLES.twilight),
  turbo: table(TABLES.turbo),
};

const NAMES = Object.keys(MAPS) as ColormapName[];

/**
 * A colour map as a table: a row each of red, green and blue, whose first entries are for 0 and whose last are for 1. `lut` takes it as a
 * tensor or as `[table]`: one for all samples, with a row for each channel.
 * @param name one of autumn, winter, summer, spring, cool, bone, jet, hot, pink, brg, seismic, hsv, rainbow, ocean, viridis, plasma,
 * cividis, twilight and turbo
 * @param colors how many entries a row has, 2 to 256; 256 unless given
 * @throws ArgumentError for another name, or another number
 */
export function colormap(name: ColormapName, colors = 256): number[][] {
  check("name of colormap()", name, oneOf(...NAMES));
  check("colors of colormap()", colors, number({ least: 2, most: 256, whole: true }));
  const entries = Array.from({ length: colors }, (_, i) => MAPS[name](i / (colors - 1)));
  return [0, 1, 2].map((c) => entries.map((colour) => colour[c]));
}

/** Settings of {@link applyColormap}. */
export interface ColormapOptions {
  /** Entries of the table, 2 to 256; 256 unless given. */
  colors?: number;
  /** Between two entries: `linear` (unless given), or the `nearest` one. */
  interpolation?: "linear" | "nearest";
}

/**
 * Shows an image of one channel in the colours of a map: 0 in its first, 1 in its last one. Differentiable: the gradient of the image is
 * the slope of the map, for `nearest` too (straight-through).
 * @param image `[N, 1, H, W]`, intensities of 0..1; what lies beyond is clipped
 * @param map its name, or three rows of 2 to 256 entries, red, green and blue: numbers, or a tensor `[3, K]` that may learn
 * @returns `[N, 3, H, W]`
 * @throws ShapeError when the image has not one channel
 */
export function applyColormap(
  image: Tensor,
  map: ColormapName | readonly (readonly number[])[] | Tensor,
  options: ColormapOptions = {},
): Tensor {
  const { colors = 256, interpolation = "linear" } = readOptions<ColormapOptions>("applyColormap", options, {
    colors: number({ least: 2, most: 256, whole: true }),
    interpolation: oneOf("linear", "nearest"),
  });
  const gpu = checkTogether([image], "applyColormap");
  if (image.shape.length !== 4 || image.shape[1] !== 1)
    throw new ShapeError("image of applyColormap()", show(image.shape), "[N, 1, H, W]");
  return keeping(gpu, () => {
    const rows = typeof map === "string" ? colormap(map, colors) : map;
    return apply(grayscaleToRgb(image), lut({ table: tableOf(rows), interpolation }));
  });
}

/** A table as `lut` takes it, one for all samples. */
function tableOf(rows: readonly (readonly number[])[] | Tensor): number[][][] | Tensor {
  if (Array.isArray(rows)) return [rows as number[][]];
  checkTensor(rows, "applyColormap", "map");
  const { shape } = rows as Tensor;
  if (shape.length !== 2 || shape[0] !== 3)
    throw new ShapeError("map of applyColormap()", show(shape), "[3, K]: a row each of red, green and blue");
  return reshape(rows as Tensor, [1, ...shape]);
}
