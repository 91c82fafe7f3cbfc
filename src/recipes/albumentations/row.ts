import type { Tree } from "../../augment/index.ts";
import type { Reader } from "./values.ts";

/** How a class of Albumentations is read: its parameters, and what makes the transforms of them. Its coin is read beside. */
export interface ClassRow {
  readonly takes: Readonly<Record<string, Reader<unknown>>>;
  make(of: never): Tree;
  /** Probability, where the document says none. */
  readonly p: number;
}

/** Rows of classes by name. */
export type Classes = Readonly<Record<string, ClassRow>>;

/** A row, whose function gets what the readers of its parameters return. */
export const row = <const Takes extends Readonly<Record<string, Reader<unknown>>>>(
  takes: Takes,
  make: (of: { [K in keyof Takes]: ReturnType<Takes[K]["read"]> }) => Tree,
  p = 0.5,
): ClassRow => ({ takes, make, p });
