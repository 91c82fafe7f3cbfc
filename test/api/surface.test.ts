import { init, numpy as np } from "@jax-js/jax";
import { beforeAll, describe, expect, test } from "vitest";
import * as augrad from "../../src/index.ts";
import * as jax from "../../src/interop/jax-js.ts";
import { dawn } from "../../src/node/dawn.ts";
import * as node from "../../src/node/index.ts";
import * as whole from "../../src/registry.ts";
import { testGpu } from "../gpu.ts";

/**
 * Every function that users can call, and every argument of it, gets what it cannot use: only typed errors come out, what is no
 * option is refused, and nothing stays allocated. A function that is exported and not listed here fails the first test.
 */
const device = testGpu();
const a = augrad;

type Call = (...args: never[]) => unknown;
type Functions<M> = { [K in keyof M as M[K] extends Call ? K : never]: M[K] };
type Arguments<F> = F extends (...args: infer A) => unknown ? Required<A> : never;
type Table<M> = { [K in keyof Functions<M>]: () => Arguments<M[K]> | Promise<Arguments<M[K]>> };

const image = () => a.tensor(device.gpu, new Float32Array(48).fill(0.5), [1, 3, 4, 4]);
const planes = (channels: number) => a.zeros(device.gpu, [1, channels, 4, 4]);
const matrix = () => a.tensor(device.gpu, [[1, 2], [3, 4]]); // biome-ignore format: it is a matrix
const bbox = () => a.tensor(device.gpu, [1, 0, 2, 4], [1, 4]);
const affine = () => a.tensor(device.gpu, [1, 0, 2, 0, 1, 3], [2, 3]);
const learned = () => a.parameter(device.gpu, [1, 2]);
const loss = () => a.sum(a.square(learned()));
const bitmap = () => ({ data: new Uint8ClampedArray(16), width: 2, height: 2 });
const chain = () => [a.brightness({ factor: 1.2 })];
const canvas = { getContext: () => ({ putImageData: () => {} }), width: 0, height: 0 } as unknown as HTMLCanvasElement;
const buffer = () => device.gpu.device.createBuffer({ size: 16, usage: 0x80 | 4 | 8 });
const one = (): [node.Tensor] => [matrix()];
const two = (): [node.Tensor, node.Tensor] => [matrix(), matrix()];
const reduction = (): [node.Tensor, node.ReduceOptions] => [matrix(), { axes: 0, keepDims: true }];
const camera = () => a.tensor(device.gpu, [4, 0, 1, 0, 4, 1, 0, 0, 1], [3, 3]);
const coefficients = () => a.tensor(device.gpu, [0.1, 0, 0, 0]);
const volume = () => a.zeros(device.gpu, [1, 1, 2, 3, 4]);
const flip = (): [node.Tensor] => [volume()];
const sampling = { interpolation: "trilinear", padding: "zeros" } as const;
const points = () => a.tensor(device.gpu, [0, 0, 1, 0, 0, 1], [1, 3, 2]);
const robust = (): [node.Tensor, node.Tensor, node.ReductionOptions] => [matrix(), matrix(), { reduction: "mean" }];
const made = (): [node.Gpu, node.Shape, node.TensorOptions] => [device.gpu, [2], { dtype: "f32", requiresGrad: true }];
const differentiated = (): node.BackwardOptions => ({ gradient: a.tensor(device.gpu, 1), retain: false });
const settings = (of: { declaration: node.Declaration }) => (): [never] => {
  const required = Object.entries(of.declaration.params).filter(([, spec]) => spec.default === undefined);
  const values = required.map(([name, { size }]) => [
    name,
    typeof size === "number" ? [0, 0, 4, 0, 4, 4, 0, 4, 1].slice(0, size) : 1,
  ]);
  const { field } = of.declaration;
  if (field?.name) values.push([field.name, a.tensor(device.gpu, new Float32Array(8), [1, 2, 2, 2])] as never);
  const sizes = Object.entries(of.declaration.options ?? {}).filter(([, { allowed }]) => allowed === "size");
  return [Object.fromEntries([...values, ...sizes.map(([name]) => [name, 2])]) as never];
};

