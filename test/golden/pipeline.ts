// Replays a pipeline step by step: blends by the coin of each sample, and carries masks, points, boxes and the inverse along.

import type { Tensor } from "../../src/index.ts";
import * as ag from "../../src/index.ts";
import { constant, fixed, IDENTITY, inverse, part, transformPoints } from "./algebra.ts";
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
  let points = inputs.keypoints ? m.input("keypoints") : null;
  let corners = inputs.bbox_xyxy ? cornersOf(m.input("bbox_xyxy")) : null;
  let total = fixed(image, n, IDENTITY);
  const done: Done[] = [];
  for (let i = 0; i < m.item.pipeline!.length; i++) {
    const stage = await stageOf(i, n);
    const chosen = chooser(image, m.drawnNumbers(i, "batch_prob"));
    const given = typeof stage.matrix === "function" ? stage.matrix(image) : stage.matrix;
    const matrix = given ? chosen(given.detach(), fixed(image, n, IDENTITY)) : null;
    const size = sizeOf(image);
    image = chosen(stage.image(image), image);
    if (mask && stage.mask) mask = chosen(stage.mask(mask), mask);
    const move = (p: Tensor | null) =>
      p && matrix && transformPoints(matrix, stage.offset ? ag.add(p, constant(p, stage.offset, [2])) : p);
    points = move(points) ?? points;
    corners = move(corners) ?? corners;
    if (matrix) total = ag.matmul(matrix, total);
    done.push({ stage, chosen, matrix, size });
  }
  const made: Record<string, Tensor | null> = {
    image,
    mask,
    keypoints: points,
    bbox_xyxy: corners && boxesOf(corners),
    transform_matrix: total,
  };
  const back = Object.keys(outputs).some((name) => name.startsWith("inverse_")) ? await undo(done, made) : {};
  const known = Object.entries({ ...made, ...back }).filter((entry): entry is [string, Tensor] => entry[1] !== null);
  return { outputs: Object.fromEntries(known), ties: mask !== null || done.some(({ stage }) => stage.nearest) };
}

/** The container's inverse, of its outputs. */
async function undo(
  done: readonly Done[],
  made: Record<string, Tensor | null>,
): Promise<Record<string, Tensor | null>> {
  let [image, mask, points] = [made.image!.detach(), made.mask, made.keypoints];
  let corners = made.bbox_xyxy && cornersOf(made.bbox_xyxy);
  for (const { stage, chosen, matrix, size } of [...done].reverse()) {
    if (!stage.inverse) {
      if (matrix) return {};
      continue;
    }
    const back = matrix ? await inverse(matrix) : fixed(image, image.shape[0], IDENTITY);
    image = chosen(stage.inverse(image, back, false, size), image);
    if (mask) mask = chosen(stage.inverse(mask, back, true, size), mask);
    points = points && transformPoints(back, points);
    corners = corners && transformPoints(back, corners);
  }
  return {
    inverse_image: image,
    inverse_mask: mask,
    inverse_keypoints: points,
    inverse_bbox_xyxy: corners && boxesOf(corners),
  };
}

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

/** `[N, K, 4]` boxes x0, y0, x1, y1 to `[N, 4K, 2]` points. */
function cornersOf(boxes: Tensor): Tensor {
  const [n, k] = boxes.shape;
  const side = (j: number) => ag.reshape(part(boxes, j), [n, k, 1]);
  const corner = (x: number, y: number) => ag.concat([side(x), side(y)], 2);
  return ag.reshape(ag.concat([corner(0, 1), corner(2, 1), corner(2, 3), corner(0, 3)], 2), [n, 4 * k, 2]);
}

/** The boxes around each four points. */
function boxesOf(corners: Tensor): Tensor {
  const [n, m] = corners.shape;
  const quads = ag.reshape(corners, [n, m / 4, 4, 2]);
  return ag.concat([ag.min(quads, 2), ag.max(quads, 2)], 2);
}
