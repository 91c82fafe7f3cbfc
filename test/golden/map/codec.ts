// Blocks and programs: JPEG, CLAHE, Canny.

import * as ag from "../../../src/index.ts";
import { run } from "../conventions.ts";
import { point } from "../stages.ts";
import type { Classes, Operations } from "./family.ts";

export const operations: Operations = {
  "enhance.jpeg_codec_differentiable": (m) => run(m.input(), ag.jpeg({ quality: m.param("jpeg_quality") })),
};

export const classes: Classes = {
  RandomJPEG: point((m, i, x) => run(x, ag.jpeg({ quality: m.drawn(i, "jpeg_quality") }))),
};
