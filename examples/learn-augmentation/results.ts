/** What is set and what comes out: plain values, known to the page and to the command line alike. */
import type { Digits } from "./data.ts";

/** The four half-widths of uniform distributions. */
export interface Widths {
  /** Rotation, in degrees either way. */
  angle: number;
  /** Movement to the right and down, each, as a share of half the side. */
  move: number;
  /** Size, in natural logarithms either way. */
  scale: number;
  /** Slant, the tangent of its angle either way. */
  shear: number;
}

export const WIDTHS = ["angle", "move", "scale", "shear"] as const;

/** The world in which the model is tested: what the widths should become. Only `world.ts` and the reports use it. */
export const TRUE_WIDTHS: Widths = { angle: 40, move: 0.2, scale: 0.25, shear: 0.2 };

/** Where learning begins: nearly upright digits. */
export const FIRST_WIDTHS: Widths = { angle: 7, move: 0.04, scale: 0.04, shear: 0.04 };

export interface ExperimentSettings {
  seed: number;
  /** Training digits, at most 7,500. */
  digits: number;
  epochs: number;
  /** The grid: each number times the true widths. */
  grid: number[];
}

export const FULL: ExperimentSettings = { seed: 1, digits: 7500, epochs: 10, grid: [0.25, 0.5, 0.75, 1, 1.25] };
export const QUICK: ExperimentSettings = { seed: 1, digits: 3000, epochs: 10, grid: [0.75, 1, 1.25] };

/** The three ways that are compared. */
export const ARMS = ["none", "learned", "fixed"] as const;
export type ArmName = (typeof ARMS)[number];

/** Per cent of the 2,000 test digits. */
export interface Accuracy {
  upright: number;
  changed: number;
}

/** The widths at some moment, in epochs. */
export interface WidthPoint {
  epoch: number;
  widths: Widths;
}

/** State after an epoch. */
export interface EpochReport {
  epoch: number;
  /** Loss of the last training step. */
  loss: number;
  /** Per cent of the changed validation digits. */
  validation: number;
  /** Only where they are learned. */
  widths?: Widths;
}

/** One training of the experiment. */
export interface Run {
  arm: ArmName;
  /** The factor on the true widths; only of the grid. */
  factor?: number;
  epochs: EpochReport[];
  /** How the widths went, where they are learned. */
  trace: WidthPoint[];
  accuracy: Accuracy;
  /** Per cent of the changed validation digits, at the end. */
  validation: number;
  seconds: number;
}

export interface ExperimentResult {
  settings: ExperimentSettings;
  device: string;
  runs: Run[];
  /** The one of the grid that is best on the validation digits. */
  best: Run;
  widths: Widths;
  firstWidths: Widths;
  trueWidths: Widths;
  accuracy: Record<ArmName, Accuracy>;
  seconds: number;
  /** The first digits of the training set, for pictures. */
  samples: Digits;
}

/** Something that happened, as plain data: it crosses from the page to the command line. */
export type Progress =
  | { kind: "start"; arm: ArmName; factor?: number }
  | { kind: "step"; arm: ArmName; done: number; total: number }
  | { kind: "widths"; point: WidthPoint }
  | { kind: "epoch"; arm: ArmName; factor?: number; epoch: number; epochs: number; report: EpochReport }
  | { kind: "run"; run: Run };

/** What the figures say, whichever way it went. */
export function verdict(accuracy: Record<ArmName, Accuracy>): string {
  const { none, learned, fixed } = accuracy;
  const above = learned.changed - none.changed;
  const below = fixed.changed - learned.changed;
  const first =
    above >= 0
      ? `On changed digits the learned augmentation is ${above.toFixed(1)} points above none`
      : `On changed digits the learned augmentation is ${(-above).toFixed(1)} points below none`;
  const second =
    below >= 0
      ? `${below.toFixed(1)} below the best fixed range of the grid`
      : `${(-below).toFixed(1)} above the best fixed range of the grid`;
  return `${first}, and ${second}.`;
}