const transforms = Object.fromEntries(
  Object.entries(augrad).flatMap(([name, value]) =>
    "declaration" in (value as object) ? [[name, settings(value as never)]] : [],
  ),
) as unknown as Pick<Table<typeof augrad>, TransformName>;
type TransformName = {
  [K in keyof typeof augrad]: (typeof augrad)[K] extends { declaration: unknown } ? K : never;
}[keyof typeof augrad];

/** What the random classes need that have no defaults. */
const REQUIRED: Record<string, unknown> = {
  kernelSize: 3,
  mean: 0.4,
  std: 0.2,
  sigma: [0.5, 2],
  angle: 30,
  direction: [-1, 1],
  shear: 10,
  size: 2,
  maxSize: 2,
  centerX: 0,
  centerY: 0,
  gamma: 1,
  degrees: 10,
  times: [0, 3],
};
const randoms = Object.fromEntries(
  Object.entries(augrad).flatMap(([name, value]) => {
    if (!("random" in (value as object))) return [];
    const { options } = (value as unknown as { random: node.RandomSpec }).random;
    const required = Object.keys(options).filter((option) => options[option].required);
    return [[name, () => [Object.fromEntries(required.map((option) => [option, REQUIRED[option]]))]]];
  }),
) as unknown as Pick<Table<typeof augrad>, RandomName>;
type RandomName = {
  [K in keyof typeof augrad]: (typeof augrad)[K] extends { random: unknown } ? K : never;
}[keyof typeof augrad];

