/** augrad as an engine of its own benchmark: every work of the catalogue through the public API. */

import { version } from "../package.json";
import {
  adoptDevice,
  apply,
  brightness,
  brightnessShift,
  centerCrop,
  contrast,
  contrastAboutMean,
  erasing,
  type Gpu,
  gamma,
  gaussianBlur,
  grad,
  grayscale,
  horizontalFlip,
  hsvSaturation,
  hue,
  invert,
  mul,
  noGrad,
  normalize,
  requestGpu,
  saturation,
  sub,
  type Tensor,
  type Transform,
  tensor,
  warp,
  warpAffine,
} from "../src/index.ts";
import { catalogue } from "./catalogue.ts";
import { comparedTransform, isCompared } from "./compared.ts";
import type { Engine, Prepared, Result, Shape, StartEngine, Task } from "./engine.ts";

/** A prepared task with what only augrad can tell. */
export interface AugradPrepared extends Prepared {
  readonly gpu: Gpu;
  /** The chain, for `explain`. */
  readonly transforms: readonly Transform[];
  /** Records the work once, and frees what came out; nothing reaches the GPU before a flush. */
  record(): void;
  /** Like `result`, with maps one by one as the peers have them, so that an image is interpolated as often. */
  oneByOne(): Promise<Result>;
}

/** What a work is built from: a parameter is a tensor where it is learned, else numbers. */
interface Given {
  shape: Shape;
  scalar(name: string): Tensor | number[];
  /** The rows of numbers of a parameter that is not learned. */
  rows(name: string): number[][];
  /** A parameter `[N, k]`. */
  vectors(name: string): Tensor | number[][];
  learned: Record<string, Tensor>;
}

const STANDARD = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

const works: Record<string, (given: Given) => Transform[]> = {
  colour: ({ scalar }) => [
    brightness({ factor: scalar("b") }),
    contrastAboutMean({ factor: scalar("c") }),
    saturation({ factor: scalar("s") }),
    hue({ turns: scalar("h") }),
    normalize(STANDARD),
  ],
  affine: ({ vectors }) => [warpAffine({ matrix: vectors("matrix") })],
  eight: ({ shape: [, , h, w], scalar, vectors }) => {
    const on = (name: string) => scalar(`on_${name}`);
    return [
      warpAffine({ matrix: vectors("matrix") }),
      centerCrop({ width: Math.floor((w * 7) / 8), height: Math.floor((h * 7) / 8) }),
      horizontalFlip({ on: on("flip") }),
      brightness({ factor: scalar("b"), on: on("b") }),
      contrast({ factor: scalar("c"), on: on("c") }),
      saturation({ factor: scalar("s"), on: on("s") }),
      grayscale({ on: on("grey") }),
      normalize(STANDARD),
    ];
  },
  blur: ({ scalar }) => [gaussianBlur({ sigma: scalar("sigma"), kernelSize: 31 })],
  choice: ({ shape: [n], scalar }) => {
    const v = scalar("v");
    const shifted = (factor: number) =>
      Array.isArray(v) ? v.map((value) => (value - 1) * factor) : mul(sub(v, 1), factor);
    const on = (index: number) => Array.from({ length: n }, (_, i) => Number(i % 8 === index));
    return [
      brightness({ factor: v, on: on(0) }),
      contrast({ factor: v, on: on(1) }),
      saturation({ factor: v, on: on(2) }),
      hue({ turns: shifted(1 / 4), on: on(3) }),
      gamma({ gamma: v, on: on(4) }),
      invert({ on: on(5) }),
      grayscale({ on: on(6) }),
      brightnessShift({ shift: shifted(1), on: on(7) }),
    ];
  },
  six: ({ scalar, rows, vectors }) => {
    const box = rows("box");
    const edge = (k: number) => box.map((row) => row[k]);
    return [
      brightnessShift({ shift: rows("b").map(([b]) => b - 1) }),
      contrast({ factor: scalar("c"), pivot: 0 }),
      hsvSaturation({ factor: scalar("s") }),
      hue({ turns: scalar("h") }),
      horizontalFlip(),
      warpAffine({ matrix: vectors("matrix") }),
      warp({ matrix: vectors("homography") }),
      gaussianBlur({ sigma: scalar("sigma"), kernelSize: 5 }),
      erasing({ x: edge(0), y: edge(1), width: edge(2), height: edge(3) }),
    ];
  },
};

