// Noise. Kornia stores what it drew, and adds it; what augrad draws in the shader is checked by tests of its own.

import * as ag from "../../../src/index.ts";
import { point } from "../stages.ts";
import type { Classes, Operations } from "./family.ts";

export const operations: Operations = {};

export const classes: Classes = {
  RandomGaussianNoise: point((m, i, x) => ag.add(x, m.drawn(i, "gaussian_noise"))),
};
