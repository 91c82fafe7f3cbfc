/** The transforms that take no more than a line or two of jax-js, by name: as someone who knows it would write them for speed. */
import { numpy as np } from "@jax-js/jax";
import type { Task } from "../engine.ts";
import { type JaxWork, SEPARATE as own, type Parameters } from "./jax-js-works.ts";

type JaxArray = np.Array;
type Settings = NonNullable<Task["settings"]>;

const { clip, number, luma, brightness, saturation, inHsv, mean, warp, warpPerspective } = own;
const perChannel = (p: JaxArray) => p.ref.reshape([p.shape[0], p.shape[1], 1, 1]);
/** Channels times a matrix per sample [N, 9], in one product. */
const times = (x: JaxArray, matrix: JaxArray) => {
  const [n, , h, w] = x.shape;
  return np.matmul(matrix.ref.reshape([n, 3, 3]), x.ref.reshape([n, 3, h * w])).reshape([n, 3, h, w]);
};
const contrast = (x: JaxArray, factor: JaxArray, middle: JaxArray) =>
  clip(x.ref.mul(factor.ref).add(np.subtract(1, factor).mul(middle)));

const TRANSFORMS: Record<string, (x: JaxArray, p: Parameters, settings: Settings) => JaxArray> = {
  brightness: (x, p) => brightness(x, number(p.factor)),
  brightnessShift: (x, p) => clip(x.ref.add(number(p.shift))),
  contrast: (x, p) => contrast(x, number(p.factor), number(p.pivot)),
  contrastAboutMean: (x, p) => contrast(x, number(p.factor), mean(luma(x))),
  saturation: (x, p) => saturation(x, number(p.factor)),
  hue: (x, p) => inHsv(x, number(p.turns)),
  hsvSaturation: (x, p) => inHsv(x, number(p.factor).mul(0), number(p.factor)),
  gamma: (x, p) => clip(np.exp(np.log(np.maximum(x.ref, 1e-12)).mul(number(p.gamma))).mul(number(p.gain))),
  invert: (x, p) => number(p.max).sub(x.ref),
  normalize: (x, p) => x.ref.sub(perChannel(p.mean)).div(perChannel(p.std)),
  denormalize: (x, p) => x.ref.mul(perChannel(p.std)).add(perChannel(p.mean)),
  rgbShift: (x, p) => clip(x.ref.add(np.concatenate([number(p.red), number(p.green), number(p.blue)], 1))),
  colorMatrix: (x, p) => times(x, p.matrix).add(perChannel(p.offset)),
  mixup: (x, p) => {
    const l = number(p.lambda);
    const n = x.shape[0];
    // The partner of each sample is the next one.
    const next = n === 1 ? x.ref : np.concatenate([x.ref.slice([1, n]), x.ref.slice([0, 1])], 0);
    return x.ref.mul(l.ref).add(np.subtract(1, l).mul(next));
  },
  rgbToBgr: (x) => np.flip(x.ref, 1),
  horizontalFlip: (x) => np.flip(x.ref, 3),
  verticalFlip: (x) => np.flip(x.ref, 2),
  rot180: (x) => np.flip(np.flip(x.ref, 3), 2),
  transposeImage: (x) => x.ref.transpose([0, 1, 3, 2]),
  warpAffine: (x, p) => warp(x, p.matrix),
  warp: (x, p) => warpPerspective(x, p.matrix),
};

/** Whether jax-js has the transform here. */
export const jaxHas = (name: string): boolean => Object.hasOwn(TRANSFORMS, name);

/** The transform of a task. */
export const jaxTransform =
  (name: string, { settings = {} }: Task): JaxWork =>
  (x, p) =>
    TRANSFORMS[name](x, p, settings);
