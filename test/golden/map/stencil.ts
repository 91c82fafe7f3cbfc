// Stencils and lines: medians, morphology, bilateral, kernels, edges.

import type { Classes, Operations } from "./family.ts";

export const operations: Operations = {};

export const classes: Classes = {};
