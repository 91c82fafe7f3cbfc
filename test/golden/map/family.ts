import type { Entry } from "../functions.ts";
import type { ClassEntry } from "../stages.ts";

/** How operations become tensors of augrad, by the operation's name. */
export type Operations = Record<string, Entry | undefined>;

/** How augmentation classes of Kornia become steps of a pipeline, by the class's name. */
export type Classes = Record<string, ClassEntry | undefined>;

/** What a file of this folder exports. */
export interface Family {
  operations?: Operations;
  classes?: Classes;
}