/** A single transform, as Kornia has it too. */
const comparedWork = ({ work, shape }: Task) =>
  isCompared(work) ? ({ learned }: Given) => [comparedTransform(work, shape, learned)] : undefined;

function rowsOf(values: Float32Array, n: number): number[][] {
  const width = values.length / n;
  return Array.from({ length: n }, (_, i) => [...values.subarray(i * width, (i + 1) * width)]);
}

function prepare(gpu: Gpu, task: Task): AugradPrepared | { missing: string } {
  const build = works[task.work] ?? comparedWork(task);
  if (!build) return { missing: `augrad's benchmark has no work "${task.work}"` };
  const both = task.mode === "both";
  const n = task.shape[0];
  const x = tensor(gpu, task.x, task.shape, { requiresGrad: both });
  const learned: Record<string, Tensor> = {};
  for (const name of task.learned) {
    const values = task.parameters[name];
    const shape = values.length === n ? [n] : [n, values.length / n];
    learned[name] = tensor(gpu, values, shape, { requiresGrad: both });
  }
  const given: Given = {
    shape: task.shape,
    learned,
    scalar: (name) => learned[name] ?? [...task.parameters[name]],
    rows: (name) => rowsOf(task.parameters[name], n),
    vectors: (name) => learned[name] ?? rowsOf(task.parameters[name], n),
  };
  const leaves = [x, ...Object.values(learned)];
  const seed = both ? tensor(gpu, task.seed, outputShape(task)) : undefined;

  /** Result and gradients of one run, freed when the scope is. */
  const compute = (compose: boolean) => {
    if (!both) return { y: noGrad(() => apply(x, build(given), { compose })), gradients: [] };
    const y = apply(x, build(given), { compose });
    return { y, gradients: grad(y, leaves, { gradient: seed }) };
  };
  const record = () => {
    const scope = gpu.scope();
    try {
      compute(true);
    } finally {
      scope.dispose();
    }
  };
  const read = async (compose: boolean): Promise<Result> => {
    const scope = gpu.scope();
    let made: ReturnType<typeof compute>;
    try {
      made = compute(compose);
      scope.keep(made.y);
      made.gradients.forEach((gradient) => scope.keep(gradient));
    } finally {
      scope.dispose();
    }
    const values = async (t: Tensor) => {
      const read = (await t.read()) as Float32Array;
      t.dispose();
      return read;
    };
    const y = await values(made.y);
    if (!both) return { y };
    const gradients: Record<string, Float32Array> = {};
    for (const [i, name] of ["x", ...Object.keys(learned)].entries()) {
      gradients[name] = await values(made.gradients[i]);
    }
    return { y, gradients };
  };
  return {
    gpu,
    transforms: noGrad(() => build(given)),
    record,
    issue: () => {
      record();
      return gpu.flush();
    },
    settle: () => gpu.sync(),
    result: () => read(true),
    oneByOne: () => read(false),
    dispose: () => {
      for (const leaf of leaves) leaf.dispose();
      seed?.dispose();
    },
  };
}

/** The shape of the work's result. */
function outputShape({ work, shape }: Task): Shape {
  return catalogue.find(({ id }) => id === work)?.output?.(shape) ?? shape;
}

/** augrad on a device of its own or of another engine. */
export const augradEngine = (gpu: Gpu): Engine => ({
  name: "augrad",
  version,
  prepare: async (task) => prepare(gpu, task),
  dispose: () => gpu.destroy(),
});

export const start: StartEngine = async (device) => augradEngine(device ? adoptDevice(device) : await requestGpu());
