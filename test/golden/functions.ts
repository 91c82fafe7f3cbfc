// Families of functions of Kornia, torchvision and OpenCV: how their arguments are read.

import type { Tensor, Transform } from "../../src/index.ts";
import * as ag from "../../src/index.ts";
import { constant, part, square } from "./algebra.ts";
import {
  choose,
  lower,
  middle,
  quadrangle,
  resized,
  run,
  type Size,
  sampling,
  sizeOf,
  type WarpOptions,
  warped,
} from "./conventions.ts";
import { type Material, NotImplementedYet, type Outcome } from "./material.ts";

/** How a case becomes outputs. */
export type Entry = (m: Material) => Tensor | Outcome | Promise<Tensor | Outcome>;

export const warpOptions = (m: Material, corners = true): WarpOptions => ({
  mode: m.option("mode", "bilinear"),
  padding: m.option("padding_mode", "zeros"),
  corners: m.option("align_corners", corners),
  size: m.option<Size | undefined>("dsize", undefined),
  fill: m.has("fill_value") ? m.param("fill_value") : undefined,
});

export const graded = (mode: unknown, image: Tensor): Outcome => ({
  outputs: { out: image },
  ties: lower(mode) === "nearest",
});
export const colour =
  (make: (m: Material) => Transform): Entry =>
  (m) =>
    run(m.input(), make(m));
export const clip = (m: Material) => ({ clip: m.option("clip_output", true) });
/** One value for all samples may come as a list of one. */
export const loose = (t: Tensor): Tensor => (t.shape.length === 1 && t.size === 1 ? ag.reshape(t, []) : t);
export const value = (m: Material, name: string): Tensor => loose(m.param(name));
export const entryOf = (m: Material, name: string, j: number): Tensor => loose(part(m.param(name), j));
/** Mean and deviation of each channel, or one for all. */
export const statistics = (m: Material) => {
  const perChannel = (t: Tensor) => (t.size === 1 ? ag.broadcastTo(ag.reshape(t, [1]), [m.input().shape[1]]) : t);
  return { mean: perChannel(m.param("mean")), std: perChannel(m.param("std")) };
};

/** The warps of transform.*: the matrix, or augrad's own transform where align_corners makes the two agree. */
export function motion(
  matrix: (m: Material, x: Tensor, n: number) => Tensor,
  named?: (m: Material) => Transform,
  corners = true,
): Entry {
  return (m) => {
    const x = m.input();
    const options = warpOptions(m, corners);
    const own = options.corners && options.mode !== "nearest" ? named?.(m) : undefined;
    const image = own ? run(x, own) : warped(x, matrix(m, x, x.shape[0]), "affine", options);
    return graded(options.mode, image);
  };
}

export const centerOf = (m: Material, x: Tensor): Tensor => (m.has("center") ? m.param("center") : middle(x));
export const ownCenter = (m: Material) =>
  m.has("center") ? { centerX: entryOf(m, "center", 0), centerY: entryOf(m, "center", 1) } : {};
export const ownSampling = (m: Material) => sampling(warpOptions(m));

export const warping =
  (kind: "affine" | "perspective"): Entry =>
  (m) => {
    const options = warpOptions(m);
    return graded(options.mode, warped(m.input(), m.param("M"), kind, options));
  };

export const boxes =
  (corners: boolean | null): Entry =>
  (m) => {
    const x = m.input("input_tensor");
    const from = m.param(m.has("boxes") ? "boxes" : "src_box");
    const dst = m.has("dst_box") ? m.option<number[][][]>("dst_box", [])[0] : null;
    const size: Size = dst
      ? [Math.round(dst[2][1] - dst[1][1] + 1), Math.round(dst[1][0] - dst[0][0] + 1)]
      : m.option<Size>("size", [1, 1]);
    const [h, w] = size;
    const square = [0, 0, w - 1, 0, w - 1, h - 1, 0, h - 1];
    const to = dst
      ? m.param("dst_box")
      : constant(
          x,
          from.shape.length === 3 ? Array.from({ length: from.shape[0] }, () => square).flat() : square,
          from.shape,
        );
    const options = { ...warpOptions(m), corners: m.option("align_corners", corners ?? true), size };
    return graded(options.mode, quadrangle(x, from, to, "affine", options));
  };

