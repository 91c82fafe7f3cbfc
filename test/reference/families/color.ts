/** Colour transforms in float64. */

import { build, type Case64, channel, pixel, type Reference64, row, scalar, two } from "../image.ts";
import {
  clamp,
  clip,
  frac,
  GREY,
  grey,
  greyMean,
  hsvToRgb,
  needColour,
  perChannel,
  perColour,
  rgbToHsv,
} from "../pointwise.ts";

const brightness: Reference64 = (x, p, o) => perChannel(x, (v, n) => clip(v * scalar(p, "factor", n, 1), o));

const brightnessShift: Reference64 = (x, p, o) => perChannel(x, (v, n) => clip(v + scalar(p, "shift", n, 0), o));

const contrast: Reference64 = (x, p, o) =>
  perChannel(x, (v, n) => {
    const pivot = scalar(p, "pivot", n, 0.5);
    return clip((v - pivot) * scalar(p, "factor", n, 1) + pivot, o);
  });

const contrastAboutMean: Reference64 = (x, p, o) => {
  const means = Array.from({ length: x.shape[0] }, (_, n) => greyMean(x, n));
  return perChannel(x, (v, n) => {
    const factor = scalar(p, "factor", n, 1);
    return clip(factor * v + (1 - factor) * means[n], o);
  });
};

const saturation: Reference64 = (x, p, o) => {
  needColour(x, "saturation");
  return build(x.shape, (n, c, i, j) => {
    const factor = scalar(p, "factor", n, 1);
    return clip(factor * pixel(x, n, c, i, j) + (1 - factor) * grey(x, n, i, j), o);
  });
};

const hsvSaturation: Reference64 = (x, p) => {
  needColour(x, "hsvSaturation");
  return perColour(x, (rgb, n) => {
    const [h, s, v] = rgbToHsv(rgb);
    return hsvToRgb([h, clamp(s * scalar(p, "factor", n, 1), 0, 1), v]);
  });
};

const hue: Reference64 = (x, p) => {
  needColour(x, "hue");
  return perColour(x, (rgb, n) => {
    // S and V as S · V: where V is 0, S alone says nothing.
    const v = Math.max(...rgb);
    const chroma = v - Math.min(...rgb);
    const shares = hsvToRgb([frac(rgbToHsv(rgb)[0] + scalar(p, "turns", n, 0)), 1, 1]);
    return shares.map((share) => v - chroma * (1 - share));
  });
};

const gamma: Reference64 = (x, p, o) =>
  perChannel(x, (v, n) => clip(scalar(p, "gain", n, 1) * Math.max(v, 0) ** scalar(p, "gamma", n, 1), o));

const invert: Reference64 = (x, p) => perChannel(x, (v, n) => scalar(p, "max", n, 1) - v);

const grayscale: Reference64 = (x, p, o) => {
  needColour(x, "grayscale");
  const channels = (o.channels as number | undefined) ?? 3;
  return build([x.shape[0], channels, x.shape[2], x.shape[3]], (n, _, i, j) =>
    grey(x, n, i, j, row(p, "weights", n, GREY)),
  );
};

const normalize: Reference64 = (x, p) =>
  perChannel(x, (v, n, c) => (v - channel(p, "mean", n, c)) / channel(p, "std", n, c));

const denormalize: Reference64 = (x, p) =>
  perChannel(x, (v, n, c) => v * channel(p, "std", n, c) + channel(p, "mean", n, c));

export const references: Record<string, Reference64> = {
  brightness,
  brightnessShift,
  contrast,
  contrastAboutMean,
  saturation,
  hsvSaturation,
  hue,
  gamma,
  invert,
  grayscale,
  normalize,
  denormalize,
};

const MEAN_AND_STD = {
  mean: [
    [0.4, 0.5, 0.6],
    [0.1, 0.2, 0.3],
  ],
  std: [
    [0.2, 0.3, 0.25],
    [0.5, 0.4, 0.3],
  ],
};
const weights = [GREY, [0.5, 0.2, 0.3]];

export const cases: Case64[] = [
  { name: "brightness", params: { factor: two(1.3, 0.7) } },
  { name: "brightnessShift", params: { shift: two(0.2, -0.15) } },
  { name: "contrast", params: { factor: two(1.4, 0.6), pivot: two(0.5, 0.3) } },
  { name: "contrast", params: { factor: two(1.4, 0.6), pivot: two(0, 0) }, options: { clip: false } },
  { name: "contrastAboutMean", params: { factor: two(1.4, 0.6) } },
  { name: "saturation", params: { factor: two(1.6, 0.4) } },
  { name: "hsvSaturation", params: { factor: two(1.6, 0.4) } },
  { name: "hue", params: { turns: two(0.13, -0.37) } },
  { name: "gamma", params: { gamma: two(1.7, 0.6), gain: two(1.1, 0.9) } },
  { name: "invert", params: { max: two(1, 0.8) } },
  { name: "grayscale", params: { weights } },
  { name: "grayscale", params: { weights }, options: { channels: 1 } },
  { name: "normalize", params: MEAN_AND_STD },
  { name: "denormalize", params: MEAN_AND_STD },
];
