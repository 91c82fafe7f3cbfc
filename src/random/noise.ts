import { gaussianNoise, saltAndPepper } from "../transforms/index.ts";
import { random, range } from "./random.ts";

// Noise, one table for each class.

/** Adds normal noise; nothing is clipped. `mean` is 0 and `std` 1 unless given: numbers, or ranges of them. */
export const RandomGaussianNoise = random("RandomGaussianNoise", gaussianNoise, {
  mean: range("mean", { default: 0 }),
  std: range("std", { within: [0, Infinity], default: 1 }),
});

/** Makes `amount` of the pixels white or black, `saltVsPepper` of these white: ranges within 0..1, or numbers for themselves. */
export const RandomSaltAndPepperNoise = random("RandomSaltAndPepperNoise", saltAndPepper, {
  amount: range("amount", { within: [0, 1], default: [0.01, 0.06] }),
  saltVsPepper: range("saltVsPepper", { within: [0, 1], default: [0.4, 0.6] }),
});
