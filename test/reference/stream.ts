/** The random bits of the shaders: keys of streams, and what they give at a place. */

import { type Params64, scalar } from "./image.ts";

/** Two words of 32 bits. */
export type Words = readonly [number, number];

const ROTATIONS = [13, 15, 26, 6, 17, 29, 16, 24];

/** Threefry 2x32 with so many rounds, as Salmon et al. (2011) describe it: behind every fourth the key is added. */
export function threefry([k0, k1]: Words, [c0, c1]: Words, rounds: number): Words {
  const keys = [k0, k1, 0x1bd11bda ^ k0 ^ k1];
  let [x, y] = [(c0 + k0) | 0, (c1 + k1) | 0];
  for (let round = 1; round <= rounds; round++) {
    const left = ROTATIONS[(round - 1) % 8];
    x = (x + y) | 0;
    y = ((y << left) | (y >>> (32 - left))) ^ x;
    if (round % 4 > 0) continue;
    const k = round / 4;
    x = (x + keys[k % 3]) | 0;
    y = (y + keys[(k + 1) % 3] + k) | 0;
  }
  return [x >>> 0, y >>> 0];
}

/** The key of a stream of a sample for three channels, by the first of them. */
export function keyOf(p: Params64, n: number, stream: number, lane: number): Words {
  // Differences move every number that is given; a seed is a whole one.
  const seed = Math.round(scalar(p, "seed", n));
  const own = threefry([seed >>> 0, Math.floor(seed / 2 ** 32)], [p.seed.length === 1 ? n : 0, stream], 20);
  return threefry(own, [lane, 0], 20);
}

/** What a key gives at a place. */
export const wordsAt = (key: Words, x: number, y: number): Words => threefry(key, [x, y], 13);

/** The upper 21 bits, from 0 to below 1, the sign counting as -1/2. */
export const upper = (word: number): number => ((word & 0xfffff800) | 0) / 2 ** 32 + 0.5;

/** As many bits, of those that two words have left. */
export const rest = (a: number, b: number): number => (a & 0x7ff) / 2 ** 11 + (b & 0x3ff) / 2 ** 21;
