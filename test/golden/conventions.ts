// Other libraries' conventions in augrad's terms: what the mapping is written with.

import type { Tensor, Transform } from "../../src/index.ts";
import * as ag from "../../src/index.ts";
import { column, constant, fixed, matrices, part, product, type Scalar, square } from "./algebra.ts";
import { NotImplementedYet } from "./material.ts";

export type Size = readonly [height: number, width: number];

export const RADIAN = Math.PI / 180;

export const run = (x: Tensor, ...transforms: Transform[]): Tensor =>
  transforms.reduce((y, transform) => ag.apply(y, transform), x);
/** A mask through the object call of a pipeline, which looks for the nearest pixel by itself. */
export const runMask = (mask: Tensor, transform: Transform, fill = 0): Tensor =>
  ag.sequential([transform])({ mask: ag.asMask(mask, { fill }) }).mask.data;
/** The mode in which masks are warped. */
export const MASK = "mask";
const runAs = ({ mode, maskFill }: Pick<WarpOptions, "mode" | "maskFill">, x: Tensor, transform: Transform): Tensor =>
  mode === MASK ? runMask(x, transform, maskFill) : run(x, transform);
const isNearest = ({ mode }: Pick<WarpOptions, "mode">): boolean => mode === "nearest" || mode === MASK;
export const sizeOf = (x: Tensor): Size => [x.shape[2], x.shape[3]];
export const scaled = (t: Tensor, by: number): Tensor => ag.mul(t, by);
export const shifted = (t: Tensor, by: number): Tensor => ag.add(t, by);
export const lower = (value: unknown): string => String(value).toLowerCase();

// ---- warps ----------------------------------------------------------------------------------------------------------

export interface WarpOptions {
  mode?: string;
  padding?: string;
  corners: boolean;
  size?: Size;
  fill?: Tensor;
  /** What a mask shows where the image shows `fill`. */
  maskFill?: number;
}

/** Interpolation and padding in augrad's words. With align_corners, reflection mirrors about the outermost centres. */
export function sampling({ mode = "bilinear", padding = "zeros", corners, fill }: WarpOptions) {
  const interpolation = choose(
    mode,
    { bilinear: "bilinear", nearest: "nearest", bicubic: "bicubic", [MASK]: "bilinear" } as const,
    "interpolation",
  );
  const known = {
    zeros: "zeros",
    border: "border",
    fill: "fill",
    symmetric: "symmetric",
    reflection: corners ? "reflection" : "symmetric",
  } as const;
  return { interpolation, padding: choose(padding, known, "padding"), fill: padding === "fill" ? fill : undefined };
}

/** Moves the places where nearest sampling looks, in pixels: replay.ts asks on which side of a tie a value may fall. */
let nudge: readonly [x: number, y: number] = [0, 0];

/** How far nearest places are moved now. */
export const nudgeNow = (): readonly [x: number, y: number] => nudge;

export async function nudged<T>(by: readonly [x: number, y: number], task: () => Promise<T>): Promise<T> {
  nudge = by;
  try {
    return await task();
  } finally {
    nudge = [0, 0];
  }
}

export function choose<T>(value: string, known: Record<string, T>, what: string): T {
  const found = known[lower(value)];
  if (found === undefined) throw new NotImplementedYet(`${what} "${value}"`);
  return found;
}

/** x -> x · W/(W−1) − 1/2 and the same for y: where Kornia's sampler looks when it means x, without align_corners. */
const stretch = ([h, w]: Size) => [w / (w - 1), 0, -0.5, 0, h / (h - 1), -0.5, 0, 0, 1];
export const unstretch = ([h, w]: Size) => [
  (w - 1) / w,
  0,
  (w - 1) / (2 * w),
  0,
  (h - 1) / h,
  (h - 1) / (2 * h),
  0,
  0,
  1,
];

