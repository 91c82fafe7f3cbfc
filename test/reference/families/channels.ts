/** Channels in float64: shifts, other orders, constants in their place, and other ranges. */

import { build, type Case64, channel, pixel, type Reference64, row, scalar, two } from "../image.ts";
import { clamp, clip, needColour, perChannel, perColour } from "../pointwise.ts";

const rgbShift: Reference64 = (x, p, o) => {
  needColour(x, "rgbShift");
  return perChannel(x, (v, n, c) => clip(v + scalar(p, ["red", "green", "blue"][c], n, 0), o));
};

const channelShuffle: Reference64 = (x, p) =>
  build(x.shape, (n, c, i, j) => pixel(x, n, Math.min(Math.round(row(p, "order", n)[c]), x.shape[1] - 1), i, j));

const channelDropout: Reference64 = (x, p) =>
  perChannel(x, (v, n, c) => {
    const drop = channel(p, "drop", n, c);
    return (1 - drop) * v + drop * scalar(p, "fill", n, 0);
  });

const rgbToBgr: Reference64 = (x) => {
  needColour(x, "rgbToBgr");
  return build(x.shape, (n, c, i, j) => pixel(x, n, 2 - c, i, j));
};

const rgb255ToNormals: Reference64 = (x) => {
  needColour(x, "rgb255ToNormals");
  return perColour(x, (rgb) => {
    const v = rgb.map((value) => (value / 255) * 2 - 1);
    return v.map((value) => value / Math.hypot(...v));
  });
};

/** The first two rows' first two pixels. */
const FILTERS: Record<string, string> = { rggb: "rggb", grbg: "grbg", bggr: "bggr", gbrg: "gbrg" };

const rgbToRaw: Reference64 = (x, _, o) => {
  needColour(x, "rgbToRaw");
  const filters = FILTERS[(o.pattern as string | undefined) ?? "rggb"];
  return build([x.shape[0], 1, x.shape[2], x.shape[3]], (n, __, i, j) =>
    pixel(x, n, "rgb".indexOf(filters[2 * (i % 2) + (j % 2)]), i, j),
  );
};

/** Red and blue of lights for every 500 K, against green, from the table of three values each. */
const LIGHTS = {
  blackbody: {
    first: 3000,
    colours: [
      [0.6743, 0.4029, 0.0013],
      [0.6281, 0.4241, 0.1665],
      [0.5919, 0.4372, 0.2513],
      [0.5623, 0.4457, 0.3154],
      [0.5376, 0.4515, 0.3672],
      [0.5163, 0.4555, 0.4103],
      [0.4979, 0.4584, 0.4468],
      [0.4816, 0.4604, 0.4782],
      [0.4672, 0.4619, 0.5053],
      [0.4542, 0.463, 0.5289],
      [0.4426, 0.4638, 0.5497],
      [0.432, 0.4644, 0.5681],
      [0.4223, 0.4648, 0.5844],
      [0.4135, 0.4651, 0.599],
      [0.4054, 0.4653, 0.6121],
      [0.398, 0.4654, 0.6239],
      [0.3911, 0.4655, 0.6346],
      [0.3847, 0.4656, 0.6444],
      [0.3787, 0.4656, 0.6532],
      [0.3732, 0.4656, 0.6613],
      [0.368, 0.4655, 0.6688],
      [0.3632, 0.4655, 0.6756],
      [0.3586, 0.4655, 0.682],
      [0.3544, 0.4654, 0.6878],
      [0.3503, 0.4653, 0.6933],
    ],
  },
  daylight: {
    first: 4000,
    colours: [
      [0.5829, 0.4421, 0.2288],
      [0.551, 0.4514, 0.2948],
      [0.5246, 0.4576, 0.3488],
      [0.5021, 0.4618, 0.3941],
      [0.4826, 0.4646, 0.4325],
      [0.4654, 0.4667, 0.4654],
      [0.4502, 0.4681, 0.4938],
      [0.4364, 0.4692, 0.5186],
      [0.424, 0.47, 0.5403],
      [0.4127, 0.4705, 0.5594],
      [0.4023, 0.4709, 0.5763],
      [0.3928, 0.4713, 0.5914],
      [0.3839, 0.4715, 0.6049],
      [0.3757, 0.4716, 0.6171],
      [0.3681, 0.4717, 0.6281],
      [0.3609, 0.4718, 0.638],
      [0.3543, 0.4719, 0.6472],
      [0.348, 0.4719, 0.6555],
      [0.3421, 0.4719, 0.6631],
      [0.3365, 0.4719, 0.6702],
      [0.3313, 0.4719, 0.6766],
      [0.3263, 0.4719, 0.6826],
      [0.3217, 0.4719, 0.6882],
    ],
  },
};

const planckianJitter: Reference64 = (x, p, o) => {
  needColour(x, "planckianJitter");
  const { first, colours } = LIGHTS[(o.light as keyof typeof LIGHTS | undefined) ?? "blackbody"];
  return perColour(x, (rgb, n) => {
    const u = clamp((scalar(p, "temperature", n) - first) / 500, 0, colours.length - 1);
    const i = Math.min(Math.floor(u), colours.length - 2);
    const ratio = (k: number) => [0, 1, 2].map((c) => colours[k][c] / colours[k][1]);
    const [low, high] = [ratio(i), ratio(i + 1)];
    return rgb.map((v, c) => Math.min(v * (low[c] + (u - i) * (high[c] - low[c])), 1));
  });
};

export const references: Record<string, Reference64> = {
  rgbShift,
  channelShuffle,
  channelDropout,
  rgbToBgr,
  rgbToRgb255: (x) => perChannel(x, (v) => clamp(255 * v, 0, 255)),
  rgb255ToRgb: (x) => perChannel(x, (v) => v / 255),
  normalsToRgb255: (x) => perChannel(x, (v) => 255 * clamp((v + 1) / 2, 0, 1)),
  rgb255ToNormals,
  rgbToRaw,
  planckianJitter,
};

const order = [
  [2, 0, 1],
  [1, 1, 0],
];
const drop = [
  [0, 1, 0.3],
  [0.6, 0.1, 0],
];

export const cases: Case64[] = [
  { name: "rgbShift", params: { red: two(0.1, -0.15), green: two(-0.05, 0.2), blue: two(0.07, 0.03) } },
  { name: "rgbShift", params: { red: two(0.1, -0.15) }, options: { clip: false } },
  { name: "channelShuffle", params: { order } },
  { name: "channelDropout", params: { drop, fill: two(0.4, 0.7) } },
  { name: "rgbToBgr" },
  { name: "rgbToRgb255", range: [-0.1, 1.1] },
  { name: "rgb255ToRgb", range: [0, 255] },
  { name: "normalsToRgb255", range: [-1.1, 1.1] },
  { name: "rgb255ToNormals", range: [0, 255] },
  { name: "rgbToRaw" },
  { name: "rgbToRaw", options: { pattern: "grbg" } },
  { name: "rgbToRaw", options: { pattern: "bggr" } },
  { name: "rgbToRaw", options: { pattern: "gbrg" } },
  { name: "planckianJitter", params: { temperature: two(3720, 9150) }, steps: { temperature: 1 } },
  {
    name: "planckianJitter",
    params: { temperature: two(4130, 14800) },
    options: { light: "daylight" },
    steps: { temperature: 1 },
  },
];
