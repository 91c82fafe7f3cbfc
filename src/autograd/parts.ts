import type { Binding, Gpu } from "../gpu/index.ts";
import type { Tensor } from "../tensor/index.ts";
import type { Walk } from "./strides.ts";

// A device binds so many bytes of a buffer at once, 128 MiB at least. What is larger is worked on in parts, each with a
// stretch of every buffer bound.

/** Values from one place where a binding may start to the next, 256 bytes. */
const STEP = 64;

/** Values that a stretch may have which starts where a binding may start: a multiple of 64. */
export const bindable = (gpu: Gpu): number => Math.floor(gpu.limits.maxStorageBufferBindingSize / (4 * STEP)) * STEP;

/** Values that a stretch may have wherever it starts. */
export const longest = (gpu: Gpu): number => bindable(gpu) - STEP + 1;

/** Whether every tensor can be bound whole. */
export const bindsWhole = (tensors: readonly Tensor[]): boolean =>
  tensors.every(({ gpu, storage }) => storage.size <= gpu.limits.maxStorageBufferBindingSize);

/** Part of a buffer as a kernel sees it: the binding, where in it the part starts, in values, and the bytes of its values. */
export interface Stretch {
  binding: Binding;
  shift: number;
  bytes: number;
}

/** All of a tensor, bound whole. */
export const wholeOf = ({ storage, byteLength }: Tensor, shift = 0): Stretch => ({
  binding: storage,
  shift,
  bytes: byteLength,
});

/** `values` values of a tensor from `first` on, at most {@link longest} of them, bound by themselves. */
export function stretchOf({ storage }: Tensor, first: number, values: number): Stretch {
  const shift = first % STEP;
  const offset = 4 * (first - shift);
  const size = Math.min(storage.size - offset, 16 * Math.ceil((shift + values) / 4));
  return { binding: { storage, offset, size }, shift, bytes: 4 * values };
}

/** Part of a walk: its sizes, where each dimension starts, and what of every buffer is bound for it. */
export interface Box {
  sizes: readonly number[];
  starts: readonly number[];
  stretches: readonly Stretch[];
}

/**
 * The boxes of a walk over some tensors, each of which can be bound: one, unless a tensor is larger than a binding. A box
 * comes before those that lie beyond it.
 * @param firsts where the walk starts in each tensor, in values; 0 unless given
 */
export function boxesOf(tensors: readonly Tensor[], walk: Walk, firsts?: readonly number[]): Box[] {
  const starts = walk.sizes.map(() => 0);
  if (bindsWhole(tensors))
    return [{ sizes: walk.sizes, starts, stretches: tensors.map((tensor, i) => wholeOf(tensor, firsts?.[i])) }];
  const most = longest(tensors[0].gpu);
  return split(walk, starts, most).map(({ sizes, starts }) => {
    const stretches = tensors.map((tensor, i) => {
      const strides = walk.strides[i];
      const first = (firsts?.[i] ?? 0) + strides.reduce((sum, stride, d) => sum + stride * starts[d], 0);
      return stretchOf(tensor, first, reach(sizes, strides) + 1);
    });
    return { sizes, starts, stretches };
  });
}

/** Values from the first of a walk to its last. */
const reach = (sizes: readonly number[], strides: readonly number[]): number =>
  sizes.reduce((sum, size, d) => sum + (size - 1) * strides[d], 0);

/** Halves the dimension that reaches farthest in the buffer that is reached farthest, until all is near enough. */
function split({ sizes, strides }: Walk, starts: readonly number[], most: number): Omit<Box, "stretches">[] {
  const far = strides.map((s) => reach(sizes, s));
  const worst = far.indexOf(Math.max(...far));
  if (far[worst] < most) return [{ sizes, starts }];
  const reaches = sizes.map((size, d) => (size - 1) * strides[worst][d]);
  const d = reaches.indexOf(Math.max(...reaches));
  // Long dimensions are cut where a binding may start, so that what goes four at a time still does.
  const half = sizes[d] > 2 * STEP ? Math.ceil(sizes[d] / 2 / STEP) * STEP : Math.ceil(sizes[d] / 2);
  const part = (from: number, size: number) =>
    split({ sizes: sizes.with(d, size), strides }, starts.with(d, starts[d] + from), most);
  return [...part(0, half), ...part(half, sizes[d] - half)];
}
