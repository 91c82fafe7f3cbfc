/** What the tests know of each random class: settings at which it does something, and what Kornia documents of what it draws. */

/** One class. */
export interface RandomCase {
  /** Settings at which something is random; the class's defaults unless given. */
  settings?: Readonly<Record<string, unknown>>;
  /** The least and the largest value that is drawn, by the transform's parameter. */
  drawn?: Readonly<Record<string, readonly [number, number]>>;
  /** What tensors that learn begin with, by option: two ends, or one number. Every option that takes a range is here or among `fixed`. */
  learn?: Readonly<Record<string, readonly number[]>>;
  /** Options that take a range, but no tensor: their parameters have no gradient. */
  fixed?: readonly string[];
  /** Kornia's probability, where it is not 0.5, and not 1 since it changes the size. */
  p?: number;
  /** Steps from black to white in its images, where it depends on how often values come. */
  levels?: number;
  /** It changes the size, and so applies to every sample. */
  sizes?: true;
  /** Nothing of it is random besides the coin. */
  still?: true;
}

export const CASES: Record<string, RandomCase> = {
  RandomBrightness: {
    p: 1,
    settings: { brightness: 0.2 },
    drawn: { shift: [-0.2, 0.2] },
    learn: { brightness: [0.9, 1.1] },
  },
  RandomContrast: { p: 1, settings: { contrast: 0.3 }, drawn: { factor: [0.7, 1.3] }, learn: { contrast: [0.8, 1.1] } },
  RandomSaturation: {
    p: 1,
    settings: { saturation: 0.4 },
    drawn: { factor: [0.6, 1.4] },
    learn: { saturation: [0.8, 1.1] },
  },
  RandomHue: { p: 1, settings: { hue: 0.2 }, drawn: { turns: [-0.2, 0.2] }, learn: { hue: [0.05, 0.1] } },
  RandomGamma: {
    p: 1,
    settings: { gamma: [0.5, 2], gain: 0.2 },
    drawn: { gamma: [0.5, 2], gain: [0.8, 1.2] },
    learn: { gamma: [0.8, 1.2], gain: [0.7, 0.9] },
  },
  RandomAutoContrast: { p: 1, still: true },
  RandomEqualize: { still: true },
  RandomGrayscale: { p: 0.1, still: true },
  RandomInvert: { still: true, learn: { maxVal: [0.9, 1.1] } },
  RandomPosterize: { drawn: { bits: [3, 8] }, fixed: ["bits"] },
  RandomSolarize: {
    drawn: { threshold: [0.4, 0.6], addition: [-0.1, 0.1] },
    learn: { thresholds: [0.4, 0.6], additions: [0.01, 0.1] },
  },
  RandomRGBShift: {
    drawn: { red: [-0.5, 0.5], green: [-0.5, 0.5], blue: [-0.5, 0.5] },
    learn: { rShiftLimit: [0.01, 0.1], gShiftLimit: [0.2], bShiftLimit: [-0.1, 0.2] },
  },
  RandomChannelShuffle: { drawn: { order: [0, 2] } },
  RandomChannelDropout: { drawn: { drop: [0, 1] }, learn: { fillValue: [0.2, 0.4] } },
  Normalize: {
    settings: { mean: [0.4, 0.5, 0.3], std: 0.2 },
    p: 1,
    still: true,
    learn: { mean: [0.4, 0.5, 0.3], std: [0.2, 0.3, 0.25] },
  },
  Denormalize: {
    settings: { mean: [0.4, 0.5, 0.3], std: 0.2 },
    p: 1,
    still: true,
    learn: { mean: [0.4, 0.5, 0.3], std: [0.2, 0.3, 0.25] },
  },
  RandomSharpness: { drawn: { factor: [0.5, 1.5] }, learn: { sharpness: [0.5, 0.9] } },
  RandomPlanckianJitter: { drawn: { temperature: [3000, 15000] } },
  RandomBoxBlur: { still: true },
  RandomMedianBlur: { still: true },
  RandomGaussianBlur: {
    settings: { kernelSize: 3, sigma: [0.5, 2] },
    drawn: { sigmaX: [0.5, 2], sigmaY: [0.5, 2] },
    learn: { sigma: [0.5, 2] },
  },
  RandomMotionBlur: {
    settings: { kernelSize: 3, angle: 40, direction: 0.5 },
    drawn: { angle: [-40, 40], direction: [-0.5, 0.5] },
    learn: { angle: [10, 40], direction: [-0.5, 0.4] },
  },
  RandomClahe: {
    settings: { clipLimit: [2, 60], gridSize: [2, 2] },
    drawn: { clipLimit: [2, 60] },
    learn: { clipLimit: [20, 60] },
    levels: 4,
  },
  RandomGaussianNoise: { learn: { mean: [-0.1, 0.2], std: [0.2, 0.4] } },
  RandomSaltAndPepperNoise: {
    settings: { amount: [0.3, 0.6] },
    drawn: { amount: [0.3, 0.6], saltVsPepper: [0.4, 0.6] },
    learn: { amount: [0.3, 0.6], saltVsPepper: [0.3, 0.6] },
  },
  RandomErasing: {
    drawn: { area: [0.02, 0.33], ratio: [0.3, 3.3], x: [0, 1], y: [0, 1] },
    learn: { scale: [0.1, 0.3], ratio: [0.5, 2], value: [0.2, 0.6] },
  },
  RandomHorizontalFlip: { still: true },
  RandomVerticalFlip: { still: true },
  RandomRotation90: { settings: { times: [-1, 2] }, drawn: { angle: [-90, 180] }, learn: { times: [-1, 2] } },
  RandomRotation: { settings: { degrees: 30 }, drawn: { angle: [-30, 30] }, learn: { degrees: [5, 20] } },
  RandomAffine: {
    settings: { degrees: [10, 20], translate: [0.1, 0.2], scale: [0.8, 1.2], shear: [-5, 5, -3, 3] },
    drawn: { angle: [10, 20], x: [-0.1, 0.1], y: [-0.2, 0.2], scaleX: [0.8, 1.2], shearX: [-5, 5], shearY: [-3, 3] },
    learn: { degrees: [10, 20], translate: [0.1], scale: [0.8, 1.2], shear: [-5, 5] },
  },
  RandomShear: { settings: { shear: 15 }, drawn: { x: [-15, 15] }, learn: { shear: [5, 15] } },
  RandomTranslate: {
    settings: { translateX: [-0.1, 0.2], translateY: 0.3 },
    drawn: { x: [-0.1, 0.2], y: [-0.3, 0.3] },
    learn: { translateX: [0.1, 0.2], translateY: [0.3] },
  },
  RandomPerspective: { drawn: { endPoints: [0, 1] }, learn: { distortionScale: [0.4] } },
  RandomElasticTransform: {
    settings: { kernelSize: 5, sigma: 2, alpha: [0.3, 0.4] },
    learn: { sigma: [1.5], alpha: [0.3] },
  },
  RandomThinPlateSpline: { drawn: { destination: [-1.2, 1.2] }, learn: { scale: [0.2] } },
  RandomFisheye: {
    settings: { centerX: [-0.3, 0.3], centerY: [-0.3, 0.3], gamma: [0.9, 1.1] },
    drawn: { centerX: [-0.3, 0.3], gamma: [0.9, 1.1] },
    learn: { centerX: [-0.3, 0.3], centerY: [-0.2, 0.1], gamma: [0.9, 1.1] },
  },
  RandomCrop: { settings: { size: 6, padding: 1 }, drawn: { x: [0, 1], y: [0, 1] }, sizes: true },
  RandomResizedCrop: {
    settings: { size: [7, 6] },
    drawn: { area: [0.08, 1], ratio: [3 / 4, 4 / 3], x: [0, 1], y: [0, 1] },
    learn: { scale: [0.3, 0.6], ratio: [0.8, 1.2] },
    sizes: true,
  },
  CenterCrop: { settings: { size: 5 }, sizes: true, still: true },
  Resize: { settings: { size: [5, 9] }, sizes: true, still: true },
  LongestMaxSize: { settings: { maxSize: 5 }, sizes: true, still: true },
  SmallestMaxSize: { settings: { maxSize: 5 }, sizes: true, still: true },
  PadTo: { settings: { size: 10 }, sizes: true, still: true },
  RandomMixUpV2: { drawn: { partner: [0, 399], lambda: [0, 1] }, p: 1, learn: { lambdaVal: [0.2, 0.4] } },
  RandomCutMixV2: {
    drawn: { partner: [0, 399], area: [0, 1], x: [0, 1], y: [0, 1] },
    p: 1,
    learn: { cutSize: [0.2, 0.4] },
  },
  PatchMix: {
    settings: { patchSize: [2, 5] },
    drawn: { partner: [0, 399], width: [2, 5], x: [0, 1], y: [0, 1] },
    p: 1,
    learn: { patchSize: [2.2, 4.7] },
  },
  RandomMosaic: {
    drawn: { partners: [0, 399], x: [0.3, 0.7], y: [0.3, 0.7] },
    p: 0.7,
    learn: { startRatioRange: [0.3, 0.6] },
  },
  RandomJigsaw: { settings: { grid: 2 }, drawn: { permutation: [0, 3] } },
  RandomGaussianIllumination: {
    drawn: {
      gain: [0.01, 0.15],
      centerX: [0.1, 0.9],
      centerY: [0.1, 0.9],
      sigmaX: [0.2, 1],
      sigmaY: [0.2, 1],
      sign: [-1, 1],
    },
    learn: { gain: [0.1, 0.3], center: [0.3, 0.6], sigma: [0.3, 0.5], sign: [-0.5, 1] },
  },
  RandomLinearIllumination: {
    drawn: { gain: [0.01, 0.2], sign: [-1, 1], angle: [0, 270] },
    learn: { gain: [0.1, 0.3], sign: [-0.5, 1] },
  },
  RandomLinearCornerIllumination: {
    drawn: { gain: [0.01, 0.2], sign: [-1, 1], corner: [0, 3] },
    learn: { gain: [0.1, 0.3], sign: [-0.5, 1] },
  },
  RandomPlasmaBrightness: {
    drawn: { roughness: [0.1, 0.7], intensity: [0, 1] },
    learn: { roughness: [0.2, 0.6], intensity: [0.1, 0.3] },
  },
  RandomPlasmaContrast: { drawn: { roughness: [0.1, 0.7] }, learn: { roughness: [0.2, 0.6] } },
  RandomPlasmaShadow: {
    drawn: { roughness: [0.1, 0.7], shadeIntensity: [-1, 0], shadeQuantity: [0, 1] },
    learn: { roughness: [0.2, 0.6], shadeIntensity: [-0.3, -0.1], shadeQuantity: [0.3, 0.6] },
  },
  RandomRain: {
    settings: { numberOfDrops: [5, 20] },
    drawn: { drops: [5, 20], height: [5, 20], width: [-5, 5] },
    fixed: ["numberOfDrops", "dropHeight", "dropWidth"],
  },
  RandomSnow: {
    p: 1,
    settings: { snowCoefficient: [0.4, 0.7], brightness: [1.2, 2] },
    drawn: { coefficient: [0.4, 0.7], brightness: [1.2, 2] },
    learn: { snowCoefficient: [0.4, 0.7], brightness: [1.2, 1.5] },
  },
  RandomJPEG: { p: 1, drawn: { quality: [1, 100] }, learn: { jpegQuality: [30, 70] } },
  RandomHorizontalFlip3D: { still: true },
  RandomVerticalFlip3D: { still: true },
  RandomDepthicalFlip3D: { still: true },
  RandomRotation3D: {
    settings: { degrees: [10, [5, 20], 0] },
    drawn: { yaw: [-10, 10], pitch: [5, 20] },
    learn: { degrees: [10, 20] },
  },
  RandomAffine3D: {
    settings: { degrees: 10, translate: [0.1, 0.2, 0.3], scale: [0.8, 1.2], shears: 5 },
    drawn: { yaw: [-10, 10], x: [-0.1, 0.1], y: [-0.2, 0.2], z: [-0.3, 0.3], scaleX: [0.8, 1.2], xy: [-5, 5] },
    learn: { degrees: [10, 20], translate: [0.1], scale: [0.8, 1.2], shears: [-5, 5] },
  },
  RandomPerspective3D: { drawn: { endPoints: [0, 1] }, learn: { distortionScale: [0.4] } },
  RandomCrop3D: { settings: { size: [3, 2, 4], padding: 1 }, drawn: { x: [0, 1], y: [0, 1], z: [0, 1] }, sizes: true },
  CenterCrop3D: { settings: { size: 2 }, sizes: true, still: true },
  RandomEqualize3D: { still: true },
  RandomMotionBlur3D: {
    settings: { kernelSize: 3, angle: [30, 0, [5, 40]], direction: 0.5 },
    drawn: { yaw: [-30, 30], roll: [5, 40], direction: [-0.5, 0.5] },
    learn: { angle: [10, 40], direction: [-0.5, 0.4] },
  },
};
