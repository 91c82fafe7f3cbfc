/** What the pictures of the reference show: settings of each transform, strong enough to see. */
import * as augrad from "../../src/index.ts";

/** The side of the photo in the pictures, in pixels. */
export const SIDE = 200;
const LAST = SIDE - 1;
/** The corners of the photo: x0, y0, …, clockwise. */
export const CORNERS = [0, 0, LAST, 0, LAST, LAST, 0, LAST];

/** Settings by transform, as a user would write them, where what its declaration says does not show well on a photo. */
export const EXAMPLES: Record<string, Record<string, unknown>> = {
  brightness: { factor: 1.4 },
  brightnessShift: { shift: 0.2 },
  contrast: { factor: 1.9 },
  contrastAboutMean: { factor: 1.9 },
  saturation: { factor: 0.2 },
  hsvSaturation: { factor: 1.8 },
  hue: { turns: 0.4 },
  gamma: { gamma: 2.2 },
  invert: {},
  grayscale: {},
  normalize: { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
  denormalize: { mean: [0.2, 0.1, 0.3], std: [0.6, 0.8, 0.4] },
  rgbToHsv: {},
  hsvToRgb: {},
  rgbToHls: {},
  hlsToRgb: {},
  rgbToLinearRgb: {},
  linearRgbToRgb: {},
  rgbToXyz: {},
  xyzToRgb: {},
  rgbToLab: {},
  labToRgb: {},
  rgbToLuv: {},
  luvToRgb: {},
  rgbToYcbcr: {},
  ycbcrToRgb: {},
  rgbToYuv: {},
  yuvToRgb: {},
  sepia: {},
  colorMatrix: { matrix: [0, 0, 1, 0, 1, 0, 1, 0, 0] },
  adjustLog: { gain: 1.1 },
  adjustSigmoid: { cutoff: 0.4 },
  solarize: { threshold: 0.5 },
  posterize: { bits: 2 },
  lut: { table: [0, 0.1, 0.5, 0.95, 1, 0.9] },
  autocontrast: {},
  equalize: {},
  normalizeMinMax: { min: 0.2, max: 0.9 },
  standardize: {},
  erasing: { x: 100, y: 40, width: 65, height: 50, value: 0.5 },
  gaussianNoise: { std: 0.15, seed: 1 },
  saltAndPepper: { amount: 0.15, seed: 1 },
  horizontalFlip: {},
  verticalFlip: {},
  rotate: { angle: 25, padding: "reflection" },
  translate: { x: 40, y: -25, padding: "border" },
  scale: { x: 0.6, y: 0.6, padding: "symmetric" },
  shear: { x: 20 },
  affine: { angle: -15, shearX: 20, scaleY: 0.8, x: 14 },
  perspective: { startPoints: CORNERS, endPoints: [37, 26, 173, 7, 196, 189, 9, 164] },
  warp: { matrix: [1, 0.2, -20, 0, 1, 0, 0, 0.002, 1] },
  warpAffine: { matrix: [0.8, 0.3, 0, -0.2, 0.9, 30] },
  crop: { x: 40, y: 20, width: 120, height: 100 },
  cropAndResize: { box: [40, 20, 120, 100], width: 200, height: 160 },
  cropByBoxes: { srcBox: [40, 20, 120, 100], dstBox: [10, 10, 190, 150] },
  centerCrop: { width: 120, height: 120 },
  resize: { width: 60, height: 60 },
  gaussianBlur: { sigma: 4 },
  jpeg: { quality: 8 },
  pixelate: { blockSize: 10 },
  clahe: { clipLimit: 3 },
  canny: {},
  mixup: { partner: 1, lambda: 0.6 },
  cutmix: { partner: 1, x: 60, y: 40, width: 90, height: 110 },
  cutmixArea: { partner: 1, area: 0.3, x: 0.6, y: 0.4 },
  mosaic: { partners: [1, 1, 0], x: 110, y: 80 },
  boxBlur: { kernelSize: 9 },
  medianBlur: { kernelSize: 7 },
  bilateralBlur: { sigmaColor: 0.2, sigmaSpace: 3, kernelSize: 9 },
  jointBilateralBlur: {
    guidance: (gpu: augrad.Gpu, size: Size) => pixels(gpu, size, (x, y) => Number((x >> 5) % 2 === (y >> 5) % 2)),
    sigmaColor: 0.2,
    sigmaSpace: 4,
    kernelSize: 11,
  },
  guidedBlur: {
    guidance: (gpu: augrad.Gpu, size: Size) => pixels(gpu, size, (x, y) => Number((x >> 5) % 2 === (y >> 5) % 2)),
    eps: 0.01,
    kernelSize: 11,
  },
  unsharpMask: { sigma: 3, amount: 2 },
  spatialGradient: { order: 2 },
  blurPool2d: { kernelSize: 5, stride: 3 },
  maxBlurPool2d: { stride: 3, maxPoolSize: 4 },
  edgeAwareBlurPool2d: { kernelSize: 9 },
  opening: { kernelSize: 9 },
  closing: { kernelSize: 9 },
  morphologicalGradient: { kernelSize: 5 },
  topHat: { kernelSize: 9 },
  bottomHat: { kernelSize: 9 },
  filter2d: {
    kernel: [
      [-2, -1, 0],
      [-1, 1, 1],
      [0, 1, 2],
    ],
  },
  motionBlur: { angle: 30, kernelSize: 15 },
  laplacian: { kernelSize: 3, normalized: false },
  sobel: { normalized: false },
  sharpness: { factor: 5 },
  dilation: { kernelSize: 7 },
  erosion: { kernelSize: 7 },
  fisheye: { gamma: 1.2 },
  undistort: { fx: 120, fy: 120, k1: 0.4, padding: "border" },
  elastic: {
    noise: (gpu: augrad.Gpu, size: Size) => pixels(gpu, size, (x, y) => Math.sin(x * x * 7 + y * 13)),
    sigma: 6,
    kernelSize: 31,
  },
  longestMaxSize: { maxSize: 90 },
  smallestMaxSize: { maxSize: 90 },
  pad: { left: 30, top: 15, right: -40, bottom: 25, padding: "reflection" },
  padTo: { width: 250, height: 220, padding: "border" },
  pyrDown: { factor: 2 },
  jigsaw: { grid: 4, permutation: [5, 2, 11, 0, 14, 1, 8, 3, 6, 9, 15, 4, 12, 7, 10, 13] },
  remap: {
    grid: (gpu: augrad.Gpu, size: Size) => pixels(gpu, size, (x, y, c) => (c ? y : x) + 6 * Math.sin((c ? x : y) / 9)),
    padding: "reflection",
  },
};

/** [height, width] */
type Size = readonly [number, number];

/** Two values for each pixel of an image, as a tensor. */
function pixels(
  gpu: augrad.Gpu,
  [height, width]: Size,
  value: (x: number, y: number, c: number) => number,
): augrad.Tensor {
  const plane = height * width;
  const list = Float32Array.from({ length: 2 * plane }, (_, i) =>
    value(i % width, Math.floor((i % plane) / width), Math.floor(i / plane)),
  );
  return augrad.tensor(gpu, list, [1, 2, height, width]);
}

type Constructor = (settings?: Record<string, unknown>) => augrad.Transform;

/**
 * Settings of a picture: those above, else what follows from the declaration, near the end of the range that people use, or its
 * example. @throws Error for a name that no transform has
 */
export function settingsOf(name: string): Record<string, unknown> {
  const declaration = augrad.registry.get(name);
  if (!declaration) throw new Error(`${name} is not in the registry.`);
  const { params, example } = declaration;
  const strong = Object.entries(params).flatMap(([param, { usual, integer, role }]): [string, unknown][] => {
    if (role || !usual || example?.params?.[param] === undefined || Array.isArray(example.params[param])) return [];
    const value = usual[0] + 0.85 * (usual[1] - usual[0]);
    return [[param, integer ? Math.round(value) : Number(value.toPrecision(3))]];
  });
  return EXAMPLES[name] ?? { ...example?.params, ...Object.fromEntries(strong), ...example?.options };
}

/** The transform of a picture, its tensors made there, for an image of `size`. */
export function exampleOf(name: string, gpu: augrad.Gpu, size: Size = [SIDE, SIDE]): augrad.Transform {
  return constructorOf(name)(madeSettings(name, gpu, size));
}

/** The settings of an example, with its tensors made. */
export const madeSettings = (name: string, gpu: augrad.Gpu, size: Size = [SIDE, SIDE]): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(settingsOf(name)).map(([key, value]) => [
      key,
      typeof value === "function" ? value(gpu, size) : value,
    ]),
  );

/** The function of this name. */
export const constructorOf = (name: string): Constructor => (augrad as unknown as Record<string, Constructor>)[name];

/** The call, as a user writes it. */
export function callOf(name: string): string {
  const entries = Object.entries(settingsOf(name)).map(([key, value]) =>
    typeof value === "function" ? key : `${key}: ${JSON.stringify(value)}`,
  );
  const settings = entries.length > 0 ? `{ ${entries.join(", ").replaceAll(",", ", ").replaceAll(",  ", ", ")} }` : "";
  return `${name}(${settings})`;
}
