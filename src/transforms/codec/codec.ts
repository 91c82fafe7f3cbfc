import jpegWgsl from "../../../shaders/codec/jpeg.wgsl";
import pixelateWgsl from "../../../shaders/codec/pixelate.wgsl";
import { define } from "../language/declare.ts";
import type { ParamValue } from "../language/values.ts";

/** The quantisation tables of the JPEG standard's Annex K, in rows of vertical frequencies. */
// biome-ignore format: a table
const LUMA = [
  16, 11, 10, 16, 24, 40, 51, 61,
  12, 12, 14, 19, 26, 58, 60, 55,
  14, 13, 16, 24, 40, 57, 69, 56,
  14, 17, 22, 29, 51, 87, 80, 62,
  18, 22, 37, 56, 68, 109, 103, 77,
  24, 35, 55, 64, 81, 104, 113, 92,
  49, 64, 78, 87, 103, 121, 120, 101,
  72, 92, 95, 98, 112, 100, 103, 99,
];
// biome-ignore format: a table
const CHROMA = [
  17, 18, 24, 47, 99, 99, 99, 99,
  18, 21, 26, 66, 99, 99, 99, 99,
  24, 26, 56, 99, 99, 99, 99, 99,
  47, 66, 99, 99, 99, 99, 99, 99,
  ...new Array(32).fill(99),
];

/**
 * Encodes as JPEG and decodes again, differentiably in the image, in `quality` and in the quantisation tables. For 3 channels of
 * 0..1; chroma has half the sides (4:2:0), and sides that 16 does not divide are padded by their last pixels.
 */
export const jpeg = define<{
  /** 1 to 100: 50 takes the quantisation tables as they are, less makes them coarser; 50 unless given. */
  quality?: ParamValue;
  /** Quantisation of luma, 64 values in rows of vertical frequencies; the standard's unless given. */
  quantizationTableY?: ParamValue;
  /** Quantisation of chroma, 64 values in rows of vertical frequencies; the standard's unless given. */
  quantizationTableC?: ParamValue;
  /**
   * How numbers are rounded. `polynomial`, the default: softly, as r + (u − r)³ (Shin and Song), whose own gradient it has, as Kornia does.
   * `straightThrough`: to whole numbers, as a real encoder does, with the gradient of no rounding.
   */
  estimator?: "polynomial" | "straightThrough";
}>({
  name: "jpeg",
  kind: "block",
  wgsl: jpegWgsl,
  channels: [3],
  block: { size: [8, 8], planes: "ycbcr420", table: 128 },
  params: {
    quality: {
      default: 50,
      min: 1,
      max: 100,
      usual: [10, 95],
      intensity: [95, 5],
      unit: "percent",
      doc: "100 keeps most",
    },
    quantizationTableY: { default: LUMA, size: 64, min: 1, max: 255, unit: "steps", doc: "quantisation of luma" },
    quantizationTableC: { default: CHROMA, size: 64, min: 1, max: 255, unit: "steps", doc: "quantisation of chroma" },
  },
  estimator: {
    default: "polynomial",
    surrogates: {
      polynomial: "what is computed: r + (u − r)³ for rounding, f + (u − f − 1/2)³ for rounding down",
      straightThrough: "u for rounding and for rounding down",
    },
  },
  example: { params: { quality: 37.3 } },
  doc: "y = decoded(Q · round(DCT(encoded x) / Q)), Q = clip(⌊(T · s + 50) / 100⌋), s = 5000 / quality below 50, else 200 − 2 · quality",
  source: "JPEG standard; Kornia, enhance.jpeg_codec_differentiable; Shin and Song 2017; Reich et al. 2024",
});

/** Blends each block of pixels with its mean: mosaics of one colour at an `amount` of 1. */
export const pixelate = define<{
  /** Sides of a block in pixels, or [height, width]; 8 unless given, and at most 576 pixels in all. */
  blockSize?: number | readonly [number, number];
  /** How much of the mean: 0 keeps the image, 1, the default, shows the mean alone. */
  amount?: ParamValue;
}>({
  name: "pixelate",
  kind: "block",
  wgsl: pixelateWgsl,
  block: { size: "blockSize" },
  params: {
    amount: { default: 1, neutral: 0, usual: [0, 1], intensity: [0, 1], unit: "factor", doc: "how much of the mean" },
  },
  options: { blockSize: { default: 8, allowed: "anyKernelSize", doc: "sides of a block, [height, width]" } },
  example: { params: { amount: 0.8 }, options: { blockSize: 3 } },
  doc: "y = x + amount · (mean of its block − x)",
  source: "imgcorruptions, pixelate, in place",
});
