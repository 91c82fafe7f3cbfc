import { choice, oneOf, permutation, subset, type Tree, uniform } from "../../augment/index.ts";
import { RandomErasing, RandomJigsaw } from "../../random/index.ts";
import {
  affine,
  autocontrast,
  boxBlur,
  brightness,
  brightnessShift,
  centerCrop,
  channelDropout,
  channelShuffle,
  clahe,
  contrast,
  contrastAboutMean,
  crop,
  cropAt,
  equalize,
  equalizeHist,
  gamma,
  gaussianBlur,
  gaussianNoise,
  grayscale,
  horizontalFlip,
  hue,
  invert,
  jpeg,
  longestMaxSize,
  medianBlur,
  motionBlur,
  normalize,
  pad,
  planckianJitter,
  posterize,
  resize,
  resizedCrop,
  rgbShift,
  rotate,
  saltAndPepper,
  saturation,
  sepia,
  shear,
  smallestMaxSize,
  solarize,
  translate,
  transposeImage,
  verticalFlip,
} from "../../transforms/index.ts";
import {
  axes,
  border,
  type Drawn,
  fill,
  ignored,
  interpolation,
  LOOK,
  levels,
  only,
  pairOf,
  plain,
  type Reader,
  range,
  real,
  size,
  whole,
  windows,
  yes,
} from "./values.ts";

/** How a class of Albumentations is read: its parameters, and what makes the transforms of them. Its coin is read beside. */
export interface ClassRow {
  readonly takes: Readonly<Record<string, Reader<unknown>>>;
  make(of: never): Tree;
  /** Probability, where the document says none. */
  readonly p: number;
}

/** A row, whose function gets what the readers of its parameters return. */
const row = <const Takes extends Readonly<Record<string, Reader<unknown>>>>(
  takes: Takes,
  make: (of: { [K in keyof Takes]: ReturnType<Takes[K]["read"]> }) => Tree,
  p = 0.5,
): ClassRow => ({ takes, make, p });

/** What the last of names of a parameter says. */
const look = (of: {
  interpolation: ReturnType<typeof interpolation.read>;
  border_mode: ReturnType<typeof border.read>;
  fill: number | number[];
  value?: number | number[];
}) => ({
  interpolation: of.interpolation,
  padding: of.border_mode,
  fill: of.value ?? of.fill,
});

/** One of several sizes, each as likely. */
const oneSize = (sizes: readonly number[], make: (kernelSize: number) => Tree): Tree =>
  sizes.length === 1 ? make(sizes[0]) : oneOf(sizes.map(make));

/** Quarter turns of an image that keeps its size. */
const quarters = () => rotate({ angle: choice([0, 90, 180, 270]), interpolation: "nearest" });

const anywhere = () => ({ x: uniform(0, 1), y: uniform(0, 1) });

const PAD_IF_NEEDED = {
  pad_if_needed: yes(false),
  pad_position: only("center"),
  border_mode: border,
  fill,
  fill_mask: ignored,
};
const SIDES = { height: whole(), width: whole() };
/** Without filtering, as OpenCV resizes. */
const RESIZED = { interpolation, mask_interpolation: ignored, area_for_downscale: only(null) };
const SQUARE = row({}, () => [horizontalFlip({ p: 0.5 }), quarters()], 1);
const NOTHING = row({ max_value: ignored, transpose_mask: ignored }, () => [], 1);

type Places = { x: Drawn; y: Drawn };

/** Scales, turns, slants and moves, in Albumentations' order; maps of a row are one look at the image. */
function moved(
  parts: { angle: Drawn; scale: Places; slant: Places; shift: Places; relative: boolean },
  looks: ReturnType<typeof look>,
): Tree {
  const isNone = ({ x, y }: Places) => x === 0 && y === 0;
  const { angle, scale, slant, shift, relative } = parts;
  return [
    affine({ angle, scaleX: scale.x, scaleY: scale.y, ...looks }),
    ...(isNone(slant) ? [] : [shear({ ...slant, ...looks })]),
    ...(isNone(shift) ? [] : [translate({ ...shift, relative, ...looks })]),
  ];
}

const NONE = { x: 0, y: 0 };
const optional = <T>(reader: Reader<T>): Reader<T | undefined> => ({
  read: (value, at) => (value === null ? undefined : reader.read(value, at)),
});

