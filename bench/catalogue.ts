import type { Mode, Shape, Task } from "./engine.ts";

/** A work: what is computed, said so that every engine computes the same. */
export interface WorkText {
  id: string;
  title: string;
  /** The mathematics, with the parameters by name. */
  text: string;
  shape: Shape;
  /** A larger batch that is measured on a GPU alone. */
  large?: Shape;
  modes: readonly Mode[];
  /** Shape of the result, where it is not that of the image. */
  output?: (shape: Shape) => Shape;
  /** `[N, k]` numbers by name. */
  parameters: (shape: Shape) => Record<string, Float32Array>;
  learned: readonly string[];
}

/** N values spread evenly from one bound to the other. */
export const spread = (n: number, from: number, to: number): Float32Array =>
  Float32Array.from({ length: n }, (_, i) => from + ((to - from) * (i + 0.5)) / n);

/** Coins: sample i has one where bit `bit` of a mixed-up i is set. */
const coins = (n: number, bit: number): Float32Array =>
  Float32Array.from({ length: n }, (_, i) => (((i + 1) * 0x9e3779b1) >>> (28 - bit)) & 1);

const perSample = (n: number, make: (i: number) => readonly number[]): Float32Array =>
  Float32Array.from(Array.from({ length: n }, (_, i) => make(i)).flat());

/** Rows `[a, b, tx, c, d, ty]`, source to destination in pixels: a turn, a scale and a shift about the centre. */
const affineRows = (
  degrees: Float32Array,
  scale: Float32Array,
  shift: Float32Array,
  [n, , h, w]: Shape,
): Float32Array =>
  perSample(n, (i) => {
    const t = (degrees[i] * Math.PI) / 180;
    // Counter-clockwise as seen, y pointing down.
    const [a, b, c, d] = [
      Math.cos(t) * scale[i],
      Math.sin(t) * scale[i],
      -Math.sin(t) * scale[i],
      Math.cos(t) * scale[i],
    ];
    const [cx, cy] = [(w - 1) / 2, (h - 1) / 2];
    return [a, b, cx - a * cx - b * cy + shift[i], c, d, cy - c * cx - d * cy - shift[i]];
  });

const MEAN_STD = "mean [0.485, 0.456, 0.406], std [0.229, 0.224, 0.225]";

