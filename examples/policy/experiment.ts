/**
 * Trains a network on upright digits, and beside it the policy that augments them, so that the network does well on the validation digits
 * of a changed world: a search of two levels, whose gradient of second order is a difference of two of first order (Liu et al. 2019).
 */
import {
  adam,
  add,
  argmax,
  backward,
  div,
  equal,
  type Gpu,
  gather,
  grad,
  type LearnablePolicy,
  type LearnedOperation,
  learnablePolicy,
  mean,
  mul,
  noGrad,
  type OperationName,
  type Pipeline,
  sequential,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
} from "augrad";
import { generator, permutation, type Split } from "../learn-augmentation/data.ts";
import { initialWeights, lossOf, scores, type Weights } from "./model.ts";
import { changedDigits, type DigitSet, upload, WORLDS, type WorldName } from "./world.ts";

/** What the policy chooses from. */
export const OPERATIONS: readonly OperationName[] = [
  "identity",
  "rotate",
  "shearX",
  "translateX",
  "brightness",
  "invert",
];

/** How long it goes, and from where. */
export interface Settings {
  readonly world: WorldName;
  readonly seed: number;
  /** Training steps. */
  readonly steps: number;
}

/** Where the policy is. */
export interface Moment {
  readonly step: number;
  readonly operations: readonly LearnedOperation[];
}

/** What came of it: per cent of the world's test digits that a network tells, trained without a policy and with what was found. */
export interface Result {
  readonly operations: readonly LearnedOperation[];
  readonly accuracy: { readonly none: number; readonly learned: number };
  readonly trace: readonly Moment[];
}

const BATCH = 64;
const SEARCH_BATCH = 96;
const VALIDATION_BATCH = 96;
const RATE = 0.003;
const SEARCH_RATE = 0.08;
/** The part of the first rates to which training and search fall. */
const LAST = 0.05;
/** Steps before the search begins: gradients of a network that knows nothing mislead it. */
const WARM = 60;
/** Steps from one reading of the policy to the next. */
const LOOK = 20;
/** How far the two networks of the difference lie from the network, in the length of its weights' gradient. */
const ASIDE = 0.05;

interface Training {
  readonly gpu: Gpu;
  readonly split: Split;
  readonly validation: DigitSet;
  readonly settings: Settings;
  readonly signal?: AbortSignal;
}

/**
 * Trains without a policy; searches one; and trains anew with what was found. `look` hears of it every few steps, and how much is done,
 * from 0 to 1.
 */
export async function runExperiment(
  gpu: Gpu,
  split: Split,
  settings: Settings,
  look: (moment: Moment, done: number, policy?: LearnablePolicy) => void | Promise<void> = () => {},
  signal?: AbortSignal,
): Promise<Result> {
  const world = WORLDS[settings.world];
  const validation = changedDigits(gpu, split.validation, world, 2 * settings.seed);
  const test = changedDigits(gpu, split.test, world, 2 * settings.seed + 1);
  const policy = learnablePolicy(gpu, { operations: OPERATIONS, length: 1, magnitude: 0.3 });
  const training: Training = { gpu, split, validation, settings, signal };
  const made: Tensor[] = [...policy.parameters];
  /** Trains a network, and says what it tells of the world's test digits. */
  const one = async (how: How, from: number, share: number): Promise<number> => {
    const weights = await train(training, how, (moment) => {
      if (how.search) trace.push(moment);
      return look(moment, from + (share * moment.step) / settings.steps, how.search);
    });
    made.push(...weights);
    return percentRight(weights, test);
  };
  const trace: Moment[] = [];
  try {
    const none = await one({}, 0, 0.15);
    await one({ search: policy }, 0.15, 0.65);
    const found = sequential([await policy.fixed()], { seed: settings.seed });
    const learned = await one({ augment: found }, 0.8, 0.2);
    return { operations: trace[trace.length - 1].operations, accuracy: { none, learned }, trace };
  } finally {
    for (const { images, labels } of [validation, test]) made.push(images, labels);
    for (const each of made) each.dispose();
  }
}

