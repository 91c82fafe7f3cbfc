import type { Tensor } from "../tensor/index.ts";
import type { Inner, Parts, Transform } from "../transforms/index.ts";
import type { Entry } from "./plan.ts";
import { run } from "./run.ts";

/** What applies a part of a pipeline, gates included. */
const made =
  ({ made }: Inner): Parts["made"] =>
  (x, settings, chain) =>
    made(x, settings, (on) => run(on, chain, {}) as Tensor);

/** The items of the entries that stand within no other one. */
export function outermost<T>(entries: readonly Entry[], items: readonly T[]): T[] {
  const found: T[] = [];
  for (let i = 0; i < entries.length; i += 1 + entries[i].inside) found.push(items[i]);
  return found;
}

/**
 * The chain of transforms that were made for entries: those that apply others within themselves hold them. They are changed in place, so
 * that what is drawn into a transform later is in the chain.
 */
export function nested(
  entries: readonly Entry[],
  transforms: readonly (Transform & { parts?: Parts })[],
): readonly Transform[] {
  for (const [i, { inside, transform }] of entries.entries()) {
    const { links } = transform;
    if (links === undefined) continue;
    const within = [i + 1, i + 1 + inside] as const;
    transforms[i].parts = {
      chain: outermost(entries.slice(...within), transforms.slice(...within)),
      made: made(links),
    };
  }
  return outermost(entries, transforms);
}
