import { add, mul, sub } from "../../autograd/elementwise.ts";
import { reshape } from "../../autograd/shaping.ts";
import { ArgumentError } from "../../gpu/errors.ts";
import { Tensor, tensor } from "../../tensor/index.ts";
import { partOf } from "../language/construct.ts";
import { define } from "../language/declare.ts";
import type { ParamValue } from "../language/values.ts";
import { filter2d, gaussianBlur } from "./filter.ts";
import { kernelSizeOf, PADDINGS, padding } from "./kernel.ts";

/** Settings of {@link filter2dSeparable}. */
export interface Filter2dSeparableSettings {
  /** The kernel across: a list of weights, one list per sample, or a tensor [kW] or [N, kW]. */
  kernelX: ParamValue;
  /** The kernel down: a list of weights, one list per sample, or a tensor [kH] or [N, kH]. */
  kernelY: ParamValue;
  /** Sizes of both, [height, width], where the kernels do not show them. */
  kernelSize?: number | readonly [number, number];
  /** Whether each kernel is divided by the sum of its absolute values; false unless given. */
  normalized?: boolean;
  /** `corr` lays the kernels on the image as they are, `conv` turned around; `corr` unless given. */
  behaviour?: "corr" | "conv";
  /** What lies beyond the image; `reflection` unless given. `valid` keeps the pixels whose neighbours are all in the image. */
  padding?: "reflection" | "symmetric" | "zeros" | "border" | "circular" | "valid";
}

/** How many weights a caller gave for each sample, where that shows. */
function lengthOf(value: unknown): number | undefined {
  if (value instanceof Tensor) return value.shape.at(-1);
  if (!Array.isArray(value)) return undefined;
  return Array.isArray(value[0]) ? value[0].length : value.length;
}

function sizedByKernels(settings: Record<string, unknown>): Record<string, unknown> {
  const lengths = ["kernelY", "kernelX"].map((name) => lengthOf(settings[name]));
  const given = settings.kernelSize === undefined ? lengths : kernelSizeOf(settings.kernelSize);
  lengths.forEach((length, i) => {
    if (length !== undefined && length !== given[i])
      throw new ArgumentError(
        `filter2dSeparable.${["kernelY", "kernelX"][i]}`,
        `${length} weights`,
        `${given[i]}, by kernelSize`,
      );
  });
  return given.some((size) => size === undefined) ? settings : { ...settings, kernelSize: given };
}

/** Correlates with a kernel across, then with one down; differentiable in the image and in both kernels. */
export const filter2dSeparable = define<Filter2dSeparableSettings>(
  {
    name: "filter2dSeparable",
    kind: "composite",
    params: {
      kernelX: { size: "kernelWidth", unit: "weight", doc: "the kernel across" },
      kernelY: { size: "kernelHeight", unit: "weight", doc: "the kernel down" },
    },
    options: {
      kernelSize: { default: 3, allowed: "anyKernelSize", doc: "sizes of the kernels, [height, width]" },
      normalized: { default: false, allowed: [false, true], doc: "divides each by the sum of its absolute values" },
      behaviour: { default: "corr", allowed: ["corr", "conv"], doc: "whether the kernels are turned around" },
      padding: {
        default: "reflection",
        allowed: [...PADDINGS, "valid"],
        doc: "what lies beyond the image, or `valid` for a smaller result",
      },
    },
    size: ({ kernelSize, padding }, [h, w]) => {
      const [height, width] = kernelSizeOf(kernelSize);
      return padding === "valid" ? [h - height + 1, w - width + 1] : [h, w];
    },
    composite: {
      chains: (settings) => {
        const [height, width] = kernelSizeOf(settings.kernelSize);
        return [
          [
            partOf(filter2d, { ...settings, kernel: settings.kernelX, kernelSize: [1, width] }),
            partOf(filter2d, { ...settings, kernel: settings.kernelY, kernelSize: [height, 1] }),
          ],
        ];
      },
    },
    example: { params: { kernelX: [0.3, 0.9, -0.2], kernelY: [-0.1, 0.8, 0.4] } },
    doc: "y = Σ kx(t) ky(s) x(p + (t, s))",
    source: "Kornia, filters.filter2d_separable",
  },
  sizedByKernels,
);

/** Settings of {@link unsharpMask}: one deviation for both axes, or one for each. */
export type UnsharpMaskSettings = {
  /** How much is added of what the blur takes away; 1 unless given, 0 keeps the image. */
  amount?: ParamValue;
  /** Odd, or [height, width]; 2 · ceil(3 σ) + 1 of the largest σ unless given, which then has to be a number. */
  kernelSize?: number | readonly [number, number];
  /** What lies beyond the image; `reflection` unless given. */
  padding?: "reflection" | "symmetric" | "zeros" | "border" | "circular";
} & (
  | {
      /** Standard deviation of the blur in pixels, both ways; or `sigmaX` and `sigmaY`. */
      sigma: ParamValue;
      /** Deviation across, in pixels; `sigma` unless given. */
      sigmaX?: ParamValue;
      /** Deviation down, in pixels; `sigma` unless given. */
      sigmaY?: ParamValue;
    }
  | {
      sigma?: undefined;
      /** Deviation across, in pixels. */
      sigmaX: ParamValue;
      /** Deviation down, in pixels. */
      sigmaY: ParamValue;
    }
);

/** A parameter of one value as a tensor that broadcasts to images. */
export function perImage(x: Tensor, value: unknown): Tensor {
  if (value instanceof Tensor) return reshape(value, [value.size, 1, 1, 1]);
  const list = [value].flat() as number[];
  return tensor(x.gpu, list, [list.length, 1, 1, 1]);
}

/** Adds what a Gaussian blur takes away; differentiable in the image, the deviations and the amount. */
export const unsharpMask = define<UnsharpMaskSettings>(
  {
    name: "unsharpMask",
    kind: "composite",
    params: {
      sigmaX: { ...gaussianBlur.declaration.params.sigmaX, neutral: undefined, intensity: undefined },
      sigmaY: { ...gaussianBlur.declaration.params.sigmaY, neutral: undefined, intensity: undefined },
      amount: { default: 1, neutral: 0, usual: [0, 2], intensity: [0, 2], unit: "factor", doc: "how much is added" },
    },
    options: {
      kernelSize: {
        allowed: "kernelSize",
        holds: ["sigmaY", "sigmaX"],
        doc: "odd size of the window, [height, width]",
      },
      padding: padding("reflection"),
    },
    composite: {
      chains: (settings) => [[partOf(gaussianBlur, settings)]],
      combine: ({ x, settings, run }) => add(x, mul(sub(x, run(0)), perImage(x, settings.amount))),
    },
    example: { params: { sigmaX: 1.2, sigmaY: 0.8, amount: 0.7 }, options: { kernelSize: [3, 5] } },
    doc: "y = x + amount · (x − b), b = gaussianBlur(x)",
    source: "Kornia, filters.unsharp_mask",
  },
  ({ sigma: both, ...settings }) => ({ ...settings, sigmaX: settings.sigmaX ?? both, sigmaY: settings.sigmaY ?? both }),
);
