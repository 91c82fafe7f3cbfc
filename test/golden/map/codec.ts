// Blocks and programs: JPEG, CLAHE, Canny.

import * as ag from "../../../src/index.ts";
import { drawnOf, through } from "../classes.ts";
import { run } from "../conventions.ts";
import type { Classes, Operations } from "./family.ts";

export const operations: Operations = {
  "enhance.jpeg_codec_differentiable": (m) => run(m.input(), ag.jpeg({ quality: m.param("jpeg_quality") })),
  "enhance.equalize_clahe": (m) =>
    run(
      m.input(),
      ag.clahe({
        clipLimit: m.option("clip_limit", 0),
        gridSize: m.option<[number, number]>("grid_size", [8, 8]),
        slowAndDifferentiable: m.option("slow_and_differentiable", false),
      }),
    ),
  "filters.canny": (m) => {
    const [sigmaY, sigmaX] = m.option<[number, number]>("sigma", [1, 1]);
    const settings = {
      lowThreshold: m.option("low_threshold", 0),
      highThreshold: m.option("high_threshold", 0),
      sigmaX,
      sigmaY,
      kernelSize: m.option<[number, number]>("kernel_size", [5, 5]),
      hysteresis: m.option("hysteresis", true),
    };
    const both = run(m.input(), ag.canny({ ...settings, output: "both" }));
    return { outputs: { magnitude: ag.slice(both, 1, 0, 1), edges: ag.slice(both, 1, 1, 2) } };
  },
};

export const classes: Classes = {
  RandomJPEG: through(ag.RandomJPEG, (m, i) => ({ quality: drawnOf(m, i, "jpeg_quality") })),
  RandomClahe: through(ag.RandomClahe, (m, i) => ({ clipLimit: drawnOf(m, i, "clip_limit_factor") })),
};
