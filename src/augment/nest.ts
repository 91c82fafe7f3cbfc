import type { Gpu } from "../gpu/index.ts";
import type { Tensor } from "../tensor/index.ts";
import type { Inner, Parts, Transform } from "../transforms/index.ts";
import type { Entry, Planned } from "./plan.ts";
import { run } from "./run.ts";
import { type Step, stepsOf } from "./steps.ts";
import type { Taken } from "./taken.ts";

/** A transform that was made for an entry, with what it applies within itself. */
type Made = Transform & { parts?: Parts };

/** What applies a part of a pipeline, gates included: the chain, or what was made of it. */
const partsOf = ({ made, compose, region }: Inner, chain: readonly Transform[], steps?: readonly Step[]): Parts => ({
  chain,
  sideBySide: steps !== undefined,
  region,
  made: (x, settings, own) => made(x, settings, (on) => run(on, steps ?? own, { compose }) as Tensor),
});

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
export function nested(entries: readonly Entry[], transforms: readonly Made[]): readonly Transform[] {
  for (const [i, { inside, transform }] of entries.entries()) {
    const { links } = transform;
    if (links === undefined) continue;
    const within = [i + 1, i + 1 + inside] as const;
    transforms[i].parts = partsOf(links, outermost(entries.slice(...within), transforms.slice(...within)));
  }
  return outermost(entries, transforms);
}

/** Gives transforms what runs side by side within them, in the shares that were drawn for a batch of n; `keep` gets what was made. */
export function bindInner(
  gpu: Gpu,
  { entries, inner }: Planned,
  transforms: readonly Made[],
  taken: readonly Taken[],
  n: number,
  keep: (made: Tensor) => Tensor,
): void {
  for (const [i, outline] of inner) {
    const { chain } = transforms[i].parts!;
    const steps = stepsOf(
      { gpu, transforms: chain, own: (at) => chain[at].on, taken, n: n * entries[i + 1].pieces, keep },
      outline,
    );
    transforms[i].parts = partsOf(entries[i].transform.links!, chain, steps);
  }
}
