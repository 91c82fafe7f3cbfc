import type { Shape } from "../tensor/index.ts";

/** Row-major strides of a shape, in values. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = stride;
    stride *= shape[i];
  }
  return strides;
}

/** Strides with which `shape` is read as if it were `out`. */
export function broadcastStrides(shape: Shape, out: Shape): number[] {
  const strides = stridesOf(shape);
  const lead = out.length - shape.length;
  return out.map((_, i) => (i < lead || shape[i - lead] === 1 ? 0 : strides[i - lead]));
}

/** A walk over sizes, with strides for each of several buffers. */
export interface Walk {
  sizes: number[];
  strides: number[][];
}

/** The same walk with as few dimensions as possible. */
export function collapse(sizes: readonly number[], strides: readonly (readonly number[])[]): Walk {
  const walk: Walk = { sizes: [], strides: strides.map(() => []) };
  for (let i = 0; i < sizes.length; i++) {
    if (sizes[i] === 1) continue;
    const last = walk.sizes.length - 1;
    if (last >= 0 && strides.every((s, k) => walk.strides[k][last] === s[i] * sizes[i])) {
      walk.sizes[last] *= sizes[i];
      for (const [k, s] of strides.entries()) walk.strides[k][last] = s[i];
    } else {
      walk.sizes.push(sizes[i]);
      for (const [k, s] of strides.entries()) walk.strides[k].push(s[i]);
    }
  }
  return walk;
}

/** A walk as uniform words: four for each dimension, its size and its strides; kernels have room for {@link MAX_WORDS}. */
export function dimensions(walk: { sizes: readonly number[]; strides: readonly (readonly number[])[] }): number[] {
  const { sizes, strides } = walk;
  const words: number[] = [];
  for (let d = 0; d < sizes.length; d++) {
    words.push(sizes[d], strides[0][d], strides[1]?.[d] ?? 0, strides[2]?.[d] ?? 0);
  }
  return words;
}

/** Words of a walk of eight dimensions. */
export const MAX_WORDS = 32;
