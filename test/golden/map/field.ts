// Fields: elastic, thin plates, lenses, remap.

import type { Classes, Operations } from "./family.ts";

export const operations: Operations = {};

export const classes: Classes = {};