const FUNCTIONS: Table<typeof node> = {
  ...randoms,
  distortPoints: () => [points(), camera(), coefficients(), { newCamera: camera() }],
  undistortPoints: () => [points(), camera(), coefficients(), { newCamera: camera() }],
  getTpsTransform: () => [points(), points(), { centers: points() }],
  warpPointsTps: () => {
    const spline = { kernelWeights: points(), affineWeights: points() };
    return [points(), points(), spline];
  },
  ...transforms,
  requestGpu: async () => [{ powerPreference: "low-power", limits: {}, entry: (await dawn()).gpu }],
  dawn: () => [],
  adoptDevice: () => [device.gpu.device],
  tensor: () => [device.gpu, [1, 2], [2], { dtype: "f32", requiresGrad: true }],
  parameter: () => [device.gpu, [1, 2], [2]],
  zeros: made,
  ones: made,
  full: () => [device.gpu, [2], 3, { dtype: "f32", requiresGrad: true }],
  empty: () => [device.gpu, [2], "f32"],
  fromBuffer: () => [device.gpu, buffer(), [2], { dtype: "f32", requiresGrad: false, copy: true }],
  fromImageData: () => [device.gpu, bitmap(), { channels: 3 }],
  fromImageBitmap: () => [device.gpu, [] as never, { channels: 3 }],
  fromCanvas: () => [device.gpu, [] as never, { channels: 3 }],
  fromImage: () => [device.gpu, [] as never, { channels: 3 }],
  fromVideoFrame: () => [device.gpu, [] as never, { channels: 3 }],
  fromTexture: () => [
    device.gpu,
    device.gpu.device.createTexture({ size: [2, 2], format: "rgba8unorm", usage: 1 }),
    { channels: 3 },
  ],
  draw: () => [image(), canvas, { index: 0, context: "2d" }],
  toImageData: () => [image(), { index: 0 }],
  apply: () => [image(), chain(), { compose: true, dtype: "f32", into: a.zeros(device.gpu, [1, 3, 4, 4]) }],
  cast: () => [image(), "f16"],
  motionOf: () => [device.gpu, [a.rotate({ angle: 30 }), a.fisheye({ gamma: 0.7 })], [2, 3, 4, 4]],
  describeSamples: () => [a.sequential([a.invert()]), a.sequential([a.invert()]).sample(2)],
  takeSamples: () => [a.sequential([a.invert()]), a.sequential([a.invert()]).sample(2), [1, 0, 1]],
  applyMotion: () => [{ image: image(), boxes: a.tensor(device.gpu, [0, 1, 2, 3], [1, 1, 4]) }, motion()],
  asImage: () => [image()],
  asMask: () => [image(), { fill: 255, erased: false }],
  asHeatmap: () => [image(), { fill: 0.5, erased: false }],
  asBoxes: () => [
    bbox(),
    {
      ...{ format: "xywh", normalized: true, outline: "ellipse", clip: false, counts: [1] },
      ...{ minArea: 1, minVisibility: 0.1, minWidth: 1, minHeight: 1, maxAspect: 5 },
    },
  ],
  asKeypoints: () => [points(), { swap: [[0, 1]], angle: matrix(), scale: matrix(), counts: [3] }],
  asPolygons: () => [points()],
  asLines: () => [[points(), null]],
  asLabels: () => [learned(), { classes: 3 }],
  asVectors: () => [planes(2), { values: "direction" }],
  asIs: () => [{ id: 5 }],
  grid: () => [image(), { columns: 2, gap: 1, fill: 0.5, boxes: [null], thickness: 1 }],
  asInstances: () => [{ boxes: bbox() }, { boxesOf: "masks" }],
  takeKept: () => {
    const boxes = a.asBoxes(a.tensor(device.gpu, [0, 1, 2, 3], [1, 1, 4]));
    return [a.applyMotion({ boxes }, motion()).boxes];
  },
  labelWeights: () => [a.mixup({ partner: [0, 0], lambda: 0.5 }), [2, 3, 4, 4]],
  mixLabels: () => [a.zeros(device.gpu, [2, 3]), [a.mixup({ partner: [0, 0], lambda: 0.5 }), a.invert()], [2, 3, 4, 4]],
  choose: () => [[a.invert(), [a.brightness({ factor: 1.2 })]], [1]],
  explain: () => [chain(), [1, 3, 4, 4], { compose: true, dtype: "f32", input: "f32" }],
  mixture: () => [[a.invert(), [a.brightness({ p: 0.5 })]], { alpha: 0.5, key: "mixture" }],
  AugMix: () => [
    {
      width: 2,
      depth: 1,
      alpha: 0.5,
      severity: 5,
      operations: ["rotate", "equalize"],
      interpolation: "nearest",
      fill: 0.5,
    },
  ],
  ada: () => [{ p: 0.3, groups: ["blit", "noise"] }],
  adaptP: () => [0.3, [1, -1, 0.5], { target: 0.5, images: 1000, most: 0.8, shown: 64 }],
  AutoAugment: () => [{ policy: "svhn", interpolation: "nearest", fill: 0.5 }],
  RandAugment: () => [{ n: 1, m: 3, levels: 11, operations: ["rotate", "color"], interpolation: "nearest", fill: 0.5 }],
  TrivialAugment: () => [{ levels: 11, operations: ["rotate", "color"], interpolation: "nearest", fill: 0.5 }],
  learnablePolicy: () => [
    device.gpu,
    {
      operations: ["rotate", "invert"],
      ...{ subPolicies: 2, length: 1, temperature: 0.5, estimator: "relaxed", probability: 0.3, magnitude: 0.4 },
      ...{ interpolation: "nearest", fill: 0.5 },
    },
  ],
  ColorJitter: () => [{ brightness: 0.2, hue: 0.1 }],
  ColorJiggle: () => [{ brightness: 0.2, hue: 0.1 }],
  fiveCrop: () => [{ size: 2 }],
  tenCrop: () => [{ size: [2, 3] }],
  sequential: () => [chain(), { compose: true, dtype: "f32", seed: 1, sameOnBatch: true }],
  oneOf: () => [
    [a.invert(), [a.brightness({ p: 0.5 })]],
    { weights: a.parameter(device.gpu, [1, 2]), estimator: "relaxed", temperature: 1, sameOnBatch: true, key: "one" },
  ],
  someOf: () => [[0, 1], [a.invert(), [a.brightness({ p: 0.5 })]], { order: "random", sameOnBatch: true, key: "some" }],
  randomOrder: () => [[a.invert(), [a.brightness({ p: 0.5 })]], { sameOnBatch: true, key: "order" }],
  frames: () => [[a.invert()], { same: "frame", layout: "NCTHW", seed: 1, compose: true }],
  patches: () => [[a.invert()], { grid: [2, 3], padding: "valid", same: "image", seed: 1, compose: true }],
  blend: () => [[a.invert()], 0.5, { key: "blend" }],
  within: () => [{ box: [0, 0, 2, 2] }, [a.invert()], { key: "within" }],
  randomApply: () => [
    [a.invert(), [a.brightness({ p: 0.5 })]],
    { count: [0, 1], weights: [1, 2], sameOnBatch: true, key: "apply" },
  ],
  sometimes: () => [0.5, [a.invert(), [a.brightness({ p: 0.5 })]], { sameOnBatch: true, key: "sometimes" }],
  uniform: () => [0, 1, { scale: "linear", estimator: "pathwise", shared: true }],
  around: () => [0, 1, { scale: "linear", shared: true }],
  normal: () => [0, 1, { estimator: "scoreFunction", shared: true, sameOnBatch: true }],
  logUniform: () => [1, 2, { shared: true, sameOnBatch: true }],
  truncatedNormal: () => [0, 1, -1, 2, { estimator: "scoreFunction", shared: true, sameOnBatch: true }],
  beta: () => [2, 3, { estimator: "pathwise", shared: true, sameOnBatch: true }],
  plus: () => [a.uniform(0, 1), 2],
  times: () => [a.uniform(0, 1), a.normal(0, 1)],
  clipped: () => [a.normal(0, 1), -1, 2],
  integers: () => [1, 6, { estimator: "relaxed", temperature: 1, shared: true, sameOnBatch: true }],
  choice: () => [[-1, 1], { weights: [1, 2], estimator: "relaxed", temperature: 1, shared: true, sameOnBatch: true }],
  categorical: () => [[1, 2], { estimator: "straightThrough", shared: true, sameOnBatch: true }],
  bernoulli: () => [0.5, { estimator: "relaxed", temperature: 1, shared: true }],
  constant: () => [1],
  permutation: () => [{ sameOnBatch: true }],
  subset: () => [1, { sameOnBatch: true }],
  partners: () => [],
  isDistribution: () => [1],
  declare: () => [
    { name: "surface", kind: "point", module: "color::invert", params: {}, doc: "", source: "" } as never,
    ((s: never) => s) as never,
  ],
  backward: () => [loss(), differentiated()],
  grad: () => {
    const x = learned();
    return [a.sum(a.square(x)), [x], differentiated()];
  },
  noGrad: () => [() => 1],
  gradcheck: () => [
    (x) => a.square(x),
    [learned()],
    { step: 0.01, tolerance: 0.1, seed: 1, samples: 1, reference: ([x]) => x.map((v) => v * v) },
  ],
  assertGradients: () => [
    (x) => a.square(x),
    [learned()],
    { step: 0.01, tolerance: 0.1, seed: 1, samples: 1, reference: ([x]) => x.map((v) => v * v), name: "square" },
  ],
  sgd: () => [[learned()], { learningRate: 0.1, momentum: 0.5 } as never],
  adam: () => [[learned()], { learningRate: 0.1, betas: [0.9, 0.99], epsilon: 1e-8 } as never],
  abs: one,
  cos: one,
  exp: one,
  log: one,
  neg: one,
  relu: one,
  sigmoid: one,
  sign: one,
  floor: one,
  sin: one,
  softplus: one,
  expm1: one,
  log1p: one,
  sqrt: one,
  square: one,
  tanh: one,
  add: two,
  div: two,
  equal: two,
  greater: two,
  greaterEqual: two,
  less: two,
  lessEqual: two,
  maximum: two,
  atan2: two,
  minimum: two,
  mul: two,
  pow: two,
  sub: two,
  matmul: two,
  clamp: () => [matrix(), 0, 1],
  where: () => [matrix(), matrix(), matrix()],
  sum: reduction,
  mean: reduction,
  max: reduction,
  min: reduction,
  softmax: () => [matrix(), 0],
  logSoftmax: () => [matrix(), 0],
  argmax: () => [matrix(), { axis: 0, keepDims: true } as never],
  argmin: () => [matrix(), { axis: 0, keepDims: true } as never],
  gather: () => [matrix(), { axis: 0, index: a.tensor(device.gpu, [0]) }],
  oneHot: () => [a.tensor(device.gpu, [0, 1]), 2],
  crossEntropy: () => [matrix(), a.tensor(device.gpu, [0, 1]), { labelSmoothing: 0.1 } as never],
  conv2d: () => [image(), a.zeros(device.gpu, [1, 3, 1, 1]), { stride: 1, padding: 0 } as never],
  broadcastTo: () => [matrix(), [2, 2]],
  concat: () => [two(), 0],
  reshape: () => [matrix(), [4]],
  slice: () => [matrix(), 0, 0, 1],
  transpose: () => [matrix(), [1, 0]],
  convertBbox: () => [bbox(), "xyxy", "xywh"],
  bboxToPoints: () => [bbox()],
  pointsToBbox: one,
  transformBbox: () => [a.zeros(device.gpu, [3, 3]), bbox()],
  inferBboxShape: () => [bbox()],
  bboxArea: () => [bbox()],
  bboxIou: () => [bbox(), bbox()],
  clampBbox: () => [bbox(), 4, 5],
  validateBbox: () => [bbox()],
  bboxGenerator: () => [1, 2, a.tensor(device.gpu, 3), 4],
  bboxToMask: () => [bbox(), { height: 4, width: 5, soft: true }],
  ssim: () => [image(), image(), { windowSize: 3 }],
  ssimLoss: () => [image(), image(), { windowSize: 3, reduction: "sum" }],
  psnr: () => [matrix(), matrix(), { maxValue: 1 }],
  psnrLoss: () => [matrix(), matrix(), { maxValue: 1 }],
  totalVariation: () => [matrix(), { reduction: "mean" }],
  distanceTransform: () => [image(), { kernelSize: 5, h: 0.5 }],
  buildPyramid: () => [image(), 2, { padding: "border" }],
  histogramMatching: () => [image(), image(), { estimator: "none" }],
  transplantation: () => [image(), planes(1), { labels: [[1]], partner: [0] }],
  extractTensorPatches: () => [image(), { windowSize: 2, stride: 2 }],
  combineTensorPatches: () => [a.zeros(device.gpu, [1, 4, 3, 2, 2]), { originalSize: [4, 4] }],
  inverse: one,
  solve: two,
  convertAffinematrixToHomography: () => [affine()],
  invertAffineTransform: () => [affine()],
  getAffineMatrix2d: () => [{ angle: a.tensor(device.gpu, 30), center: [1, 2] }],
  getRotationMatrix2d: () => [[1, 2], a.tensor(device.gpu, 30), 2],
  getShearMatrix2d: () => [[1, 2], learned()],
  getTranslationMatrix2d: () => [learned()],
  getPerspectiveTransform: () => [a.zeros(device.gpu, [4, 2]), a.zeros(device.gpu, [4, 2])],
  convertPointsToHomogeneous: one,
  convertPointsFromHomogeneous: one,
  transformPoints: () => [a.zeros(device.gpu, [3, 3]), matrix()],
  normalizePixelCoordinates: () => [matrix(), 4, 5],
  denormalizePixelCoordinates: () => [matrix(), 4, 5],
  normalTransformPixel: () => [device.gpu, 4, 5],
  normalizeHomography: () => [a.zeros(device.gpu, [3, 3]), [4, 5], [6, 7]],
  denormalizeHomography: () => [a.zeros(device.gpu, [3, 3]), [4, 5], [6, 7]],
  getGaussianKernel1d: () => [3, a.tensor(device.gpu, [1, 2])],
  getGaussianKernel2d: () => [3, a.tensor(device.gpu, [1, 2])],
  getMotionKernel2d: () => [3, a.tensor(device.gpu, [30, 60]), 0.5, { interpolation: "bilinear" }],
  getBoxKernel2d: () => [device.gpu, [3, 2]],
  getLaplacianKernel2d: () => [device.gpu, [3, 5]],
  getPascalKernel2d: () => [device.gpu, [3, 2]],
  getSpatialGradientKernel2d: () => [device.gpu, { mode: "diff", order: 2 }],
  charbonnierLoss: robust,
  welschLoss: robust,
  cauchyLoss: robust,
  gemanMcclureLoss: robust,
  horizontalFlip3d: flip,
  verticalFlip3d: flip,
  depthicalFlip3d: flip,
  rotate3d: () => [volume(), { roll: 30, ...sampling }],
  affine3d: () => [volume(), { angles: [1, 2, 3], scale: 2, ...sampling }],
  perspective3d: () => {
    const corners = a.zeros(device.gpu, [8, 3]);
    return [volume(), { startPoints: corners, endPoints: corners, ...sampling }];
  },
  warp3d: () => [volume(), { matrix: a.zeros(device.gpu, [4, 4]), size: [1, 2, 3], ...sampling }],
  warpAffine3d: () => [volume(), { matrix: a.zeros(device.gpu, [3, 4]), size: [1, 2, 3], ...sampling }],
  crop3d: () => [volume(), { box: [0, 0, 0, 2, 2, 2], size: [1, 2, 3], ...sampling }],
  centerCrop3d: () => [volume(), { size: [1, 2, 3] }],
  filter3d: () => [volume(), { kernel: a.zeros(device.gpu, [1, 3, 3]), padding: "zeros" }],
  motionBlur3d: () => [volume(), { kernelSize: 3, yaw: 1, direction: 0.5, padding: "zeros" }],
  equalize3d: () => [volume(), { estimator: "slope" }],
  diamondSquare: () => [
    [2, 1, 4, 6],
    { random: (shape: readonly number[]) => a.zeros(device.gpu, shape), roughness: 0.4 },
  ],
  addWeighted: () => [matrix(), 0.5, matrix(), 0.5, 1],
  bgrToRgba: () => [image(), 0.5],
  grayscaleToRgb: () => [planes(1)],
  rgbaToBgr: () => [planes(4), [0, 0, 1]],
  rgbaToRgb: () => [planes(4), [0, 0, 1]],
  rgbToRgba: () => [image(), 0.5],
  rgbToYuv420: () => [image()],
  rgbToYuv422: () => [image()],
  yuv420ToRgb: () => [planes(1), a.zeros(device.gpu, [1, 2, 2, 2])],
  yuv422ToRgb: () => [planes(1), a.zeros(device.gpu, [1, 2, 4, 2])],
  colormap: () => ["viridis", 8],
  applyColormap: () => [planes(1), "jet", { colors: 8, interpolation: "nearest" }],
  histogram: () => [matrix(), [0, 1], 0.5, { eps: 1e-6 }],
  histogram2d: () => [matrix(), matrix(), [0, 1], 0.5, { eps: 1e-6 }],
  imageHistogram2d: () => [image(), { min: 0, max: 1, bins: 4, bandwidth: 0.2, kernel: "gaussian", eps: 1e-6 }],
  integralTensor: () => [matrix(), [0]],
  integralImage: one,
  rawToRgb: () => [planes(1), "rggb"],
  rawToRgbHalved: () => [planes(1), "rggb"],
  zcaMean: () => [matrix(), { axis: 0, unbiased: true, eps: 1e-3 }],
  zcaWhiten: () => [matrix(), { axis: 0, unbiased: true, eps: 1e-3 }],
  linearTransform: () => [matrix(), matrix(), a.zeros(device.gpu, [1, 2]), 0],
};

