// Blocks and programs: JPEG, CLAHE, Canny.

import type { Classes, Operations } from "./family.ts";

export const operations: Operations = {};

export const classes: Classes = {};
