// Stencils: filters of Kornia, its morphology, and the same of torchvision and OpenCV.
//
// A kernel's border is what `BORDERS` says. Kornia's kernels are [1, kH, kW] or [N, kH, kW]; its sigma_space is (y, x). Its border_value
// is added to a dilation of what is less by as much. The recorded Kornia counted the origin of a dilation's kernel, which it turns around,
// in the turned kernel. With "nearest" its motion blur has no gradient of the angle: it is cut off.

import type { Tensor } from "../../../src/index.ts";
import * as ag from "../../../src/index.ts";
import { column, part } from "../algebra.ts";
import { drawnOf, through } from "../classes.ts";
import { choose, lower, run, type Size } from "../conventions.ts";
import { colour, type Entry, value } from "../functions.ts";
import { type Material, NotImplementedYet } from "../material.ts";
import type { Classes, Operations } from "./family.ts";

const BORDERS = { reflect: "reflection", constant: "zeros", replicate: "border", circular: "circular" } as const;
const CV_BORDERS = { constant: "zeros", replicate: "border", reflect101: "reflection", reflect: "symmetric" } as const;

const border = (m: Material, fallback: string) => choose(m.option("border_type", fallback), BORDERS, "border");
const sizeOf = (m: Material): number | Size => m.option<number | Size>("kernel_size", 3);

/** A kernel for all samples: Kornia's [1, kH, kW]. */
const kernelOf = (kernel: Tensor): Tensor =>
  kernel.shape.length === 3 && kernel.shape[0] === 1 ? ag.reshape(kernel, kernel.shape.slice(1)) : kernel;

const correlated = (x: Tensor, kernel: Tensor | number[][], options: Record<string, unknown>): Tensor =>
  run(x, ag.filter2d({ kernel: kernel as never, ...options }));

/** Deviations (y, x) of each sample, from those of all or of each. */
const deviations = (sigma: Tensor, n: number): Tensor[] =>
  [0, 1].map((j) => ag.reshape(column(part(ag.reshape(sigma, [sigma.size / 2, 2]), j), n), [n]));

const bilateral: Entry = (m) => {
  const x = m.input();
  const [sigmaY, sigmaX] = deviations(m.param("sigma_space"), x.shape[0]);
  const settings = {
    sigmaColor: value(m, "sigma_color"),
    sigmaY,
    sigmaX,
    kernelSize: sizeOf(m),
    colorDistance: m.option<"l1" | "l2">("color_distance_type", "l1"),
    padding: border(m, "reflect"),
  };
  if (!m.item.inputs.guidance) return run(x, ag.bilateralBlur(settings));
  return run(x, ag.jointBilateralBlur({ ...settings, guidance: m.input("guidance") }));
};

const filter2d: Entry = (m) =>
  correlated(m.input(), kernelOf(m.param("kernel")), {
    normalized: m.option("normalized", false),
    behaviour: m.option("behaviour", "corr"),
    padding: m.option<string>("padding", "same") === "valid" ? "valid" : border(m, "reflect"),
  });

/** A kernel along x, then one along y: [1, k] or [N, k]. */
const separable: Entry = (m) => {
  const of = (name: string) => {
    const kernel = m.param(name);
    return kernel.shape[0] === 1 ? ag.reshape(kernel, kernel.shape.slice(1)) : kernel;
  };
  return run(
    m.input(),
    ag.filter2dSeparable({
      kernelX: of("kernel_x"),
      kernelY: of("kernel_y"),
      normalized: m.option("normalized", false),
      padding: m.option<string>("padding", "same") === "valid" ? "valid" : border(m, "reflect"),
    }),
  );
};

/** The structuring element. Without an origin it is the cell right and below of the middle, where the size is even. */
function morphologySettings(m: Material, isTurned: boolean) {
  const kernel = m.option<number[][]>("kernel", []).map((row) => row.map((cell) => (cell === 0 ? 0 : 1)));
  const size = [kernel.length, kernel[0].length];
  const place = m.has("origin") ? m.option<Size>("origin", [0, 0]) : size.map((k) => k >> 1);
  return {
    kernel,
    ...(m.has("structuring_element") ? { element: m.param("structuring_element") } : {}),
    origin: isTurned ? size.map((k, i) => k - 1 - place[i]) : place,
  };
}

type Morph = (x: Tensor, m: Material) => Tensor;

