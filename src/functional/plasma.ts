import { add, concat, div, max, min, mul, reshape, slice, sub, transpose } from "../autograd/index.ts";
import { ArgumentError, checkedLater, describe, readOptions, ShapeError } from "../gpu/index.ts";
import { keeping, type Shape, show, Tensor, tensor } from "../tensor/index.ts";

/** How {@link diamondSquare} makes a fractal. */
export interface DiamondSquareOptions {
  /**
   * Where its random numbers come from, 0 to 1: called with the shapes `[N * C, 1, h, w]` of the first grid, of its corners, and of the
   * grid of every step.
   */
  random: (shape: Shape) => Tensor;
  /** What the strength of the noise is multiplied by from step to step: a number, or a tensor `[N]`; 0.5 unless given. */
  roughness?: number | Tensor;
  /** The strength of the noise at first: a number, or a tensor `[N]`; 1 unless given. */
  randomScale?: number | Tensor;
  /** Brings every plane to [low, high]. */
  normalizeRange?: readonly [low: number, high: number];
}

/** Sizes of the grids: that of the first one, and how often it is doubled. */
function gridsOf(height: number, width: number): { first: [number, number]; steps: number } {
  const powers = [height, width].map((length) => Math.max(Math.ceil(Math.log2(Math.max(length - 1, 1))), 1));
  const steps = Math.min(...powers) - 1;
  const [h, w] = powers.map((power) => 2 ** (power - steps) + 1);
  return { first: [h, w], steps };
}

/**
 * A plasma fractal `[N, C, H, W]` by the diamond-square algorithm: a grid of random numbers is doubled again and again, and each new
 * point is the mean of its neighbours and noise, which becomes weaker from step to step. Gradients reach roughness, scale and the
 * random numbers.
 * @param shape `[N, C, H, W]` of the result
 * @throws ShapeError where random numbers have another shape than asked for
 */
export function diamondSquare(shape: Shape, options: DiamondSquareOptions): Tensor {
  const given = readOptions<DiamondSquareOptions>("diamondSquare", options, {
    random: checkedLater,
    roughness: checkedLater,
    randomScale: checkedLater,
    normalizeRange: checkedLater,
  });
  if (!Array.isArray(shape) || shape.length !== 4 || !shape.every((size) => Number.isInteger(size) && size > 0))
    throw new ShapeError("shape of diamondSquare()", describe(shape), "[N, C, H, W]");
  if (typeof given.random !== "function")
    throw new ArgumentError("random of diamondSquare()", describe(given.random), "a function that makes tensors");
  const [n, c, height, width] = shape;
  const { first, steps } = gridsOf(height, width);
  const planes = n * c;
  const drawn = (h: number, w: number): Tensor => {
    const noise = given.random([planes, 1, h, w]);
    if (!(noise instanceof Tensor) || noise.size !== planes * h * w || noise.shape[0] !== planes)
      throw new ShapeError(
        "random of diamondSquare()",
        noise instanceof Tensor ? show(noise.shape) : describe(noise),
        show([planes, 1, h, w]),
      );
    return reshape(noise, [planes, h, w]);
  };
  const seeds = seedOf(drawn, first);
  const { gpu } = seeds;
  return keeping(gpu, () => {
    const each = (name: "roughness" | "randomScale", otherwise: number) =>
      eachPlane(seeds, n, c, given[name] ?? otherwise, `${name} of diamondSquare()`);
    const roughness = each("roughness", 0.5);
    let scale = each("randomScale", 1);
    let grid = mul(seeds, scale);
    for (let step = 0; step < steps; step++) {
      scale = mul(scale, roughness);
      const [, h, w] = grid.shape;
      grid = doubled(grid, mul(drawn(2 * h - 1, 2 * w - 1), scale), sub(1, scale));
    }
    const field = reshape(slice(slice(grid, 1, 0, height), 2, 0, width), shape);
    return given.normalizeRange ? normalized(field, given.normalizeRange) : add(field, 0);
  });
}

/** A value of each plane, `[planes, 1, 1]`, of one for all or one for each sample. */
function eachPlane(like: Tensor, n: number, c: number, value: number | Tensor, argument: string): Tensor {
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new ArgumentError(argument, String(value), "a finite number, or a tensor");
    return tensor(like.gpu, new Float32Array(n * c).fill(value), [n * c, 1, 1]);
  }
  if (!(value instanceof Tensor)) throw new ArgumentError(argument, describe(value), "a finite number, or a tensor");
  if (value.size !== 1 && value.size !== n) throw new ShapeError(argument, show(value.shape), `a tensor [] or [${n}]`);
  const ones = tensor(like.gpu, new Float32Array(n * c).fill(1), [n, c]);
  return reshape(mul(reshape(value, [value.size, 1]), ones), [n * c, 1, 1]);
}