/** Methods that take arguments, of everything that users hold in their hands. */
const METHODS: Record<string, () => Promise<[object, string, unknown[]]> | [object, string, unknown[]]> = {
  "Tensor.write": () => [matrix(), "write", [[1, 2, 3, 4]]],
  "Tensor.copyFrom": () => [matrix(), "copyFrom", [matrix()]],
  "Gpu.encode": () => [device.gpu, "encode", [device.gpu.device.createCommandEncoder()]],
  "Gpu.profile": () => [device.gpu, "profile", [() => {}]],
  "Scope.add": () => [device.gpu.scope(), "add", [{ dispose: () => {} }]],
  "Scope.keep": () => [device.gpu.scope(), "keep", [{ dispose: () => {} }]],
  "Pipeline.apply": () => [pipeline(), "apply", [image(), drawn]],
  "Pipeline.sample": () => [pipeline(), "sample", [2, { ...drawn, samples: [3, 4], shape: [2, 3, 4, 4] }]],
  "Pipeline.replay": () => [pipeline(), "replay", [image(), pipeline().sample(1, { step: 1 }), {}]],
  "Pipeline.read": () => [pipeline(), "read", [pipeline().sample(1, { step: 1 })]],
  "Pipeline.logProb": () => {
    const made = scored();
    return [made, "logProb", [made.sample(1, { step: 1 })]];
  },
  "Pipeline.motion": () => [pipeline(), "motion", [image(), pipeline().sample(1, { step: 1 })]],
  "Pipeline.explain": () => [pipeline(), "explain", [[1, 3, 4, 4]]],
  "Motion.points": () => [motion(), "points", [a.zeros(device.gpu, [1, 3, 2])]],
  "Motion.image": () => [motion(), "image", [image(), { interpolation: "nearest", padding: "fill", fill: 0.5 }]],
  "Motion.followedBy": () => [motion(), "followedBy", [motion()]],
  "JaxBridge.tensor": () => [bridge, "tensor", [np.zeros([2], { device: "webgpu" })]],
  "JaxBridge.empty": () => [bridge, "empty", [[2]]],
};
const drawn = { seed: 1, step: 2, samples: [3] };
/** Something that is drawn by the score function. */
const scored = () =>
  a.sequential([a.invert({ p: a.bernoulli(a.parameter(device.gpu, [0.5]), { estimator: "scoreFunction" }) })]);
