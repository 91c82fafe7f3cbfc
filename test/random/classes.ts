/** The random classes, and images for them: small ones, so that one kernel for each serves all checks. */
import * as augrad from "../../src/index.ts";
import { type Gpu, type RandomClass, type Tensor, tensor } from "../../src/index.ts";

type AnyClass = RandomClass<Record<string, unknown>>;

/** Every function under the name of a class, by that name. */
export const classes: readonly (readonly [string, AnyClass])[] = Object.entries(augrad).filter(
  (entry): entry is [string, AnyClass] => "random" in (entry[1] as object),
);

/** Whether samples of a batch see each other. */
export const mixes = ({ random: { declaration } }: AnyClass): boolean => declaration.reads === "batch";

/** Whether a class takes volumes. */
export const isOfVolumes = ({ random: { declaration } }: AnyClass): boolean => declaration.volume !== undefined;

/** Samples of a batch. */
export const N = 6;

/** Above every number that a coin is compared with, so that one kernel serves for all probabilities. */
export const ALL = 1 - 2 ** -30;

const SIZE = 3 * 8 * 8;

/**
 * What a class takes: colourful images of 8 x 8 pixels, or volumes of 4 x 4 x 4 voxels; one as often as there are samples, or, where samples
 * are to be told apart, one for each.
 */
export function inputOf(gpu: Gpu, make: AnyClass, levels = 255): Tensor {
  const wave = (i: number) => 0.5 + 0.45 * Math.sin(1.7 * i + 0.01 * i * i);
  const value = (i: number) => Math.round(levels * wave(i)) / levels;
  const apart = mixes(make);
  const pixels = Float32Array.from({ length: N * SIZE }, (_, i) => value(apart ? i : i % SIZE));
  return tensor(gpu, pixels, [N, 3, ...(isOfVolumes(make) ? [4, 4, 4] : [8, 8])]);
}

/** A batch sample by sample. */
export function rowsOf(values: Float32Array, n = N): Float32Array[] {
  const size = values.length / n;
  return Array.from({ length: n }, (_, i) => values.slice(i * size, (i + 1) * size));
}
