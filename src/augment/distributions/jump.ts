import { add, div, sigmoid } from "../../autograd/index.ts";
import { ArgumentError, number, oneOf } from "../../gpu/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import type { Estimator } from "../../transforms/index.ts";
import { estimatorText, SHARING } from "./family.ts";
import { HALF } from "./quantile.ts";

/** What values with jumps between them say about the gradient. */
export interface Jump {
  readonly estimator: Estimator;
  readonly temperature: number;
}

/** The rules of {@link Jump}. */
export const JUMP = {
  estimator: oneOf("straightThrough", "relaxed", "scoreFunction"),
  temperature: number({ above: 0 }),
};

/** The rules of the options of discrete distributions. */
export const DISCRETE = { ...SHARING, ...JUMP };

/** How the gradient passes the jumps, by the options read. */
export function estimatorOf({ estimator = "straightThrough", temperature }: Partial<Jump>): Jump {
  if (temperature !== undefined && estimator !== "relaxed")
    throw new ArgumentError("temperature", String(temperature), `only with estimator: "relaxed"`);
  return { estimator, temperature: temperature ?? 0.5 };
}

/** The options in the call that makes it. */
export const jumpText = ({ estimator, temperature }: Jump): string[] => [
  ...estimatorText(estimator, "straightThrough"),
  ...(estimator === "relaxed" ? [`temperature: ${temperature}`] : []),
];

/** A coin of relaxed sides, between 0 and 1, for the logit of its probability and {@link logitNoise}. */
export const relaxedCoin = (logit: Tensor, noise: Tensor, temperature: number): Tensor =>
  sigmoid(div(add(logit, noise), temperature));

/** Logit of 1 - u: the noise of relaxed values; large where u is small. */
export const logitNoise = (u: number): number => Math.log((1 - u - HALF) / (u + HALF));
