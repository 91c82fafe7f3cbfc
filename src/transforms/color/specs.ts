/** Parameters that several colour transforms have, and that mean the same in all of them. */
import type { ParamSpec } from "../language/declare.ts";

/** What is multiplied: 1 keeps the image. */
export const factor = (doc: string): ParamSpec => ({
  default: 1,
  neutral: 1,
  usual: [0.6, 1.4],
  intensity: [1, 1.9],
  unit: "factor",
  doc,
});

/** How far a hue is turned. */
export const TURNS: ParamSpec = {
  default: 0,
  neutral: 0,
  usual: [-0.1, 0.1],
  intensity: [0, 0.5],
  unit: "turns",
  doc: "1 is once around the circle",
};
