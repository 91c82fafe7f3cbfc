/** Trains one model: without augmentation, with a fixed one, or with one that learns. */

import { blockUntilReady, type numpy as np, tree } from "@jax-js/jax";
import { noGrad, type Pipeline } from "augrad";
import type { JaxBridge } from "augrad/jax-js";
import { generator, permutation, SIDE } from "./data.ts";
import { initialModel, type Model, ratesOf, trainStep } from "./model.ts";
import type { EpochReport, WidthPoint } from "./results.ts";
import { Search } from "./search.ts";
import { batchOf, percentRight, type World } from "./world.ts";

export interface TrainingSettings {
  seed: number;
  epochs: number;
  /** Digits of a training step. */
  batch: number;
  /** Training digits of a step of the search, and validation digits. */
  searchBatch: number;
  validationBatch: number;
  signal?: AbortSignal;
}

/** What augments: nothing, a pipeline, or one that is to be learned. */
export type Augmentation = Pipeline | "none" | "learned";

export interface TrainingEvents {
  /** After every step. */
  step?(step: number, steps: number): void;
  /** Every few steps, where widths are learned. */
  widths?(point: WidthPoint): void | Promise<void>;
  epoch?(report: EpochReport): void | Promise<void>;
}

export interface Trained {
  weights: np.Array;
  epochs: EpochReport[];
  trace: WidthPoint[];
}

const RATE = 0.008;
/** The share of the first rates to which training and search fall, along a half cosine. */
const LAST = 0.05;
/** Steps before the search begins: gradients of a model that knows nothing mislead it. */
const WARM = 50;
/** Steps that may be under way on the GPU. */
const AHEAD = 4;
/** Steps from one reading of the widths, four numbers, to the next. */
const LOOK = 16;

export const stepsOf = (digits: number, settings: Pick<TrainingSettings, "batch" | "epochs">) =>
  Math.floor(digits / settings.batch) * settings.epochs;

export async function train(
  bridge: JaxBridge,
  world: World,
  augmentation: Augmentation,
  settings: TrainingSettings,
  events: TrainingEvents = {},
): Promise<Trained> {
  const { seed, epochs, batch, searchBatch, validationBatch, signal } = settings;
  const search = augmentation === "learned" ? new Search(bridge, seed) : null;
  const pipeline = search?.augmentation.pipeline ?? (augmentation as Pipeline | "none");
  // The order of the digits and the first weights are those of the seed, whatever the augmentation.
  const order = generator(seed * 104_729 + 1);
  const pick = generator(seed * 130_363 + 2);
  const perEpoch = Math.floor(world.train.count / batch);
  const steps = perEpoch * epochs;
  const reports: EpochReport[] = [];
  const trace: WidthPoint[] = [];
  let model = initialModel(seed);
  let loss: np.Array | null = null;
  let step = 0;

  const look = async (): Promise<void> => {
    const point = { epoch: step / perEpoch, widths: await search!.widths() };
    trace.push(point);
    await events.widths?.(point);
  };

  try {
    if (search) await look();
    for (let epoch = 1; epoch <= epochs; epoch++) {
      const digits = permutation(world.train.count, order);
      for (let k = 0; k < perEpoch; k++) {
        signal?.throwIfAborted();
        const rate = LAST + ((1 - LAST) * (1 + Math.cos((Math.PI * step) / steps))) / 2;
        step++;
        const samples = digits.slice(k * batch, (k + 1) * batch);
        const before: np.Array | null = search && step > WARM && step % 2 === 0 ? model.weights.ref : null;
        loss?.dispose();
        ({ model, loss } = await oneStep(bridge, world, pipeline, model, samples, seed, step, rate));
        if (search && before) {
          const any = (count: number, of: number) => Int32Array.from({ length: count }, () => Math.floor(pick() * of));
          const validation = batchOf(world.validation, any(validationBatch, world.validation.count));
          const others = distinct(searchBatch, world.train.count, pick);
          await search.step(before, model.weights.ref, validation, world.train, others, steps + step, rate);
        }
        submit(model);
        if (step % AHEAD === 0) await blockUntilReady(loss);
        if (search && step % LOOK === 0) await look();
        events.step?.(step, steps);
      }
      const [value] = await loss!.ref.data();
      const report: EpochReport = {
        epoch,
        loss: value,
        validation: await percentRight(model.weights, world.validation),
      };
      if (search) report.widths = await search.widths();
      reports.push(report);
      await events.epoch?.(report);
    }
    model.mean.dispose();
    model.square.dispose();
    return { weights: model.weights, epochs: reports, trace };
  } catch (error) {
    tree.dispose(model);
    throw error;
  } finally {
    loss?.dispose();
    search?.dispose();
  }
}

async function oneStep(
  bridge: JaxBridge,
  world: World,
  pipeline: Pipeline | "none",
  model: Model,
  samples: Int32Array<ArrayBuffer>,
  seed: number,
  step: number,
  rate: number,
) {
  const digits = batchOf(world.train, samples);
  let images = digits.images;
  if (pipeline !== "none") {
    const shared = bridge.empty([samples.length, 1, SIDE, SIDE]);
    noGrad(() => pipeline(bridge.tensor(images), { seed, step, samples, into: shared.tensor }));
    await bridge.submit();
    images = shared.array;
  }
  return trainStep(model, images, digits.labels, ratesOf(RATE * rate, step));
}

/** Hands the step to the GPU: jax-js would otherwise wait until somebody reads a result. */
function submit(model: Model): void {
  for (const array of [model.weights, model.mean, model.square]) array.ref.gpuBufferSync();
}

/** Numbers of some digits, each at most once. */
function distinct(count: number, of: number, random: () => number): Int32Array<ArrayBuffer> {
  const found = new Set<number>();
  while (found.size < Math.min(count, of)) found.add(Math.floor(random() * of));
  return Int32Array.from(found);
}
