import type { Plan, PlanOptions } from "../compiler/index.ts";
import { ArgumentError, ShapeError } from "../gpu/index.ts";
import { checkImage, checkShape, type Shape, show, Tensor } from "../tensor/index.ts";
import type { Transform } from "../transforms/index.ts";
import { explainPipeline } from "./explain.ts";
import { drawOnGpu, type GpuDraw } from "./gpudraw.ts";
import { checkWhole, describe } from "./keys.ts";
import { planEntries } from "./plan.ts";
import { run } from "./run.ts";
import { fromSampled, type Sampled, toSampled } from "./sampled.ts";
import { Workspace } from "./workspace.ts";

/** Options of {@link sequential}: those of `apply`, and the seed of calls that give none. */
export interface SequentialOptions extends PlanOptions {
  /** A whole number 0..2^53-1; 0 unless given. */
  seed?: number;
}

/** What a draw depends on, beside the transform. */
export interface Draws {
  /** A whole number 0..2^53-1; the pipeline's unless given. */
  seed?: number;
  /** A whole number 0..2^53-1, such as the step of training. A pipeline in which something is random needs it. */
  step?: number;
  /** Identity of each sample, whole numbers 0..2^32-1, such as its index in the data set; its place in the batch unless given. */
  samples?: ArrayLike<number>;
}

/** Of a call of a pipeline. */
export interface CallOptions extends Draws {
  /** An f32 tensor to write the result into, such as another engine's array. */
  into?: Tensor;
}

/** Of {@link Pipeline.sample}. */
export interface SampleOptions extends Draws {
  /** Shape of the batch to come: needed where a parameter with one value per channel is random. */
  shape?: Shape;
}

/** A list of transforms, some of whose parameters are random: an immutable value. Call it with a batch of images. */
export interface Pipeline {
  /** Draws, and applies: the same as `apply`. */
  (x: Tensor, options?: CallOptions): Tensor;
  readonly transforms: readonly Transform[];
  readonly seed: number;
  /** Draws the parameters of every sample and applies the transforms to x `[N, C, H, W]`. */
  apply(x: Tensor, options?: CallOptions): Tensor;
  /** Draws the parameters for `n` samples without applying anything: a plain value, for `replay`. */
  sample(n: number, options?: SampleOptions): Sampled;
  /** Applies the transforms with parameters that were drawn before: equal bits, on one device. */
  replay(x: Tensor, params: Sampled, options?: Pick<CallOptions, "into">): Tensor;
  /** The passes over memory that a batch of this shape takes. */
  explain(shape: Shape): Plan;
}

const WORKSPACES = 8;

/**
 * A pipeline of transforms whose parameters are numbers, one per sample, tensors, or distributions, each applied to a
 * sample with its probability `p`.
 * @throws ArgumentError for what is no transform, a distribution that a parameter does not allow, a `p` outside 0..1, a bad seed
 */
