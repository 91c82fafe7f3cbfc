import {
  affine,
  apply,
  brightness,
  contrast,
  contrastAboutMean,
  type Gpu,
  gaussianBlur,
  grad,
  hue,
  normalize,
  parameter,
  saturation,
  type Tensor,
  type Transform,
} from "../src/index.ts";

/** Something to measure: transforms whose parameters are tensors, one value per sample. */
export interface Work {
  name: string;
  make: (gpu: Gpu, n: number) => { transforms: Transform[]; parameters: Tensor[] };
  /** Allowed multiples of a copy's time, on SwiftShader at 4x3x224x224. */
  allowed?: { forward: number; both: number };
}

const spread = (n: number, from: number, to: number): number[] =>
  Array.from({ length: n }, (_, i) => from + ((to - from) * (i + 0.5)) / n);

/** Brightness, a contrast, saturation, hue and normalize: parameters per sample, clipped between. */
const colour =
  (stretch: typeof contrast | typeof contrastAboutMean): Work["make"] =>
  (gpu, n) => {
    const b = parameter(gpu, spread(n, 0.8, 1.2));
    const c = parameter(gpu, spread(n, 0.7, 1.3));
    const s = parameter(gpu, spread(n, 0.6, 1.4));
    const h = parameter(gpu, spread(n, -0.1, 0.1));
    const standard = normalize({ mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] });
    const transforms = [
      brightness({ factor: b }),
      stretch({ factor: c }),
      saturation({ factor: s }),
      hue({ turns: h }),
      standard,
    ];
    return { transforms, parameters: [b, c, s, h] };
  };

export const works: Work[] = [
  { name: "colour chain", allowed: { forward: 4, both: 10 }, make: colour(contrast) },
  { name: "colour chain about the mean", make: colour(contrastAboutMean) },
  {
    name: "affine, bilinear",
    allowed: { forward: 6, both: 25 },
    make: (gpu, n) => {
      const angle = parameter(gpu, spread(n, -30, 30));
      const x = parameter(gpu, spread(n, -9, 9));
      const scaleX = parameter(gpu, spread(n, 0.8, 1.2));
      const shearX = parameter(gpu, spread(n, -10, 10));
      return { transforms: [affine({ angle, x, scaleX, shearX })], parameters: [angle, x, scaleX, shearX] };
    },
  },
  {
    name: "gaussian blur 5x5",
    make: (gpu, n) => {
      const sigma = parameter(gpu, spread(n, 0.5, 1.5));
      return { transforms: [gaussianBlur({ sigma, kernelSize: 5 })], parameters: [sigma] };
    },
  },
];

/** One forward pass, its memory given back. */
export function forward(x: Tensor, transforms: readonly Transform[]): void {
  apply(x, transforms).dispose();
}

/** Forward, and the gradients of the pixels and of every parameter. */
export function both(x: Tensor, transforms: readonly Transform[], parameters: readonly Tensor[], seed: Tensor): void {
  const y = apply(x, transforms);
  for (const gradient of grad(y, [x, ...parameters], { seed })) gradient.dispose();
  y.dispose();
}
