// Families of augmentation classes of Kornia: what a step does to image, mask and places, from what it drew.

import type { Tensor, Transform } from "../../src/index.ts";
import * as ag from "../../src/index.ts";
import { constant, homography } from "./algebra.ts";
import {
  cutOut,
  lower,
  MASK,
  middle,
  quadrangle,
  resized,
  rotation,
  run,
  runMask,
  type Size,
  sizeOf,
  type WarpOptions,
  warped,
} from "./conventions.ts";
import type { Material } from "./material.ts";
import type { Stage } from "./pipeline.ts";

/** How step `i` of a pipeline acts on `n` images. */
export type ClassEntry = (m: Material, i: number, n: number) => Stage | Promise<Stage>;

export const point =
  (image: (m: Material, i: number, x: Tensor) => Tensor): ClassEntry =>
  (m, i) => ({ image: (x) => image(m, i, x) });

/** One value per channel; a mask takes the first. */
const fillOf = (fill: number | number[], channels: number): number | number[] =>
  typeof fill === "number" || fill.length === channels ? fill : fill[0];

/** A warp by a matrix, of the image, of the mask (nearest), and back. */
export function warpStage(m: Material, i: number, matrix: Tensor, corners: boolean): Stage {
  const padding = lower(m.setting(i, "padding_mode", "zeros"));
  const fillValue = m.setting<number | number[]>(i, "fill_value", 0);
  const options = (mode: string, x: Tensor): WarpOptions => ({
    mode,
    padding,
    corners: m.setting(i, "align_corners", corners),
    maskFill: padding === "fill" ? (fillOf(fillValue, 1) as number) : 0,
    fill: padding === "fill" ? constant(x, fillOf(fillValue, x.shape[1]), [x.shape[1]]) : undefined,
  });
  const mode = lower(m.setting(i, "resample", "bilinear"));
  return {
    image: (x) => warped(x, matrix, "affine", options(mode, x)),
    mask: (x) => warped(x, matrix, "affine", options(MASK, x)),
    matrix,
    inverse: (x, back, isMask) => warped(x, back, "affine", options(isMask ? MASK : mode, x)),
    nearest: mode === "nearest",
  };
}

/** Cut out `src` and bring it to a size: by slices of whole pixels, or by a homography. */
export async function cropStage(m: Material, i: number, size: Size, resizes: boolean): Promise<Stage> {
  const mode = lower(m.setting(i, "resample", "bilinear"));
  const corners = m.setting(i, "align_corners", true);
  const [from, to] = [m.drawn(i, "src"), m.drawn(i, "dst")];
  const bySlice = m.setting(i, "cropping_mode", "slice") === "slice";
  const cut = (x: Tensor, how: string) => {
    if (!bySlice) return quadrangle(x, from, to, "affine", { mode: how, corners, size });
    return cutOut(x, m.drawnNumbers(i, "src"), size, resizes ? { mode: how, corners } : { mode: "bilinear", corners });
  };
  return {
    image: (x) => cut(x, mode),
    mask: (x) => cut(x, MASK),
    matrix: await homography(from, to),
    nearest: mode === "nearest",
  };
}

export const pair = (value: number | readonly number[]): Size =>
  typeof value === "number" ? [value, value] : [value[0], value[1]];
export const sideways =
  (flip: () => Transform, matrix: (size: Size) => number[]): ClassEntry =>
  (_, __, n) => ({
    image: (x) => run(x, flip()),
    mask: (x) => runMask(x, flip()),
    inverse: (x) => run(x, flip()),
    matrix: (x) => constant(x, Array.from({ length: n }, () => matrix(sizeOf(x))).flat(), [n, 3, 3]),
  });

/** What ColorJiggle and ColorJitter do in the order drawn; an operation whose factors are all the identity is left out. */
export function jitter(
  parts: readonly (readonly [name: string, identity: number, (x: Tensor, factor: Tensor) => Tensor])[],
): ClassEntry {
  return point((m, i, x) => {
    let y = x;
    for (const k of m.drawnNumbers(i, "order")) {
      const [name, identity, change] = parts[k];
      if (m.drawnNumbers(i, name).some((value) => value !== identity)) y = change(y, m.drawn(i, name));
    }
    return y;
  });
}

export const turnHue = (x: Tensor, factor: Tensor) => run(x, ag.hue({ turns: factor }));

export const sized: ClassEntry = async (m, i) => {
  const size = pair(Array.from(m.drawnNumbers(i, "output_size").subarray(0, 2)));
  const mode = lower(m.setting(i, "resample", "bilinear"));
  const options = { corners: m.setting(i, "align_corners", true), antialias: m.setting(i, "antialias", false) };
  return {
    image: (x) => resized(x, size, { ...options, mode }),
    mask: (x) => resized(x, size, { ...options, mode: MASK }),
    matrix: await homography(m.drawn(i, "src"), m.drawn(i, "dst")),
    nearest: mode === "nearest",
  };
};

export function turned(m: Material, i: number, n: number, angle: Tensor): Stage {
  const stage = (x: Tensor) => warpStage(m, i, rotation(x, n, { angle, center: middle(x) }), true);
  return {
    image: (x) => stage(x).image(x),
    mask: (x) => stage(x).mask!(x),
    matrix: (x) => rotation(x, n, { angle, center: middle(x) }),
    inverse: (x, back, isMask, size) => stage(x).inverse!(x, back, isMask, size),
    nearest: lower(m.setting(i, "resample", "bilinear")) === "nearest",
  };
}

/**
 * Kornia rounds the number of quarters, so that no gradient reaches it, and turns within the frame as it is. Where pixels land on pixels, all
 * of augrad's turns are exact; one that is the same for all samples of squares is `rot90`.
 */
export const quarters: ClassEntry = (m, i, n) => {
  const times = Array.from(m.drawnNumbers(i, "times"), Math.round);
  const angles = times.map((turns) => (turns * Math.PI) / 2);
  const stage = turned(m, i, n, m.constant(angles, [n])) as Stage & { inverse: NonNullable<Stage["inverse"]> };
  const isSame = times.every((turns) => turns === times[0]);
  const exact = (x: Tensor, sign: number): Tensor | null => {
    const [h, w] = sizeOf(x);
    const lands = times.every((turns) => turns % 2 === 0) || (h - w) % 2 === 0;
    if (!lands || x.shape[0] !== n || !m.setting(i, "align_corners", true)) return null;
    if (isSame && h === w) return run(x, ag.rot90({ turns: sign * times[0] }));
    return run(x, ag.rotate({ angle: times.map((turns) => 90 * sign * turns) }));
  };
  return {
    ...stage,
    image: (x) => exact(x, 1) ?? stage.image(x),
    mask: (x) => exact(x, 1) ?? stage.mask!(x),
    inverse: (x, back, isMask, size) => exact(x, -1) ?? stage.inverse(x, back, isMask, size),
  };
};
