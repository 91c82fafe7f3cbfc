import type { Shader } from "../../gpu/wesl.ts";
import { type Declaration, define, type OptionSpec, type ParamSpec } from "../language/declare.ts";
import type { ParamValue } from "../language/values.ts";

// What the transforms have in common that move pixels, by a matrix or by a place per pixel.

/** How a map looks between and beyond pixels. */
export interface MapSettings {
  /** `bilinear` unless given; `bicubic` is Keys' kernel with a = −0.75. */
  interpolation?: "nearest" | "bilinear" | "bicubic";
  /**
   * What is seen beyond the image: 0, the nearest pixel, the image mirrored about its outermost pixels (`reflection`) or
   * about its edges (`symmetric`), or the values of `fill`.
   */
  padding?: "zeros" | "border" | "reflection" | "symmetric" | "fill";
  /** What `fill` padding shows: one value per channel. */
  fill?: ParamValue;
}

export const MAP_OPTIONS: Record<string, OptionSpec> = {
  interpolation: {
    default: "bilinear",
    allowed: ["nearest", "bilinear", "bicubic"],
    doc: "how to look between pixels",
  },
  padding: {
    default: "zeros",
    allowed: ["zeros", "border", "reflection", "symmetric", "fill"],
    doc: "what lies beyond the image",
  },
};
export const FILL: Record<string, ParamSpec> = {
  fill: { role: "fill", default: 0, size: "C", usual: [0, 1], unit: "intensity", doc: "what `fill` padding shows" },
};
export const SIZE: Record<string, OptionSpec> = {
  width: { allowed: "size", doc: "width of the result; the input's unless given" },
  height: { allowed: "size", doc: "height of the result; the input's unless given" },
};
/** Whether what moves is in parts of the image's size, which mean the same at any size. */
export const RELATIVE: Record<string, OptionSpec> = {
  relative: {
    default: false,
    allowed: [true, false],
    doc: "x and y in parts of the width and the height",
    inShader: true,
  },
};
// The centre of the image, (W − 1) / 2, is not known before the image is: NaN in a parameter means "the centre".
export const CENTER: Record<string, ParamSpec> = {
  centerX: {
    default: Number.NaN,
    center: "x",
    usual: [0, 224],
    unit: "pixels",
    doc: "centre of the motion; the image's unless given",
  },
  centerY: {
    default: Number.NaN,
    center: "y",
    usual: [0, 224],
    unit: "pixels",
    doc: "centre of the motion; the image's unless given",
  },
};
/** How far something moves. */
export const pixels = (doc: string): ParamSpec => ({
  default: 0,
  neutral: 0,
  usual: [-32, 32],
  intensity: [0, 64],
  unit: "pixels",
  doc,
});
/** How far something turns or slants, up to an angle that people use. */
export const degrees = (doc: string, most: number): ParamSpec => ({
  default: 0,
  neutral: 0,
  usual: [-most, most],
  intensity: [0, 1.5 * most],
  unit: "degrees",
  doc,
});
/** How much larger something gets. Scaled by less, an image of a million pixels is smaller than one. */
export const scaling = (doc: string): ParamSpec => ({
  default: 1,
  neutral: 1,
  usual: [0.7, 1.4],
  intensity: [1, 2],
  unit: "factor",
  nonzero: 1e-6,
  doc,
});

/** Settings of maps whose result may have another size. */
export type Sized = {
  /** Width of the result in pixels; the input's unless given. */
  width?: number;
  /** Height of the result in pixels; the input's unless given. */
  height?: number;
};
/** Settings of maps that have a centre. */
export type Centered = {
  /** Centre of the motion in pixels; the image's unless given. */
  centerX?: ParamValue;
  /** Centre of the motion in pixels; the image's unless given. */
  centerY?: ParamValue;
};

export const sized: Declaration["size"] = (options, [h, w]) => [
  (options.height as number) ?? h,
  (options.width as number) ?? w,
];

export function map<Settings extends object>({
  kind = "map",
  ...declaration
}: Omit<Declaration, "kind" | "module" | "wgsl"> & { kind?: "map" | "resize"; wgsl: Shader }) {
  return define<Settings & Omit<MapSettings, keyof Settings>>({
    ...declaration,
    kind,
    params: { ...declaration.params, ...FILL },
    // A map may allow more than most do, and keeps the order of options.
    options: { ...declaration.options, ...MAP_OPTIONS, ...declaration.options },
  });
}
