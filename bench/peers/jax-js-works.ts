/**
 * The works of the catalogue in jax-js, as someone who knows it well would write them for speed: everything in one `jit`,
 * channels as views of the image so that colour is one kernel, one gather for the four neighbours of a place.
 *
 * Functions here borrow their arguments: they take `.ref` of what they use, and what they leave is dropped with the trace.
 */
import { lax, numpy as np } from "@jax-js/jax";
import type { Mode, Shape } from "../engine.ts";
import { LUMA, MEAN, STD } from "./constants.ts";

type JaxArray = np.Array;

/** Parameters of a task, each `[N, k]`. */
export type Parameters = Record<string, JaxArray>;

export type JaxWork = (x: JaxArray, p: Parameters, shape: Shape) => JaxArray;

const clip = (x: JaxArray) => np.clip(x, 0, 1);
/** One of the k numbers of each sample, to broadcast over images. */
const number = (p: JaxArray, k = 0) => p.ref.slice([], [k, k + 1]).reshape([p.shape[0], 1, 1, 1]);
const channel = (x: JaxArray, k: number) => x.ref.slice([], [k, k + 1]);
const perChannel = (values: number[]) => np.array(new Float32Array(values)).reshape([1, 3, 1, 1]);

const luma = (x: JaxArray) =>
  channel(x, 0).mul(LUMA[0]).add(channel(x, 1).mul(LUMA[1])).add(channel(x, 2).mul(LUMA[2]));

const blend = (x: JaxArray, factor: JaxArray, other: JaxArray) => {
  const rest = np.subtract(1, factor.ref).mul(other);
  return clip(x.ref.mul(factor).add(rest));
};

const brightness = (x: JaxArray, b: JaxArray) => clip(x.ref.mul(b));
const contrastMid = (x: JaxArray, c: JaxArray) => clip(x.ref.sub(0.5).mul(c).add(0.5));
const saturation = (x: JaxArray, s: JaxArray) => blend(x, s, luma(x));
const normalize = (x: JaxArray) =>
  x.ref.mul(perChannel(STD.map((s) => 1 / s))).sub(perChannel(MEAN.map((m, k) => m / STD[k])));

/** The hue turned, and the saturation of HSV scaled where there is a factor. */
function inHsv(x: JaxArray, turns: JaxArray, factor?: JaxArray): JaxArray {
  const [r, g, b] = [channel(x, 0), channel(x, 1), channel(x, 2)];
  const top = np.maximum(np.maximum(r.ref, g.ref), b.ref);
  const chroma = top.ref.sub(np.minimum(np.minimum(r.ref, g.ref), b.ref));
  const per = np.reciprocal(np.where(chroma.ref.greater(0), chroma.ref, 1));
  const sixths = np.where(
    np.equal(top.ref, r.ref),
    g.ref.sub(b.ref).mul(per.ref),
    np.where(np.equal(top.ref, g.ref), b.ref.sub(r.ref).mul(per.ref).add(2), r.ref.sub(g.ref).mul(per.ref).add(4)),
  );
  // S is chroma / V: clipping S at 1 is clipping the chroma at V.
  const width = factor ? np.minimum(chroma.ref.mul(factor), top.ref) : chroma.ref;
  const place = sixths.add(turns.ref.mul(6)).add(perChannel([5, 3, 1]));
  const k = place.ref.sub(np.floor(place.mul(1 / 6)).mul(6));
  return top.ref.sub(width.mul(clip(np.minimum(k.ref, np.subtract(4, k.ref)))));
}

/** Sums of rows first, so that many threads have work. */
const mean = (x: JaxArray) => np.mean(np.mean(x.ref, 3, { keepdims: true }), 2, { keepdims: true });

const colour: JaxWork = (x, p) => {
  const bright = brightness(x, number(p.b));
  const contrast = blend(bright, number(p.c), mean(luma(bright)));
  return normalize(inHsv(saturation(contrast, number(p.s)), number(p.h)));
};

/** Columns or rows of the result, as floats. */
const ramp = (size: number) => np.arange(0, size, 1, { dtype: np.float32 });
const constant = (values: number[], shape: number[]) => np.array(new Float32Array(values)).reshape(shape);

/** The trace of each matrix of [N, k, k]. */
const trace = (m: JaxArray) => {
  const k = m.shape[1];
  return np.sum(m.ref.mul(np.eye(k)), [1, 2], { keepdims: true });
};

