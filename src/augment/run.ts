import { blend, only } from "../autograd/blend.ts";
import { reshape } from "../autograd/index.ts";
import type { ApplyOptions } from "../compiler/index.ts";
import { kinds } from "../compiler/kinds/index.ts";
import { outputSize } from "../compiler/outcome.ts";
import { applyRead, bindAll, bindChain } from "../compiler/stages/apply.ts";
import { ArgumentError, type Gpu } from "../gpu/index.ts";
import { branchesOf, inShares, shapeBeside, sharesBeside } from "../targets/beside.ts";
import { throughBranches } from "../targets/parted.ts";
import { type DType, keeping, type Shape, sameShape, show, Tensor } from "../tensor/index.ts";
import type { Transform } from "../transforms/index.ts";
import { flatSteps, isMixture, type Mixture, type Step } from "./steps.ts";

/**
 * Applies transforms whose `on` may be a tensor. Points take such a gate inside their pass. A map cannot: half of a
 * turned image is no image turned by half. There the chain is cut, and the images before and after the transform are
 * blended: y = on T(x) + (1 - on) x, whose gradient in `on` is the difference that the transform makes. It is cut also where branches
 * run side by side.
 */
export function run(x: Tensor<DType>, steps: readonly Step[], options: ApplyOptions): Tensor<DType> {
  if (!steps.some(isCut)) return applyRead(x, steps as readonly Transform[], options);
  // The pieces run one by one: what is wrong with the last has to be found before the first.
  bindAll(x, []);
  checkSteps(x.gpu, x.shape, steps);
  const { dtype: wanted = x.dtype === "f16" ? "f16" : "f32", into, ...settings } = options;
  const between = { ...settings, dtype: "f32" as const };
  let current: Tensor<DType> = x;
  let from = 0;
  const move = (next: Tensor<DType>): void => {
    if (current !== x) current.dispose();
    current = next;
  };
  try {
    /** Those that run in one chain: none of them is cut. */
    const chain = (to?: number) => steps.slice(from, to) as Transform[];
    steps.forEach((step, i) => {
      if (!isCut(step)) return;
      if (i > from || current.dtype !== "f32") move(applyRead(current, chain(i), between));
      const apply = (on: Tensor, alone: Transform) => applyRead(on, [alone], between) as Tensor;
      move(isMixture(step) ? mixed(current as Tensor, step, between) : cut(current as Tensor, step, between, apply));
      from = i + 1;
    });
    const rest = chain();
    if (rest.length > 0 || wanted !== "f32" || into)
      move(applyRead(current, rest, { ...settings, dtype: wanted, into }));
    return current;
  } catch (error) {
    if (current !== x) current.dispose();
    throw error;
  }
}

const isCut = (step: Step): boolean =>
  isMixture(step) || step.branches !== undefined || (step.on instanceof Tensor && !kinds[step.declaration.kind].blends);

/** A transform that has no place in a chain: one whose branches run by themselves, or one with a gate. */
function cut(x: Tensor, step: Transform, options: ApplyOptions, apply: Parameters<typeof blended>[2]): Tensor {
  if (step.branches === undefined) return blended(x, step, apply);
  return throughBranches(x, step.branches, (own, chain) => run(own, chain, options) as Tensor);
}

/**
 * Σ share · branch(x). Where a share is 1 and the others are 0, this is that branch, bit for bit. The gradient in a share is what its
 * branch would make of the sample, so that all of them run on all samples; nothing else comes of a branch whose share is 0.
 */
function mixed(x: Tensor, mixture: Mixture, options: ApplyOptions): Tensor {
  return keeping(x.gpu, () => {
    const shares = sharesBeside(mixture, 4);
    const parts = mixture.branches.map((steps, b) => {
      if (steps.length === 0) return x;
      // A sample that is left alone may be another one's partner.
      const whole = flatSteps(steps).some(({ declaration }) => declaration.reads === "batch");
      return run(whole ? x : only(shares[b], x), steps, options) as Tensor;
    });
    return inShares(shares, parts, mixture.mask, x);
  });
}

/** y = on T(x) + (1 − on) x, by a gate with one value for all samples or one for each; `apply` applies what is gated. */
export function blended(x: Tensor, transform: Transform, apply: (x: Tensor, alone: Transform) => Tensor): Tensor {
  const made: Tensor[] = [];
  const keep = (tensor: Tensor): Tensor => {
    made.push(tensor);
    return tensor;
  };
  const samples = x.shape[0];
  const gate = transform.on as Tensor;
  /** A tensor whose gradient leaves out the samples that the gate leaves alone, if it has one row for each. */
  const gated = (value: Tensor): Tensor => {
    if (value.shape[0] !== samples || gate.size !== samples || !value.requiresGrad) return value;
    return keep(only(keep(reshape(gate, [samples, ...value.shape.slice(1).map(() => 1)])), value));
  };
  try {
    const params = Object.fromEntries(
      Object.entries(transform.params).map(([name, value]) => [name, value instanceof Tensor ? gated(value) : value]),
    );
    const { field } = transform;
    const through = field && (field instanceof Tensor ? gated(field) : ([gated(field[0]), gated(field[1])] as const));
    // A sample that is left alone may be another one's partner.
    const seen = transform.declaration.reads === "batch" ? x : gated(x);
    const changed = keep(apply(seen, { ...transform, params, field: through, on: undefined }));
    const on = keep(reshape(gate, [gate.size, ...x.shape.slice(1).map(() => 1)]));
    return blend(on, changed, x);
  } finally {
    for (const tensor of made) tensor.dispose();
  }
}

/** Checks steps for images of a shape, and says what comes out. Samples of a batch have one size: a coin may not change it. */
function checkSteps(gpu: Gpu, before: Shape, steps: readonly Step[]): Shape {
  return steps.reduce((shape, step) => {
    const ends = branchesOf(step).map((branch) => checkSteps(gpu, shape, branch));
    if (isMixture(step)) return shapeBeside(step, shape, ends);
    const [{ transform }] = bindChain(gpu, shape, [step]);
    const after = outputSize(transform, shape);
    if (isCut(step) && ends.length === 0 && !sameShape(shape, after)) {
      const given = `a probability of going from ${show(shape)} to ${show(after)}`;
      throw new ArgumentError(`${step.declaration.name}.p`, given, "a transform that keeps the size");
    }
    return after;
  }, before);
}
