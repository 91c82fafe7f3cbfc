import { choice, type Distribution, integers, isDistribution } from "../augment/index.ts";
import { mul } from "../autograd/index.ts";
import { ArgumentError, describe } from "../gpu/index.ts";
import { keeping, Tensor, tensor } from "../tensor/index.ts";
import { gaussianIllumination, linearCornerIllumination, linearIllumination } from "../transforms/index.ts";
import { type RandomOption, range } from "./options.ts";
import { random } from "./random.ts";

// Lights, one table for each class.

/**
 * Whether a light brightens or darkens: 1 or −1, or a number between; a pair from −1 to 1, of which a number is drawn whose sign counts,
 * so that `[-1, 3]` brightens three of four; a tensor of two such values, which learns; or a distribution.
 */
export type SignValue = number | readonly [lo: number, hi: number] | Tensor | Distribution;

const A_SIGN = "a number from -1 to 1, a pair [lo, hi] whose signs count, a tensor of two values, or a distribution";

/** Darkens as likely as a number of the range is negative. */
const sign: RandomOption<SignValue> = {
  sets: ["sign"],
  default: [-1, 1],
  allowed: A_SIGN,
  read(argument, value) {
    if (isDistribution(value) || (typeof value === "number" && Math.abs(value) <= 1)) return { sign: value };
    if (value instanceof Tensor && value.shape.length === 1 && value.size === 2)
      return { sign: choice([-1, 1], { weights: () => below(value) }) };
    const [lo, hi] = Array.isArray(value) && value.length === 2 ? (value as unknown[]) : [];
    if (!Number.isFinite(lo) || !Number.isFinite(hi) || (lo as number) > (hi as number))
      throw new ArgumentError(argument, describe(value), A_SIGN);
    const weights = [Math.max(0, -(lo as number)), Math.max(0, hi as number)];
    return { sign: weights[0] > 0 && weights[1] > 0 ? choice([-1, 1], { weights }) : weights[0] > 0 ? -1 : 1 };
  },
};

/** How much of a range lies below 0 and above. What falls to the other side counts as 0. */
const below = (ends: Tensor): Tensor => keeping(ends.gpu, () => mul(ends, tensor(ends.gpu, [-1, 1])));

const gain = (most: number) => range("gain", { within: [0, Infinity], default: [0.01, most] });
const parts = (sets: readonly [string, string], least: number, otherwise: readonly [number, number]) =>
  range(sets, { within: [least, 1], default: otherwise, apart: true });

/**
 * Adds or takes away a Gaussian light of `gain`, about `center` and as wide as `sigma`, both in parts of the sides and drawn for each side:
 * ranges, or numbers for themselves; `[0.01, 0.15]`, `[0.1, 0.9]` and `[0.2, 1]` unless given.
 */
export const RandomGaussianIllumination = random("RandomGaussianIllumination", gaussianIllumination, {
  gain: gain(0.15),
  center: parts(["centerX", "centerY"], 0, [0.1, 0.9]),
  sigma: parts(["sigmaX", "sigmaY"], 1e-3, [0.2, 1]),
  sign,
});

/** Adds or takes away a light of `gain` that grows evenly to one of the four sides; `[0.01, 0.2]` unless given. */
export const RandomLinearIllumination = random(
  "RandomLinearIllumination",
  linearIllumination,
  { gain: gain(0.2), sign },
  { together: (given) => ({ ...given, angle: choice([0, 90, 180, 270]) }) },
);

/** Adds or takes away a light of `gain` that grows evenly to one of the four corners; `[0.01, 0.2]` unless given. */
export const RandomLinearCornerIllumination = random(
  "RandomLinearCornerIllumination",
  linearCornerIllumination,
  { gain: gain(0.2), sign },
  { together: (given) => ({ ...given, corner: integers(0, 3) }) },
);
