import { ArgumentError, describe } from "../../gpu/errors.ts";
import { Tensor } from "../../tensor/index.ts";
import { isTransform, type Kind, type Transform } from "./declare.ts";
import { printable, showTransform, showValue } from "./show.ts";

/** What {@link choose} makes: of several transforms the one that a sample's index names. A plain value, as a transform is. */
export interface Choice {
  /** What there is to choose from: each a transform, or several in a row. */
  readonly choices: readonly (readonly Transform[])[];
  /** Which one a sample gets, from 0: one number for all, one per sample, or a tensor of them. */
  readonly index: number | ArrayLike<number> | Tensor;
}

/** What a chain is made of: transforms, and choices among transforms. */
export type Link = Transform | Choice;

/** Says in place of 0 and 1 per sample which of them apply: those whose index is `is`. */
export interface Picked {
  /** One index for all samples, or one each. */
  readonly index: readonly number[] | Tensor;
  /** The index of those that it applies to. */
  readonly is: number;
}

const choices = new WeakSet<object>();

/** Whether a value is what {@link choose} has returned. */
export const isChoice = (value: unknown): value is Choice =>
  typeof value === "object" && value !== null && choices.has(value);

/**
 * Applies to every sample the transform that its index names: `choose([brightness({ factor: 1.2 }), invert()], [0, 1, 1, 0])`.
 * It stands wherever a transform does. What changes pixels by themselves is chosen within one pass, and so is a matrix among maps;
 * other kinds take a pass each, in which the samples that chose something else are left alone, bit for bit.
 *
 * The index is a number, one per sample, or a tensor `[]` or `[N]`. It has no gradient: what learns a choice needs gates
 * (`on`) or coins (`p`) instead. Where a tensor's value is no whole number from 0 to the last choice, the sample is left alone,
 * because no error can come from the GPU.
 * @param transforms at least one; several in a row count as one choice
 * @throws ArgumentError for an index that no choice has, one that requires a gradient, or a choice with `on` or `p` of its own
 */
export function choose(
  transforms: readonly (Transform | readonly Transform[])[],
  index: number | ArrayLike<number> | Tensor,
): Choice {
  if (!Array.isArray(transforms) || transforms.length === 0) {
    const given = Array.isArray(transforms) ? "no transform" : describe(transforms);
    throw new ArgumentError("transforms of choose()", given, "an array of at least one transform");
  }
  const list = Array.from(transforms, (given: unknown, k) => {
    const row: unknown[] = Array.isArray(given) ? Array.from(given) : [given];
    row.forEach((transform, i) => {
      checkChoice(`transforms[${k}]${Array.isArray(given) ? `[${i}]` : ""} of choose()`, transform);
    });
    return Object.freeze(row as Transform[]);
  });
  const choice: Choice = { choices: Object.freeze(list), index: checkedIndex(index, list.length) };
  choices.add(choice);
  return Object.freeze(printable(choice, () => showLink(choice)));
}

/** A transform or a choice as one would write it. */
export function showLink(link: Link): string {
  if (!isChoice(link)) return showTransform(link);
  const rows = link.choices.map((row) =>
    row.length === 1 ? showTransform(row[0]) : `[${row.map(showTransform).join(", ")}]`,
  );
  return `choose([${rows.join(", ")}], ${showValue(link.index)})`;
}

function checkChoice(argument: string, transform: unknown): void {
  if (!isTransform(transform))
    throw new ArgumentError(argument, describe(transform), "a transform, such as brightness({ factor: 1.2 })");
  for (const setting of ["on", "p"] as const) {
    if (transform[setting] !== undefined && transform[setting] !== 1)
      throw new ArgumentError(
        argument,
        `${transform.declaration.name} with ${setting}`,
        "one without: the index says which samples it applies to",
      );
  }
}

/** The index as it was given, or a copy of it: the caller's list may change. */
function checkedIndex(index: unknown, count: number): Choice["index"] {
  if (index instanceof Tensor) {
    if (index.requiresGrad)
      throw new ArgumentError(
        "index of choose()",
        "a tensor that requires a gradient",
        "a constant, as from argmax() or detach(): a choice has no gradient, and no estimator of one; gates (`on`) have",
      );
    return index;
  }
  const list = typeof index === "number" ? [index] : index;
  if (!Array.isArray(list) && !ArrayBuffer.isView(list))
    throw new ArgumentError(
      "index of choose()",
      describe(index),
      "a whole number, one per sample, or a tensor of them",
    );
  const values = Array.from(list as ArrayLike<unknown>);
  values.forEach((value, n) => {
    if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value >= count) {
      const at = typeof index === "number" ? "" : `[${n}]`;
      throw new ArgumentError(`index${at} of choose()`, describe(value), `a whole number from 0 to ${count - 1}`);
    }
  });
  return typeof index === "number" ? index : Object.freeze(values as number[]);
}

/** Points run in the pass of a map before them: so a choice among both is one pass. A sample runs one choice, whatever their order. */
const LAST: readonly Kind[] = ["map", "point"];
const place = (first: Transform | undefined): number => (first ? LAST.indexOf(first.declaration.kind) : -1);

/** Choices of which a sample runs one, in the order that takes the fewest passes. `first` gives the first transform of each. */
export const ofChoices = <Row>(rows: readonly Row[], first: (row: Row) => Transform | undefined): Row[] =>
  [...rows].sort((a, b) => place(first(a)) - place(first(b)));

/** The transforms that a chain consists of: those of a choice one after the other, each for the samples that chose it. */
export function transformsOf(links: readonly Link[]): readonly Transform[] {
  if (!links.some(isChoice)) return links as readonly Transform[];
  return links.flatMap((link): Transform[] => {
    if (!isChoice(link)) return [link];
    const { index, choices } = link;
    const rows = choices.map((row, is) => ({ row, is }));
    return ofChoices(rows, ({ row }) => row[0]).flatMap(({ row, is }) => {
      const on = { index: typeof index === "number" ? [index] : index, is } as Picked;
      return row.map((transform) => ({ ...transform, on }));
    });
  });
}

/** Whether an `on` is the index of a choice. */
export const isPicked = (on: Transform["on"]): on is Picked => on !== undefined && "is" in on;

/** The samples that a transform applies to, 0 or 1 each, as far as they are known here. */
export function knownSamples(on: Transform["on"]): number[] | undefined {
  if (isPicked(on) && !(on.index instanceof Tensor)) return Array.from(on.index, (value) => Number(value === on.is));
  return Array.isArray(on) ? [...on] : undefined;
}
