import { choice, isDistribution, permutation, subset, uniform } from "../augment/index.ts";
import { flag, number, rule } from "../gpu/index.ts";
import {
  autocontrast,
  brightnessShift,
  channelDropout,
  channelShuffle,
  contrast,
  denormalize,
  equalize,
  gamma,
  grayscale,
  hsvSaturation,
  hue,
  invert,
  normalize,
  type ParamValue,
  planckianJitter,
  posterize,
  rgbShift,
  sharpness,
  solarize,
} from "../transforms/index.ts";
import { jumps, needed, plain, range, word } from "./options.ts";
import { random } from "./random.ts";
import { PER_CHANNEL } from "./values.ts";

// Colour and tone, one table for each class: the transform; what each option sets and how its range is read; Kornia's probability
// where it is not 0.5.

const clipOutput = plain<boolean>("clip", flag, true);

/** How far three channels may move. */
const shift = (channel: string) => range(channel, { about: 0, default: 0.5 });

/** Adds `brightness` − 1: v for 1 ± v within 0..2, or `[lo, hi]`; `[1, 1]` unless given. */
export const RandomBrightness = random(
  "RandomBrightness",
  brightnessShift,
  { brightness: range("shift", { about: 1, within: [0, 2], default: [1, 1], counts: [1, -1] }), clipOutput },
  { p: 1 },
);

/** Multiplies by `contrast`, about 0: v for 1 ± v, or `[lo, hi]`; `[1, 1]` unless given. */
export const RandomContrast = random(
  "RandomContrast",
  contrast,
  { contrast: range("factor", { about: 1, within: [0, Infinity], default: [1, 1] }), clipOutput },
  { p: 1, fixed: { pivot: 0 } },
);

/** Multiplies the saturation of HSV by `saturation`: v for 1 ± v, or `[lo, hi]`; `[1, 1]` unless given. */
export const RandomSaturation = random(
  "RandomSaturation",
  hsvSaturation,
  { saturation: range("factor", { about: 1, within: [0, Infinity], default: [1, 1] }) },
  { p: 1 },
);

/** Turns the hue by `hue`, in turns: v for ± v within −0.5..0.5, or `[lo, hi]`; `[0, 0]` unless given. */
export const RandomHue = random(
  "RandomHue",
  hue,
  { hue: range("turns", { about: 0, within: [-0.5, 0.5], default: [0, 0] }) },
  { p: 1 },
);

/** Raises to the power `gamma` and multiplies by `gain`, each v for 1 ± v, or `[lo, hi]`; `[1, 1]` unless given. */
export const RandomGamma = random(
  "RandomGamma",
  gamma,
  {
    gamma: range("gamma", { about: 1, within: [0, Infinity], default: [1, 1] }),
    gain: range("gain", { about: 1, within: [0, Infinity], default: [1, 1] }),
  },
  { p: 1 },
);

/** Spreads each channel over 0..1. */
export const RandomAutoContrast = random("RandomAutoContrast", autocontrast, {}, { p: 1 });

/** Makes all levels of each channel as frequent, as Pillow does. */
export const RandomEqualize = random("RandomEqualize", equalize, { estimator: jumps(equalize) });

/** Grey, weighted by `rgbWeights`, one for each of three channels. */
export const RandomGrayscale = random(
  "RandomGrayscale",
  grayscale,
  {
    rgbWeights: plain<readonly [number, number, number]>(
      "weights",
      rule(
        "three numbers, for red, green and blue",
        (value) => Array.isArray(value) && value.length === 3 && value.every(Number.isFinite),
      ),
    ),
  },
  { p: 0.1 },
);

/** `maxVal` − x; 1 unless given. */
export const RandomInvert = random("RandomInvert", invert, { maxVal: range("max", { default: 1 }) });

/** Keeps `bits` bits of each value: b for b to 8, or `[lo, hi]`; 3 unless given. */
export const RandomPosterize = random("RandomPosterize", posterize, {
  bits: range("bits", { upTo: 8, within: [0, 8], default: 3 }),
  estimator: jumps(posterize),
});

/** Adds `additions`, and inverts what is not below `thresholds`: v for 0.5 ± v, and for ± v; both 0.1 unless given. */
export const RandomSolarize = random("RandomSolarize", solarize, {
  thresholds: range("threshold", { about: 0.5, within: [0, 1], default: 0.1 }),
  additions: range("addition", { about: 0, within: [-0.5, 0.5], default: 0.1 }),
  estimator: jumps(solarize),
});

/** Adds to each channel up to its limit, either way; 0.5 unless given. */
export const RandomRGBShift = random("RandomRGBShift", rgbShift, {
  rShiftLimit: shift("red"),
  gShiftLimit: shift("green"),
  bShiftLimit: shift("blue"),
});

/** Shows the channels in another order: all orders are equally likely. */
export const RandomChannelShuffle = random(
  "RandomChannelShuffle",
  channelShuffle,
  {},
  { together: () => ({ order: permutation() }) },
);

/** Puts `fillValue` in the place of `numDropChannels` of the channels; 0 and 1 unless given. */
export const RandomChannelDropout = random("RandomChannelDropout", channelDropout, {
  numDropChannels: plain<number>("drop", number({ least: 1, whole: true }), 1, subset),
  fillValue: range("fill", { default: 0 }),
});

/** A value for each channel, or one for all. */
const perChannel = (sets: string) =>
  needed<ParamValue>(
    sets,
    rule(`${PER_CHANNEL.allowed}, or a distribution`, (value) => PER_CHANNEL.fits(value) || isDistribution(value)),
  );

/** (x − `mean`) / `std`, channel by channel: numbers for all channels or for each, tensors or distributions. */
export const Normalize = random("Normalize", normalize, { mean: perChannel("mean"), std: perChannel("std") }, { p: 1 });

/** x · `std` + `mean`, channel by channel: undoes {@link Normalize}. */
export const Denormalize = random(
  "Denormalize",
  denormalize,
  { mean: perChannel("mean"), std: perChannel("std") },
  { p: 1 },
);

/** Blurs below 1 and sharpens above: v for 1 ± v, or `[lo, hi]`; 0.5 unless given. */
export const RandomSharpness = random("RandomSharpness", sharpness, {
  sharpness: range("factor", { about: 1, within: [0, Infinity], default: 0.5 }),
});

const A_STEP = rule("a whole number from 0 on, or an array of them", (value) => {
  const steps = [value].flat();
  return steps.length > 0 && steps.every((step) => Number.isInteger(step) && (step as number) >= 0);
});

/**
 * Light of a random temperature: a black body's, from 3000 to 15000 K, or daylight (`CIED`), from 4000 K. With `selectFrom` one of so many
 * steps of 500 K from there, counted from 0.
 */
export const RandomPlanckianJitter = random(
  "RandomPlanckianJitter",
  planckianJitter,
  {
    mode: word("light", { blackbody: "blackbody", CIED: "daylight" }, "blackbody"),
    selectFrom: plain<number | readonly number[]>("steps", A_STEP),
  },
  {
    together({ steps, ...given }) {
      const least = given.light === "daylight" ? 4000 : 3000;
      if (steps === undefined) return { ...given, temperature: uniform(least, 15000) };
      return { ...given, temperature: choice(([steps].flat() as number[]).map((step) => least + 500 * step)) };
    },
  },
);
