/**
 * Learning the widths of the augmentation by the gradient of the validation loss through one training step (DARTS, Liu et
 * al. 2019; DADA, Li et al. 2020), on one device, by stitching two engines together:
 *
 *     digits (jax-js) -> affine map (augrad) -> model (jax-js) -> gradient in the images (jax-js) -> backward (augrad) -> widths
 */

import { type numpy as np, tree } from "@jax-js/jax";
import { adam, backward, type Optimizer } from "augrad";
import type { JaxBridge } from "augrad/jax-js";
import { learnedAugmentation } from "./augmentation.ts";
import { SIDE } from "./data.ts";
import { noDirection, searchStep } from "./model.ts";
import type { Widths } from "./results.ts";
import { batchOf, type DigitSet } from "./world.ts";

/** One-hot labelled images in jax-js. */
export interface Batch {
  images: np.Array;
  labels: np.Array;
}

/** The step size of the widths, in their units. */
const RATE = 0.035;

export class Search {
  readonly augmentation;
  readonly #optimizer: Optimizer;
  #direction = noDirection();

  constructor(
    readonly bridge: JaxBridge,
    readonly seed: number,
  ) {
    this.augmentation = learnedAugmentation(bridge.gpu);
    // A long memory of squares: as the gradient fades near its goal, so do the steps, which else would wander.
    this.#optimizer = adam(this.augmentation.parameters, { learningRate: RATE, betas: [0.9, 0.999] });
  }

  widths(): Promise<Widths> {
    return this.augmentation.widths();
  }

  /**
   * One step of the widths.
   * @param weights of the model before its last training step; taken over
   * @param after the weights after it; taken over
   * @param validation changed digits; taken over
   * @param indices of the training digits on which the training loss is looked at
   * @param rate 0..1, of the first rate of learning
   */
  async step(
    weights: np.Array,
    after: np.Array,
    validation: Batch,
    train: DigitSet,
    indices: Int32Array<ArrayBuffer>,
    step: number,
    rate: number,
  ): Promise<void> {
    const { bridge } = this;
    const { images, labels } = batchOf(train, indices);
    const scope = bridge.gpu.scope();
    try {
      const shared = bridge.empty([indices.length, 1, SIDE, SIDE]);
      const draws = { seed: this.seed, step, samples: indices };
      const augmented = this.augmentation.pipeline(bridge.tensor(images), { ...draws, into: shared.tensor });
      await bridge.gpu.flush();
      const result = searchStep(weights, after, this.#direction, validation, { images: shared.array, labels });
      this.#direction = result.direction;
      tree.dispose([result.loss, ...result.kept]);
      backward(augmented, { gradient: bridge.tensor(result.cotangent) });
      this.#optimizer.learningRate = RATE * rate;
      this.#optimizer.step();
      this.#optimizer.zeroGrad();
    } finally {
      await bridge.submit();
      scope.dispose();
    }
  }

  dispose(): void {
    this.#direction.dispose();
    this.#optimizer.dispose();
    for (const each of this.augmentation.parameters) each.dispose();
  }
}
