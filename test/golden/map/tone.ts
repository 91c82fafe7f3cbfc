// Steps and statistics of tone: posterize, solarize, equalize and the like. Kornia gives the steps no gradient: the estimator `none`.

import type { Tensor } from "../../../src/index.ts";
import * as ag from "../../../src/index.ts";
import { run } from "../conventions.ts";
import { colour, value } from "../functions.ts";
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

export const operations: Operations = {
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
  RandomSolarize: point((m, i, x) =>
    run(x, ag.solarize({ threshold: m.drawn(i, "thresholds"), addition: m.drawn(i, "additions"), estimator: "none" })),
  ),
  RandomPosterize: point((m, i, x) => posterized(x, Array.from(m.drawnNumbers(i, "bits_factor")))),
};
