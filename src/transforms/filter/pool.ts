import blurPool2dWgsl from "../../../shaders/filter/blur_pool2d.wgsl";
import { blend } from "../../autograd/blend.ts";
import { abs, add, greater, log, maximum } from "../../autograd/elementwise.ts";
import { noGrad } from "../../autograd/graph.ts";
import { mean } from "../../autograd/reduce.ts";
import { partOf } from "../language/construct.ts";
import { define } from "../language/declare.ts";
import type { ParamValue } from "../language/values.ts";
import { dilation } from "../morphology/morphology.ts";
import { filter2d } from "./filter.ts";
import { kernelSizeOf, PADDINGS } from "./kernel.ts";
import { perImage } from "./separable.ts";

const isSized = (settings: Readonly<Record<string, unknown>>) => kernelSizeOf(settings.kernelSize);

/** How many pixels come out of so many, along an axis, where as many are added to each side as fit under half a kernel. */
const pooled = (size: number, kernel: number, stride: number): number =>
  Math.floor((size + 2 * ((kernel - 1) >> 1) - kernel) / stride) + 1;

const stride = {
  default: 2,
  allowed: { min: 1, integer: true },
  doc: "how many pixels lie between those that are kept",
} as const;

const poolPadding = { default: "zeros", allowed: PADDINGS, doc: "what lies beyond the image" } as const;

/** Settings of {@link blurPool2d}. */
export interface BlurPool2dSettings {
  /** Size of the blur, [height, width] or one number for both; 3 unless given. */
  kernelSize?: number | readonly [number, number];
  /** How many pixels lie between those that are kept, at least 1; 2 unless given. */
  stride?: number;
  /** What lies beyond the image; `zeros` unless given, as in Kornia. */
  padding?: "reflection" | "symmetric" | "zeros" | "border" | "circular";
}

/** Blurs by binomial weights, and keeps every second pixel, or every `stride`-th: what shrinks does not alias. Differentiable in the image. */
export const blurPool2d = define<BlurPool2dSettings>({
  name: "blurPool2d",
  kind: "stencil",
  stencil: "weights",
  wgsl: blurPool2dWgsl,
  params: {},
  options: {
    kernelSize: { default: 3, allowed: "anyKernelSize", doc: "size of the blur, [height, width]" },
    stride,
    padding: poolPadding,
  },
  neighbourhood: (options) => ({
    size: isSized(options),
    stride: [options.stride as number, options.stride as number],
  }),
  size: (options, [h, w]) => {
    const [height, width] = isSized(options);
    const step = options.stride as number;
    return [pooled(h, height, step), pooled(w, width, step)];
  },
  example: { options: { stride: 1 } },
  doc: "y(p) = Σ w(t) x(stride · p + t), w binomial",
  source: "Zhang, Making convolutional networks shift-invariant again; Kornia, filters.blur_pool2d",
});

/** Settings of {@link maxBlurPool2d}. */
export interface MaxBlurPool2dSettings extends BlurPool2dSettings {
  /** Size of the window whose largest value is taken before the blur; 2 unless given. */
  maxPoolSize?: number;
}

/** The largest value of each window, then {@link blurPool2d}. Windows lie within the image; gradients go to the pixels that were the largest. */
export const maxBlurPool2d = define<MaxBlurPool2dSettings>({
  name: "maxBlurPool2d",
  kind: "composite",
  params: {},
  options: {
    kernelSize: { default: 3, allowed: "anyKernelSize", doc: "size of the blur, [height, width]" },
    stride,
    maxPoolSize: { default: 2, allowed: { min: 1, integer: true }, doc: "size of the window of the largest value" },
    padding: poolPadding,
  },
  size: (options, [h, w]) => {
    const [height, width] = isSized(options);
    const [step, most] = [options.stride as number, options.maxPoolSize as number];
    return [pooled(h - most + 1, height, step), pooled(w - most + 1, width, step)];
  },
  composite: {
    chains: (settings) => {
      const size = settings.maxPoolSize as number;
      return [[partOf(dilation, { kernelSize: [size, size], padding: "valid" }), partOf(blurPool2d, settings)]];
    },
  },
  example: {},
  doc: "y = blurPool2d(max of x over the window)",
  source: "Zhang, Making convolutional networks shift-invariant again; Kornia, filters.max_blur_pool2d",
});

/** Settings of {@link edgeAwareBlurPool2d}. */
export interface EdgeAwareBlurPool2dSettings {
  /** Odd size of the blur, [height, width] or one number for both; 3 unless given. */
  kernelSize?: number | readonly [number, number];
  /** By how much brightness has to change over 4 pixels to count as an edge, as a factor of more than 1; 1.25 unless given. */
  edgeThreshold?: ParamValue;
  /** Odd size of the window by which edges are made wider; 3 unless given. */
  edgeDilationKernelSize?: number;
  /** What is added to intensities before their logarithm; 10⁻⁶ unless given. */
  epsilon?: number;
  /** How the gradient passes the jump from edge to blur. `given`, the only one: where edges are counts as given. */
  estimator?: "given";
}

/** Differences over 4 pixels, across and down. */
const across = [-1, 0, 0, 0, 1];

/**
 * Blurs by binomial weights, but not at edges, where it keeps the image. Where edges are counts as given: the gradient of the image
 * does not move them, and the threshold has none.
 */
export const edgeAwareBlurPool2d = define<EdgeAwareBlurPool2dSettings>({
  name: "edgeAwareBlurPool2d",
  kind: "composite",
  params: {
    edgeThreshold: {
      default: 1.25,
      min: 1,
      gradient: false,
      usual: [1.05, 2],
      unit: "factor",
      doc: "by how much an edge differs",
    },
  },
  options: {
    kernelSize: { default: 3, allowed: "kernelSize", doc: "odd size of the blur, [height, width]" },
    edgeDilationKernelSize: { default: 3, allowed: "kernelSize", doc: "odd size of the window that makes edges wider" },
    epsilon: { default: 1e-6, allowed: { min: 1e-12 }, doc: "what is added before the logarithm" },
  },
  composite: {
    chains: (settings) => [
      [partOf(blurPool2d, { ...settings, stride: 1, padding: "reflection" })],
      [partOf(filter2d, { kernel: across, kernelSize: [1, 5] })],
      [partOf(filter2d, { kernel: across, kernelSize: [5, 1] })],
      [partOf(dilation, { kernelSize: settings.edgeDilationKernelSize })],
    ],
    combine: ({ x, settings, run }) => {
      const edges = noGrad(() => {
        const brightness = log(add(x, settings.epsilon as number));
        const [h, v] = [1, 2].map((chain) => abs(mean(run(chain, brightness), { axes: 1, keepDims: true })));
        return run(3, greater(maximum(h, v), log(perImage(x, settings.edgeThreshold))));
      });
      return blend(edges, x, run(0));
    },
  },
  estimator: {
    default: "given",
    surrogates: { given: "x at the edges that there are, else blurPool2d(x, stride 1)" },
  },
  example: { params: { edgeThreshold: 3 }, options: { edgeDilationKernelSize: 1 } },
  doc: "y = x at edges, else blurPool2d(x, stride 1)",
  source: "Kornia, filters.edge_aware_blur_pool2d",
});
