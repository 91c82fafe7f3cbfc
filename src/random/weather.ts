import { jpeg, plasmaBrightness, plasmaContrast, plasmaShadow, rain, snow } from "../transforms/index.ts";
import { jumps, range } from "./options.ts";
import { random } from "./random.ts";

// Weather, plasma and compression, one table for each class.

const roughness = range("roughness", { within: [0, 1], default: [0.1, 0.7] });

/** Adds a plasma fractal of −1..1, times `intensity`: ranges within 0..1. */
export const RandomPlasmaBrightness = random("RandomPlasmaBrightness", plasmaBrightness, {
  roughness,
  intensity: range("intensity", { within: [0, 1], default: [0, 1] }),
});

/** Multiplies the contrast about 0.5 by four times a plasma fractal of 0..1. */
export const RandomPlasmaContrast = random("RandomPlasmaContrast", plasmaContrast, { roughness });

/** Adds `shadeIntensity` where a plasma fractal lies below `shadeQuantity`; `[-1, 0]` and `[0, 1]` unless given. */
export const RandomPlasmaShadow = random("RandomPlasmaShadow", plasmaShadow, {
  roughness,
  shadeIntensity: range("shadeIntensity", { within: [-1, 0], default: [-1, 0] }),
  shadeQuantity: range("shadeQuantity", { within: [0, 1], default: [0, 1] }),
  estimator: jumps(plasmaShadow),
});

/** Draws `numberOfDrops` lines, `dropHeight` down and `dropWidth` across, in whole pixels: ranges, or numbers for themselves. */
export const RandomRain = random("RandomRain", rain, {
  numberOfDrops: range("drops", { within: [0, 10000], default: [1000, 2000] }),
  dropHeight: range("height", { within: [0, 1000], default: [5, 20] }),
  dropWidth: range("width", { within: [-1000, 1000], default: [-5, 5] }),
});

/** Multiplies the lightness by `brightness` where it lies below `snowCoefficient`: ranges, or numbers for themselves. */
export const RandomSnow = random(
  "RandomSnow",
  snow,
  {
    snowCoefficient: range("coefficient", { within: [0, 1], default: [0.5, 0.5] }),
    brightness: range("brightness", { within: [0, Infinity], default: [2, 2] }),
    estimator: jumps(snow),
  },
  { p: 1 },
);

/** Compresses as JPEG: `jpegQuality` v for 50 ± v within 1..100, or `[lo, hi]`; 50 unless given, which is all of it. */
export const RandomJPEG = random(
  "RandomJPEG",
  jpeg,
  { jpegQuality: range("quality", { about: 50, within: [1, 100], default: 50 }), estimator: jumps(jpeg) },
  { p: 1 },
);