/** The second coefficient of the characteristic polynomial, of a 2x2 matrix the determinant. */
const second = (m: JaxArray) => {
  const squared = np.sum(m.ref.mul(m.ref.transpose([0, 2, 1])), [1, 2], { keepdims: true });
  return np.square(trace(m)).sub(squared).mul(0.5);
};

/**
 * Where affine matrices [N, 6] find the pixels that `from` [N or 1, 2, 3] names by column and row of the result:
 * [N, 2, 3] for (column, row, 1). As products of matrices, so that backward has few kernels.
 */
function sourceRows(matrix: JaxArray, from: JaxArray): JaxArray {
  const m = matrix.ref.reshape([matrix.shape[0], 2, 3]);
  const linear = m.ref.slice([], [], [0, 2]);
  const adjugate = trace(linear).mul(np.eye(2)).sub(linear.ref);
  const shift = m.mul(constant([0, 0, 1], [1, 1, 3]));
  return np.matmul(adjugate.mul(np.reciprocal(second(linear))), from.ref.sub(shift));
}

/** The inverses of homographies [N, 9], up to a factor: [N, 3, 3]. */
function adjugates(homography: JaxArray): JaxArray {
  const m = homography.ref.reshape([homography.shape[0], 3, 3]);
  return np
    .matmul(m.ref, m.ref)
    .sub(trace(m).mul(m.ref))
    .add(second(m).mul(np.eye(3)));
}

/** [3, h * w]: column, row and 1 of every pixel. */
function pixels(h: number, w: number): JaxArray {
  const rows = (k: number) => Float32Array.from({ length: h * w }, (_, at) => [at % w, Math.floor(at / w), 1][k]);
  return np.array(new Float32Array([...rows(0), ...rows(1), ...rows(2)])).reshape([3, h * w]);
}

/** The bilinear weight of each of four corners is `a + b f` across, times the same down. */
const CORNERS = { xa: [1, 0, 1, 0], xb: [-1, 1, -1, 1], ya: [1, 1, 0, 0], yb: [-1, -1, 1, 1] };

/** Bilinear, zeros beyond, at `places` [N, 2, h * w]: x and y. */
function sample(image: JaxArray, places: JaxArray, outHeight: number, outWidth: number): JaxArray {
  const [n, c, h, w] = image.shape;
  // A border of zeros, and places that never leave it: no comparison per neighbour.
  const [height, width] = [h + 3, w + 3];
  const border: [number, number][] = [
    [0, 0],
    [0, 0],
    [1, 2],
    [1, 2],
  ];
  const planes = np
    .pad(image.ref, border)
    .transpose([1, 0, 2, 3])
    .reshape([c, n * height * width]);
  const inside = np.maximum(np.minimum(places.ref, constant([w, h], [1, 2, 1])), -1);
  const column = (k: number) => np.floor(inside.ref.slice([], k)).astype(np.int32);
  const first = Int32Array.from({ length: 4 * n }, (_, at) => {
    const [corner, i] = [Math.floor(at / n), at % n];
    return (i * height + (corner >> 1) + 1) * width + (corner & 1) + 1;
  });
  const at = column(0)
    .add(column(1).mul(width))
    .add(np.array(first).reshape([4, n, 1]));
  const seen = np.take(planes, lax.stopGradient(at), 1);
  // What is cheap is written twice instead of being shared: jax-js stores what two kernels use.
  const fraction = (k: number) => inside.ref.slice([], k).sub(np.floor(inside.ref.slice([], k)));
  const weight = (a: number[], b: number[], k: number) =>
    constant(b, [4, 1, 1])
      .mul(fraction(k))
      .add(constant(a, [4, 1, 1]));
  const weights = weight(CORNERS.xa, CORNERS.xb, 0).mul(weight(CORNERS.ya, CORNERS.yb, 1));
  return np.sum(seen.mul(weights), 1).transpose([1, 0, 2]).reshape([n, c, outHeight, outWidth]);
}

const IDENTITY = [1, 0, 0, 0, 1, 0];

function warp(image: JaxArray, matrix: JaxArray): JaxArray {
  const [, , h, w] = image.shape;
  return sample(image, np.matmul(sourceRows(matrix, constant(IDENTITY, [1, 2, 3])), pixels(h, w)), h, w);
}

