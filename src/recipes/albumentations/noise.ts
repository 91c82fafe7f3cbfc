import { oneOf, type Tree, uniform } from "../../augment/index.ts";
import { RandomErasing } from "../../random/index.ts";
import {
  boxBlur,
  brightness,
  gaussianBlur,
  gaussianNoise,
  jpeg,
  medianBlur,
  motionBlur,
  saltAndPepper,
} from "../../transforms/index.ts";
import { type Classes, row } from "./row.ts";
import { fill, ignored, only, optional, plain, RATIO, type Reader, range, real, windows, yes } from "./values.ts";

/** One of several sizes, each as likely. */
const oneSize = (sizes: readonly number[], make: (kernelSize: number) => Tree): Tree =>
  sizes.length === 1 ? make(sizes[0]) : oneOf(sizes.map(make));

/** Noise, blurs, and what covers. */
export const NOISE: Classes = {
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
    { scale: plain([0.02, 0.33], RATIO), ratio: plain([0.3, 3.3], RATIO), fill, fill_mask: ignored },
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