/**
 * Kornia's warp_affine and warp_perspective. Both normalise pixels with (W−1, H−1), so that x means g = 2x/(W−1) − 1; without
 * align_corners the sampler reads that g as ((g+1)W − 1)/2 = x·W/(W−1) − 1/2 = A x, a stretch of the source. warp_affine's
 * grid (F.affine_grid) is that of the sampler, so the same stretch undoes itself on the destination: M' = A' M A⁻¹;
 * warp_perspective's grid is corner to corner: M' = M A⁻¹. With nearest sampling, augrad's matrix has the gradient of bilinear
 * (straight-through); Kornia's has none, so it is cut off here.
 */
export function warped(x: Tensor, matrix: Tensor, kind: "affine" | "perspective", options: WarpOptions): Tensor {
  const n = x.shape[0];
  const [height, width] = options.size ?? sizeOf(x);
  let m = square(matrix, n);
  if (!options.corners) {
    m = product(m, fixed(x, n, unstretch(sizeOf(x))));
    if (kind === "affine") m = product(fixed(x, n, stretch([height, width])), m);
  }
  if (isNearest(options)) m = product(m.detach(), fixed(x, n, [1, 0, -nudge[0], 0, 1, -nudge[1], 0, 0, 1]));
  return runAs(options, x, ag.warp({ matrix: ag.reshape(m, [n, 9]), height, width, ...sampling(options) }));
}

/**
 * Warp by the homography of two quadrangles `[N, 4, 2]`: the same stretch on the points. Kornia's crops by boxes have the
 * affine kind of grid, its RandomPerspective the perspective kind.
 */
export function quadrangle(
  x: Tensor,
  from: Tensor,
  to: Tensor,
  kind: "affine" | "perspective",
  options: WarpOptions,
): Tensor {
  const [height, width] = options.size ?? sizeOf(x);
  const stretched = (t: Tensor, [h, w]: Size) => ag.add(ag.mul(t, constant(x, [w / (w - 1), h / (h - 1)], [2])), -0.5);
  let start = options.corners ? from : stretched(from, sizeOf(x));
  const end = options.corners || kind === "perspective" ? to : stretched(to, [height, width]);
  const hard = isNearest(options);
  if (hard) start = ag.add(start.detach(), constant(x, nudge, [2]));
  const rows = (t: Tensor) => ag.reshape(t, [t.size / 8, 8]);
  return runAs(
    options,
    x,
    ag.perspective({
      startPoints: rows(start),
      endPoints: rows(hard ? end.detach() : end),
      height,
      width,
      ...sampling(options),
    }),
  );
}

/** get_rotation_matrix2d: scale and counter-clockwise turn (in radians) about a centre, then a translation. */
export function rotation(
  like: Tensor,
  n: number,
  turn: { angle?: Tensor; scale?: Tensor; center: Tensor; translation?: Tensor },
): Tensor {
  const each = (t: Tensor, j: number) => part(t, j);
  const [cx, cy] = [each(turn.center, 0), each(turn.center, 1)];
  const place = (x: Scalar, y: Scalar) => matrices(like, n, [1, 0, x, 0, 1, y, 0, 0, 1]);
  const factors = [place(cx, cy)];
  if (turn.translation) factors.unshift(place(each(turn.translation, 0), each(turn.translation, 1)));
  if (turn.angle) {
    const [c, s] = [ag.cos(turn.angle), ag.sin(turn.angle)];
    factors.push(matrices(like, n, [c, s, 0, ag.neg(s), c, 0, 0, 0, 1]));
  }
  if (turn.scale) factors.push(matrices(like, n, [each(turn.scale, 0), 0, 0, 0, each(turn.scale, 1), 0, 0, 0, 1]));
  return product(...factors, place(ag.neg(cx), ag.neg(cy)));
}

/** get_shear_matrix2d, angles in radians: x' = x − tan(sx) y about the centre, y' = y − tan(sy) x'. */
export function sheared(like: Tensor, n: number, center: Tensor, sx: Tensor, sy: Tensor): Tensor {
  const tan = (t: Tensor) => ag.div(ag.sin(t), ag.cos(t));
  const [cx, cy] = [part(center, 0), part(center, 1)];
  const rising = matrices(like, n, [1, 0, 0, ag.neg(tan(sy)), 1, 0, 0, 0, 1]);
  const slanting = matrices(like, n, [1, ag.neg(tan(sx)), 0, 0, 1, 0, 0, 0, 1]);
  const place = (x: Scalar, y: Scalar) => matrices(like, n, [1, 0, x, 0, 1, y, 0, 0, 1]);
  return product(place(cx, cy), rising, slanting, place(ag.neg(cx), ag.neg(cy)));
}

