/**
 * The works of the catalogue in TensorFlow.js, as someone who knows it well would write them. Images are [N, H, W, C].
 * Every operation is a kernel or more, and a sum is a workgroup per result: products with matrices stand for rows of
 * operations, and a channel is copied where broadcasting it would cost a sum over three in the gradient.
 */
import type { Mode, Shape } from "../engine.ts";
import { LUMA, MEAN, STD } from "./constants.ts";
import { cropped, inverseRows } from "./rows.ts";
import type { Tensor, Tf } from "./tfjs-types.ts";

/** What a work gets: learned parameters as tensors that gradients are taken of, all parameters as numbers too. */
export interface TfInputs {
  /** [N, k]; of learned parameters those of the tape. */
  p: Record<string, Tensor>;
  /** The same numbers, apart from the tape: what indices are computed from has no gradient in TensorFlow.js. */
  apart: Record<string, Tensor>;
  numbers: Readonly<Record<string, Float32Array>>;
  shape: Shape;
}

export type TfWork = (x: Tensor, inputs: TfInputs) => Tensor;

/** The works with one TensorFlow.js; `byProducts`: how luma is made. */
function worksOf(tf: Tf, byProducts: boolean): (work: string, mode: Mode) => TfWork[] {
  const clip = (x: Tensor) => tf.clipByValue(x, 0, 1);
  const number = (p: Tensor, k = 0) => tf.reshape(tf.slice(p, [0, k], [-1, 1]), [p.shape[0], 1, 1, 1]);
  const last = (x: Tensor) => x.shape[x.shape.length - 1];
  const rowsOf = (x: Tensor) => tf.reshape(x, [-1, last(x)]);
  /** The channels of every pixel times a matrix. */
  const timesMatrix = (x: Tensor, matrix: Tensor) =>
    tf.reshape(tf.matMul(rowsOf(x), matrix), [...x.shape.slice(0, -1), last(matrix)]);
  /** One channel as three. */
  const spread = (x: Tensor) => tf.concat([x, x, x], -1);
  /** With a product in one kernel, which has tiles of 32 where three are wanted; or from slices, in eight. */
  const luma = (x: Tensor): Tensor => {
    if (byProducts) return timesMatrix(x, tf.tensor(LUMA, [3, 1]));
    const [r, g, b] = tf.split(x, 3, -1).map((channel, k) => tf.mul(channel, LUMA[k]));
    return tf.add(tf.add(r, g), b);
  };
  const grey = (x: Tensor) =>
    byProducts
      ? timesMatrix(
          x,
          tf.tensor(
            LUMA.flatMap((weight) => [weight, weight, weight]),
            [3, 3],
          ),
        )
      : spread(luma(x));

  const brightness = (x: Tensor, b: Tensor) => clip(tf.mul(x, b));
  const blend = (x: Tensor, factor: Tensor, other: Tensor) => clip(tf.add(other, tf.mul(factor, tf.sub(x, other))));
  const contrastMid = (x: Tensor, c: Tensor) => clip(tf.add(tf.mul(tf.sub(x, 0.5), c), 0.5));
  const saturation = (x: Tensor, s: Tensor) => blend(x, s, grey(x));
  const normalize = (x: Tensor) => tf.div(tf.sub(x, tf.tensor(MEAN, [3])), tf.tensor(STD, [3]));

  /** The hue turned, and the saturation of HSV scaled where there is a factor. */
  const inHsv = (x: Tensor, turns: Tensor, factor?: Tensor) => {
    const [r, g, b] = tf.split(x, 3, -1);
    const top = tf.maximum(tf.maximum(r, g), b);
    const chroma = tf.sub(top, tf.minimum(tf.minimum(r, g), b));
    // A grey pixel has no hue, and its chroma makes the hue be of no effect.
    const per = tf.reciprocal(tf.maximum(chroma, 1e-12));
    // Comparisons other than >= have no gradient in TensorFlow.js, not even one of zeros.
    const sixths = tf.where(
      tf.greaterEqual(r, top),
      tf.mul(tf.sub(g, b), per),
      tf.where(tf.greaterEqual(g, top), tf.add(tf.mul(tf.sub(b, r), per), 2), tf.add(tf.mul(tf.sub(r, g), per), 4)),
    );
    const width = factor ? tf.minimum(tf.mul(chroma, factor), top) : chroma;
    const place = tf.add(spread(tf.add(sixths, tf.mul(turns, 6))), tf.tensor([5, 3, 1], [3]));
    const k = tf.mod(place, 6);
    return tf.sub(spread(top), tf.mul(spread(width), clip(tf.minimum(k, tf.sub(4, k)))));
  };

  const colour: TfWork = (x, { p }) => {
    const bright = brightness(x, number(p.b));
    // Sums of rows first: a sum is one workgroup per result.
    const mean = tf.mean(tf.mean(luma(bright), 2, true), 1, true);
    return normalize(inHsv(saturation(blend(bright, number(p.c), mean), number(p.s)), number(p.h)));
  };

  /** One kernel, without gradients. */
  const transform = (x: Tensor, rows: number[][], size: [number, number]) =>
    tf.image.transform(x, tf.tensor(rows.flat(), [rows.length, 8]), "bilinear", "constant", 0, size);

  /** Elements of the first axis; the gradient is scattered, which is faster than TensorFlow.js's own of a gather. */
  const take = (x: Tensor, indices: Tensor) =>
    tf.customGrad((from, save) => {
      save([indices]);
      const gradFunc = (dy: Tensor, [saved]: Tensor[]) => tf.scatterND(tf.reshape(saved, [-1, 1]), dy, from.shape);
      return { value: tf.gather(from, indices), gradFunc };
    })(x);

  /** Columns, rows and ones of every pixel: [3, h * w]. */
  const pixels = (h: number, w: number) => {
    const line = (k: number) => Array.from({ length: h * w }, (_, at) => [at % w, Math.floor(at / w), 1][k]);
    return tf.tensor([...line(0), ...line(1), ...line(2)], [3, h * w]);
  };

  /** Inverse of the linear part of affine matrices [N, 6], times (`from` - their shift): [N, 2, 3]. */
  const sourceRows = (matrix: Tensor, from: Tensor) => {
    const m = tf.reshape(matrix, [-1, 2, 3]);
    const linear = tf.slice(m, [0, 0, 0], [-1, 2, 2]);
    const [a, b, c, d] = tf.split(tf.reshape(linear, [-1, 4]), 4, 1);
    const determinant = tf.sub(tf.mul(a, d), tf.mul(b, c));
    const adjugate = tf.concat([d, tf.mul(b, -1), tf.mul(c, -1), a], 1);
    const inverse = tf.reshape(tf.div(adjugate, determinant), [-1, 2, 2]);
    return tf.matMul(inverse, tf.sub(from, tf.mul(m, tf.tensor([0, 0, 1], [1, 1, 3]))));
  };

  /** Bilinear, zeros beyond, at `places` [N, 2, h * w]; `apart` are the same places, apart from the tape. */
  const sample = (image: Tensor, places: Tensor, apart: Tensor, [outHeight, outWidth]: [number, number]) => {
    const [n, h, w, c] = image.shape;
    const [height, width] = [h + 3, w + 3];
    const border = tf.pad(image, [
      [0, 0],
      [1, 2],
      [1, 2],
      [0, 0],
    ]);
    const planes = tf.reshape(border, [n * height * width, c]);
    const inside = (at: Tensor) => tf.maximum(tf.minimum(at, tf.tensor([w, h], [1, 2, 1])), -1);
    const corner = tf.floor(inside(apart));
    const starts = Array.from({ length: n }, (_, i) => (i * height + 1) * width + 1);
    const [left, top] = tf.split(corner, 2, 1);
    const first = tf.add(tf.add(left, tf.mul(top, width)), tf.tensor(starts, [n, 1, 1]));
    const at = tf.reshape(tf.cast(first, "int32"), [-1]);
    const fraction = tf.sub(inside(places), corner);
    const [fx, fy] = tf.split(fraction, 2, 1).map((f) => spread(tf.reshape(f, [-1, 1])));
    const neighbour = (offset: number) => take(planes, tf.add(at, tf.tensor([offset], [1], "int32")));
    const between = (from: Tensor, to: Tensor, t: Tensor) => tf.add(from, tf.mul(tf.sub(to, from), t));
    const above = between(neighbour(0), neighbour(1), fx);
    const below = between(neighbour(width), neighbour(width + 1), fx);
    return tf.reshape(between(above, below, fy), [n, outHeight, outWidth, c]);
  };

  /** A warp whose gradients exist, put together from smaller operations. `from`: [N or 1, 2, 3]. */
  const composed = (x: Tensor, matrix: Tensor, apart: Tensor, from: Tensor, [h, w]: [number, number]) => {
    const n = x.shape[0];
    const grid = tf.reshape(pixels(h, w), [1, 3, h * w]);
    const all = n === 1 ? grid : tf.concat(new Array(n).fill(grid), 0);
    const places = (of: Tensor) => tf.matMul(sourceRows(of, from), all);
    return sample(x, places(matrix), places(apart), [h, w]);
  };

  const IDENTITY = [1, 0, 0, 0, 1, 0];
  const affineForward: TfWork = (x, { numbers, shape: [, , h, w] }) =>
    transform(x, inverseRows(numbers.matrix, 6), [h, w]);
  const affineBoth: TfWork = (x, { p, apart, shape: [, , h, w] }) =>
    composed(x, p.matrix, apart.matrix, tf.tensor(IDENTITY, [1, 2, 3]), [h, w]);

  const eight =
    (hasGradient: boolean): TfWork =>
    (x, { p, apart, numbers, shape }) => {
      const { size, rows } = cropped(shape, numbers.on_flip);
      // The crop and the flip only move pixels: they are part of the matrix.
      let y = hasGradient
        ? composed(x, p.matrix, apart.matrix, tf.tensor(rows.flat(), [shape[0], 2, 3]), size)
        : transform(x, inverseRows(numbers.matrix, 6, rows), size);
      const on = (name: string) => number(p[`on_${name}`]);
      const choose = (name: string, yes: Tensor) => {
        y = tf.where(tf.greaterEqual(spread(tf.mul(on(name), tf.ones([1, ...size, 1]))), 0.5), yes, y);
      };
      choose("b", brightness(y, number(p.b)));
      choose("c", contrastMid(y, number(p.c)));
      choose("s", saturation(y, number(p.s)));
      choose("grey", grey(y));
      return normalize(y);
    };

  /** [N, taps] with a sum of 1. */
  const gaussian = (sigma: Tensor, taps: number) => {
    const line = Array.from({ length: taps }, (_, t) => -((t - (taps - 1) / 2) ** 2) / 2);
    const weights = tf.exp(tf.div(tf.tensor(line, [1, taps]), tf.square(sigma)));
    return tf.div(weights, tf.sum(weights, 1, true));
  };

  /**
   * Reflects along an axis at both ends, the end not repeated. TensorFlow.js's mirrorPad does this in one kernel, but its
   * gradient leaves out what was mirrored.
   */
  const reflect = (x: Tensor, axis: number, reach: number) => {
    const size = x.shape[axis];
    const part = (from: number) =>
      tf.reverse(
        tf.slice(
          x,
          x.shape.map((_, k) => (k === axis ? from : 0)),
          x.shape.map((all, k) => (k === axis ? reach : all)),
        ),
        axis,
      );
    return tf.concat([part(1), x, part(size - 1 - reach)], axis);
  };

  /** All planes as the channels of one image, each with its own filter: [1, H, W, N C]. */
  const blurDepthwise = (x: Tensor, sigma: Tensor, taps: number, hasGradient: boolean) => {
    const [n, h, w, c] = x.shape;
    const reach = (taps - 1) / 2;
    const planes = tf.reshape(tf.transpose(x, [1, 2, 0, 3]), [1, h, w, n * c]);
    const ends: [number, number] = [reach, reach];
    const wide = hasGradient
      ? reflect(reflect(planes, 1, reach), 2, reach)
      : tf.mirrorPad(planes, [[0, 0], ends, ends, [0, 0]], "reflect");
    const weights = tf.transpose(gaussian(sigma, taps), [1, 0]);
    const filter = tf.reshape(timesMatrix(tf.reshape(weights, [taps * n, 1]), tf.ones([1, c])), [taps, n * c]);
    const across = tf.depthwiseConv2d(wide, tf.reshape(filter, [1, taps, n * c, 1]), 1, "valid");
    const both = tf.depthwiseConv2d(across, tf.reshape(filter, [taps, 1, n * c, 1]), 1, "valid");
    return tf.transpose(tf.reshape(both, [h, w, n, c]), [2, 0, 1, 3]);
  };

  /** [N, size, size]: how much of a source pixel (row), and of its reflections, goes to a destination pixel. */
  const bands = (weights: Tensor, size: number) => {
    const [n, taps] = weights.shape;
    const reach = (taps - 1) / 2;
    const values = new Float32Array(taps * size * size);
    for (let from = 0; from < size; from++) {
      for (let to = 0; to < size; to++) {
        const images = [from];
        if (from > 0) images.push(-from);
        if (from < size - 1) images.push(2 * (size - 1) - from);
        for (const image of images) {
          const t = image - to + reach;
          if (t >= 0 && t < taps) values[(t * size + from) * size + to] += 1;
        }
      }
    }
    const places = tf.tensor(values, [taps, size * size]);
    return tf.reshape(tf.matMul(weights, places), [n, size, size]);
  };

  /** A product with a banded matrix along each axis, the reflection folded into it. */
  const blurByMatrix = (x: Tensor, sigma: Tensor, taps: number) => {
    const [n, h, w, c] = x.shape;
    const weights = gaussian(sigma, taps);
    const across = bands(weights, w);
    const down = h === w ? across : bands(weights, h);
    const columns = tf.matMul(down, tf.reshape(x, [n, h, w * c]), true);
    const rows = tf.reshape(tf.transpose(tf.reshape(columns, [n, h, w, c]), [0, 1, 3, 2]), [n, h * c, w]);
    return tf.transpose(tf.reshape(tf.matMul(rows, across), [n, h, c, w]), [0, 1, 3, 2]);
  };

  type Blur = typeof blurDepthwise;
  const blur =
    (how: Blur, hasGradient: boolean): TfWork =>
    (x, { p }) =>
      how(x, p.sigma, 31, hasGradient);

  const choices: ((x: Tensor, v: Tensor) => Tensor)[] = [
    brightness,
    contrastMid,
    saturation,
    (x, v) => inHsv(x, tf.div(tf.sub(v, 1), 4)),
    (x, v) => tf.pow(x, v),
    (x) => tf.sub(1, x),
    grey,
    (x, v) => clip(tf.add(x, tf.sub(v, 1))),
  ];

  /** Each transform on its own samples alone: nothing is fused, so that doing all of them on all samples costs the more. */
  const choice: TfWork = (x, { p, shape: [n, c, h, w] }) => {
    const images = tf.unstack(tf.reshape(x, [n / 8, 8, h * w * c]), 1);
    const values = tf.unstack(tf.reshape(p.v, [n / 8, 8]), 1);
    const results = images.map((image, k) =>
      choices[k](tf.reshape(image, [n / 8, h, w, c]), tf.reshape(values[k], [n / 8, 1, 1, 1])),
    );
    return tf.reshape(tf.stack(results, 1), [n, h, w, c]);
  };

  const six =
    (how: Blur, hasGradient: boolean): TfWork =>
    (x, { p, apart, numbers, shape: [n, , h, w] }) => {
      const bright = clip(tf.add(x, tf.sub(number(p.b), 1)));
      const jiggled = inHsv(clip(tf.mul(bright, number(p.c))), number(p.h), number(p.s));
      const flipped = tf.reverse(jiggled, 2);
      let seen: Tensor;
      if (hasGradient) {
        const turned = composed(flipped, p.matrix, apart.matrix, tf.tensor(IDENTITY, [1, 2, 3]), [h, w]);
        const rows = inverseRows(numbers.homography, 9);
        const inverse = tf.tensor(
          rows.flatMap((row) => [...row, 1]),
          [n, 3, 3],
        );
        const grid = tf.concat(new Array(n).fill(tf.reshape(pixels(h, w), [1, 3, h * w])), 0);
        const [places, depth] = tf.split(tf.matMul(inverse, grid), [2, 1], 1);
        const at = tf.div(places, depth);
        seen = sample(turned, at, at, [h, w]);
      } else {
        const turned = transform(flipped, inverseRows(numbers.matrix, 6), [h, w]);
        seen = transform(turned, inverseRows(numbers.homography, 9), [h, w]);
      }
      const line = (size: number, shape: number[]) =>
        tf.tensor(
          Array.from({ length: size }, (_, i) => i),
          shape,
        );
      const part = (k: number, places: Tensor) => {
        const from = number(p.box, k);
        const past = tf.add(from, number(p.box, k + 2));
        const isBefore = tf.sub(1, tf.cast(tf.greaterEqual(places, from), "float32"));
        return tf.add(isBefore, tf.cast(tf.greaterEqual(places, past), "float32"));
      };
      const kept = tf.maximum(part(0, line(w, [1, 1, w, 1])), part(1, line(h, [1, h, 1, 1])));
      return tf.mul(how(seen, p.sigma, 5, hasGradient), kept);
    };

  return (work, mode) => {
    const hasGradient = mode === "both";
    switch (work) {
      case "colour":
        return [colour];
      case "affine":
        return [hasGradient ? affineBoth : affineForward];
      case "eight":
        return [eight(hasGradient)];
      case "blur":
        return [blurByMatrix, blurDepthwise].map((how) => blur(how, hasGradient));
      case "choice":
        return [choice];
      case "six":
        return [six(blurDepthwise, hasGradient)];
      default:
        return [];
    }
  };
}

/** Works whose luma can be made in two ways. */
const WITH_LUMA = ["colour", "eight", "choice"];

/** Ways to do each work; the engine keeps the one that is fastest on its device. */
export function tfWays(tf: Tf, work: string, mode: Mode): TfWork[] {
  const ways = worksOf(tf, false)(work, mode);
  return WITH_LUMA.includes(work) ? [...ways, ...worksOf(tf, true)(work, mode)] : ways;
}