/** What lies outside, and by how much the image is moved, so that 0 is the border's value. */
function outside(m: Material) {
  const type = m.option("border_type", "geodesic");
  if (type === "geodesic") return { shift: 0, padding: "none" };
  return { shift: m.option("border_value", 0), padding: choose(type, BORDERS, "border") };
}

const morph =
  (transform: (settings: never) => ag.Transform, isTurned: boolean): Morph =>
  (x, m) => {
    const { shift, padding } = outside(m);
    const made = transform({ ...morphologySettings(m, isTurned), padding } as never);
    return shift === 0 ? run(x, made) : ag.add(run(ag.sub(x, shift), made), shift);
  };

const dilated = morph(ag.dilation, true);
const eroded = morph(ag.erosion, false);

/** What is made of both: with one origin, where Kornia's two are the same cell, and what a shift of the image does not touch. */
const both =
  (transform: (settings: never) => ag.Transform, apart: Morph): Morph =>
  (x, m) => {
    const [turned, plain] = [true, false].map((isTurned) => morphologySettings(m, isTurned).origin);
    const isOne = turned.every((k, i) => k === plain[i]) && outside(m).shift === 0;
    return isOne ? morph(transform, false)(x, m) : apart(x, m);
  };

const opened = both(ag.opening, (x, m) => dilated(eroded(x, m), m));
const closed = both(ag.closing, (x, m) => eroded(dilated(x, m), m));
const morphology =
  (make: Morph): Entry =>
  (m) =>
    make(m.input(), m);

const motion = (x: Tensor, angle: Tensor, direction: Tensor, size: number, mode: string, type: string): Tensor =>
  run(
    x,
    ag.motionBlur({
      angle: mode === "nearest" ? angle.detach() : angle,
      direction,
      kernelSize: size,
      interpolation: choose(mode, { nearest: "nearest", bilinear: "bilinear" } as const, "mode"),
      padding: choose(type, BORDERS, "border"),
    }),
  );

const loose = (t: Tensor): Tensor => (t.size === 1 ? ag.reshape(t, []) : t);

/** The derivatives of each channel: [N, C, 2 or 3, H, W]. */
const spatialGradient: Entry = (m) => {
  const x = m.input();
  const [n, c, h, w] = x.shape;
  const y = run(
    x,
    ag.spatialGradient({
      mode: choose(m.option("mode", "sobel"), { sobel: "sobel", diff: "diff" } as const, "mode"),
      order: m.option<1 | 2>("order", 1),
      normalized: m.option("normalized", true),
    }),
  );
  return ag.reshape(y, [n, c, y.shape[1] / c, h, w]);
};

/** Derivatives of a binomial's rows, as OpenCV makes them. */
const CV_SOBEL: Record<number, [smooth: number[], slope: number[]]> = {
  3: [
    [1, 2, 1],
    [-1, 0, 1],
  ],
  5: [
    [1, 4, 6, 4, 1],
    [-1, -2, 0, 2, 1],
  ],
};

const cvSobel: Entry = (m) => {
  const [smooth, slope] = CV_SOBEL[m.option("ksize", 3)] ?? [];
  const orders = [m.option("dx", 0), m.option("dy", 0)];
  if (!smooth || orders.some((order) => order > 1)) throw new NotImplementedYet("Sobel of another size or order");
  const [across, down] = orders.map((order) => (order ? slope : smooth));
  const kernel = down.map((a) => across.map((b) => a * b));
  return correlated(m.input(), kernel, { padding: "reflection" });
};