const pipeline = () => a.sequential([a.rotate({ angle: a.uniform(learnedBound, 5) }), a.brightness({ p: 0.5 })]);
const motion = () => a.motionOf(device.gpu, [a.rotate({ angle: 30 })], [1, 3, 4, 4]);
let learnedBound: node.Tensor;
let bridge: jax.JaxBridge;

beforeAll(async () => {
  learnedBound = a.parameter(device.gpu, -5);
  Object.defineProperty(globalThis, "navigator", {
    value: { gpu: (await dawn()).gpu, userAgent: "" },
    configurable: true,
  });
  await init("webgpu");
  bridge = new jax.JaxBridge();
});

const isClass = (value: unknown): boolean =>
  typeof value === "function" && /^class\b/.test(Function.prototype.toString.call(value));
const functionsOf = (module: object): string[] =>
  Object.entries(module).flatMap(([name, value]) => (typeof value === "function" && !isClass(value) ? [name] : []));
const classesOf = (module: object) =>
  Object.entries(module).filter(([, value]) => isClass(value)) as [string, new () => object][];

describe("what is exported", () => {
  test("every function is called below", () => {
    expect(Object.keys(FUNCTIONS).sort()).toEqual(functionsOf(node).sort());
    expect(functionsOf(augrad).filter((name) => !functionsOf(node).includes(name))).toEqual([]);
    expect(Object.keys(jax)).toEqual(["JaxBridge"]);
    expect(Object.keys(whole)).toEqual(["registry"]);
  });

  test("augrad/registry knows every transform", () => {
    expect(whole.registry).toBe(augrad.registry);
    for (const name of Object.keys(transforms)) expect(whole.registry.has(name), name).toBe(true);
  });

  test("every class is an error, or one whose methods are called below", () => {
    const classes = [...classesOf(node), ...classesOf(jax)].filter(
      ([, made]) => !(made.prototype instanceof a.AugradError),
    );
    expect(classes.map(([name]) => name).sort()).toEqual(["AugradError", "Gpu", "JaxBridge", "Scope", "Tensor"]);
    const methods = classes.flatMap(([name, { prototype }]) =>
      Object.getOwnPropertyNames(prototype).flatMap((method) => {
        const { value } = Object.getOwnPropertyDescriptor(prototype, method)!;
        const isPublic = typeof value === "function" && method !== "constructor" && value.length > 0;
        return isPublic && !INTERNAL[name]?.includes(method) ? [`${name}.${method}`] : [];
      }),
    );
    // What functions return as plain values has methods too: all of a pipeline, and those of a motion that take something.
    const valuesOf = (of: string, value: object, least: number): string[] =>
      Object.entries(value).flatMap(([name, own]) =>
        typeof own === "function" && own.length >= least ? [`${of}.${name}`] : [],
      );
    const expected = [...methods, ...valuesOf("Pipeline", pipeline(), 0), ...valuesOf("Motion", motion(), 1)];
    expect(Object.keys(METHODS).sort()).toEqual(expected.sort());
  });

  test("nothing else than functions, classes and the registry", () => {
    const others = Object.entries(node).filter(([, value]) => typeof value !== "function");
    expect(others.map(([name]) => name)).toEqual(["registry"]);
  });
});