/** OpenCV's positions are off by up to 1/64 pixel each way: twice that, times the largest step between neighbours. */
export async function quantised(m: Material, mode: string, border: string, image: Tensor): Promise<Outcome> {
  const note = "OpenCV rounds positions to 1/32 pixel";
  if (mode === "nearest") return { outputs: { out: image }, share: 0.02, note };
  const x = m.input("image");
  const values = await x.read();
  const w = x.shape[3];
  let step = 0;
  for (let i = 0; i < values.length; i++) {
    if ((i + 1) % w) step = Math.max(step, Math.abs(values[i + 1] - values[i]));
    if (i + w < values.length) step = Math.max(step, Math.abs(values[i + w] - values[i]));
    if (border === "constant") step = Math.max(step, Math.abs(values[i]));
  }
  return { outputs: { out: image }, extra: (mode === "cubic" ? 1.5 : 1) * step * (2 / 64), note };
}

export const CV_MODES = { linear: "bilinear", nearest: "nearest", cubic: "bicubic" } as const;
export const CV_BORDERS = {
  constant: "zeros",
  replicate: "border",
  reflect101: "reflection",
  reflect: "symmetric",
} as const;

export const cvWarp: Entry = (m) => {
  const x = m.input("image");
  const [width, height] = m.option<number[]>("dsize_wh", [x.shape[3], x.shape[2]]);
  const [mode, border] = [m.option("interpolation", "linear"), m.option("border", "constant")];
  const padding = choose(border, CV_BORDERS, "border");
  const options = {
    mode: choose(mode, CV_MODES, "interpolation"),
    padding,
    corners: true,
    size: [height, width] as Size,
  };
  return quantised(m, mode, border, warped(x, square(m.param("M"), 1), "affine", options));
};

/** torchvision fills outside with zeros, or with one value per channel (or one for all). */
export function tvSampling(m: Material, x: Tensor, fallback: string): WarpOptions {
  const fill = m.option<number | number[] | null>("fill", null);
  const values = typeof fill === "number" ? [fill] : fill;
  const filling = values && {
    padding: "fill",
    fill: constant(x, values.length === 1 ? values[0] : values, [x.shape[1]]),
  };
  return { mode: m.option("interpolation", fallback), corners: true, ...filling };
}

export const tvWarp =
  (matrix: (m: Material, x: Tensor) => Tensor): Entry =>
  (m) => {
    if (m.option("expand", false)) throw new NotImplementedYet("expand");
    const x = m.input("image");
    const options = tvSampling(m, x, "nearest");
    return graded(options.mode, warped(x, matrix(m, x), "affine", options));
  };

/** A blend with grey by a factor, where torchvision's grey has .0001 less red. */
export const otherGrey = (m: Material, factor: string, image: Tensor): Outcome => ({
  outputs: { out: image },
  extra: 1e-4 * Math.abs(1 - m.option(factor, 1)),
  note: "torchvision weighs red with .2989",
});

export function tvResize(m: Material, x: Tensor, antialias: boolean): Tensor {
  const given = m.option<number | number[]>("size", 1);
  const [h, w] = sizeOf(x);
  const short = Array.isArray(given) ? given[0] : given;
  const both = Array.isArray(given) && given.length === 2;
  const size: Size = both
    ? [given[0], given[1]]
    : w <= h
      ? [Math.trunc((short * h) / w), short]
      : [short, Math.trunc((short * w) / h)];
  const mode = m.option<string>("interpolation", "bilinear");
  if (mode === "nearest" || mode === "nearest-exact") return resized(x, size, { mode });
  const interpolation = choose(mode, { bilinear: "bilinear", bicubic: "bicubic" } as const, "interpolation");
  return run(
    x,
    ag.resize({ height: size[0], width: size[1], interpolation, antialias: m.option("antialias", antialias) }),
  );
}
