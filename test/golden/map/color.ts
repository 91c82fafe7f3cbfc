// Colour and tone: Kornia's enhance, color, and the classes of augmentation that change pixels by themselves.

import * as ag from "../../../src/index.ts";
import { drawnOf, through } from "../classes.ts";
import { contrastAboutMean, grayBlend, run, scaled, shifted } from "../conventions.ts";
import { clip, colour, statistics, value } from "../functions.ts";
import { jitter, turnHue } from "../stages.ts";
import type { Classes, Operations } from "./family.ts";

const TURN = 2 * Math.PI;

export const operations: Operations = {
  "enhance.adjust_brightness": colour((m) => ag.brightnessShift({ shift: value(m, "factor"), ...clip(m) })),
  "enhance.adjust_brightness_accumulative": colour((m) => ag.brightness({ factor: value(m, "factor"), ...clip(m) })),
  "enhance.adjust_contrast": colour((m) => ag.contrast({ factor: value(m, "factor"), pivot: 0, ...clip(m) })),
  "enhance.adjust_contrast_with_mean_subtraction": (m) => contrastAboutMean(m.input(), value(m, "factor")),
  "enhance.adjust_saturation": colour((m) => ag.hsvSaturation({ factor: value(m, "factor") })),
  "enhance.adjust_saturation_with_gray_subtraction": (m) => grayBlend(m.input(), value(m, "factor")),
  "enhance.adjust_hue": colour((m) => ag.hue({ turns: scaled(value(m, "factor"), 1 / TURN) })),
  "enhance.adjust_gamma": colour((m) =>
    ag.gamma({ gamma: value(m, "gamma"), gain: m.has("gain") ? value(m, "gain") : 1 }),
  ),
  "enhance.invert": colour((m) => ag.invert({ max: m.has("max_val") ? value(m, "max_val") : 1 })),
  "enhance.normalize": colour((m) => ag.normalize(statistics(m))),
  "enhance.denormalize": colour((m) => ag.denormalize(statistics(m))),
  "enhance.shift_rgb": colour((m) => ag.rgbShift({ red: value(m, "r"), green: value(m, "g"), blue: value(m, "b") })),
  "color.rgb_to_grayscale": colour((m) =>
    ag.grayscale({ channels: 1, weights: m.has("rgb_weights") ? m.param("rgb_weights") : undefined }),
  ),
};

export const classes: Classes = {
  ColorJiggle: jitter([
    ["brightness_factor", 1, (x, factor) => run(x, ag.brightnessShift({ shift: shifted(factor, -1) }))],
    ["contrast_factor", 1, (x, factor) => run(x, ag.contrast({ factor, pivot: 0 }))],
    ["saturation_factor", 1, (x, factor) => run(x, ag.hsvSaturation({ factor }))],
    ["hue_factor", 0, turnHue],
  ]),
  ColorJitter: jitter([
    // (Kornia leaves its brightness out where all factors are 0, not where they are 1.)
    ["brightness_factor", 0, (x, factor) => run(x, ag.brightness({ factor }))],
    ["contrast_factor", 1, contrastAboutMean],
    ["saturation_factor", 1, grayBlend],
    ["hue_factor", 0, turnHue],
  ]),
  RandomBrightness: through(ag.RandomBrightness, (m, i) => ({
    shift: drawnOf(m, i, "brightness_factor", { plus: -1 }),
  })),
  RandomContrast: through(ag.RandomContrast, (m, i) => ({ factor: drawnOf(m, i, "contrast_factor") })),
  RandomSaturation: through(ag.RandomSaturation, (m, i) => ({ factor: drawnOf(m, i, "saturation_factor") })),
  RandomHue: through(ag.RandomHue, (m, i) => ({ turns: drawnOf(m, i, "hue_factor") })),
  RandomGamma: through(ag.RandomGamma, (m, i) => ({
    gamma: drawnOf(m, i, "gamma_factor"),
    gain: drawnOf(m, i, "gain_factor"),
  })),
  RandomInvert: through(ag.RandomInvert),
  RandomGrayscale: through(ag.RandomGrayscale),
  RandomRGBShift: through(ag.RandomRGBShift, (m, i) => ({
    red: drawnOf(m, i, "r_shift"),
    green: drawnOf(m, i, "g_shift"),
    blue: drawnOf(m, i, "b_shift"),
  })),
  // The tables in steps of 500 K, from 3000 K or 4000 K on; what is drawn counts in a selection of them.
  RandomPlanckianJitter: through(ag.RandomPlanckianJitter, (m, i) => {
    const chosen = m.setting<number[] | number | null>(i, "select_from", null);
    const list = chosen === null ? null : [chosen].flat();
    const least = m.setting<string>(i, "mode", "blackbody") === "CIED" ? 4000 : 3000;
    return { temperature: Array.from(m.drawnNumbers(i, "idx"), (k) => least + 500 * (list ? list[k] : k)) };
  }),
  Normalize: through(ag.Normalize),
  Denormalize: through(ag.Denormalize),
};
