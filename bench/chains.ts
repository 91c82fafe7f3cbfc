/** The chains that are timed in multiples of a copy, and the multiples that are allowed: one for each way a kind works. */
import {
  affine,
  bilateralBlur,
  brightness,
  contrast,
  contrastAboutMean,
  elastic,
  equalize,
  fisheye,
  type Gpu,
  gamma,
  gaussianBlur,
  gaussianNoise,
  grayscale,
  horizontalFlip,
  hue,
  jpeg,
  medianBlur,
  mixup,
  normalize,
  parameter,
  saturation,
  type Tensor,
  type Transform,
  tensor,
} from "../src/index.ts";
import type { Mode, Shape } from "./engine.ts";

/** A chain whose parameters are tensors, one value per sample. */
export interface Chain {
  name: string;
  make: (gpu: Gpu, n: number, shape: Shape) => { transforms: Transform[]; parameters: Tensor[] };
  /** Allowed multiples of a copy's time: on SwiftShader for 4x3x224x224, on a GPU for 128x3x256x256. */
  allowed?: { software?: Partial<Record<Mode, number>>; gpu?: Partial<Record<Mode, number>> };
}

const spread = (n: number, from: number, to: number): number[] =>
  Array.from({ length: n }, (_, i) => from + ((to - from) * (i + 0.5)) / n);

/** A coin per sample that shows 0 for every `period`-th. */
const coins = (n: number, period: number): number[] => Array.from({ length: n }, (_, i) => Number(i % period > 0));

/** Brightness, a contrast, saturation, hue and normalize: parameters per sample, clipped between. */
const colour =
  (stretch: typeof contrast | typeof contrastAboutMean): Chain["make"] =>
  (gpu, n) => {
    const b = parameter(gpu, spread(n, 0.8, 1.2));
    const c = parameter(gpu, spread(n, 0.7, 1.3));
    const s = parameter(gpu, spread(n, 0.6, 1.4));
    const h = parameter(gpu, spread(n, -0.1, 0.1));
    const transforms = [
      brightness({ factor: b }),
      stretch({ factor: c }),
      saturation({ factor: s }),
      hue({ turns: h }),
      normalize({ mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] }),
    ];
    return { transforms, parameters: [b, c, s, h] };
  };

export const chains: readonly Chain[] = [
  {
    name: "colour chain about mid-grey",
    allowed: { software: { forward: 4, both: 10 }, gpu: { forward: 1.25 } },
    make: colour(contrast),
  },
  { name: "colour chain about the mean", make: colour(contrastAboutMean) },
  {
    name: "affine, bilinear",
    allowed: { software: { forward: 6, both: 25 }, gpu: { forward: 2, both: 5 } },
    make: (gpu, n) => {
      const angle = parameter(gpu, spread(n, -30, 30));
      const x = parameter(gpu, spread(n, -9, 9));
      const scaleX = parameter(gpu, spread(n, 0.8, 1.2));
      const shearX = parameter(gpu, spread(n, -10, 10));
      return { transforms: [affine({ angle, x, scaleX, shearX })], parameters: [angle, x, scaleX, shearX] };
    },
  },
  {
    name: "eight transforms",
    allowed: { gpu: { forward: 2.5, both: 7 } },
    make: (gpu, n) => {
      const angle = parameter(gpu, spread(n, -20, 20));
      const b = parameter(gpu, spread(n, 0.8, 1.2));
      const c = parameter(gpu, spread(n, 0.7, 1.3));
      const s = parameter(gpu, spread(n, 0.6, 1.4));
      const transforms = [
        affine({ angle, scaleX: spread(n, 0.9, 1.1) }),
        horizontalFlip({ on: coins(n, 2) }),
        brightness({ factor: b, on: coins(n, 3) }),
        contrast({ factor: c, on: coins(n, 4) }),
        saturation({ factor: s, on: coins(n, 5) }),
        gamma({ gamma: spread(n, 0.8, 1.2), on: coins(n, 6) }),
        grayscale({ on: coins(n, 7) }),
        normalize({ mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] }),
      ];
      return { transforms, parameters: [angle, b, c, s] };
    },
  },
  {
    name: "gaussian blur 5x5",
    make: (gpu, n) => {
      const sigma = parameter(gpu, spread(n, 0.5, 1.5));
      return { transforms: [gaussianBlur({ sigma, kernelSize: 5 })], parameters: [sigma] };
    },
  },
  {
    name: "field: fisheye",
    allowed: { software: { forward: 8, both: 40 } },
    make: (gpu, n) => {
      const gamma = parameter(gpu, spread(n, 0.7, 1.4));
      return { transforms: [fisheye({ gamma, centerX: spread(n, -0.2, 0.2) })], parameters: [gamma] };
    },
  },
  {
    name: "field: elastic, 63 taps",
    allowed: { software: { forward: 14, both: 60 } },
    make: (gpu, n, [, , h, w]) => {
      const alpha = parameter(gpu, spread(n, 0.5, 1));
      const noise = tensor(
        gpu,
        Float32Array.from({ length: n * 2 * h * w }, (_, i) => Math.sin(i * 12.9898 + Math.sin(i * 78.233))),
        [n, 2, h, w],
      );
      return { transforms: [elastic({ noise, alpha, sigma: 32, kernelSize: 63 })], parameters: [alpha] };
    },
  },
  {
    name: "stencil: median 3x3",
    allowed: { software: { forward: 12, both: 30 } },
    make: () => ({ transforms: [medianBlur({ kernelSize: 3 })], parameters: [] }),
  },
  {
    name: "stencil: bilateral 5x5",
    allowed: { software: { forward: 40, both: 120 } },
    make: (gpu, n) => {
      const sigmaColor = parameter(gpu, spread(n, 0.1, 0.3));
      return { transforms: [bilateralBlur({ sigmaColor, sigmaSpace: 1.5, kernelSize: 5 })], parameters: [sigmaColor] };
    },
  },
  {
    name: "block: jpeg",
    allowed: { software: { forward: 15, both: 50 } },
    make: (gpu, n) => {
      const quality = parameter(gpu, spread(n, 30, 90));
      return { transforms: [jpeg({ quality })], parameters: [quality] };
    },
  },
  {
    name: "mix: mixup",
    allowed: { software: { forward: 4, both: 8 } },
    make: (gpu, n) => {
      const lambda = parameter(gpu, spread(n, 0.5, 0.9));
      const partner = Array.from({ length: n }, (_, i) => (i + 1) % n);
      return { transforms: [mixup({ lambda, partner })], parameters: [lambda] };
    },
  },
  {
    name: "draws: gaussianNoise",
    allowed: { software: { forward: 5, both: 8 } },
    make: (gpu, n) => {
      const std = parameter(gpu, spread(n, 0.05, 0.2));
      return { transforms: [gaussianNoise({ std, seed: 7 })], parameters: [std] };
    },
  },
  {
    name: "statistic: equalize",
    allowed: { software: { forward: 10, both: 20 } },
    make: () => ({ transforms: [equalize()], parameters: [] }),
  },
];