/** What stands before the network: nothing, a policy that is searched, or a pipeline. */
interface How {
  readonly search?: LearnablePolicy;
  readonly augment?: Pipeline;
}

/** The weights after all steps. */
async function train(
  { gpu, split, validation, settings, signal }: Training,
  { search: policy, augment }: How,
  look: (moment: Moment) => void | Promise<void>,
): Promise<Weights> {
  const { seed, steps } = settings;
  const weights = initialWeights(gpu, seed);
  const optimizer = adam(weights, { learningRate: RATE });
  const search = policy && adam(policy.parameters, { learningRate: SEARCH_RATE });
  const random = generator(seed * 104_729 + 1);
  const some = (count: number, of: number) => permutation(of, random).subarray(0, count);
  for (let step = 0; step <= steps; step++) {
    signal?.throwIfAborted();
    if (step % LOOK === 0) await look({ step, operations: policy ? (await policy.read())[0][0] : [] });
    // Both fall along a half cosine: so the search ends where it found its way to.
    const rate = LAST + ((1 - LAST) * (1 + Math.cos((Math.PI * step) / steps))) / 2;
    optimizer.learningRate = RATE * rate;
    if (search) search.learningRate = SEARCH_RATE * rate;
    const scope = gpu.scope();
    try {
      const { images, labels } = upload(gpu, split.train, some(BATCH, split.train.count));
      const before = policy ?? augment;
      const seen = before ? noGrad(() => before(images, { seed, step })) : images;
      backward(lossOf(seen, labels, weights));
      optimizer.step();
      optimizer.zeroGrad();
      if (search && policy && step >= WARM) {
        const others = upload(gpu, split.train, some(SEARCH_BATCH, split.train.count));
        const judged = some(VALIDATION_BATCH, validation.labels.size);
        const judges = taken(validation, judged);
        backward(searchLoss(policy, weights, judges, others, { seed, step: steps + 1 + step }));
        search.step();
        search.zeroGrad();
      }
    } finally {
      scope.dispose();
    }
    await gpu.sync();
  }
  optimizer.dispose();
  search?.dispose();
  return weights;
}

/** Some of the digits, by number. */
function taken({ images, labels }: DigitSet, which: Int32Array): DigitSet {
  const index = tensor(images.gpu, Float32Array.from(which), [which.length]);
  return { images: gather(images, { axis: 0, index }), labels: gather(labels, { axis: 0, index }) };
}

/**
 * A loss whose gradient in the policy is that of the validation loss one training step later, but for a factor. With v the gradient of the
 * validation loss in the weights w, a step on the training loss L changes it by −v · ∇L(w), which is (L(w − εv) − L(w + εv)) / 2ε.
 */
function searchLoss(
  policy: LearnablePolicy,
  weights: Weights,
  validation: DigitSet,
  { images, labels }: DigitSet,
  draws: { seed: number; step: number },
): Tensor {
  const v = grad(lossOf(validation.images, validation.labels, weights), weights);
  const length = sqrt(v.map((each) => sum(square(each))).reduce((a, b) => add(a, b)));
  const aside = (sign: number): Weights => weights.map((w, i) => add(w.detach(), mul(div(v[i], length), sign * ASIDE)));
  const seen = policy(images, draws);
  return mul(sub(lossOf(seen, labels, aside(-1)), lossOf(seen, labels, aside(1))), 1 / (2 * ASIDE));
}

/** Per cent of the digits that the network tells. */
async function percentRight(weights: Weights, { images, labels }: DigitSet): Promise<number> {
  const share = noGrad(() => mean(equal(argmax(scores(images, weights), 1), labels)));
  const right = 100 * (await share.item());
  share.dispose();
  return right;
}
