import pyrDownWgsl from "../../../shaders/geometry/pyr_down.wgsl";
import pyrUpWgsl from "../../../shaders/geometry/pyr_up.wgsl";
import upscaleDoubleWgsl from "../../../shaders/geometry/upscale_double.wgsl";
import type { OptionSpec } from "../language/declare.ts";
import { define } from "../language/declare.ts";
import { type BandRow, binomial, doubled, linear, product } from "./bands.ts";

/** What the five weights see beyond the image. */
export type PyramidPadding = "reflection" | "symmetric" | "zeros" | "border" | "circular";

const BORDERS: readonly PyramidPadding[] = ["reflection", "symmetric", "zeros", "border", "circular"];

const PADDING: Record<string, OptionSpec> = {
  padding: { default: "reflection", allowed: BORDERS, doc: "what lies beyond the image" },
};
const paddingOf = (options: Readonly<Record<string, unknown>>): PyramidPadding => options.padding as PyramidPadding;

/** Blurs with the weights 1, 4, 6, 4, 1 along both axes, and makes the image smaller, with half-pixel centres. */
export const pyrDown = define<{
  /** How much smaller; sides are rounded down; 2 unless given. */
  factor?: number;
  /** What lies beyond the image; `reflection` unless given. */
  padding?: PyramidPadding;
}>({
  name: "pyrDown",
  kind: "resize",
  wgsl: pyrDownWgsl,
  affine: true,
  inside: true,
  params: {},
  options: { factor: { default: 2, allowed: { min: 1, max: 64 }, doc: "how much smaller" }, ...PADDING },
  size: ({ factor }, [h, w]) => [Math.floor(h / Number(factor)), Math.floor(w / Number(factor))],
  bands: (options, before, after): BandRow[] => product(linear(before, after), binomial(before, paddingOf(options))),
  example: { options: { factor: 1.7 } },
  doc: "bilinear of Σ w(t) x(p + t) / 256, w = (1, 4, 6, 4, 1) along each axis",
  source: "Kornia, geometry.pyrdown",
});

/** Doubles the size, with half-pixel centres, and blurs with the weights 1, 4, 6, 4, 1 along both axes. */
export const pyrUp = define<{
  /** What lies beyond the doubled image; `reflection` unless given. */
  padding?: PyramidPadding;
}>({
  name: "pyrUp",
  kind: "resize",
  wgsl: pyrUpWgsl,
  affine: true,
  inside: true,
  params: {},
  options: PADDING,
  size: (_, [h, w]) => [2 * h, 2 * w],
  bands: (options, before, after): BandRow[] => product(binomial(after, paddingOf(options)), linear(before, after)),
  example: { options: { padding: "border" } },
  doc: "Σ w(t) z(p + t) / 256, z the bilinear image of twice the size",
  source: "Kornia, geometry.pyrup",
});

/** Doubles the size: pixels keep their values at even places, means lie between, and the last row and column are repeated. */
export const upscaleDouble = define<object>({
  name: "upscaleDouble",
  kind: "resize",
  wgsl: upscaleDoubleWgsl,
  affine: true,
  inside: true,
  params: {},
  size: (_, [h, w]) => [2 * h, 2 * w],
  bands: (_, before): BandRow[] => doubled(before),
  example: {},
  doc: "x' = 2x, with means between",
  source: "Kornia, geometry.upscale_double",
});
