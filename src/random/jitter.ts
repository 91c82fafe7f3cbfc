import { ArgumentError, describe } from "../gpu/index.ts";
import {
  brightness,
  brightnessShift,
  contrast,
  contrastAboutMean,
  hsvSaturation,
  hue,
  saturation,
  type Transform,
} from "../transforms/index.ts";
import { range } from "./options.ts";
import { type RandomClass, type RandomCommon, type RandomOptions, random, readAll } from "./random.ts";
import type { RangeRule, RangeValue } from "./values.ts";

// Classes that are several transforms, one after the other.

/** Settings of {@link ColorJitter} and {@link ColorJiggle}. */
export interface JitterSettings extends RandomCommon {
  /** v for 1 ± v within 0..2, or `[lo, hi]`; left out unless given. */
  brightness?: RangeValue;
  /** v for 1 ± v, or `[lo, hi]`; left out unless given. */
  contrast?: RangeValue;
  /** v for 1 ± v, or `[lo, hi]`; left out unless given. */
  saturation?: RangeValue;
  /** In turns: v for ± v within −0.5..0.5, or `[lo, hi]`; left out unless given. */
  hue?: RangeValue;
}

const factor: RangeRule = { about: 1, within: [0, Infinity] };
const bright: RangeRule = { about: 1, within: [0, 2] };
const turns: RangeRule = { about: 0, within: [-0.5, 0.5] };

/** The transforms of a class, in order, each a random class of its own with the option that it reads. */
type Parts = Readonly<Record<string, RandomClass<never>>>;

const part = (name: string, maker: Parameters<typeof random>[1], options: RandomOptions, fixed = {}) =>
  random(name, maker, options, { p: 1, fixed }) as unknown as RandomClass<never>;

function jitter(name: string, parts: Parts, settings: JitterSettings): Transform[] {
  const options = Object.assign({}, ...Object.values(parts).map(({ random: { options } }) => options)) as RandomOptions;
  const optional = Object.fromEntries(
    Object.entries(options).map(([key, each]) => [key, { ...each, required: false }]),
  );
  readAll(name, settings, optional);
  const { p, key, sameOnBatch, ...given } = settings;
  if (p !== undefined && p !== 1) {
    const allowed = "1: the transforms of a list have no coin in common; give each one its p";
    throw new ArgumentError(`${name}.p`, describe(p), allowed);
  }
  return Object.entries(parts).flatMap(([option, make]) => {
    const value = given[option as keyof typeof given];
    if (value === undefined || value === 0) return [];
    return [make({ [option]: value, sameOnBatch, key: key === undefined ? undefined : `${key}.${option}` } as never)];
  });
}

/**
 * Brightness, contrast about the mean of grey, saturation and hue, as torchvision and Pillow do them: a list, which `sequential` takes
 * as its transforms, in this order. What is not given, or 0, is left out.
 * @throws ArgumentError for what is no range, and for a `p` other than 1
 */
export const ColorJitter = (settings: JitterSettings = {}): Transform[] => jitter("ColorJitter", JITTER, settings);

const JITTER: Parts = {
  brightness: part("ColorJitter", brightness, { brightness: range("factor", bright) }),
  contrast: part("ColorJitter", contrastAboutMean, { contrast: range("factor", factor) }),
  saturation: part("ColorJitter", saturation, { saturation: range("factor", factor) }),
  hue: part("ColorJitter", hue, { hue: range("turns", turns) }),
};

/**
 * {@link ColorJitter} with Kornia's older operations: `brightness` − 1 is added, contrast is about 0, saturation is that of HSV.
 * @throws ArgumentError for what is no range, and for a `p` other than 1
 */
export const ColorJiggle = (settings: JitterSettings = {}): Transform[] => jitter("ColorJiggle", JIGGLE, settings);

const JIGGLE: Parts = {
  brightness: part("ColorJiggle", brightnessShift, { brightness: range("shift", { ...bright, counts: [1, -1] }) }),
  contrast: part("ColorJiggle", contrast, { contrast: range("factor", factor) }, { pivot: 0 }),
  saturation: part("ColorJiggle", hsvSaturation, { saturation: range("factor", factor) }),
  hue: part("ColorJiggle", hue, { hue: range("turns", turns) }),
};