export const catalogue: readonly WorkText[] = [
  {
    id: "colour",
    title: "Colour chain",
    text:
      "brightness: clip(b x). contrast about the grey mean: clip(c x + (1 - c) m), m the mean over the image of the luma (0.299, 0.587, 0.114). " +
      `saturation: clip(s x + (1 - s) luma(x)). hue: H + h turns in HSV. normalize: ${MEAN_STD}.`,
    shape: [4, 3, 224, 224],
    modes: ["forward", "both"],
    parameters: ([n]) => ({
      b: spread(n, 0.8, 1.2),
      c: spread(n, 0.7, 1.3),
      s: spread(n, 0.6, 1.4),
      h: spread(n, -0.1, 0.1),
    }),
    learned: ["b", "c", "s", "h"],
  },
  {
    id: "affine",
    title: "Affine, bilinear",
    text: "Each image under its matrix (2x3, row by row, source to destination in pixels, pixel centres on integers), bilinear, zeros beyond.",
    shape: [4, 3, 224, 224],
    modes: ["forward", "both"],
    parameters: (shape) => {
      const n = shape[0];
      return { matrix: affineRows(spread(n, -30, 30), spread(n, 0.8, 1.2), spread(n, -9, 9), shape) };
    },
    learned: ["matrix"],
  },
  {
    id: "eight",
    title: "Eight transforms, a coin per sample",
    text:
      "affine (matrix, bilinear, zeros; all samples), crop to the middle 7/8 of each side (all samples), horizontal flip (on_flip), brightness clip(b x) (on_b), " +
      "contrast about mid-grey clip(c (x - 0.5) + 0.5) (on_c), saturation clip(s x + (1 - s) luma(x)) (on_s), grayscale luma(x) on all channels (on_grey), " +
      `normalize ${MEAN_STD} (all samples). A coin of 0 leaves the transform out for that sample.`,
    shape: [4, 3, 224, 224],
    large: [128, 3, 256, 256],
    modes: ["forward", "both"],
    output: ([n, c, h, w]) => [n, c, Math.floor((h * 7) / 8), Math.floor((w * 7) / 8)],
    parameters: (shape) => {
      const n = shape[0];
      return {
        matrix: affineRows(spread(n, -20, 20), spread(n, 0.9, 1.1), spread(n, -5, 5), shape),
        b: spread(n, 0.8, 1.2),
        c: spread(n, 0.7, 1.3),
        s: spread(n, 0.6, 1.4),
        on_flip: coins(n, 0),
        on_b: coins(n, 1),
        on_c: coins(n, 2),
        on_s: coins(n, 3),
        on_grey: coins(n, 4),
      };
    },
    learned: ["matrix", "b", "c", "s"],
  },
  {
    id: "blur",
    title: "Gaussian blur, sigma 1 to 5",
    text: "Separable Gaussian of 31 taps per axis, weights exp(-t^2 / (2 sigma^2)) normalised to a sum of 1, sigma per sample, reflection (the edge pixel not repeated).",
    shape: [4, 3, 224, 224],
    modes: ["forward", "both"],
    parameters: ([n]) => ({ sigma: spread(n, 1, 5) }),
    learned: ["sigma"],
  },
  {
    id: "choice",
    title: "A different colour transform for each sample",
    text:
      "Sample i has transform i mod 8 with its value v: 0 brightness clip(v x); 1 contrast clip(v (x - 0.5) + 0.5); 2 saturation clip(v x + (1 - v) luma(x)); " +
      "3 hue + (v - 1) / 4 turns in HSV; 4 gamma x^v; 5 invert 1 - x; 6 grayscale; 7 additive brightness clip(x + v - 1).",
    shape: [32, 3, 64, 64],
    modes: ["forward", "both"],
    parameters: ([n]) => ({ v: spread(n, 0.7, 1.3) }),
    learned: ["v"],
  },
  {
    id: "six",
    title: "The six operations of a Kornia pipeline",
    text:
      "ColorJiggle as Kornia has it, in the order brightness, contrast, saturation, hue: clip(x + b - 1), clip(c x), saturation in HSV (S clip(s S)), hue + h turns in HSV; horizontal flip; " +
      "affine (matrix, bilinear, zeros); perspective (homography 3x3, source to destination, bilinear, zeros); Gaussian blur of 5 taps (sigma, reflection); " +
      "erasing the box (x, y, width, height) to 0. All samples.",
    shape: [8, 3, 224, 224],
    modes: ["forward", "both"],
    parameters: (shape) => {
      const [n, , h, w] = shape;
      return {
        b: spread(n, 0.8, 1.2),
        c: spread(n, 1.2, 0.8),
        s: spread(n, 0.8, 1.2),
        h: spread(n, -0.1, 0.1),
        matrix: affineRows(spread(n, -15, 15), spread(n, 1, 1), spread(n, 0, 0), shape),
        homography: perSample(n, (i) => [
          1,
          0.03 * (i % 3),
          0.01 * w,
          0.02,
          1,
          -0.01 * h,
          0.3 / (w * (2 + i)),
          0.2 / (h * (2 + i)),
          1,
        ]),
        sigma: spread(n, 0.1, 2),
        box: perSample(n, (i) => [
          Math.floor((w * (i + 1)) / (n + 4)),
          Math.floor(h / 4),
          Math.floor(w / 5),
          Math.floor(h / 4),
        ]),
      };
    },
    learned: [],
  },
];

/** Images that are smooth with some grain. */
export function imagesOf(shape: Shape): Float32Array {
  const [n, c, h, w] = shape;
  const x = new Float32Array(n * c * h * w);
  for (let i = 0, at = 0; i < n; i++) {
    for (let k = 0; k < c; k++) {
      for (let row = 0; row < h; row++) {
        for (let column = 0; column < w; column++, at++) {
          const u = (column / w) * 6.3 + k * 1.7 + i;
          const v = (row / h) * 5.1 - k * 0.9;
          x[at] = 0.5 + 0.33 * Math.sin(u + 2 * Math.cos(v)) + 0.15 * Math.sin(3.1 * v - 2.3 * u + k);
        }
      }
    }
  }
  return x;
}

/** The inputs of a cell: images that are smooth with some grain, and a gradient of the result without a pattern. */
export function taskOf(work: WorkText, mode: Mode, shape: Shape = work.shape): Task {
  const x = imagesOf(shape);
  const size = (work.output?.(shape) ?? shape).reduce((a, b) => a * b, 1);
  const seed = Float32Array.from({ length: size }, (_, i) => Math.sin(i * 0.7 + 3 * Math.sin(i * 0.013)));
  return { work: work.id, mode, shape, x, seed, parameters: work.parameters(shape), learned: work.learned };
}