export const middle = (x: Tensor): Tensor => constant(x, [(x.shape[3] - 1) / 2, (x.shape[2] - 1) / 2], [2]);

/** torchvision's matrix: T(t) C R(angle, clockwise) ShearY(−tan sy) ShearX(−tan sx) S C⁻¹, in plain numbers. */
export function torchvisionMatrix(
  x: Tensor,
  angle: number,
  [tx, ty]: number[],
  scale: number,
  [shearX, shearY]: number[],
  center?: number[],
): Tensor {
  const [r, sx, sy] = [angle * RADIAN, shearX * RADIAN, shearY * RADIAN];
  const a = (Math.cos(r - sy) / Math.cos(sy)) * scale;
  const b = (-(Math.cos(r - sy) * Math.tan(sx)) / Math.cos(sy) - Math.sin(r)) * scale;
  const c = (Math.sin(r - sy) / Math.cos(sy)) * scale;
  const d = (-(Math.sin(r - sy) * Math.tan(sx)) / Math.cos(sy) + Math.cos(r)) * scale;
  const [h, w] = sizeOf(x);
  const [cx, cy] = center ?? [(w - 1) / 2, (h - 1) / 2];
  return constant(x, [a, b, cx + tx - a * cx - b * cy, c, d, cy + ty - c * cx - d * cy, 0, 0, 1], [1, 3, 3]);
}

// ---- sizes ----------------------------------------------------------------------------------------------------------

export interface ResizeOptions {
  mode?: string;
  corners?: boolean | null;
  antialias?: boolean;
}

/** Kornia's resize to a size that is already known. */
export function resized(
  x: Tensor,
  [height, width]: Size,
  { mode = "bilinear", corners, antialias }: ResizeOptions,
): Tensor {
  const [h, w] = sizeOf(x);
  if (h === height && w === width) return x;
  let source = x;
  if (antialias && Math.max(h / height, w / width) > 1) {
    const sigma = [h / height, w / width].map((factor) => Math.max((factor - 1) / 2, 0.001));
    const kernel = sigma.map((s) => Math.trunc(Math.max(4 * s, 3))).map((k) => (k % 2 ? k : k + 1));
    source = run(
      x,
      ag.gaussianBlur({
        sigmaY: sigma[0],
        sigmaX: sigma[1],
        kernelSize: [kernel[0], kernel[1]],
        padding: "reflection",
      }),
    );
  }
  const smooth = mode === "bilinear" || mode === "bicubic";
  // Corner to corner: x' = x (W'−1)/(W−1).
  if (smooth && corners) {
    if (height === 1 || width === 1 || h === 1 || w === 1)
      throw new NotImplementedYet("align_corners with a side of one pixel");
    const matrix = [(width - 1) / (w - 1), 0, 0, 0, (height - 1) / (h - 1), 0, 0, 0, 1];
    return run(source, ag.warp({ matrix, height, width, interpolation: mode, padding: "border" }));
  }
  if (smooth) return run(source, ag.resize({ height, width, interpolation: mode, antialias: false }));
  // PyTorch's area is an adaptive average, OpenCV's the mean over what is covered.
  if (mode === "area" || mode === "adaptive") return run(source, ag.resize({ height, width, interpolation: mode }));
  if (mode === "nearest-exact")
    return run(source, ag.resize({ height, width, interpolation: "nearest", antialias: false }));
  if (!isNearest({ mode })) throw new NotImplementedYet(`interpolation "${mode}"`);
  // PyTorch's "nearest" takes floor(x' W/W'): half a pixel beside the centre, and 1/(4W') more, which no fraction of W' reaches.
  const toward = (to: number, from: number, by: number) => [to / from, (to / from) * (0.5 - (by || 0.25 / to))];
  const [[ax, bx], [ay, by]] = [toward(width, w, nudge[0]), toward(height, h, nudge[1])];
  const interpolation = mode === MASK ? "bilinear" : "nearest";
  return runAs(
    { mode },
    source,
    ag.warp({ matrix: [ax, 0, bx, 0, ay, by, 0, 0, 1], height, width, interpolation, padding: "border" }),
  );
}

