import type { Shape, Tensor } from "../tensor/index.ts";
import type { Inner, Parts, Transform } from "../transforms/index.ts";
import { arrange } from "./arrange.ts";
import { outermost, withinOf } from "./outermost.ts";
import type { Entry, Planned } from "./plan.ts";
import { transformAt } from "./rows.ts";
import { run } from "./run.ts";
import { type Making, mixturesIn, type Step, stepAt, stepsOf } from "./steps.ts";

/** A transform that was made for an entry, with what it applies within itself. */
type Made = Transform & { parts?: Parts };

/** What runs in the place of a chain. */
interface Instead {
  /** For how many samples, or pieces of samples, it is made. */
  readonly n: number;
  readonly sideBySide: boolean;
  readonly steps: (shape: Shape) => readonly Step[];
}

/** What applies a part of a pipeline, gates included: the chain, or what was made of it. */
function partsOf(inner: Inner, chain: readonly Transform[], instead?: Instead): Parts {
  const { made, compose, region } = inner;
  const { sideBySide = false, steps } = instead ?? {};
  return {
    chain,
    sideBySide,
    region,
    made: (x, settings, own) => made(x, settings, (on) => run(on, steps?.(on.shape) ?? own, { compose }) as Tensor),
    ...(instead && {
      ...(sideBySide ? {} : { chainFor: (shape) => instead.steps(shape) as readonly Transform[] }),
      at: (places) =>
        partsOf(
          inner,
          chain.map((each) => transformAt(each, instead.n, places)),
          insteadAt(instead, places),
        ),
    }),
  };
}

const insteadAt = ({ n, sideBySide, steps }: Instead, places: readonly number[]): Instead => ({
  n: places.length,
  sideBySide,
  steps: (shape) => steps(shape).map((step) => stepAt(step, n, places)),
});

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

/**
 * Gives transforms what runs within them where that is not their chain: links side by side, in the shares that were drawn, and links that
 * change the size of some images.
 */
export function bindInner(planned: Planned, transforms: readonly Made[], making: Omit<Making, "transforms">): void {
  const { entries, inner } = planned;
  for (const [i, outline] of inner) {
    const { chain } = transforms[i].parts!;
    const n = making.n * entries[i + 1].pieces;
    const numbers = withinOf(entries, i);
    const own: Making = { ...making, transforms: chain, own: (at) => making.own(numbers[at]), n };
    const known = new Map<string, readonly Step[]>();
    const steps = (shape: Shape): readonly Step[] => {
      const key = shape.join();
      const made = known.get(key) ?? stepsOf(own, arrange(planned, [shape], i));
      known.set(key, made);
      return made;
    };
    const sideBySide = mixturesIn(outline).length > 0;
    transforms[i].parts = partsOf(entries[i].transform.links!, chain, { n, sideBySide, steps });
  }
}
