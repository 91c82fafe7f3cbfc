// Counts, sums and whitening: the rest of Kornia's enhance.

import * as ag from "../../../src/index.ts";
import type { Material, Outcome } from "../material.ts";
import type { Operations } from "./family.ts";

const inputOf = (m: Material, ...names: string[]) => m.input(names.find((name) => m.item.inputs[name]));
const whiteningOf = (m: Material) => ({
  axis: m.option("dim", 0),
  unbiased: m.option("unbiased", true),
  eps: m.option("eps", 1e-6),
});

/** The names of a case's outputs, in order. */
const named = (m: Material, ...tensors: ag.Tensor[]): Outcome => ({
  outputs: Object.fromEntries(Object.keys(m.item.outputs).map((name, i) => [name, tensors[i]])),
});

export const operations: Operations = {
  // Its largest value is 255 unless given, and its centres begin at min in steps of the bandwidth.
  "enhance.image_histogram2d": (m) => {
    const { min, max, bins } = { min: m.option("min", 0), max: m.option("max", 255), bins: m.option("n_bins", 256) };
    const bandwidth = m.option("bandwidth", (max - min) / bins);
    const centers = Array.from({ length: bins }, (_, i) => min + bandwidth * (i + 0.5));
    const { histogram, density } = ag.imageHistogram2d(inputOf(m, "image", "input"), {
      centers,
      bandwidth,
      kernel: m.option<ag.HistogramKernel>("kernel", "triangular"),
    });
    return named(m, histogram, m.option("return_pdf", false) ? density : ag.mul(histogram, 0));
  },
  "enhance.histogram": (m) =>
    ag.histogram(
      inputOf(m, "x", "input"),
      m.item.inputs.bins ? m.input("bins") : m.param("bins"),
      m.param("bandwidth"),
    ),
  "enhance.histogram2d": (m) =>
    ag.histogram2d(
      m.input("x1"),
      m.input("x2"),
      m.item.inputs.bins ? m.input("bins") : m.param("bins"),
      m.param("bandwidth"),
    ),
  "enhance.integral_image": (m) => ag.integralImage(inputOf(m, "image", "input")),
  "enhance.integral_tensor": (m) => ag.integralTensor(inputOf(m, "input", "image"), m.option<number[]>("dim", [-1])),
  "enhance.zca_mean": (m) => {
    const { matrix, mean, inverse } = ag.zcaMean(inputOf(m, "inp", "input", "x"), whiteningOf(m));
    return named(m, matrix, mean, inverse);
  },
  "enhance.zca_whiten": (m) => ag.zcaWhiten(inputOf(m, "inp", "input", "x"), whiteningOf(m)),
  "enhance.linear_transform": (m) =>
    ag.linearTransform(
      inputOf(m, "inp", "input", "x"),
      m.item.inputs.transform_matrix ? m.input("transform_matrix") : m.param("transform_matrix"),
      m.item.inputs.mean_vector ? m.input("mean_vector") : m.param("mean_vector"),
      m.option("dim", 0),
    ),
};
