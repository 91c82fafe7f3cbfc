// Stencils: filters of Kornia, its morphology, and the same of torchvision and OpenCV.
//
// A kernel's border is what `BORDERS` says. Kornia's kernels are [1, kH, kW] or [N, kH, kW]; its sigma_space is (y, x). Its border_value
// is added to a dilation of what is less by as much. The recorded Kornia counted the origin of a dilation's kernel, which it turns around,
// in the turned kernel. With "nearest" its motion blur has no gradient of the angle: it is cut off.

import type { Tensor } from "../../../src/index.ts";
import * as ag from "../../../src/index.ts";
import { column, part } from "../algebra.ts";
import { blurred, choose, lower, run, type Size } from "../conventions.ts";
import { colour, type Entry, value } from "../functions.ts";
import { type Material, NotImplementedYet } from "../material.ts";
import { point } from "../stages.ts";
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

const bilateral: Entry = (m) => {
  const x = m.input();
  const n = x.shape[0];
  const space = m.param("sigma_space");
  const each = (j: number) => ag.reshape(column(part(ag.reshape(space, [space.size / 2, 2]), j), n), [n]);
  return run(
    x,
    ag.bilateralBlur({
      sigmaColor: value(m, "sigma_color"),
      sigmaY: each(0),
      sigmaX: each(1),
      kernelSize: sizeOf(m),
      colorDistance: m.option<"l1" | "l2">("color_distance_type", "l1"),
      padding: border(m, "reflect"),
    }),
  );
};

const filter2d: Entry = (m) =>
  correlated(m.input(), kernelOf(m.param("kernel")), {
    normalized: m.option("normalized", false),
    behaviour: m.option("behaviour", "corr"),
    padding: m.option<string>("padding", "same") === "valid" ? "valid" : border(m, "reflect"),
  });

/** A kernel along x, then one along y. */
const separable: Entry = (m) => {
  const [kx, ky] = ["kernel_x", "kernel_y"].map((name) => m.param(name));
  const options = {
    normalized: m.option("normalized", false),
    padding: m.option<string>("padding", "same") === "valid" ? "valid" : border(m, "reflect"),
  };
  const shaped = (k: Tensor, isRow: boolean) => {
    const [n, size] = k.shape;
    return kernelOf(ag.reshape(k, isRow ? [n, 1, size] : [n, size, 1]));
  };
  return correlated(correlated(m.input(), shaped(kx, true), options), shaped(ky, false), options);
};

/** The structuring element. */
function morphologySettings(m: Material, isTurned: boolean) {
  const kernel = m.option<number[][]>("kernel", []).map((row) => row.map((cell) => (cell === 0 ? 0 : 1)));
  const place = m.option<Size>("origin", [0, 0]);
  const origin = isTurned ? [kernel.length - 1 - place[0], kernel[0].length - 1 - place[1]] : place;
  return {
    kernel,
    ...(m.has("structuring_element") ? { element: m.param("structuring_element") } : {}),
    ...(m.has("origin") ? { origin } : {}),
  };
}

type Morph = (x: Tensor, m: Material) => Tensor;

const morph =
  (transform: typeof ag.dilation): Morph =>
  (x, m) => {
    const settings = morphologySettings(m, transform === ag.dilation);
    const type = m.option("border_type", "geodesic");
    if (type === "geodesic") return run(x, transform(settings as never));
    const shift = m.option("border_value", 0);
    const padding = choose(type, BORDERS, "border");
    // What lies outside is 0: the image is moved, so that 0 is the border's value.
    const moved = run(ag.sub(x, shift), transform({ ...settings, padding } as never));
    return ag.add(moved, shift);
  };

const dilated = morph(ag.dilation);
const eroded = morph(ag.erosion);
const opened: Morph = (x, m) => dilated(eroded(x, m), m);
const closed: Morph = (x, m) => eroded(dilated(x, m), m);
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

