import { uniform } from "../augment/index.ts";
import { eraseArea, gaussianNoise, saltAndPepper } from "../transforms/index.ts";
import { jumps, range } from "./options.ts";
import { random } from "./random.ts";

// Noise and erasing, one table for each class.

/** Adds normal noise; nothing is clipped. `mean` is 0 and `std` 1 unless given: numbers, or ranges of them. */
export const RandomGaussianNoise = random("RandomGaussianNoise", gaussianNoise, {
  mean: range("mean", { default: 0 }),
  std: range("std", { within: [0, Infinity], default: 1 }),
});

/** Makes `amount` of the pixels white or black, `saltVsPepper` of these white: ranges within 0..1, or numbers for themselves. */
export const RandomSaltAndPepperNoise = random("RandomSaltAndPepperNoise", saltAndPepper, {
  amount: range("amount", { within: [0, 1], default: [0.01, 0.06] }),
  saltVsPepper: range("saltVsPepper", { within: [0, 1], default: [0.4, 0.6] }),
  estimator: jumps(saltAndPepper),
});

/**
 * Replaces a rectangle by `value`: its area a share of the image's within `scale`, its height over its width within `ratio`, uniform in
 * logarithms; `[0.02, 0.33]` and `[0.3, 3.3]` unless given.
 */
export const RandomErasing = random(
  "RandomErasing",
  eraseArea,
  {
    scale: range("area", { within: [1e-6, 1], default: [0.02, 0.33] }),
    ratio: range("ratio", { within: [1e-3, Infinity], log: true, default: [0.3, 3.3] }),
    value: range("value", { default: 0 }),
  },
  { together: (given) => ({ ...given, x: uniform(0, 1), y: uniform(0, 1) }) },
);
