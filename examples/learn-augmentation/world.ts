/** The digits on the GPU, and the changed world: validation and test digits turned, moved, scaled and sheared. */

import { numpy as np } from "@jax-js/jax";
import { noGrad } from "augrad";
import type { JaxBridge } from "augrad/jax-js";
import { fixedAugmentation } from "./augmentation.ts";
import { type Digits, SIDE, type Split } from "./data.ts";
import { accuracy, gather } from "./model.ts";
import { TRUE_WIDTHS } from "./results.ts";

/** Digits on the GPU: images [count, 784], labels [count]. */
export interface DigitSet {
  images: np.Array;
  labels: np.Array;
  count: number;
}

export interface World {
  train: DigitSet;
  /** Changed. */
  validation: DigitSet;
  testUpright: DigitSet;
  testChanged: DigitSet;
}

const CHUNK = 500;
/** Seeds of the world: its draws are none of those of any training run. */
const WORLD_SEED = 90_210;

function upload({ images, labels, count }: Digits): DigitSet {
  return { images: np.array(images).reshape([count, SIDE * SIDE]), labels: np.array(labels), count };
}

/** The digits `from`..`from + count` of a set, as images [count, 1, 28, 28] and one-hot labels. */
export function batchOf(set: DigitSet, indices: Int32Array<ArrayBuffer>) {
  return gather(set.images.ref, set.labels.ref, np.array(indices));
}

const chunks = (count: number) =>
  Array.from({ length: Math.ceil(count / CHUNK) }, (_, i) =>
    Int32Array.from({ length: Math.min(CHUNK, count - i * CHUNK) }, (_, k) => i * CHUNK + k),
  );

/** Every digit once through the true distribution. */
async function changed(bridge: JaxBridge, digits: Digits, seed: number, step: number): Promise<DigitSet> {
  const upright = upload(digits);
  const pipeline = fixedAugmentation(TRUE_WIDTHS);
  const parts: np.Array[] = [];
  for (const samples of chunks(digits.count)) {
    const { images, labels } = batchOf(upright, samples);
    labels.dispose();
    const shared = bridge.empty([samples.length, 1, SIDE, SIDE]);
    noGrad(() => pipeline(bridge.tensor(images), { seed: WORLD_SEED + seed, step, samples, into: shared.tensor }));
    await bridge.submit();
    parts.push(shared.array.reshape([samples.length, SIDE * SIDE]));
  }
  upright.images.dispose();
  return { ...upright, images: parts.length > 1 ? np.concatenate(parts, 0) : parts[0] };
}

export async function makeWorld(bridge: JaxBridge, split: Split, seed: number): Promise<World> {
  return {
    train: upload(split.train),
    validation: await changed(bridge, split.validation, seed, 0),
    testUpright: upload(split.test),
    testChanged: await changed(bridge, split.test, seed, 1),
  };
}

/** Per cent of a set that the model classifies correctly. */
export async function percentRight(weights: np.Array, set: DigitSet): Promise<number> {
  let right = 0;
  for (const indices of chunks(set.count)) {
    const { images, labels } = batchOf(set, indices);
    const [share] = await accuracy(weights.ref, images, labels).data();
    right += share * indices.length;
  }
  return (100 * right) / set.count;
}

export function disposeWorld(world: World): void {
  for (const set of [world.train, world.validation, world.testUpright, world.testChanged]) {
    set.images.dispose();
    set.labels.dispose();
  }
}
