import { add, div, mul, sub } from "../../autograd/elementwise.ts";
import { concat, reshape, slice } from "../../autograd/shaping.ts";
import { ShapeError } from "../../gpu/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import { resize } from "../geometry/crop.ts";
import { partOf } from "../language/construct.ts";
import { type CompositeSettings, define, type Transform } from "../language/declare.ts";
import type { ParamValue } from "../language/values.ts";
import { boxBlur } from "./filter.ts";
import { kernelSizeOf, padding } from "./kernel.ts";
import { perImage } from "./separable.ts";

/** Settings of {@link guidedBlur}. */
export interface GuidedBlurSettings {
  /** The image whose edges are kept, [N, C, H, W] with any number of channels; 1 in the place of N shares it. */
  guidance: Tensor;
  /** What is added to the variance of the guidance: parts whose variance is less are blurred. */
  eps: ParamValue;
  /** Size of the box, [height, width] or one number for both; 3 unless given. An even one reaches farther right and down. */
  kernelSize?: number | readonly [number, number];
  /** What lies beyond the image; `reflection` unless given. */
  padding?: "reflection" | "symmetric" | "zeros" | "border" | "circular";
  /**
   * Looks at every so-manieth pixel of every so-manieth row alone, in a box that is as much smaller, and enlarges the linear functions that
   * come out, not the image: the fast guided filter. 1 unless given, which looks at all.
   */
  subsample?: number;
}

/** Takes a tensor apart along its channels. */
function parts(all: Tensor, counts: readonly number[]): Tensor[] {
  let at = 0;
  return counts.map((count) => slice(all, 1, at, (at += count)));
}

const range = (n: number): number[] => Array.from({ length: n }, (_, k) => k);

/**
 * Solves A a = r at each pixel, A being symmetric and positive definite, by elimination. `upper[k][l]` has its entries from the
 * diagonal on: l counts from k.
 */
function solved(upper: Tensor[][], right: Tensor[]): Tensor[] {
  const n = right.length;
  for (const k of range(n)) {
    for (let i = k + 1; i < n; i++) {
      const share = div(upper[k][i - k], upper[k][0]);
      for (let j = i; j < n; j++) upper[i][j - i] = sub(upper[i][j - i], mul(share, upper[k][j - k]));
      right[i] = sub(right[i], mul(share, right[k]));
    }
  }
  for (const k of range(n).reverse()) {
    for (let l = k + 1; l < n; l++) right[k] = sub(right[k], mul(upper[k][l - k], right[l]));
    right[k] = div(right[k], upper[k][0]);
  }
  return right;
}

/** Every so-manieth pixel of every so-manieth row, from the first on. */
function thinned(x: Tensor, step: number): Tensor {
  if (step === 1) return x;
  const [n, c, ...sides] = x.shape;
  const [h, w] = sides.map((side) => Math.floor(side / step));
  const whole = slice(slice(x, 2, 0, h * step), 3, 0, w * step);
  const cells = reshape(whole, [n, c, h, step, w, step]);
  return reshape(slice(slice(cells, 3, 0, 1), 5, 0, 1), [n, c, h, w]);
}

/**
 * A linear function of the guidance in each box, as near to the image as can be; and the mean of those of all boxes around a pixel: one
 * slope for each channel of guidance and image, and a shift.
 */
function fitted(x: Tensor, guidance: Tensor, eps: Tensor, box: (of: Tensor) => Tensor): Tensor {
  const [c, d] = [x.shape[1], guidance.shape[1]];
  const guides = range(d).map((k) => slice(guidance, 1, k, k + 1));
  const pairs = guides.flatMap((own, k) => guides.slice(k).map((other) => mul(own, other)));
  const crossed = guides.map((own) => mul(own, x));
  const means = box(concat([guidance, x, ...pairs, ...crossed], 1));
  const [, mean, ...others] = parts(means, [d, c, ...pairs.map(() => 1), ...crossed.map(() => c)]);
  const centres = range(d).map((k) => slice(means, 1, k, k + 1));
  let at = 0;
  const upper = centres.map((own, k) =>
    centres.slice(k).map((other, l) => {
      const covariance = sub(others[at++], mul(own, other));
      return l === 0 ? add(covariance, eps) : covariance;
    }),
  );
  const slopes = solved(
    upper,
    centres.map((own) => sub(others[at++], mul(own, mean))),
  );
  const shift = slopes.reduce((rest, slope, k) => sub(rest, mul(slope, centres[k])), mean);
  return box(concat([...slopes, shift], 1));
}

/** What the functions make of the guidance. */
function evaluated(functions: Tensor, guidance: Tensor, c: number): Tensor {
  const guides = range(guidance.shape[1]).map((k) => slice(guidance, 1, k, k + 1));
  const all = parts(functions, [...guides.map(() => c), c]);
  return guides.reduce((sum, own, k) => add(sum, mul(all[k], own)), all[guides.length]);
}

/** The box that sees as much of every so-manieth pixel. */
const smaller = (size: unknown, step: number): number[] =>
  kernelSizeOf(size).map((side) => Math.floor((side - 1) / step) + 1);

function chains(settings: CompositeSettings, [, , height, width]: readonly number[]): Transform[][] {
  const step = settings.subsample as number;
  if (step > Math.min(height, width))
    throw new ShapeError("guidedBlur.subsample", `${step} for ${height} x ${width} pixels`, "at most the shorter side");
  const box = partOf(boxBlur, { ...settings, kernelSize: smaller(settings.kernelSize, step) });
  return step === 1 ? [[box]] : [[box], [resize({ height, width, antialias: false })]];
}

/**
 * Blurs, but keeps the edges of another image: in each box the result is a linear function of the guidance. Differentiable in the image,
 * the guidance and `eps`. With a guidance of many channels a system of as many equations is solved at each pixel.
 */
export const guidedBlur = define<GuidedBlurSettings>({
  name: "guidedBlur",
  kind: "composite",
  params: {
    guidance: { role: "image", channels: "any", unit: "intensity", doc: "the image whose edges are kept" },
    eps: { min: 1e-8, usual: [1e-3, 0.1], unit: "intensity", doc: "what is added to the guidance's variance" },
  },
  options: {
    kernelSize: { default: 3, allowed: "anyKernelSize", doc: "size of the box, [height, width]" },
    padding: padding("reflection"),
    subsample: { default: 1, allowed: { min: 1, max: 64, integer: true }, doc: "looks at every so-manieth pixel" },
  },
  composite: {
    chains,
    combine: ({ x, settings, run }) => {
      const [guidance, step] = [settings.guidance as Tensor, settings.subsample as number];
      const [small, guide] = [thinned(x, step), thinned(guidance, step)];
      const functions = fitted(small, guide, perImage(x, settings.eps), (of) => run(0, of));
      return evaluated(step === 1 ? functions : run(1, functions), guidance, x.shape[1]);
    },
  },
  example: { params: { eps: 0.05 } },
  doc: "y = mean(a) · I + mean(b), a = cov(I, x) / (var(I) + eps), b = mean(x) − a · mean(I), means over the box",
  source: "He, Sun and Tang, Guided image filtering, and He and Sun, Fast guided filter; Kornia, filters.guided_blur",
});
