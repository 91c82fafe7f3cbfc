/**
 * Threefry 2x32 with 20 rounds (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"), the counter-based
 * generator that Random123 publishes and JAX uses. The WGSL twin is shaders/lib/threefry.wgsl: equal bits.
 */

/** Two 32-bit words, each an integer 0..2^32-1. */
export type Words = readonly [number, number];

const PARITY = 0x1bd11bda;

/**
 * The block function without allocation: encrypts counter (c0, c1) under key (k0, k1) and writes the two words to
 * `out[at]` and `out[at + 1]`. All four inputs are taken modulo 2^32.
 */
export function threefryInto(k0: number, k1: number, c0: number, c1: number, out: Uint32Array, at: number): void {
  const k2 = PARITY ^ k0 ^ k1;
  let x = (c0 + k0) | 0;
  let y = (c1 + k1) | 0;
  // Rounds 1-4, then key injection 1.
  x = (x + y) | 0;
  y = ((y << 13) | (y >>> 19)) ^ x;
  x = (x + y) | 0;
  y = ((y << 15) | (y >>> 17)) ^ x;
  x = (x + y) | 0;
  y = ((y << 26) | (y >>> 6)) ^ x;
  x = (x + y) | 0;
  y = ((y << 6) | (y >>> 26)) ^ x;
  x = (x + k1) | 0;
  y = (y + k2 + 1) | 0;
  // Rounds 5-8, injection 2.
  x = (x + y) | 0;
  y = ((y << 17) | (y >>> 15)) ^ x;
  x = (x + y) | 0;
  y = ((y << 29) | (y >>> 3)) ^ x;
  x = (x + y) | 0;
  y = ((y << 16) | (y >>> 16)) ^ x;
  x = (x + y) | 0;
  y = ((y << 24) | (y >>> 8)) ^ x;
  x = (x + k2) | 0;
  y = (y + k0 + 2) | 0;
  // Rounds 9-12, injection 3.
  x = (x + y) | 0;
  y = ((y << 13) | (y >>> 19)) ^ x;
  x = (x + y) | 0;
  y = ((y << 15) | (y >>> 17)) ^ x;
  x = (x + y) | 0;
  y = ((y << 26) | (y >>> 6)) ^ x;
  x = (x + y) | 0;
  y = ((y << 6) | (y >>> 26)) ^ x;
  x = (x + k0) | 0;
  y = (y + k1 + 3) | 0;
  // Rounds 13-16, injection 4.
  x = (x + y) | 0;
  y = ((y << 17) | (y >>> 15)) ^ x;
  x = (x + y) | 0;
  y = ((y << 29) | (y >>> 3)) ^ x;
  x = (x + y) | 0;
  y = ((y << 16) | (y >>> 16)) ^ x;
  x = (x + y) | 0;
  y = ((y << 24) | (y >>> 8)) ^ x;
  x = (x + k1) | 0;
  y = (y + k2 + 4) | 0;
  // Rounds 17-20, injection 5.
  x = (x + y) | 0;
  y = ((y << 13) | (y >>> 19)) ^ x;
  x = (x + y) | 0;
  y = ((y << 15) | (y >>> 17)) ^ x;
  x = (x + y) | 0;
  y = ((y << 26) | (y >>> 6)) ^ x;
  x = (x + y) | 0;
  y = ((y << 6) | (y >>> 26)) ^ x;
  out[at] = x + k2;
  out[at + 1] = y + k0 + 5;
}

const scratch = new Uint32Array(2);

/** Threefry 2x32-20 of one block: `threefry2x32([k0, k1], [c0, c1])` gives two words 0..2^32-1. */
export function threefry2x32(key: Words, counter: Words): [number, number] {
  threefryInto(key[0], key[1], counter[0], counter[1], scratch, 0);
  return [scratch[0], scratch[1]];
}

/** The upper 24 bits of a word as a number in [0, 1), a multiple of 2^-24: exact in f32. */
export function unitFloat(bits: number): number {
  return (bits >>> 8) * 2 ** -24;
}
