import { COLOUR } from "./colour.ts";
import { GEOMETRY } from "./geometry.ts";
import { NOISE } from "./noise.ts";
import { type ClassRow, row } from "./row.ts";
import { SIZES } from "./sizes.ts";
import { ignored } from "./values.ts";

/** What augrad has nothing to do for: its images are floats and tensors already. */
const NOTHING = row({ max_value: ignored, transpose_mask: ignored }, () => [], 1);

/** All classes that are read, by name. */
export const CLASSES: ReadonlyMap<string, ClassRow> = new Map(
  Object.entries({ ...COLOUR, ...NOISE, ...GEOMETRY, ...SIZES, NoOp: NOTHING, ToFloat: NOTHING, ToTensorV2: NOTHING }),
);
