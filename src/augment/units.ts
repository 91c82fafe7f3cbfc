import { checkWhole, drawUnit, hashText, stepKey, transformKey } from "./keys.ts";
import type { Draws } from "./sequential.ts";

/** A draw of a step, with everything that it depends on. */
export type KnownDraws = Required<Pick<Draws, "seed" | "step">> & Pick<Draws, "samples">;

/**
 * Uniform numbers in [0, 1) of a random stream, `count` for each of n samples, sample by sample. They depend on seed, step and the sample's
 * identity alone, as those of a pipeline do.
 * @param stream name of the stream
 */
export function unitsOf(stream: string, count: number, n: number, { seed, step, samples }: KnownDraws): Float32Array {
  const keys = new Uint32Array(4);
  transformKey(checkWhole("seed", seed), hashText(stream), keys, 0);
  stepKey(keys, 0, checkWhole("step", step), keys, 2);
  return Float32Array.from({ length: n * count }, (_, k) => {
    const i = Math.floor(k / count);
    return drawUnit(keys, 2, samples ? samples[i] : i, k % count);
  });
}