/** Methods by class: what the rooms of augrad call; the types that users get do not have it (types.test.ts). */
const INTERNAL: Record<string, string[]> = {
  Gpu: "allocate allocateForUpload upload write wrap uniform pipeline knownPipeline dispatch copy clear read track untrack attempt immediate renewed onPressure".split(
    " ",
  ),
  Scope: ["hold", "letGo"],
};

const WRONG: [string, unknown][] = [
  ["an unknown option", { nonsense: 1 }],
  ["null", null],
  ["a string", "text"],
  ["a nested array", [[1, 2], [3]]],
  ["a number", 7.5],
  ["a negative number", -1],
  ["NaN", Number.NaN],
  ["undefined", undefined],
  ["true", true],
  ["a symbol", Symbol("s")],
  ["an empty object", {}],
  ["an empty array", []],
  ["an array with a hole", new Array(2)],
  ["a date", new Date()],
  ["a function", () => 5],
  ["an object without a prototype", Object.create(null)],
];
/** What no function takes, wherever it stands. */
const NEVER = ["an unknown option", "null", "a string", "a symbol", "a date"];
/** What they read exists on pages alone. */
const PAGES = ["fromImage", "fromImageBitmap", "fromCanvas", "fromVideoFrame"];
/** Questions about anything: they have an answer for all of it. */
const ANYTHING = ["isDistribution", "asIs"];

