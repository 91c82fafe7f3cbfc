import type { Gpu, Storage } from "../../gpu/index.ts";
import { byteLength, type DType, type Shape } from "../../tensor/index.ts";
import { kinds } from "../kinds/index.ts";
import { type Pass, perPass } from "../pass.ts";

/** Some samples of a batch, as a pass of their own: nothing in its code depends on how many there are. */
export interface Part {
  pass: Pass;
  /** The first of its samples in the batch. */
  first: number;
}

/** A pass over `samples` samples. */
export const samplesOf = (pass: Pass, samples: number): Pass => ({
  ...pass,
  input: [samples, ...pass.input.slice(1)],
  output: [samples, ...pass.output.slice(1)],
});

/** Bytes of the largest buffer that a pass binds, forward or backward: images as f32, what lies between two axes, tables, sums. */
export const largestBinding = perPass((pass: Pass): number => {
  const [n, c, h, w] = pass.input;
  const [, outChannels, outHeight, outWidth] = pass.output;
  const { between = 0, table = 0, sums = 0 } = kinds[pass.kind].cost(pass);
  const image = Math.max(c * h * w, Math.max(c, outChannels) * outHeight * outWidth);
  // There are as many threads as there is room for their sums, at least one for three channels.
  const partial = (pass.layout.total + sums) * Math.ceil(c / 3);
  return Math.max(4 * n * Math.max(image, table, partial), between);
});

/** The parts in which a pass runs: one, unless a buffer of the whole batch could not be bound. */
export function partsOf(gpu: Gpu, pass: Pass): readonly Part[] {
  const limit = gpu.limits.maxStorageBufferBindingSize;
  const bytes = largestBinding(pass);
  if (bytes <= limit) return [{ pass, first: 0 }];
  const samples = pass.input[0];
  const most = Math.max(1, Math.floor(samples / Math.ceil(bytes / limit)));
  const parts: Part[] = [];
  for (let first = 0; first < samples; first += most)
    parts.push({ pass: samplesOf(pass, Math.min(most, samples - first)), first });
  return parts;
}

/** Bytes of one sample. */
const sampleBytes = (shape: Shape, dtype: DType): number => byteLength([1, ...shape.slice(1)], dtype);

/** A copy of the samples of a part: a binding starts at a multiple of 256 bytes, and a sample where it starts. */
export function takeSamples(gpu: Gpu, from: Storage, shape: Shape, dtype: DType, first: number): Storage {
  const each = sampleBytes(shape, dtype);
  const part = gpu.allocate(shape[0] * each);
  gpu.copy(from, first * each, part, 0, shape[0] * each);
  return part;
}

/** Puts the samples of a part in their place, and frees the part. */
export function putSamples(gpu: Gpu, part: Storage, shape: Shape, dtype: DType, to: Storage, first: number): void {
  const each = sampleBytes(shape, dtype);
  gpu.copy(part, 0, to, first * each, shape[0] * each);
  part.release();
}
