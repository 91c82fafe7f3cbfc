import { ArgumentError, type Gpu } from "../gpu/index.ts";
import { branchesOf, flatSteps, isBeside, type SideBySide, type Step } from "../targets/beside.ts";
import { samplesAt } from "../targets/list.ts";
import type { Shape, Tensor } from "../tensor/index.ts";
import type { BranchChain, Transform } from "../transforms/index.ts";
import { type Outcomes, select } from "../transforms/within/select.ts";
import { seesOthers, tensorsOf, transformAt } from "./rows.ts";
import { drawShares, isKnown, maskedTensor, numbersOf, type Taken, takes } from "./taken.ts";
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
  if (steps.some(isSideBySide)) throw sideBySide(what);
  checkWithin(steps, what);
  if (steps.some((step) => !isBeside(step) && step.branches?.chains.some(({ meets }) => meets)))
    throw new ArgumentError(
      what,
      "links that change the size, of which a sample gets some, with a mix among them",
      "the mix before or behind them",
    );
  return steps as readonly Transform[];
}

/** Whether branches run side by side in a step. */
const isSideBySide = (step: Step): boolean =>
  isBeside(step) || branchesOf(step).some((steps) => steps.some(isSideBySide));

/**
 * @param what cannot do with shares within transforms, for the message
 * @throws ArgumentError where there are branches side by side within a transform
 */
export function checkWithin(steps: readonly Step[], what: string): void {
  if (flatSteps(steps).some(holdsBranches)) throw sideBySide(what);
}

const holdsBranches = ({ parts }: Transform): boolean =>
  parts !== undefined && (parts.sideBySide || flatSteps(parts.chain).some(holdsBranches));

const sideBySide = (what: string): ArgumentError =>
  new ArgumentError(
    what,
    "a pipeline with links side by side, of mixture(), or of oneOf() or sometimes() that learn",
    "one whose choices are known: of what learns, replay with await pipeline.read(params)",
  );

/** What runs; `dispose` frees the tensors that were made for it. */
export interface BoundSteps {
  /** The steps for images of these shapes. */
  steps(shapes: readonly Shape[]): readonly Step[];
  dispose(): void;
}

/** A step by the numbers of transforms, of those that stand within no other one, and of selections. */
export type Outline = number | MixtureOutline;

/** A step where it is known which links change the size of the images. */
export type Arranged = Outline | LinkWithin | PartedOutline;

/** A transform of a branch that its samples run by themselves. */
export interface LinkWithin {
  readonly transform: number;
  /** The ways to it within that branch: what leaves some of its samples out. */
  readonly ways: readonly (readonly Branch[])[];
}

/** Links of a selection that samples run by themselves, as some of them change the size. */
export interface PartedOutline {
  readonly parted: number;
  readonly branches: readonly (readonly Arranged[])[];
  /** Which branches of the selection these are. */
  readonly numbers: readonly number[];
  readonly outcomes: Outcomes;
}

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

/** What steps are made of. */
export interface Making {
  readonly gpu: Gpu;
  /** Those that stand within no other one; what selections leave out is left out by `on`. */
  readonly transforms: readonly Transform[];
  /** What the `on` of each is without these; by its number among all for what stands within others. */
  readonly own: (transform: number) => Transform["on"];
  readonly taken: readonly Taken[];
  readonly n: number;
  /** Gets what was made. */
  readonly keep: (made: Tensor) => Tensor;
}

/** The steps with their transforms, and with the shares that were drawn. */
export function stepsOf(making: Making, outline: readonly Arranged[]): Step[] {
  const { gpu, transforms, taken, n, keep } = making;
  const shares = new Map<number, Tensor>();
  const beside = (selection: number, branches: SideBySide["branches"], mask: readonly number[] | null): SideBySide => {
    const drawn = shares.get(selection) ?? keep(drawShares(gpu, taken[selection], n));
    shares.set(selection, drawn);
    return { shares: drawn, branches, mask, single: isSingle(taken[selection]) };
  };
  const step = (of: Arranged): Step[] => {
    if (typeof of === "number") return [transforms[of]];
    if ("transform" in of) return [linkWithin(making, of)];
    const branches = of.branches.map((steps) => steps.flatMap(step));
    if ("parted" in of) {
      const own = taken[of.parted];
      if (!isKnown(own)) return [beside(of.parted, branches, null)];
      const chains = branches.map((steps) => branchChain(steps, n));
      return [select({ chains, taken: takenOf(own, of.numbers, n) }, of.outcomes)];
    }
    const { selection, under } = of;
    // Where it is known which branch a sample takes, the others are left out of the chain as those of any selection.
    if (isKnown(taken[selection])) return branches.flat();
    const mask = Array.from({ length: n }, (_, i) => takes([under], taken, i, n));
    return [beside(selection, branches, mask.includes(0) ? mask : null)];
  };
  return outline.flatMap(step);
}

/** Which of some branches each sample takes, by its place among them; -1 for none. */
const takenOf = ({ rows, count }: Taken, numbers: readonly number[], n: number): number[] =>
  Array.from({ length: n }, (_, i) => numbers.findIndex((branch) => branch < count && rows[i * count + branch] === 1));

/** A transform that leaves out only what selections within its branch leave out. */
function linkWithin({ gpu, transforms, own, taken, n, keep }: Making, { transform: at, ways }: LinkWithin): Transform {
  const transform = { ...transforms[at], on: own(at) };
  if (ways.length === 0) return transform;
  const mask = Array.from({ length: n }, (_, i) => takes(ways, taken, i, n));
  const known = numbersOf(transform, n);
  if (known) return { ...transform, on: mask.map((each, i) => each * known[known.length === 1 ? 0 : i]) };
  const { on, made } = maskedTensor(gpu, transform.on, mask);
  keep(made);
  return { ...transform, on };
}

/** The steps of a branch, made for n samples. */
export function branchChain(steps: readonly Step[], n: number): BranchChain {
  return {
    // Branches side by side among them are known to who runs steps; who takes transforms alone refuses them.
    chain: steps as readonly Transform[],
    meets: flatSteps(steps).some(seesOthers),
    tensors: () => steps.flatMap(tensorsIn),
    at: (places) =>
      branchChain(
        steps.map((step) => stepAt(step, n, places)),
        places.length,
      ),
  };
}

const tensorsIn = (step: Step): readonly Tensor[] =>
  isBeside(step) ? [step.shares, ...step.branches.flat().flatMap(tensorsIn)] : tensorsOf(step);

/** A step for some of the n samples that it was made for. */
export function stepAt(step: Step, n: number, places: readonly number[]): Step {
  if (!isBeside(step)) return transformAt(step, n, places);
  const { shares, branches, mask, single } = step;
  return {
    shares: samplesAt(shares, places),
    branches: branches.map((steps) => steps.map((each) => stepAt(each, n, places))),
    mask: mask && places.map((i) => mask[i]),
    single,
  };
}
