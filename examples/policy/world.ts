/** The worlds: what is done to the digits on which the model will be judged. */
import {
  type Gpu,
  invert,
  noGrad,
  rotate,
  sequential,
  type Tensor,
  type Transform,
  tensor,
  translate,
  uniform,
} from "augrad";
import { type Digits, SIDE } from "../learn-augmentation/data.ts";

/** A world that the page offers. */
export interface World {
  readonly title: string;
  /** What happens to a digit. */
  readonly changes: readonly Transform[];
}

export const WORLDS = {
  turned: { title: "turned by up to 60 degrees", changes: [rotate({ angle: uniform(-60, 60) })] },
  inverted: { title: "half are black on white", changes: [invert({ p: 0.5 })] },
  moved: { title: "moved by up to 8 pixels", changes: [translate({ x: uniform(-8, 8) })] },
} as const satisfies Record<string, World>;

/** Name of a world. */
export type WorldName = keyof typeof WORLDS;

/** Digits on the GPU: images `[N, 1, 28, 28]`, labels `[N]`. */
export interface DigitSet {
  readonly images: Tensor;
  readonly labels: Tensor;
}

/** Uploads some of the digits, by number. */
export function upload(gpu: Gpu, digits: Digits, which: ArrayLike<number>): DigitSet {
  const pixels = SIDE * SIDE;
  const images = new Float32Array(which.length * pixels);
  for (let i = 0; i < which.length; i++)
    images.set(digits.images.subarray(which[i] * pixels, (which[i] + 1) * pixels), i * pixels);
  const labels = Float32Array.from({ length: which.length }, (_, i) => digits.labels[which[i]]);
  return {
    images: tensor(gpu, images, [which.length, 1, SIDE, SIDE]),
    labels: tensor(gpu, labels, [which.length]),
  };
}

/** Images as the world has them. */
export const changed = (images: Tensor, { changes }: World, seed: number): Tensor =>
  noGrad(() => sequential(changes)(images, { seed, step: 0 }));

/** All digits of a set, once each, as the world has them. */
export function changedDigits(gpu: Gpu, digits: Digits, world: World, seed: number): DigitSet {
  const { images, labels } = upload(
    gpu,
    digits,
    Array.from({ length: digits.count }, (_, i) => i),
  );
  const result = changed(images, world, seed);
  images.dispose();
  return { images: result, labels };
}
