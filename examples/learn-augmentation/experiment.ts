/** The experiment: no augmentation, a learned one, and the best fixed one of a small grid, on the same digits. */
import type { JaxBridge } from "augrad/jax-js";
import { fixedAugmentation, FIRST_WIDTHS, scaledWidths, TRUE_WIDTHS, type Widths } from "./augmentation.ts";
import { type Digits, loadDigits } from "./data.ts";
import { type EpochReport, stepsOf, type Trained, train, type TrainingSettings } from "./training.ts";
import { disposeWorld, makeWorld, percentRight, type World } from "./world.ts";

export interface ExperimentSettings {
  seed: number;
  /** Training digits, at most 7,500. */
  digits: number;
  epochs: number;
  /** The grid: each number times the true widths. */
  grid: number[];
}

export const FULL: ExperimentSettings = { seed: 1, digits: 7500, epochs: 10, grid: [0.25, 0.5, 0.75, 1, 1.25] };
export const QUICK: ExperimentSettings = { seed: 1, digits: 3000, epochs: 8, grid: [0.5, 0.75, 1, 1.25] };

export const ARMS = ["none", "learned", "fixed"] as const;
export type ArmName = (typeof ARMS)[number];

/** Per cent of the 2,000 test digits. */
export interface Accuracy {
  upright: number;
  changed: number;
}

/** One training of the experiment. */
export interface Run {
  arm: ArmName;
  /** The factor on the true widths; only of the grid. */
  factor?: number;
  epochs: EpochReport[];
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
  | { kind: "epoch"; arm: ArmName; factor?: number; epoch: number; epochs: number; report: EpochReport }
  | { kind: "run"; run: Run };

export type Listener = (progress: Progress) => void | Promise<void>;

const TRAINING = { batch: 64, searchBatch: 192, validationBatch: 64 };
/** What a step with the search costs beside one without, about; only for the time left. */
const SEARCH_COST = 3.5;

export async function runExperiment(
  bridge: JaxBridge,
  settings: ExperimentSettings,
  listen: Listener = () => {},
  signal?: AbortSignal,
): Promise<ExperimentResult> {
  const start = performance.now();
  const split = await loadDigits(settings.digits);
  const world = await makeWorld(bridge, split, settings.seed);
  const training: TrainingSettings = { ...TRAINING, seed: settings.seed, epochs: settings.epochs, signal };
  const steps = stepsOf(split.train.count, training);
  const total = steps * (1 + SEARCH_COST + settings.grid.length);
  let before = 0;

  const one = async (arm: ArmName, factor?: number): Promise<Run> => {
    const began = performance.now();
    const cost = arm === "learned" ? SEARCH_COST : 1;
    await listen({ kind: "start", arm, factor });
    const augmentation = factor === undefined ? (arm as "none" | "learned") : fixedAugmentation(scaledWidths(TRUE_WIDTHS, factor));
    const trained = await train(bridge, world, augmentation, training, {
      step: (step) => void listen({ kind: "step", arm, done: before + step * cost, total }),
      epoch: (report) => listen({ kind: "epoch", arm, factor, epoch: report.epoch, epochs: settings.epochs, report }),
    });
    before += steps * cost;
    const run: Run = { arm, factor, ...(await tested(trained, world)), seconds: (performance.now() - began) / 1000 };
    await listen({ kind: "run", run });
    return run;
  };

  try {
    const none = await one("none");
    const learned = await one("learned");
    const grid: Run[] = [];
    for (const factor of settings.grid) grid.push(await one("fixed", factor));
    const best = grid.reduce((a, b) => (b.validation > a.validation ? b : a));
    return {
      settings,
      device: bridge.gpu.info.description,
      runs: [none, learned, ...grid],
      best,
      widths: learned.epochs.at(-1)!.widths!,
      firstWidths: FIRST_WIDTHS,
      trueWidths: TRUE_WIDTHS,
      accuracy: { none: none.accuracy, learned: learned.accuracy, fixed: best.accuracy },
      seconds: (performance.now() - start) / 1000,
      samples: firstOf(split.train, 10),
    };
  } finally {
    disposeWorld(world);
  }
}

async function tested({ weights, epochs }: Trained, world: World) {
  const upright = await percentRight(weights, world.testUpright);
  const changed = await percentRight(weights, world.testChanged);
  weights.dispose();
  return { epochs, accuracy: { upright, changed }, validation: epochs.at(-1)!.validation };
}

/** One digit of each class, in order. */
function firstOf(digits: Digits, classes: number): Digits {
  const pixels = digits.images.length / digits.count;
  const images = new Float32Array(classes * pixels);
  for (let label = 0; label < classes; label++) {
    const at = Math.max(0, digits.labels.indexOf(label));
    images.set(digits.images.subarray(at * pixels, (at + 1) * pixels), label * pixels);
  }
  return { images, labels: Int32Array.from({ length: classes }, (_, i) => i), count: classes };
}
