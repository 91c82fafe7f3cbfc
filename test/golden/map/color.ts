// Colour and tone: Kornia's enhance, color, and the classes of augmentation that change pixels by themselves.

import * as ag from "../../../src/index.ts";
import { contrastAboutMean, grayBlend, run, scaled, shifted } from "../conventions.ts";
import { clip, colour, statistics, value } from "../functions.ts";
import { NotImplementedYet } from "../material.ts";
import { clipOf, jitter, point, settled, turnHue } from "../stages.ts";
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
  RandomBrightness: point((m, i, x) =>
    run(x, ag.brightnessShift({ shift: shifted(m.drawn(i, "brightness_factor"), -1), ...clipOf(m, i) })),
  ),
  RandomContrast: point((m, i, x) =>
    run(x, ag.contrast({ factor: m.drawn(i, "contrast_factor"), pivot: 0, ...clipOf(m, i) })),
  ),
  RandomSaturation: point((m, i, x) => run(x, ag.hsvSaturation({ factor: m.drawn(i, "saturation_factor") }))),
  RandomHue: point((m, i, x) => turnHue(x, m.drawn(i, "hue_factor"))),
  RandomGamma: point((m, i, x) =>
    run(x, ag.gamma({ gamma: m.drawn(i, "gamma_factor"), gain: m.drawn(i, "gain_factor") })),
  ),
  RandomInvert: point((m, i, x) => run(x, ag.invert({ max: m.setting(i, "max_val", 1) }))),
  RandomGrayscale: point((m, i, x) => {
    if (x.shape[1] !== 3) throw new NotImplementedYet("grey of an image that is not RGB");
    return run(x, ag.grayscale({ weights: m.setting<number[] | undefined>(i, "rgb_weights", undefined) }));
  }),
  RandomRGBShift: point((m, i, x) =>
    run(x, ag.rgbShift({ red: m.drawn(i, "r_shift"), green: m.drawn(i, "g_shift"), blue: m.drawn(i, "b_shift") })),
  ),
  // The tables in steps of 500 K, from 3000 K or 4000 K on; what is drawn counts in a selection of them.
  RandomPlanckianJitter: point((m, i, x) => {
    const isDaylight = String(m.setting(i, "mode", "blackbody")).toLowerCase() === "cied";
    const chosen = m.setting<number[] | number | null>(i, "select_from", null);
    const list = chosen === null ? null : [chosen].flat();
    const temperature = Array.from(
      m.drawnNumbers(i, "idx"),
      (k) => (isDaylight ? 4000 : 3000) + 500 * (list ? list[k] : k),
    );
    return run(x, ag.planckianJitter({ temperature, light: isDaylight ? "daylight" : "blackbody" }));
  }),
  Normalize: point((m, i, x) => run(x, ag.normalize(settled(m, i, x)))),
  Denormalize: point((m, i, x) => run(x, ag.denormalize(settled(m, i, x)))),
};
