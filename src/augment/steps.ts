import { ArgumentError, type Gpu } from "../gpu/index.ts";
import { flatSteps, isBeside, type SideBySide, type Step } from "../targets/beside.ts";
import type { Tensor } from "../tensor/index.ts";
import type { Transform } from "../transforms/index.ts";
import { drawShares, isKnown, type Taken, takes } from "./taken.ts";
import type { Branch } from "./tree.ts";

// What runs where shares of branches live on the GPU: each branch on its own, and the images of all in these shares.

/** The sum of what branches make of an image, in shares. */
export type Mixture = SideBySide;

export type { Step };
export { flatSteps, isBeside as isMixture };

/**
 * @param what cannot do with shares, for the message
 * @throws ArgumentError where there are branches side by side
 */
export function onlyTransforms(steps: readonly Step[], what: string): readonly Transform[] {
  if (steps.some(isSideBySide))
    throw new ArgumentError(
      what,
      "a pipeline with links side by side, of mixture(), or of oneOf() or sometimes() that learn",
      "one whose choices are known: of what learns, replay with await pipeline.read(params)",
    );
  return steps as readonly Transform[];
}

/** Whether branches run side by side in a step, or within it. */
const isSideBySide = (step: Step): boolean =>
  isBeside(step) || (step.parts !== undefined && (step.parts.sideBySide || step.parts.chain.some(isSideBySide)));

/** What runs; `dispose` frees the tensors that were made for it. */
export interface BoundSteps {
  readonly steps: readonly Step[];
  dispose(): void;
}

/** A step by the numbers of transforms, of those that stand within no other one, and of selections. */
export type Outline = number | MixtureOutline;

export interface MixtureOutline {
  readonly selection: number;
  readonly branches: readonly (readonly Outline[])[];
  /** The branches of other selections that it stands in. */
  readonly under: readonly Branch[];
}

/** Where branches run side by side, within others, too. */
export const mixturesIn = (steps: readonly Outline[]): MixtureOutline[] =>
  steps.flatMap((step) => (typeof step === "number" ? [] : [step, ...step.branches.flatMap(mixturesIn)]));

/**
 * The steps of a chain in which the branches of some selections run side by side.
 * @param ways to each transform of the chain, innermost branch first; inside of such a branch all ways lead through it
 * @param sharesOf how many branches the numbered selection has, if they run side by side
 */
export function outlineSteps(
  ways: readonly (readonly (readonly Branch[])[])[],
  sharesOf: (selection: number) => number | null,
): Outline[] {
  const outer = ways.map((of) => (of[0] ?? []).toReversed());
  const side = outer.map((way) => way.filter(({ selection }) => sharesOf(selection) !== null));
  const group = (from: number, to: number, depth: number): Outline[] => {
    const steps: Outline[] = [];
    let at = from;
    while (at < to) {
      const own = side[at][depth];
      if (!own) {
        steps.push(at++);
        continue;
      }
      const { selection } = own;
      const branches: Outline[][] = Array.from({ length: sharesOf(selection)! }, () => []);
      const under = outer[at].slice(0, outer[at].indexOf(own));
      // A branch stands in one piece; a link that stands in the chain again begins anew with an earlier branch.
      for (let last = -1; at < to; ) {
        const next = side[at][depth];
        if (next?.selection !== selection || next.branch <= last) break;
        last = next.branch;
        const start = at;
        while (at < to && side[at][depth]?.selection === selection && side[at][depth].branch === last) at++;
        branches[last] = group(start, at, depth + 1);
      }
      steps.push({ selection, branches, under });
    }
    return steps;
  };
  return group(0, ways.length, 0);
}

/** Whether each sample takes one branch, all of it. */
const isSingle = ({ planned, told }: Taken): boolean =>
  told
    ? told.every((row) => row.every((share) => share === 0 || share === 1) && row.includes(1))
    : !planned.shares!.relaxed;

/** The steps with their transforms, and with the shares that were drawn; `keep` gets what was made. */
export function stepsOf(
  gpu: Gpu,
  outline: readonly Outline[],
  transforms: readonly Transform[],
  taken: readonly Taken[],
  n: number,
  keep: (made: Tensor) => Tensor,
): Step[] {
  const shares = new Map<number, Tensor>();
  const drawn = (selection: number): Tensor => {
    const made = shares.get(selection) ?? keep(drawShares(gpu, taken[selection], n));
    shares.set(selection, made);
    return made;
  };
  const step = (of: Outline): Step[] => {
    if (typeof of === "number") return [transforms[of]];
    const { selection, branches, under } = of;
    // Where it is known which branch a sample takes, the others are left out of the chain as those of any selection.
    if (isKnown(taken[selection])) return branches.flat().flatMap(step);
    const mask = Array.from({ length: n }, (_, i) => takes([under], taken, i, n));
    return [
      {
        shares: drawn(selection),
        branches: branches.map((steps) => steps.flatMap(step)),
        mask: mask.includes(0) ? mask : null,
        single: isSingle(taken[selection]),
      },
    ];
  };
  return outline.flatMap(step);
}