/** Runs a call with one wrong argument; returns what it threw. Frees what it returned. */
async function attempt(run: () => unknown): Promise<unknown> {
  try {
    const result = await run();
    for (const made of [result].flat()) {
      if (made instanceof a.Tensor || made instanceof a.Scope) made.dispose();
      if (made instanceof a.Gpu && made !== device.gpu) made.destroy();
      if (typeof made === "object" && made !== null && "parameters" in made) (made as node.Optimizer).dispose();
    }
    return null;
  } catch (error) {
    return error;
  }
}

async function check(name: string, call: (args: unknown[]) => unknown, right: () => unknown[] | Promise<unknown[]>) {
  const { length } = await within(right);
  for (let position = 0; position < length; position++) {
    for (const [kind, wrong] of WRONG) {
      const where = `${name}, argument ${position}: ${kind}`;
      const run = async () => {
        const args = [...(await right())];
        args[position] = wrong;
        return within(() => attempt(() => call(args)));
      };
      const before = device.gpu.stats.bytesInUse;
      const error = await within(run);
      expect(error === null || error instanceof a.AugradError, `${where} threw ${String(error)}`).toBe(true);
      if (NEVER.includes(kind) && !ANYTHING.includes(name)) expect(error, where).toBeInstanceOf(a.AugradError);
      if (error) expect((error as Error).message.length, where).toBeLessThan(600);
      await bridge.submit();
      const after = device.gpu.stats.bytesInUse;
      // The parameters of a chain that ran are kept once, for the next run.
      if (after !== before) await within(run);
      expect(device.gpu.stats.bytesInUse, `${where} keeps memory`).toBe(after);
      if (error) expect(after, `${where} keeps memory`).toBe(before);
    }
  }
  if (PAGES.includes(name)) return;
  expect(
    await within(async () => attempt(async () => call([...(await right())]))),
    `${name} with what it takes`,
  ).toBeNull();
}

async function within<T>(run: () => T | Promise<T>): Promise<T> {
  const scope = device.gpu.scope();
  try {
    return await run();
  } finally {
    scope.dispose();
  }
}

describe("every argument of every function", () => {
  test.each(Object.keys(FUNCTIONS))("%s", async (name) => {
    const run = (node as unknown as Record<string, Call>)[name];
    await check(name, (args) => run(...(args as never[])), (FUNCTIONS as Record<string, () => unknown[]>)[name]);
  });

  test.each(Object.keys(METHODS))("%s", async (name) => {
    let found: [object, string, unknown[]];
    await check(
      name,
      (args) => (found[0] as Record<string, Call>)[found[1]](...(args as never[])),
      async () => {
        found = await METHODS[name]();
        return found[2];
      },
    );
  });
});
