// Steps and statistics of tone: posterize, solarize, equalize and the like. Kornia gives the steps no gradient: the estimator `none`.

import type { Tensor, Transform } from "../../../src/index.ts";
import * as ag from "../../../src/index.ts";
import { drawnOf, through } from "../classes.ts";
import { choose, run } from "../conventions.ts";
import { colour, value } from "../functions.ts";
import type { Material } from "../material.ts";
import type { Classes, Operations } from "./family.ts";

/** Bits as Kornia takes them: one number, one per sample, or a row per sample with one for each channel. */
function posterized(x: Tensor, bits: number | number[] | number[][]): Tensor {
  const make = (list: number | number[]) => ag.posterize({ bits: list, estimator: "none" });
  if (typeof bits === "number" || typeof bits[0] === "number") return run(x, make(bits as number | number[]));
  const [n, c, h, w] = x.shape;
  const planes = run(ag.reshape(x, [n * c, 1, h, w]), make((bits as number[][]).flat()));
  return ag.reshape(planes, x.shape);
}

/** For images of whole numbers from 0 to 255, as torchvision has them in uint8. */
const ofBytes = (x: Tensor, transform: Transform): Tensor => ag.mul(run(ag.div(x, 255), transform), 255);

/** A bin's edge is a matter of the last bit. */
const atEdges = (out: Tensor) => ({
  outputs: { out },
  share: 0.002,
  note: "a pixel on the edge of a bin may fall either way",
});

/** Rows of as many numbers as there are channels. */
const rowsOf = (values: ArrayLike<number>, n: number): number[][] =>
  Array.from({ length: n }, (_, i) => Array.from(values).slice((i * values.length) / n, ((i + 1) * values.length) / n));

/** Which channels are dropped, as 0 and 1 for each. */
const flags = (which: Float32Array, [n, c]: readonly number[]): number[][] =>
  rowsOf(which, n).map((own) => Array.from({ length: c }, (_, i) => Number(own.includes(i))));

/** OpenCV's types of thresholds, by name or number. */
const MODES = ["binary", "binaryInv", "trunc", "tozero", "tozeroInv"] as const;
function modeOf(type: unknown): (typeof MODES)[number] {
  if (typeof type === "number") return MODES[type];
  const name = String(type).toLowerCase().replace("thresh_", "").replaceAll("_", "");
  return choose(name, Object.fromEntries(MODES.map((mode) => [mode.toLowerCase(), mode])), "type");
}

/** A bound for each channel, `[C]` or `[N, C, 1, 1]`. */
const bound = (m: Material, name: string): Tensor => {
  const t = m.param(name);
  return t.shape.length === 4 ? ag.reshape(t, t.shape.slice(0, 2)) : t;
};

export const operations: Operations = {
  "enhance.equalize": (m) => atEdges(run(m.input(), ag.equalize({ estimator: "none" }))),
  "enhance.normalize_min_max": colour((m) =>
    ag.normalizeMinMax({ min: m.option("min_val", 0), max: m.option("max_val", 1) }),
  ),
  "enhance.add_weighted": (m) =>
    ag.add(
      ag.add(ag.mul(m.input("src1"), m.option("alpha", 1)), ag.mul(m.input("src2"), m.option("beta", 1))),
      m.option("gamma", 0),
    ),
  // Its largest value is 255 unless given.
  "enhance.threshold": colour((m) =>
    ag.threshold({
      threshold: value(m, "thresh"),
      max: m.has("maxval") ? value(m, "maxval") : 255,
      mode: modeOf(m.option<unknown>("type", 0)),
      estimator: "none",
    }),
  ),
  "filters.in_range": colour((m) =>
    ag.inRange({
      lower: bound(m, "lower"),
      upper: bound(m, "upper"),
      mask: m.option("return_mask", false),
      estimator: "none",
    }),
  ),
  "enhance.adjust_sigmoid": colour((m) =>
    ag.adjustSigmoid({
      cutoff: m.has("cutoff") ? value(m, "cutoff") : 0.5,
      gain: m.has("gain") ? value(m, "gain") : 10,
      inverse: m.option("inv", false),
    }),
  ),
  "torchvision.equalize": (m) => ofBytes(m.input(), ag.equalize()),
  "torchvision.autocontrast": (m) => run(m.input(), ag.autocontrast()),
  "enhance.solarize": colour((m) =>
    ag.solarize({
      threshold: m.has("thresholds") ? value(m, "thresholds") : 0.5,
      addition: m.has("additions") ? value(m, "additions") : 0,
      estimator: "none",
    }),
  ),
  "enhance.posterize": (m) => posterized(m.input(), m.option<number | number[] | number[][]>("bits", 3)),
  "torchvision.solarize": colour((m) => ag.solarize({ threshold: value(m, "threshold"), clip: false })),
  // Of whole numbers from 0 to 255.
  "torchvision.posterize": (m) => ag.mul(posterized(ag.div(m.input(), 255), m.option("bits", 8)), 255),
};

export const classes: Classes = {
  // Kornia has no gradient of these.
  RandomEqualize: through(ag.RandomEqualize, undefined, () => ({ estimator: "none" })),
  RandomAutoContrast: through(ag.RandomAutoContrast),
  RandomChannelShuffle: through(ag.RandomChannelShuffle, (m, i, x) => ({
    order: rowsOf(m.drawnNumbers(i, "channels"), x.shape[0]),
  })),
  RandomChannelDropout: through(ag.RandomChannelDropout, (m, i, x) => ({
    drop: flags(m.drawnNumbers(i, "channel_idx"), x.shape),
  })),
  RandomSolarize: through(
    ag.RandomSolarize,
    (m, i) => ({
      threshold: drawnOf(m, i, "thresholds"),
      addition: drawnOf(m, i, "additions"),
    }),
    () => ({ estimator: "none" }),
  ),
  RandomPosterize: through(
    ag.RandomPosterize,
    (m, i) => ({ bits: Array.from(m.drawnNumbers(i, "bits_factor")) }),
    () => ({ estimator: "none" }),
  ),
};
