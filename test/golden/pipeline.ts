// Replays a pipeline step by step: blends by the coin of each sample, and carries masks, points, boxes and the inverse along.

import type { Tensor, Transform } from "../../src/index.ts";
import * as ag from "../../src/index.ts";
import { constant, fixed, IDENTITY, inverse, product } from "./algebra.ts";
import { type Size, sizeOf } from "./conventions.ts";
import type { Material, Outcome } from "./material.ts";

/** What one step does. Without `mask` or `matrix` it leaves masks, or places, alone. */
export interface Stage {
  image: (x: Tensor) => Tensor;
  mask?: (mask: Tensor) => Tensor;
  /** Source to destination pixels, `[N, 3, 3]`, or how to make it for an image. */
  matrix?: Tensor | ((x: Tensor) => Tensor);
  /** Undoes the step, given the inverse matrix and the size before it. */
  inverse?: (x: Tensor, back: Tensor, isMask: boolean, size: Size) => Tensor;
  /** Pixels that labels move right and down before the matrix. */
  offset?: readonly [x: number, y: number];
  /** Whether it samples the nearest pixel. */
  nearest?: boolean;
  /** Whether `image` leaves out by itself the samples that the coins do. */
  throwsCoins?: boolean;
}

interface Done {
  stage: Stage;
  chosen: (changed: Tensor, unchanged: Tensor) => Tensor;
  matrix: Tensor | null;
  size: Size;
}

/** Runs all steps on the image of a case, or on another one; makes those outputs that it knows. */
export async function replayPipeline(
  m: Material,
  stageOf: (i: number, n: number) => Stage | Promise<Stage>,
  of: Tensor = m.input("image"),
): Promise<Outcome> {
  const { inputs, outputs } = m.item;
  let image = of;
  const n = image.shape[0];
  let mask = inputs.mask ? m.input("mask") : null;
  // Labels go through one pipeline of all matrices, as users send them through one.
  const [places, matrices]: [Transform[], Transform[]] = [[], []];
  const done: Done[] = [];
  for (let i = 0; i < m.item.pipeline!.length; i++) {
    const stage = await stageOf(i, n);
    const coins = m.drawnNumbers(i, "batch_prob");
    const chosen = chooser(image, coins);
    const given = typeof stage.matrix === "function" ? stage.matrix(image) : stage.matrix;
    const matrix = given ? chosen(given.detach(), fixed(image, n, IDENTITY)) : null;
    const size = sizeOf(image);
    image = stage.throwsCoins ? stage.image(image) : chosen(stage.image(image), image);
    if (mask && stage.mask) mask = chosen(stage.mask(mask), mask);
    done.push({ stage, chosen, matrix, size });
    if (!given) continue;
    const on = Array.from(coins, (coin) => Number(coin > 0.5));
    const warp = (of: Tensor) => ag.warp({ matrix: ag.reshape(of, [of.size / 9, 9]), on });
    const [x, y] = stage.offset ?? [0, 0];
    const before = fixed(image, n, [1, 0, x, 0, 1, y, 0, 0, 1]);
    places.push(warp(x || y ? product(given.detach(), before) : given.detach()));
    matrices.push(warp(given.detach()));
  }
  const { shape, gpu } = of;
  const labels = labelsOf({
    ...(inputs.keypoints && { keypoints: m.input("keypoints") }),
    ...(inputs.bbox_xyxy && { boxes: m.input("bbox_xyxy") }),
  });
  const moved = labels && ag.sequential(places)(labels, { shape });
  const made: Record<string, Tensor | null> = {
    image,
    mask,
    ...outputsOf(moved),
    transform_matrix: ag.motionOf(gpu, matrices, shape).matrix,
  };
  const wantsBack = Object.keys(outputs).some((name) => name.startsWith("inverse_"));
  const back = wantsBack ? await undo(done, made, ag.motionOf(gpu, places, shape).inverse()) : {};
  const known = Object.entries({ ...made, ...back }).filter((entry): entry is [string, Tensor] => entry[1] !== null);
  return { outputs: Object.fromEntries(known), ties: mask !== null || done.some(({ stage }) => stage.nearest) };
}

/** The container's inverse, of its outputs. */
async function undo(
  done: readonly Done[],
  made: Record<string, Tensor | null>,
  motion: ag.Motion,
): Promise<Record<string, Tensor | null>> {
  let [image, mask] = [made.image!.detach(), made.mask];
  for (const { stage, chosen, matrix, size } of [...done].reverse()) {
    if (!stage.inverse) {
      if (matrix) return {};
      continue;
    }
    const back = matrix ? await inverse(matrix) : fixed(image, image.shape[0], IDENTITY);
    image = chosen(stage.inverse(image, back, false, size), image);
    if (mask) mask = chosen(stage.inverse(mask, back, true, size), mask);
  }
  const labels = labelsOf({
    ...(made.keypoints && { keypoints: made.keypoints }),
    ...(made.bbox_xyxy && { boxes: made.bbox_xyxy }),
  });
  const back = outputsOf(labels && ag.applyMotion(labels, motion));
  return {
    inverse_image: image,
    inverse_mask: mask,
    inverse_keypoints: back.keypoints ?? null,
    inverse_bbox_xyxy: back.bbox_xyxy ?? null,
  };
}

interface Labels {
  keypoints?: Tensor;
  boxes?: ag.Boxes;
}

/** Labels for a pipeline. Kornia's boxes are centres of pixels, and are not cut off. */
function labelsOf({ keypoints, boxes }: { keypoints?: Tensor; boxes?: Tensor }): Labels | null {
  if (!keypoints && !boxes) return null;
  return { ...(keypoints && { keypoints }), ...(boxes && { boxes: ag.asBoxes(ag.add(boxes, 0.5), { clip: false }) }) };
}

/** Labels as the case has them. */
const outputsOf = (labels: Labels | null): Record<string, Tensor> => ({
  ...(labels?.keypoints && { keypoints: labels.keypoints }),
  ...(labels?.boxes && { bbox_xyxy: ag.sub(labels.boxes.data as Tensor, 0.5) }),
});

/** Takes the changed samples where the coin fell so. */
function chooser(like: Tensor, coins: Float32Array): Done["chosen"] {
  const on = Array.from(coins, (coin) => (coin > 0.5 ? 1 : 0));
  return (changed, unchanged) => {
    if (on.every((coin) => coin === 1)) return changed;
    if (on.every((coin) => coin === 0)) return unchanged;
    const shape = [on.length, ...changed.shape.slice(1).map(() => 1)];
    return ag.where(constant(like, on, shape), changed, unchanged);
  };
}
