/** Random numbers for a field to look through, drawn on the device. */
import fieldDrawWgsl from "../../../shaders/pass/field_draw.wgsl";
import { type Gpu, linkShader } from "../../gpu/index.ts";
import { Tensor } from "../../tensor/index.ts";
import { SEED_SIZE } from "../pack/seed.ts";
import type { BoundValue } from "../pass.ts";
import { groupsFor } from "../pixels/kernel.ts";
import { threadsFor } from "../tuning.ts";

/**
 * Uniform numbers from −1 to below 1, `[N, 2, H, W]`, from the seed of each sample, the pixel's place and the axis alone.
 * @param seed words as {@link seedWords} makes them
 */
export function drawnField(
  gpu: Gpu,
  seed: Extract<BoundValue, { numbers: unknown }>,
  samples: number,
  [height, width]: readonly [number, number],
): Tensor {
  const words = gpu.upload(Float32Array.from({ length: SEED_SIZE * samples }, (_, i) => seed.numbers[i]));
  const pixels = height * width;
  const threads = threadsFor(gpu, Math.ceil(pixels / 4), samples);
  const storage = gpu.allocate(samples * 2 * pixels * 4);
  const pipeline = gpu.pipeline({
    key: "field_draw",
    label: "field_draw",
    access: "urw",
    source: () => linkShader(fieldDrawWgsl),
  });
  gpu.dispatch({
    pipeline,
    bindings: [gpu.uniform([samples, threads, pixels, width]), words, storage],
    groups: groupsFor(samples * threads),
    bytes: storage.size,
  });
  words.release();
  return new Tensor(gpu, [samples, 2, height, width], "f32", storage);
}
