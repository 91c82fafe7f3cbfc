/**
 * How much a thread works on: the sizes that were chosen by measuring, and the measurements. Those of SwiftShader come from two
 * cores, 4x3x224x224. No GPU has been measured: there the sizes follow from how many threads keep one busy.
 */
import type { Gpu } from "../gpu/index.ts";

/**
 * Whether a kernel goes over the four pixels of a quad in a loop, so that its code has a chain once: compilers take time that
 * grows with the square of it. `links` are the points of the chain, `sums` the gradients of parameters that it adds up. On
 * SwiftShader, backward, twelve `gamma` of two learned values each took 2.4 s with the chain four times and 0.7 s with it once,
 * twenty-four took 10 s and 2.4 s, and forty crashed it or took 6.5 s.
 */
export const rolls = (links: number, sums = 0): boolean => links + sums > 20;

/**
 * The same for a field that learns so many values of its own, whose `backward` is then long. On SwiftShader the first step of
 * `undistort`, eighteen values, took 8.6 s of the processors with it four times and 1.8 s with it once; the steps after it as long.
 */
export const rollsField = (learned: number): boolean => learned > 8;

/**
 * The most that points of one pass may weigh (`weight.ts`): so compiling takes time in proportion to the length of a chain, not
 * to its square. What people put in a row weighs less than half of it.
 */
export const HEAVIEST = 64;

/**
 * Points that a window takes along. Its kernels have them once for each neighbouring pixel: on SwiftShader, backward, five taps
 * and four points compiled in 0.9 s, with eight points in 3 s.
 */
export const LONGEST_TAIL = 4;

/**
 * Threads per sample (and channel group) for planes of `quads` quads. A thread that owns many pixels loads its parameters
 * once and leaves few partial sums; a GPU wants enough threads to be busy. On SwiftShader the colour chain forward and backward
 * took 40 ms of the processors with 4 quads a thread, 38 with 8, 35 with 16 and 31 with 32; but all of its processors want work.
 */
export function threadsFor(gpu: Gpu, quads: number, owners: number): number {
  const [busy, most] = gpu.info.software ? [512, 32] : [65536, 8];
  const perThread = Math.max(1, Math.min(most, Math.floor((quads * owners) / busy)));
  return Math.ceil(quads / perThread);
}

/**
 * Neighbouring pixels of a line that a thread of a window works on. What it reads, weights above all, serves all of them, but a
 * GPU reads best when neighbouring threads read neighbours. On SwiftShader, forward and backward by the device's clock: for 31
 * taps 64 ms with 16, 58 with 24 and 53 with 32; for 5 taps as long with each, and compiling takes longer the more there are.
 */
export function blockFor(gpu: Gpu, taps: number): number {
  if (!gpu.info.software) return 8;
  return taps > 9 ? 32 : 16;
}

/**
 * Weights that are applied at a time: all of a window of up to 33, so that there is no loop, or eight. On SwiftShader a loop
 * over 31 taps by eight took 1.2 times as long, and 0.75 times as long to compile.
 */
export const chunkFor = (taps: number): number => (taps <= 33 ? taps : 8);

/**
 * Whether the pixels of a symmetric window are added up in pairs, all of them written out. On SwiftShader, forward and backward, 5 taps
 * took 0.95 times as long, 31 taps 0.8 times and 63 taps, in the place of a loop, 0.6 times; these took 1.6 times as long to compile. With
 * 127 taps a kernel took 0.7 times as long, and 1.4 s to compile in the place of 0.2 s.
 */
export const pairsUp = (taps: number): boolean => taps <= 65;

/**
 * Whether one thread adds up a row of partial sums. On SwiftShader a workgroup with a barrier takes as long as adding up
 * thousands of numbers.
 */
export const sumsAlone = (gpu: Gpu, length: number): boolean => length <= 64 || gpu.info.software;

/** Weights of a window, filled up to whole chunks. */
export const placesOf = (taps: number): number => Math.ceil(taps / chunkFor(taps)) * chunkFor(taps);

/**
 * Threads per sample for blocks, `tiles` of them a sample. A thread that owns several leaves fewer sums: as many as a transform has
 * parameters, or entries of a table.
 */
export function tilesFor(gpu: Gpu, tiles: number, samples: number): number {
  const [busy, most] = gpu.info.software ? [512, 8] : [16384, 4];
  const perThread = Math.max(1, Math.min(most, Math.floor((tiles * samples) / busy)));
  return Math.ceil(tiles / perThread);
}