export const operations: Operations = {
  "filters.guided_blur": (m) => {
    const subsample = m.option("subsample", 1);
    const guidance = m.input("guidance");
    const settings = { eps: value(m, "eps"), kernelSize: sizeOf(m), padding: border(m, "reflect"), subsample };
    return run(m.input(), ag.guidedBlur({ guidance, ...settings }));
  },
  "filters.median_blur": colour((m) => ag.medianBlur({ kernelSize: sizeOf(m) })),
  "filters.box_blur": colour((m) => ag.boxBlur({ kernelSize: sizeOf(m), padding: border(m, "reflect") })),
  "filters.bilateral_blur": bilateral,
  "filters.joint_bilateral_blur": bilateral,
  "filters.filter2d": filter2d,
  "filters.filter2d_separable": separable,
  "filters.laplacian": colour((m) =>
    ag.laplacian({
      kernelSize: sizeOf(m),
      normalized: m.option("normalized", true),
      padding: border(m, "reflect"),
    }),
  ),
  "filters.sobel": colour((m) => ag.sobel({ normalized: m.option("normalized", true) })),
  "filters.spatial_gradient": spatialGradient,
  "filters.motion_blur": (m) =>
    motion(
      m.input(),
      loose(m.param("angle")),
      loose(m.param("direction")),
      m.option("kernel_size", 3),
      m.option("mode", "nearest"),
      m.option("border_type", "constant"),
    ),
  "filters.get_gaussian_kernel1d": (m) => ag.getGaussianKernel1d(m.option("kernel_size", 3), m.param("sigma")),
  "filters.get_gaussian_kernel2d": (m) => ag.getGaussianKernel2d(sizeOf(m), m.param("sigma")),
  "filters.get_motion_kernel2d": (m) => {
    const mode = choose(m.option("mode", "nearest"), { nearest: "nearest", bilinear: "bilinear" } as const, "mode");
    const angle = m.param("angle");
    const options = { interpolation: mode };
    return ag.getMotionKernel2d(
      m.option("kernel_size", 3),
      mode === "nearest" ? angle.detach() : angle,
      m.param("direction"),
      options,
    );
  },
  "filters.unsharp_mask": (m) => {
    const x = m.input();
    const [sigmaY, sigmaX] = deviations(m.param("sigma"), x.shape[0]);
    const settings = { kernelSize: sizeOf(m), padding: border(m, "reflect") };
    return run(x, ag.unsharpMask({ sigmaX, sigmaY, ...settings }));
  },
  "filters.blur_pool2d": colour((m) => ag.blurPool2d({ kernelSize: sizeOf(m), stride: m.option("stride", 2) })),
  "filters.max_blur_pool2d": colour((m) =>
    ag.maxBlurPool2d({
      kernelSize: sizeOf(m),
      stride: m.option("stride", 2),
      maxPoolSize: m.option("max_pool_size", 2),
    }),
  ),
  "filters.edge_aware_blur_pool2d": colour((m) =>
    ag.edgeAwareBlurPool2d({
      kernelSize: sizeOf(m),
      edgeThreshold: m.option("edge_threshold", 1.25),
      edgeDilationKernelSize: m.option("edge_dilation_kernel_size", 3),
      epsilon: m.option("epsilon", 1e-6),
    }),
  ),
  "enhance.sharpness": colour((m) => ag.sharpness({ factor: value(m, "factor") })),
  "morphology.dilation": morphology(dilated),
  "morphology.erosion": morphology(eroded),
  "morphology.opening": morphology(opened),
  "morphology.closing": morphology(closed),
  "morphology.gradient": morphology(both(ag.morphologicalGradient, (x, m) => ag.sub(dilated(x, m), eroded(x, m)))),
  "morphology.top_hat": morphology(both(ag.topHat, (x, m) => ag.sub(x, opened(x, m)))),
  "morphology.bottom_hat": morphology(both(ag.bottomHat, (x, m) => ag.sub(closed(x, m), x))),
  "torchvision.adjust_sharpness": colour((m) => ag.sharpness({ factor: m.option("sharpness_factor", 1) })),
  "cv2.medianBlur": colour((m) => ag.medianBlur({ kernelSize: m.option("ksize", 3), padding: "border" })),
  "cv2.filter2D": (m) =>
    correlated(m.input(), kernelOf(m.param("kernel")), {
      padding: choose(m.option("border", "reflect101"), CV_BORDERS, "border"),
    }),
  "cv2.Sobel": cvSobel,
  "cv2.dilate": morphology(dilated),
  "cv2.erode": morphology(eroded),
};

const isNearest = (m: Material, i: number) => lower(m.setting(i, "resample", "nearest")) === "nearest";

export const classes: Classes = {
  RandomBoxBlur: through(ag.RandomBoxBlur),
  RandomMedianBlur: through(ag.RandomMedianBlur),
  RandomSharpness: through(ag.RandomSharpness, (m, i) => ({ factor: drawnOf(m, i, "sharpness") })),
  // One sample's size is that of all; `nearest` is Kornia's default.
  RandomMotionBlur: through(
    ag.RandomMotionBlur,
    (m, i) => ({
      // With `nearest` Kornia's angle has no gradient.
      angle: isNearest(m, i) ? Array.from(m.drawnNumbers(i, "angle_factor")) : drawnOf(m, i, "angle_factor"),
      direction: drawnOf(m, i, "direction_factor"),
    }),
    (m, i) => ({
      kernelSize: m.drawnNumbers(i, "ksize_factor")[m.drawnNumbers(i, "idx")[0]],
      resample: lower(m.setting(i, "resample", "nearest")),
    }),
  ),
};
