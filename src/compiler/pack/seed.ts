import type { BoundValue } from "../pass.ts";

/** Values that a seed takes in a block: three words in halves, which are exact as floats and stay so wherever they are read. */
export const SEED_SIZE = 6;

/** Seeds as words, lower half first: the two of the seed, and the number of the sample where all have one seed. */
export function seedWords(
  { numbers, strides }: Extract<BoundValue, { numbers: unknown }>,
  samples: number,
): Extract<BoundValue, { numbers: unknown }> {
  const words = new Float32Array(SEED_SIZE * samples);
  for (let n = 0; n < samples; n++) {
    const seed = numbers[n * strides[0]];
    [seed >>> 0, Math.floor(seed / 2 ** 32), strides[0] === 0 ? n : 0].forEach((word, k) => {
      words[SEED_SIZE * n + 2 * k] = word & 0xffff;
      words[SEED_SIZE * n + 2 * k + 1] = word >>> 16;
    });
  }
  return { numbers: words, strides: [SEED_SIZE, 1] };
}
