/** Random points in float64, with the same random bits as the shaders: Threefry, by seed, stream, channel and place. */

import { build, type Case64, type Options64, type Params64, pixel, type Reference64, scalar, two } from "../image.ts";
import { keyOf, rest, upper, type Words, wordsAt } from "../stream.ts";

/** A value of an image: sample, channel, row, column. */
export type Place = readonly [n: number, c: number, i: number, j: number];

/** The two words of a stream for the three channels that a value is among, or for the pixel. */
const words = (p: Params64, stream: number, [n, c, i, j]: Place, perChannel: boolean): Words =>
  wordsAt(keyOf(p, n, stream, perChannel ? c - (c % 3) : 0), j, i);

/** Uniform in [0, 1): the first two numbers of a block have its upper bits, the third one those that they leave. */
export function uniform(p: Params64, stream: number, at: Place, perChannel: boolean, which = 0): number {
  const [a, b] = words(p, stream, at, perChannel);
  const k = perChannel ? at[1] % 3 : which;
  return k < 2 ? upper([a, b][k]) : rest(a, b);
}

/** Normal, by Box and Muller: 16 bits for the radius, 16 for the angle; two numbers of the first word, one of the second. */
export function normal(p: Params64, stream: number, at: Place, perChannel: boolean): number {
  const k = perChannel ? at[1] % 3 : 0;
  const word = words(p, stream, at, perChannel)[k === 2 ? 1 : 0];
  const radius = Math.sqrt(-2 * Math.log((((word >>> 16) ^ 0x8000) + 0.5) / 2 ** 16));
  const angle = (2 * Math.PI * (word & 0xffff)) / 2 ** 16;
  return radius * (k === 1 ? Math.sin(angle) : Math.cos(angle));
}

export const isPerChannel = (o: Options64, otherwise: boolean): boolean =>
  (o.perChannel as boolean | undefined) ?? otherwise;

const gaussianNoise: Reference64 = (x, p, o) =>
  build(x.shape, (...at) => {
    const [n] = at;
    return pixel(x, ...at) + scalar(p, "mean", n, 0) + scalar(p, "std", n, 1) * normal(p, 0, at, isPerChannel(o, true));
  });

/** Whether a value is hit, and what it becomes, as 1 or 0. */
function grain(o: Options64, p: Params64, at: Place, amount: number, saltVsPepper: number) {
  const each = isPerChannel(o, false);
  const hit = Number(uniform(p, 0, at, each) < amount);
  return { hit, value: Number(uniform(p, each ? 1 : 0, at, each, 1) < saltVsPepper) };
}

const saltAndPepper: Reference64 = (x, p, o) =>
  build(x.shape, (...at) => {
    const [n] = at;
    const { hit, value } = grain(o, p, at, scalar(p, "amount", n, 0.05), scalar(p, "saltVsPepper", n, 0.5));
    return hit ? value : pixel(x, ...at);
  });

/** The point that a value of a case was moved from, by less than differences are taken over: cases have three digits. */
export const before = (value: number): number => Math.round(value * 1000) / 1000;

/** A coin counts as its probability does: it is what it is at the point, and moves by as much. */
const straightThrough: Reference64 = (x, p, o, { wrt, ...context }) => {
  if (wrt !== "params" || (o.estimator ?? "straightThrough") !== "straightThrough")
    return saltAndPepper(x, p, o, context);
  return build(x.shape, (...at) => {
    const [amount, salt] = [scalar(p, "amount", at[0], 0.05), scalar(p, "saltVsPepper", at[0], 0.5)];
    const { hit, value } = grain(o, p, at, before(amount), before(salt));
    const v = pixel(x, ...at);
    return v + (hit + amount - before(amount)) * (value + salt - before(salt) - v);
  });
};

export const references: Record<string, Reference64> = { gaussianNoise, saltAndPepper };

export const surrogates: Record<string, Reference64> = { saltAndPepper: straightThrough };

export const cases: Case64[] = [
  { name: "gaussianNoise", params: { mean: two(0.1, -0.2), std: two(0.3, 0.15), seed: two(7, 123457) } },
  {
    name: "gaussianNoise",
    params: { mean: two(0.1, -0.2), std: two(0.3, 0.15), seed: two(7, 123457) },
    options: { perChannel: false },
  },
  { name: "saltAndPepper", params: { amount: two(0.3, 0.6), saltVsPepper: two(0.4, 0.7), seed: two(11, 5) } },
  {
    name: "saltAndPepper",
    params: { amount: two(0.3, 0.6), saltVsPepper: two(0.4, 0.7), seed: two(11, 5) },
    options: { perChannel: true },
  },
];
