import { ArgumentError, describe } from "../gpu/index.ts";
import { threefryInto } from "./threefry.ts";

/**
 * How a random number gets its key. Every draw is one block of Threefry, at the end of a chain of keys:
 *
 *     transform key = threefry([seed low, seed high], identity of the transform)
 *     step key      = threefry(transform key, [step low, step high])
 *     block         = threefry(step key, [sample, draw])
 *
 * so that it depends on (seed, step, sample, transform, draw) and on nothing else: not on the size or order of the batch,
 * not on the transforms around it, not on how often anything was drawn before.
 *
 * The identity of a transform is 64 bits hashed from its `key` option or, without one, from its name and how many
 * transforms of that name come before it in the pipeline. Draw 0 is the coin of `p`; draw `1 + i` is the i-th scalar of
 * the transform's parameters in the order of their declaration, whichever of them are random. Where a parameter is computed of several
 * distributions, the draws of the j-th lie j · 2^24 further on.
 *
 * A selection (`oneOf`, `someOf`, `sometimes`) has an identity as a transform has, and is counted by its own name; its draws begin at 0.
 */
export const COIN_DRAW = 0;
/** The draw of the first scalar parameter. */
export const FIRST_PARAMETER_DRAW = 1;

const LARGEST = Number.MAX_SAFE_INTEGER;

/** Checks a seed or a step: a whole number 0..2^53-1. */
export function checkWhole(argument: string, value: unknown, largest = LARGEST): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value > largest) {
    throw new ArgumentError(
      argument,
      describe(value),
      `a whole number from 0 to ${largest === LARGEST ? "2^53 - 1" : largest}`,
    );
  }
  return value;
}

const pair = new Uint32Array(2);

/** 64 bits of a text: its UTF-8 bytes, eight at a time, each block folded in by Threefry, the length last. */
export function hashText(text: string): [number, number] {
  const bytes = new TextEncoder().encode(text);
  const words = new Uint32Array(Math.ceil(bytes.length / 8) * 2);
  for (let i = 0; i < bytes.length; i++) words[i >> 2] |= bytes[i] << ((i & 3) * 8);
  pair[0] = pair[1] = 0;
  for (let i = 0; i < words.length; i += 2) threefryInto(pair[0], pair[1], words[i], words[i + 1], pair, 0);
  threefryInto(pair[0], pair[1], bytes.length, 0xffffffff, pair, 0);
  return [pair[0], pair[1]];
}

/** The identities of a pipeline's transforms: `rotate#0`, `brightness#0`, `rotate#1`, or `key:` and their own key. */
export function identities(transforms: readonly { name: string; key?: string; at?: string }[]): string[] {
  const seen = new Map<string, number>();
  const keys = new Set<string>();
  return transforms.map(({ name, key, at }, i) => {
    if (key === undefined) {
      const before = seen.get(name) ?? 0;
      seen.set(name, before + 1);
      return `${name}#${before}`;
    }
    if (typeof key !== "string" || key === "" || keys.has(key)) {
      throw new ArgumentError(
        `${at ?? `transforms[${i}]`}.key`,
        describe(key),
        "a text that no other transform of the pipeline has",
      );
    }
    keys.add(key);
    return `key:${key}`;
  });
}

/** The words of a whole number 0..2^53-1: low, high. */
const low = (value: number): number => value >>> 0;
const high = (value: number): number => Math.floor(value / 2 ** 32) >>> 0;

/** The transform key of the chain; constant for a pipeline and a seed. Writes two words at `at`. */
export function transformKey(seed: number, identity: readonly [number, number], out: Uint32Array, at: number): void {
  threefryInto(low(seed), high(seed), identity[0], identity[1], out, at);
}

/** The step key of the chain, from the transform key at `keys[from]`. Writes two words at `out[at]`. */
export function stepKey(keys: Uint32Array, from: number, step: number, out: Uint32Array, at: number): void {
  threefryInto(keys[from], keys[from + 1], low(step), high(step), out, at);
}

/** The block of (sample, draw) as a whole number 0..2^53-1: what a transform that draws in the shader depends on. */
export function drawSeed(stepKeys: Uint32Array, at: number, sample: number, draw: number): number {
  threefryInto(stepKeys[at], stepKeys[at + 1], sample, draw, pair, 0);
  return pair[0] + (pair[1] >>> 11) * 2 ** 32;
}

/** The first word of the block of (sample, draw), as a number in [0, 1) with 24 bits. `at` is where the step key is. */
export function drawUnit(stepKeys: Uint32Array, at: number, sample: number, draw: number): number {
  threefryInto(stepKeys[at], stepKeys[at + 1], sample, draw, pair, 0);
  return (pair[0] >>> 8) * 2 ** -24;
}
