/** The experiment: no augmentation, a learned one, and the best fixed one of a small grid, on the same digits. */
import type { JaxBridge } from "augrad/jax-js";
import { fixedAugmentation, scaledWidths } from "./augmentation.ts";
import { CLASSES, type Digits, loadDigits } from "./data.ts";
import {
  type ArmName,
  type ExperimentResult,
  type ExperimentSettings,
  FIRST_WIDTHS,
  type Progress,
  type Run,
  TRUE_WIDTHS,
} from "./results.ts";
import { stepsOf, type Trained, type TrainingSettings, train } from "./training.ts";
import { disposeWorld, makeWorld, percentRight, type World } from "./world.ts";

export type Listener = (progress: Progress) => void | Promise<void>;

const TRAINING = { batch: 64, searchBatch: 192, validationBatch: 64 };
/** What a step with the search costs beside one without, about; only for the time left. */
const SEARCH_COST = 3;

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
    const augmentation =
      factor === undefined ? (arm as "none" | "learned") : fixedAugmentation(scaledWidths(TRUE_WIDTHS, factor));
    const trained = await train(bridge, world, augmentation, training, {
      step: (step) => void listen({ kind: "step", arm, done: before + step * cost, total }),
      widths: (point) => listen({ kind: "widths", point }),
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
      samples: oneOfEach(split.train),
    };
  } finally {
    disposeWorld(world);
  }
}

async function tested({ weights, epochs, trace }: Trained, world: World) {
  const upright = await percentRight(weights, world.testUpright);
  const changed = await percentRight(weights, world.testChanged);
  weights.dispose();
  return { epochs, trace, accuracy: { upright, changed }, validation: epochs.at(-1)!.validation };
}

/** One digit of each class, in order. */
export function oneOfEach(digits: Digits): Digits {
  const classes = CLASSES;
  const pixels = digits.images.length / digits.count;
  const images = new Float32Array(classes * pixels);
  for (let label = 0; label < classes; label++) {
    const at = Math.max(0, digits.labels.indexOf(label));
    images.set(digits.images.subarray(at * pixels, (at + 1) * pixels), label * pixels);
  }
  return { images, labels: Int32Array.from({ length: classes }, (_, i) => i), count: classes };
}