function warpPerspective(image: JaxArray, homography: JaxArray): JaxArray {
  const [, , h, w] = image.shape;
  const places = np.matmul(adjugates(homography), pixels(h, w));
  const depth = places.ref.slice([], [2, 3]);
  return sample(image, places.slice([], [0, 2]).div(depth), h, w);
}

const affine: JaxWork = (x, p) => warp(x, p.matrix);

const eight: JaxWork = (x, p, [n, , height, width]) => {
  const [h, w] = [Math.floor((height * 7) / 8), Math.floor((width * 7) / 8)];
  const on = (name: string) => number(p[`on_${name}`]).greater(0.5);
  const choose = (name: string, yes: JaxArray, no: JaxArray) => np.where(on(name), yes, no.ref);
  // A crop and a flip only move pixels: they are part of the matrix.
  const flip = p.on_flip.ref.reshape([n, 1, 1]).mul(constant([-2, 0, w - 1, 0, 0, 0], [1, 2, 3]));
  const crop = [1, 0, Math.floor((width - w) / 2), 0, 1, Math.floor((height - h) / 2)];
  const from = flip.add(constant(crop, [1, 2, 3]));
  let y = sample(x, np.matmul(sourceRows(p.matrix, from), pixels(h, w)), h, w);
  y = choose("b", brightness(y, number(p.b)), y);
  y = choose("c", contrastMid(y, number(p.c)), y);
  y = choose("s", saturation(y, number(p.s)), y);
  y = choose("grey", luma(y), y);
  return normalize(y);
};

/** [N, 1, 1, taps], with a sum of 1. */
function gaussian(sigma: JaxArray, taps: number): JaxArray {
  const reach = (taps - 1) / 2;
  const t = np.array(Float32Array.from({ length: taps }, (_, i) => -((i - reach) ** 2) / 2)).reshape([1, taps]);
  const weights = np.exp(t.mul(np.reciprocal(np.square(sigma.ref))));
  return weights.ref.div(np.sum(weights.ref, 1, { keepdims: true }));
}

/** Reflects along an axis at both ends, the end not repeated. */
function reflect(x: JaxArray, axis: number, reach: number): JaxArray {
  const size = x.shape[axis];
  const before = np.flip(part(x, axis, 1, reach + 1), axis);
  return np.concatenate([before, x.ref, np.flip(part(x, axis, size - 1 - reach, size - 1), axis)], axis);
}

const part = (x: JaxArray, axis: number, from: number, to: number) =>
  x.ref.slice(...x.shape.map((_, k): [] | [number, number] => (k === axis ? [from, to] : [])));

/** A grouped convolution along each axis, every plane with its own weights. */
function blurByConvolution(x: JaxArray, sigma: JaxArray, taps: number): JaxArray {
  const [n, c, h, w] = x.shape;
  const reach = (taps - 1) / 2;
  const weights = np.repeat(gaussian(sigma, taps), c, 0);
  const along = (image: JaxArray, window: [number, number]) =>
    lax.convGeneralDilated(image.ref, weights.ref.reshape([n * c, 1, ...window]), [1, 1], "VALID", {
      featureGroupCount: n * c,
    });
  const planes = reflect(reflect(x, 3, reach), 2, reach).reshape([1, n * c, h + 2 * reach, w + 2 * reach]);
  return along(along(planes, [1, taps]), [taps, 1]).reshape([n, c, h, w]);
}

/** A sum of shifted images along each axis: one kernel each. */
function blurByShifts(x: JaxArray, sigma: JaxArray, taps: number): JaxArray {
  const weights = gaussian(sigma, taps);
  const along = (image: JaxArray, axis: number) => {
    const wide = reflect(image, axis, (taps - 1) / 2);
    const shifted = (t: number) => part(wide, axis, t, t + image.shape[axis]).mul(number(weights, t));
    return Array.from({ length: taps }, (_, t) => shifted(t)).reduce((sum, term) => sum.add(term));
  };
  return along(along(x, 3), 2);
}

/**
 * A product with a banded matrix along each axis, the reflection folded into the matrix: nothing is padded, and the gradient
 * of sigma is a product too.
 */
