// Steps and statistics of tone: posterize, solarize, equalize and the like.

import type { Classes, Operations } from "./family.ts";

export const operations: Operations = {};

export const classes: Classes = {};