/** Kornia's size of a resize from one number: the side that it stands for, rounded down for the other. */
export function sizeFor(side: string, given: number | Size, [h, w]: Size): Size {
  if (typeof given !== "number") return given;
  const ratio = w / h;
  const vertical = side === "vert" || (side !== "horz" && (side === "short") !== ratio < 1);
  return vertical ? [given, Math.trunc(given * ratio)] : [Math.trunc(given / ratio), given];
}

export const window = (
  x: Tensor,
  left: number,
  top: number,
  [height, width]: Size,
  padding: ReturnType<typeof sampling>["padding"] = "zeros",
  fill?: Tensor,
) => run(x, ag.crop({ x: left, y: top, width, height, padding, fill }));

/** Padding by what `F.pad` calls constant, reflect or replicate, in order left, right, top, bottom. */
export function padded(
  x: Tensor,
  [left, right, top, bottom]: ArrayLike<number> & Iterable<number>,
  mode: string,
  fill = 0,
): Tensor {
  const padding = choose(
    mode,
    {
      constant: "fill",
      reflect: "reflection",
      replicate: "border",
      edge: "border",
      symmetric: "symmetric",
      circular: "circular",
    } as const,
    "padding mode",
  );
  return run(x, ag.pad({ left, right, top, bottom, padding, fill: constant(x, fill, [x.shape[1]]) }));
}

/** Boxes `[N, 4, 2]` with whole corners, each cut out of its own sample and brought to one size. */
export function cutOut(
  x: Tensor,
  boxes: Float32Array,
  size: Size | null,
  options: ResizeOptions,
  compensate = "resize",
): Tensor {
  const pieces: Tensor[] = [];
  for (let i = 0; i < x.shape[0]; i++) {
    const box = boxes.subarray((boxes.length === 8 ? 0 : i) * 8);
    const cut: Size = [Math.trunc(box[7] - box[1] + 1), Math.trunc(box[2] - box[0] + 1)];
    const sample = ag.slice(x, 0, i, i + 1);
    const piece = window(sample, Math.trunc(box[0]), Math.trunc(box[1]), cut);
    const target = size ?? cut;
    pieces.push(compensate === "resize" ? resized(piece, target, options) : window(piece, 0, 0, target));
  }
  return pieces.length === 1 ? pieces[0] : ag.concat(pieces, 0);
}

// ---- colour ---------------------------------------------------------------------------------------------------------

/** What kernels of Kornia call borders. */
export const BLUR_BORDERS = {
  reflect: "reflection",
  constant: "zeros",
  replicate: "border",
  circular: "circular",
} as const;

/** sigma is (y, x), for all samples or for each. */
export function blurred(x: Tensor, sigma: Tensor, kernel: number | Size, border: string): Tensor {
  const [ky, kx] = typeof kernel === "number" ? [kernel, kernel] : kernel;
  if (ky % 2 === 0 || kx % 2 === 0) throw new NotImplementedYet("kernels of even size");
  const n = x.shape[0];
  const each = (j: number) => ag.reshape(column(part(ag.reshape(sigma, [sigma.size / 2, 2]), j), n), [n]);
  return run(
    x,
    ag.gaussianBlur({
      sigmaY: each(0),
      sigmaX: each(1),
      kernelSize: [ky, kx],
      padding: choose(border, BLUR_BORDERS, "border"),
    }),
  );
}

export function contrastAboutMean(x: Tensor, factor: Tensor): Tensor {
  if (x.shape[1] === 3) return run(x, ag.contrastAboutMean({ factor }));
  return run(x, ag.contrast({ factor, pivot: ag.mean(x) }));
}

/** Grey of an image that is not RGB is the image itself: Kornia's blend then only clips. */
export function grayBlend(x: Tensor, factor: Tensor): Tensor {
  return run(x, x.shape[1] === 3 ? ag.saturation({ factor }) : ag.brightness({ factor: 1 }));
}