function blurByMatrix(x: JaxArray, sigma: JaxArray, taps: number): JaxArray {
  const [n, , h, w] = x.shape;
  const slope = np.reciprocal(np.square(sigma.ref)).mul(-0.5);
  const bands = (size: number) =>
    np.sum(np.exp(squares(size, taps).mul(slope.ref.reshape([n, 1, 1, 1]))), 1, { keepdims: true });
  const across = bands(w);
  const down = h === w ? across : bands(h);
  const t = np.square(np.arange(0, taps, 1, { dtype: np.float32 }).sub((taps - 1) / 2)).reshape([1, taps]);
  const total = np.sum(np.exp(t.mul(slope.ref)), 1);
  const sums = np.matmul(down.ref.transpose([0, 1, 3, 2]), np.matmul(x.ref, across.ref));
  return sums.mul(np.reciprocal(np.square(total)).reshape([n, 1, 1, 1]));
}

/**
 * [3, size, size]: squares of the distances from a source pixel (row) and from its images beyond the first and the last pixel
 * to a destination pixel; very large where the window does not reach.
 */
function squares(size: number, taps: number): JaxArray {
  const reach = (taps - 1) / 2;
  const values = new Float32Array(3 * size * size);
  for (let at = 0; at < values.length; at++) {
    const [to, from, image] = [at % size, Math.floor(at / size) % size, Math.floor(at / size / size)];
    const distance = [to - from, to + from, 2 * (size - 1) - from - to][image];
    // The first and the last pixel are their own images, and do not count twice.
    const isItself = (image === 1 && from === 0) || (image === 2 && from === size - 1);
    values[at] = isItself || Math.abs(distance) > reach ? 1e9 : distance * distance;
  }
  return np.array(values).reshape([3, size, size]);
}

type Blur = (x: JaxArray, sigma: JaxArray, taps: number) => JaxArray;

const blur =
  (how: Blur): JaxWork =>
  (x, p) =>
    how(x, p.sigma, 31);

const choice: JaxWork = (x, p, [n]) => {
  const v = number(p.v);
  const which = np.array(Int32Array.from({ length: n }, (_, i) => i % 8)).reshape([n, 1, 1, 1]);
  const choices = [
    brightness(x, v.ref),
    contrastMid(x, v.ref),
    saturation(x, v.ref),
    inHsv(x, v.ref.sub(1).mul(0.25)),
    np.exp(np.log(np.maximum(x.ref, 1e-12)).mul(v.ref)),
    np.subtract(1, x.ref),
    luma(x),
  ];
  const last = clip(x.ref.add(v.ref.sub(1)));
  return choices.reduce((rest, images, k) => np.where(np.equal(which.ref, k), images, rest), last);
};

const six =
  (how: Blur): JaxWork =>
  (x, p, [, , h, w]) => {
    const bright = clip(x.ref.add(number(p.b).sub(1)));
    const jiggled = inHsv(clip(bright.mul(number(p.c))), number(p.h), number(p.s));
    const seen = warpPerspective(warp(np.flip(jiggled, 3), p.matrix), p.homography);
    const y = how(seen, p.sigma, 5);
    const side = (k: number, line: JaxArray) => {
      const from = number(p.box, k);
      const past = from.ref.add(number(p.box, k + 2));
      return np.where(line.ref.less(from), 0, np.where(line.ref.less(past), 1, 0));
    };
    const inside = side(0, ramp(w).reshape([1, 1, 1, w])).mul(side(1, ramp(h).reshape([1, 1, h, 1])));
    return np.where(inside.greater(0.5), 0, y);
  };

/**
 * Ways to do each work; the engine keeps the one that is fastest on its device. The convolution is for `forward` alone: the
 * gradients that jax-js 0.1.25 gives of one with groups are wrong.
 */
export function waysOf(work: string, mode: Mode): JaxWork[] {
  const forward = mode === "forward";
  switch (work) {
    case "colour":
      return [colour];
    case "affine":
      return [affine];
    case "eight":
      return [eight];
    case "blur":
      return forward
        ? [blurByMatrix, blurByShifts, blurByConvolution].map(blur)
        : [blurByMatrix, blurByShifts].map(blur);
    case "choice":
      return [choice];
    case "six":
      return (forward ? [blurByShifts, blurByConvolution] : [blurByShifts, blurByMatrix]).map(six);
    default:
      return [];
  }
}

/** What single transforms are made of, too. */
export const SEPARATE = { clip, number, luma, brightness, saturation, inHsv, mean, warp, warpPerspective };
