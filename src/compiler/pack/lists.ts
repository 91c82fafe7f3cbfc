import type { Transform } from "../../transforms/index.ts";

/** How long a list is that a caller gave, and whether each channel has one of its own: what the code depends on, values left out. */
export interface ListShape {
  /** Values of a list. */
  length: number;
  /** One for all channels, or as many as there are. */
  tables: number;
}

/** Among the options of a transform that was bound: no declared one has this name. */
const LISTS = "#lists";

/** The same transform with the shapes of its lists. */
export const withLists = (transform: Transform, lists: Readonly<Record<string, ListShape>>): Transform => ({
  ...transform,
  options: { ...transform.options, [LISTS]: lists },
});

/** Whether a transform that was bound has lists. */
export const hasLists = ({ options }: Pick<Transform, "options">): boolean => LISTS in options;

/** The shapes of a transform's lists, by parameter. */
export const listsOf = ({ options }: Pick<Transform, "options">): Readonly<Record<string, ListShape>> =>
  (options[LISTS] as Record<string, ListShape> | undefined) ?? NONE;

const NONE = Object.freeze({});