/** Sobel's filter, or differences, across and down, and of the second order. */
function gradientKernels(mode: string, order: number): number[][][] {
  if (order === 1) {
    const across =
      mode === "sobel"
        ? [
            [-1, 0, 1],
            [-2, 0, 2],
            [-1, 0, 1],
          ]
        : [
            [0, 0, 0],
            [-1, 0, 1],
            [0, 0, 0],
          ];
    return [across, transposed(across)];
  }
  if (mode !== "sobel") {
    const xx = [
      [0, 0, 0],
      [1, -2, 1],
      [0, 0, 0],
    ];
    const xy = [
      [-1, 0, 1],
      [0, 0, 0],
      [1, 0, -1],
    ];
    return [xx, xy, transposed(xx)];
  }
  const xx = [
    [-1, 0, 2, 0, -1],
    [-4, 0, 8, 0, -4],
    [-6, 0, 12, 0, -6],
    [-4, 0, 8, 0, -4],
    [-1, 0, 2, 0, -1],
  ];
  const xy = [
    [-1, -2, 0, 2, 1],
    [-2, -4, 0, 4, 2],
    [0, 0, 0, 0, 0],
    [2, 4, 0, -4, -2],
    [1, 2, 0, -2, -1],
  ];
  return [xx, xy, transposed(xx)];
}

const transposed = (kernel: number[][]): number[][] => kernel[0].map((_, j) => kernel.map((row) => row[j]));

/** The derivatives of each channel: [N, C, 2 or 3, H, W]. */
const spatialGradient: Entry = (m) => {
  const x = m.input();
  const [n, c, h, w] = x.shape;
  const kernels = gradientKernels(m.option("mode", "sobel"), m.option("order", 1));
  const parts = kernels.map((kernel) =>
    ag.reshape(correlated(x, kernel, { normalized: m.option("normalized", true), padding: "border" }), [
      n * c,
      1,
      h * w,
    ]),
  );
  return ag.reshape(ag.concat(parts, 1), [n, c, kernels.length, h, w]);
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
  "filters.median_blur": colour((m) => ag.medianBlur({ kernelSize: sizeOf(m) })),
  "filters.box_blur": colour((m) => ag.boxBlur({ kernelSize: sizeOf(m), padding: border(m, "reflect") })),
  "filters.bilateral_blur": bilateral,
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
  "filters.unsharp_mask": (m) => {
    const x = m.input();
    const smooth = blurred(x, m.param("sigma"), sizeOf(m), m.option("border_type", "reflect"));
    return ag.sub(ag.mul(x, 2), smooth);
  },
  "enhance.sharpness": colour((m) => ag.sharpness({ factor: value(m, "factor") })),
  "morphology.dilation": morphology(dilated),
  "morphology.erosion": morphology(eroded),
  "morphology.opening": morphology(opened),
  "morphology.closing": morphology(closed),
  "morphology.gradient": morphology((x, m) => ag.sub(dilated(x, m), eroded(x, m))),
  "morphology.top_hat": morphology((x, m) => ag.sub(x, opened(x, m))),
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

export const classes: Classes = {
  RandomBoxBlur: point((m, i, x) =>
    run(
      x,
      ag.boxBlur({
        kernelSize: m.setting<number | Size>(i, "kernel_size", [3, 3]),
        padding: choose(lower(m.setting(i, "border_type", "reflect")), BORDERS, "border"),
      }),
    ),
  ),
  RandomMedianBlur: point((m, i, x) =>
    run(x, ag.medianBlur({ kernelSize: m.setting<number | Size>(i, "kernel_size", [3, 3]) })),
  ),
  RandomSharpness: point((m, i, x) => run(x, ag.sharpness({ factor: m.drawn(i, "sharpness") }))),
  RandomMotionBlur: point((m, i, x) => {
    // One sample's size is that of all.
    const size = m.drawnNumbers(i, "ksize_factor")[m.drawnNumbers(i, "idx")[0]];
    return motion(
      x,
      m.drawn(i, "angle_factor"),
      m.drawn(i, "direction_factor"),
      size,
      lower(m.setting(i, "resample", "nearest")),
      lower(m.setting(i, "border_type", "constant")),
    );
  }),
};