export function sequential(transforms: readonly Transform[], options: SequentialOptions = {}): Pipeline {
  const entries = planEntries(transforms);
  const { seed: given, ...settings } = checkOptions(options);
  const seed = given === undefined ? 0 : checkWhole("seed", given);
  const isRandom = entries.some(({ coin, draws }) => coin !== null || draws.length > 0);
  const perChannel = entries.flatMap(({ name, draws }) =>
    draws.filter(({ size }) => size === "C").map(({ param }) => `${name}.${param}`),
  );
  const workspaces = new Map<string, Workspace>();

  /** Room for a batch; the least recently made goes when there are many. */
  const workspace = (n: number, channels: number | undefined): Workspace => {
    const key = `${n},${perChannel.length ? channels : ""}`;
    let found = workspaces.get(key);
    if (!found) {
      if (workspaces.size >= WORKSPACES) workspaces.delete(workspaces.keys().next().value!);
      found = new Workspace(entries, n, channels);
      workspaces.set(key, found);
    }
    return found;
  };

  const draw = (room: Workspace, draws: Draws): void => {
    if (!isRandom) return;
    if (draws.step === undefined)
      throw new ArgumentError("step", "nothing", "a whole number: the pipeline draws anew at every step");
    if (draws.samples) checkSamples(draws.samples, room.n);
    const step = checkWhole("step", draws.step);
    room.draw(draws.seed === undefined ? seed : checkWhole("seed", draws.seed), step, draws.samples);
  };

  const pipeline = (x: Tensor, call: CallOptions = {}): Tensor => {
    checkBatch(x);
    const room = workspace(x.shape[0], x.shape[1]);
    draw(room, call);
    const made = room.bind(x.gpu);
    try {
      return run(x, room.transforms, call.into ? { ...settings, into: call.into } : settings);
    } finally {
      for (const each of made) each.dispose();
    }
  };

  const sample = (n: number, options: SampleOptions = {}): Sampled => {
    if (checkWhole("n", n, 2 ** 32 - 1) === 0) throw new ArgumentError("n", "0", "at least one sample");
    if (options.shape !== undefined) checkShapeOf(options.shape, n);
    else if (perChannel.length) {
      throw new ArgumentError(
        "shape",
        "nothing",
        `the shape of the batch: ${perChannel.join(", ")} has one value per channel`,
      );
    }
    const room = workspace(n, options.shape?.[1]);
    draw(room, options);
    return toSampled(room, options.seed ?? seed, options.step ?? 0, options.samples);
  };

  const replay = (x: Tensor, params: Sampled, { into }: Pick<CallOptions, "into"> = {}): Tensor => {
    checkBatch(x);
    const replays = fromSampled(entries, params, x.shape[0], x.shape[1]);
    const made: GpuDraw[] = [];
    const drawn = (...args: Parameters<typeof drawOnGpu>): Tensor => {
      const value = drawOnGpu(...args);
      made.push(value);
      return value.value;
    };
    try {
      for (const { entry, transform, units, onUnits } of replays) {
        const n = x.shape[0];
        if (onUnits) transform.on = drawn(x.gpu, entry.coin!, `${entry.name}.p`, onUnits, n, 1, false);
        for (const { param, distribution, size } of entry.draws) {
          const list = units.get(param);
          if (list)
            transform.params[param] = drawn(
              x.gpu,
              distribution,
              `${entry.name}.${param}`,
              list,
              n,
              list.length / n,
              size !== 1,
            );
        }
      }
      return run(
        x,
        replays.map(({ transform }) => transform),
        { ...settings, into },
      );
    } finally {
      for (const each of made) each.dispose();
    }
  };

  return Object.freeze(
    Object.assign((x: Tensor, call?: CallOptions) => pipeline(x, call), {
      transforms: Object.freeze([...transforms]),
      seed,
      apply: pipeline,
      sample,
      replay,
      explain: (shape: Shape): Plan => {
        checkShape(shape);
        checkImage(shape, "shape");
        return explainPipeline(entries, shape, settings);
      },
    }),
  );
}

const OPTIONS = ["seed", "compose", "dtype"];

function checkOptions(options: SequentialOptions): SequentialOptions {
  if (typeof options !== "object" || options === null)
    throw new ArgumentError("options", describe(options), "an object");
  const unknown = Object.keys(options).find((option) => !OPTIONS.includes(option));
  if (unknown) throw new ArgumentError(`options.${unknown}`, "an unknown option", OPTIONS.join(", "));
  return options;
}

function checkBatch(x: unknown): asserts x is Tensor {
  if (!(x instanceof Tensor)) throw new ArgumentError("x", describe(x), "a tensor of images [N, C, H, W]");
  checkImage(x.shape);
  x.gpu.assertAlive();
  void x.storage;
}

function checkShapeOf(shape: Shape, n: number): void {
  checkShape(shape);
  checkImage(shape, "shape");
  if (shape[0] !== n) throw new ShapeError("shape", show(shape), `[${n}, C, H, W], for ${n} samples`);
}

function checkSamples(samples: ArrayLike<number>, n: number): void {
  if (samples.length !== n) throw new ShapeError("samples", `${samples.length} samples`, `${n}, one per image`);
  for (let i = 0; i < n; i++) {
    const sample = samples[i];
    if (!Number.isInteger(sample) || sample < 0 || sample > 0xffffffff) checkWhole(`samples[${i}]`, sample, 0xffffffff);
  }
}
