import { permutation, subset, uniform } from "../../augment/index.ts";
import {
  autocontrast,
  brightness,
  brightnessShift,
  channelDropout,
  channelShuffle,
  clahe,
  contrast,
  contrastAboutMean,
  equalize,
  equalizeHist,
  gamma,
  grayscale,
  hue,
  invert,
  normalize,
  planckianJitter,
  posterize,
  rgbShift,
  saturation,
  sepia,
  solarize,
} from "../../transforms/index.ts";
import { type Classes, row } from "./row.ts";
import {
  CHANNELS,
  fill,
  ignored,
  levels,
  only,
  optional,
  pairOf,
  plain,
  type Reader,
  range,
  size,
  usually,
} from "./values.ts";

/** Colour and tone. */
export const COLOUR: Classes = {
  RandomBrightnessContrast: row(
    {
      brightness_limit: range([-0.2, 0.2], { about: 0 }),
      contrast_limit: range([-0.2, 0.2], { about: 0, plus: 1 }),
      brightness_by_max: only(true),
      ensure_safe_range: only(false),
    },
    (of) => [
      contrast({ factor: of.contrast_limit, pivot: 0, clip: false }),
      brightnessShift({ shift: of.brightness_limit }),
    ],
  ),
  ColorJitter: row(
    {
      brightness: range([0.8, 1.2], { about: 1 }),
      contrast: range([0.8, 1.2], { about: 1 }),
      saturation: range([0.8, 1.2], { about: 1 }),
      hue: range([-0.5, 0.5], { about: 0 }),
    },
    (of) => [
      brightness({ factor: of.brightness }),
      contrastAboutMean({ factor: of.contrast }),
      saturation({ factor: of.saturation }),
      hue({ turns: of.hue }),
    ],
  ),
  RGBShift: row({ r_shift_limit: levels(20), g_shift_limit: levels(20), b_shift_limit: levels(20) }, (of) =>
    rgbShift({ red: of.r_shift_limit, green: of.g_shift_limit, blue: of.b_shift_limit }),
  ),
  RandomGamma: row({ gamma_limit: range([80, 120], { about: 100, times: 0.01 }), eps: ignored }, (of) =>
    gamma({ gamma: of.gamma_limit }),
  ),
  CLAHE: row(
    {
      clip_limit: {
        usual: 4,
        read: (value, at) => pairOf(typeof value === "number" ? [1, value] : value, at),
      } as Reader<[number, number]>,
      tile_grid_size: usually([8, 8], size),
    },
    ({ clip_limit: [lo, hi], tile_grid_size }) =>
      clahe({ clipLimit: lo === hi ? lo : uniform(lo, hi), gridSize: tile_grid_size, convention: "opencv" }),
  ),
  Equalize: row(
    { mode: only("cv", "pil"), by_channels: only(true), mask: only(null), mask_params: only([]) },
    ({ mode }) => (mode === "pil" ? equalize() : equalizeHist()),
  ),
  AutoContrast: row({ cutoff: only(0), ignore: only(null), method: only("cdf", "pil") }, () => autocontrast()),
  Solarize: row(
    { threshold_range: range([0.5, 0.5]), threshold: optional(range(undefined, { times: 1 / 255 })) },
    (of) => solarize({ threshold: of.threshold ?? of.threshold_range }),
  ),
  Posterize: row({ num_bits: range(4) }, ({ num_bits }) => posterize({ bits: num_bits })),
  InvertImg: row({}, () => invert()),
  ToGray: row({ num_output_channels: only(3), method: only("weighted_average") }, () => grayscale()),
  ToSepia: row({}, () => sepia()),
  ChannelShuffle: row({}, () => channelShuffle({ order: permutation() })),
  ChannelDropout: row({ channel_drop_range: only([1, 1]), fill, fill_value: optional(fill) }, (of) =>
    channelDropout({ drop: subset(1), fill: [of.fill_value ?? of.fill].flat()[0] }),
  ),
  Normalize: row(
    {
      mean: plain([0.485, 0.456, 0.406], CHANNELS),
      std: plain([0.229, 0.224, 0.225], CHANNELS),
      max_pixel_value: only(255, 1),
      normalization: only("standard"),
    },
    ({ mean, std }) => normalize({ mean, std }),
    1,
  ),
  PlanckianJitter: row(
    {
      mode: only("blackbody", "cied"),
      temperature_limit: optional(range(undefined)),
      sampling_method: only("uniform"),
    },
    ({ mode, temperature_limit }) =>
      planckianJitter({
        temperature: temperature_limit ?? (mode === "cied" ? uniform(4000, 15000) : uniform(3000, 15000)),
        light: mode === "cied" ? "daylight" : "blackbody",
      }),
  ),
};