const COLOUR: Readonly<Record<string, ClassRow>> = {
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
      tile_grid_size: { ...size, usual: [8, 8] } as typeof size,
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
      mean: plain([0.485, 0.456, 0.406], NUMBERS()),
      std: plain([0.229, 0.224, 0.225], NUMBERS()),
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

/** A number, or one for each channel. */
function NUMBERS() {
  return {
    allowed: "a number, or one for each channel",
    fits: (value: unknown) => [value].flat().length > 0 && [value].flat().every((each) => Number.isFinite(each)),
  };
}

const NOISE: Readonly<Record<string, ClassRow>> = {
  GaussNoise: row(
    {
      std_range: range([0.2, 0.44]),
      mean_range: range([0, 0]),
      per_channel: yes(true),
      noise_scale_factor: only(1),
    },
    (of) => gaussianNoise({ std: of.std_range, mean: of.mean_range, perChannel: of.per_channel }),
  ),
  MultiplicativeNoise: row(
    { multiplier: range([0.9, 1.1]), per_channel: only(false), elementwise: only(false) },
    ({ multiplier }) => brightness({ factor: multiplier }),
  ),
  SaltAndPepper: row({ amount: range([0.01, 0.06]), salt_vs_pepper: range([0.4, 0.6]) }, (of) =>
    saltAndPepper({ amount: of.amount, saltVsPepper: of.salt_vs_pepper }),
  ),
  ImageCompression: row(
    {
      compression_type: only("jpeg"),
      quality_range: range([99, 100]),
      quality_lower: optional(real()),
      quality_upper: optional(real()),
    },
    ({ quality_range, quality_lower: lo, quality_upper: hi }) =>
      jpeg({ quality: lo === undefined || hi === undefined ? quality_range : lo === hi ? lo : uniform(lo, hi) }),
  ),
  Erasing: row(
    { scale: plain([0.02, 0.33], A_PAIR()), ratio: plain([0.3, 3.3], A_PAIR()), fill, fill_mask: ignored },
    ({ scale, ratio, fill }) =>
      RandomErasing({
        scale: scale as [number, number],
        ratio: ratio as [number, number],
        value: [fill].flat()[0],
        p: 1,
      }),
  ),
  Blur: row({ blur_limit: windows([3, 7]) }, (of) => oneSize(of.blur_limit, (kernelSize) => boxBlur({ kernelSize }))),
  MedianBlur: row({ blur_limit: windows([3, 7]) }, (of) =>
    oneSize(of.blur_limit, (kernelSize) => medianBlur({ kernelSize, padding: "border" })),
  ),
  GaussianBlur: row(
    {
      blur_limit: {
        usual: 0,
        read: (value, at) => ([value].flat().every((each) => each === 0) ? [] : windows(0).read(value, at)),
      } as Reader<number[]>,
      sigma_limit: range([0.5, 3]),
    },
    ({ blur_limit, sigma_limit: sigma }) =>
      blur_limit.length === 0
        ? gaussianBlur({ sigma })
        : oneSize(blur_limit, (kernelSize) => gaussianBlur({ sigma, kernelSize })),
  ),
  MotionBlur: row(
    {
      blur_limit: windows([3, 7]),
      allow_shifted: only(false),
      angle_range: range([0, 360]),
      direction_range: range([-1, 1]),
    },
    (of) =>
      oneSize(of.blur_limit, (kernelSize) =>
        motionBlur({ kernelSize, angle: of.angle_range, direction: of.direction_range, padding: "reflection" }),
      ),
  ),
};

/** Two numbers above 0. */
function A_PAIR() {
  return {
    allowed: "[lo, hi] of two numbers above 0",
    fits: (value: unknown) =>
      Array.isArray(value) && value.length === 2 && value.every((each) => each > 0) && value[0] <= value[1],
  };
}

const GEOMETRY: Readonly<Record<string, ClassRow>> = {
  HorizontalFlip: row({}, () => horizontalFlip()),
  VerticalFlip: row({}, () => verticalFlip()),
  Transpose: row({}, () => transposeImage()),
  D4: SQUARE,
  SquareSymmetry: SQUARE,
  RandomRotate90: row({}, quarters, 1),
  Rotate: row({ limit: range([-90, 90], { about: 0 }), crop_border: only(false), ...LOOK }, (of) =>
    rotate({ angle: of.limit, ...look(of) }),
  ),
  Affine: row(
    {
      scale: axes([1, 1]),
      translate_percent: optional(axes([0, 0])),
      translate_px: optional(axes([0, 0])),
      rotate: range(0),
      shear: axes([0, 0], { times: -1 }),
      fit_output: only(false),
      keep_ratio: yes(false),
      balanced_scale: only(false),
      ...LOOK,
    },
    ({ scale, translate_percent: parts, translate_px: pixels, rotate: angle, shear: slant, keep_ratio, ...of }) =>
      moved(
        {
          angle,
          scale: keep_ratio ? { x: scale.x, y: scale.x } : scale,
          slant: { x: slant.x, y: slant.y },
          shift: pixels ? { x: pixels.x, y: pixels.y } : parts ? { x: parts.x, y: parts.y } : NONE,
          relative: !pixels,
        },
        look(of),
      ),
  ),
  ShiftScaleRotate: row(
    {
      shift_limit: range([-0.0625, 0.0625], { about: 0 }),
      shift_limit_x: optional(range(undefined, { about: 0 })),
      shift_limit_y: optional(range(undefined, { about: 0 })),
      scale_limit: axes([-0.1, 0.1], { about: 0, plus: 1 }),
      rotate_limit: range([-45, 45], { about: 0 }),
      ...LOOK,
    },
    ({ shift_limit, shift_limit_x: x, shift_limit_y: y, scale_limit: scale, rotate_limit: angle, ...of }) =>
      moved(
        { angle, scale, slant: NONE, shift: { x: x ?? shift_limit, y: y ?? shift_limit }, relative: true },
        look(of),
      ),
  ),
  RandomGridShuffle: row({ grid: { ...size, usual: [3, 3] } as typeof size }, ({ grid }) =>
    RandomJigsaw({ grid, p: 1 }),
  ),
};

const SIZES: Readonly<Record<string, ClassRow>> = {
  RandomCrop: row(
    { ...SIDES, ...PAD_IF_NEEDED },
    (of) => cropAt({ height: of.height, width: of.width, ...anywhere(), padding: of.border_mode, fill: of.fill }),
    1,
  ),
  CenterCrop: row(
    { ...SIDES, ...PAD_IF_NEEDED },
    (of) => centerCrop({ height: of.height, width: of.width, padding: of.border_mode, fill: of.fill }),
    1,
  ),
  Crop: row(
    {
      x_min: plain(0, PIXELS()),
      y_min: plain(0, PIXELS()),
      x_max: whole(1024),
      y_max: whole(1024),
      ...PAD_IF_NEEDED,
    },
    (of) =>
      crop({
        x: of.x_min,
        y: of.y_min,
        width: of.x_max - of.x_min,
        height: of.y_max - of.y_min,
        padding: of.border_mode,
        fill: of.fill,
      }),
    1,
  ),
  RandomResizedCrop: row(
    {
      size: optional(size),
      height: optional(whole()),
      width: optional(whole()),
      scale: range([0.08, 1]),
      ratio: plain([3 / 4, 4 / 3], A_PAIR()),
      ...RESIZED,
    },
    ({ size, height = size?.[0], width = size?.[1], scale, ratio: [lo, hi], interpolation }) =>
      resizedCrop({
        height: height as number,
        width: width as number,
        area: scale,
        ratio: lo === hi ? lo : uniform(lo, hi, { scale: "log" }),
        ...anywhere(),
        interpolation,
      }),
    1,
  ),
  Resize: row(
    { ...SIDES, ...RESIZED },
    ({ height, width, interpolation }) => resize({ height, width, interpolation, antialias: false }),
    1,
  ),
  LongestMaxSize: row(
    { max_size: whole(1024), max_size_hw: only(null), ...RESIZED },
    ({ max_size, interpolation }) => longestMaxSize({ maxSize: max_size, interpolation, antialias: false }),
    1,
  ),
  SmallestMaxSize: row(
    { max_size: whole(1024), max_size_hw: only(null), ...RESIZED },
    ({ max_size, interpolation }) => smallestMaxSize({ maxSize: max_size, interpolation, antialias: false }),
    1,
  ),
  Pad: row(
    { padding: plain<number | readonly number[]>(0, PADDING()), border_mode: border, fill, fill_mask: ignored },
    ({ padding, border_mode, fill }) => {
      const [left, top = left, right = left, bottom = top] = [padding].flat();
      return pad({ left, top, right, bottom, padding: border_mode, fill });
    },
    1,
  ),
};

/** A place on an image. */
function PIXELS() {
  return {
    allowed: "a whole number of pixels",
    fits: (value: unknown) => Number.isInteger(value) && (value as number) >= 0,
  };
}

/** Pixels around an image. */
function PADDING() {
  return {
    allowed: "a whole number of pixels, two, or four",
    fits: (value: unknown) =>
      [1, 2, 4].includes([value].flat().length) && [value].flat().every((each) => PIXELS().fits(each)),
  };
}

/** What augrad has nothing to do for: its images are floats and tensors already. */
const CONVERSIONS: Readonly<Record<string, ClassRow>> = { NoOp: NOTHING, ToFloat: NOTHING, ToTensorV2: NOTHING };

/** All classes that are read, by name. */
export const CLASSES: ReadonlyMap<string, ClassRow> = new Map(
  Object.entries({ ...COLOUR, ...NOISE, ...GEOMETRY, ...SIZES, ...CONVERSIONS }),
);