/** Every plane from its least and largest value to [low, high]. */
function normalized(x: Tensor, [low, high]: readonly [number, number]): Tensor {
  const [n, c, h, w] = x.shape;
  const flat = reshape(x, [n, c, h * w]);
  const least = min(flat, { axes: 2, keepDims: true });
  // Flat planes stay finite.
  const range = add(sub(max(flat, { axes: 2, keepDims: true }), least), 1e-6);
  return reshape(add(mul(div(sub(flat, least), range), high - low), low), x.shape);
}

/** The first grid, of three rows or three columns. */
function seedOf(drawn: (h: number, w: number) => Tensor, [h, w]: readonly [number, number]): Tensor {
  const upright = w === 3;
  const length = upright ? h : w;
  const inner = drawn(3, length);
  const corners = drawn(2, (length + 1) / 2);
  const count = corners.shape[2] - 1;
  const [left, right] = [slice(corners, 2, 0, count), slice(corners, 2, 1, count + 1)];
  const row = (x: Tensor, at: number) => slice(x, 1, at, at + 1);
  const end = (x: Tensor, at: number) => slice(x, 2, at, at + 1);
  const both = add(left, right);
  const centre = mul(add(row(both, 0), row(both, 1)), 0.25);
  const [above, below] = [0, 1].map((at) => woven(row(corners, at), add(row(both, at), centre), 2));
  const lowLeft = end(row(corners, 1), 0);
  const first = add(add(end(row(corners, 0), 0), end(centre, 0)), lowLeft);
  const last = add(add(end(row(corners, 1), count), end(centre, count - 1)), lowLeft);
  const kept = () => slice(every(row(inner, 1), 2, 0), 2, 1, count);
  const between = concat(count > 1 ? [first, kept(), last] : [first, last], 2);
  const grid = mul(concat([above, woven(between, centre, 2), below], 1), 1 / 3);
  return upright ? transpose(grid) : grid;
}

/** A grid `[planes, h, w]` at twice its resolution: diamonds, then squares. `noise` has its strength, `keep` is the share of means. */
function doubled(grid: Tensor, noise: Tensor, keep: Tensor): Tensor {
  const [, h, w] = grid.shape;
  const cut = (x: Tensor, axis: number, from: number, to: number) => slice(x, axis, from, to);
  const rows = add(cut(grid, 1, 0, h - 1), cut(grid, 1, 1, h));
  const columns = add(cut(grid, 2, 0, w - 1), cut(grid, 2, 1, w));
  const four = add(cut(rows, 2, 0, w - 1), cut(rows, 2, 1, w));
  const [evenNoise, oddNoise] = [every(noise, 1, 0), every(noise, 1, 1)];
  const mean = (sum: Tensor, edge: Tensor | number, own: Tensor) => add(mul(mul(sum, edge), keep), own);
  const centre = mean(four, 0.25, every(oddNoise, 2, 1));
  // At the border one neighbour is missing: its mirror takes its place, and counts for a third more.
  const beside = (axis: number, length: number) =>
    add(
      concat([cut(centre, axis, 0, 1), centre], axis),
      concat([centre, cut(centre, axis, length - 2, length - 1)], axis),
    );
  const edge = (length: number, shape: Shape) =>
    tensor(
      grid.gpu,
      Float32Array.from({ length }, (_, i) => (i === 0 || i === length - 1 ? 1 / 3 : 0.25)),
      shape,
    );
  const upright = mean(add(rows, beside(2, w)), edge(w, [1, 1, w]), every(oddNoise, 2, 0));
  const flat = mean(add(columns, beside(1, h)), edge(h, [1, h, 1]), every(evenNoise, 2, 1));
  return woven(woven(grid, flat, 2), woven(upright, centre, 2), 1);
}

/** Values at even or odd places of an axis of odd length, of three. */
function every(x: Tensor, axis: number, start: 0 | 1): Tensor {
  const length = x.shape[axis];
  const pairs = slice(x, axis, 0, length - 1);
  const shape = [...x.shape];
  const split = [...shape.slice(0, axis), (length - 1) / 2, 2, ...shape.slice(axis + 1)];
  shape[axis] = (length - 1) / 2;
  const half = reshape(slice(reshape(pairs, split), axis + 1, start, start + 1), shape);
  return start ? half : concat([half, slice(x, axis, length - 1, length)], axis);
}

/** Even and odd places of an axis, put together; there is one more even one. */
function woven(even: Tensor, odd: Tensor, axis: number): Tensor {
  const count = odd.shape[axis];
  const apart = [...odd.shape.slice(0, axis + 1), 1, ...odd.shape.slice(axis + 1)];
  const pairs = concat([reshape(slice(even, axis, 0, count), apart), reshape(odd, apart)], axis + 1);
  const joined = [...odd.shape];
  joined[axis] = 2 * count;
  return concat([reshape(pairs, joined), slice(even, axis, count, count + 1)], axis);
}
