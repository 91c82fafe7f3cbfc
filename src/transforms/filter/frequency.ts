import { add, div, mul, square, sub } from "../../autograd/elementwise.ts";
import { reshape, slice } from "../../autograd/shaping.ts";
import { Tensor, tensor } from "../../tensor/index.ts";
import { partOf } from "../language/construct.ts";
import { type CompositeParts, type CompositeSettings, define, type Transform } from "../language/declare.ts";
import type { ParamValue } from "../language/values.ts";
import { filter2d } from "./filter.ts";
import { padding } from "./kernel.ts";

/** Settings of {@link frequencyBands}. */
export interface FrequencyBandsSettings {
  /** How much of each band there is, four values, the lowest frequencies first; 1 each unless given, which keeps the image. */
  gains?: ParamValue;
  /** Whether the power that a natural image is expected to have stays, each gain taken by itself; false unless given. */
  normalized?: boolean;
  /** What lies beyond the image; `reflection` unless given. */
  padding?: "reflection" | "symmetric" | "zeros" | "border" | "circular";
}

const BANDS = 4;

// The wavelet sym2, whose low pass is H = (1 − √3, 3 − √3, 3 + √3, 1 + √3) / 4√2: H(z) H(1/z) / 2, and its mirror, which add up to 1.
const LOW = [-1, 0, 9, 16, 9, 0, -1].map((each) => each / 32);
const HIGH = LOW.map((each, i) => (i === 3 ? each : -each));

/** A filter of half the frequencies: zeros between its weights, and then the low pass. */
function halved(filter: readonly number[]): number[] {
  const spread = filter.flatMap((each, i) => (i === 0 ? [each] : [0, each]));
  return Array.from({ length: spread.length + LOW.length - 1 }, (_, i) =>
    LOW.reduce((sum, each, k) => sum + each * (spread[i - k] ?? 0), 0),
  );
}

/** Bands 1, 2 and 3, of 43, 19 and 7 weights. Band 0 is what they leave of the image. */
const FILTERS = [halved(halved(HIGH)), halved(HIGH), HIGH];

/** The power of a natural image in each band, which falls off with the frequency, as Karras et al. take it. */
const POWER = [10, 1, 1, 1].map((each) => each / 13);

/** A filter for each of these bands, across, and then down. */
const chains = ({ padding }: CompositeSettings): Transform[][] =>
  [0, 1].flatMap((axis) =>
    FILTERS.map((kernel) => {
      const kernelSize = axis === 0 ? [1, kernel.length] : [kernel.length, 1];
      return [partOf(filter2d, { kernel, kernelSize, padding })];
    }),
  );

/** The gain of each band, as tensors that broadcast to images. */
function gainsOf(x: Tensor, given: unknown): Tensor[] {
  const all = given instanceof Tensor ? given : tensor(x.gpu, (given as (number | number[])[]).flat());
  const rows = all.size / BANDS;
  const table = reshape(all, [rows, BANDS]);
  return Array.from({ length: BANDS }, (_, k) => reshape(slice(table, 1, k, k + 1), [rows, 1, 1, 1]));
}

function combine({ x, settings, run }: CompositeParts): Tensor {
  const gains = gainsOf(x, settings.gains);
  const along = (of: Tensor, axis: number): Tensor =>
    FILTERS.reduce(
      (sum, _, i) => add(sum, mul(run(axis * FILTERS.length + i, of), sub(gains[i + 1], gains[0]))),
      mul(of, gains[0]),
    );
  const y = along(along(x, 0), 1);
  if (!settings.normalized) return y;
  // Of amplitudes it is the root, once for each direction.
  const power = gains.map((gain, k) => add(mul(sub(square(gain), 1), POWER[k]), 1)).reduce((a, b) => mul(a, b));
  return div(y, power);
}

/**
 * Makes bands of frequencies stronger or weaker, along rows and along columns. There are four, an octave each but the lowest, of the
 * wavelet sym2. Differentiable in the image and in the gains. Six passes, of up to 43 weights.
 */
export const frequencyBands = define<FrequencyBandsSettings>({
  name: "frequencyBands",
  kind: "composite",
  params: {
    gains: {
      default: [1, 1, 1, 1],
      size: BANDS,
      neutral: [1, 1, 1, 1],
      usual: [0.25, 4],
      unit: "factor",
      doc: "of each band, the lowest frequencies first",
    },
  },
  options: {
    normalized: { default: false, allowed: [false, true], doc: "keeps the power that natural images have" },
    padding: padding("reflection"),
  },
  composite: { chains, combine },
  example: { params: { gains: [0.8, 1.3, 0.6, 1.7] } },
  doc: "y = Σ gᵢ gⱼ Bᵢ Bⱼ x, Bᵢ along rows and Bⱼ along columns; normalized: over Π (1 + w (g² − 1)), w the power of each band",
  source: "Karras et al. 2020, Training Generative Adversarial Networks with Limited Data, image-space filtering",
});
