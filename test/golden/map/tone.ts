// Steps and statistics of tone: posterize, solarize, equalize and the like. Kornia gives the steps no gradient: the estimator `none`.

import type { Tensor, Transform } from "../../../src/index.ts";
import * as ag from "../../../src/index.ts";
import { constant } from "../algebra.ts";
import { run } from "../conventions.ts";
import { colour, value } from "../functions.ts";
import { NotImplementedYet } from "../material.ts";
import { point } from "../stages.ts";
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

/** The channels of each sample in another order: a matrix of zeros and ones for three of them. */
function shuffled(x: Tensor, order: Float32Array): Tensor {
  const [n, c] = x.shape;
  if (c !== 3) throw new NotImplementedYet("shuffling other than three channels");
  const matrix = Array.from({ length: 9 * n }, (_, i) => Number(order[Math.floor(i / 3)] === i % 3));
  return run(x, ag.colorMatrix({ matrix: constant(x, matrix, [n, 9]) }));
}

/** Channels that become a constant: y = x · std + mean. */
function dropped(x: Tensor, which: Float32Array, fill: number): Tensor {
  const [n, c] = x.shape;
  const each = which.length / n;
  const kept = Array.from({ length: n * c }, (_, i) => {
    const own = which.subarray(Math.floor(i / c) * each, (Math.floor(i / c) + 1) * each);
    return own.includes(i % c) ? 0 : 1;
  });
  const std = constant(x, kept, [n, c]);
  return run(
    x,
    ag.denormalize({
      std,
      mean: constant(
        x,
        kept.map((one) => (1 - one) * fill),
        [n, c],
      ),
    }),
  );
}

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
  RandomEqualize: point((_, __, x) => run(x, ag.equalize({ estimator: "none" }))),
  RandomAutoContrast: point((_, __, x) => run(x, ag.normalizeMinMax())),
  RandomChannelShuffle: point((m, i, x) => shuffled(x, m.drawnNumbers(i, "channels"))),
  RandomChannelDropout: point((m, i, x) => dropped(x, m.drawnNumbers(i, "channel_idx"), m.setting(i, "fill_value", 0))),
  RandomSolarize: point((m, i, x) =>
    run(x, ag.solarize({ threshold: m.drawn(i, "thresholds"), addition: m.drawn(i, "additions"), estimator: "none" })),
  ),
  RandomPosterize: point((m, i, x) => posterized(x, Array.from(m.drawnNumbers(i, "bits_factor")))),
};
