/** augrad's chains in multiples of the time of a copy, and the multiples that are allowed. */
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
  noGrad,
  normalize,
  parameter,
  saturation,
  type Tensor,
  type Transform,
  tensor,
} from "../src/index.ts";
import { copyOf } from "./copy.ts";
import { type Mode, run, type Shape } from "./engine.ts";
import { alternate, type Cost } from "./measure.ts";
import type { CopiesRow } from "./record.ts";

/** A chain whose parameters are tensors, one value per sample. */
export interface Chain {
  name: string;
  make: (gpu: Gpu, n: number) => { transforms: Transform[]; parameters: Tensor[] };
  /** Allowed multiples of a copy's time, on SwiftShader at 4x3x224x224. */
  allowed?: Record<Mode, number>;
}

const spread = (n: number, from: number, to: number): number[] =>
  Array.from({ length: n }, (_, i) => from + ((to - from) * (i + 0.5)) / n);

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
  { name: "colour chain about mid-grey", allowed: { forward: 4, both: 10 }, make: colour(contrast) },
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

/** One run of a chain on the device, its memory given back. */
export interface Runs {
  forward(): Promise<void>;
  both(): Promise<void>;
  dispose(): void;
}

/** The runs of a chain on a batch: forward alone, and with the gradients of the pixels and of every parameter. */
export function runsOf(gpu: Gpu, shape: Shape, make: Chain["make"], dtype: "f32" | "f16" | "u8" = "f32"): Runs {
  const size = shape.reduce((a, b) => a * b, 1);
  const unit = Float32Array.from({ length: size }, (_, i) => 0.5 + 0.5 * Math.sin(i * 0.7 + 3 * Math.sin(i * 0.013)));
  const data = dtype === "u8" ? Uint8Array.from(unit, (value) => Math.round(value * 255)) : unit;
  const x = tensor(gpu, data, shape, { dtype, requiresGrad: dtype === "f32" });
  const seed = tensor(gpu, unit, shape);
  const { transforms, parameters } = make(gpu, shape[0]);
  const inputs = dtype === "f32" ? [x, ...parameters] : parameters;
  return {
    forward: async () => {
      noGrad(() => apply(x, transforms, { dtype })).dispose();
      await gpu.sync();
    },
    both: async () => {
      const y = apply(x, transforms, { dtype });
      for (const gradient of grad(y, inputs, { seed })) gradient.dispose();
      y.dispose();
      await gpu.sync();
    },
    dispose: () => {
      for (const made of [x, seed, ...parameters]) made.dispose();
    },
  };
}

/** Times a chain against copies, in turns: one row per mode. */
export async function measureCopies(
  gpu: Gpu,
  chain: Chain,
  {
    where,
    shape,
    rounds,
    onProgress,
  }: { where: string; shape: Shape; rounds: number; onProgress?: (share: number) => void },
): Promise<CopiesRow[]> {
  const runs = runsOf(gpu, shape, chain.make);
  const yardstick = copyOf(gpu, shape);
  try {
    const turns = {
      copy: { run: () => run(yardstick), runs: rounds },
      forward: { run: runs.forward, runs: rounds },
      both: { run: runs.both, runs: rounds },
    };
    await alternate(turns, 3);
    const costs = await alternate(turns, rounds, (done) => onProgress?.(done / rounds));
    const keep = ({ wall, processor }: Cost): Cost => ({
      wall,
      ...(gpu.info.software && processor && { processor }),
    });
    const time = (cost: Cost) => (keep(cost).processor ?? cost.wall).median;
    return (["forward", "both"] as const).map((mode) => ({
      where,
      work: chain.name,
      mode,
      shape,
      ...keep(costs[mode]),
      copy: keep(costs.copy),
      copies: time(costs[mode]) / time(costs.copy),
      ...(chain.allowed && { limit: chain.allowed[mode] }),
    }));
  } finally {
    runs.dispose();
    yardstick.dispose();
  }
}
