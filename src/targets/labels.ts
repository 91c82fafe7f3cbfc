import { add, gather, mul, reshape } from "../autograd/index.ts";
import { sharesOf } from "../compiler/arithmetic.ts";
import { listOf } from "../compiler/stages/bind.ts";
import { ArgumentError, describe, ShapeError } from "../gpu/index.ts";
import { checkImage, checkShape, keeping, type Shape, show, Tensor, tensor } from "../tensor/index.ts";
import type { Link, Transform } from "../transforms/index.ts";
import { isTransform } from "../transforms/language/declare.ts";
import { inShares, isBeside, type Step, shapeBehind, sharesBeside } from "./beside.ts";
import { boundMix, gated, perSample, placesIn, samplesOf } from "./mixed.ts";
import { takenOf } from "./parted.ts";

/** One of the samples that each sample of a mixed batch is made of, and how much of it there is. */
export interface LabelSource {
  /** Places in the batch, one for each sample: numbers, or what the transform was given as a tensor, `[N]` or `[1]`. */
  samples: readonly number[] | Tensor;
  /** Shares, 0 to 1, one for each sample: numbers, or a tensor `[N]` through which gradients reach what was learned. */
  weights: readonly number[] | Tensor;
}

/**
 * What becomes of the labels of a batch that a mix changes: of which samples each consists, and to which shares. The first source is
 * the sample itself, further ones are its partners; shares add up to 1, less what a `mosaic` shows beyond its four images. They are
 * numbers where all parameters are numbers, else tensors, whose gradients reach the parameters.
 * @param shape `[N, C, H, W]` of the batch
 * @throws ArgumentError for a transform that is no mix, and for parameters that the batch does not allow
 */
export function labelWeights(transform: Transform, shape: Shape): readonly LabelSource[] {
  if (!isTransform(transform) || !transform.declaration.mix)
    throw new ArgumentError("transform of labelWeights()", describe(transform), "a mix, such as mixup(...)");
  checkShape(shape);
  checkImage(shape, "shape");
  const bound = boundMix(transform, shape);
  const weights = perSample(bound, shape, (gate, ...given) => {
    const [, , of] = given;
    return sharesOf(transform.declaration.mix!, ...given).map((share, source) =>
      gated(gate, share, of.of(Number(source === 0)), of),
    );
  });
  return weights.map((own, source) => ({ samples: samplesOf(bound, source), weights: own }));
}

/**
 * The labels of a batch behind a chain: each mix takes of every source's label its share; other transforms leave labels alone.
 * @param labels `[N, K]`, such as `oneHot` makes; N is that of the batch
 * @param transforms as for `apply`, with numbers and tensors for parameters
 * @param shape `[N, C, H, W]` of the batch before the chain
 */
export function mixLabels(labels: Tensor, transforms: Link | readonly Link[], shape: Shape): Tensor {
  const list = listOf(transforms);
  checkShape(shape);
  checkImage(shape, "shape");
  if (!(labels instanceof Tensor) || labels.shape.length !== 2 || labels.shape[0] !== shape[0]) {
    const given = labels instanceof Tensor ? `a tensor ${show(labels.shape)}` : describe(labels);
    throw new ShapeError("labels of mixLabels()", given, `a tensor [${shape[0]}, K], such as oneHot makes`);
  }
  return keeping(labels.gpu, () => add(mixedThrough(labels, list, shape), 0));
}

/** Labels `[N, K]` behind steps; of branches side by side, in the shares of their images. */
export function mixedThrough(labels: Tensor, steps: readonly Step[], shape: Shape): Tensor {
  let size = shape;
  return steps.reduce((mixed, step) => {
    const before = size;
    size = shapeBehind([step], before);
    if (!isBeside(step) && step.branches) {
      const made = step.branches.chains.map(({ chain }) => mixedThrough(mixed, chain, before));
      return made.every((part) => part === mixed) ? mixed : takenOf(made, mixed, step.branches);
    }
    if (!isBeside(step)) return step.declaration.mix ? mixedOnce(mixed, labelWeights(step, before)) : mixed;
    const parts = step.branches.map((branch) => mixedThrough(mixed, branch, before));
    return parts.every((part) => part === mixed) ? mixed : inShares(sharesBeside(step, 2), parts, step.mask, mixed);
  }, labels);
}

function mixedOnce(labels: Tensor, sources: readonly LabelSource[]): Tensor {
  const { gpu, shape } = labels;
  const terms = sources.map(({ samples, weights }) => {
    const share = weights instanceof Tensor ? weights : tensor(gpu, weights);
    const taken = gather(labels, { axis: 0, index: placesIn(gpu, samples, shape[0]) });
    return mul(reshape(share, [shape[0], 1]), taken);
  });
  return terms.reduce((sum, term) => add(sum, term));
}
